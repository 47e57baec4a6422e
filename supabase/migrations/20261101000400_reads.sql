-- What may be read, scoped to its owner. Nothing here writes.

-- A job as it stands, with the database's clock beside it: no process compares its own clock with a row's.
create view public.job_snapshots with (security_invoker = true) as
  select j.*, statement_timestamp() as as_of from public.jobs j;
revoke all on public.job_snapshots from public, anon, authenticated;
grant select on public.job_snapshots to authenticated, service_role;

-- Jobs by their ids; another owner's are left out like missing ones.
create function public.jobs_get(p_owner_id uuid, p_job_ids uuid[])
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select * from public.job_snapshots j where j.id = any (p_job_ids) and j.owner_id = p_owner_id;
$$;

-- The newest p_limit jobs of each manuscript, newest first.
create function public.jobs_of_manuscripts(p_owner_id uuid, p_manuscript_ids uuid[], p_limit integer)
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
    order by j.queued_at desc, j.id desc
    limit p_limit
  ) as newest;
$$;

-- What the push hub watches: each owner's live jobs, those finished within p_finished_within seconds, and
-- any jobs asked for by id. One call for all watched owners.
create function public.jobs_watched(
  p_owner_ids uuid[], p_job_ids uuid[], p_finished_within double precision
)
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select * from public.job_snapshots j
  where j.owner_id = any (p_owner_ids)
    and j.status in ('queued', 'running_initializing', 'running')
  union
  select * from public.job_snapshots j
  where j.owner_id = any (p_owner_ids)
    and j.status in ('completed', 'failed', 'cancelled')
    and j.finished_at >= statement_timestamp() - make_interval(secs => p_finished_within)
  union
  select * from public.job_snapshots j where j.id = any (p_job_ids);
$$;

-- The place in the line of each queued job among p_job_ids; 1 is next. Counting stops at 1000.
create function public.jobs_in_line(p_job_ids uuid[])
returns table (id uuid, "position" integer)
language sql
stable
set search_path = ''
as $$
  select j.id, (
    select count(*)::integer + 1 from (
      select from public.jobs ahead
      where ahead.status = 'queued' and (ahead.queued_at, ahead.id) < (j.queued_at, j.id)
      limit 1000
    ) as line
  )
  from public.jobs j
  where j.id = any (p_job_ids) and j.status = 'queued';
$$;

-- Queued jobs that nobody claimed: never rung after a third of p_after seconds, or rung longer ago than that.
create function public.jobs_undispatched(p_after double precision, p_limit integer)
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select * from public.job_snapshots j
  where j.status = 'queued'
    and j.deadline_at > statement_timestamp()
    and case
      when j.dispatched_at is null then j.queued_at < statement_timestamp() - make_interval(secs => p_after / 3)
      else j.dispatched_at < statement_timestamp() - make_interval(secs => p_after)
    end
  order by j.queued_at, j.id
  limit p_limit;
$$;

-- What happened to each of the jobs, oldest first.
create function public.job_events_get(p_owner_id uuid, p_job_ids uuid[])
returns table (job_id uuid, version integer, at timestamptz, status text, decided_by text, message text)
language sql
stable
set search_path = ''
as $$
  select e.job_id, e.version, e.at, e.status, e.decided_by, e.message
  from public.job_events e
  join public.jobs j on j.id = e.job_id and j.owner_id = p_owner_id
  where e.job_id = any (p_job_ids)
  order by e.id;
$$;

create function public.manuscripts_get(p_owner_id uuid, p_manuscript_ids uuid[])
returns setof public.manuscripts
language sql
stable
set search_path = ''
as $$
  select * from public.manuscripts m where m.id = any (p_manuscript_ids) and m.owner_id = p_owner_id;
$$;

-- A page of the owner's manuscripts, newest first, after the manuscript p_after_id made at p_after_created_at.
create function public.manuscripts_page(
  p_owner_id uuid, p_limit integer, p_after_created_at timestamptz default null, p_after_id uuid default null
)
returns setof public.manuscripts
language sql
stable
set search_path = ''
as $$
  select * from public.manuscripts m
  where m.owner_id = p_owner_id
    and (p_after_id is null or (m.created_at, m.id) < (p_after_created_at, p_after_id))
  order by m.created_at desc, m.id desc
  limit p_limit;
$$;

create function public.manuscripts_count(p_owner_id uuid)
returns table (total integer)
language sql
stable
set search_path = ''
as $$
  select count(*)::integer from public.manuscripts m where m.owner_id = p_owner_id;
$$;

create function public.reports_get(p_owner_id uuid, p_report_ids uuid[])
returns setof public.analysis_reports
language sql
stable
set search_path = ''
as $$
  select * from public.analysis_reports r where r.id = any (p_report_ids) and r.owner_id = p_owner_id;
$$;

create function public.reports_of_jobs(p_owner_id uuid, p_job_ids uuid[])
returns setof public.analysis_reports
language sql
stable
set search_path = ''
as $$
  select * from public.analysis_reports r where r.job_id = any (p_job_ids) and r.owner_id = p_owner_id;
$$;

-- The newest report of each manuscript.
create function public.reports_of_manuscripts(p_owner_id uuid, p_manuscript_ids uuid[])
returns setof public.analysis_reports
language sql
stable
set search_path = ''
as $$
  select newest.*
  from unnest(p_manuscript_ids) as wanted (manuscript_id)
  cross join lateral (
    select * from public.analysis_reports r
    where r.manuscript_id = wanted.manuscript_id and r.owner_id = p_owner_id
    order by r.created_at desc
    limit 1
  ) as newest;
$$;
