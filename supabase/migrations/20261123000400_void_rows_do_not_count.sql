-- A row past its deadline is void before anybody has settled it: it is not ahead of anybody, and does not wait or run.

-- The place in the line of each queued job among p_job_ids; 1 is next. Counting stops at 1000 rows.
create or replace function public.jobs_in_line(p_job_ids uuid[])
returns table (id uuid, "position" integer)
language sql
stable
set search_path = ''
as $$
  select j.id, (
    select (count(*) filter (where line.deadline_at > statement_timestamp()))::integer + 1 from (
      select ahead.deadline_at from public.jobs ahead
      where ahead.status = 'queued' and (ahead.queued_at, ahead.id) < (j.queued_at, j.id)
      limit 1000
    ) as line
  )
  from public.jobs j
  where j.id = any (p_job_ids) and j.status = 'queued';
$$;

-- How many jobs wait and how many run, and how long ago the longest overdue one was due (seconds; 0 when none is).
create or replace function public.jobs_count()
returns table (queued integer, running integer, oldest_overdue_seconds double precision)
language sql
stable
set search_path = ''
as $$
  select
    (count(*) filter (where j.status = 'queued' and j.deadline_at > statement_timestamp()))::integer,
    (count(*) filter (
      where j.status in ('running_initializing', 'running') and j.deadline_at > statement_timestamp()
    ))::integer,
    greatest(0, extract(epoch from statement_timestamp() - min(j.deadline_at)))::double precision
  from public.jobs j
  where j.status in ('queued', 'running_initializing', 'running');
$$;
