-- One row: one site at which a party has parts, dependencies or work, with its criticality.
-- $parties, $makers: two lists of one length, a party and a name on plates that means it.
with plate as (
  select
    unnest(cast($parties as varchar[])) as party_id, unnest(cast($makers as varchar[])) as maker
),
served as (
  select plate.party_id, a.site_id
  from plate
  join component as c on lower(trim(c.manufacturer)) = plate.maker
  join asset as a on a.asset_id = c.asset_id
  union select party_id, site_id from dependency
  union select party_id, site_id from relationship
  union select party_id, site_id from account
)
select distinct served.party_id, s.site_id, lower(s.criticality)
from served
join site as s on s.site_id = served.site_id
where served.party_id is not null
order by 1, 2
