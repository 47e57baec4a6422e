-- The tables as the service first had them: a job's status is free text, and old rows hold wrapped
-- values such as `timer|300|failed`. Later migrations make it plain; this one stays what it was.

-- A bare PostgreSQL lacks the roles and the function that Supabase brings. Supabase's own are left alone.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'anon') then
    create role anon nologin noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'authenticated') then
    create role authenticated nologin noinherit;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'service_role') then
    create role service_role nologin noinherit bypassrls;
  end if;
  if pg_catalog.to_regnamespace('auth') is null then
    create schema auth;
    grant usage on schema auth to anon, authenticated, service_role;
  end if;
  if pg_catalog.to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable set search_path = '' as $uid$
      select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
    $uid$;
    grant execute on function auth.uid() to anon, authenticated, service_role;
  end if;
end;
$$;

grant usage on schema public to anon, authenticated, service_role;

create table public.manuscripts (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  title text not null,
  filename text,
  created_at timestamptz not null default now()
);

create table public.jobs (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  manuscript_id uuid not null references public.manuscripts (id) on delete cascade,
  kind text not null default 'analysis',
  status text not null default 'queued',
  created_at timestamptz not null default now()
);
