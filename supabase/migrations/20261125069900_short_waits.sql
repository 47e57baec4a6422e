-- What an author asks for waits for no lock longer than a second, and what the sweeper tidies neither: then it is
-- refused as busy (55P03), and the author hears so. Only a worker's own steps may wait: nobody else waits for them.
do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.provolatile = 'v'
      and (
        'p_owner_id' = any (p.proargnames)
        or p.proname in ('unowned_files_forget', 'manuscript_files_delete', 'processes_prune', 'events_prune', 'jobs_prune')
      )
  loop
    execute format('alter function %s set lock_timeout = %L', v_function, '1s');
  end loop;
end;
$$;
