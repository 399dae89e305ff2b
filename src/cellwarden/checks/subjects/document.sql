-- One row: one document that is listed as evidence, with who rests on it.
-- Documents are listed by ourselves, so an empty source or retention class is an absence and not an
-- unknown: has_* is never NULL, nor is_cited. What is kept of it and what the policy says comes
-- from paper_row; without that it is unknown.
with used as (
  select
    document_id,
    count(*) as citations,
    min(case when must_precede then first_on end) as needed_from_on,
    arg_min(kind || ' ' || subject, (first_on, kind, subject))
      filter (where must_precede and first_on is not null) as needed_by,
    max(last_on) as last_relied_on,
    bool_or(must_precede) as is_needed_before,
    bool_or(is_event) as proves_event,
    max(wanted_rank) as wanted_rank,
    arg_max(kind || ' ' || subject, (last_on, kind, subject)) filter (where last_on is not null)
      as last_cited_by,
    min(kind || ' ' || subject) as cited_by,
    string_agg(fact, ',' order by fact) as facts
  from part_citation
  group by document_id
), newer as (
  select
    trim(replaces) as document_id,
    min(coalesce(try_cast(left(effective_from, 10) as date),
      try_cast(left(received_at, 10) as date))) as replaced_on,
    min(document_id) as replaced_by,
    string_agg(cast(entry as varchar) || '.' || cast("row" as varchar), ',') as facts
  from document
  where nullif(trim(replaces), '') is not null
  group by trim(replaces)
)
select
  d.subject,
  coalesce(nullif(trim(a.site_id), ''), nullif(trim(i.site_id), ''), s.site_id) as site_id,
  coalesce(nullif(trim(p.name), ''), nullif(trim(d.party_id), '')) as vendor,
  d.document_id,
  nullif(trim(d.title), '') as title,
  lower(trim(d.type)) as type,
  nullif(trim(d.about_id), '') as about_id,
  nullif(trim(d.came_from), '') as came_from,
  nullif(trim(d.came_from), '') is not null as has_source,
  try_cast(left(d.received_at, 10) as date) as received_on,
  try_cast(left(d.effective_from, 10) as date) as effective_from,
  try_cast(left(d.effective_to, 10) as date) as effective_to,
  nullif(trim(d.effective_to), '') is not null as has_end,
  date_diff('day', try_cast(left(d.effective_from, 10) as date),
    try_cast(left(d.effective_to, 10) as date)) as holds_days,
  date_diff('day', cast(run.as_of as date), try_cast(left(d.effective_to, 10) as date))
    as days_left,
  lower(trim(d.grade)) as grade,
  case lower(trim(d.grade)) when 'claimed' then 1 when 'documented' then 2 when 'tested' then 3 end
    as grade_rank,
  used.wanted_rank,
  lower(trim(d.strength)) as strength,
  lower(trim(d.classification)) as classification,
  nullif(trim(d.retention), '') as retention,
  nullif(trim(d.retention), '') is not null as has_retention,
  used.document_id is not null as is_cited,
  coalesce(used.last_cited_by, used.cited_by) as cited_by,
  coalesce(used.is_needed_before, false) as is_needed_before,
  coalesce(used.proves_event, false) as proves_event,
  used.needed_from_on,
  used.needed_by,
  date_diff('day', used.needed_from_on, try_cast(left(d.effective_from, 10) as date))
    as days_after_fact,
  used.last_relied_on,
  date_diff('day', try_cast(left(d.effective_to, 10) as date), used.last_relied_on)
    as days_relied_after_end,
  newer.document_id is not null as is_replaced,
  newer.replaced_by,
  newer.replaced_on,
  date_diff('day', newer.replaced_on, used.last_relied_on) as days_cited_after_replacement,
  nullif(trim(d.object_sha256), '') is not null as has_digest,
  w.holding,
  w.holding = 'missing' as is_missing,
  w.holding = 'erased' as is_erased,
  w.is_held,
  w.holds,
  w.rule_is_known,
  w.keep_days,
  w.due_on as retention_due_on,
  date_diff('day', cast(run.as_of as date), w.due_on) as retention_days_left,
  string_split(
    concat_ws(
      ',',
      cast(d.entry as varchar) || '.' || cast(d."row" as varchar),
      used.facts,
      newer.facts
    ),
    ','
  ) as evidence
from document as d
cross join run
left join used on used.document_id = trim(d.document_id)
left join newer on newer.document_id = trim(d.document_id)
left join party as p on p.party_id = trim(d.party_id)
left join component as c
  on lower(trim(d.about_kind)) = 'component' and c.component_id = trim(d.about_id)
left join asset as a on a.asset_id = case lower(trim(d.about_kind))
  when 'asset' then trim(d.about_id) when 'component' then trim(c.asset_id) end
left join incident as i
  on lower(trim(d.about_kind)) = 'incident' and i.incident_id = trim(d.about_id)
left join site as s on lower(trim(d.about_kind)) = 'site' and s.site_id = trim(d.about_id)
left join paper_row as w on w.document_id = d.document_id
