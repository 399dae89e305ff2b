-- One row: one asset that is not retired, as the register lists it.
-- Where NULL becomes a value: has_* is false only under a fresh declaration for the site;
-- listed_parts counts what the register holds, 0 included, and says nothing of the world;
-- known_parts comes from the register's own product rows first, then from the data we ship.
with unit as (
  select
    asset.*,
    cast(entry as varchar) || '.' || cast("row" as varchar) as fact,
    lower(trim(manufacturer)) as maker_key,
    lower(trim(model)) as model_key,
    nullif(trim(serial), '') as serial_number
  from asset
),
listed as (
  select
    trim(asset_id) as asset_id,
    count(*) as parts,
    sum(case when lower(trim(has_firmware)) = 'no' then 1 else 0 end) as plain_parts,
    array_slice(
      list_sort(array_agg(cast(entry as varchar) || '.' || cast("row" as varchar))), 1, 20
    ) as facts
  from component
  group by trim(asset_id)
),
own_product as (
  select
    lower(trim(manufacturer)) as maker_key,
    lower(trim(model)) as model_key,
    max(try_cast(firmware_parts as bigint)) as parts,
    max(part_names) as part_names,
    max(known_from) as source,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from product
  group by lower(trim(manufacturer)), lower(trim(model))
),
shipped_product as (
  select
    lower(trim(manufacturer)) as maker_key,
    lower(trim(model)) as model_key,
    max(firmware_parts) as parts,
    max(part_names) as part_names,
    max(source) as source
  from known_product
  group by lower(trim(manufacturer)), lower(trim(model))
),
same_serial as (
  select maker_key, serial_number, count(*) as assets, min(fact) as fact, max(fact) as other_fact
  from unit
  where serial_number is not null
  group by maker_key, serial_number
)
select
  unit.subject,
  nullif(trim(unit.site_id), '') as site_id,
  nullif(trim(unit.manufacturer), '') as vendor,
  unit.asset_id,
  nullif(trim(unit.name), '') as name,
  nullif(trim(unit.manufacturer), '') as manufacturer,
  nullif(trim(unit.model), '') as model,
  unit.serial_number as serial,
  lower(trim(unit.chemistry)) as chemistry,
  lower(trim(unit.criticality)) as criticality,
  lower(trim(unit.lifecycle)) as lifecycle,
  nullif(trim(unit.owner_facility), '') as owner_facility,
  nullif(trim(unit.owner_security), '') as owner_security,
  case
    when nullif(trim(unit.site_id), '') is not null then s.site_id is not null
  end as site_is_listed,
  case
    when nullif(trim(unit.owner_facility), '') is not null then true
    when word.owner_fact is not null then false
  end as has_facility_owner,
  case
    when nullif(trim(unit.owner_security), '') is not null then true
    when word.owner_fact is not null then false
  end as has_security_owner,
  lower(trim(unit.owner_facility)) = lower(trim(unit.owner_security)) as owners_are_one,
  case
    when unit.serial_number is not null then true
    when word.asset_fact is not null then false
  end as has_serial,
  case
    when lower(trim(unit.criticality)) in ('low', 'medium', 'high') then true
    when word.asset_fact is not null then false
  end as has_criticality,
  case
    when nullif(trim(unit.chemistry), '') is not null then true
    when word.asset_fact is not null then false
  end as has_chemistry,
  coalesce(listed.parts, 0) as listed_parts,
  coalesce(own_product.parts, shipped_product.parts) as known_parts,
  case when own_product.parts is not null then own_product.part_names
    else shipped_product.part_names end as known_part_names,
  case when own_product.parts is not null then own_product.source
    else shipped_product.source end as known_from,
  same_serial.assets as assets_with_this_serial,
  try_cast(left(unit.warranty_until, 10) as date) as warranty_until,
  date_diff('day', cast(run.as_of as date), try_cast(left(unit.warranty_until, 10) as date))
    as warranty_days_left,
  list_concat(
    string_split(
      concat_ws(
        ',',
        unit.fact,
        cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
        own_product.fact,
        word.asset_fact, word.owner_fact, word.component_fact,
        case when same_serial.assets > 1 then same_serial.fact end,
        case when same_serial.assets > 1 then same_serial.other_fact end
      ),
      ','
    ),
    coalesce(listed.facts, cast([] as varchar[]))
  ) as evidence
from unit
cross join run
left join site as s on s.site_id = trim(unit.site_id)
left join part_site_word as word on word.site_id = trim(unit.site_id)
left join listed on listed.asset_id = unit.asset_id
left join own_product
  on own_product.maker_key = unit.maker_key and own_product.model_key = unit.model_key
left join shipped_product
  on shipped_product.maker_key = unit.maker_key and shipped_product.model_key = unit.model_key
left join same_serial
  on same_serial.maker_key = unit.maker_key and same_serial.serial_number = unit.serial_number
where coalesce(lower(trim(unit.lifecycle)), '') <> 'retired'
