-- The line is served, or it is not: a job that waits fails only where nobody serves it, or after a very long time. An
-- operator may hold the line; then nothing is taken and nothing fails.

alter table public.processes add column last_claimed_at timestamptz;

-- Each time that the line was held; the one without an end holds it now.
create table public.holds (
  id bigint generated always as identity primary key,
  since timestamptz not null default clock_timestamp(),
  until timestamptz check (until >= since),
  why text not null check (char_length(btrim(why)) between 1 and 500),
  held_by text not null check (char_length(held_by) between 1 and 200)
);
create unique index holds_one on public.holds ((true)) where until is null;
alter table public.holds enable row level security;
revoke all on public.holds from public, anon, authenticated;
grant select, insert, update, delete on public.holds to service_role;

alter table public.jobs
  drop constraint jobs_failure_code,
  add constraint jobs_failure_code check (failure_code in (
    'QUEUE_TIMEOUT', 'QUEUE_LIMIT', 'WORKER_LOST', 'RUN_TIMEOUT', 'UNREADABLE_MANUSCRIPT', 'INTERNAL_ERROR'
  ));

-- The runs of late.
create index jobs_completed on public.jobs (finished_at desc) where status = 'completed';

-- 300 → '5 minutes', 86400 → '24 hours', 1 → '1 second', 0.5 → '0.5 seconds'.
create or replace function public.duration_in_words(p_seconds double precision)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_seconds >= 7200 and mod(round(p_seconds)::numeric, 3600) = 0 then round(p_seconds / 3600)::text || ' hours'
    when p_seconds >= 120 and mod(round(p_seconds)::numeric, 60) = 0 then round(p_seconds / 60)::text || ' minutes'
    when round(p_seconds) = 60 then '1 minute'
    when p_seconds = 1 then '1 second'
    when p_seconds >= 10 then round(p_seconds)::text || ' seconds'
    else round(p_seconds::numeric, 1)::double precision::text || ' seconds'
  end;
$$;

-- Holds the line: what is queued waits, what runs goes on. Refused while it is held already.
create function public.line_hold(p_why text, p_held_by text)
returns setof public.holds
language plpgsql
set search_path = ''
as $$
declare
  v_hold public.holds;
begin
  insert into public.holds (why, held_by) values (p_why, p_held_by)
  on conflict ((true)) where until is null do nothing
  returning * into v_hold;
  if not found then
    select * into v_hold from public.holds h where h.until is null;
    raise exception 'The line is held already, by % since %: %',
      v_hold.held_by, to_char(v_hold.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), v_hold.why
      using errcode = 'NF409';
  end if;
  return next v_hold;
end;
$$;

-- Lets the line go. Refused when nobody holds it.
create function public.line_resume()
returns setof public.holds
language plpgsql
set search_path = ''
as $$
begin
  return query update public.holds h set until = clock_timestamp() where h.until is null returning *;
  if not found then
    raise exception 'Nobody holds the line.' using errcode = 'NF409';
  end if;
end;
$$;

-- For how long since then the line was held.
create function public.held_for(p_since timestamptz)
returns interval
language sql
stable
set search_path = ''
as $$
  select coalesce(
    sum(coalesce(h.until, statement_timestamp()) - greatest(h.since, p_since)), interval '0'
  )
  from public.holds h
  where coalesce(h.until, statement_timestamp()) > p_since;
$$;

-- Whether the line is served: a job was claimed within p_queue_timeout seconds, or it was held until then, or workers
-- live and none of them has room. A live worker that has room and takes nothing does not serve.
create function public.line_service(p_queue_timeout double precision, p_absent_after double precision)
returns table (is_served boolean, has_workers boolean)
language sql
stable
set search_path = ''
as $$
  with workers as (
    select p.busy < p.capacity as has_room,
      p.stopped_at is null and p.last_seen_at > statement_timestamp() - make_interval(secs => p_absent_after) as is_alive,
      p.last_claimed_at > statement_timestamp() - make_interval(secs => p_queue_timeout) as has_claimed
    from public.processes p where p.kind = 'worker'
  )
  select
    coalesce(bool_or(w.has_claimed), false)
      or (coalesce(bool_or(w.is_alive), false) and not coalesce(bool_or(w.is_alive and w.has_room), false))
      or exists (
        select from public.holds h where h.until > statement_timestamp() - make_interval(secs => p_queue_timeout)
      ),
    coalesce(bool_or(w.is_alive), false)
  from workers w;
