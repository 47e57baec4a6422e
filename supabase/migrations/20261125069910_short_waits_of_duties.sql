-- Nor do the signs of life and what is pruned wait for a lock longer than a second: the scheduler does its duties one
-- after the other, and a row that somebody holds must not keep it from the sweep.
do $$
declare
  v_function text;
begin
  for v_function in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.provolatile = 'v'
      and p.proname ~ '_prune$|^process_(beat|stop|report)$'
  loop
    execute format('alter function %s set lock_timeout = %L', v_function, '1s');
  end loop;
end;
$$;
