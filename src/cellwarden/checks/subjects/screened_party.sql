-- One row: one legal entity of the register, but not the operator. Screening is our own act and
-- recorded here, so is_screened is never NULL: a name that no screening met was not screened.
-- is_owned_by_listed is false only where stakes are on record and were screened without a hit.
with owned as (
  select
    h.party_id,
    h.features,
    try_cast(h.low_percent as double) as low_percent,
    d.is_same,
    cast(h.entry as varchar) || '.' || cast(h."row" as varchar) as fact
  from screening_hit as h
  left join screening_decision as d
    on d.party_id = h.party_id and d.list = h.list and d.list_id = h.list_id
    and d.name_digest = h.name_digest and d.entry_digest = h.entry_digest
  where h.list = 'ownership'
),
stake as (
  select
    trim(party_id) as party_id,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from ownership
  where nullif(trim(until_on), '') is null
  group by trim(party_id)
),
-- One row: a party with a further name, an alias or one of its LEI record, that no screening met.
unmet as (
  select distinct trim(n.party_id) as party_id
  from (
    select
      party_id,
      name,
      trim(unnest(string_split(concat_ws(';', aliases, registered_name, other_names), ';'))) as also
    from party
  ) as n
  left join screened_name as s
    on lower(s.name_id) = lower('also:' || trim(n.party_id) || ':' || n.also)
  where n.also <> '' and lower(n.also) <> coalesce(lower(n.name), '') and s.name_id is null
)
select
  trim(p.party_id) as subject,
  cast(null as varchar) as site_id,
  nullif(trim(p.name), '') as vendor,
  trim(p.party_id) as party_id,
  coalesce(nullif(trim(p.name), ''), trim(p.party_id)) as name,
  coalesce(s.name = p.name and coalesce(s.country, '') = coalesce(p.country, ''), false)
    and unmet.party_id is null as is_screened,
  stake.fact is not null as has_stakes,
  case
    when owned.is_same = 'no' then false
    when owned.is_same = 'yes' or owned.low_percent >= 50 then true
    when owned.fact is null and stake.fact is not null and s.name_id is not null then false
  end as is_owned_by_listed,
  owned.features as share,
  string_split(
    concat_ws(
      ',',
      cast(p.entry as varchar) || '.' || cast(p."row" as varchar),
      cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
      owned.fact,
      stake.fact
    ),
    ','
  ) as evidence
from party as p
left join screened_name as s on s.name_id = trim(p.party_id)
left join unmet on unmet.party_id = trim(p.party_id)
left join owned on owned.party_id = trim(p.party_id)
left join stake on stake.party_id = trim(p.party_id)
where coalesce(lower(p.role), '') <> 'operator'
