-- One row: one thing that our own register, readings or tests show about one objective of an
-- assessed vendor. $parties, $products: two lists of one length, an assessed party and its assessed
-- model; $owners, $makers: two lists of one length, a party and a name on plates in lower case that
-- means it; $as_of: the day.
-- kind is test where we tested, record where papers that we hold speak against it.
with asked as (
  select
    unnest(cast($parties as varchar[])) as party_id, unnest(cast($products as varchar[])) as product
),
plate as (
  select unnest(cast($owners as varchar[])) as party_id, unnest(cast($makers as varchar[])) as maker
),
mine as (
  select
    k.party_id as asked_of, k.product as asked_about, c.*,
    cast(c.entry as varchar) || '.' || cast(c."row" as varchar) as fact
  from component as c
  inner join plate as p on p.maker = lower(trim(c.manufacturer))
  inner join asked as k on k.party_id = p.party_id
  left join asset as a on a.asset_id = c.asset_id
  where coalesce(a.lifecycle, '') <> 'retired'
    and coalesce(c.has_firmware, 'yes') = 'yes'
),
holding as (
  select distinct asked_of, asked_about, asset_id from mine where model = asked_about
),
protection as (
  select 'signature-verified' as question, 'on-device' as objective, signed_updates as said, * from mine
  union all
  select 'secure-boot-enforced', 'enforced', secure_boot, * from mine
  union all
  select 'rollback-refused', 'counter', rollback_protection, * from mine
),
seen as (
  select
    asked_of, asked_about, question, objective, said, grade, firmware as version,
    max(coalesce(left(reviewed_on, 10), left(read_at, 10))) as dated_on,
    count(*) as parts, array_slice(list_sort(array_agg(fact)), 1, 5) as facts
  from protection
  where model = asked_about and said in ('yes', 'no') and (said = 'no' or grade = 'tested')
  group by asked_of, asked_about, question, objective, said, grade, firmware
),
uncovered as (
  select
    m.asked_of, m.asked_about, m.model,
    max(coalesce(left(m.reviewed_on, 10), left(m.read_at, 10))) as dated_on,
    count(*) as parts, array_slice(list_sort(array_agg(m.fact)), 1, 5) as facts
  from mine as m
  inner join holding as h
    on h.asked_of = m.asked_of and h.asked_about = m.asked_about and h.asset_id = m.asset_id
  where m.signed_updates = 'no'
  group by m.asked_of, m.asked_about, m.model
),
open_path as (
  select
    k.party_id as asked_of, k.product as asked_about, a.kind, a.account_id,
    left(a.opened_at, 10) as opened_on,
    cast(a.entry as varchar) || '.' || cast(a."row" as varchar) as fact
  from account as a
  inner join asked as k on k.party_id = a.party_id
  where (a.disabled_at is null or left(a.disabled_at, 10) > $as_of)
    and (a.expires_at is null or left(a.expires_at, 10) >= $as_of)
)
select
  asked_of, asked_about, question, objective, said = 'yes' as shows_met,
  case when grade = 'tested' then 'test' else 'record' end as kind,
  asked_about as product, version, dated_on,
  cast(parts as varchar) || ' of our parts: ' || replace(objective, '-', ' ') || ' ' || said as says,
  facts
from seen
union all
select
  asked_of, asked_about, 'signature-verified', 'every-part', false, 'test',
  cast(null as varchar), cast(null as varchar), dated_on,
  cast(parts as varchar) || ' parts ' || model || ' take unsigned updates', facts
from uncovered
union all
select
  k.party_id, k.product, 'signature-verified', 'on-device', false, 'test', r.model, r.version,
  left(r.released_on, 10), 'the image ' || r.version || ' carries no signature',
  [cast(r.entry as varchar) || '.' || cast(r."row" as varchar)]
from "release" as r
inner join plate as p on p.maker = lower(trim(r.manufacturer))
inner join asked as k on k.party_id = p.party_id and k.product = r.model
where r.signed = 'no'
union all
select
  asked_of, asked_about, 'shared-accounts', 'no-shared', false, 'test',
  cast(null as varchar), cast(null as varchar), opened_on,
  'the account ' || account_id || ' is shared and open', [fact]
from open_path
where kind = 'shared'
union all
select
  asked_of, asked_about, 'no-standing-access', 'per-job', false, 'test',
  cast(null as varchar), cast(null as varchar), opened_on,
  'the path ' || account_id || ' has been open since ' || opened_on, [fact]
from open_path
where kind in ('tunnel', 'vpn')
  and date_diff('day', try_cast(opened_on as date), cast($as_of as date)) > 30
union all
select
  h.asked_of, h.asked_about, 'cloud-loss', 'tested', d.local_fallback = 'yes', 'test',
  h.asked_about, cast(null as varchar), left(d.fallback_tested_on, 10),
  d.name || ' at ' || d.site_id || ': runs on without it: ' || d.local_fallback,
  [cast(d.entry as varchar) || '.' || cast(d."row" as varchar)]
from dependency as d
inner join holding as h on h.asset_id = d.asset_id
where d.kind = 'cloud_service' and d.local_fallback in ('yes', 'no')
  and d.fallback_tested_on is not null
order by 1, 2, 3, 4, 8, 9, 10
