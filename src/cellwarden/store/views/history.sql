-- One row: one row of one entry of this kind, ever recorded and known at the time asked for.
create or replace view {kind}_history as
select entry, row, source, subject, op, valid_from, valid_to, {columns}
from read_parquet({files}, union_by_name = true)
