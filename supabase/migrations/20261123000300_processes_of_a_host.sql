-- A container's health check asks after its own process: one that is deaf beside a healthy one is not well. An api
-- of the version before calls without p_host and means all; one name, one signature, as REST needs it.
drop function public.processes_health(double precision, double precision);

-- One row a kind of process, of p_host or of all hosts. live: heard from within p_absent_after seconds and not
-- stopped. state: HEALTHY, one was heard from within p_late_after; LATE, none was but one lives; ABSENT, none lives;
-- NEVER_SEEN, none ever did.
create function public.processes_health(
  p_late_after double precision, p_absent_after double precision, p_host text default null
)
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
  left join public.processes p on p.kind = kinds.kind and (p_host is null or p.host = p_host)
  cross join lateral (
    select p.stopped_at is null
      and p.last_seen_at > statement_timestamp() - make_interval(secs => p_absent_after) as yes
  ) as alive
  group by kinds.kind;
$$;
revoke all on function public.processes_health(double precision, double precision, text) from public, anon, authenticated;
grant execute on function public.processes_health(double precision, double precision, text) to service_role;
