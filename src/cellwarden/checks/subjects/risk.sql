-- One row: one entry of the risk register that is not closed.
-- The risk register is our own, so an empty cell there is an absence: has_* is never NULL.
select
  r.subject,
  nullif(trim(r.site_id), '') as site_id,
  nullif(trim(v.name), '') as vendor,
  r.risk_id,
  nullif(trim(r.title), '') as title,
  lower(trim(r.likelihood)) as likelihood,
  lower(trim(r.impact)) as impact,
  nullif(trim(r.owner), '') as owner,
  lower(trim(r.treatment)) as treatment,
  nullif(trim(r.owner), '') is not null as has_owner,
  nullif(trim(r.treatment), '') is not null as has_treatment,
  nullif(trim(r.measure), '') is not null as has_measure,
  nullif(trim(r.exception_ids), '') is not null as has_exception,
  nullif(trim(r.requirement_ids), '') is not null as has_controls,
  nullif(trim(concat_ws(';', r.finding_ids, r.exception_ids, r.asset_ids)), '') is not null
    as has_links,
  try_cast(left(r.review_on, 10) as date) as review_on,
  date_diff('day', cast(run.as_of as date), try_cast(left(r.review_on, 10) as date))
    as review_days_left,
  [cast(r.entry as varchar) || '.' || cast(r."row" as varchar)] as evidence
from risk as r
cross join run
left join party as v on v.party_id = trim(split_part(r.party_ids, ';', 1))
where coalesce(lower(trim(r.status)), '') <> 'closed'
