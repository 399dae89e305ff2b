-- One row is one distinct firmware text of the fleet; absent counts as blank.
select distinct coalesce(firmware, '') as firmware
from (select distinct firmware from read_parquet($fleet))
