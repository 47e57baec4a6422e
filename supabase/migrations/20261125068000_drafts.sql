-- Which manuscripts are drafts of one work. A manuscript without a row here is a work of its own, under its own id.

create table public.drafts (
  manuscript_id uuid primary key references public.manuscripts (id) on delete cascade,
  -- The id of the manuscript that was the first of them; it stays the work's id when that one is deleted.
  work_id uuid not null,
  owner_id uuid not null
);
create index drafts_by_work on public.drafts (owner_id, work_id);
alter table public.drafts enable row level security;
revoke all on public.drafts from public, anon, authenticated;
grant select, insert, update, delete on public.drafts to service_role;

-- Makes the manuscript a draft of the work that p_draft_of belongs to; null makes it a work of its own again.
create function public.draft_set(
  p_owner_id uuid, p_manuscript_id uuid, p_draft_of uuid, p_max_drafts integer
)
returns setof public.manuscripts
language plpgsql
set search_path = ''
as $$
declare
  v_work_id uuid;
begin
  -- One at a time, so that two who are joined at once land in one work, and do not pass the limit together.
  perform pg_advisory_xact_lock(hashtextextended(p_owner_id::text, 0));
  if (select count(*) from public.manuscripts m
      where m.owner_id = p_owner_id and m.id in (p_manuscript_id, p_draft_of))
     < (case when p_draft_of is null or p_draft_of = p_manuscript_id then 1 else 2 end) then
    raise exception 'There is no such manuscript.' using errcode = 'NF404';
  end if;
  if p_draft_of = p_manuscript_id then
    raise exception 'A manuscript is no draft of itself. Name another one.' using errcode = 'NF409';
  end if;
  if p_draft_of is null then
    delete from public.drafts d where d.manuscript_id = p_manuscript_id;
  else
    insert into public.drafts (manuscript_id, work_id, owner_id) values (p_draft_of, p_draft_of, p_owner_id)
    on conflict (manuscript_id) do nothing;
    select d.work_id into v_work_id from public.drafts d where d.manuscript_id = p_draft_of;
    if (select count(*) from public.drafts d
        where d.owner_id = p_owner_id and d.work_id = v_work_id and d.manuscript_id <> p_manuscript_id)
       >= p_max_drafts then
      raise exception 'A work has at most % drafts. Take one out, or delete one, first.', p_max_drafts
        using errcode = 'NF429';
    end if;
    insert into public.drafts (manuscript_id, work_id, owner_id) values (p_manuscript_id, v_work_id, p_owner_id)
    on conflict (manuscript_id) do update set work_id = excluded.work_id;
  end if;
  return query select m.* from public.manuscripts m where m.id = p_manuscript_id;
end;
$$;
revoke all on function public.draft_set(uuid, uuid, uuid, integer) from public, anon, authenticated;
grant execute on function public.draft_set(uuid, uuid, uuid, integer) to service_role;

-- For each of the manuscripts its work and all drafts of that, oldest first. A work of one has one draft.
create function public.drafts_of(p_owner_id uuid, p_manuscript_ids uuid[])
returns table (asked_id uuid, work_id uuid, draft public.manuscripts)
language sql
stable
set search_path = ''
as $$
  select asked.id, coalesce(own.work_id, asked.id), m
  from public.manuscripts asked
  left join public.drafts own on own.manuscript_id = asked.id
  join lateral (
    select d.manuscript_id as id from public.drafts d where d.owner_id = p_owner_id and d.work_id = own.work_id
    union
    select asked.id
  ) as together on true
  join public.manuscripts m on m.id = together.id
  where asked.id = any (p_manuscript_ids) and asked.owner_id = p_owner_id
  order by asked.id, m.created_at, m.id;
$$;
revoke all on function public.drafts_of(uuid, uuid[]) from public, anon, authenticated;
grant execute on function public.drafts_of(uuid, uuid[]) to service_role;

-- The whole text that is kept beside a report, in order.
create function public.report_text(p_owner_id uuid, p_report_id uuid)
returns table (chapter integer, paragraph integer, text text)
language sql
stable
set search_path = ''
as $$
  select p.chapter, p.paragraph, p.text from public.report_passages p
  where p.report_id = p_report_id
    and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id)
  order by p.chapter, p.position;
$$;
revoke all on function public.report_text(uuid, uuid) from public, anon, authenticated;
grant execute on function public.report_text(uuid, uuid) to service_role;

-- All that is marked in it.
create function public.report_marks_get(p_owner_id uuid, p_report_id uuid)
returns setof public.report_marks
language sql
stable
set search_path = ''
as $$
  select m.* from public.report_marks m
  where m.report_id = p_report_id
    and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id);
$$;
revoke all on function public.report_marks_get(uuid, uuid) from public, anon, authenticated;
grant execute on function public.report_marks_get(uuid, uuid) to service_role;
