"""PostgreSQL and Valkey from their wheels, as child processes. Knows nothing of jobs."""
