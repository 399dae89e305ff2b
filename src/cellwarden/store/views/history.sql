-- One row: one row of one entry of this kind, ever recorded and known at the time asked for.
-- Partitions written before a column was added lack it; then an empty part names every column.
create or replace {made} {kind}_history as
select entry, row, source, subject, op, valid_from, valid_to, {columns}
from (
  {rows}
)
