-- How many bytes an author may keep, and an upload sent twice that makes one manuscript.

-- The keys under which manuscripts were added, for a day: whoever sends the same again gets the same manuscript.
create table public.idempotency_keys (
  owner_id uuid not null,
  key text not null check (char_length(key) between 1 and 255),
  fingerprint text not null,
  manuscript_id uuid not null,
  used_at timestamptz not null default clock_timestamp(),
  primary key (owner_id, key)
);
create index idempotency_keys_by_time on public.idempotency_keys (used_at);
alter table public.idempotency_keys enable row level security;
revoke all on public.idempotency_keys from public, anon, authenticated;
grant select, insert, update, delete on public.idempotency_keys to service_role;

-- The manuscript that was added under this key, where there is one. Refuses a key that was used for something else.
create function public.manuscript_added(p_owner_id uuid, p_key text, p_fingerprint text)
returns setof public.manuscripts
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used public.idempotency_keys;
begin
  select * into v_used from public.idempotency_keys k
  where k.owner_id = p_owner_id and k.key = p_key and k.used_at > statement_timestamp() - interval '1 day';
  if not found then
    return;
  end if;
  if v_used.fingerprint <> p_fingerprint then
    raise exception 'This Idempotency-Key was sent with another manuscript. Send a new key with each new manuscript.'
      using errcode = 'NF400';
  end if;
  return query select * from public.manuscripts m where m.id = v_used.manuscript_id and m.owner_id = p_owner_id;
  if not found then
    raise exception 'The manuscript that was added under this Idempotency-Key has been deleted since.'
      using errcode = 'NF404';
  end if;
end;
$$;
revoke all on function public.manuscript_added(uuid, text, text) from public, anon, authenticated;
grant execute on function public.manuscript_added(uuid, text, text) to service_role;

drop function public.manuscript_add(uuid, uuid, text, text, bigint, integer);
create function public.manuscript_add(
  p_owner_id uuid,
  p_manuscript_id uuid,
  p_title text,
  p_filename text,
  p_byte_size bigint,
  p_max_manuscripts integer,
  p_max_bytes bigint default null,
  p_key text default null,
  p_fingerprint text default null
)
returns setof public.manuscripts
language plpgsql
set search_path = ''
as $$
declare
  v_bytes bigint;
begin
  -- One at a time, so that two who send the same at once, or many who send much, are told apart.
  perform pg_advisory_xact_lock(hashtextextended(p_owner_id::text, 0));
  if p_key is not null then
    -- Another manuscript than p_manuscript_id: the file of that one belongs to nobody, and its note stays.
    return query select * from public.manuscript_added(p_owner_id, p_key, p_fingerprint);
    if found then
      return;
    end if;
  end if;
  if (select count(*) from public.manuscripts m where m.owner_id = p_owner_id) >= p_max_manuscripts then
    raise exception 'You keep % manuscripts, as many as one author may keep. Delete one first.', p_max_manuscripts
      using errcode = 'NF429';
  end if;
  select coalesce(sum(m.byte_size), 0) into v_bytes from public.manuscripts m where m.owner_id = p_owner_id;
  if v_bytes + p_byte_size > p_max_bytes then
    raise exception 'You keep % of manuscripts, and this one has %: one author may keep %. Delete one first.',
      public.bytes_in_words(v_bytes), public.bytes_in_words(p_byte_size), public.bytes_in_words(p_max_bytes)
      using errcode = 'NF429';
  end if;
  delete from public.unowned_files u where u.manuscript_id = p_manuscript_id;
  if not found then
    raise exception 'The upload took too long and was given up. Upload the file again.' using errcode = 'NF404';
  end if;
  if p_key is not null then
    insert into public.idempotency_keys as k (owner_id, key, fingerprint, manuscript_id)
    values (p_owner_id, p_key, p_fingerprint, p_manuscript_id)
    -- One that is older than a day stands for nothing any more.
    on conflict (owner_id, key) do update
      set fingerprint = excluded.fingerprint, manuscript_id = excluded.manuscript_id, used_at = excluded.used_at;
  end if;
  return query
    insert into public.manuscripts (id, owner_id, title, filename, byte_size)
    values (p_manuscript_id, p_owner_id, p_title, p_filename, p_byte_size)
    returning *;
end;
$$;
revoke all on function public.manuscript_add(uuid, uuid, text, text, bigint, integer, bigint, text, text)
from public, anon, authenticated;
grant execute on function public.manuscript_add(uuid, uuid, text, text, bigint, integer, bigint, text, text) to service_role;

-- "5.4 GB", "12.3 MB", "900 kB": of a thousand each, as the page writes them.
create function public.bytes_in_words(p_bytes bigint)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_bytes >= 1000000000 then to_char(p_bytes / 1e9, 'FM999999990.0') || ' GB'
    when p_bytes >= 1000000 then to_char(p_bytes / 1e6, 'FM990.0') || ' MB'
    when p_bytes >= 1000 then (p_bytes / 1000)::text || ' kB'
    else p_bytes::text || ' bytes'
  end;
$$;
revoke all on function public.bytes_in_words(bigint) from public, anon, authenticated;
grant execute on function public.bytes_in_words(bigint) to service_role;

create function public.idempotency_prune()
returns table (key text)
language sql
set search_path = ''
as $$
  delete from public.idempotency_keys k where k.used_at < clock_timestamp() - interval '1 day' returning k.key;
$$;
revoke all on function public.idempotency_prune() from public, anon, authenticated;
grant execute on function public.idempotency_prune() to service_role;
