-- One row: one kind of thing that somebody lists completely for a site ('*' is every site), where
-- that word still holds on the day of the run. Without a validity no word is fresh.
select
  lower(trim(declaration.about)) as about,
  trim(declaration.site_id) as site_id,
  max(cast(declaration.entry as varchar) || '.' || cast(declaration."row" as varchar)) as fact
from declaration
cross join run
where date_diff('day', try_cast(left(declaration.declared_on, 10) as date), cast(run.as_of as date))
  between 0 and try_cast(declaration.valid_days as bigint)
group by lower(trim(declaration.about)), trim(declaration.site_id)
