-- One row: one asset that the register calls retired, or for which a retirement was begun.
-- What is not recorded is missing where the retirement's file is closed (closing says that it is
-- complete) or where the site declares its retirements; else it is unknown. What is recorded and
-- wrong needs no such word.
with file as (
  select
    r.*,
    trim(r.asset_id) as asset_key,
    cast(r.entry as varchar) || '.' || cast(r."row" as varchar) as fact
  from retirement as r
  where nullif(trim(r.asset_id), '') is not null
  qualify row_number() over (
    partition by trim(r.asset_id) order by r.started_at desc, r.entry desc, r."row" desc
  ) = 1
),
everyone as (
  select trim(asset_id) as asset_id from asset where lower(trim(lifecycle)) = 'retired'
  union
  select asset_key as asset_id from file
),
read_part as (
  select
    trim(asset_id) as asset_id,
    count(*) as parts,
    max(try_cast(left(read_at, 19) as timestamp)) as last_read_at,
    case when count(nullif(trim(exposure), '')) > 0
      then count(*) filter (where lower(trim(exposure)) in ('routed', 'internet')) end
      as reachable_parts,
    max_by(
      cast(entry as varchar) || '.' || cast("row" as varchar),
      rpad(coalesce(read_at, ''), 32, ' ')
        || lpad(cast(entry as varchar), 12, '0') || lpad(cast("row" as varchar), 12, '0')
    ) as fact
  from component
  where nullif(trim(asset_id), '') is not null
  group by trim(asset_id)
),
sent as (
  select
    s.*,
    trim(s.asset_id) as asset_key,
    upper(translate(s.un_number, ' -', '')) as un_key,
    cast(s.entry as varchar) || '.' || cast(s."row" as varchar) as fact
  from shipment as s
  where nullif(trim(s.asset_id), '') is not null
  qualify row_number() over (
    partition by trim(s.asset_id) order by s.shipped_at desc, s.entry desc, s."row" desc
  ) = 1
),
ended as (
  select
    trim(asset_id) as asset_id,
    max(case when nullif(trim(verified_on), '') is not null then 1 else 0 end) as verified,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from telemetry_end
  where nullif(trim(ended_at), '') is not null
  group by trim(asset_id)
),
streams as (
  select
    trim(asset_id) as asset_id,
    count(*) as streams,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from dependency
  where lower(trim(kind)) in ('cloud_service', 'dcim') and nullif(trim(asset_id), '') is not null
  group by trim(asset_id)
),
held as (
  select
    c.*,
    trim(c.asset_id) as asset_key,
    cast(c.entry as varchar) || '.' || cast(c."row" as varchar) as fact
  from data_return as c
  where nullif(trim(c.asset_id), '') is not null
  qualify row_number() over (
    partition by trim(c.asset_id) order by c.done_on desc nulls last, c.entry desc, c."row" desc
  ) = 1
),
recycled as (
  select
    d.*,
    trim(d.asset_id) as asset_key,
    cast(d.entry as varchar) || '.' || cast(d."row" as varchar) as fact
  from disposal as d
  where nullif(trim(d.asset_id), '') is not null
  qualify row_number() over (
    partition by trim(d.asset_id) order by d.done_on desc nulls last, d.entry desc, d."row" desc
  ) = 1
),
approved as (
  select
    everyone.asset_id,
    max(case when lower(trim(p.answer)) in ('approved', 'approved_with_conditions') then 1
      when lower(trim(p.answer)) = 'refused' then 0 end) as answer,
    max(cast(p.entry as varchar) || '.' || cast(p."row" as varchar)) as fact
  from everyone
  left join file on file.asset_key = everyone.asset_id
  join approval as p
    on p.approval_id = trim(file.approval_id)
    or (lower(trim(p.step)) = 'retirement' and trim(p.about_id) = everyone.asset_id)
  group by everyone.asset_id
),
known as (
  select
    everyone.asset_id,
    a.asset_id is not null as is_listed,
    nullif(trim(a.site_id), '') as site_id,
    nullif(trim(a.manufacturer), '') as vendor,
    nullif(trim(a.name), '') as name,
    nullif(trim(a.serial), '') as serial,
    lower(trim(a.chemistry)) as chemistry,
    nullif(lower(trim(a.lifecycle)), '') as register_state,
    cast(a.entry as varchar) || '.' || cast(a."row" as varchar) as asset_fact,
    case when nullif(trim(file.closed_at), '') is not null then file.fact
      else word.retirement_fact end as witness_fact,
    word.approval_fact,
    word.account_fact,
    word.dependency_fact,
    word.retirement_fact,
    try_cast(left(file.retired_at, 19) as timestamp) as retired_at
  from everyone
  left join asset as a on trim(a.asset_id) = everyone.asset_id
  left join file on file.asset_key = everyone.asset_id
  left join part_life_word as word on word.site_id = trim(a.site_id)
)
select
  known.asset_id as subject,
  known.site_id,
  known.vendor,
  known.asset_id,
  known.name,
  known.serial,
  known.chemistry,
  nullif(trim(file.retirement_id), '') as retirement_id,
  cast(known.retired_at as date) as retired_on,
  date_diff('day', cast(known.retired_at as date), cast(run.as_of as date)) as days_retired,
  case when file.fact is not null then true when known.retirement_fact is not null then false end
    as has_file,
  case when file.fact is not null then nullif(trim(file.closed_at), '') is not null end
    as is_closed,
  known.register_state,
  -- What the register no longer lists, it doesn't call in service either.
  case when known.is_listed then known.register_state = 'in_service' else false end
    as is_listed_in_service,
  case
    when approved.answer = 1 then true
    when approved.answer = 0 then false
    when known.witness_fact is not null and file.fact is not null then false
  end as has_approval,
  case lower(trim(file.destination)) when 'storage' then false when 'recycling' then true
    when 'reuse' then true when 'return_to_vendor' then true end as leaves_the_house,
  case lower(trim(file.holds_memory)) when 'yes' then true when 'no' then false
    else case when wiped.memory_parts > 0 then true end end as holds_memory,
  case when wiped.unwiped_parts = 0 or known.witness_fact is not null then wiped.unwiped_parts end
    as unwiped_parts,
  wiped.unwiped_names,
  case
    when ways.open_accounts > 0 then ways.open_accounts
    when known.account_fact is not null then 0
  end as open_accounts,
  case
    when ways.open_paths > 0 then ways.open_paths
    when known.dependency_fact is not null then 0
  end as open_paths,
  ways.open_names,
  case when known.retired_at is not null then ways.last_used_at > known.retired_at end
    as is_used_after,
  cast(ways.last_used_at as date) as last_used_on,
  coalesce(read_part.parts, 0) as listed_parts,
  cast(read_part.last_read_at as date) as last_read_on,
  read_part.last_read_at > known.retired_at as is_read_after,
  read_part.reachable_parts,
  case
    when streams.streams > 0 then true
    else case lower(trim(file.has_cloud_data)) when 'yes' then true when 'no' then false end
  end as had_telemetry,
  case
    when read_part.last_read_at > known.retired_at then false
    when ended.verified = 1 then true
    when known.witness_fact is not null then false
  end as telemetry_is_ended,
  case lower(trim(file.has_cloud_data)) when 'yes' then true when 'no' then false
    else case when held.fact is not null then true end end as has_cloud_data,
  lower(trim(held.outcome)) as cloud_outcome,
  case
    when lower(trim(held.outcome)) in ('returned', 'deleted', 'returned_and_deleted') then true
    when lower(trim(held.outcome)) = 'retained' then false
    when known.witness_fact is not null then false
  end as cloud_data_is_settled,
  case
    when lower(trim(held.logs_returned)) = 'yes' then true
    when lower(trim(held.logs_returned)) = 'no' then false
    when known.witness_fact is not null then false
  end as logs_are_returned,
  try_cast(left(held.logs_to_on, 10) as date) >= try_cast(left(held.service_ended_on, 10) as date)
    as logs_reach_service_end,
  coalesce(custody.handovers, 0) as handovers,
  case
    when custody.handovers > 0 then true
    when sent.fact is not null or recycled.fact is not null
      then case when known.witness_fact is not null then false end
  end as has_handover,
  cast(round(custody.longest_gap_hours) as bigint) as custody_gap_hours,
  cast(round(custody.longest_gap_hours / 24.0) as bigint) as custody_gap_days,
  custody.gap_from_on as custody_gap_from_on,
  custody.gap_to_on as custody_gap_to_on,
  custody.holders_agree,
  custody.last_holder,
  custody.last_holder_key = nullif(translate(lower(recycled.party_id), ' .,-', ''), '')
    as last_holder_is_recycler,
  nullif(trim(sent.un_number), '') as un_number,
  rule.says as papers_needed,
  rule.needs_un38_3 as needs_un38_3,
  rule.damaged_apart as damaged_goes_apart,
  rule.un_numbers <> '' as is_dangerous_goods,
  case when sent.un_key <> '' and rule.un_numbers <> ''
    then ' ' || rule.un_numbers || ' ' like '% ' || sent.un_key || ' %' end as un_number_fits,
  case
    when nullif(trim(sent.un_number), '') is not null then true
    when known.witness_fact is not null and sent.fact is not null then false
  end as has_un_number,
  case
    when nullif(trim(sent.un38_3_document_id), '') is not null then true
    when known.witness_fact is not null and sent.fact is not null then false
  end as has_un38_3,
  case lower(trim(file.is_damaged)) when 'yes' then true when 'no' then false end as is_damaged,
  case
    when lower(trim(sent.packed_apart)) = 'yes' then true
    when lower(trim(sent.packed_apart)) = 'no' then false
    when known.witness_fact is not null and sent.fact is not null then false
  end as is_packed_apart,
  coalesce(nullif(trim(p.name), ''), nullif(trim(recycled.party_id), '')) as recycler,
  recycled.fact is not null as is_disposed,
  case
    when nullif(trim(recycled.certificate_number), '') is not null then true
    when known.witness_fact is not null and recycled.fact is not null then false
  end as has_certificate,
  nullif(trim(recycled.certificate_number), '') as certificate_number,
  try_cast(left(permit.effective_to, 10) as date) as permit_ended_on,
  try_cast(left(permit.effective_to, 10) as date)
    >= try_cast(left(recycled.done_on, 10) as date) as permit_held,
  coalesce(try_cast(file.weight_kg as double), custody.first_weight_kg) as weight_out_kg,
  try_cast(recycled.weight_kg as double) as weight_recycled_kg,
  cast(round(100.0 * abs(
    try_cast(recycled.weight_kg as double)
    - coalesce(try_cast(file.weight_kg as double), custody.first_weight_kg)
  ) / nullif(coalesce(try_cast(file.weight_kg as double), custody.first_weight_kg), 0)) as bigint)
    as weight_difference_percent,
  list_concat(
    string_split(
      concat_ws(
        ',',
        known.asset_fact, file.fact, known.witness_fact, known.account_fact,
        approved.fact,
        read_part.fact, sent.fact, ended.fact, streams.fact, held.fact, recycled.fact,
        cast(permit.entry as varchar) || '.' || cast(permit."row" as varchar)
      ),
      ','
    ),
    list_concat(
      coalesce(custody.facts, cast([] as varchar[])),
      list_concat(
        list_concat(
          coalesce(ways.facts, cast([] as varchar[])),
          coalesce(ways.removal_facts, cast([] as varchar[]))
        ),
        coalesce(wiped.facts, cast([] as varchar[]))
      )
    )
  ) as evidence
from known
cross join run
left join file on file.asset_key = known.asset_id
left join approved on approved.asset_id = known.asset_id
left join read_part on read_part.asset_id = known.asset_id
left join sent on sent.asset_key = known.asset_id
left join ended on ended.asset_id = known.asset_id
left join streams on streams.asset_id = known.asset_id
left join held on held.asset_key = known.asset_id
left join recycled on recycled.asset_key = known.asset_id
left join document as permit on permit.document_id = trim(recycled.permit_document_id)
left join party as p on p.party_id = trim(recycled.party_id)
left join part_custody as custody on custody.asset_id = known.asset_id
left join part_access_left as ways on ways.asset_id = known.asset_id
left join part_wiped as wiped on wiped.asset_id = known.asset_id
left join transport_rule as rule on rule.chemistry = known.chemistry
