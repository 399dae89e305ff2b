-- One row: one disruption in force on the day of the run, and one product in service that it
-- touches: by maker and model, by the party that makes it or its cells and boards, or by the
-- country of one of these. A stock that the maker promised by contract and has set up is a spare.
-- has_spare is false only where every site with the product declares its
-- assets complete and none of them is a spare.
with now_on as (
  select
    s.*,
    cast(s.entry as varchar) || '.' || cast(s."row" as varchar) as fact
  from signal as s
  cross join run
  where coalesce(try_cast(left(s.from_on, 10) as date) <= cast(run.as_of as date), true)
    and coalesce(try_cast(left(s.to_on, 10) as date) >= cast(run.as_of as date), true)
),
product as (
  select
    min(trim(a.manufacturer)) as manufacturer,
    min(trim(a.model)) as model,
    string_agg(distinct trim(a.site_id), ', ' order by trim(a.site_id)) as sites,
    bool_and(word.asset_fact is not null) as is_declared,
    max(word.asset_fact) as word_fact,
    min(cast(a.entry as varchar) || '.' || cast(a."row" as varchar)) as fact
  from asset as a
  left join part_site_word as word on word.site_id = trim(a.site_id)
  where coalesce(lower(trim(a.lifecycle)), 'in_service') = 'in_service'
    and nullif(trim(a.manufacturer), '') is not null and nullif(trim(a.model), '') is not null
  group by lower(trim(a.manufacturer)), lower(trim(a.model))
),
spare as (
  select
    lower(trim(manufacturer)) as maker,
    lower(trim(model)) as model,
    min(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from asset
  where lower(trim(lifecycle)) = 'spare'
  group by lower(trim(manufacturer)), lower(trim(model))
),
stock as (
  select
    lower(trim(r.plate)) as maker,
    min(cast(c.entry as varchar) || '.' || cast(c."row" as varchar)) as fact
  from clause as c
  join contract as k on trim(k.contract_id) = trim(c.contract_id)
  join plate_row as r on r.party_id = trim(k.party_id)
  cross join run
  where lower(trim(c.type)) = 'spare_stock'
    and try_cast(left(c.done_on, 10) as date) <= cast(run.as_of as date)
    and nullif(trim(c.breached_on), '') is null
    and coalesce(try_cast(left(k.effective_to, 10) as date) >= cast(run.as_of as date), true)
  group by lower(trim(r.plate))
),
maker as (
  select lower(trim(r.plate)) as plate, trim(p.party_id) as party_id, trim(p.country) as country
  from plate_row as r
  join party as p on p.party_id = r.party_id
),
link as (
  select
    product.manufacturer,
    product.model,
    'its maker' as through,
    maker.party_id,
    maker.country,
    cast(null as varchar) as fact
  from product
  join maker on maker.plate = lower(product.manufacturer)
  union all
  select
    product.manufacturer,
    product.model,
    'its ' || replace(lower(trim(o.part)), '_', ' ') || ' from ' || coalesce(trim(o.country), '?'),
    trim(o.made_by),
    trim(o.country),
    cast(o.entry as varchar) || '.' || cast(o."row" as varchar)
  from product
  join origin as o
    on lower(trim(o.manufacturer)) = lower(product.manufacturer)
    and (nullif(trim(o.model), '') is null or lower(trim(o.model)) = lower(product.model))
),
touched as (
  select s.subject as signal_subject, product.manufacturer, product.model, 'itself' as through,
    cast(null as varchar) as fact
  from now_on as s
  join product on lower(trim(s.manufacturer)) = lower(product.manufacturer)
    and (nullif(trim(s.model), '') is null or lower(trim(s.model)) = lower(product.model))
  union all
  select s.subject, link.manufacturer, link.model, link.through, link.fact
  from now_on as s
  join link on trim(s.party_id) = link.party_id
    or (nullif(trim(s.party_id), '') is null and nullif(trim(s.manufacturer), '') is null
      and upper(trim(s.region)) = upper(link.country))
)
select
  trim(s.signal_id) || '/' || product.manufacturer || ' ' || product.model as subject,
  cast(null as varchar) as site_id,
  product.manufacturer as vendor,
  trim(s.signal_id) as signal_id,
  lower(trim(s.type)) as type,
  nullif(trim(s.title), '') as title,
  lower(trim(s.severity)) as severity,
  product.manufacturer,
  product.model,
  product.sites,
  string_agg(distinct t.through, ', ' order by t.through) as through,
  case
    when max(spare.fact) is not null or max(stock.fact) is not null then true
    when bool_and(product.is_declared) then false
  end as has_spare,
  lower(trim(s.severity)) = 'high' as is_severe,
  string_split(
    concat_ws(
      ',', max(s.fact), max(product.fact), max(t.fact), max(spare.fact), max(stock.fact),
      max(product.word_fact)
    ),
    ','
  ) as evidence
from touched as t
join now_on as s on s.subject = t.signal_subject
join product on product.manufacturer = t.manufacturer and product.model = t.model
left join spare
  on spare.maker = lower(product.manufacturer) and spare.model = lower(product.model)
left join stock
  on stock.maker = lower(product.manufacturer)
group by s.signal_id, s.type, s.title, s.severity, product.manufacturer, product.model, product.sites
