-- One row: the cells, boards, network modules or chips of one battery product in service that is not
-- lead-acid, whose origin no rule asks about; an unknown chemistry may be any. Chips are asked for
-- where a part holds firmware, network modules where one of its parts speaks to a network. has_origin is false only
-- where somebody declares the origins of every site complete; else a blank is unknown.
with electronics as (
  select
    trim(c.asset_id) as asset_id,
    bool_or(
      lower(trim(c.role)) in ('gateway', 'network_card')
      or lower(trim(c.exposure)) in ('internet', 'routed')
    ) as speaks
  from component as c
  where coalesce(lower(trim(c.has_firmware)), 'yes') <> 'no' and c.asset_id is not null
  group by trim(c.asset_id)
),
product as (
  select
    min(trim(asset.manufacturer)) as manufacturer,
    min(trim(asset.model)) as model,
    count(*) as assets,
    min(cast(asset.entry as varchar) || '.' || cast(asset."row" as varchar)) as fact,
    bool_or(electronics.asset_id is not null) as has_chips,
    coalesce(bool_or(electronics.speaks), false) as has_network
  from asset
  left join electronics on electronics.asset_id = trim(asset.asset_id)
  where coalesce(lower(trim(lifecycle)), 'in_service') = 'in_service'
    and coalesce(lower(trim(chemistry)), 'unknown') not in ('none', 'lead_acid')
    and nullif(trim(manufacturer), '') is not null and nullif(trim(model), '') is not null
  group by lower(trim(manufacturer)), lower(trim(model))
),
wanted as (
  select product.*, part.name as part
  from product
  cross join (values ('cell'), ('board'), ('network_module'), ('chip')) as part(name)
  where part.name in ('cell', 'board')
    or (part.name = 'chip' and product.has_chips)
    or (part.name = 'network_module' and product.has_network)
),
known as (
  select
    o.*,
    cast(o.entry as varchar) || '.' || cast(o."row" as varchar) as fact
  from origin as o
  where nullif(trim(o.component_id), '') is null
),
word as (
  select max(fact) as fact from part_word where about = 'origin' and site_id = '*'
)
select
  w.manufacturer || ' ' || w.model || '/' || w.part as subject,
  cast(null as varchar) as site_id,
  w.manufacturer as vendor,
  w.manufacturer,
  w.model,
  replace(w.part, '_', ' ') as part,
  w.part in ('network_module', 'chip') as is_electronics,
  w.assets,
  case
    when nullif(trim(k.country), '') is not null then true
    when word.fact is not null then false
  end as has_origin,
  nullif(trim(k.country), '') as country,
  nullif(trim(k.made_by), '') as made_by,
  lower(trim(k.grade)) = 'claimed' as is_only_claimed,
  string_split(concat_ws(',', w.fact, k.fact, word.fact), ',') as evidence
from wanted as w
cross join word
left join known as k
  on lower(trim(k.manufacturer)) = lower(w.manufacturer) and lower(trim(k.part)) = w.part
  and (nullif(trim(k.model), '') is null or lower(trim(k.model)) = lower(w.model))
qualify row_number() over (
  partition by w.manufacturer, w.model, w.part
  order by nullif(trim(k.model), '') is null, k.subject
) = 1
