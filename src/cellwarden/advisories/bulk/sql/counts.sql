-- One row: how much there was, and what came out, counted in components times ranges.
select
  (select count(*) from named) as pairs,
  (select count(*) from cell) as cells,
  coalesce(sum(components) filter (where is_inside), 0) as inside,
  coalesce(sum(components) filter (where not is_inside), 0) as open
from verdict
