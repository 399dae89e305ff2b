-- One row: one access or path that was taken away from an asset.
-- Who verified it is missing where the asset's file is closed or its site declares its retirements.
select
  r.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(a.manufacturer), '') as vendor,
  r.removal_id,
  nullif(trim(r.asset_id), '') as asset_id,
  coalesce(nullif(trim(r.account_id), ''), nullif(trim(d.name), ''),
    nullif(trim(r.dependency_id), '')) as access,
  nullif(trim(r.removed_by), '') as removed_by,
  nullif(trim(r.verified_by), '') as verified_by,
  nullif(trim(r.verified_how), '') as verified_how,
  lower(trim(r.grade)) as grade,
  case
    when nullif(trim(r.verified_by), '') is not null then true
    when file.closed_at is not null or word.retirement_fact is not null then false
  end as has_verifier,
  nullif(translate(lower(r.removed_by), ' .,-', ''), '')
    = nullif(translate(lower(r.verified_by), ' .,-', ''), '') as verifier_is_remover,
  string_split(
    concat_ws(
      ',',
      cast(r.entry as varchar) || '.' || cast(r."row" as varchar),
      cast(d.entry as varchar) || '.' || cast(d."row" as varchar),
      file.fact,
      word.retirement_fact
    ),
    ','
  ) as evidence
from removal as r
left join asset as a on trim(a.asset_id) = trim(r.asset_id)
left join dependency as d on trim(d.dependency_id) = trim(r.dependency_id)
left join part_life_word as word on word.site_id = trim(a.site_id)
left join (
  select
    trim(asset_id) as asset_key,
    max(nullif(trim(closed_at), '')) as closed_at,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from retirement
  group by trim(asset_id)
) as file on file.asset_key = trim(r.asset_id)
