-- A job has ten events as a rule, and sorting ten is as cheap as reading them in order: PostgreSQL 18 sorts. One job in
-- many has ten thousand, of which the newest are asked for. Along the index they come in order, however many there are.
alter function public.job_events_get(uuid, uuid[], integer) set enable_bitmapscan = off;
