-- One row: one asset of the register and what is on record of its life before and in service.
-- An approval is absent only where the site declares its approvals complete, a history only where it
-- declares its installations; what is recorded needs no such word.
with bought as (
  select
    trim(about_id) as asset_id,
    min(case when lower(trim(step)) = 'purchase' and lower(trim(answer)) <> 'refused'
      then try_cast(left(decided_at, 19) as timestamp) end) as bought_at,
    min(case when lower(trim(step)) = 'security_review' and lower(trim(answer)) <> 'refused'
      then try_cast(left(decided_at, 19) as timestamp) end) as reviewed_at,
    array_agg(cast(entry as varchar) || '.' || cast("row" as varchar) order by approval_id)
      as facts
  from approval
  where lower(trim(about_kind)) = 'asset'
  group by trim(about_id)
),
told as (
  select trim(asset_id) as asset_id, count(*) as facts, max(fact) as fact
  from (
    select asset_id, cast(entry as varchar) || '.' || cast("row" as varchar) as fact from delivery
    union all
    select asset_id, cast(entry as varchar) || '.' || cast("row" as varchar) as fact
    from installation
    union all
    select asset_id, cast(entry as varchar) || '.' || cast("row" as varchar) as fact from ticket
    union all
    select asset_id, cast(entry as varchar) || '.' || cast("row" as varchar) as fact
    from substitution
    union all
    select c.asset_id, cast(d.entry as varchar) || '.' || cast(d."row" as varchar) as fact
    from deployment as d
    join component as c on c.component_id = trim(d.component_id)
  ) as events
  where nullif(trim(asset_id), '') is not null
  group by trim(asset_id)
)
select
  a.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(a.manufacturer), '') as vendor,
  a.asset_id,
  nullif(trim(a.name), '') as name,
  nullif(trim(a.serial), '') as serial,
  lower(trim(a.lifecycle)) as lifecycle,
  lower(trim(a.criticality)) as criticality,
  try_cast(left(a.installed_on, 10) as date) as installed_on,
  cast(bought.bought_at as date) as bought_on,
  cast(bought.reviewed_at as date) as reviewed_on,
  case
    when bought.bought_at is not null then true
    when word.approval_fact is not null then false
  end as has_purchase_approval,
  case
    when bought.reviewed_at is not null and bought.bought_at is not null
      then bought.reviewed_at <= bought.bought_at
    when bought.reviewed_at is not null then null
    when word.approval_fact is not null then false
  end as was_reviewed_before_purchase,
  coalesce(told.facts, 0) as life_facts,
  case
    when told.facts > 0 then true
    when word.installation_fact is not null then false
  end as has_history,
  try_cast(left(a.warranty_until, 10) as date) as warranty_until,
  date_diff('day', cast(run.as_of as date), try_cast(left(a.warranty_until, 10) as date))
    as warranty_days_left,
  list_concat(
    string_split(
      concat_ws(
        ',',
        cast(a.entry as varchar) || '.' || cast(a."row" as varchar),
        told.fact, word.approval_fact, word.installation_fact
      ),
      ','
    ),
    coalesce(bought.facts, cast([] as varchar[]))
  ) as evidence
from asset as a
cross join run
left join bought on bought.asset_id = trim(a.asset_id)
left join told on told.asset_id = trim(a.asset_id)
left join part_life_word as word on word.site_id = trim(a.site_id)
