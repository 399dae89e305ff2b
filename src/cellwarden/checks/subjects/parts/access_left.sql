-- One row: one asset, with the accounts and outside paths that reach it and what was taken away.
-- An account is open where it is neither disabled nor run out and no removal was verified, or where
-- it was used after its removal. A path is open while the register lists it without a removal.
-- Counted by filter: DuckDB 2.0.0 takes a sum of cases over this union for 0 in a comparison.
with gone as (
  select
    nullif(trim(account_id), '') as account_id,
    nullif(trim(dependency_id), '') as dependency_id,
    min(try_cast(left(removed_at, 19) as timestamp)) as removed_at,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from removal
  where nullif(trim(removed_at), '') is not null
  group by nullif(trim(account_id), ''), nullif(trim(dependency_id), '')
),
way as (
  select
    trim(a.asset_id) as asset_id,
    a.account_id as name,
    'account' as sort,
    case
      when try_cast(left(a.disabled_at, 19) as timestamp) <= run.as_of
        then coalesce(
          try_cast(left(a.last_used_at, 19) as timestamp)
            > try_cast(left(a.disabled_at, 19) as timestamp), false)
      when try_cast(left(a.expires_at, 19) as timestamp) <= run.as_of then false
      when gone.removed_at is not null
        then coalesce(try_cast(left(a.last_used_at, 19) as timestamp) > gone.removed_at, false)
      else true
    end as is_open,
    try_cast(left(a.last_used_at, 19) as timestamp) as last_used_at,
    cast(a.entry as varchar) || '.' || cast(a."row" as varchar) as fact,
    gone.fact as removal_fact
  from account as a
  cross join run
  left join gone on gone.account_id = trim(a.account_id)
  where nullif(trim(a.asset_id), '') is not null
  union all
  select
    trim(d.asset_id) as asset_id,
    coalesce(nullif(trim(d.name), ''), d.dependency_id) as name,
    'path' as sort,
    gone.removed_at is null as is_open,
    cast(null as timestamp) as last_used_at,
    cast(d.entry as varchar) || '.' || cast(d."row" as varchar) as fact,
    gone.fact as removal_fact
  from dependency as d
  left join gone on gone.dependency_id = trim(d.dependency_id)
  where nullif(trim(d.asset_id), '') is not null
    and lower(trim(d.kind)) in ('cloud_service', 'remote_support')
)
select
  asset_id,
  count(*) filter (where sort = 'account' and is_open) as open_accounts,
  count(*) filter (where sort = 'path' and is_open) as open_paths,
  array_to_string(
    array_slice(array_agg(name order by name) filter (where is_open), 1, 5), ', '
  ) as open_names,
  max(last_used_at) as last_used_at,
  array_agg(fact order by name) as facts,
  array_agg(removal_fact order by name) filter (where removal_fact is not null) as removal_facts
from way
group by asset_id
