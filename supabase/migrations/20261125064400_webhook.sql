-- What is to be told to the operator's webhook: a row a job that has ended, written with the end itself, until it is
-- delivered. Nothing is written where no webhook was wanted within the last week.

create table public.webhook (
  is_one boolean primary key default true check (is_one),
  wanted_until timestamptz not null
);
create table public.webhook_messages (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  job_id uuid not null,
  manuscript_id uuid not null,
  status text not null,
  failure_code text,
  version integer not null,
  ended_at timestamptz not null,
  tries integer not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  given_up_at timestamptz,
  last_fault text
);
create index webhook_messages_due on public.webhook_messages (due_at) where given_up_at is null;
alter table public.webhook enable row level security;
alter table public.webhook_messages enable row level security;
revoke all on public.webhook, public.webhook_messages from public, anon, authenticated;
grant select, insert, update, delete on public.webhook, public.webhook_messages to service_role;

create function public.webhook_note()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (select from public.webhook w where w.wanted_until > clock_timestamp()) then
    insert into public.webhook_messages (owner_id, job_id, manuscript_id, status, failure_code, version, ended_at)
    values (new.owner_id, new.id, new.manuscript_id, new.status, new.failure_code, new.version, new.finished_at);
  end if;
  return null;
end;
$$;
revoke all on function public.webhook_note() from public, anon, authenticated;
grant execute on function public.webhook_note() to service_role;
create trigger webhook_note after update on public.jobs
for each row when (old.is_active and not new.is_active) execute function public.webhook_note();

-- Somebody delivers: said again and again while it is so, and believed for a week.
create function public.webhook_want()
returns table (wanted_until timestamptz)
language sql
set search_path = ''
as $$
  insert into public.webhook as w (wanted_until) values (clock_timestamp() + interval '7 days')
  on conflict (is_one) do update set wanted_until = excluded.wanted_until
  returning w.wanted_until;
$$;
revoke all on function public.webhook_want() from public, anon, authenticated;
grant execute on function public.webhook_want() to service_role;

-- Takes what is due for one try. Whoever dies over it gives it back after p_hold seconds.
create function public.webhook_take(p_limit integer, p_hold double precision)
returns setof public.webhook_messages
language sql
set search_path = ''
as $$
  update public.webhook_messages m
  set tries = m.tries + 1, due_at = clock_timestamp() + make_interval(secs => p_hold)
  where m.id in (
    select d.id from public.webhook_messages d
    where d.given_up_at is null and d.due_at <= clock_timestamp()
    order by d.due_at limit p_limit for update skip locked
  )
  returning m.*;
$$;
revoke all on function public.webhook_take(integer, double precision) from public, anon, authenticated;
grant execute on function public.webhook_take(integer, double precision) to service_role;

create function public.webhook_delivered(p_id uuid)
returns table (id uuid)
language sql
set search_path = ''
as $$
  delete from public.webhook_messages m where m.id = p_id returning m.id;
$$;
revoke all on function public.webhook_delivered(uuid) from public, anon, authenticated;
grant execute on function public.webhook_delivered(uuid) to service_role;

-- Tries again after p_pause seconds, or gives up what ended more than p_patience seconds ago.
create function public.webhook_failed(
  p_id uuid, p_fault text, p_pause double precision, p_patience double precision
)
returns table (is_given_up boolean)
language sql
set search_path = ''
as $$
  update public.webhook_messages m
  set last_fault = p_fault,
      due_at = clock_timestamp() + make_interval(secs => p_pause),
      given_up_at = case when m.ended_at < clock_timestamp() - make_interval(secs => p_patience) then clock_timestamp() end
  where m.id = p_id
  returning m.given_up_at is not null;
$$;
revoke all on function public.webhook_failed(uuid, text, double precision, double precision)
from public, anon, authenticated;
grant execute on function public.webhook_failed(uuid, text, double precision, double precision) to service_role;

create function public.webhook_backlog()
returns table (waiting integer, given_up integer)
language sql
stable
set search_path = ''
as $$
  select (count(*) filter (where m.given_up_at is null))::integer,
    (count(*) filter (where m.given_up_at is not null))::integer
  from public.webhook_messages m;
$$;
revoke all on function public.webhook_backlog() from public, anon, authenticated;
grant execute on function public.webhook_backlog() to service_role;

create function public.webhook_prune()
returns table (id uuid)
language sql
set search_path = ''
as $$
  delete from public.webhook_messages m where m.given_up_at < clock_timestamp() - interval '7 days' returning m.id;
$$;
revoke all on function public.webhook_prune() from public, anon, authenticated;
grant execute on function public.webhook_prune() to service_role;
