-- The steps of a job's life. Each is one compare-and-set: status, attempt and worker in the `where`.
-- A refusal is an error with a code: NF404 no such row for the caller, NF409 the state does not permit it,
-- NF412 the worker no longer holds the job, NF429 the caller has as many as one may have.
-- Durations are seconds.

-- 300 → '5 minutes', 1 → '1 second', 0.5 → '0.5 seconds'.
create function public.duration_in_words(p_seconds double precision)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_seconds >= 120 and mod(round(p_seconds)::numeric, 60) = 0 then round(p_seconds / 60)::text || ' minutes'
    when round(p_seconds) = 60 then '1 minute'
    when p_seconds = 1 then '1 second'
    when p_seconds >= 10 then round(p_seconds)::text || ' seconds'
    else round(p_seconds::numeric, 1)::double precision::text || ' seconds'
  end;
$$;

-- Starts an analysis of the manuscript. A live job for it is returned as it is; an overdue one is settled first.
create function public.job_start(
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
  where j.manuscript_id = p_manuscript_id and j.status in ('queued', 'running_initializing', 'running');
  if found then
    perform public.jobs_settle('reader', p_queue_timeout, p_job_ids => array[v_job_id]);
    return query
      select * from public.job_snapshots j
      where j.id = v_job_id and j.status in ('queued', 'running_initializing', 'running');
    if found then
      return;
    end if;
  end if;
  -- One at a time, so that many starts at once do not pass the limits together.
  perform pg_advisory_xact_lock(hashtextextended(p_owner_id::text, 0));
  if (select count(*) from public.jobs j
      where j.owner_id = p_owner_id and j.status in ('queued', 'running_initializing', 'running')) >= p_max_live then
    raise exception 'You have % analyses under way, as many as one author may have. Wait for one to finish, or cancel one.', p_max_live
      using errcode = 'NF429';
  end if;
  -- Started and cancelled, again and again, would fill the table: a tenfold of what may live ends in an hour.
  if (select count(*) from public.jobs j
      where j.owner_id = p_owner_id and j.status in ('completed', 'failed', 'cancelled')
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

-- A new job that names the old one. Asked twice, the first answer again.
create function public.job_retry(
  p_owner_id uuid, p_job_id uuid, p_queue_timeout double precision, p_max_attempts integer, p_max_live integer
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
declare
  v_old public.jobs;
  v_new public.job_snapshots;
begin
  -- The manuscript before the job, as job_start and job_complete lock them: no deadlock.
  perform from public.manuscripts m
  where m.id = (select j.manuscript_id from public.jobs j where j.id = p_job_id and j.owner_id = p_owner_id)
  for no key update;
  perform public.jobs_settle('reader', p_queue_timeout, p_job_ids => array[p_job_id], p_owner_id => p_owner_id);
  select * into v_old from public.jobs j where j.id = p_job_id and j.owner_id = p_owner_id;
  if not found then
    raise exception 'There is no such job.' using errcode = 'NF404';
  end if;
  if v_old.status not in ('failed', 'cancelled') then
    raise exception 'Only a failed or cancelled analysis can be tried again; this one is %.',
      replace(v_old.status, '_', ' ') using errcode = 'NF409';
  end if;
  select * into v_new
  from public.job_start(p_owner_id, v_old.manuscript_id, p_queue_timeout, p_max_attempts, p_max_live, v_old.id);
  if v_new.retry_of is distinct from v_old.id then
    raise exception 'Another analysis of this manuscript is already under way.' using errcode = 'NF409';
  end if;
  return next v_new;
end;
$$;

-- Stops a job for good, wherever it stands.
create function public.job_cancel(p_owner_id uuid, p_job_id uuid)
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
    and j.status in ('queued', 'running_initializing', 'running');
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

-- Notes that a message was sent for these jobs, and returns those that still wait.
create function public.jobs_dispatched(p_job_ids uuid[])
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  perform public.job_decided_by('dispatcher', 'Offered to the workers.');
  update public.jobs j set dispatched_at = clock_timestamp()
  where j.id in (
    select q.id from public.jobs q where q.id = any (p_job_ids) and q.status = 'queued'
    order by q.id for update skip locked
  );
  return query select * from public.job_snapshots j where j.id = any (p_job_ids) and j.status = 'queued';
end;
$$;

-- A worker takes the job; of many who try, one succeeds. Its first write, before anything else.
create function public.job_claim(
  p_job_id uuid, p_worker_id uuid, p_lease double precision, p_run_timeout double precision
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  perform public.job_decided_by('worker', format('Taken by worker %s.', p_worker_id));
  update public.jobs j
  set status = 'running_initializing',
      attempt = j.attempt + 1,
      worker_id = p_worker_id,
      started_at = clock_timestamp(),
      run_ends_at = clock_timestamp() + make_interval(secs => p_run_timeout),
      deadline_at = clock_timestamp() + make_interval(secs => p_lease)
  where j.id = p_job_id and j.status = 'queued' and j.deadline_at > clock_timestamp();
  if not found then
    perform from public.jobs j where j.id = p_job_id;
    if not found then
      raise exception 'There is no such job.' using errcode = 'NF404';
    end if;
    raise exception 'Job % does not wait for a worker.', p_job_id using errcode = 'NF409';
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- Refuses a worker's write, saying which of the reasons it is. Never returns.
create function public.job_refuse_worker(p_job_id uuid, p_worker_id uuid, p_attempt integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  select * into v_job from public.jobs j where j.id = p_job_id;
  if not found then
    raise exception 'There is no such job.' using errcode = 'NF404';
  end if;
  if v_job.status in ('running_initializing', 'running') and v_job.worker_id = p_worker_id
     and v_job.attempt = p_attempt and v_job.deadline_at > clock_timestamp() then
    raise exception 'Job % is %: the step is not allowed now.', p_job_id, v_job.status using errcode = 'NF409';
  end if;
  raise exception 'Worker % no longer holds job % (attempt %): it is %, attempt %.',
    p_worker_id, p_job_id, p_attempt, v_job.status, v_job.attempt using errcode = 'NF412';
end;
$$;

-- The worker has everything it needs and begins.
create function public.job_begin(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_lease double precision, p_stage text
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  perform public.job_decided_by('worker', 'Began to read.');
  update public.jobs j
  set status = 'running',
      stage = p_stage,
      progress = 0,
      deadline_at = least(clock_timestamp() + make_interval(secs => p_lease), j.run_ends_at)
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status = 'running_initializing' and j.deadline_at > clock_timestamp();
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- The worker lives: renews the lease, and says where the work stands if p_stage is given.
create function public.job_beat(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_lease double precision,
  p_stage text default null, p_progress double precision default null
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  update public.jobs j
  set stage = case when j.status = 'running' then coalesce(p_stage, j.stage) end,
      progress = case when j.status = 'running' then greatest(coalesce(p_progress, 0), j.progress) end,
      -- The earlier of lease and run timeout, also while initializing: no worker may prepare for ever.
      deadline_at = least(clock_timestamp() + make_interval(secs => p_lease), j.run_ends_at)
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status in ('running_initializing', 'running') and j.deadline_at > clock_timestamp();
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- The report and the completion, in one transaction.
create function public.job_complete(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_report jsonb, p_word_count integer
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- The manuscript before the job, as job_start and manuscript_delete lock them: no deadlock.
  perform from public.manuscripts m
  where m.id = (select j.manuscript_id from public.jobs j where j.id = p_job_id) for no key update;
  select * into v_job from public.jobs j
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status = 'running' and j.deadline_at > clock_timestamp()
  for update;
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  insert into public.analysis_reports (job_id, manuscript_id, owner_id, body)
  values (v_job.id, v_job.manuscript_id, v_job.owner_id, p_report);
  perform public.job_decided_by('worker', 'The report is written.');
  update public.jobs j set status = 'completed'
  where j.id = v_job.id and j.status = 'running' and j.attempt = p_attempt;
  update public.manuscripts m set word_count = p_word_count where m.id = v_job.manuscript_id;
  return query select * from public.job_snapshots j where j.id = v_job.id;
end;
$$;

-- The worker gives up for good: what it was given cannot be analysed, or it met an error of ours.
create function public.job_fail(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_failure_code text, p_failure_message text
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  perform public.job_decided_by('worker');
  update public.jobs j
  set status = 'failed', failure_code = p_failure_code, failure_message = p_failure_message
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status in ('running_initializing', 'running') and j.deadline_at > clock_timestamp();
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- A worker that is told to stop gives the job back. The attempt stays raised, for it is the fence, but does not
-- count against the job: one more is allowed.
create function public.job_release(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_queue_timeout double precision
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  perform public.job_decided_by('worker', 'Given back by a worker that was stopped.');
  update public.jobs j
  set status = 'queued',
      max_attempts = j.max_attempts + 1,
      deadline_at = clock_timestamp() + make_interval(secs => p_queue_timeout)
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status in ('running_initializing', 'running') and j.deadline_at > clock_timestamp();
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- Writes down, beside the state and never into it, what a worker did that had lost the job.
create function public.job_note_refused(p_job_id uuid, p_worker_id uuid, p_attempt integer, p_message text)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  insert into public.job_events (job_id, version, status, decided_by, message)
  select j.id, j.version, j.status, 'worker',
         format('Refused: worker %s, attempt %s. %s', p_worker_id, p_attempt, p_message)
  from public.jobs j where j.id = p_job_id;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;

-- The bucket of novelfoundry_lie_seconds that a lateness falls into, by its upper bound in seconds.
create function public.lateness_bucket(p_seconds double precision)
returns double precision
language sql
immutable
set search_path = ''
as $$
  select coalesce(min(bound), 'infinity') from unnest(array[0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 1800]) as bound
  where p_seconds <= bound;
$$;

-- Settles every overdue job of the scope, once each: those of p_job_ids, else those of p_owner_id, else all, at
-- most p_limit and longest overdue first. Safe to run from many places at once. The sweeper passes over rows
-- that others hold; a reader waits for them, for it must not answer with what it passed over.
-- late_seconds: how long the row lied, from its deadline to this settlement.
create function public.jobs_settle(
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
        and j.status in ('queued', 'running_initializing', 'running') and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update
    ) as o;
  elsif p_owner_id is not null then
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.owner_id = p_owner_id
        and j.status in ('queued', 'running_initializing', 'running') and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update
    ) as o;
  else
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.status in ('queued', 'running_initializing', 'running') and j.deadline_at <= v_now
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
    where j.id = o.id and j.status in ('queued', 'running_initializing', 'running') and j.deadline_at <= v_now
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

do $$
declare
  v_function text;
begin
  -- Every function of ours is the service's alone; authors read through row level security, and write nothing.
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and (p.proname like 'job%' or p.proname like 'manuscripts%' or p.proname like 'reports%'
           or p.proname in ('duration_in_words', 'lateness_bucket'))
  loop
    execute format('revoke all on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end;
$$;
