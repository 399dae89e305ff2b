-- One row: one delivery of an asset, a part or a spare.
-- was_examined is false where the record says not_checked, or where the site declares its deliveries
-- complete and nothing says that anybody looked; an empty cell alone is unknown.
select
  d.subject,
  coalesce(nullif(trim(d.site_id), ''), nullif(trim(a.site_id), '')) as site_id,
  coalesce(nullif(trim(c.manufacturer), ''), nullif(trim(a.manufacturer), '')) as vendor,
  d.delivery_id,
  nullif(trim(d.asset_id), '') as asset_id,
  coalesce(nullif(trim(d.component_id), ''), nullif(trim(d.asset_id), '')) as item,
  nullif(trim(d.serial), '') as serial,
  try_cast(left(d.received_at, 10) as date) as received_on,
  lower(trim(d.authenticity)) as authenticity,
  nullif(trim(d.method), '') as method,
  lower(trim(d.grade)) as grade,
  case
    when lower(trim(d.authenticity)) in ('genuine', 'doubtful', 'counterfeit') then true
    when lower(trim(d.authenticity)) = 'not_checked' then false
    when nullif(trim(d.authenticity), '') is null and word.delivery_fact is not null then false
  end as was_examined,
  case
    when nullif(trim(d.component_id), '') is not null then nullif(trim(c.serial), '')
    else nullif(trim(a.serial), '')
  end as serial_on_register,
  case
    when nullif(trim(d.component_id), '') is not null
      then upper(translate(nullif(trim(d.serial), ''), ' -', ''))
        = upper(translate(nullif(trim(c.serial), ''), ' -', ''))
    else upper(translate(nullif(trim(d.serial), ''), ' -', ''))
      = upper(translate(nullif(trim(a.serial), ''), ' -', ''))
  end as serial_matches,
  case
    when lower(trim(p.answer)) in ('approved', 'approved_with_conditions') then true
    when lower(trim(p.answer)) = 'refused' then false
    when nullif(trim(d.approval_id), '') is null and word.delivery_fact is not null then false
  end as has_approval,
  string_split(
    concat_ws(
      ',',
      cast(d.entry as varchar) || '.' || cast(d."row" as varchar),
      cast(a.entry as varchar) || '.' || cast(a."row" as varchar),
      cast(c.entry as varchar) || '.' || cast(c."row" as varchar),
      cast(p.entry as varchar) || '.' || cast(p."row" as varchar),
      word.delivery_fact
    ),
    ','
  ) as evidence
from delivery as d
left join asset as a on trim(a.asset_id) = trim(d.asset_id)
left join component as c on trim(c.component_id) = trim(d.component_id)
left join approval as p on trim(p.approval_id) = trim(d.approval_id)
left join part_life_word as word
  on word.site_id = coalesce(nullif(trim(d.site_id), ''), nullif(trim(a.site_id), ''))
