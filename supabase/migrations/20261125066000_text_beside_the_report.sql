-- The text of a manuscript as its analysis read it, chapter by chapter, with every finding marked in it. Written with
-- the report, gone with the report. Only the functions below read it.

-- A paragraph of a chapter, or a piece of a long one. start: characters of the paragraph before the piece.
create table public.report_passages (
  report_id uuid not null references public.analysis_reports (id) on delete cascade,
  chapter integer not null,
  position integer not null,
  paragraph integer not null,
  start integer not null,
  after_break boolean not null,
  text text not null,
  primary key (report_id, chapter, position)
);

-- The findings of one kind in one chapter, in the order of the text: [paragraph, start, end, label] of each.
create table public.report_marks (
  report_id uuid not null references public.analysis_reports (id) on delete cascade,
  chapter integer not null,
  kind text not null,
  marks jsonb not null,
  primary key (report_id, chapter, kind)
);

do $$
declare
  v_table text;
begin
  foreach v_table in array array['report_passages', 'report_marks'] loop
    execute format('alter table public.%I enable row level security', v_table);
    execute format('revoke all on public.%I from public, anon, authenticated', v_table);
    execute format('grant select, insert, update, delete on public.%I to service_role', v_table);
  end loop;
end;
$$;

-- As before, and the text with it: p_text is null from workers of the version before, and for a text too long to keep.
drop function public.job_complete(uuid, uuid, integer, jsonb, integer);
create function public.job_complete(
  p_job_id uuid, p_worker_id uuid, p_attempt integer, p_report jsonb, p_word_count integer, p_text jsonb default null
)
returns setof public.job_snapshots
language plpgsql
set search_path = ''
as $$
declare
  v_job public.jobs;
  v_report_id uuid;
begin
  -- The manuscript before the job, as job_start and manuscript_delete lock them: no deadlock.
  perform from public.manuscripts m
  where m.id = (select j.manuscript_id from public.jobs j where j.id = p_job_id) for no key update;
  select * into v_job from public.jobs j
  where j.id = p_job_id and j.worker_id = p_worker_id and j.attempt = p_attempt
    and j.status = 'running' and j.deadline_at > clock_timestamp()
  for update;
  if not found then
    perform public.job_refuse_worker(p_job_id, p_worker_id, p_attempt);
  end if;
  insert into public.analysis_reports (job_id, manuscript_id, owner_id, body)
  values (v_job.id, v_job.manuscript_id, v_job.owner_id, p_report) returning id into v_report_id;
  insert into public.report_passages (report_id, chapter, position, paragraph, start, after_break, text)
  select v_report_id, (p->>0)::integer, (p->>1)::integer, (p->>2)::integer, (p->>3)::integer, (p->>4)::boolean, p->>5
  from jsonb_array_elements(p_text->'passages') as p;
  insert into public.report_marks (report_id, chapter, kind, marks)
  select v_report_id, (m->>0)::integer, m->>1, m->2 from jsonb_array_elements(p_text->'marks') as m;
  perform public.job_decided_by('worker', 'The report is written.');
  update public.jobs j set status = 'completed'
  where j.id = v_job.id and j.status = 'running' and j.attempt = p_attempt;
  update public.manuscripts m set word_count = p_word_count where m.id = v_job.manuscript_id;
  return query select * from public.job_snapshots j where j.id = v_job.id;
end;
$$;
revoke all on function public.job_complete(uuid, uuid, integer, jsonb, integer, jsonb) from public, anon, authenticated;
grant execute on function public.job_complete(uuid, uuid, integer, jsonb, integer, jsonb) to service_role;

-- The newest report of each manuscript, without its body.
create function public.reports_newest(p_owner_id uuid, p_manuscript_ids uuid[])
returns table (manuscript_id uuid, report_id uuid)
language sql
stable
set search_path = ''
as $$
  select m.id, r.id from unnest(p_manuscript_ids) as m (id)
  cross join lateral (
    select r.id from public.analysis_reports r
    where r.manuscript_id = m.id and r.owner_id = p_owner_id order by r.created_at desc limit 1
  ) as r;
