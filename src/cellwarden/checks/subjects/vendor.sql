-- One row: one maker of parts in use, with whether the imported advisories speak of it at all.
-- advisories is NULL where nobody compared this maker with the advisories; 0 is an answer.
with used as (
  select
    lower(trim(c.manufacturer)) as maker_key,
    min(trim(c.manufacturer)) as manufacturer,
    count(*) as parts,
    array_slice(
      list_sort(array_agg(cast(c.entry as varchar) || '.' || cast(c."row" as varchar))), 1, 20
    ) as facts
  from component as c
  left join asset as a on a.asset_id = trim(c.asset_id)
  where nullif(trim(c.manufacturer), '') is not null
    and coalesce(lower(trim(a.lifecycle)), '') <> 'retired'
  group by lower(trim(c.manufacturer))
),
known as (
  select lower(trim(manufacturer)) as maker_key, max(advisories) as advisories
  from known_vendor
  group by lower(trim(manufacturer))
),
holding as (
  select
    lower(trim(r.plate)) as maker_key,
    max(nullif(trim(p.contact), '')) as contact,
    max(cast(p.entry as varchar) || '.' || cast(p."row" as varchar)) as fact
  from plate_row as r
  inner join party as p on p.party_id = r.party_id
  group by lower(trim(r.plate))
)
select
  used.manufacturer as subject,
  cast(null as varchar) as site_id,
  used.manufacturer as vendor,
  used.manufacturer,
  used.parts as parts_in_use,
  known.advisories,
  holding.fact is not null as is_party,
  case when holding.fact is not null then holding.contact is not null end as has_contact,
  list_concat(string_split(concat_ws(',', used.facts[1], holding.fact), ','), used.facts)
    as evidence
from used
left join known on known.maker_key = used.maker_key
left join holding on holding.maker_key = used.maker_key
