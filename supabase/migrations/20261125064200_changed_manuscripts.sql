-- Which manuscripts were added, changed or deleted of late, so that what is done in one window shows in the others.

alter table public.manuscripts add column changed_at timestamptz not null default clock_timestamp();
create index manuscripts_changed on public.manuscripts (owner_id, changed_at);

create function public.manuscripts_note_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.changed_at := clock_timestamp();
  return new;
end;
$$;
revoke all on function public.manuscripts_note_change() from public, anon, authenticated;
create trigger manuscripts_note_change before update on public.manuscripts
for each row execute function public.manuscripts_note_change();

-- What is left of a deleted manuscript for an hour: that it is gone, and how the jobs ended that somebody may watch.
create table public.manuscripts_gone (
  manuscript_id uuid primary key,
  owner_id uuid not null,
  gone_at timestamptz not null default clock_timestamp(),
  jobs jsonb not null default '[]'
);
create index manuscripts_gone_of_late on public.manuscripts_gone (owner_id, gone_at);
create index manuscripts_gone_by_time on public.manuscripts_gone (gone_at);
alter table public.manuscripts_gone enable row level security;
revoke all on public.manuscripts_gone from public, anon, authenticated;
grant select, insert, update, delete on public.manuscripts_gone to service_role;

create function public.manuscripts_note_gone()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Before the row goes: its jobs go with it.
  insert into public.manuscripts_gone (manuscript_id, owner_id, jobs)
  values (old.id, old.owner_id, coalesce((
    select jsonb_agg(to_jsonb(j)) from public.job_snapshots j
    where j.manuscript_id = old.id and j.finished_at > clock_timestamp() - interval '1 minute'
  ), '[]'))
  on conflict (manuscript_id) do update set gone_at = excluded.gone_at, jobs = excluded.jobs;
  return old;
end;
$$;
revoke all on function public.manuscripts_note_gone() from public, anon, authenticated;
grant execute on function public.manuscripts_note_gone() to service_role;
create trigger manuscripts_note_gone before delete on public.manuscripts
for each row execute function public.manuscripts_note_gone();

create function public.manuscripts_gone_prune()
returns table (manuscript_id uuid)
language sql
set search_path = ''
as $$
  delete from public.manuscripts_gone g where g.gone_at < clock_timestamp() - interval '1 hour'
  returning g.manuscript_id;
$$;
revoke all on function public.manuscripts_gone_prune() from public, anon, authenticated;
grant execute on function public.manuscripts_gone_prune() to service_role;

-- As before; besides, how those of p_job_ids ended that went with their manuscript, and, where p_changed_since is given,
-- the owners' manuscripts that were added, changed or deleted since: null in `manuscript` for what is deleted.
drop function public.jobs_changed(uuid[], uuid[], integer[], double precision);
create function public.jobs_changed(
  p_owner_ids uuid[],
  p_job_ids uuid[],
  p_versions integer[],
  p_finished_within double precision,
  p_changed_since timestamptz default null
)
returns table (read_at timestamptz, gone uuid[], job jsonb, change jsonb)
language sql
stable
set search_path = ''
as $$
  with known as (
    select k.id, k.version from unnest(p_job_ids, p_versions) as k (id, version)
  ), watched as materialized (
    select w as job from public.jobs_watched(p_owner_ids, p_job_ids, p_finished_within) w
  ), gone as materialized (
    select k.id from known k where k.id not in (select (w.job).id from watched w)
  )
  select statement_timestamp(), array(select g.id from gone g), null::jsonb, null::jsonb
  union all
  select statement_timestamp(), null, to_jsonb(w.job), null
  from watched w left join known k on k.id = (w.job).id
  where k.version is distinct from (w.job).version or (w.job).deadline_at <= statement_timestamp()
  union all
  select statement_timestamp(), null, ended.job, null
  from public.manuscripts_gone m cross join lateral jsonb_array_elements(m.jobs) as ended (job)
  where exists (select from gone) and m.owner_id = any (p_owner_ids)
    and (ended.job ->> 'id')::uuid in (select g.id from gone g)
  union all
  select statement_timestamp(), null, null,
    jsonb_build_object('id', m.id, 'owner_id', m.owner_id, 'at', m.changed_at, 'manuscript', to_jsonb(m))
  from public.manuscripts m where m.owner_id = any (p_owner_ids) and m.changed_at > p_changed_since
  union all
  select statement_timestamp(), null, null,
    jsonb_build_object('id', g.manuscript_id, 'owner_id', g.owner_id, 'at', g.gone_at, 'manuscript', null)
  from public.manuscripts_gone g where g.owner_id = any (p_owner_ids) and g.gone_at > p_changed_since;
$$;
revoke all on function public.jobs_changed(uuid[], uuid[], integer[], double precision, timestamptz)
from public, anon, authenticated;
grant execute on function public.jobs_changed(uuid[], uuid[], integer[], double precision, timestamptz) to service_role;
