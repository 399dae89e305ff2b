-- One row: one product at one site, of one chemistry, that is not retired; with one of its assets.
select
  a.site_id,
  a.manufacturer,
  a.model,
  a.chemistry,
  count(*) as assets,
  min(a.asset_id) as asset_id,
  coalesce(bool_or(cloud.asset_id is not null), false) as needs_cloud,
  coalesce(bool_or(firmware.asset_id is not null), false) as has_firmware,
  array_slice(
    list_sort(array_agg(cast(a.entry as varchar) || '.' || cast(a."row" as varchar))), 1, 5
  ) as facts
from asset as a
left join (
  select distinct asset_id from dependency where kind = 'cloud_service'
) as cloud on cloud.asset_id = a.asset_id
left join (
  select distinct asset_id from component where coalesce(has_firmware, 'yes') <> 'no'
) as firmware on firmware.asset_id = a.asset_id
where coalesce(a.lifecycle, '') <> 'retired' and a.asset_id is not null
group by a.site_id, a.manufacturer, a.model, a.chemistry
order by a.site_id, a.manufacturer, a.model, a.chemistry
