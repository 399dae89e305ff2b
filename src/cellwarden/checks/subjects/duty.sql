-- One row: one notice that a rule demands of one incident. The house rule holds for every incident,
-- the others where the incident names them. The time counts from when we became aware, or from an
-- earlier notice of the same rule. A notice is missing where the incident is closed or its site
-- declares its incidents; before its time has come nothing is missing.
with event as (
  select
    i.*,
    try_cast(left(i.noticed_at, 19) as timestamp) as aware_at,
    lower(';house;' || replace(coalesce(i.regimes, ''), ' ', '') || ';') as rules,
    cast(i.entry as varchar) || '.' || cast(i."row" as varchar) as fact
  from incident as i
),
said as (
  select
    trim(incident_id) as incident_id,
    coalesce(lower(nullif(trim(regime), '')), 'house') as regime,
    lower(trim(stage)) as stage,
    lower(trim(audience)) as audience,
    min(try_cast(left(told_at, 19) as timestamp)) as told_at,
    min_by(
      cast(entry as varchar) || '.' || cast("row" as varchar),
      rpad(coalesce(told_at, '9'), 32, ' ')
        || lpad(cast(entry as varchar), 12, '0') || lpad(cast("row" as varchar), 12, '0')
    ) as fact
  from incident_notice
  where nullif(trim(told_at), '') is not null
  group by
    trim(incident_id), coalesce(lower(nullif(trim(regime), '')), 'house'), lower(trim(stage)),
    lower(trim(audience))
),
owed as (
  select
    event.*,
    rule.regime,
    rule.regime_name,
    rule.stage,
    rule.audience,
    rule.is_verified,
    rule.after_stage,
    case
      when rule.after_stage is null
        then event.aware_at + to_hours(rule.hours) + to_months(rule.months)
      else earlier.told_at + to_hours(rule.hours) + to_months(rule.months)
    end as due_at
  from event
  join notice_rule as rule on event.rules like '%;' || rule.regime || ';%'
  left join said as earlier
    on earlier.incident_id = trim(event.incident_id) and earlier.regime = rule.regime
    and earlier.stage = rule.after_stage and earlier.audience = rule.audience
)
select
  trim(owed.incident_id) || '/' || owed.regime || '/' || owed.stage || '/' || owed.audience
    as subject,
  nullif(trim(owed.site_id), '') as site_id,
  nullif(trim(v.name), '') as vendor,
  owed.incident_id,
  nullif(trim(owed.title), '') as title,
  owed.regime,
  owed.regime_name as rule,
  replace(owed.stage, '_', ' ') as stage,
  owed.audience,
  owed.audience = 'facilities' as is_for_facilities,
  owed.audience = 'security' as is_for_security,
  owed.audience = 'vendor' as is_for_vendor,
  owed.audience in ('authority', 'customers') as is_for_outsiders,
  owed.is_verified as rule_is_verified,
  nullif(trim(owed.party_ids), '') is not null as concerns_a_vendor,
  cast(owed.due_at as date) as due_on,
  cast(said.told_at as date) as told_on,
  owed.due_at < run.as_of as is_due,
  date_diff('hour', owed.due_at, said.told_at) as hours_late,
  case
    when said.told_at is not null then true
    when owed.due_at < run.as_of
      and (word.incident_fact is not null or nullif(trim(owed.closed_at), '') is not null)
      then false
  end as was_told,
  string_split(concat_ws(',', owed.fact, said.fact, word.incident_fact), ',') as evidence
from owed
cross join run
left join said
  on said.incident_id = trim(owed.incident_id) and said.audience = owed.audience
  and (owed.regime = 'house' or (said.regime = owed.regime and said.stage = owed.stage))
  and (owed.regime <> 'house' or said.regime = 'house')
left join party as v on v.party_id = trim(split_part(owed.party_ids, ';', 1))
left join part_life_word as word on word.site_id = trim(owed.site_id)
qualify row_number() over (
  partition by owed.incident_id, owed.regime, owed.stage, owed.audience order by said.told_at
) = 1
