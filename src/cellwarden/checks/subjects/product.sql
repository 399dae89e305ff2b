-- One row: one product in use at one site, as maker and model stand on parts and assets there.
-- A support state is known only where somebody looked it up under these very names; no row of
-- support gives NULL and 0 lookups, and a row that says that nobody could tell gives the state 'unknown'.
with used as (
  select
    nullif(trim(a.site_id), '') as site_id,
    trim(c.manufacturer) as manufacturer,
    trim(c.model) as model,
    1 as parts,
    0 as assets,
    case lower(trim(c.exposure))
      when 'internet' then 1 when 'routed' then 1 when 'isolated' then 0
    end as reachable,
    cast(c.entry as varchar) || '.' || cast(c."row" as varchar) as fact
  from component as c
  left join asset as a on a.asset_id = trim(c.asset_id)
  where nullif(trim(c.manufacturer), '') is not null and nullif(trim(c.model), '') is not null
    and coalesce(lower(trim(a.lifecycle)), '') <> 'retired'
  union all
  select
    nullif(trim(site_id), ''), trim(manufacturer), trim(model), 0, 1, 0,
    cast(entry as varchar) || '.' || cast("row" as varchar)
  from asset
  where nullif(trim(manufacturer), '') is not null and nullif(trim(model), '') is not null
    and coalesce(lower(trim(lifecycle)), '') <> 'retired'
),
counted as (
  select
    site_id,
    lower(manufacturer) as maker_key,
    lower(model) as model_key,
    min(manufacturer) as manufacturer,
    min(model) as model,
    sum(parts) as parts,
    sum(assets) as assets,
    case when count(reachable) = count(*) or max(reachable) = 1 then sum(reachable) end
      as reachable_parts,
    array_slice(list_sort(array_agg(fact)), 1, 20) as facts
  from used
  group by site_id, lower(manufacturer), lower(model)
)
select
  concat_ws('/', coalesce(counted.site_id, '-'), counted.manufacturer, counted.model) as subject,
  counted.site_id,
  counted.manufacturer as vendor,
  counted.manufacturer,
  counted.model,
  counted.parts as parts_in_use,
  counted.assets as assets_in_use,
  counted.reachable_parts,
  lower(trim(s.criticality)) as site_criticality,
  case when support.fact is not null then 1 else 0 end as support_lookups,
  support.state as support_state,
  case support.state
    when 'ended' then true when 'dated' then false when 'supported_undated' then false
  end as is_support_ended,
  support.ends_on as support_ends_on,
  date_diff('day', cast(run.as_of as date), support.ends_on) as support_days_left,
  date_diff('day', support.ends_on, cast(run.as_of as date)) as days_since_support_ended,
  support.last_time_buy_on,
  date_diff('day', cast(run.as_of as date), support.last_time_buy_on) as last_time_buy_days_left,
  date_diff('day', support.checked_on, cast(run.as_of as date)) as support_checked_days_ago,
  nullif(trim(support.said_by), '') as support_known_from,
  list_concat(
    string_split(concat_ws(',', counted.facts[1], support.fact), ','), counted.facts
  ) as evidence
from counted
cross join run
left join site as s on s.site_id = counted.site_id
left join part_support_state as support
  on support.maker_key = counted.maker_key and support.model_key = counted.model_key
