-- What an author started within the last hour is counted through the index. A volatile clock in the condition keeps it
-- out of the index, so that each start read all that the author ever finished.

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
