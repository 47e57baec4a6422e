-- One line: the rows that are queued, and nothing else. One function says who is next; the claim
-- takes by it, and the place that an author is told is read from it.

alter table public.jobs
  -- How many workers were lost over the job: raised where that is settled, and by nothing else.
  add column workers_lost integer not null default 0 check (workers_lost >= 0),
  -- When stage or progress last moved; while initializing, when the worker took the job.
  add column progressed_at timestamptz;

create or replace view public.job_snapshots with (security_invoker = true) as
  select j.id, j.owner_id, j.manuscript_id, j.kind, j.status, j.stage, j.progress, j.attempt, j.max_attempts, j.version,
    j.worker_id, j.queued_at, j.dispatched_at, j.started_at, j.run_ends_at, j.finished_at, j.deadline_at,
    j.failure_code, j.failure_message, j.retry_of, statement_timestamp() as as_of, j.is_active,
    j.workers_lost, j.progressed_at
  from public.jobs j;

-- A claimed job with what its worker needs to know of the manuscript: one call less a job.
create view public.claimed_jobs with (security_invoker = true) as
  select j.*, m.filename from public.job_snapshots j join public.manuscripts m on m.id = j.manuscript_id;
revoke all on public.claimed_jobs from public, anon, authenticated;
grant select on public.claimed_jobs to service_role;

-- Each author's part of the line, and who runs for whom: a job has an end of its run while it runs, and never else.
create index jobs_line_by_owner on public.jobs (owner_id, queued_at, id) where status = 'queued';
create index jobs_running on public.jobs (worker_id, owner_id) where run_ends_at is not null;

-- The first p_limit authors who have jobs in the line, in no order that matters; all of them unless told. Goes from
-- one author to the next by the index, however many jobs each has.
create function public.owners_in_line(p_limit integer default null)
returns uuid[]
language sql
stable
set search_path = ''
as $$
  with recursive owners as (
    (select j.owner_id, 1 as number from public.jobs j where j.status = 'queued' order by j.owner_id limit 1)
    union all
    select following.owner_id, o.number + 1
    from owners o
    cross join lateral (
      select j.owner_id from public.jobs j
      where j.status = 'queued' and j.owner_id > o.owner_id order by j.owner_id limit 1
    ) as following
    where p_limit is null or o.number < p_limit
  )
  select coalesce(array_agg(o.owner_id), '{}') from owners o;
$$;

-- The first p_limit jobs of the line. Next is the oldest job of the author who has the fewest running; between equals,
-- the older job. So the n-th job of an author who has r running stands at level r + n, and the line goes by level and
-- then by age. A row past its deadline is void: it neither waits nor runs.
-- Reads a few rows of each author while authors are few. Where they are many, those who have nothing running are found
-- from the head of the line; only where those are too few, each author is asked after all.
create function public.jobs_next(p_limit integer)
returns table (id uuid, "position" integer)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- Guesses between two costs: a probe an author, or a row of the line.
  v_few constant integer := 100;
  v_far constant integer := 20000;
  v_owners uuid[] := public.owners_in_line(v_few);
  v_busy uuid[];
  v_line uuid[];
  v_depth integer;
  v_is_whole boolean;
begin
  -- The coalesce round each condition on a deadline is for the planner: it keeps it from the index of deadlines, which
  -- holds the whole line.
  if cardinality(v_owners) >= v_few then
    select coalesce(array_agg(distinct j.owner_id), '{}') into v_busy from public.jobs j
    where j.run_ends_at is not null and coalesce(j.deadline_at > statement_timestamp(), false);
  end if;
  -- Where all of these have something running, there is little hope for the others.
  if not v_owners <@ v_busy then
    select array_agg(head.id) into v_line from (
      select j.id from (
        select * from public.jobs j
        where j.status = 'queued' and coalesce(j.deadline_at > statement_timestamp(), false)
        order by j.queued_at, j.id limit v_far
      ) as j
      -- The coalesce is for the planner: of a plain equation it expects too few rows, and sorts the line.
      where j.owner_id <> all (v_busy) and coalesce(j.id = (
        select first.id from public.jobs first
        where first.owner_id = j.owner_id and first.status = 'queued'
          and coalesce(first.deadline_at > statement_timestamp(), false)
        order by first.queued_at, first.id limit 1
      ), false)
      order by j.queued_at, j.id
      limit p_limit
    ) as head;
    if cardinality(v_line) >= p_limit then
      return query select l.id, l.number::integer from unnest(v_line) with ordinality as l (id, number);
      return;
    end if;
  end if;
  if v_busy is not null then
    v_owners := public.owners_in_line();
  end if;

  v_depth := p_limit / greatest(cardinality(v_owners), 1) + 1;
  loop
    -- Of each author the first v_depth. What was left out stands at a higher level than the last of these.
    with running as materialized (
      select j.owner_id, count(*) as number from public.jobs j
      where j.run_ends_at is not null and coalesce(j.deadline_at > statement_timestamp(), false)
      group by j.owner_id
    ), known as (
      select theirs.id, theirs.queued_at, theirs.number, coalesce(r.number, 0) + theirs.number as level
      from unnest(v_owners) as o (owner_id)
      left join running r on r.owner_id = o.owner_id
      cross join lateral (
        select j.id, j.queued_at, row_number() over (order by j.queued_at, j.id) as number
        from public.jobs j
        where j.owner_id = o.owner_id and j.status = 'queued' and coalesce(j.deadline_at > statement_timestamp(), false)
        order by j.queued_at, j.id
        limit v_depth
      ) as theirs
    ), surely as (
      select min(k.level) as level from known k where k.number = v_depth
    )
    select array_agg(k.id order by k.level, k.queued_at, k.id) filter (where s.level is null or k.level <= s.level),
      bool_and(s.level is null)
    into v_line, v_is_whole
    from known k cross join surely s;
    exit when coalesce(v_is_whole, true) or cardinality(v_line) >= p_limit;
    v_depth := v_depth * 4;
  end loop;
  return query
    select l.id, l.number::integer from unnest(v_line[1:p_limit]) with ordinality as l (id, number);
