-- One row: one legal entity of the register that carries an LEI, held against its LEI record.
-- What was looked up more than a year ago says nothing of today.
select
  r.party_id as subject,
  cast(null as varchar) as site_id,
  r.name as vendor,
  r.party_id,
  r.name,
  r.lei,
  r.lei_status,
  case when date_diff('day', r.checked_on, cast(run.as_of as date)) <= 366 then r.is_in_force end
    as is_in_force,
  r.is_active,
  r.checked_on,
  r.renewal_on,
  r.agrees,
  r.differences,
  r.evidence
from lei_row as r
cross join run
