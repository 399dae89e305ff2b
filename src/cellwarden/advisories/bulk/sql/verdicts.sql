-- One row is one distinct product and version against one range, unless it lies outside.
create temp table verdict as
select m.product_id, m.version_id, m.range_id, d.answer = 'inside' as is_inside, m.components
from meeting m
join decided d on d.version_id = m.version_id and d.text_id = m.text_id
where d.answer <> 'outside'
