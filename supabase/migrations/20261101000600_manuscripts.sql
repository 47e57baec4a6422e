-- Manuscripts and their files: an upload or a deletion that dies half-way leaves a note in unowned_files, by
-- which the sweeper finds what is left of it.

-- An upload begins: whatever is saved under this id belongs to nobody yet.
create function public.manuscript_begin(p_manuscript_id uuid)
returns table (manuscript_id uuid)
language sql
set search_path = ''
as $$
  insert into public.unowned_files (manuscript_id) values (p_manuscript_id) returning manuscript_id;
$$;
revoke all on function public.manuscript_begin(uuid) from public, anon, authenticated;
grant execute on function public.manuscript_begin(uuid) to service_role;

-- The upload is whole: the manuscript exists and owns its file.
create function public.manuscript_add(
  p_owner_id uuid, p_manuscript_id uuid, p_title text, p_filename text, p_byte_size bigint, p_max_manuscripts integer
)
returns setof public.manuscripts
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_owner_id::text, 0));
  if (select count(*) from public.manuscripts m where m.owner_id = p_owner_id) >= p_max_manuscripts then
    raise exception 'You keep % manuscripts, as many as one author may keep. Delete one first.', p_max_manuscripts
      using errcode = 'NF429';
  end if;
  delete from public.unowned_files u where u.manuscript_id = p_manuscript_id;
  if not found then
    raise exception 'The upload took too long and was given up. Upload the file again.' using errcode = 'NF404';
  end if;
  return query
    insert into public.manuscripts (id, owner_id, title, filename, byte_size)
    values (p_manuscript_id, p_owner_id, p_title, p_filename, p_byte_size)
    returning *;
end;
$$;
revoke all on function public.manuscript_add(uuid, uuid, text, text, bigint, integer) from public, anon, authenticated;
grant execute on function public.manuscript_add(uuid, uuid, text, text, bigint, integer) to service_role;

-- Deletes the manuscript with its jobs and reports; a live job is cancelled first, and its last state returned.
create function public.manuscript_delete(p_owner_id uuid, p_manuscript_id uuid)
returns setof public.manuscripts
language plpgsql
set search_path = ''
as $$
begin
  perform from public.manuscripts m
  where m.id = p_manuscript_id and m.owner_id = p_owner_id for update;
  if not found then
    raise exception 'There is no such manuscript.' using errcode = 'NF404';
  end if;
  -- A worker that still holds a job finds it gone with its next write, and stops.
  perform public.job_decided_by('user', 'Cancelled: its manuscript was deleted.');
  update public.jobs j set status = 'cancelled'
  where j.manuscript_id = p_manuscript_id and j.status in ('queued', 'running_initializing', 'running');
  insert into public.unowned_files (manuscript_id) values (p_manuscript_id)
  on conflict (manuscript_id) do nothing;
  return query delete from public.manuscripts m where m.id = p_manuscript_id returning *;
end;
$$;
revoke all on function public.manuscript_delete(uuid, uuid) from public, anon, authenticated;
grant execute on function public.manuscript_delete(uuid, uuid) to service_role;

-- Files that have belonged to nobody for p_older_than seconds: left by a process that died.
create function public.unowned_files_get(p_older_than double precision, p_limit integer)
returns table (manuscript_id uuid)
language sql
stable
set search_path = ''
as $$
  select u.manuscript_id from public.unowned_files u
  where u.since < statement_timestamp() - make_interval(secs => p_older_than)
  order by u.since
  limit p_limit;
$$;
revoke all on function public.unowned_files_get(double precision, integer) from public, anon, authenticated;
grant execute on function public.unowned_files_get(double precision, integer) to service_role;

-- These files are deleted: nothing is left to remember.
create function public.unowned_files_forget(p_manuscript_ids uuid[])
returns table (manuscript_id uuid)
language sql
set search_path = ''
as $$
  delete from public.unowned_files u where u.manuscript_id = any (p_manuscript_ids) returning u.manuscript_id;
$$;
revoke all on function public.unowned_files_forget(uuid[]) from public, anon, authenticated;
grant execute on function public.unowned_files_forget(uuid[]) to service_role;

-- The bytes, where PostgreSQL keeps them.
create function public.manuscript_file_save(p_manuscript_id uuid, p_content bytea)
returns table (manuscript_id uuid)
language sql
set search_path = ''
as $$
  insert into public.manuscript_files (manuscript_id, content) values (p_manuscript_id, p_content)
  returning manuscript_id;
$$;
revoke all on function public.manuscript_file_save(uuid, bytea) from public, anon, authenticated;
grant execute on function public.manuscript_file_save(uuid, bytea) to service_role;

create function public.manuscript_file_load(p_manuscript_id uuid)
returns table (content bytea)
language sql
stable
set search_path = ''
as $$
  select f.content from public.manuscript_files f where f.manuscript_id = p_manuscript_id;
$$;
revoke all on function public.manuscript_file_load(uuid) from public, anon, authenticated;
grant execute on function public.manuscript_file_load(uuid) to service_role;

create function public.manuscript_files_delete(p_manuscript_ids uuid[])
returns table (manuscript_id uuid)
language sql
set search_path = ''
as $$
  delete from public.manuscript_files f where f.manuscript_id = any (p_manuscript_ids) returning f.manuscript_id;
$$;
revoke all on function public.manuscript_files_delete(uuid[]) from public, anon, authenticated;
grant execute on function public.manuscript_files_delete(uuid[]) to service_role;
