-- Deletes what is kept of an author beside her manuscripts: of every table that names an owner, and no manuscript with
-- which its rows would go. A table that is made later is met here as well.
create function public.author_forget(p_owner_id uuid)
returns table (name text)
language plpgsql
set search_path = ''
as $$
declare
  v_table text;
begin
  for v_table in
    select c.relname from pg_catalog.pg_class c
    join pg_catalog.pg_attribute o on o.attrelid = c.oid and o.attname = 'owner_id' and not o.attisdropped
    where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relkind in ('r', 'p') and c.relname <> 'manuscripts'
      and not exists (
        select from pg_catalog.pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and f.confdeltype = 'c'
          and f.confrelid = 'public.manuscripts'::pg_catalog.regclass
      )
    order by c.relname
  loop
    execute pg_catalog.format('delete from public.%I t where t.owner_id = $1', v_table) using p_owner_id;
    name := v_table;
    return next;
  end loop;
end;
$$;
revoke all on function public.author_forget(uuid) from public, anon, authenticated;
grant execute on function public.author_forget(uuid) to service_role;
