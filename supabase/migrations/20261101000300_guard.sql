-- The table defends itself: the same rules for every writer, be it a function of ours, REST with the
-- service key, the SQL console or psql.

-- Says who makes the changes of this transaction, and on what evidence; the guard writes it into job_events.
create function public.job_decided_by(p_decided_by text, p_evidence text default null)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('novelfoundry.decided_by', p_decided_by, true);
  perform set_config('novelfoundry.evidence', coalesce(p_evidence, ''), true);
end;
$$;
revoke all on function public.job_decided_by(text, text) from public, anon, authenticated;
grant execute on function public.job_decided_by(text, text) to service_role;

-- Every edge that exists. client_contract/vectors/transitions.json says the same by hand; docs/states.md draws it.
create function public.job_edge_exists(p_from text, p_to text)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select (p_from, p_to) in (
    ('queued', 'queued'),                                -- dispatched, or rung again
    ('queued', 'running_initializing'),                  -- claim
    ('queued', 'failed'),                                -- settle: QUEUE_TIMEOUT
    ('queued', 'cancelled'),                             -- cancel
    ('running_initializing', 'running_initializing'),    -- beat
    ('running_initializing', 'running'),                 -- begin
    ('running_initializing', 'queued'),                  -- settle with attempts left, or release
    ('running_initializing', 'failed'),                  -- fail, or settle: WORKER_LOST, RUN_TIMEOUT
    ('running_initializing', 'cancelled'),               -- cancel
    ('running', 'running'),                              -- beat
    ('running', 'queued'),                               -- settle with attempts left, or release
    ('running', 'completed'),                            -- complete
    ('running', 'failed'),                               -- fail, or settle: WORKER_LOST, RUN_TIMEOUT
    ('running', 'cancelled')                             -- cancel
  );
$$;
revoke all on function public.job_edge_exists(text, text) from public, anon, authenticated;
grant execute on function public.job_edge_exists(text, text) to service_role;

create function public.jobs_guard()
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

  if old.status in ('completed', 'failed', 'cancelled') then
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
  elsif new.status in ('completed', 'failed', 'cancelled') then
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
revoke all on function public.jobs_guard() from public, anon, authenticated;

create trigger jobs_guard before insert or update on public.jobs
  for each row execute function public.jobs_guard();

-- Writes what happened into job_events: each change of status, attempt or dispatch. A heartbeat is no event.
create function public.jobs_record()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_decided_by text := nullif(current_setting('novelfoundry.decided_by', true), '');
  v_evidence text := nullif(current_setting('novelfoundry.evidence', true), '');
begin
  if tg_op = 'UPDATE' and (new.status, new.attempt) = (old.status, old.attempt)
     and new.dispatched_at is not distinct from old.dispatched_at then
    return null;
  end if;
  if v_decided_by is null then
    -- Somebody at a console, or a program that goes round the functions.
    v_decided_by := 'user';
    v_evidence := format('Written directly by the database role %s.', current_user);
  end if;
  insert into public.job_events (job_id, version, status, decided_by, message)
  values (new.id, new.version, new.status, v_decided_by, coalesce(new.failure_message, v_evidence));
  return null;
end;
$$;
revoke all on function public.jobs_record() from public, anon, authenticated;

create trigger jobs_record after insert or update on public.jobs
  for each row execute function public.jobs_record();

-- Completed exactly when one report exists, also for writers who go round the functions.
create function public.analysis_reports_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' and not exists (
    select from public.jobs j where j.id = new.job_id and j.status = 'completed'
  ) then
    raise exception 'Job % is not completed: a report comes with its completion.', new.job_id
      using errcode = 'NF409';
  end if;
  if tg_op = 'DELETE' and exists (select from public.jobs j where j.id = old.job_id) then
    raise exception 'Job % is completed: its report goes only with the job.', old.job_id
      using errcode = 'NF409';
  end if;
  return null;
end;
$$;
revoke all on function public.analysis_reports_guard() from public, anon, authenticated;

create constraint trigger analysis_reports_guard after insert or delete on public.analysis_reports
  deferrable initially deferred
  for each row execute function public.analysis_reports_guard();

create function public.analysis_reports_final()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'A report does not change once it is written.' using errcode = 'NF409';
end;
$$;
revoke all on function public.analysis_reports_final() from public, anon, authenticated;

create trigger analysis_reports_final before update on public.analysis_reports
  for each row execute function public.analysis_reports_final();
