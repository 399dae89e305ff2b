-- One row: one contract with a vendor, and which promises it holds.
-- has_* is false only where somebody declared, freshly, that all clauses are written down.
with word as (
  select max(cast(d.entry as varchar) || '.' || cast(d."row" as varchar)) as fact
  from declaration as d
  cross join run
  where lower(trim(d.about)) = 'clause'
    and date_diff('day', try_cast(left(d.declared_on, 10) as date), cast(run.as_of as date))
      between 0 and try_cast(d.valid_days as bigint)
),
held as (
  select
    contract_id,
    bool_or(type = 'incident_notice') as incident_notice,
    bool_or(type = 'audit_right') as audit_right,
    bool_or(type = 'exit') as exit_path,
    bool_or(type = 'sla') as sla,
    bool_or(type = 'second_contact') as second_contact,
    bool_or(type = 'sourcing_change') as sourcing_change,
    bool_or(type = 'substitution') and bool_or(type = 'factory_move')
      and bool_or(type = 'ownership_change') as other_changes,
    array_slice(
      list_sort(array_agg(cast(entry as varchar) || '.' || cast("row" as varchar))), 1, 12
    ) as facts
  from clause
  where type is not null
  group by contract_id
)
select
  c.subject,
  cast(null as varchar) as site_id,
  coalesce(p.name, c.party_id) as vendor,
  c.contract_id,
  coalesce(p.name, c.party_id) as name,
  c.title,
  c.signed_on is not null as is_signed,
  coalesce(try_cast(left(c.effective_to, 10) as date) < cast(run.as_of as date), false) as is_over,
  case when held.incident_notice then true
    when word.fact is not null then false end as has_incident_notice,
  case when held.audit_right then true
    when word.fact is not null then false end as has_audit_right,
  case when held.exit_path then true
    when word.fact is not null then false end as has_exit,
  case when held.sla then true
    when word.fact is not null then false end as has_sla,
  case when held.second_contact then true
    when word.fact is not null then false end as has_second_contact,
  case when held.sourcing_change then true
    when word.fact is not null then false end as has_sourcing_notice,
  case when held.other_changes then true
    when word.fact is not null then false end as has_change_notices,
  list_concat(
    string_split(
      concat_ws(',', cast(c.entry as varchar) || '.' || cast(c."row" as varchar), word.fact), ','
    ),
    coalesce(held.facts, cast([] as varchar[]))
  ) as evidence
from contract as c
cross join run
cross join word
left join held on held.contract_id = c.contract_id
left join party as p on p.party_id = c.party_id
