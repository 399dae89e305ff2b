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
lost as (
  select
    source,
    count(*) as unreadable,
    min(file) as file,
    min(reason) as reason,
    array_slice(
      list_sort(array_agg(cast(entry as varchar) || '.' || cast("row" as varchar))), 1, 20
    ) as facts
  from unreadable
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
  coalesce(lost.facts, [cast(told.entry as varchar) || '.0']) as evidence
from told
left join lost on lost.source = told.source
