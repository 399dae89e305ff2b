-- One row: one role in the supply of the batteries of one site, with all that hold it.
-- Companies that one owner surely controls count as one. is_single is NULL where one is known and a
-- maker there has not said who holds it for him, or where nobody knows who controls the holders:
-- that may be another one, or the same.
select
  r.site_id || '/' || r.role as subject,
  r.site_id,
  case when r.groups_at_most = 1 then r.names end as vendor,
  r.role,
  r.criticality,
  r.holders,
  r.groups_at_least,
  r.groups_at_most,
  r.names,
  r.open,
  r.is_single,
  r.evidence
from site_role_row as r