$$;

-- The line as it stands: who holds it, and how long the runs of the last hour took, in seconds; at most the newest 50.
create function public.line_get()
returns table (
  held_since timestamptz, held_why text, held_by text, mean_run_seconds double precision, runs integer
)
language sql
stable
set search_path = ''
as $$
  select h.since, h.why, h.held_by, late.mean, late.runs
  from (
    select avg(extract(epoch from j.finished_at - j.started_at))::double precision as mean, count(*)::integer as runs
    from (
      select r.finished_at, r.started_at from public.jobs r
      where r.status = 'completed' and r.finished_at > statement_timestamp() - interval '1 hour'
      order by r.finished_at desc limit 50
    ) as j
  ) as late
  left join public.holds h on h.until is null;
$$;

drop function public.jobs_settle(text, double precision, uuid, uuid[], integer);

-- Settles every overdue job of the scope, once each: those of p_job_ids, else those of p_owner_id, else all, at
-- most p_limit and longest overdue first. Safe to run from many places at once. The sweeper passes over rows
-- that others hold; a reader waits for them, for it must not answer with what it passed over.
-- A queued job fails if nobody serves the line, or if it has waited p_queue_limit; else its deadline moves on by
-- p_queue_timeout, and nothing else of it changes.
-- late_seconds: how long the row lied, from its deadline to this settlement.
create function public.jobs_settle(
  p_decided_by text, p_queue_timeout double precision,
  p_owner_id uuid default null, p_job_ids uuid[] default null, p_limit integer default 1000,
  p_absent_after double precision default 30, p_queue_limit double precision default 86400
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
  v_is_held boolean := exists (select from public.holds h where h.until is null);
  v_is_served boolean;
  v_is_lived_in boolean;
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
  ), lateness as (
    insert into public.settlement_lateness as l (status, decided_by, at_most, settlements, seconds)
    select s.was, p_decided_by, public.lateness_bucket(s.late_seconds), count(*), sum(s.late_seconds)
    from settlements s
    -- What still waits, waited: the row told no lie.
    where (s.was, s.status) <> ('queued', 'queued')
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (status, decided_by, at_most) do update
      set settlements = l.settlements + excluded.settlements, seconds = l.seconds + excluded.seconds
  )
  select s.id, s.owner_id, s.was, s.status, s.version, s.late_seconds from settlements s;
end;
$$;

-- A worker takes up to p_limit jobs, the next in line. Its first write, before anything else. Rows that others hold
-- are passed over. A job that has lost a worker is taken alone, and what stands behind it is left for others.
-- p_known: the jobs that the worker knows it holds. Others that are its own were claimed by a call whose answer was
-- lost; they are returned first, whatever p_limit is. Of a line that is held, nothing is taken.
create function public.job_claim_next(
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
    update public.processes p set last_claimed_at = clock_timestamp() where p.id = p_worker_id;
  end if;
  return query
    select * from public.claimed_jobs j where j.id = any (v_again || v_next)
    order by array_position(v_again || v_next, j.id);
end;
$$;

-- A job that one of the version before would take: not of a line that is held.
create or replace function public.job_claim(
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
  where j.id = p_job_id and j.status = 'queued' and j.deadline_at > clock_timestamp()
    and not exists (select from public.holds h where h.until is null);
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

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in (
        'line_hold', 'line_resume', 'held_for', 'line_service', 'line_get', 'jobs_settle', 'job_claim_next'
      )
  loop
    execute format('revoke all on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end;
$$;
