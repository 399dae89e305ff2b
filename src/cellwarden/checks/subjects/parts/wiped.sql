-- One row: one part of an asset that can hold settings, credentials or logs, with its best wipe.
-- Controllers, gateways, network cards and consoles count; modules and sensors hold only readings.
with wipe as (
  select
    trim(component_id) as component_id,
    max(case when lower(trim(result)) = 'passed' then 1 else 0 end) as passed,
    array_agg(cast(entry as varchar) || '.' || cast("row" as varchar) order by sanitization_id)
      as facts
  from sanitization
  where nullif(trim(component_id), '') is not null
  group by trim(component_id)
)
select
  trim(c.asset_id) as asset_id,
  count(*) as memory_parts,
  count(*) filter (where coalesce(wipe.passed, 0) = 0) as unwiped_parts,
  array_to_string(
    array_slice(
      array_agg(c.component_id order by c.component_id)
        filter (where coalesce(wipe.passed, 0) = 0), 1, 5
    ), ', '
  ) as unwiped_names,
  flatten(array_agg(coalesce(wipe.facts, cast([] as varchar[])) order by c.component_id))
    as facts
from component as c
left join wipe on wipe.component_id = trim(c.component_id)
where lower(trim(c.role)) in ('controller', 'gateway', 'network_card', 'console')
  and coalesce(lower(trim(c.has_firmware)), 'yes') <> 'no'
  and nullif(trim(c.asset_id), '') is not null
group by trim(c.asset_id)
