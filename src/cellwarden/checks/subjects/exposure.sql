-- One row: one component and one vulnerability of one advisory that names its product. Where an
-- advisory gives several states for the same part, the worst stands.
-- is_affected is NULL where the state is undetermined. has_fix is false only where an advisory
-- says in so many words that there is no fix; has_next_window is false only under a fresh
-- declaration that the site's windows are all listed.
with ranked as (
  select
    *,
    row_number() over (
      partition by component_id, vulnerability, advisory_id
      order by
        case state
          when 'affected' then 0 when 'undetermined' then 1 when 'fixed' then 2 else 3
        end,
        confidence desc, why
    ) as nth
  from exposure_row
),
remedy as (
  select
    advisory_id,
    max(case
      when lower(trim(category)) = 'vendor_fix' then cast(entry as varchar) || '.' || cast("row" as varchar)
    end) as fix_fact,
    max(case
      when lower(trim(category)) in ('none_available', 'no_fix_planned')
        then cast(entry as varchar) || '.' || cast("row" as varchar)
    end) as no_fix_fact
  from remediation
  group by advisory_id
)
select
  concat_ws('/', e.component_id, e.vulnerability, e.advisory_id) as subject,
  nullif(e.site_id, '') as site_id,
  nullif(e.vendor, '') as vendor,
  e.component_id,
  e.vulnerability,
  e.advisory_id,
  nullif(e.asset_id, '') as asset_id,
  nullif(e.product, '') as product,
  nullif(e.part, '') as part,
  nullif(e.firmware, '') as firmware,
  nullif(e.title, '') as title,
  e.state,
  case e.state when 'affected' then true when 'fixed' then false when 'not_affected' then false end
    as is_affected,
  e.candidate as is_candidate,
  e.confidence,
  nullif(e."range", '') as affected_range,
  nullif(e.fixed_in, '') as fixed_in,
  case
    when nullif(e.fixed_in, '') is not null or remedy.fix_fact is not null then true
    when remedy.no_fix_fact is not null then false
  end as has_fix,
  e.cvss_score,
  e.is_known_exploited,
  e.epss_score,
  e.ssvc_decision,
  e.patch_timeline,
  try_cast(left(e.deadline_on, 10) as date) as deadline_on,
  date_diff('day', cast(run.as_of as date), try_cast(left(e.deadline_on, 10) as date))
    as deadline_days_left,
  e.is_deadline_assumed,
  e.clock_total_days,
  e.clock_vendor_days,
  e.clock_window_days,
  e.clock_operator_days,
  e.clock_open_part,
  try_cast(left(e.next_window_on, 10) as date) as next_window_on,
  case
    when try_cast(left(e.next_window_on, 10) as date) is not null then true
    when word.window_fact is not null then false
  end as has_next_window,
  date_diff(
    'day', try_cast(left(e.deadline_on, 10) as date), try_cast(left(e.next_window_on, 10) as date)
  ) as window_days_after_deadline,
  e.sites_sharing_path,
  nullif(e.shared_path, '') as shared_path,
  lower(trim(c.exposure)) as exposure,
  case lower(trim(c.exposure))
    when 'internet' then true when 'routed' then false when 'isolated' then false
  end as is_internet_exposed,
  lower(trim(a.criticality)) as asset_criticality,
  list_concat(
    string_split(
      concat_ws(
        ',',
        cast(c.entry as varchar) || '.' || cast(c."row" as varchar),
        cast(a.entry as varchar) || '.' || cast(a."row" as varchar),
        remedy.no_fix_fact, word.window_fact
      ),
      ','
    ),
    coalesce(e.evidence, cast([] as varchar[]))
  ) as evidence
from ranked as e
cross join run
left join component as c on c.component_id = e.component_id
left join asset as a on a.asset_id = trim(c.asset_id)
left join part_site_word as word on word.site_id = e.site_id
left join remedy on remedy.advisory_id = e.advisory_id
where e.nth = 1