end;
$$;

-- The place in the line of each queued job among p_job_ids; 1 is next. Counting stops at 1000: 1001 is further on.
create or replace function public.jobs_in_line(p_job_ids uuid[])
returns table (id uuid, "position" integer)
language sql
stable
set search_path = ''
as $$
  select j.id, coalesce(n.position, 1001)
  from public.jobs j
  left join public.jobs_next(1000) n on n.id = j.id
  where j.id = any (p_job_ids) and j.status = 'queued' and j.deadline_at > statement_timestamp();
$$;

create or replace function public.jobs_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'queued' or new.attempt <> 0 then
      raise exception 'A job is born queued with no attempt made, not % with %.', new.status, new.attempt
        using errcode = 'NF409';
    end if;
    new.version := 1;
    return new;
  end if;

  if not old.is_active then
    raise exception 'Job % is %: nothing leaves or changes a terminal state. Retry makes a new job.', old.id, old.status
      using errcode = 'NF409';
  end if;
  if not public.job_edge_exists(old.status, new.status) then
    raise exception 'Job % cannot go from % to %.', old.id, old.status, new.status using errcode = 'NF409';
  end if;
  if (new.id, new.owner_id, new.manuscript_id, new.kind, new.queued_at) is distinct from
     (old.id, old.owner_id, old.manuscript_id, old.kind, old.queued_at)
     or new.retry_of is distinct from old.retry_of then
    raise exception 'Job %: what it is and whose it is never changes.', old.id using errcode = 'NF409';
  end if;
  -- The attempt is the fence: it rises by one with each claim and by nothing else.
  if new.attempt <> old.attempt + (old.status = 'queued' and new.status = 'running_initializing')::integer then
    raise exception 'Job %: the attempt rises by one when a worker claims the job, and never else.', old.id
      using errcode = 'NF409';
  end if;
  if old.status <> 'queued' and new.status in ('running_initializing', 'running')
     and new.worker_id is distinct from old.worker_id then
    raise exception 'Job %: a running job does not change its worker.', old.id using errcode = 'NF409';
  end if;
  if new.status = 'completed' and not exists (
    select from public.analysis_reports r where r.job_id = new.id
  ) then
    raise exception 'Job %: a job completes together with its report.', old.id using errcode = 'NF409';
  end if;

  if new.workers_lost <> old.workers_lost and not (
    new.workers_lost = old.workers_lost + 1 and old.status <> 'queued' and new.status in ('queued', 'failed')
  ) then
    raise exception 'Job %: a lost worker is counted by one, when its loss is settled.', old.id using errcode = 'NF409';
  end if;

  -- What follows from the status is written here, once, for every writer.
  if new.status = 'queued' then
    new.worker_id := null;
    new.run_ends_at := null;
    new.started_at := null;
    new.progressed_at := null;
    if old.status <> 'queued' then
      new.dispatched_at := null;
    end if;
  elsif not public.job_is_active(new.status) then
    new.deadline_at := null;
    new.run_ends_at := null;
    new.finished_at := clock_timestamp();
  end if;
  if new.status <> 'running' then
    new.stage := null;
    new.progress := null;
  end if;
  if new.status in ('running_initializing', 'running')
     and (new.status, new.stage, new.progress) is distinct from (old.status, old.stage, old.progress) then
    new.progressed_at := clock_timestamp();
  end if;
  new.version := old.version + 1;
  return new;
end;
$$;

-- For an api of the version before, while both are up: a ring is not written down any more, and these still wait.
create or replace function public.jobs_dispatched(p_job_ids uuid[])
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select * from public.job_snapshots j where j.id = any (p_job_ids) and j.status = 'queued';
$$;

drop function public.jobs_undispatched(double precision, integer);

revoke all on function public.owners_in_line(integer) from public, anon, authenticated;
grant execute on function public.owners_in_line(integer) to service_role;
revoke all on function public.jobs_next(integer) from public, anon, authenticated;
grant execute on function public.jobs_next(integer) to service_role;
