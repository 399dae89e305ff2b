-- One row: one part or asset that was put in the place of another one, with the re-validation that
-- it opens: thresholds, papers, attestation. It opens one where revision or firmware changed.
-- Each of the three is open where nothing newer than the exchange stands behind it; that is false
-- only where its ticket is closed or the site declares its tickets (the work counts as recorded).
with paper as (
  select
    trim(about_id) as about_id,
    max(try_cast(left(effective_from, 10) as date)) as newest_on,
    max_by(
      cast(entry as varchar) || '.' || cast("row" as varchar),
      rpad(coalesce(effective_from, ''), 32, ' ')
        || lpad(cast(entry as varchar), 12, '0') || lpad(cast("row" as varchar), 12, '0')
    ) as fact
  from document
  where lower(trim(about_kind)) in ('component', 'asset')
    and lower(trim(type)) in ('report', 'certificate', 'procedure', 'record')
  group by trim(about_id)
),
exchange as (
  select
    s.*,
    try_cast(left(s.done_on, 10) as date) as exchanged_on,
    lower(trim(s.from_revision)) <> lower(trim(s.to_revision)) as revision_changed,
    lower(trim(s.from_firmware)) <> lower(trim(s.to_firmware)) as firmware_changed
  from substitution as s
)
select
  s.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(c.manufacturer), '') as vendor,
  s.substitution_id,
  nullif(trim(s.asset_id), '') as asset_id,
  nullif(trim(s.component_id), '') as component_id,
  nullif(trim(s.from_revision), '') as from_revision,
  nullif(trim(s.to_revision), '') as to_revision,
  nullif(trim(s.from_firmware), '') as from_firmware,
  nullif(trim(s.to_firmware), '') as to_firmware,
  nullif(trim(s.reason), '') as reason,
  s.exchanged_on as done_on,
  s.revision_changed or s.firmware_changed as changes_something,
  case
    when try_cast(left(s.validated_on, 10) as date) >= s.exchanged_on then true
    when try_cast(left(s.validated_on, 10) as date) < s.exchanged_on then false
    when nullif(trim(t.closed_at), '') is not null or word.ticket_fact is not null then false
  end as thresholds_are_validated,
  case
    when paper.newest_on >= s.exchanged_on then true
    when paper.newest_on < s.exchanged_on then false
  end as papers_are_renewed,
  paper.newest_on as papers_on,
  lower(trim(c.validated_firmware)) = lower(trim(c.firmware)) as attestation_covers_it,
  nullif(trim(c.validated_firmware), '') as attested_firmware,
  case
    when lower(trim(p.answer)) in ('approved', 'approved_with_conditions') then true
    when lower(trim(p.answer)) = 'refused' then false
    when nullif(trim(t.closed_at), '') is not null or word.ticket_fact is not null then false
  end as has_approval,
  string_split(
    concat_ws(
      ',',
      cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
      cast(c.entry as varchar) || '.' || cast(c."row" as varchar),
      cast(t.entry as varchar) || '.' || cast(t."row" as varchar),
      cast(p.entry as varchar) || '.' || cast(p."row" as varchar),
      paper.fact,
      word.ticket_fact
    ),
    ','
  ) as evidence
from exchange as s
left join component as c on trim(c.component_id) = trim(s.component_id)
left join asset as a on trim(a.asset_id) = trim(s.asset_id)
left join ticket as t on trim(t.ticket_id) = trim(s.ticket_id)
left join approval as p on trim(p.approval_id) = trim(s.approval_id)
left join paper
  on paper.about_id = coalesce(nullif(trim(s.component_id), ''), nullif(trim(s.asset_id), ''))
left join part_life_word as word on word.site_id = trim(a.site_id)
