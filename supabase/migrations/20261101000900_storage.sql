-- The bucket that keeps manuscripts where the project has Storage: private, and with no policy on its objects, so
-- that only the service reads and writes them. A plain PostgreSQL has no Storage; there, a table keeps them.
do $$
begin
  if pg_catalog.to_regclass('storage.buckets') is not null then
    insert into storage.buckets (id, name, public) values ('manuscripts', 'manuscripts', false)
    on conflict (id) do nothing;
  end if;
end;
$$;
