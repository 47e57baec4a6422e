-- Lists that can be searched, filtered, ordered and turned over, page by page.

-- An author's jobs, newest first, after the one queued at that time with that id; of these statuses, or of all.
create function public.jobs_page(
  p_owner_id uuid,
  p_limit integer,
  p_statuses text[] default null,
  p_after_queued_at timestamptz default null,
  p_after_id uuid default null
)
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select * from public.job_snapshots j
  where j.owner_id = p_owner_id
    and (p_statuses is null or j.status = any (p_statuses))
    and (p_after_id is null or (j.queued_at, j.id) < (p_after_queued_at, p_after_id))
  order by j.queued_at desc, j.id desc
  limit p_limit;
$$;
revoke all on function public.jobs_page(uuid, integer, text[], timestamptz, uuid) from public, anon, authenticated;
grant execute on function public.jobs_page(uuid, integer, text[], timestamptz, uuid) to service_role;

-- The newest jobs of each manuscript; where that is given, only those after the one queued at that time with that id.
drop function public.jobs_of_manuscripts(uuid, uuid[], integer);
create function public.jobs_of_manuscripts(
  p_owner_id uuid,
  p_manuscript_ids uuid[],
  p_limit integer,
  p_after_queued_at timestamptz default null,
  p_after_id uuid default null
)
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select newest.*
  from unnest(p_manuscript_ids) as wanted (manuscript_id)
  cross join lateral (
    select * from public.job_snapshots j
    where j.manuscript_id = wanted.manuscript_id and j.owner_id = p_owner_id
      and (p_after_id is null or (j.queued_at, j.id) < (p_after_queued_at, p_after_id))
    order by j.queued_at desc, j.id desc
    limit p_limit
  ) as newest;
$$;
revoke all on function public.jobs_of_manuscripts(uuid, uuid[], integer, timestamptz, uuid) from public, anon, authenticated;
grant execute on function public.jobs_of_manuscripts(uuid, uuid[], integer, timestamptz, uuid) to service_role;

-- Without case and accents: who types "emilie" looks for Émilie too.
create function public.text_folded(p_text text)
returns text
language sql
immutable
set search_path = ''
as $$
  select lower(regexp_replace(normalize(p_text, NFD), '[\u0300-\u036f]', '', 'g'));
$$;
revoke all on function public.text_folded(text) from public, anon, authenticated;
grant execute on function public.text_folded(text) to service_role;

-- Folded, with numbers of nine digits, so that "Book 2" comes before "Book 10".
create function public.title_order(p_title text)
returns text
language sql
immutable
set search_path = ''
as $$
  select regexp_replace(
    regexp_replace(public.text_folded(p_title), '(\d+)', '00000000\1', 'g'), '\d*(\d{9})', '\1', 'g'
  );
$$;
revoke all on function public.title_order(text) from public, anon, authenticated;
grant execute on function public.title_order(text) to service_role;

-- The owner's manuscripts whose title or file name holds every word of p_search, of which the newest job is as p_state
-- says: `ready` completed, `under_way` active, `open` any other or none. In p_order, after the one with that key and id.
-- The first row says how many there are in all; the others hold one each. An author has 2,000 at most: they are sorted.
create function public.manuscripts_found(
  p_owner_id uuid,
  p_limit integer,
  p_search text default '',
  p_state text default null,
  p_order text default 'newest',
  p_after_key text default null,
  p_after_id uuid default null
)
returns table (total integer, manuscript jsonb, sort_key text)
language sql
stable
set search_path = ''
as $$
  with found as materialized (
    select m.id,
      -- Each key is a text that grows along the list, so that one comparison turns every page.
      case p_order
        when 'title' then public.title_order(m.title)
        when 'longest' then lpad((2147483647 - coalesce(m.word_count, -1)::bigint)::text, 10, '0')
        when 'oldest' then to_char(m.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        else lpad((1e18 - extract(epoch from m.created_at) * 1e6)::bigint::text, 19, '0')
      end collate "C" as sort_key
    from public.manuscripts m
    left join lateral (
      select j.status, j.is_active from public.jobs j where j.manuscript_id = m.id
      order by j.queued_at desc, j.id desc limit 1
    ) as newest on p_state is not null
    where m.owner_id = p_owner_id
      and (p_search = '' or not exists (
        select from regexp_split_to_table(public.text_folded(btrim(p_search)), '\s+') as word
        where strpos(public.text_folded(m.title || ' ' || coalesce(m.filename, '')), word) = 0
      ))
      and case p_state
        when 'ready' then coalesce(newest.status = 'completed', false)
        when 'under_way' then coalesce(newest.is_active, false)
        when 'open' then coalesce(newest.status <> 'completed' and not newest.is_active, true)
        else true
      end
  )
  (select count(*)::integer, null::jsonb, null::text from found)
  union all
  (
    select null, to_jsonb(m), f.sort_key
    from found f join public.manuscripts m on m.id = f.id
    where p_after_id is null or (f.sort_key, f.id) > (p_after_key collate "C", p_after_id)
    order by f.sort_key, f.id
    limit p_limit
  );
$$;
revoke all on function public.manuscripts_found(uuid, integer, text, text, text, text, uuid)
from public, anon, authenticated;
grant execute on function public.manuscripts_found(uuid, integer, text, text, text, text, uuid) to service_role;

-- Another title.
create function public.manuscript_update(p_owner_id uuid, p_manuscript_id uuid, p_title text)
returns setof public.manuscripts
language plpgsql
set search_path = ''
as $$
begin
  return query
    update public.manuscripts m set title = p_title
    where m.id = p_manuscript_id and m.owner_id = p_owner_id
    returning *;
  if not found then
    raise exception 'There is no such manuscript.' using errcode = 'NF404';
  end if;
end;
$$;
revoke all on function public.manuscript_update(uuid, uuid, text) from public, anon, authenticated;
grant execute on function public.manuscript_update(uuid, uuid, text) to service_role;
