-- What an operator reads: every job and its author by id, and never a word of a manuscript. Each question is one query, and
-- none reads more for a service that has run for years.

-- Of the failed and the cancelled the newest; of the completed there is one already.
create index jobs_failed on public.jobs (failure_code, finished_at desc, id) where status = 'failed';
create index jobs_cancelled on public.jobs (finished_at desc) where status = 'cancelled';

-- A job without its manuscript. Why one could not be read is left out: the sentence may quote it.
create view public.operated_jobs with (security_invoker = true) as
  select j.id, j.owner_id, j.status, j.failure_code,
    case when j.failure_code is distinct from 'UNREADABLE_MANUSCRIPT' then j.failure_message end as failure_message,
    j.stage, j.progress, j.attempt, j.max_attempts, j.workers_lost, j.worker_id, j.queued_at, j.started_at, j.finished_at,
    j.deadline_at, j.progressed_at, j.retry_of, j.is_active, j.run_ends_at
  from public.jobs j;
revoke all on public.operated_jobs from public, anon, authenticated;
grant select on public.operated_jobs to service_role;

-- How many jobs there are by status and code: of those that live all, of those that ended those of the last day, but the
-- newest p_most at most. counted_since: from when on they are counted; null for those that live.
create function public.operator_counts(p_most integer default 20000)
returns table (status text, failure_code text, number integer, within_hour integer, counted_since timestamptz)
language sql
stable
set search_path = ''
as $$
  with ended as materialized (
    select j.status, j.failure_code, j.finished_at from public.jobs j
    where not j.is_active and j.finished_at > statement_timestamp() - interval '1 day'
    order by j.finished_at desc
    limit p_most
  ), begin_of as (
    select case
      when count(*) < p_most then statement_timestamp() - interval '1 day' else min(e.finished_at)
    end as counted_since
    from ended e
  )
  select j.status, null::text, count(*)::integer, null::integer, null::timestamptz
  from public.jobs j where j.is_active
  group by j.status
  union all
  select e.status, e.failure_code, count(*)::integer,
    (count(*) filter (where e.finished_at > statement_timestamp() - interval '1 hour'))::integer, min(b.counted_since)
  from ended e cross join begin_of b
  group by e.status, e.failure_code
  order by 1, 2;
$$;

-- How many jobs ended in each five minutes of the last hour, the newest p_most at most; the oldest five first.
create function public.operator_throughput(p_most integer default 20000)
returns table (begins_at timestamptz, completed integer, failed integer, cancelled integer)
language sql
stable
set search_path = ''
as $$
  with ended as materialized (
    select j.status, width_bucket(
        extract(epoch from statement_timestamp() - j.finished_at)::double precision, 0, 3600, 12) as past
    from public.jobs j
    where not j.is_active and j.finished_at > statement_timestamp() - interval '1 hour'
    order by j.finished_at desc
    limit p_most
  )
  select statement_timestamp() - make_interval(mins => 5 * slot.past),
    (count(*) filter (where e.status = 'completed'))::integer,
    (count(*) filter (where e.status = 'failed'))::integer,
    (count(*) filter (where e.status = 'cancelled'))::integer
  from generate_series(1, 12) as slot (past)
  left join ended e on e.past = slot.past
  group by slot.past
  order by slot.past desc;
$$;

-- What runs, the longest first.
create function public.operator_running(p_limit integer default 200)
returns setof public.operated_jobs
language sql
stable
set search_path = ''
as $$
  select * from public.operated_jobs j where j.run_ends_at is not null order by j.started_at, j.id limit p_limit;
$$;

-- The line by author, the most waiting first.
create function public.operator_line(p_limit integer default 50)
returns table (owner_id uuid, waiting integer, running integer, oldest_queued_at timestamptz)
language sql
stable
set search_path = ''
as $$
  select j.owner_id,
    (count(*) filter (where j.status = 'queued'))::integer,
    (count(*) filter (where j.status <> 'queued'))::integer,
    min(j.queued_at) filter (where j.status = 'queued')
  from public.jobs j
  where j.is_active
  group by j.owner_id
  order by 2 desc, 4, 1
  limit p_limit;
$$;

