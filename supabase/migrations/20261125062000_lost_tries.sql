-- A try can be lost while its worker lives: the kernel kills the analysis for its memory, or it stands still. The
-- worker that made the try says so itself, for its other signs of life go on.

-- Counts the try as lost. The job waits for another, which runs alone; after the last it fails with WORKER_LOST.
-- p_why: a sentence for the author that says what is known of the loss.
create function public.job_lose(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_queue_timeout double precision, p_why text
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  perform public.job_decided_by('worker', p_why || ' The job waits for another try.');
  update public.jobs j
  set status = case when j.attempt < j.max_attempts then 'queued' else 'failed' end,
      deadline_at = clock_timestamp() + make_interval(secs => p_queue_timeout),
      workers_lost = j.workers_lost + 1,
      failure_code = case when j.attempt >= j.max_attempts then 'WORKER_LOST' end,
      failure_message = case when j.attempt >= j.max_attempts then format(
        '%s%s Your manuscript is safe; try again in a while.', p_why,
        case when j.workers_lost > 0 then format(' All %s tries were lost.', j.workers_lost + 1) else '' end)
      end
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status in ('running_initializing', 'running') and j.deadline_at > clock_timestamp();
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;
revoke all on function public.job_lose(uuid, uuid, integer, double precision, text) from public, anon, authenticated;
grant execute on function public.job_lose(uuid, uuid, integer, double precision, text) to service_role;
