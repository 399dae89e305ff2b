-- One row: what one source says of one subject, true at the time asked for. No source ever spoke
-- twice of one subject: there is nothing to choose from.
create or replace view {kind}_all as
select entry, row, source, subject, valid_from, valid_to, {columns}
from {kind}_history
where coalesce(valid_from, '') <= '{as_of}'
  and op = 'assert' and (valid_to is null or valid_to > '{as_of}')
