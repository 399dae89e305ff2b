-- One row: one source that the register was read from, with what it could not be read for.
-- Counts are counts of facts in the ledger, so 0 is an answer.
with told as (
  select source, max(entry) as entry, count(*) as facts from (
    select source, entry from site_all
    union all select source, entry from asset_all
    union all select source, entry from component_all
    union all select source, entry from dependency_all
    union all select source, entry from support_all
    union all select source, entry from unreadable_all
  ) as fact
  group by source
),
placed as (
  -- one row: one row or cell of a source that could not be read, numbered as they stand in it
  select
    source,
    entry,
    "row",
    file,
    reason,
    case
      when line is not null and "column" is not null then 'line ' || line || ' (' || "column" || ')'
      when line is not null then 'line ' || line
      when "column" is not null then "column"
      else 'the whole'
    end as place,
    row_number() over (
      partition by source order by try_cast(line as integer) nulls first, "column", reason, entry, "row"
    ) as number
  from unreadable
),
lost as (
  select
    source,
    count(*) as unreadable,
    min(file) as file,
    max(case when number = 1 then reason end) as reason,
    concat_ws(
      ', ',
      max(case when number = 1 then place end),
      max(case when number = 2 then place end),
      max(case when number = 3 then place end),
      max(case when number = 4 then place end),
      max(case when number = 5 then place end),
      case when count(*) > 5 then 'and more' end
    ) as places,
    array_slice(
      list_sort(array_agg(cast(entry as varchar) || '.' || cast("row" as varchar))), 1, 20
    ) as facts
  from placed
  group by source
)
select
  told.source as subject,
  cast(null as varchar) as site_id,
  cast(null as varchar) as vendor,
  told.source,
  told.facts - coalesce(lost.unreadable, 0) as facts,
  coalesce(lost.unreadable, 0) as unreadable_rows,
  lost.file as unreadable_in,
  lost.reason as unreadable_because,
  lost.places as unreadable_places,
  coalesce(lost.facts, [cast(told.entry as varchar) || '.0']) as evidence
from told
left join lost on lost.source = told.source
