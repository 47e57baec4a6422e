-- An author with her own token reads her own rows straight through REST, and writes nothing. Anon gets nothing.
-- The service writes as service_role, through the functions.

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'manuscripts', 'manuscript_files', 'unowned_files', 'jobs', 'job_events', 'analysis_reports', 'processes', 'settlement_lateness'
  ] loop
    execute format('alter table public.%I enable row level security', v_table);
    execute format('revoke all on public.%I from public, anon, authenticated', v_table);
    execute format('grant select, insert, update, delete on public.%I to service_role', v_table);
  end loop;
end;
$$;

grant select on public.manuscripts, public.jobs, public.job_events, public.analysis_reports to authenticated;

create policy manuscripts_own on public.manuscripts for select to authenticated
  using (owner_id = (select auth.uid()));
create policy jobs_own on public.jobs for select to authenticated
  using (owner_id = (select auth.uid()));
create policy analysis_reports_own on public.analysis_reports for select to authenticated
  using (owner_id = (select auth.uid()));
create policy job_events_own on public.job_events for select to authenticated
  using (exists (
    select from public.jobs j where j.id = job_events.job_id and j.owner_id = (select auth.uid())
  ));
