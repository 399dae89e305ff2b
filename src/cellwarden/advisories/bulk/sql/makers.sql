-- One row is one distinct manufacturer of the fleet, numbered.
create temp table maker as
select cast(row_number() over (order by manufacturer) as integer) as maker_id, manufacturer
from (
  select distinct coalesce(manufacturer, '') as manufacturer
  from (select distinct manufacturer from read_parquet($fleet))
)
