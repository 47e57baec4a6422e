-- One author's trouble is nobody else's: a row that somebody's open transaction holds is passed over by whatever serves
-- many, and told.

alter table public.settlement_lateness
  drop constraint settlement_lateness_pkey,
  add column id bigint generated always as identity primary key;

-- How late settlements came: of each bucket the sum of its rows.
create or replace function public.lateness_get()
returns table (status text, decided_by text, at_most double precision, settlements bigint, seconds double precision)
language sql
stable
set search_path = ''
as $$
  select l.status, l.decided_by, l.at_most, sum(l.settlements)::bigint, sum(l.seconds)
  from public.settlement_lateness l
  group by 1, 2, 3
  order by 1, 2, 3;
$$;

drop function public.jobs_settle(text, double precision, uuid, uuid[], integer, double precision, double precision);

-- Settles every overdue job of the scope, once each: those of p_job_ids, else those of p_owner_id, else all, at
-- most p_limit and longest overdue first. Safe to run from many places at once. Waits for nobody: a row that another
-- holds is passed over and told as held, and stays as overdue as it was.
-- A queued job fails if nobody serves the line, or if it has waited p_queue_limit; else its deadline moves on by
-- p_queue_timeout, and nothing else of it changes.
-- late_seconds: how long the row lied, from its deadline to this settlement.
create function public.jobs_settle(
  p_decided_by text, p_queue_timeout double precision,
  p_owner_id uuid default null, p_job_ids uuid[] default null, p_limit integer default 1000,
  p_absent_after double precision default 30, p_queue_limit double precision default 86400
)
returns table (
  id uuid, owner_id uuid, was text, status text, version integer, late_seconds double precision, is_held boolean
)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_ids uuid[];
  v_is_held boolean := exists (select from public.holds h where h.until is null);
  v_is_served boolean;
  v_is_lived_in boolean;
begin
  if p_job_ids is not null then
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.id = any (p_job_ids) and (p_owner_id is null or j.owner_id = p_owner_id)
        and j.is_active and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update skip locked
    ) as o;
  elsif p_owner_id is not null then
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.owner_id = p_owner_id
        and j.is_active and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update skip locked
    ) as o;
  else
    select array_agg(o.id) into v_ids from (
      select j.id from public.jobs j
      where j.is_active and j.deadline_at <= v_now
      order by j.deadline_at, j.id limit p_limit for update skip locked
    ) as o;
  end if;
  -- There was room for more: whatever is still overdue in the scope is held by others.
  if coalesce(cardinality(v_ids), 0) < p_limit then
    return query
      select j.id, j.owner_id, j.status, j.status, j.version,
        extract(epoch from v_now - j.deadline_at)::double precision, true
      from public.jobs j
      where j.is_active and j.deadline_at <= v_now and j.id <> all (coalesce(v_ids, '{}'))
        and (p_job_ids is null or j.id = any (p_job_ids)) and (p_owner_id is null or j.owner_id = p_owner_id)
      order by j.deadline_at, j.id limit 100;
  end if;
  if v_ids is null then
    return;
  end if;
  select l.is_served, l.has_workers into v_is_served, v_is_lived_in
  from public.line_service(p_queue_timeout, p_absent_after) l;

  perform public.job_decided_by(
    p_decided_by, 'The worker was not heard from within its lease; the job waits for another.'
  );
  return query
  with overdue as (
    select j.id, j.status, j.deadline_at, j.attempt, j.max_attempts, j.started_at, j.run_ends_at, w.seconds as waited,
      case
        when j.status = 'queued' and v_is_held then null
        when j.status = 'queued' and not v_is_served then 'QUEUE_TIMEOUT'
        when j.status = 'queued' and w.seconds >= p_queue_limit then 'QUEUE_LIMIT'
        when j.status = 'queued' then null
        when j.run_ends_at <= v_now then 'RUN_TIMEOUT'
        when j.attempt >= j.max_attempts then 'WORKER_LOST'
      end as failure_code
    from public.jobs j
    -- What the line was held is no waiting.
    cross join lateral (
      select extract(epoch from v_now - j.queued_at - public.held_for(j.queued_at))::double precision as seconds
    ) as w
    where j.id = any (v_ids)
  ), settled as (
    update public.jobs j
    set status = case when o.failure_code is null then 'queued' else 'failed' end,
        deadline_at = v_now + make_interval(secs => case
          when o.status = 'queued' and not v_is_held then least(p_queue_timeout, p_queue_limit - o.waited)
          else p_queue_timeout
        end),
        workers_lost = j.workers_lost
          + (o.status <> 'queued' and o.failure_code is distinct from 'RUN_TIMEOUT')::integer,
        failure_code = o.failure_code,
        failure_message = case o.failure_code
          when 'QUEUE_TIMEOUT' then format(
            'We could not start your analysis: for %s %s. Your manuscript is safe; try again in a few minutes.',
            public.duration_in_words(p_queue_timeout),
            case
              when v_is_lived_in then 'nothing took it up, though the service was running'
              else 'nothing was there to take it'
            end)
          when 'QUEUE_LIMIT' then format(
            'We could not start your analysis: the line was so long that it waited %s. '
            'Your manuscript is safe; try again when fewer are waiting.',
            public.duration_in_words(p_queue_limit))
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
  ), counted as (
    select s.was as status, p_decided_by as decided_by, public.lateness_bucket(s.late_seconds) as at_most,
      count(*) as settlements, sum(s.late_seconds) as seconds
    from settlements s
    -- What still waits, waited: the row told no lie.
    where (s.was, s.status) <> ('queued', 'queued')
    group by 1, 2, 3
  ), free as (
    -- In whichever row of its bucket nobody holds: a count waits for nobody either.
    select l.id, l.status, l.decided_by, l.at_most from public.settlement_lateness l
    where exists (
      select from counted c where (c.status, c.decided_by, c.at_most) = (l.status, l.decided_by, l.at_most)
    )
    for update skip locked
  ), added as (
    update public.settlement_lateness l
    set settlements = l.settlements + c.settlements, seconds = l.seconds + c.seconds
    from counted c
    where l.id = (
      select min(f.id) from free f where (f.status, f.decided_by, f.at_most) = (c.status, c.decided_by, c.at_most)
    )
  ), begun as (
    insert into public.settlement_lateness (status, decided_by, at_most, settlements, seconds)
    select c.status, c.decided_by, c.at_most, c.settlements, c.seconds from counted c
    where not exists (
      select from free f where (f.status, f.decided_by, f.at_most) = (c.status, c.decided_by, c.at_most)
    )
  )
  select s.id, s.owner_id, s.was, s.status, s.version, s.late_seconds, false from settlements s;
