-- One row: what one source says of one subject, true at the time asked for. The word that began
-- last decides, whenever it was recorded; among those that began together, the one recorded last,
-- which is all that has to be asked where every word began together.
create or replace view {kind}_all as
select entry, row, source, subject, valid_from, valid_to, {columns}
from (
  select *
  from {kind}_history
  where coalesce(valid_from, '') <= '{as_of}'
  qualify row_number() over (
    partition by source, subject order by {order}
  ) = 1
)
where op = 'assert' and (valid_to is null or valid_to > '{as_of}')
