-- One row: one firmware-bearing part of an asset that is not retired, as the register lists it.
-- Nothing observed is needed for a row to be here: what nobody looked at has NULLs.
-- Where NULL becomes a value: has_* is false only under a fresh declaration for the site;
-- asset_is_listed is false where the register names an asset that it does not list; counts (of
-- sources, readings, exports, recorded protections, validations) are counts of what the register
-- holds, so 0 is an answer; readings are counted to two.
with part as (
  select
    c.*,
    nullif(trim(c.asset_id), '') as in_asset,
    nullif(trim(c.firmware), '') as version,
    try_cast(left(c.read_at, 10) as date) as read_on,
    try_cast(left(c.reviewed_on, 10) as date) as last_review_on,
    cast(c.entry as varchar) || '.' || cast(c."row" as varchar) as fact
  from component as c
),
told as (
  select
    subject,
    count(*) as sources,
    min(trim(firmware)) = max(trim(firmware)) as is_agreed,
    min(trim(firmware)) || ' / ' || max(trim(firmware)) as versions
  from component_all
  where nullif(trim(firmware), '') is not null
  group by subject
  having count(*) > 1
),
change_window as (
  select reading.component_id, min(w.fact) as fact
  from part_firmware_reading as reading
  join component as c on c.component_id = reading.component_id
  join asset as a on a.asset_id = c.asset_id
  join part_firmware_window as w
    on (w.asset_id = a.asset_id or (w.asset_id is null and w.site_id = a.site_id))
    and w.closes_on >= reading.previous_read_on
    and w.opens_on <= reading.read_on
  where reading.is_changed
  group by reading.component_id
),
published as (
  select
    lower(trim(manufacturer)) as maker_key,
    lower(trim(model)) as model_key,
    lower(coalesce(trim(part), '')) as part_key,
    trim(version) as version,
    max(try_cast(left(released_on, 10) as date)) as released_on
  from "release"
  group by all
)
select
  part.subject,
  a.site_id,
  nullif(trim(part.manufacturer), '') as vendor,
  part.component_id,
  part.in_asset as asset_id,
  lower(trim(part.role)) as role,
  nullif(trim(part.manufacturer), '') as manufacturer,
  nullif(trim(part.model), '') as model,
  nullif(trim(part.part), '') as part,
  part.version as firmware,
  lower(trim(part.exposure)) as exposure,
  nullif(trim(part.segment), '') as segment,
  lower(trim(part.update_channel)) as update_channel,
  lower(trim(part.grade)) as grade,
  nullif(trim(part.owner), '') as owner,
  lower(trim(a.criticality)) as asset_criticality,
  lower(trim(s.criticality)) as site_criticality,
  case lower(trim(s.air_gapped)) when 'yes' then true when 'no' then false end
    as is_site_air_gapped,
  case
    when part.version is not null then true
    when lower(trim(part.has_firmware)) = 'yes' then true
    when lower(trim(part.has_firmware)) = 'no' then false
  end as holds_firmware,
  case lower(trim(part.exposure))
    when 'internet' then true when 'routed' then false when 'isolated' then false
  end as is_internet_exposed,
  case lower(trim(part.exposure))
    when 'internet' then true when 'routed' then true when 'isolated' then false
  end as is_reachable,
  case when part.in_asset is not null then a.asset_id is not null end as asset_is_listed,
  case
    when part.version is not null then true
    when word.firmware_fact is not null then false
  end as has_firmware_version,
  case
    when nullif(trim(part.manufacturer), '') is not null and nullif(trim(part.model), '') is not null
      then true
    when word.component_fact is not null then false
  end as has_maker_and_model,
  case
    when nullif(trim(part.owner), '') is not null then true
    when word.owner_fact is not null then false
  end as has_owner,
  case
    when nullif(trim(part.sbom), '') is not null then true
    when word.sbom_fact is not null then false
  end as has_sbom,
  case
    when try_cast(part.patch_cadence_days as bigint) is not null then true
    when word.firmware_fact is not null then false
  end as has_patch_cadence,
  case
    when nullif(trim(part.segment), '') is not null then true
    when word.component_fact is not null then false
  end as has_segment,
  case lower(trim(part.secure_boot)) when 'yes' then true when 'no' then false end as secure_boot,
  case lower(trim(part.signed_updates)) when 'yes' then true when 'no' then false end
    as signed_updates,
  case lower(trim(part.rollback_protection)) when 'yes' then true when 'no' then false end
    as rollback_protection,
  (case when lower(trim(part.secure_boot)) = 'yes' then 1 else 0 end)
    + (case when lower(trim(part.signed_updates)) = 'yes' then 1 else 0 end)
    + (case when lower(trim(part.rollback_protection)) = 'yes' then 1 else 0 end)
    as recorded_protections,
  part.read_on,
  date_diff('day', part.read_on, cast(run.as_of as date)) as read_age_days,
  part.last_review_on as reviewed_on,
  date_diff('day', part.last_review_on, cast(run.as_of as date)) as review_age_days,
  try_cast(part.patch_cadence_days as bigint) as patch_cadence_days,
  nullif(trim(part.validated_firmware), '') as validated_firmware,
  case when nullif(trim(part.validated_firmware), '') is not null then 1 else 0 end as validations,
  coalesce(told.sources, case when part.version is not null then 1 else 0 end) as firmware_sources,
  told.is_agreed as sources_agree_on_firmware,
  told.versions as firmware_by_source,
  case when reading.component_id is not null then 2 when part.version is not null then 1 else 0 end
    as firmware_readings,
  reading.is_changed as firmware_is_changed,
  reading.previous_firmware,
  reading.previous_read_on,
  case
    when not reading.is_changed then null
    when change_window.fact is not null then true
    when word.window_fact is not null
      and reading.read_on is not null and reading.previous_read_on is not null then false
  end as change_had_window,
  now_published.released_on as firmware_released_on,
  before_published.released_on as previous_firmware_released_on,
  coalesce(changed.exports, 0) as setting_exports,
  changed.changed_settings,
  changed.changed_secrets,
  changed.changed_paths,
  changed.changed_secret_paths,
  date_diff('day', changed.taken_on, cast(run.as_of as date)) as settings_age_days,
  list_concat(
    string_split(
      concat_ws(
        ',',
        part.fact,
        cast(a.entry as varchar) || '.' || cast(a."row" as varchar),
        cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
        word.component_fact, word.firmware_fact, word.owner_fact, word.sbom_fact, word.window_fact,
        reading.previous_fact, change_window.fact, changed.fact
      ),
      ','
    ),
    coalesce(changed.facts, cast([] as varchar[]))
  ) as evidence
from part
cross join run
left join asset as a on a.asset_id = part.in_asset
left join site as s on s.site_id = a.site_id
left join part_site_word as word on word.site_id = a.site_id
left join told on told.subject = part.subject
left join part_firmware_reading as reading on reading.component_id = part.component_id
left join change_window on change_window.component_id = part.component_id
left join published as now_published
  on now_published.maker_key = lower(trim(part.manufacturer))
  and now_published.model_key = lower(trim(part.model))
  and now_published.part_key = lower(coalesce(trim(part.part), ''))
  and now_published.version = reading.firmware
left join published as before_published
  on before_published.maker_key = lower(trim(part.manufacturer))
  and before_published.model_key = lower(trim(part.model))
  and before_published.part_key = lower(coalesce(trim(part.part), ''))
  and before_published.version = reading.previous_firmware
left join part_setting_change as changed on changed.component_id = part.component_id
where coalesce(lower(trim(a.lifecycle)), '') <> 'retired'
