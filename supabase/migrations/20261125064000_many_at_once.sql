-- Many jobs at once, each by the step that takes one: the same guard, one answer for each id, one call.

-- For lists of an author's jobs.
create index jobs_by_owner on public.jobs (owner_id, queued_at desc, id desc);

-- The jobs that are the newest of their manuscripts and are as asked, the oldest first: of one owner, or of all where
-- p_owner_id is null. p_since is about the end of a job, and about its beginning while it lives.
create function public.jobs_matching(
  p_owner_id uuid,
  p_statuses text[],
  p_failure_codes text[] default null,
  p_since timestamptz default null,
  p_limit integer default 100
)
returns table (id uuid)
language sql
stable
set search_path = ''
as $$
  select j.id from public.jobs j
  where (p_owner_id is null or j.owner_id = p_owner_id)
    and j.status = any (p_statuses)
    and (p_failure_codes is null or j.failure_code = any (p_failure_codes))
    and (p_since is null or coalesce(j.finished_at, j.queued_at) >= p_since)
    and not exists (
      select from public.jobs newer
      where newer.manuscript_id = j.manuscript_id and (newer.queued_at, newer.id) > (j.queued_at, j.id)
    )
  order by j.queued_at, j.id
  limit p_limit;
$$;
revoke all on function public.jobs_matching(uuid, text[], text[], timestamptz, integer) from public, anon, authenticated;
grant execute on function public.jobs_matching(uuid, text[], text[], timestamptz, integer) to service_role;

-- What became of each id: the job as it is now, or the SQLSTATE and the sentence with which job_cancel refused it.
create function public.jobs_cancel(p_owner_id uuid, p_job_ids uuid[])
returns table (id uuid, refused_with text, message text, job jsonb)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_id uuid;
begin
  -- In the order of jobs_settle, whoever asks for them in which order: no deadlock.
  perform from public.jobs j
  where j.id = any (p_job_ids) and j.owner_id = p_owner_id and j.is_active
  order by j.deadline_at, j.id for update;
  for v_id in select distinct asked.id from unnest(p_job_ids) as asked (id) loop
    begin
      return query select v_id, null::text, null::text, to_jsonb(c) from public.job_cancel(p_owner_id, v_id) c;
    exception when sqlstate 'NF404' or sqlstate 'NF409' then
      return query select v_id, sqlstate, sqlerrm, null::jsonb;
    end;
  end loop;
end;
$$;
revoke all on function public.jobs_cancel(uuid, uuid[]) from public, anon, authenticated;
grant execute on function public.jobs_cancel(uuid, uuid[]) to service_role;

-- What became of each id: the new job, or the SQLSTATE and the sentence with which job_retry refused it. p_owner_id null
-- is an operator's: anybody's jobs. In the order of the ids, so that of more than the limits allow the first are tried.
create function public.jobs_retry(
  p_owner_id uuid,
  p_job_ids uuid[],
  p_queue_timeout double precision,
  p_max_attempts integer,
  p_max_live integer
)
returns table (id uuid, refused_with text, message text, job jsonb)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_asked record;
begin
  -- The manuscripts before the jobs, as each step locks them, and all in one order: no deadlock.
  perform from public.manuscripts m
  where m.id in (
    select j.manuscript_id from public.jobs j
    where j.id = any (p_job_ids) and (p_owner_id is null or j.owner_id = p_owner_id)
  )
  order by m.owner_id, m.id for no key update;
  for v_asked in
    select asked.id, coalesce(p_owner_id, j.owner_id) as owner_id
    from (
      select u.id, min(u.place) as place from unnest(p_job_ids) with ordinality as u (id, place) group by u.id
    ) as asked
    left join public.jobs j on j.id = asked.id
    -- The limits are locked by owner.
    order by case when p_owner_id is null then j.owner_id end, asked.place
  loop
    begin
      return query
        select v_asked.id, null::text, null::text, to_jsonb(r)
        from public.job_retry(v_asked.owner_id, v_asked.id, p_queue_timeout, p_max_attempts, p_max_live) r;
    exception when sqlstate 'NF404' or sqlstate 'NF409' or sqlstate 'NF429' then
      return query select v_asked.id, sqlstate, sqlerrm, null::jsonb;
    end;
  end loop;
end;
$$;
revoke all on function public.jobs_retry(uuid, uuid[], double precision, integer, integer) from public, anon, authenticated;
grant execute on function public.jobs_retry(uuid, uuid[], double precision, integer, integer) to service_role;
