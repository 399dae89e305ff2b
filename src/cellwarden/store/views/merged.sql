-- One row: one subject; each column from the source that observed it last, unknowns passed over.
create or replace {made} "{kind}" as
select
  max_by(entry, seen) as entry,
  max_by(row, seen) as row,
  max_by(source, seen) as source,
  subject,
  max_by(valid_from, seen) as valid_from,
  max_by(valid_to, seen) as valid_to,
  {merged_columns}
from (
  select
    *,
    coalesce({observed}, valid_from, '') || '/' || lpad(cast(entry as varchar), 12, '0')
      || '/' || lpad(cast(row as varchar), 12, '0') as seen
  from {kind}_all
)
group by subject
