-- One row: one hit of the last screening. A decision counts for exactly the two sides that it was
-- made of. is_in_service is true where parts of that maker, or with parts made there, are in
-- service, or a site depends on it otherwise; false for a mere owner, whose companies are hits of their own; NULL where nothing leads
-- from the name to a part.
with made as (
  select lower(trim(coalesce(nullif(c.manufacturer, ''), a.manufacturer))) as maker, a.model
  from asset as a
  left join component as c on c.asset_id = a.asset_id
  where coalesce(lower(trim(a.lifecycle)), 'in_service') = 'in_service'
  union
  select lower(trim(manufacturer)), model from asset
  where coalesce(lower(trim(lifecycle)), 'in_service') = 'in_service'
),
used as (
  select lower(trim(r.party_id)) as name_id
  from plate_row as r
  join made on made.maker = lower(trim(r.plate))
  union
  select lower(trim(s.party_id)) from supplier_row as s where s.is_supplier
  union
  select lower(trim(o.made_by)) from origin as o
  join made on made.maker = lower(trim(o.manufacturer))
    and (nullif(trim(o.model), '') is null or lower(trim(o.model)) = lower(trim(made.model)))
  union
  select 'origin:' || lower(trim(o.made_by)) from origin as o
  join made on made.maker = lower(trim(o.manufacturer))
    and (nullif(trim(o.model), '') is null or lower(trim(o.model)) = lower(trim(made.model)))
)
select
  h.subject,
  cast(null as varchar) as site_id,
  h.name as vendor,
  h.party_id,
  h.name,
  h.list,
  h.list_id,
  h.list_name as entry_name,
  try_cast(h.score as double) as score,
  h.decision as rules_say,
  h.features as why,
  d.is_same is null as is_open,
  coalesce(d.is_same = 'yes', false) as is_confirmed,
  h.decision = 'match' as is_match,
  case
    when used.name_id is not null then true
    when h.party_id like 'owner:%' then false
  end as is_in_service,
  string_split(
    concat_ws(
      ',',
      cast(h.entry as varchar) || '.' || cast(h."row" as varchar),
      cast(d.entry as varchar) || '.' || cast(d."row" as varchar)
    ),
    ','
  ) as evidence
from screening_hit as h
left join screening_decision as d
  on d.party_id = h.party_id and d.list = h.list and d.list_id = h.list_id
  and d.name_digest = h.name_digest and d.entry_digest = h.entry_digest
left join used on used.name_id = lower(h.party_id)
