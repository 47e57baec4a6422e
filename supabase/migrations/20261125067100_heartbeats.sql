-- Heartbeats that leave nothing behind. An update of a column that an index holds writes a new entry into every index of
-- its table; one that touches none stays on its page, and the page cleans itself.

-- Some dozens of rows: an index that holds last_seen_at cost more than it saved.
drop index public.processes_by_kind;
alter table public.processes set (fillfactor = 50);
alter table public.settlement_lateness set (fillfactor = 50);
alter table public.jobs set (fillfactor = 85);

-- The worker lives: renews the lease, and says where the work stands if p_stage is given. The deadline is in an index,
-- so it is moved only when a fifth of the lease is gone: what is said in between stays on its page.
create or replace function public.job_beat(
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
      deadline_at = least(
        case
          when j.deadline_at > clock_timestamp() + make_interval(secs => p_lease * 0.8) then j.deadline_at
          else clock_timestamp() + make_interval(secs => p_lease)
        end,
        clock_timestamp() + make_interval(secs => p_lease), j.run_ends_at)
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status in ('running_initializing', 'running') and j.deadline_at > clock_timestamp();
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;
