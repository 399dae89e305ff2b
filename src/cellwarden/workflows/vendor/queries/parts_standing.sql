-- One row: the parts of one maker at one site, of assets that are not retired; with one of them.
select
  a.site_id,
  c.manufacturer,
  min(c.component_id) as component_id
from component as c
inner join asset as a on a.asset_id = c.asset_id
where coalesce(a.lifecycle, '') <> 'retired'
group by a.site_id, c.manufacturer
order by a.site_id, c.manufacturer
