-- One row: one role in the supply of the batteries of one site, with all that hold it.
-- is_single is NULL where one is known and a maker there has not said who holds it for him: that
-- may be another one, or the same.
select
  r.site_id || '/' || r.role as subject,
  r.site_id,
  case when r.holders = 1 then r.names end as vendor,
  r.role,
  r.criticality,
  r.holders,
  r.names,
  r.open,
  r.is_single,
  r.evidence
from site_role_row as r
