-- One row: one service, change or incident ticket.
-- A plan, a notice and a validation are missing where the ticket is closed (closing says that it is
-- complete) or the site declares its tickets; else an empty cell is unknown.
select
  t.subject,
  coalesce(nullif(trim(t.site_id), ''), nullif(trim(a.site_id), '')) as site_id,
  nullif(trim(a.manufacturer), '') as vendor,
  t.ticket_id,
  lower(trim(t.type)) as type,
  nullif(trim(t.asset_id), '') as asset_id,
  nullif(trim(t.summary), '') as summary,
  try_cast(left(t.closed_at, 10) as date) as closed_on,
  case
    when nullif(trim(t.closed_at), '') is not null then true
    when word.ticket_fact is not null then false
  end as is_closed,
  case
    when nullif(trim(t.rollback_plan), '') is not null then true
    when nullif(trim(t.closed_at), '') is not null or word.ticket_fact is not null then false
  end as has_rollback_plan,
  case
    when nullif(trim(t.told), '') is not null
      then lower(t.told) like '%facilit%' and lower(t.told) like '%security%'
    when nullif(trim(t.closed_at), '') is not null or word.ticket_fact is not null then false
  end as both_sides_told,
  nullif(trim(t.told), '') as told,
  case
    when nullif(trim(t.validated_on), '') is not null then true
    when nullif(trim(t.closed_at), '') is not null or word.ticket_fact is not null then false
  end as is_validated,
  string_split(
    concat_ws(
      ',',
      cast(t.entry as varchar) || '.' || cast(t."row" as varchar),
      cast(a.entry as varchar) || '.' || cast(a."row" as varchar),
      word.ticket_fact
    ),
    ','
  ) as evidence
from ticket as t
left join asset as a on trim(a.asset_id) = trim(t.asset_id)
left join part_life_word as word
  on word.site_id = coalesce(nullif(trim(t.site_id), ''), nullif(trim(a.site_id), ''))
