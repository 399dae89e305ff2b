-- One row: one approved maintenance window in which firmware may be changed, with its asset or,
-- where it names none, for every asset of its site.
select
  nullif(trim(w.site_id), '') as site_id,
  nullif(trim(w.asset_id), '') as asset_id,
  try_cast(left(w.opens_at, 10) as date) as opens_on,
  try_cast(left(w.closes_at, 10) as date) as closes_on,
  cast(w.entry as varchar) || '.' || cast(w."row" as varchar) as fact
from "window" as w
where lower(trim(w.takes_firmware)) = 'yes'
  and nullif(trim(w.approved_by), '') is not null
  and try_cast(left(w.opens_at, 10) as date) is not null
  and try_cast(left(w.closes_at, 10) as date) is not null
