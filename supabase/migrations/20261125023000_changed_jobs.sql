-- What the push hub does not know yet: of all that is watched (see jobs_watched), the jobs that are not as p_job_ids and
-- p_versions say, or are overdue. The first row has no job: it says from when this is, and which of p_job_ids are gone.
-- A resync of a thousand quiet watchers brings one row in place of a thousand.
create function public.jobs_changed(
  p_owner_ids uuid[], p_job_ids uuid[], p_versions integer[], p_finished_within double precision
)
returns table (read_at timestamptz, gone uuid[], job jsonb)
language sql
stable
set search_path = ''
as $$
  with known as (
    select k.id, k.version from unnest(p_job_ids, p_versions) as k (id, version)
  ), watched as materialized (
    select w as job from public.jobs_watched(p_owner_ids, p_job_ids, p_finished_within) w
  )
  select
    statement_timestamp(),
    array(select k.id from known k where k.id not in (select (w.job).id from watched w)),
    null::jsonb
  union all
  select statement_timestamp(), null, to_jsonb(w.job)
  from watched w left join known k on k.id = (w.job).id
  where k.version is distinct from (w.job).version or (w.job).deadline_at <= statement_timestamp();
$$;
revoke all on function public.jobs_changed(uuid[], uuid[], integer[], double precision)
  from public, anon, authenticated;
grant execute on function public.jobs_changed(uuid[], uuid[], integer[], double precision) to service_role;
