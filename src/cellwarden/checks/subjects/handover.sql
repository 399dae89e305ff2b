-- One row: one change of custody of a retired asset or part.
-- A signature is missing where the paper says so, or where the file of the asset is closed or the
-- site declares its retirements complete and nothing says that it was given; else it is unknown.
select
  h.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(a.manufacturer), '') as vendor,
  h.handover_id,
  nullif(trim(h.asset_id), '') as asset_id,
  nullif(trim(h.serial), '') as serial,
  nullif(trim(h.from_holder), '') as from_holder,
  nullif(trim(h.to_holder), '') as to_holder,
  try_cast(left(h.handed_at, 10) as date) as handed_on,
  try_cast(left(h.received_at, 10) as date) as received_on,
  case
    when lower(trim(h.from_signed)) = 'yes' then true
    when lower(trim(h.from_signed)) = 'no' then false
    when word.retirement_fact is not null or nullif(trim(file.closed_at), '') is not null
      then false
  end as giver_signed,
  case
    when lower(trim(h.to_signed)) = 'yes' then true
    when lower(trim(h.to_signed)) = 'no' then false
    when word.retirement_fact is not null or nullif(trim(file.closed_at), '') is not null
      then false
  end as taker_signed,
  upper(translate(h.serial, ' -', '')) = upper(translate(a.serial, ' -', '')) as serial_matches,
  string_split(
    concat_ws(
      ',',
      cast(h.entry as varchar) || '.' || cast(h."row" as varchar),
      cast(a.entry as varchar) || '.' || cast(a."row" as varchar),
      file.fact,
      word.retirement_fact
    ),
    ','
  ) as evidence
from handover as h
left join asset as a on trim(a.asset_id) = trim(h.asset_id)
left join (
  select
    trim(asset_id) as asset_key,
    max(closed_at) as closed_at,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from retirement
  group by trim(asset_id)
) as file on file.asset_key = trim(h.asset_id)
left join part_life_word as word on word.site_id = trim(a.site_id)
