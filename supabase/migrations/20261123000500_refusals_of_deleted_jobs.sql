-- A worker is refused while its job's manuscript is being deleted: the row is held, or found gone, before its event
-- is written. Without that the event waited for the deletion and then broke its foreign key.

-- Writes down, beside the state and never into it, what a worker did that had lost the job.
create or replace function public.job_note_refused(p_job_id uuid, p_worker_id uuid, p_attempt integer, p_message text)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
begin
  insert into public.job_events (job_id, version, status, decided_by, message)
  select j.id, j.version, j.status, 'worker',
         format('Refused: worker %s, attempt %s. %s', p_worker_id, p_attempt, p_message)
  from public.jobs j where j.id = p_job_id
  for key share;
  return query select * from public.job_snapshots j where j.id = p_job_id;
end;
$$;
