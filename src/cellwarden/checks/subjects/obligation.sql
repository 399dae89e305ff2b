-- One row: one framework that the operator has to meet, at a site or everywhere, with the last
-- evidence pack that could show it.
-- Obligations lie in our own register, so an empty owner is an absence. Packs exported here are
-- recorded by themselves, so that none is recorded means that none was made: has_pack is never NULL.
-- A pack serves where its framework and its site are the obligation's, or all of them.
with asked as (
  select
    o.*,
    lower(trim(o.framework)) as framework_key,
    cast(o.entry as varchar) || '.' || cast(o."row" as varchar) as fact
  from obligation as o
),
pack as (
  select
    asked.subject,
    try_cast(left(p.exported_at, 10) as date) as packed_on,
    cast(p.entry as varchar) || '.' || cast(p."row" as varchar) as fact
  from asked
  join evidence_pack as p
    on coalesce(nullif(lower(trim(p.framework)), ''), asked.framework_key) = asked.framework_key
    and coalesce(nullif(trim(p.site_id), ''), coalesce(nullif(trim(asked.site_id), ''), '*'))
      = coalesce(nullif(trim(asked.site_id), ''), '*')
  cross join run
  where try_cast(left(p.exported_at, 10) as date) <= cast(run.as_of as date)
  qualify row_number() over (
    partition by asked.subject order by p.exported_at desc, p.entry desc, p."row" desc
  ) = 1
)
select
  asked.subject,
  nullif(trim(asked.site_id), '') as site_id,
  cast(null as varchar) as vendor,
  asked.obligation_id,
  nullif(trim(asked.framework), '') as framework,
  nullif(trim(asked.owner), '') as owner,
  nullif(trim(asked.owner), '') is not null as has_owner,
  known.framework is not null as is_known,
  known.controls as controls,
  known.controls_without_check as controls_without_check,
  try_cast(asked.pack_every_days as bigint) as pack_every_days,
  pack.subject is not null as has_pack,
  pack.packed_on,
  date_diff('day', pack.packed_on, cast(run.as_of as date)) as days_since_pack,
  try_cast(left(asked.next_audit_on, 10) as date) as next_audit_on,
  date_diff('day', cast(run.as_of as date), try_cast(left(asked.next_audit_on, 10) as date))
    as days_to_audit,
  string_split(concat_ws(',', asked.fact, pack.fact), ',') as evidence
from asked
cross join run
left join known_framework as known on known.framework = asked.framework_key
left join pack on pack.subject = asked.subject
