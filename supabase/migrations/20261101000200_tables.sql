-- The tables of job truth: what a row may hold is said here, so that no writer can say otherwise.

-- Nothing measured an old title: it is brought to the size that is allowed from here on.
update public.manuscripts
set title = coalesce(nullif(left(btrim(title), 300), ''), 'Untitled'), filename = left(filename, 255)
where char_length(btrim(title)) not between 1 and 300 or char_length(filename) > 255;

alter table public.manuscripts
  add constraint manuscripts_title_length check (char_length(title) between 1 and 300),
  add constraint manuscripts_filename_length check (char_length(filename) <= 255);

-- Newest first, a page at a time.
create index manuscripts_by_owner on public.manuscripts (owner_id, created_at desc, id desc);

alter table public.jobs
  drop column created_at,
  alter column status drop default,
  add constraint jobs_status check (
    status in ('queued', 'running_initializing', 'running', 'completed', 'failed', 'cancelled')
  ),
  add constraint jobs_kind check (kind = 'analysis'),
  add constraint jobs_attempt check (attempt between 0 and max_attempts),
  add constraint jobs_max_attempts check (max_attempts >= 1),
  -- Every active row has a deadline, no terminal one has; and one at the end of time is none.
  add constraint jobs_deadline check (
    (status in ('queued', 'running_initializing', 'running')) = (deadline_at is not null)
    and deadline_at < 'infinity'
  ),
  add constraint jobs_finished check (
    (status in ('completed', 'failed', 'cancelled')) = (finished_at is not null)
  ),
  -- Status and failure are written together or not at all.
  add constraint jobs_failure check (
    (status = 'failed') = (failure_code is not null)
    and (status = 'failed') = (failure_message is not null)
  ),
  add constraint jobs_failure_code check (
    failure_code in ('QUEUE_TIMEOUT', 'WORKER_LOST', 'RUN_TIMEOUT', 'UNREADABLE_MANUSCRIPT', 'INTERNAL_ERROR')
  ),
  add constraint jobs_worker check (
    case
      when status = 'queued' then worker_id is null and run_ends_at is null
      when status in ('running_initializing', 'running') then
        worker_id is not null and started_at is not null and run_ends_at is not null and attempt >= 1
      else true
    end
  ),
  add constraint jobs_progress check (
    progress between 0 and 1 and status = 'running' or progress is null
  ),
  add constraint jobs_stage check (stage is null or status = 'running');

-- One live job per manuscript.
create unique index jobs_one_live_per_manuscript on public.jobs (manuscript_id)
  where status in ('queued', 'running_initializing', 'running');

-- One rule for every active state, one index for the rule.
create index jobs_overdue on public.jobs (deadline_at)
  where status in ('queued', 'running_initializing', 'running');

-- The line, and its undispatched.
create index jobs_line on public.jobs (queued_at, id) where status = 'queued';

-- What a dashboard watches: the owner's live jobs and the lately finished.
create index jobs_live_by_owner on public.jobs (owner_id)
  where status in ('queued', 'running_initializing', 'running');
create index jobs_finished_by_owner on public.jobs (owner_id, finished_at)
  where status in ('completed', 'failed', 'cancelled');

create index jobs_by_manuscript on public.jobs (manuscript_id, queued_at desc, id desc);
create index jobs_by_retry on public.jobs (retry_of) where retry_of is not null;

create table public.job_events (
  id bigint generated always as identity primary key,
  job_id uuid not null references public.jobs (id) on delete cascade,
  version integer not null,
  at timestamptz not null default clock_timestamp(),
  status text not null,
  decided_by text not null check (decided_by in ('user', 'worker', 'sweeper', 'reader', 'dispatcher')),
  message text
);
create index job_events_by_job on public.job_events (job_id, id);

create table public.analysis_reports (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null unique references public.jobs (id) on delete cascade,
  manuscript_id uuid not null references public.manuscripts (id) on delete cascade,
  owner_id uuid not null,
  body jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index analysis_reports_by_manuscript on public.analysis_reports (manuscript_id, created_at desc);

-- The bytes of manuscripts, where no Supabase Storage keeps them. No foreign key: the bytes are written
-- before the manuscript's row and outlive it until they are deleted; unowned_files knows which are loose.
create table public.manuscript_files (
  manuscript_id uuid primary key,
  content bytea not null
);
-- Manuscripts arrive compressed or are read once: compressing them again costs more than it saves.
alter table public.manuscript_files alter column content set storage external;

-- Files that belong to no manuscript: not yet (an upload under way) or no more (a deletion under way).
-- What stays here for an hour was left by a process that died; the sweeper deletes it.
create table public.unowned_files (
  manuscript_id uuid primary key,
  since timestamptz not null default clock_timestamp()
);

-- Every process of the deployment, a row a start.
create table public.processes (
  id uuid primary key,
  kind text not null check (kind in ('api', 'worker', 'scheduler')),
  version text not null,
  host text not null,
  capacity integer not null default 0 check (capacity >= 0),
  busy integer not null default 0 check (busy >= 0),
  started_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  stopped_at timestamptz
);
create index processes_by_kind on public.processes (kind, last_seen_at desc);

-- How late settlements came, for the metric novelfoundry_lie_seconds: a histogram over all processes and restarts.
-- at_most: the upper bound of the bucket in seconds, not cumulative.
create table public.settlement_lateness (
  status text not null,
  decided_by text not null,
  at_most double precision not null,
  settlements bigint not null,
  seconds double precision not null,
  primary key (status, decided_by, at_most)
);
