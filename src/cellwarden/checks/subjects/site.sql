-- One row: one site of the register.
-- *_word_days_left counts down the newest declaration for the site, fresh or not; NULL where
-- nobody ever gave that word. Counts are counts of what the register holds.
with word as (
  select
    trim(d.site_id) as site_id,
    lower(trim(d.about)) as about,
    max(
      try_cast(d.valid_days as bigint)
      - date_diff('day', try_cast(left(d.declared_on, 10) as date), cast(run.as_of as date))
    ) as days_left,
    max(cast(d.entry as varchar) || '.' || cast(d."row" as varchar)) as fact
  from declaration as d
  cross join run
  where try_cast(left(d.declared_on, 10) as date) <= cast(run.as_of as date)
  group by trim(d.site_id), lower(trim(d.about))
),
said as (
  select
    s.site_id,
    max(case when word.about = 'component' then word.days_left end) as component_days_left,
    max(case when word.about = 'component' then word.fact end) as component_fact,
    max(case when word.about = 'dependency' then word.days_left end) as dependency_days_left,
    max(case when word.about = 'dependency' then word.fact end) as dependency_fact,
    max(case when word.about = 'signal' then word.days_left end) as signal_days_left,
    max(case when word.about = 'signal' then word.fact end) as signal_fact,
    max(case when word.about = 'window' then word.fact end) as window_fact
  from site as s
  left join word on word.site_id = s.site_id or word.site_id = '*'
  group by s.site_id
),
opening as (
  select w.site_id, min(w.opens_on) as opens_on, min(w.fact) as fact
  from part_firmware_window as w
  cross join run
  where w.closes_on >= cast(run.as_of as date)
  group by w.site_id
),
held as (
  select
    trim(site_id) as site_id,
    count(*) as assets,
    sum(case when lower(trim(criticality)) = 'high' then 1 else 0 end) as critical_assets
  from asset
  where coalesce(lower(trim(lifecycle)), '') <> 'retired'
  group by trim(site_id)
)
select
  s.subject,
  s.site_id,
  cast(null as varchar) as vendor,
  nullif(trim(s.name), '') as name,
  lower(trim(s.criticality)) as criticality,
  case lower(trim(s.air_gapped)) when 'yes' then true when 'no' then false end as is_air_gapped,
  nullif(trim(s.owner_facility), '') as owner_facility,
  nullif(trim(s.owner_security), '') as owner_security,
  case
    when nullif(trim(s.owner_facility), '') is not null then true
    when now_word.owner_fact is not null then false
  end as has_facility_owner,
  case
    when nullif(trim(s.owner_security), '') is not null then true
    when now_word.owner_fact is not null then false
  end as has_security_owner,
  coalesce(held.assets, 0) as assets,
  coalesce(held.critical_assets, 0) as critical_assets,
  said.component_days_left as component_word_days_left,
  said.dependency_days_left as dependency_word_days_left,
  said.signal_days_left as signal_word_days_left,
  opening.opens_on as next_firmware_window_on,
  case
    when opening.opens_on is not null then true
    when now_word.window_fact is not null then false
  end as has_firmware_window,
  string_split(
    concat_ws(
      ',',
      cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
      said.component_fact, said.dependency_fact, said.signal_fact, said.window_fact,
      now_word.owner_fact, opening.fact
    ),
    ','
  ) as evidence
from site as s
left join said on said.site_id = s.site_id
left join part_site_word as now_word on now_word.site_id = s.site_id
left join opening on opening.site_id = s.site_id
left join held on held.site_id = s.site_id
