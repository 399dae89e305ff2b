-- One row: one thing that our own register, readings or tests show about one objective of a vendor.
-- $makers: names on plates in lower case; $party: the party; $product: the assessed model;
-- $as_of: the day. kind is test where we tested, record where papers that we hold speak against it.
with mine as (
  select
    c.*,
    cast(c.entry as varchar) || '.' || cast(c."row" as varchar) as fact
  from component as c
  left join asset as a on a.asset_id = c.asset_id
  where list_contains($makers, lower(trim(c.manufacturer)))
    and coalesce(a.lifecycle, '') <> 'retired'
    and coalesce(c.has_firmware, 'yes') = 'yes'
),
holding as (
  select distinct asset_id from mine where model = $product
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
    question, objective, said, grade, firmware as version,
    max(coalesce(left(reviewed_on, 10), left(read_at, 10))) as dated_on,
    count(*) as parts, array_slice(list_sort(array_agg(fact)), 1, 5) as facts
  from protection
  where model = $product and said in ('yes', 'no') and (said = 'no' or grade = 'tested')
  group by question, objective, said, grade, firmware
),
uncovered as (
  select
    model, max(coalesce(left(reviewed_on, 10), left(read_at, 10))) as dated_on,
    count(*) as parts, array_slice(list_sort(array_agg(fact)), 1, 5) as facts
  from mine
  where signed_updates = 'no' and asset_id in (select asset_id from holding)
  group by model
),
open_path as (
  select
    a.kind, a.account_id, left(a.opened_at, 10) as opened_on,
    cast(a.entry as varchar) || '.' || cast(a."row" as varchar) as fact
  from account as a
  where a.party_id = $party
    and (a.disabled_at is null or left(a.disabled_at, 10) > $as_of)
    and (a.expires_at is null or left(a.expires_at, 10) >= $as_of)
)
select
  question, objective, said = 'yes' as shows_met,
  case when grade = 'tested' then 'test' else 'record' end as kind,
  $product as product, version, dated_on,
  cast(parts as varchar) || ' of our parts: ' || replace(objective, '-', ' ') || ' ' || said as says,
  facts
from seen
union all
select
  'signature-verified', 'every-part', false, 'test', cast(null as varchar), cast(null as varchar),
  dated_on, cast(parts as varchar) || ' parts ' || model || ' take unsigned updates', facts
from uncovered
union all
select
  'signature-verified', 'on-device', false, 'test', model, version, left(released_on, 10),
  'the image ' || version || ' carries no signature',
  [cast(entry as varchar) || '.' || cast("row" as varchar)]
from "release"
where list_contains($makers, lower(trim(manufacturer))) and signed = 'no' and model = $product
union all
select
  'shared-accounts', 'no-shared', false, 'test', cast(null as varchar), cast(null as varchar),
  opened_on, 'the account ' || account_id || ' is shared and open', [fact]
from open_path
where kind = 'shared'
union all
select
  'no-standing-access', 'per-job', false, 'test', cast(null as varchar), cast(null as varchar),
  opened_on, 'the path ' || account_id || ' has been open since ' || opened_on, [fact]
from open_path
where kind in ('tunnel', 'vpn')
  and date_diff('day', try_cast(opened_on as date), cast($as_of as date)) > 30
union all
select
  'cloud-loss', 'tested', d.local_fallback = 'yes', 'test', $product, cast(null as varchar),
  left(d.fallback_tested_on, 10),
  d.name || ' at ' || d.site_id || ': runs on without it: ' || d.local_fallback,
  [cast(d.entry as varchar) || '.' || cast(d."row" as varchar)]
from dependency as d
where d.kind = 'cloud_service' and d.local_fallback in ('yes', 'no')
  and d.fallback_tested_on is not null
  and d.asset_id in (select asset_id from holding)
order by 1, 2, 6, 7, 8
