-- One row: one legal entity of the register, with its owners, its identifier and its cells (those
-- of lead-acid batteries apart: each block of these is its own cell). Who makes its cells is known
-- from relationships and from origins; a relationship that names nobody says that it was kept back.
-- has_owner and has_cell_maker are false only where somebody declared, freshly, for a site that the
-- entity serves or for all, that ownership or relationships are written down completely. Who
-- consolidates an entity controls it, whatever the share. A circle is looked for through twelve
-- owners.
with recursive held as (
  select
    o.party_id, o.owner_id, lower(o.kind) as kind,
    try_cast(o.percent_low as double) as low,
    try_cast(o.percent_high as double) as high,
    cast(o.entry as varchar) || '.' || cast(o."row" as varchar) as fact
  from ownership as o
  cross join run
  where coalesce(try_cast(left(o.since_on, 10) as date) <= cast(run.as_of as date), true)
    and coalesce(try_cast(left(o.until_on, 10) as date) >= cast(run.as_of as date), true)
    and o.owner_id is not null
),
above as (
  select party_id as start, owner_id as reached, 1 as depth from held
  union
  select above.start, held.owner_id, above.depth + 1
  from above
  inner join held on held.party_id = above.reached
  where above.depth < 12 and above.reached <> above.start
),
circle as (
  select distinct start from above where reached = start
),
owned as (
  select
    party_id,
    coalesce(sum(low) filter (where kind = 'direct'), 0) as percent_known,
    coalesce(bool_or(low < 0 or low > 100 or high < 0 or high > 100), false) as is_impossible,
    array_slice(list_sort(array_agg(fact)), 1, 12) as facts
  from held
  group by party_id
),
lei as (
  select
    upper(trim(lei)) as lei,
    count(*) as holders,
    array_to_string(array_slice(list_sort(array_agg(coalesce(name, party_id))), 1, 5), ', ')
      as names
  from party
  where lei is not null
  group by upper(trim(lei))
),
supply as (
  select
    r.of_party_id,
    r.party_id,
    cast(r.entry as varchar) || '.' || cast(r."row" as varchar) as fact
  from relationship as r
  cross join run
  where r.role = 'cell_supplier' and r.party_id is not null and r.of_party_id is not null
    and coalesce(try_cast(left(r.valid_from_on, 10) as date) <= cast(run.as_of as date), true)
    and coalesce(try_cast(left(r.valid_to_on, 10) as date) >= cast(run.as_of as date), true)
),
refused as (
  select
    r.of_party_id,
    min(cast(r.entry as varchar) || '.' || cast(r."row" as varchar)) as fact
  from relationship as r
  where r.role = 'cell_supplier' and nullif(trim(r.party_id), '') is null
  group by r.of_party_id
),
sourced as (
  select of_party_id, party_id, fact from supply
  union all
  select
    r.party_id,
    trim(o.made_by),
    cast(o.entry as varchar) || '.' || cast(o."row" as varchar)
  from origin as o
  inner join plate_row as r on lower(trim(r.plate)) = lower(trim(o.manufacturer))
  inner join party as p on p.party_id = trim(o.made_by)
  where lower(trim(o.part)) = 'cell' and trim(o.made_by) <> r.party_id
),
buyers as (
  select party_id, count(distinct of_party_id) as buyers from sourced group by party_id
),
cells as (
  select
    s.of_party_id,
    max(b.buyers) as buyers,
    array_to_string(list_sort(array_agg(distinct coalesce(p.name, s.party_id))), ', ') as makers,
    array_slice(list_sort(array_agg(s.fact)), 1, 12) as facts
  from sourced as s
  inner join buyers as b on b.party_id = s.party_id
  left join party as p on p.party_id = s.party_id
  group by s.of_party_id
),
unnamed as (
  select
    party_id,
    array_to_string(list_sort(array_agg(distinct kind || ' ' || reason)), ', ') as reasons,
    min(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from unnamed_parent
  group by party_id
),
plate as (
  select
    lower(trim(manufacturer)) as maker,
    min(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from asset
  where nullif(trim(manufacturer), '') is not null
    and coalesce(lower(trim(lifecycle)), '') <> 'retired'
    and lower(trim(chemistry)) not in ('none', 'lead_acid')
  group by lower(trim(manufacturer))
),
made as (
  select r.party_id, min(plate.fact) as fact
  from plate_row as r
  inner join plate on plate.maker = lower(trim(r.plate))
  group by r.party_id
)
select
  p.subject,
  cast(null as varchar) as site_id,
  coalesce(p.name, p.party_id) as vendor,
  p.party_id,
  coalesce(p.name, p.party_id) as name,
  p.country is not null as has_country,
  p.lei is not null as has_lei,
  upper(trim(p.lei)) as lei,
  case
    when p.lei is null then null
    when not regexp_full_match(upper(trim(p.lei)), '[0-9A-Z]{18}[0-9]{2}') then false
    else list_reduce(
      list_transform(
        string_split(upper(trim(p.lei)), ''),
        lambda s: strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', s) - 1
      ),
      lambda sum, v: (sum * case when v > 9 then 100 else 10 end + v) % 97
    ) = 1
  end as is_lei_whole,
  lei.holders as lei_holders,
  lei.names as lei_names,
  owned.party_id is not null as has_stakes,
  case when owned.percent_known > 50 or s.is_consolidated then true
    when s.ownership_fact is not null then false end as has_owner,
  coalesce(s.is_behind_batteries, false) as is_behind_batteries,
  nullif(trim(p.traded_at), '') is not null as is_traded,
  nullif(trim(p.traded_at), '') as traded_at,
  unnamed.reasons as unnamed_parents,
  owned.percent_known,
  owned.is_impossible as has_impossible_share,
  case when owned.party_id is not null then circle.start is not null end as owns_itself,
  made.party_id is not null as makes_cells,
  case when cells.of_party_id is not null then true
    when s.relationship_fact is not null or refused.fact is not null then false end
    as has_cell_maker,
  cells.buyers as cell_buyers,
  cells.makers as cell_maker,
  list_concat(
    string_split(
      concat_ws(
        ',', cast(p.entry as varchar) || '.' || cast(p."row" as varchar), made.fact,
        s.ownership_fact, s.relationship_fact, unnamed.fact,
        refused.fact
      ), ','
    ),
    coalesce(owned.facts, cast([] as varchar[])),
    coalesce(cells.facts, cast([] as varchar[]))
  ) as evidence
from party as p
left join supplier_row as s on s.party_id = p.party_id
left join refused on refused.of_party_id = p.party_id
left join unnamed on unnamed.party_id = p.party_id
left join owned on owned.party_id = p.party_id
left join circle on circle.start = p.party_id
left join lei on lei.lei = upper(trim(p.lei))
left join cells on cells.of_party_id = p.party_id
left join made on made.party_id = p.party_id
