-- For how long the job has waited that waits longest, in seconds; 0 when none waits. By this, workers are scaled.
create function public.jobs_oldest_waiting()
returns table (seconds double precision)
language sql
stable
set search_path = ''
as $$
  select coalesce(greatest(0, extract(epoch from statement_timestamp() - min(j.queued_at))), 0)::double precision
  from public.jobs j
  where j.status = 'queued';
$$;
revoke all on function public.jobs_oldest_waiting() from public, anon, authenticated;
grant execute on function public.jobs_oldest_waiting() to service_role;
