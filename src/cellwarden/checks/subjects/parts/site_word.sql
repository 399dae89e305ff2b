-- One row: one site that the register names, with the fact that declares each kind complete there.
-- A NULL means that nobody gave that word: what is absent there is unknown, not missing.
with place as (
  select trim(site_id) as site_id from site where nullif(trim(site_id), '') is not null
  union
  select trim(site_id) as site_id from asset where nullif(trim(site_id), '') is not null
  union
  select trim(site_id) as site_id from dependency where nullif(trim(site_id), '') is not null
)
select
  place.site_id,
  max(case when word.about = 'component' then word.fact end) as component_fact,
  max(case when word.about = 'firmware' then word.fact end) as firmware_fact,
  max(case when word.about = 'owner' then word.fact end) as owner_fact,
  max(case when word.about = 'sbom' then word.fact end) as sbom_fact,
  max(case when word.about = 'asset' then word.fact end) as asset_fact,
  max(case when word.about = 'dependency' then word.fact end) as dependency_fact,
  max(case when word.about = 'window' then word.fact end) as window_fact
from place
left join part_word as word on word.site_id = place.site_id or word.site_id = '*'
group by place.site_id
