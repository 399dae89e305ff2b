-- One row: the last two firmware readings of one component by the same source, where one source
-- gave two. Two sources are never compared over time: that they differ is no change.
with told_twice as (
  select subject, source
  from component_history
  where nullif(trim(firmware), '') is not null
  group by subject, source
  having count(*) > 1
),
reading as (
  select
    history.subject as component_id,
    history.source,
    trim(history.firmware) as firmware,
    try_cast(left(coalesce(history.read_at, history.valid_from), 10) as date) as read_on,
    history.entry,
    cast(history.entry as varchar) || '.' || cast(history."row" as varchar) as fact,
    row_number() over (
      partition by history.subject, history.source
      order by history.entry desc, history."row" desc
    ) as nth
  from component_history as history
  join told_twice on told_twice.subject = history.subject and told_twice.source = history.source
  where nullif(trim(history.firmware), '') is not null
),
pair as (
  select
    later.component_id,
    later.source,
    later.entry,
    later.firmware,
    earlier.firmware as previous_firmware,
    later.firmware <> earlier.firmware as is_changed,
    earlier.read_on as previous_read_on,
    later.read_on,
    later.fact,
    earlier.fact as previous_fact
  from reading as later
  join reading as earlier
    on earlier.component_id = later.component_id and earlier.source = later.source
  where later.nth = 1 and earlier.nth = 2
)
select *
from pair
qualify row_number() over (
  partition by component_id order by is_changed desc, entry desc, source
) = 1
