-- One row: one component with a configuration export, and what differs between its last two.
-- With a single export the counts are NULL: nobody can tell whether anything moved.
with export as (
  select
    component_id,
    path,
    value,
    lower(trim(is_secret)) = 'yes' as is_secret,
    taken_at,
    cast(entry as varchar) || '.' || cast("row" as varchar) as fact,
    dense_rank() over (partition by component_id order by taken_at desc) as nth
  from setting
  where nullif(trim(taken_at), '') is not null
),
compared as (
  select
    component_id,
    path,
    coalesce(bool_or(is_secret), false) as is_secret,
    max(case when nth = 1 then value end) as value,
    max(case when nth = 2 then value end) as previous_value,
    sum(case when nth = 1 then 1 else 0 end) as is_there,
    sum(case when nth = 2 then 1 else 0 end) as was_there,
    max(fact) as fact
  from export
  where nth <= 2
  group by component_id, path
),
judged as (
  select
    *,
    is_there <> was_there
      or (value is null) <> (previous_value is null)
      or coalesce(value <> previous_value, false) as is_changed
  from compared
),
counted as (
  select
    component_id,
    sum(case when is_changed and not is_secret then 1 else 0 end) as settings,
    sum(case when is_changed and is_secret then 1 else 0 end) as secrets,
    array_agg(path order by path) filter (where is_changed and not is_secret) as paths,
    array_agg(path order by path) filter (where is_changed and is_secret) as secret_paths,
    array_agg(fact order by path) filter (where is_changed) as facts
  from judged
  group by component_id
),
taken as (
  select
    component_id,
    max(nth) as exports,
    max(case when nth = 1 then taken_at end) as taken_at,
    max(case when nth = 2 then taken_at end) as previous_taken_at,
    min(case when nth = 1 then fact end) as fact
  from export
  group by component_id
)
select
  taken.component_id,
  taken.exports,
  try_cast(left(taken.taken_at, 10) as date) as taken_on,
  try_cast(left(taken.previous_taken_at, 10) as date) as previous_taken_on,
  case when taken.exports > 1 then counted.settings end as changed_settings,
  case when taken.exports > 1 then counted.secrets end as changed_secrets,
  case when taken.exports > 1
    then array_to_string(array_slice(coalesce(counted.paths, cast([] as varchar[])), 1, 5), ', ')
  end as changed_paths,
  case when taken.exports > 1
    then array_to_string(
      array_slice(coalesce(counted.secret_paths, cast([] as varchar[])), 1, 5), ', '
    )
  end as changed_secret_paths,
  taken.fact,
  case when taken.exports > 1
    then array_slice(coalesce(counted.facts, cast([] as varchar[])), 1, 20)
    else cast([] as varchar[])
  end as facts
from taken
join counted on counted.component_id = taken.component_id
