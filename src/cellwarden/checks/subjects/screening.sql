-- One row: one list against which the register's names were screened last, by us or by a provider.
-- A list that does not tell its own day has no age: nobody can say whether it is the newest.
select
  s.subject,
  cast(null as varchar) as site_id,
  cast(null as varchar) as vendor,
  s.list,
  nullif(trim(s.done_by), '') as done_by,
  try_cast(left(s.done_on, 10) as date) as done_on,
  date_diff('day', try_cast(left(s.done_on, 10) as date), cast(run.as_of as date)) as run_age_days,
  try_cast(left(s.listed_on, 10) as date) as listed_on,
  date_diff('day', try_cast(left(s.listed_on, 10) as date), cast(run.as_of as date))
    as list_age_days,
  try_cast(s.entries as bigint) as entries,
  [cast(s.entry as varchar) || '.' || cast(s."row" as varchar)] as evidence
from screening_run as s
cross join run
