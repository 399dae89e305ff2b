-- One row: one part of an asset that the register calls retired; no check on parts judges it.
select
  trim(c.component_id) as component_id,
  min(trim(a.asset_id)) as asset_id,
  min(cast(a.entry as varchar) || '.' || cast(a."row" as varchar)) as fact
from component as c
join asset as a on trim(a.asset_id) = trim(c.asset_id)
where lower(trim(a.lifecycle)) = 'retired' and nullif(trim(c.component_id), '') is not null
group by trim(c.component_id)
