-- One row is one distinct product and version of the fleet, with the number of its components.
create temp table pair as
select i.product_id, n.version_id, n.components
from named n
join maker m on m.maker_id = n.maker_id
join product i on i.model = n.model and i.manufacturer = m.manufacturer
