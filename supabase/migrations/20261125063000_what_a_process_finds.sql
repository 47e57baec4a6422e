-- Health is measured where the work is done: each process says how far its clock is from the database's, what it finds
-- amiss with what it stands on, and where it runs.

alter table public.processes
  -- Which process it is where it runs: a health check beside it finds it by that.
  add column place text,
  add column pid integer,
  -- How far its clock is ahead of the database's, in seconds; null before it was compared.
  add column clock_offset double precision,
  -- By code, a sentence each.
  add column troubles jsonb not null default '{}';

-- A process of the version before calls without p_place and p_pid; one name, one signature, as REST needs it.
drop function public.process_beat(uuid, text, text, text, integer, integer);

-- A process lives; its first call writes its row. Returns the database's clock.
create function public.process_beat(
  p_process_id uuid, p_kind text, p_version text, p_host text, p_capacity integer, p_busy integer,
  p_place text default null, p_pid integer default null
)
returns table (as_of timestamptz)
language plpgsql
set search_path = ''
as $$
begin
  insert into public.processes as p (id, kind, version, host, capacity, busy, place, pid)
  values (p_process_id, p_kind, p_version, p_host, p_capacity, p_busy, p_place, p_pid)
  on conflict (id) do update
    set capacity = excluded.capacity, busy = excluded.busy, last_seen_at = clock_timestamp(), stopped_at = null;
  return query select clock_timestamp();
end;
$$;

-- What a process finds. It is no sign of life: that comes from the loop that does the work. Returns its id, where it
-- has a row.
create function public.process_report(p_process_id uuid, p_clock_offset double precision, p_troubles jsonb)
returns table (id uuid)
language sql
set search_path = ''
as $$
  update public.processes p set clock_offset = p_clock_offset, troubles = p_troubles
  where p.id = p_process_id
  returning p.id;
$$;

drop function public.processes_health(double precision, double precision, text);

-- One row a kind of process, of p_host or of all hosts. live: heard from within p_absent_after seconds and not
-- stopped. state: HEALTHY, one was heard from within p_late_after; LATE, none was but one lives; ABSENT, none lives;
-- NEVER_SEEN, none ever did. clock_offset: of those that live the one furthest from 0; troubles: what any of them finds.
create function public.processes_health(
  p_late_after double precision, p_absent_after double precision, p_host text default null
)
returns table (
  kind text, state text, live integer, capacity integer, busy integer, last_seen_at timestamptz, as_of timestamptz,
  clock_offset double precision, troubles jsonb
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
    statement_timestamp(),
    (array_agg(p.clock_offset order by abs(p.clock_offset) desc nulls last) filter (where alive.yes))[1],
    coalesce(
      (
        select jsonb_object_agg(found.key, found.value)
        from public.processes own
        cross join lateral jsonb_each(own.troubles) as found
        where own.kind = kinds.kind and own.stopped_at is null
          and own.last_seen_at > statement_timestamp() - make_interval(secs => p_absent_after)
          and (p_host is null or own.host = p_host)
      ),
      '{}'
    )
  from unnest(array['api', 'worker', 'scheduler']) as kinds (kind)
  left join public.processes p on p.kind = kinds.kind and (p_host is null or p.host = p_host)
  cross join lateral (
    select p.stopped_at is null
      and p.last_seen_at > statement_timestamp() - make_interval(secs => p_absent_after) as yes
  ) as alive
  group by kinds.kind;
$$;

-- Each process that has not said goodbye and was heard from within a day, where its place begins with p_place. state: see
-- processes_health.
create function public.processes_list(
  p_late_after double precision, p_absent_after double precision, p_place text default null
)
returns table (
  id uuid, kind text, version text, host text, place text, pid integer, capacity integer, busy integer,
  started_at timestamptz, last_seen_at timestamptz, state text, clock_offset double precision, troubles jsonb,
  as_of timestamptz
)
language sql
stable
set search_path = ''
as $$
  select
    p.id, p.kind, p.version, p.host, p.place, p.pid, p.capacity, p.busy, p.started_at, p.last_seen_at,
    case
      when p.last_seen_at > statement_timestamp() - make_interval(secs => p_late_after) then 'HEALTHY'
      when p.last_seen_at > statement_timestamp() - make_interval(secs => p_absent_after) then 'LATE'
      else 'ABSENT'
    end,
    p.clock_offset, p.troubles, statement_timestamp()
  from public.processes p
  where p.stopped_at is null
    and p.last_seen_at > statement_timestamp() - interval '1 day'
    and (p_place is null or starts_with(p.place, p_place))
  order by p.kind, p.host, p.started_at, p.id;
$$;

-- Whether the database takes what a job needs: a manuscript, a job and a process are written and undone.
create function public.database_check()
returns table (as_of timestamptz)
language plpgsql
set search_path = ''
as $$
declare
  v_owner_id uuid := gen_random_uuid();
  v_manuscript_id uuid := gen_random_uuid();
begin
  begin
    insert into public.manuscripts (id, owner_id, title, byte_size) values (v_manuscript_id, v_owner_id, 'A check', 0);
    perform public.job_decided_by('user', 'A check.');
    insert into public.jobs (owner_id, manuscript_id, status, max_attempts, queued_at, deadline_at)
    values (v_owner_id, v_manuscript_id, 'queued', 1, clock_timestamp(), clock_timestamp() + interval '1 minute');
    insert into public.processes (id, kind, version, host) values (v_owner_id, 'worker', '0', 'a check');
    raise exception 'undone' using errcode = 'NF000';
  exception
    when sqlstate 'NF000' then null;
  end;
  return query select clock_timestamp();
end;
$$;

do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in ('process_beat', 'process_report', 'processes_health', 'processes_list', 'database_check')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end;
$$;
