-- One row: one log of one site, as somebody last saw how far it reaches; and one for each kind of
-- log that a site with assets in service should have and that nobody looked at.
-- A log is missing only where the site declares that it lists its logs. How long a log could reach
-- is known from the day on which it began: a young one is not short, and where nobody knows that
-- day, one that reaches less far than the policy asks is unknown.
with wanted as (
  select s.site_id, kind.type, s.fact
  from (
    select
      trim(a.site_id) as site_id,
      max(cast(a.entry as varchar) || '.' || cast(a."row" as varchar)) as fact
    from asset as a
    where coalesce(lower(trim(a.lifecycle)), '') <> 'retired' and nullif(trim(a.site_id), '') is not null
    group by trim(a.site_id)
  ) as s
  cross join (
    select 'session' as type union all select 'access_point' union all select 'device'
  ) as kind
),
seen as (
  select
    l.*,
    lower(trim(l.type)) as kind,
    trim(l.site_id) as place,
    try_cast(left(l.read_on, 10) as date) as looked_on,
    try_cast(left(l.began_on, 10) as date) as first_on,
    try_cast(left(l.reachable_from_on, 10) as date) as opens_on,
    try_cast(left(l.kept_from_on, 10) as date) as kept_on,
    try_cast(left(l.newest_on, 10) as date) as last_on,
    cast(l.entry as varchar) || '.' || cast(l."row" as varchar) as fact
  from log as l
),
every as (
  select wanted.site_id, wanted.type, wanted.fact as site_fact, seen.*
  from wanted
  left join seen on seen.kind = wanted.type and (seen.place = wanted.site_id or seen.place = '*')
  union all
  select seen.place, seen.kind, null, seen.*
  from seen
  left join wanted
    on wanted.type = seen.kind and (seen.place = wanted.site_id or seen.place = '*')
  where wanted.site_id is null
),
span as (
  select
    every.*,
    policy.reachable_days as wanted_reachable,
    policy.kept_days as wanted_kept,
    date_diff('day', opens_on, looked_on) as reachable_days,
    case
      when kept_on is not null then date_diff('day', kept_on, looked_on)
      when date_diff('day', opens_on, looked_on) >= policy.kept_days
        then date_diff('day', opens_on, looked_on)
    end as kept_days,
    date_diff('day', first_on, looked_on) as could_days
  from every
  left join log_policy as policy on true
)
select
  case
    when span.log_id is null then span.site_id || '/' || span.type
    when span.place = '*' then span.log_id || '@' || span.site_id
    else span.log_id
  end as subject,
  span.site_id,
  cast(null as varchar) as vendor,
  span.log_id,
  span.type as log_type,
  nullif(trim(span.system), '') as "system",
  case when span.log_id is not null then true when word.fact is not null then false end as has_log,
  span.looked_on as read_on,
  date_diff('day', span.looked_on, cast(run.as_of as date)) as read_days_ago,
  span.opens_on as reachable_from_on,
  span.kept_on as kept_from_on,
  span.last_on as newest_on,
  span.reachable_days,
  span.kept_days,
  span.wanted_reachable,
  span.wanted_kept,
  case
    when span.reachable_days >= span.wanted_reachable or span.reachable_days >= span.could_days then 0
    when span.could_days < span.wanted_reachable then span.could_days - span.reachable_days
    when span.could_days >= span.wanted_reachable then span.wanted_reachable - span.reachable_days
  end as reachable_short_by,
  case
    when span.kept_days >= span.wanted_kept or span.kept_days >= span.could_days then 0
    when span.could_days < span.wanted_kept then span.could_days - span.kept_days
    when span.could_days >= span.wanted_kept then span.wanted_kept - span.kept_days
  end as kept_short_by,
  date_diff('day', span.last_on, span.looked_on) as silent_days,
  lower(trim(span.grade)) as grade,
  string_split(concat_ws(',', span.fact, span.site_fact, word.fact), ',') as evidence
from span
cross join run
left join (
  select site_id, max(fact) as fact from part_word where about = 'log' group by site_id
) as word on word.site_id = span.site_id
