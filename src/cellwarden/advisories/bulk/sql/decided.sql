-- One row is one cell with its answer: inside, outside or open; is_asked where keys cannot say.
create temp table decided as
select
  c.version_id, c.text_id,
  case
    when t.mode = 'all' then 'inside'
    when t.mode = 'unread' then 'open'
    when v.is_blank then 'open'
    when t.mode = 'ask' or v.rank is null then 'ask'
    when s.is_inside then 'inside'
    when not s.is_inside then 'open'
    else t.outside
  end as answer
from cell c
join fleet_version v on v.version_id = c.version_id
join range_text t on t.text_id = c.text_id
left join (
  select c.version_id, c.text_id, bool_or(s.is_inside) as is_inside
  from cell c
  join fleet_version v on v.version_id = c.version_id
  join span s on s.text_id = c.text_id and s.low <= v.rank and v.rank < s.high
  group by c.version_id, c.text_id
) s on s.version_id = c.version_id and s.text_id = c.text_id
