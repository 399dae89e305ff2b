-- One row: one firmware release in use: a distinct maker, model, part and version on the register.
-- site_id is given where only one site runs it. is_published is false only where somebody declares
-- that the list of published releases is complete everywhere ('*'); is_listed only says whether the
-- register holds the release, so it is never NULL.
with used as (
  select
    trim(c.manufacturer) as manufacturer,
    trim(c.model) as model,
    nullif(trim(c.part), '') as part,
    trim(c.firmware) as firmware,
    nullif(trim(a.site_id), '') as site_id,
    cast(c.entry as varchar) || '.' || cast(c."row" as varchar) as fact
  from component as c
  left join asset as a on a.asset_id = trim(c.asset_id)
  where nullif(trim(c.firmware), '') is not null
    and coalesce(lower(trim(a.lifecycle)), '') <> 'retired'
),
counted as (
  select
    lower(coalesce(nullif(manufacturer, ''), '?')) as maker_key,
    lower(coalesce(nullif(model, ''), '?')) as model_key,
    lower(coalesce(part, '')) as part_key,
    firmware,
    min(nullif(manufacturer, '')) as manufacturer,
    min(nullif(model, '')) as model,
    min(part) as part,
    count(*) as parts_in_use,
    count(distinct site_id) as sites_in_use,
    min(site_id) as a_site,
    array_slice(list_sort(array_agg(fact)), 1, 20) as facts
  from used
  group by 1, 2, 3, 4
),
versions as (
  select maker_key, model_key, part_key, count(*) as versions
  from counted
  group by maker_key, model_key, part_key
),
published as (
  select
    lower(trim(manufacturer)) as maker_key,
    lower(trim(model)) as model_key,
    lower(coalesce(trim(part), '')) as part_key,
    trim(version) as version,
    try_cast(left(released_on, 10) as date) as released_on,
    case lower(trim(signed)) when 'yes' then true when 'no' then false end as is_signed,
    nullif(trim(sha256), '') as sha256,
    nullif(trim(fixes), '') as fixes,
    cast(entry as varchar) || '.' || cast("row" as varchar) as fact
  from "release"
),
newest as (
  select maker_key, model_key, part_key, released_on, version, fact
  from published
  where released_on is not null
  qualify row_number() over (
    partition by maker_key, model_key, part_key order by released_on desc, version desc, fact
  ) = 1
),
fixing as (
  select
    mine.maker_key, mine.model_key, mine.part_key, mine.version,
    count(later.fixes) as fixing_releases,
    max(later.fixes) as some_fixes,
    max(case when later.fixes is not null then later.fact end) as fact
  from published as mine
  join published as later
    on later.maker_key = mine.maker_key and later.model_key = mine.model_key
    and later.part_key = mine.part_key and later.released_on > mine.released_on
  group by mine.maker_key, mine.model_key, mine.part_key, mine.version
),
everywhere as (
  select max(fact) as fact from part_word where about = 'release' and site_id = '*'
)
select
  concat_ws(
    '/',
    coalesce(counted.manufacturer, '?'), coalesce(counted.model, '?'), coalesce(counted.part, '-'),
    counted.firmware
  ) as subject,
  case when counted.sites_in_use = 1 then counted.a_site end as site_id,
  counted.manufacturer as vendor,
  counted.manufacturer,
  counted.model,
  counted.part,
  counted.firmware,
  counted.parts_in_use,
  counted.sites_in_use,
  versions.versions as versions_in_use,
  case when mine.fact is not null then true when everywhere.fact is not null then false end
    as is_published,
  mine.fact is not null as is_listed,
  mine.released_on,
  date_diff('day', mine.released_on, cast(run.as_of as date)) as release_age_days,
  mine.is_signed,
  case when mine.fact is not null then mine.sha256 is not null end as has_digest,
  newest.version as newest_version,
  newest.released_on as newest_released_on,
  case when mine.released_on is not null then coalesce(fixing.fixing_releases, 0) end
    as fixing_releases_waiting,
  fixing.some_fixes as fixes_waiting,
  list_concat(
    string_split(
      concat_ws(',', counted.facts[1], mine.fact, newest.fact, fixing.fact, everywhere.fact), ','
    ),
    counted.facts
  ) as evidence
from counted
cross join run
cross join everywhere
join versions
  on versions.maker_key = counted.maker_key and versions.model_key = counted.model_key
  and versions.part_key = counted.part_key
left join (
  select *
  from published
  qualify row_number() over (
    partition by maker_key, model_key, part_key, version order by released_on desc, fact
  ) = 1
) as mine
  on mine.maker_key = counted.maker_key and mine.model_key = counted.model_key
  and mine.part_key = counted.part_key and mine.version = counted.firmware
left join newest
  on newest.maker_key = counted.maker_key and newest.model_key = counted.model_key
  and newest.part_key = counted.part_key
left join fixing
  on fixing.maker_key = counted.maker_key and fixing.model_key = counted.model_key
  and fixing.part_key = counted.part_key and fixing.version = counted.firmware
