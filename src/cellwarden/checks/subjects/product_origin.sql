-- One row: the cells or the boards of one battery product in service that is not lead-acid, whose
-- origin no rule asks about; an unknown chemistry may be any. has_origin is false only
-- where somebody declares the origins of every site complete; else a blank is unknown.
with product as (
  select
    min(trim(manufacturer)) as manufacturer,
    min(trim(model)) as model,
    count(*) as assets,
    min(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from asset
  where coalesce(lower(trim(lifecycle)), 'in_service') = 'in_service'
    and coalesce(lower(trim(chemistry)), 'unknown') not in ('none', 'lead_acid')
    and nullif(trim(manufacturer), '') is not null and nullif(trim(model), '') is not null
  group by lower(trim(manufacturer)), lower(trim(model))
),
wanted as (
  select product.*, part.name as part
  from product
  cross join (values ('cell'), ('board')) as part(name)
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
  w.part,
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
