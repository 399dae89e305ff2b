-- One row: one product whose support somebody looked up, in one of four states: dated,
-- supported_undated, ended, unknown. A date in the past ends support, whatever the status says;
-- a dated status without a readable date is unknown.
with looked_up as (
  select
    lower(trim(support.manufacturer)) as maker_key,
    lower(trim(support.model)) as model_key,
    lower(trim(support.status)) as status,
    try_cast(left(support.ends_on, 10) as date) as ends_on,
    try_cast(left(support.last_time_buy_on, 10) as date) as last_time_buy_on,
    try_cast(left(support.checked_on, 10) as date) as checked_on,
    support.known_from as said_by,
    cast(support.entry as varchar) || '.' || cast(support."row" as varchar) as fact,
    support.entry as told,
    cast(run.as_of as date) as today
  from support
  cross join run
)
select
  maker_key,
  model_key,
  case
    when status = 'ended' or ends_on < today then 'ended'
    when ends_on >= today then 'dated'
    when status = 'supported_undated' then 'supported_undated'
    else 'unknown'
  end as state,
  ends_on,
  last_time_buy_on,
  checked_on,
  said_by,
  fact
from looked_up
qualify row_number() over (partition by maker_key, model_key order by told desc, fact desc) = 1
