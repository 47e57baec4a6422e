-- The system tells on itself: every process writes that it lives, and what that adds up to is read here.

-- A process lives; its first call writes its row. Returns the database's clock.
create function public.process_beat(
  p_process_id uuid, p_kind text, p_version text, p_host text, p_capacity integer, p_busy integer
)
returns table (as_of timestamptz)
language plpgsql
set search_path = ''
as $$
begin
  insert into public.processes as p (id, kind, version, host, capacity, busy)
  values (p_process_id, p_kind, p_version, p_host, p_capacity, p_busy)
  on conflict (id) do update
    set capacity = excluded.capacity, busy = excluded.busy, last_seen_at = clock_timestamp(), stopped_at = null;
  return query select clock_timestamp();
end;
$$;
revoke all on function public.process_beat(uuid, text, text, text, integer, integer) from public, anon, authenticated;
grant execute on function public.process_beat(uuid, text, text, text, integer, integer) to service_role;

-- A process ends in good order: it is no longer counted and no alarm.
create function public.process_stop(p_process_id uuid)
returns table (id uuid)
language sql
set search_path = ''
as $$
  update public.processes p set stopped_at = clock_timestamp(), busy = 0, last_seen_at = clock_timestamp()
  where p.id = p_process_id
  returning p.id;
$$;
revoke all on function public.process_stop(uuid) from public, anon, authenticated;
grant execute on function public.process_stop(uuid) to service_role;

-- Forgets processes not heard from for a day, but never the last of a kind: it tells absent from never seen.
create function public.processes_prune()
returns table (id uuid)
language sql
set search_path = ''
as $$
  delete from public.processes p
  where p.last_seen_at < clock_timestamp() - interval '1 day'
    and exists (
      select from public.processes newer
      where newer.kind = p.kind and newer.last_seen_at > p.last_seen_at
    )
  returning p.id;
$$;
revoke all on function public.processes_prune() from public, anon, authenticated;
grant execute on function public.processes_prune() to service_role;

-- One row a kind of process. live: heard from within p_absent_after seconds and not stopped. state: HEALTHY, one
-- was heard from within p_late_after; LATE, none was but one lives; ABSENT, none lives; NEVER_SEEN, none ever did.
create function public.processes_health(p_late_after double precision, p_absent_after double precision)
returns table (
  kind text, state text, live integer, capacity integer, busy integer, last_seen_at timestamptz, as_of timestamptz
)
language sql
stable
set search_path = ''
as $$
  select kinds.kind,
    case
      when max(p.last_seen_at) is null then 'NEVER_SEEN'
      when max(p.last_seen_at) filter (where p.stopped_at is null)
        > statement_timestamp() - make_interval(secs => p_late_after) then 'HEALTHY'
      when max(p.last_seen_at) filter (where p.stopped_at is null)
        > statement_timestamp() - make_interval(secs => p_absent_after) then 'LATE'
      else 'ABSENT'
    end,
    (count(*) filter (where alive.yes))::integer,
    coalesce(sum(p.capacity) filter (where alive.yes), 0)::integer,
    coalesce(sum(p.busy) filter (where alive.yes), 0)::integer,
    max(p.last_seen_at),
    statement_timestamp()
  from unnest(array['api', 'worker', 'scheduler']) as kinds (kind)
  left join public.processes p on p.kind = kinds.kind
  cross join lateral (
    select p.stopped_at is null
      and p.last_seen_at > statement_timestamp() - make_interval(secs => p_absent_after) as yes
  ) as alive
  group by kinds.kind;
$$;
revoke all on function public.processes_health(double precision, double precision) from public, anon, authenticated;
grant execute on function public.processes_health(double precision, double precision) to service_role;

-- How many jobs wait and how many run, and how long ago the longest overdue one was due (seconds; 0 when none is).
create function public.jobs_count()
returns table (queued integer, running integer, oldest_overdue_seconds double precision)
language sql
stable
set search_path = ''
as $$
  select
    (count(*) filter (where j.status = 'queued'))::integer,
    (count(*) filter (where j.status in ('running_initializing', 'running')))::integer,
    greatest(0, extract(epoch from statement_timestamp() - min(j.deadline_at)))::double precision
  from public.jobs j
  where j.status in ('queued', 'running_initializing', 'running');
$$;
revoke all on function public.jobs_count() from public, anon, authenticated;
grant execute on function public.jobs_count() to service_role;

-- How late settlements came, over all processes: what novelfoundry_lie_seconds shows. Buckets are not cumulative.
create function public.lateness_get()
returns table (status text, decided_by text, at_most double precision, settlements bigint, seconds double precision)
language sql
stable
set search_path = ''
as $$
  select l.status, l.decided_by, l.at_most, l.settlements, l.seconds from public.settlement_lateness l
  order by 1, 2, 3;
$$;
revoke all on function public.lateness_get() from public, anon, authenticated;
grant execute on function public.lateness_get() to service_role;

-- The clock that every deadline is measured by.
create function public.clock_read()
returns table (as_of timestamptz)
language sql
volatile
set search_path = ''
as $$
  select clock_timestamp();
$$;
revoke all on function public.clock_read() from public, anon, authenticated;
grant execute on function public.clock_read() to service_role;
