-- A job that waits long has many events, and nobody reads them all. An api of the version before calls without
-- p_limit and shows the newest 500: the default lets it go on until it is replaced. One name, one signature; REST
-- could not tell two apart.
drop function public.job_events_get(uuid, uuid[]);

-- What happened to each of the jobs: of each the newest p_limit events, oldest first.
create function public.job_events_get(p_owner_id uuid, p_job_ids uuid[], p_limit integer default 500)
returns table (job_id uuid, version integer, at timestamptz, status text, decided_by text, message text)
language sql
stable
set search_path = ''
as $$
  select newest.job_id, newest.version, newest.at, newest.status, newest.decided_by, newest.message
  from public.jobs j
  cross join lateral (
    select * from public.job_events e where e.job_id = j.id order by e.id desc limit p_limit
  ) as newest
  where j.id = any (p_job_ids) and j.owner_id = p_owner_id
  order by newest.id;
$$;
revoke all on function public.job_events_get(uuid, uuid[], integer) from public, anon, authenticated;
grant execute on function public.job_events_get(uuid, uuid[], integer) to service_role;
