-- One row is one distinct manufacturer, model and firmware, with the number of its components.
-- Manufacturers and versions are few: as numbers they make the groups small and quick to compare.
create temp table named as
select m.maker_id, f.model, v.version_id, count(*) as components
from read_parquet($fleet) f
join maker m on m.manufacturer = coalesce(f.manufacturer, '')
join fleet_version v on v.firmware = coalesce(f.firmware, '')
group by m.maker_id, f.model, v.version_id
