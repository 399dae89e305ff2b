-- One row: one change of firmware, owner, partner or component at a vendor, with its day.
-- $makers: names on plates in lower case; $party: the party; $product: the assessed model;
-- $as_of: the day.
select
  'firmware' as kind, left(r.released_on, 10) as changed_on,
  r.model || ' ' || r.version || ' is in use here' as says, r.version,
  [cast(r.entry as varchar) || '.' || cast(r."row" as varchar)] as facts
from "release" as r
where list_contains($makers, lower(trim(r.manufacturer))) and r.model = $product
  and left(r.released_on, 10) <= $as_of
  and exists (select 1 from component as c where c.model = r.model and c.firmware = r.version)
union all
select
  'owner', left(coalesce(o.until_on, o.since_on), 10),
  case when o.until_on is not null then o.owner_id || ' is no owner any more'
    else o.owner_id || ' is an owner' end,
  cast(null as varchar), [cast(o.entry as varchar) || '.' || cast(o."row" as varchar)]
from ownership as o
where o.party_id = $party and left(coalesce(o.until_on, o.since_on), 10) <= $as_of
union all
select
  'partner', left(coalesce(p.valid_to_on, p.valid_from_on), 10),
  case when p.valid_to_on is not null and left(p.valid_to_on, 10) <= $as_of
    then p.party_id || ' is no ' || replace(p.role, '_', ' ') || ' any more'
    else p.party_id || ' became ' || replace(p.role, '_', ' ') end,
  cast(null as varchar), [cast(p.entry as varchar) || '.' || cast(p."row" as varchar)]
from relationship as p
where p.of_party_id = $party
  and p.role in ('service_partner', 'subcontractor', 'installer', 'cloud_operator')
  and left(coalesce(p.valid_to_on, p.valid_from_on), 10) <= $as_of
union all
select
  'component', left(s.done_on, 10),
  coalesce(s.from_revision, 'a part') || ' was replaced by ' || coalesce(s.to_revision, 'another')
    || coalesce(' in ' || s.asset_id, ''),
  cast(null as varchar), [cast(s.entry as varchar) || '.' || cast(s."row" as varchar)]
from substitution as s
left join asset as a on a.asset_id = s.asset_id
where (s.party_id = $party or list_contains($makers, lower(trim(a.manufacturer))))
  and left(s.done_on, 10) <= $as_of
order by 2, 1, 3
