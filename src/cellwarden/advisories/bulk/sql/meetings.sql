-- One row is one distinct product and version of the fleet that meets one range of that product.
create temp table meeting as
select p.product_id, p.version_id, r.range_id, r.text_id, p.components
from pair p
join fleet_range r on r.product_id = p.product_id
