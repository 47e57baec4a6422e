-- The edges again, in a language that keeps its plan: each change of a job asks, three times in a short life, and an SQL
-- function with a setting of its own is planned anew each time (62 µs, of 2 ms that a job takes of the database).
create or replace function public.job_edge_exists(p_from text, p_to text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (p_from, p_to) in (
    ('queued', 'queued'),                                -- dispatched, or rung again
    ('queued', 'running_initializing'),                  -- claim
    ('queued', 'failed'),                                -- settle: QUEUE_TIMEOUT
    ('queued', 'cancelled'),                             -- cancel
    ('running_initializing', 'running_initializing'),    -- beat
    ('running_initializing', 'running'),                 -- begin
    ('running_initializing', 'queued'),                  -- settle or lose with attempts left, or release
    ('running_initializing', 'failed'),                  -- fail, lose, or settle: WORKER_LOST, RUN_TIMEOUT
    ('running_initializing', 'cancelled'),               -- cancel
    ('running', 'running'),                              -- beat
    ('running', 'queued'),                               -- settle or lose with attempts left, or release
    ('running', 'completed'),                            -- complete
    ('running', 'failed'),                               -- fail, lose, or settle: WORKER_LOST, RUN_TIMEOUT
    ('running', 'cancelled')                             -- cancel
  );
end;
$$;
