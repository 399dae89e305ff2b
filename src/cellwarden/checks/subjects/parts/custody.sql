-- One row: one asset with hand-overs, and the longest time in its chain in which nobody had signed
-- for it. A gap lies inside a hand-over (given long before it was taken), or between two of them
-- where the next giver is not the last taker. Both are read from what is recorded: no declaration
-- is needed for a gap.
with step as (
  select
    trim(asset_id) as asset_id,
    handover_id,
    try_cast(left(handed_at, 19) as timestamp) as handed,
    try_cast(left(received_at, 19) as timestamp) as received,
    nullif(translate(lower(from_holder), ' .,-', ''), '') as from_key,
    nullif(translate(lower(to_holder), ' .,-', ''), '') as to_key,
    nullif(trim(to_holder), '') as to_holder,
    try_cast(weight_kg as double) as weight_kg,
    cast(entry as varchar) || '.' || cast("row" as varchar) as fact
  from handover
  where nullif(trim(asset_id), '') is not null
),
chained as (
  select
    step.*,
    lag(to_key) over (partition by asset_id order by coalesce(handed, received), handover_id)
      as last_taker,
    lag(received) over (partition by asset_id order by coalesce(handed, received), handover_id)
      as last_received,
    row_number() over (partition by asset_id order by coalesce(handed, received), handover_id)
      as nth,
    row_number() over (
      partition by asset_id order by coalesce(handed, received) desc, handover_id desc
    ) as from_last
  from step
),
gap as (
  select
    chained.*,
    date_diff('minute', handed, received) / 60.0 as inside_hours,
    case
      when nth = 1 then 0
      when last_taker is null or from_key is null then null
      when last_taker = from_key then 0
      else date_diff('minute', last_received, handed) / 60.0
    end as between_hours,
    case when nth > 1 then last_taker = from_key end as holders_agree
  from chained
),
measured as (
  select
    gap.*,
    case
      when inside_hours is null and between_hours is null then null
      else greatest(coalesce(inside_hours, 0), coalesce(between_hours, 0))
    end as hours,
    case when coalesce(between_hours, 0) > coalesce(inside_hours, 0) then last_received
      else handed end as opens,
    case when coalesce(between_hours, 0) > coalesce(inside_hours, 0) then handed
      else received end as closes
  from gap
)
select
  asset_id,
  count(*) as handovers,
  -- A step whose times are not known may hide a gap: then only a gap that is seen counts.
  case
    when max(hours) > 4 then max(hours)
    when sum(case when hours is null or inside_hours is null then 1 else 0 end) > 0 then null
    else max(hours)
  end as longest_gap_hours,
  max_by(cast(opens as date), hours * 100000 - nth) as gap_from_on,
  max_by(cast(closes as date), hours * 100000 - nth) as gap_to_on,
  bool_and(holders_agree) as holders_agree,
  max(case when from_last = 1 then to_key end) as last_holder_key,
  max(case when from_last = 1 then to_holder end) as last_holder,
  max(case when nth = 1 then weight_kg end) as first_weight_kg,
  min(case when nth = 1 then coalesce(handed, received) end) as left_at,
  array_agg(fact order by nth) as facts
from measured
group by asset_id
