-- What is kept for how long. Events go first, then jobs with their reports; never the last that is known of a
-- manuscript. Pruning goes on where it stopped, so that its cost follows what is new, and not the age of the system.

-- Up to which finished job each kind of pruning came.
create table public.pruned (
  what text primary key check (what in ('events', 'jobs')),
  finished_at timestamptz not null default '-infinity',
  job_id uuid not null default '00000000-0000-0000-0000-000000000000'
);
insert into public.pruned (what) values ('events'), ('jobs');
alter table public.pruned enable row level security;
revoke all on public.pruned from public, anon, authenticated;
grant select, insert, update, delete on public.pruned to service_role;

-- The road along which pruning goes.
create index jobs_finished on public.jobs (finished_at, id) where not is_active;

-- A retry names the job that it tries again, also when that job is gone: what a job is never changes.
alter table public.jobs drop constraint jobs_retry_of_fkey;
drop index public.jobs_by_retry;

-- Whether this transaction prunes. Only the two functions that prune say so, and they take it back before they return.
create function public.is_pruning()
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(current_setting('novelfoundry.is_pruning', true), '') = 'yes';
$$;
revoke all on function public.is_pruning() from public, anon, authenticated;
grant execute on function public.is_pruning() to service_role;

-- While a deletion cascades, what it began with can no longer be seen; in all other deletions it can.
create or replace function public.jobs_stay()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not exists (select from public.manuscripts m where m.id = old.manuscript_id) then
    return old;
  end if;
  if public.is_pruning() and not old.is_active and exists (
    select from public.jobs j
    where j.manuscript_id = old.manuscript_id and not j.is_active and j.finished_at > old.finished_at
  ) then
    return old;
  end if;
  raise exception 'Job % goes only with its manuscript: cancel the job to stop it, or delete manuscript %.',
    old.id, old.manuscript_id using errcode = 'NF409';
end;
$$;

create or replace function public.job_events_stay()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    if not exists (select from public.jobs j where j.id = old.job_id) then
      return old;
    end if;
    if public.is_pruning()
       and exists (select from public.jobs j where j.id = old.job_id and not j.is_active)
       and exists (select from public.job_events e where e.job_id = old.job_id and e.id > old.id) then
      return old;
    end if;
  end if;
  raise exception 'What happened to job % stays as it was written: its events go only with its manuscript.', old.job_id
    using errcode = 'NF409';
end;
$$;

-- The next p_limit jobs that finished more than p_keep seconds ago, in the order in which they finished; null where
-- there are none. One prunes at a time: it holds the row until it commits, and another finds nothing to do.
create function public.pruning_next(p_what text, p_keep double precision, p_limit integer)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_at public.pruned;
begin
  select * into v_at from public.pruned p where p.what = p_what for update skip locked;
  return array(
    select j.id from public.jobs j
    where not j.is_active and (j.finished_at, j.id) > (v_at.finished_at, v_at.job_id)
      and j.finished_at < statement_timestamp() - make_interval(secs => p_keep)
    order by j.finished_at, j.id limit p_limit
  );
end;
$$;
revoke all on function public.pruning_next(text, double precision, integer) from public, anon, authenticated;
grant execute on function public.pruning_next(text, double precision, integer) to service_role;

-- Takes the events of jobs that finished more than p_keep seconds ago, but of each job its last, which tells how it
-- ended. Looks at up to p_limit jobs and takes up to ten events for each. is_done: there is no more to do now.
create function public.events_prune(p_keep double precision, p_limit integer)
returns table (taken integer, is_done boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[] := public.pruning_next('events', p_keep, p_limit);
  v_most integer := p_limit * 10;
  v_taken integer;
begin
  perform set_config('novelfoundry.is_pruning', 'yes', true);
  delete from public.job_events d where d.id = any (array(
    select e.id from public.job_events e
    where e.job_id = any (v_ids)
      and e.id < (select max(n.id) from public.job_events n where n.job_id = e.job_id)
    limit v_most
  ));
  get diagnostics v_taken = row_count;
  perform set_config('novelfoundry.is_pruning', '', true);
  if v_taken < v_most then
    update public.pruned p set finished_at = j.finished_at, job_id = j.id
    from public.jobs j where p.what = 'events' and j.id = v_ids[cardinality(v_ids)];
  end if;
  return query select v_taken, v_taken < v_most and cardinality(v_ids) < p_limit;
end;
$$;
revoke all on function public.events_prune(double precision, integer) from public, anon, authenticated;
grant execute on function public.events_prune(double precision, integer) to service_role;

-- Takes finished jobs, with their reports, once a newer job of their manuscript has been finished for more than p_keep
-- seconds; but of each manuscript the newest p_keep_reports jobs with a report stay, however old they are. Looks at up
-- to p_limit jobs. is_done: there is no more to do now.
create function public.jobs_prune(p_keep double precision, p_keep_reports integer, p_limit integer)
returns table (taken integer, is_done boolean)
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[] := public.pruning_next('jobs', p_keep, p_limit);
  v_taken integer;
begin
  perform set_config('novelfoundry.is_pruning', 'yes', true);
  delete from public.jobs d where d.id = any (array(
    select o.id
    from (
      select w.manuscript_id, max(w.finished_at) as finished_at from public.jobs w
      where w.id = any (v_ids) group by w.manuscript_id
    ) as newest
    join public.jobs o on o.manuscript_id = newest.manuscript_id
    where not o.is_active and o.finished_at < newest.finished_at
      and o.id not in (
        select k.id from public.jobs k
        where k.manuscript_id = newest.manuscript_id and k.status = 'completed'
        order by k.queued_at desc, k.id desc limit p_keep_reports
      )
  ));
  get diagnostics v_taken = row_count;
  perform set_config('novelfoundry.is_pruning', '', true);
  -- The last one looked at is the newest of its manuscript so far, so it still stands.
  update public.pruned p set finished_at = j.finished_at, job_id = j.id
  from public.jobs j where p.what = 'jobs' and j.id = v_ids[cardinality(v_ids)];
  return query select v_taken, cardinality(v_ids) < p_limit;
end;
$$;
revoke all on function public.jobs_prune(double precision, integer, integer) from public, anon, authenticated;
grant execute on function public.jobs_prune(double precision, integer, integer) to service_role;
