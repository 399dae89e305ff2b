-- One row: one promise in a contract, and where it stands.
-- A breach stands until the promise is kept again; what was done on its day or later counts.
with dated as (
  select
    k.*,
    try_cast(left(k.due_on, 10) as date) as due_day,
    try_cast(left(k.done_on, 10) as date) as done_day,
    try_cast(left(k.breached_on, 10) as date) as broken_day,
    try_cast(k.amount as double) as amount_number
  from clause as k
)
select
  k.subject,
  cast(null as varchar) as site_id,
  coalesce(p.name, c.party_id) as vendor,
  k.clause_id,
  k.contract_id,
  coalesce(p.name, c.party_id) as name,
  replace(k.type, '_', ' ') as promise,
  k.text as words,
  case when k.unit = 'hours' then k.amount_number end as hours,
  coalesce(
    k.broken_day <= cast(run.as_of as date) and coalesce(k.done_day < k.broken_day, true), false
  ) as is_breached,
  k.broken_day as breached_on,
  k.due_day is not null as has_day,
  case when k.done_day is not null then 0
    else date_diff('day', k.due_day, cast(run.as_of as date)) end as days_overdue,
  string_split(
    concat_ws(
      ',',
      cast(k.entry as varchar) || '.' || cast(k."row" as varchar),
      cast(c.entry as varchar) || '.' || cast(c."row" as varchar)
    ),
    ','
  ) as evidence
from dated as k
cross join run
left join contract as c on c.contract_id = k.contract_id
left join party as p on p.party_id = c.party_id
