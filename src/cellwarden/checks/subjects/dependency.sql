-- One row: one thing outside itself that an asset or a whole site needs or talks to.
-- operator_is_listed is false where a named operator is not among the parties of the register.
with needed as (
  select
    dependency.*,
    nullif(trim(party_id), '') as operated_by,
    cast(entry as varchar) || '.' || cast("row" as varchar) as fact
  from dependency
),
shared as (
  select
    lower(trim(kind)) as kind_key,
    lower(trim(name)) as name_key,
    count(distinct nullif(trim(site_id), '')) as sites
  from dependency
  where nullif(trim(name), '') is not null
  group by lower(trim(kind)), lower(trim(name))
)
select
  d.subject,
  nullif(trim(coalesce(d.site_id, a.site_id)), '') as site_id,
  p.name as vendor,
  d.dependency_id,
  nullif(trim(d.asset_id), '') as asset_id,
  lower(trim(d.kind)) as kind,
  nullif(trim(d.name), '') as name,
  d.operated_by,
  nullif(trim(p.name), '') as operator_name,
  case
    when d.operated_by is not null then true
    when word.dependency_fact is not null then false
  end as has_operator,
  case when d.operated_by is not null then p.party_id is not null end as operator_is_listed,
  case
    when p.party_id is null then null
    when nullif(trim(p.contact), '') is not null then true
    when word.dependency_fact is not null then false
  end as operator_has_contact,
  case lower(trim(d.is_required)) when 'yes' then true when 'no' then false end as is_required,
  case lower(trim(d.local_fallback)) when 'yes' then true when 'no' then false end
    as has_local_fallback,
  try_cast(left(d.fallback_tested_on, 10) as date) as fallback_tested_on,
  date_diff(
    'day', try_cast(left(d.fallback_tested_on, 10) as date), cast(run.as_of as date)
  ) as fallback_test_age_days,
  shared.sites as sites_served,
  case lower(trim(s.air_gapped)) when 'yes' then true when 'no' then false end
    as is_site_air_gapped,
  lower(trim(s.criticality)) as site_criticality,
  string_split(
    concat_ws(
      ',',
      d.fact,
      cast(p.entry as varchar) || '.' || cast(p."row" as varchar),
      cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
      word.dependency_fact
    ),
    ','
  ) as evidence
from needed as d
cross join run
left join asset as a on a.asset_id = trim(d.asset_id)
left join site as s on s.site_id = trim(coalesce(d.site_id, a.site_id))
left join party as p on p.party_id = d.operated_by
left join part_site_word as word on word.site_id = trim(coalesce(d.site_id, a.site_id))
left join shared on shared.kind_key = lower(trim(d.kind)) and shared.name_key = lower(trim(d.name))
