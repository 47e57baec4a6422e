-- Which statuses are active stands here, once; every other function, constraint and index asks the column.

-- Whether a job of this status may still be finished by somebody.
create function public.job_is_active(p_status text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select p_status in ('queued', 'running_initializing', 'running');
$$;
revoke all on function public.job_is_active(text) from public, anon, authenticated;
grant execute on function public.job_is_active(text) to service_role;

alter table public.jobs
  add column is_active boolean not null generated always as (public.job_is_active(status)) stored,
  drop constraint jobs_deadline,
  drop constraint jobs_finished,
  -- Every active row has a deadline, no terminal one has; and one at the end of time is none.
  add constraint jobs_deadline check (is_active = (deadline_at is not null) and deadline_at < 'infinity'),
  add constraint jobs_finished check (is_active = (finished_at is null));

drop index public.jobs_one_live_per_manuscript, public.jobs_overdue, public.jobs_live_by_owner,
  public.jobs_finished_by_owner;
-- One live job per manuscript.
create unique index jobs_one_live_per_manuscript on public.jobs (manuscript_id) where is_active;
-- One rule for every active state, one index for the rule.
create index jobs_overdue on public.jobs (deadline_at) where is_active;
-- What a dashboard watches: the owner's live jobs and the lately finished.
create index jobs_live_by_owner on public.jobs (owner_id) where is_active;
create index jobs_finished_by_owner on public.jobs (owner_id, finished_at) where not is_active;

-- A job as it stands, with the database's clock beside it: no process compares its own clock with a row's.
create or replace view public.job_snapshots with (security_invoker = true) as
  select j.id, j.owner_id, j.manuscript_id, j.kind, j.status, j.stage, j.progress, j.attempt, j.max_attempts, j.version,
    j.worker_id, j.queued_at, j.dispatched_at, j.started_at, j.run_ends_at, j.finished_at, j.deadline_at,
    j.failure_code, j.failure_message, j.retry_of, statement_timestamp() as as_of, j.is_active
  from public.jobs j;

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

  -- What follows from the status is written here, once, for every writer.
  if new.status = 'queued' then
    new.worker_id := null;
    new.run_ends_at := null;
    new.started_at := null;
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
  new.version := old.version + 1;
  return new;
end;
$$;

-- What the push hub watches: each owner's live jobs, those finished within p_finished_within seconds, and
-- any jobs asked for by id. One call for all watched owners.
create or replace function public.jobs_watched(
  p_owner_ids uuid[], p_job_ids uuid[], p_finished_within double precision
)
returns setof public.job_snapshots
language sql
stable
set search_path = ''
as $$
  select * from public.job_snapshots j
  where j.owner_id = any (p_owner_ids)
    and j.is_active
  union
  select * from public.job_snapshots j
  where j.owner_id = any (p_owner_ids)
    and not j.is_active
    and j.finished_at >= statement_timestamp() - make_interval(secs => p_finished_within)
  union
  select * from public.job_snapshots j where j.id = any (p_job_ids);
$$;

-- Starts an analysis of the manuscript. A live job for it is returned as it is; an overdue one is settled first.
create or replace function public.job_start(
  p_owner_id uuid, p_manuscript_id uuid, p_queue_timeout double precision, p_max_attempts integer,
  p_max_live integer, p_retry_of uuid default null
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
declare
  v_job_id uuid;
begin
  -- The manuscript's row is the lock under which two starts at once become one job.
  perform from public.manuscripts m where m.id = p_manuscript_id and m.owner_id = p_owner_id for no key update;
  if not found then
    raise exception 'There is no such manuscript.' using errcode = 'NF404';
  end if;
  select j.id into v_job_id from public.jobs j
  where j.manuscript_id = p_manuscript_id and j.is_active;
  if found then
    perform public.jobs_settle('reader', p_queue_timeout, p_job_ids => array[v_job_id]);
    return query
      select * from public.job_snapshots j
      where j.id = v_job_id and j.is_active;
    if found then
      return;
    end if;
  end if;
  -- One at a time, so that many starts at once do not pass the limits together.
  perform pg_advisory_xact_lock(hashtextextended(p_owner_id::text, 0));
  if (select count(*) from public.jobs j
      where j.owner_id = p_owner_id and j.is_active) >= p_max_live then
    raise exception 'You have % analyses under way, as many as one author may have. Wait for one to finish, or cancel one.', p_max_live
      using errcode = 'NF429';
  end if;
  -- Started and cancelled, again and again, would fill the table: a tenfold of what may live ends in an hour.
  if (select count(*) from public.jobs j
      where j.owner_id = p_owner_id and not j.is_active
        and j.finished_at > clock_timestamp() - interval '1 hour') >= p_max_live * 10 then
    raise exception 'You have had % analyses within an hour, as many as one author may have. Wait a while.', p_max_live * 10
      using errcode = 'NF429';
  end if;
  perform public.job_decided_by('user', case when p_retry_of is null then 'Started.' else 'Tried again.' end);
  insert into public.jobs (owner_id, manuscript_id, status, max_attempts, queued_at, deadline_at, retry_of)
  values (p_owner_id, p_manuscript_id, 'queued', p_max_attempts, clock_timestamp(),
          clock_timestamp() + make_interval(secs => p_queue_timeout), p_retry_of)
  returning id into v_job_id;
  return query select * from public.job_snapshots j where j.id = v_job_id;
end;
$$;

-- Stops a job for good, wherever it stands.
create or replace function public.job_cancel(p_owner_id uuid, p_job_id uuid)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
declare
  v_status text;
begin
  perform public.job_decided_by('user', 'Cancelled by its author.');
  update public.jobs j set status = 'cancelled'
  where j.id = p_job_id and j.owner_id = p_owner_id
    and j.is_active;
  if not found then
    select j.status into v_status from public.jobs j where j.id = p_job_id and j.owner_id = p_owner_id;
    if not found then
      raise exception 'There is no such job.' using errcode = 'NF404';
    end if;
    raise exception 'This analysis is already over: it is %.', v_status using errcode = 'NF409';
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- Settles every overdue job of the scope, once each: those of p_job_ids, else those of p_owner_id, else all, at
-- most p_limit and longest overdue first. Safe to run from many places at once. The sweeper passes over rows
-- that others hold; a reader waits for them, for it must not answer with what it passed over.
-- late_seconds: how long the row lied, from its deadline to this settlement.
create or replace function public.jobs_settle(
  p_decided_by text, p_queue_timeout double precision,
  p_owner_id uuid default null, p_job_ids uuid[] default null, p_limit integer default 1000
)
returns table (
  id uuid, owner_id uuid, was text, status text, version integer, late_seconds double precision
)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_ids uuid[];
begin
  if p_job_ids is not null then
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.id = any (p_job_ids) and (p_owner_id is null or j.owner_id = p_owner_id)
        and j.is_active and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update
    ) as o;
  elsif p_owner_id is not null then
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.owner_id = p_owner_id
        and j.is_active and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update
    ) as o;
  else
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.is_active and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update skip locked
    ) as o;
  end if;
  if v_ids is null then
    return;
  end if;

  perform public.job_decided_by(
    p_decided_by, 'The worker was not heard from within its lease; the job waits for another.'
  );
  return query
  with overdue as (
    select j.id, j.status, j.deadline_at, j.attempt, j.max_attempts, j.started_at, j.run_ends_at,
      case
        when j.status = 'queued' then 'QUEUE_TIMEOUT'
        when j.run_ends_at <= v_now then 'RUN_TIMEOUT'
        when j.attempt >= j.max_attempts then 'WORKER_LOST'
      end as failure_code
    from public.jobs j
    where j.id = any (v_ids)
  ), settled as (
    update public.jobs j
    set status = case when o.failure_code is null then 'queued' else 'failed' end,
        deadline_at = v_now + make_interval(secs => p_queue_timeout),
        failure_code = o.failure_code,
        failure_message = case o.failure_code
          when 'QUEUE_TIMEOUT' then format(
            'This analysis waited %s and no worker started it. Your manuscript is safe; try again in a while.',
            public.duration_in_words(p_queue_timeout))
          when 'RUN_TIMEOUT' then format(
            'The analysis did not finish within %s and was stopped. Your manuscript is safe.',
            public.duration_in_words(extract(epoch from o.run_ends_at - o.started_at)))
          when 'WORKER_LOST' then format(
            'The worker that read this manuscript was lost%s. Your manuscript is safe; try again in a while.',
            case when o.attempt > 1 then format(', %s times in all', o.attempt) else '' end)
        end
    from overdue o
    where j.id = o.id and j.is_active and j.deadline_at <= v_now
    returning j.id, j.owner_id, j.status, j.version
  ), settlements as (
    select s.id, s.owner_id, o.status as was, s.status, s.version,
      extract(epoch from v_now - o.deadline_at)::double precision as late_seconds
    from settled s join overdue o on o.id = s.id
  ), lateness as (
    insert into public.settlement_lateness as l (status, decided_by, at_most, settlements, seconds)
    select s.was, p_decided_by, public.lateness_bucket(s.late_seconds), count(*), sum(s.late_seconds)
    from settlements s
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (status, decided_by, at_most) do update
      set settlements = l.settlements + excluded.settlements, seconds = l.seconds + excluded.seconds
  )
  select s.id, s.owner_id, s.was, s.status, s.version, s.late_seconds from settlements s;
end;
$$;

-- Deletes the manuscript with its jobs and reports; a live job is cancelled first, and its last state returned.
create or replace function public.manuscript_delete(p_owner_id uuid, p_manuscript_id uuid)
returns setof public.manuscripts
language plpgsql
set search_path = ''
as $$
begin
  perform from public.manuscripts m
  where m.id = p_manuscript_id and m.owner_id = p_owner_id for update;
  if not found then
    raise exception 'There is no such manuscript.' using errcode = 'NF404';
  end if;
  -- A worker that still holds a job finds it gone with its next write, and stops.
  perform public.job_decided_by('user', 'Cancelled: its manuscript was deleted.');
  update public.jobs j set status = 'cancelled'
  where j.manuscript_id = p_manuscript_id and j.is_active;
  insert into public.unowned_files (manuscript_id) values (p_manuscript_id)
  on conflict (manuscript_id) do nothing;
  return query delete from public.manuscripts m where m.id = p_manuscript_id returning *;
end;
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
  where j.is_active;
$$;