-- The newest p_limit jobs that are so, by when they ended or, while they live, began. Each kind is read from an index of
-- its own, newest first.
create function public.operator_jobs(
  p_statuses text[] default null, p_failure_codes text[] default null, p_since timestamptz default null,
  p_owner_id uuid default null, p_limit integer default 50
)
returns setof public.operated_jobs
language plpgsql
stable
set search_path = ''
-- Planned for the values that are asked for: for any, it would read all that ever failed.
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with recursive codes as (
    (select j.failure_code as code from public.jobs j where j.status = 'failed' order by j.failure_code limit 1)
    union all
    select (
      select j.failure_code from public.jobs j
      where j.status = 'failed' and j.failure_code > c.code order by j.failure_code limit 1
    )
    from codes c where c.code is not null
  ), found as (
    (
      select * from public.operated_jobs j
      where j.is_active and (p_statuses is null or j.status = any (p_statuses)) and p_failure_codes is null
        and (p_since is null or j.queued_at >= p_since) and (p_owner_id is null or j.owner_id = p_owner_id)
      order by j.queued_at desc limit p_limit
    )
    union all
    select newest.* from codes c
    cross join lateral (
      select * from public.operated_jobs j
      where j.status = 'failed' and j.failure_code = c.code and j.finished_at >= coalesce(p_since, '-infinity')
        and (p_owner_id is null or j.owner_id = p_owner_id)
      order by j.finished_at desc limit p_limit
    ) as newest
    where c.code is not null and (p_statuses is null or 'failed' = any (p_statuses))
      and (p_failure_codes is null or c.code = any (p_failure_codes))
    union all
    (
      select * from public.operated_jobs j
      where j.status = 'completed' and j.finished_at >= coalesce(p_since, '-infinity')
        and (p_statuses is null or 'completed' = any (p_statuses)) and p_failure_codes is null
        and (p_owner_id is null or j.owner_id = p_owner_id)
      order by j.finished_at desc limit p_limit
    )
    union all
    (
      select * from public.operated_jobs j
      where j.status = 'cancelled' and j.finished_at >= coalesce(p_since, '-infinity')
        and (p_statuses is null or 'cancelled' = any (p_statuses)) and p_failure_codes is null
        and (p_owner_id is null or j.owner_id = p_owner_id)
      order by j.finished_at desc limit p_limit
    )
  )
  select * from found f order by coalesce(f.finished_at, f.queued_at) desc, f.id limit p_limit;
end;
$$;

-- The newest p_limit failed jobs that nobody has tried again: of these codes, that ended since then.
create function public.operator_retryable(p_failure_codes text[], p_since timestamptz, p_limit integer)
returns table (id uuid)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  select newest.id from unnest(p_failure_codes) as c (code)
  cross join lateral (
    select j.id, j.finished_at from public.jobs j
    where j.status = 'failed' and j.failure_code = c.code and j.finished_at >= coalesce(p_since, '-infinity')
      and not exists (
        select from public.jobs newer
        where newer.manuscript_id = j.manuscript_id and (newer.queued_at, newer.id) > (j.queued_at, j.id)
      )
    order by j.finished_at desc limit p_limit
  ) as newest
  order by newest.finished_at desc, newest.id
  limit p_limit;
end;
$$;


-- One job, whoever's it is.
create function public.operator_job(p_job_id uuid)
returns setof public.operated_jobs
language sql
stable
set search_path = ''
as $$
  select * from public.operated_jobs j where j.id = p_job_id;
$$;

-- What happened to a job, oldest first. What it ended with is left out where it may quote the manuscript.
create function public.operator_events(p_job_id uuid, p_limit integer default 500)
returns table (job_id uuid, version integer, at timestamptz, status text, decided_by text, message text)
language sql
stable
set search_path = ''
as $$
  select * from (
    select e.job_id, e.version, e.at, e.status, e.decided_by,
      case when j.failure_code = 'UNREADABLE_MANUSCRIPT' and e.status = 'failed' then null else e.message end as message
    from public.job_events e join public.jobs j on j.id = e.job_id
    where e.job_id = p_job_id
    order by e.id desc limit p_limit
  ) as newest
  order by newest.version, newest.at;
$$;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in (
        'operator_counts', 'operator_throughput', 'operator_running', 'operator_line', 'operator_jobs',
        'operator_retryable', 'operator_job', 'operator_events'
      )
  loop
    execute format('revoke all on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end;
$$;
