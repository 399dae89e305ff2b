-- One row: one event with a battery system that needed a response.
-- An incident lives in our own log, so an empty owner, ticket or cause there is an absence where the
-- incident is closed or its site declares its incidents, and unknown else.
select
  i.subject,
  nullif(trim(i.site_id), '') as site_id,
  nullif(trim(v.name), '') as vendor,
  i.incident_id,
  nullif(trim(i.title), '') as title,
  lower(trim(i.severity)) as severity,
  try_cast(left(i.noticed_at, 10) as date) as noticed_on,
  date_diff('day', try_cast(left(i.noticed_at, 10) as date), cast(run.as_of as date))
    as days_since,
  nullif(trim(i.closed_at), '') is not null as is_closed,
  case
    when nullif(trim(i.contained_at), '') is not null then true
    when word.incident_fact is not null or nullif(trim(i.closed_at), '') is not null then false
  end as is_contained,
  nullif(trim(i.owner), '') as owner,
  case
    when nullif(trim(i.owner), '') is not null then true
    when word.incident_fact is not null or nullif(trim(i.closed_at), '') is not null then false
  end as has_owner,
  case
    when nullif(trim(i.document_id), '') is not null then true
    when nullif(trim(i.closed_at), '') is not null then false
  end as has_report,
  date_diff('hour', try_cast(left(i.started_at, 19) as timestamp),
    try_cast(left(i.noticed_at, 19) as timestamp)) as hours_unnoticed,
  string_split(
    concat_ws(',', cast(i.entry as varchar) || '.' || cast(i."row" as varchar), word.incident_fact),
    ','
  ) as evidence
from incident as i
cross join run
left join party as v on v.party_id = trim(split_part(i.party_ids, ';', 1))
left join part_life_word as word on word.site_id = trim(i.site_id)
