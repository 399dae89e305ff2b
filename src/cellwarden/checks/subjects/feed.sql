-- One row: one kind of imported data that this workspace expects.
-- is_imported is never NULL: what was imported stands in our own ledger, so a feed without a row
-- there was never imported; the whole ledger is then the evidence, written 'ledger'.
select
  feed as subject,
  cast(null as varchar) as site_id,
  cast(null as varchar) as vendor,
  feed,
  documents,
  imported_at is not null as is_imported,
  try_cast(left(newest_at, 10) as date) as newest_on,
  try_cast(left(imported_at, 10) as date) as imported_on,
  date_diff('day', try_cast(left(imported_at, 10) as date), cast(run.as_of as date))
    as import_age_days,
  age_days,
  is_stale,
  case when imported_at is null then ['ledger'] else evidence end as evidence
from feed_row
cross join run
