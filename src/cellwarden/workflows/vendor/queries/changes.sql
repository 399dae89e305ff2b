-- One row: one change of firmware, owner, partner or component at an assessed vendor, with its day.
-- $parties, $products: two lists of one length, an assessed party and its assessed model;
-- $owners, $makers: two lists of one length, a party and a name on plates in lower case that means
-- it; $as_of: the day.
with asked as (
  select
    unnest(cast($parties as varchar[])) as party_id, unnest(cast($products as varchar[])) as product
),
plate as (
  select unnest(cast($owners as varchar[])) as party_id, unnest(cast($makers as varchar[])) as maker
)
select
  k.party_id, k.product, 'firmware' as kind, left(r.released_on, 10) as changed_on,
  r.model || ' ' || r.version || ' is in use here' as says, r.version,
  [cast(r.entry as varchar) || '.' || cast(r."row" as varchar)] as facts
from "release" as r
inner join plate as p on p.maker = lower(trim(r.manufacturer))
inner join asked as k on k.party_id = p.party_id and k.product = r.model
where left(r.released_on, 10) <= $as_of
  and exists (select 1 from component as c where c.model = r.model and c.firmware = r.version)
union all
select
  k.party_id, k.product, 'owner', left(coalesce(o.until_on, o.since_on), 10),
  case when o.until_on is not null then o.owner_id || ' is no owner any more'
    else o.owner_id || ' is an owner' end,
  cast(null as varchar), [cast(o.entry as varchar) || '.' || cast(o."row" as varchar)]
from ownership as o
inner join asked as k on k.party_id = o.party_id
where left(coalesce(o.until_on, o.since_on), 10) <= $as_of
union all
select
  k.party_id, k.product, 'partner', left(coalesce(p.valid_to_on, p.valid_from_on), 10),
  case when p.valid_to_on is not null and left(p.valid_to_on, 10) <= $as_of
    then p.party_id || ' is no ' || replace(p.role, '_', ' ') || ' any more'
    else p.party_id || ' became ' || replace(p.role, '_', ' ') end,
  cast(null as varchar), [cast(p.entry as varchar) || '.' || cast(p."row" as varchar)]
from relationship as p
inner join asked as k on k.party_id = p.of_party_id
where p.role in ('service_partner', 'subcontractor', 'installer', 'cloud_operator')
  and left(coalesce(p.valid_to_on, p.valid_from_on), 10) <= $as_of
union all
select
  k.party_id, k.product, 'component', left(s.done_on, 10),
  coalesce(s.from_revision, 'a part') || ' was replaced by ' || coalesce(s.to_revision, 'another')
    || coalesce(' in ' || s.asset_id, ''),
  cast(null as varchar), [cast(s.entry as varchar) || '.' || cast(s."row" as varchar)]
from substitution as s
left join asset as a on a.asset_id = s.asset_id
inner join asked as k
  on k.party_id = s.party_id
  or exists (
    select 1 from plate as p where p.party_id = k.party_id and p.maker = lower(trim(a.manufacturer))
  )
where left(s.done_on, 10) <= $as_of
order by 1, 2, 4, 3, 5
