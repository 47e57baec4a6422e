-- As before, and where scenes begin: the positions of the passages that stand below a scene break.
drop function public.chapter_outline(uuid, uuid, integer);
create function public.chapter_outline(p_owner_id uuid, p_report_id uuid, p_chapter integer)
returns table (paragraphs integer[], lengths integer[], scenes integer[])
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(p.paragraph order by p.position), '{}'),
         coalesce(array_agg(char_length(p.text) order by p.position), '{}'),
         coalesce(array_agg(p.position order by p.position) filter (where p.after_break), '{}')
  from public.report_passages p
  where p.report_id = p_report_id and p.chapter = p_chapter
    and exists (select from public.analysis_reports r where r.id = p_report_id and r.owner_id = p_owner_id);
$$;
revoke all on function public.chapter_outline(uuid, uuid, integer) from public, anon, authenticated;
grant execute on function public.chapter_outline(uuid, uuid, integer) to service_role;
