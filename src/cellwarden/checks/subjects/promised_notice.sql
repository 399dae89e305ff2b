-- One row: one incident and one vendor whose contract promises notice of it within hours.
-- is_late is NULL where nobody knows when the vendor knew, unless even the time since the incident
-- began lies within the promise. Silence is late where the time has passed and the incident is
-- closed, or its site declares its incidents.
select
  r.incident_id || '/' || r.clause_id as subject,
  r.site_id,
  r.name as vendor,
  r.incident_id,
  r.title,
  r.name,
  r.contract_id,
  r.clause_id,
  r.hours,
  r.was_told,
  r.took_hours,
  r.is_late,
  r.says,
  r.evidence
from promised_notice_row as r
