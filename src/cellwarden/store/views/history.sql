-- One row: one row of one entry of this kind, ever recorded and known at the time asked for.
-- The empty part names every column: partitions written before a column was added lack it.
create or replace view {kind}_history as
select entry, row, source, subject, op, valid_from, valid_to, {columns}
from (
  select * from read_parquet({files}, union_by_name = true)
  union all by name
  select {nulls} where false
)
