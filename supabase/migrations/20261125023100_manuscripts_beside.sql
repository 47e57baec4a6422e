-- The manuscripts of many owners in one call: the n-th of p_manuscript_ids where it belongs to the n-th of p_owner_ids.
create function public.manuscripts_of_owners(p_owner_ids uuid[], p_manuscript_ids uuid[])
returns setof public.manuscripts
language sql
stable
set search_path = ''
as $$
  select m.* from unnest(p_owner_ids, p_manuscript_ids) as asked (owner_id, id)
  join public.manuscripts m on m.id = asked.id and m.owner_id = asked.owner_id;
$$;
revoke all on function public.manuscripts_of_owners(uuid[], uuid[]) from public, anon, authenticated;
grant execute on function public.manuscripts_of_owners(uuid[], uuid[]) to service_role;