end;
$$;
revoke all on function public.jobs_settle(text, double precision, uuid, uuid[], integer, double precision, double precision)
  from public, anon, authenticated;
grant execute on function public.jobs_settle(text, double precision, uuid, uuid[], integer, double precision, double precision)
  to service_role;

-- A worker takes up to p_limit jobs, the next in line. Its first write, before anything else. Rows that others hold
-- are passed over. A job that has lost a worker is taken alone, and what stands behind it is left for others.
-- p_known: the jobs that the worker knows it holds. Others that are its own were claimed by a call whose answer was
-- lost; they are returned first, whatever p_limit is. Of a line that is held, nothing is taken.
create or replace function public.job_claim_next(
  p_worker_id uuid, p_lease double precision, p_run_timeout double precision, p_limit integer,
  p_queue_timeout double precision, p_known uuid[] default '{}', p_absent_after double precision default 30,
  p_queue_limit double precision default 86400
)
returns setof public.claimed_jobs
language plpgsql
set search_path = ''
as $$
declare
  v_again uuid[];
  v_next uuid[];
  v_line uuid[];
  v_left integer;
  v_look integer;
begin
  select coalesce(array_agg(j.id), '{}') into v_again from public.jobs j
  where j.worker_id = p_worker_id and j.run_ends_at is not null and j.deadline_at > clock_timestamp()
    and j.id <> all (p_known);
  v_left := p_limit - cardinality(v_again);
  if v_left > 0 and exists (select from public.holds h where h.until is null) then
    v_left := 0;
  end if;
  -- Whoever meets an overdue row settles it: in a line that is served the oldest must not be passed over for that.
  if v_left > 0 and exists (select from public.jobs j where j.is_active and j.deadline_at <= statement_timestamp()) then
    perform public.jobs_settle(
      'worker', p_queue_timeout, p_absent_after => p_absent_after, p_queue_limit => p_queue_limit
    );
  end if;
  -- More than are wanted, for some may be held; if all are, further on.
  v_look := v_left + 10;
  while v_left > 0 loop
    select array_agg(n.id order by n.position) into v_line from public.jobs_next(v_look) n;
    select array_agg(free.id order by free.position) into v_next from (
      select j.id, line.position from unnest(v_line) with ordinality as line (id, position)
      join public.jobs j on j.id = line.id
      where j.status = 'queued' and j.deadline_at > clock_timestamp()
      order by line.position
      limit v_left
      for update of j skip locked
    ) as free;
    exit when v_next is not null or cardinality(v_line) < v_look or v_line is null;
    v_look := v_look * 4;
  end loop;
  if v_next is not null then
    select array_agg(n.id order by n.position) into v_next from (
      select j.id, n.position, max(j.workers_lost) over (order by n.position) as lost
      from unnest(v_next) with ordinality as n (id, position) join public.jobs j on j.id = n.id
    ) as n
    where n.lost = 0 or n.position = 1;
    perform public.job_decided_by('worker', format('Taken by worker %s.', p_worker_id));
    update public.jobs j
    set status = 'running_initializing',
        attempt = j.attempt + 1,
        worker_id = p_worker_id,
        started_at = clock_timestamp(),
        run_ends_at = clock_timestamp() + make_interval(secs => p_run_timeout),
        deadline_at = clock_timestamp() + make_interval(secs => p_lease)
    where j.id = any (v_next) and j.status = 'queued';
    -- Not waited for: whoever holds the worker's own row must not keep it from its work.
    update public.processes p set last_claimed_at = clock_timestamp()
    where p.id = (select w.id from public.processes w where w.id = p_worker_id for update skip locked);
  end if;
  return query
    select * from public.claimed_jobs j where j.id = any (v_again || v_next)
    order by array_position(v_again || v_next, j.id);
end;
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
    -- Waited for, within lock_timeout: what lives is not told before it is true.
    perform from public.jobs j where j.id = v_job_id for no key update;
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
        and j.finished_at > statement_timestamp() - interval '1 hour') >= p_max_live * 10 then
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
create or replace function public.job_retry(
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
  -- Waited for, within lock_timeout: what lives is not told before it is true.
  perform from public.jobs j where j.id = p_job_id and j.owner_id = p_owner_id for no key update;
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
