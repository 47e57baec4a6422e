-- Rewrites wrapped statuses to plain words, and gives each row what the truth about it needs.

-- The status that an old value means: `timer|300|failed` is `failed`. A terminal word anywhere in the
-- wrapper is terminal; null for a text that holds no status word. The same rule as jobs/states.py
-- read_status, held together by client_contract/vectors/statuses.json.
create function public.job_status_read(p_text text)
returns text
language sql
immutable
set search_path = ''
as $$
  select word
  from unnest(array['failed', 'cancelled', 'completed', 'running_initializing', 'running', 'queued'])
    with ordinality as known (word, rank)
  where word in (
    select lower(btrim(part, E' \t\n\r\f\v')) from unnest(string_to_array(p_text, '|')) as part
  )
  order by rank
  limit 1;
$$;
revoke all on function public.job_status_read(text) from public, anon, authenticated;
grant execute on function public.job_status_read(text) to service_role;

alter table public.manuscripts
  add column byte_size bigint not null default 0 check (byte_size >= 0),
  add column word_count integer check (word_count >= 0);

alter table public.jobs
  add column stage text,
  add column progress double precision,
  add column attempt integer not null default 0,
  add column max_attempts integer not null default 3,
  add column version integer not null default 1,
  add column worker_id uuid,
  add column queued_at timestamptz not null default clock_timestamp(),
  add column dispatched_at timestamptz,
  add column started_at timestamptz,
  add column run_ends_at timestamptz,
  add column finished_at timestamptz,
  add column deadline_at timestamptz,
  add column failure_code text,
  add column failure_message text,
  add column retry_of uuid references public.jobs (id);

-- No old row has a report, a worker or a deadline, so none of them can still be finished by anybody,
-- and a `completed` that has nothing to show is a failure too. An old job that said it was alive is told
-- the truth: it failed, the manuscript is free, another analysis may start.
update public.jobs
set
  status = case when public.job_status_read(status) = 'cancelled' then 'cancelled' else 'failed' end,
  queued_at = created_at,
  finished_at = clock_timestamp(),
  failure_code = case
    when public.job_status_read(status) = 'cancelled' then null
    when public.job_status_read(status) in ('running', 'running_initializing') then 'WORKER_LOST'
    when public.job_status_read(status) = 'queued' then 'QUEUE_TIMEOUT'
    else 'INTERNAL_ERROR'
  end,
  failure_message = case
    when public.job_status_read(status) = 'cancelled' then null
    when public.job_status_read(status) in ('running', 'running_initializing')
      then 'The worker that read this manuscript was lost. Your manuscript is safe; start the analysis again.'
    when public.job_status_read(status) = 'queued'
      then 'No worker ever started this analysis. Your manuscript is safe; start the analysis again.'
    when public.job_status_read(status) = 'completed'
      then 'An earlier version of the service made this report and did not keep it. Start the analysis again for a new one.'
    else 'An earlier version of the service could not finish this analysis. Your manuscript is safe; start the analysis again.'
  end;
