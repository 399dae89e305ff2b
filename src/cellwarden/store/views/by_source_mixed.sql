-- One row: what one source says of one subject, true at the time asked for. The word that began
-- last decides, whenever it was recorded; among those that began together, the one recorded last.
-- Here some words have a day and some have none: one without is said of the newest that was known
-- when it was recorded.
create or replace view {kind}_all as
select entry, row, source, subject, valid_from, valid_to, {columns}
from (
  select *
  from (
    select
      *,
      coalesce(
        valid_from,
        max(valid_from) over (
          partition by source, subject order by entry, row
          rows between unbounded preceding and current row
        ),
        ''
      ) as said_of
    from {kind}_history
    where coalesce(valid_from, '') <= '{as_of}'
  )
  qualify row_number() over (
    partition by source, subject order by said_of desc, entry desc, row desc
  ) = 1
)
where op = 'assert' and (valid_to is null or valid_to > '{as_of}')
