-- What happened stays, whoever writes: a job that could be deleted by itself could be born again under its id, and
-- that would be a way out of a terminal state. A job goes with its manuscript, its events go with the job.

-- While a deletion cascades, what it began with can no longer be seen; in all other deletions it can.
create function public.jobs_stay()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (select from public.manuscripts m where m.id = old.manuscript_id) then
    raise exception 'Job % goes only with its manuscript: cancel the job to stop it, or delete manuscript %.',
      old.id, old.manuscript_id using errcode = 'NF409';
  end if;
  return old;
end;
$$;
revoke all on function public.jobs_stay() from public, anon, authenticated;

create trigger jobs_stay before delete on public.jobs
  for each row execute function public.jobs_stay();

create function public.job_events_stay()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' or exists (select from public.jobs j where j.id = old.job_id) then
    raise exception 'What happened to job % stays as it was written: its events go only with its manuscript.', old.job_id
      using errcode = 'NF409';
  end if;
  return old;
end;
$$;
revoke all on function public.job_events_stay() from public, anon, authenticated;

create trigger job_events_stay before update or delete on public.job_events
  for each row execute function public.job_events_stay();

-- Emptying a table passes the triggers of its rows over. Jobs and manuscripts cannot be emptied without these two.
create function public.history_stays()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'Table % is not emptied: delete the manuscripts, and what belongs to them goes along.', tg_table_name
    using errcode = 'NF409';
end;
$$;
revoke all on function public.history_stays() from public, anon, authenticated;

create trigger history_stays before truncate on public.job_events
  for each statement execute function public.history_stays();
create trigger history_stays before truncate on public.analysis_reports
  for each statement execute function public.history_stays();
