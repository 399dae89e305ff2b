-- One row: one row of one entry of a kind with personal columns, ever recorded and known at the
-- time asked for. What a cell commits to is read from beside; where it was erased, it is NULL.
create or replace {made} {kind}_history as
select
  h.entry, h."row", h.source, h.subject, h.op, h.valid_from, h.valid_to,
  {personal_columns}
from (
  {rows}
) as h
left join (
  {personal}select {personal_nulls} where false
) as p on p.entry = h.entry and p."row" = h."row"