$$;
revoke all on function public.reports_newest(uuid, uuid[]) from public, anon, authenticated;
grant execute on function public.reports_newest(uuid, uuid[]) to service_role;

-- Of each passage of a chapter the paragraph and the length in characters, in order: one row.
create function public.chapter_outline(p_owner_id uuid, p_report_id uuid, p_chapter integer)
returns table (paragraphs integer[], lengths integer[])
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(p.paragraph order by p.position), '{}'),
         coalesce(array_agg(char_length(p.text) order by p.position), '{}')
  from public.report_passages p
  where p.report_id = p_report_id and p.chapter = p_chapter
    and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id);
$$;
revoke all on function public.chapter_outline(uuid, uuid, integer) from public, anon, authenticated;
grant execute on function public.chapter_outline(uuid, uuid, integer) to service_role;

-- Passages of a chapter from a position on.
create function public.chapter_passages(
  p_owner_id uuid, p_report_id uuid, p_chapter integer, p_from integer, p_limit integer
)
returns setof public.report_passages
language sql
stable
set search_path = ''
as $$
  select p.* from public.report_passages p
  where p.report_id = p_report_id and p.chapter = p_chapter and p.position >= p_from
    and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id)
  order by p.position
  limit p_limit;
$$;
revoke all on function public.chapter_passages(uuid, uuid, integer, integer, integer) from public, anon, authenticated;
grant execute on function public.chapter_passages(uuid, uuid, integer, integer, integer) to service_role;

-- What is marked in a chapter: all kinds, or those of p_kinds.
create function public.chapter_marks(
  p_owner_id uuid, p_report_id uuid, p_chapter integer, p_kinds text[] default null
)
returns setof public.report_marks
language sql
stable
set search_path = ''
as $$
  select m.* from public.report_marks m
  where m.report_id = p_report_id and m.chapter = p_chapter and (p_kinds is null or m.kind = any (p_kinds))
    and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id)
  order by m.kind;
$$;
revoke all on function public.chapter_marks(uuid, uuid, integer, text[]) from public, anon, authenticated;
grant execute on function public.chapter_marks(uuid, uuid, integer, text[]) to service_role;

-- The places of a kind of finding in the order of the text, those of one label where p_label is given; after the first
-- p_after of them, each with the passage that it begins in. total: of all of them.
create function public.report_places(
  p_owner_id uuid, p_report_id uuid, p_kind text, p_label text, p_after integer, p_limit integer
)
returns table (
  ordinal bigint, total bigint, chapter integer, paragraph integer, start integer, ends integer, label text,
  passage_start integer, passage text
)
language sql
stable
set search_path = ''
as $$
  with places as (
    select m.chapter, (mark->>0)::integer as paragraph, (mark->>1)::integer as start, (mark->>2)::integer as ends,
      mark->>3 as label, row_number() over (order by m.chapter, place) as ordinal, count(*) over () as total
    from public.report_marks m
    cross join lateral jsonb_array_elements(m.marks) with ordinality as marked (mark, place)
    where m.report_id = p_report_id and m.kind = p_kind and (p_label is null or mark->>3 = p_label)
      and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id)
  ), page as (
    select * from places where places.ordinal > p_after order by places.ordinal limit p_limit
  )
  select page.ordinal, page.total, page.chapter, page.paragraph, page.start, page.ends, page.label, p.start, p.text
  from page
  cross join lateral (
    select p.start, p.text from public.report_passages p
    where p.report_id = p_report_id and p.chapter = page.chapter and p.paragraph = page.paragraph
      and p.position >= page.paragraph and p.start <= page.start
    order by p.start desc limit 1
  ) as p
  order by page.ordinal;
$$;
revoke all on function public.report_places(uuid, uuid, text, text, integer, integer) from public, anon, authenticated;
grant execute on function public.report_places(uuid, uuid, text, text, integer, integer) to service_role;
