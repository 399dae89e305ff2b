-- One row: one memory-bearing part that was wiped or destroyed.
-- Ranks: clear 1, purge 2, destroy 3. A method counts only as far as its technique reaches; how much
-- is needed depends on the medium and on whether the asset leaves the house. A verifier is missing
-- where the asset's file is closed or its site declares its retirements; else an empty cell is unknown.
with wiped as (
  select
    s.*,
    case lower(trim(s.method)) when 'clear' then 1 when 'purge' then 2 when 'destroy' then 3 end
      as claimed_rank,
    nullif(translate(lower(s.operator), ' .,-', ''), '') as operator_key,
    nullif(translate(lower(s.verifier), ' .,-', ''), '') as verifier_key
  from sanitization as s
),
reach as (
  select s.subject, max(rule.reaches_rank) as reaches_rank
  from wiped as s
  join technique_rule as rule on lower(s.technique) like '%' || rule.word || '%'
  group by s.subject
)
select
  s.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(a.manufacturer), '') as vendor,
  s.sanitization_id,
  nullif(trim(s.asset_id), '') as asset_id,
  nullif(trim(s.component_id), '') as component_id,
  nullif(trim(s.serial), '') as serial,
  lower(trim(s.media)) as media,
  lower(trim(s.method)) as method,
  nullif(trim(s.technique), '') as technique,
  nullif(trim(s.operator), '') as operator,
  nullif(trim(s.verifier), '') as verifier,
  case
    when s.verifier_key is not null then true
    when file.closed_at is not null or word.retirement_fact is not null then false
  end as has_verifier,
  s.operator_key = s.verifier_key as verifier_is_operator,
  lower(trim(s.result)) = 'passed' as has_passed,
  lower(trim(s.grade)) as grade,
  case
    when s.claimed_rank is null then null
    else least(s.claimed_rank, coalesce(reach.reaches_rank, s.claimed_rank))
  end as method_rank,
  case lower(trim(file.destination))
    when 'storage' then needed.staying_rank
    when 'recycling' then needed.leaving_rank
    when 'reuse' then needed.leaving_rank
    when 'return_to_vendor' then needed.leaving_rank
  end as needed_rank,
  upper(translate(s.serial, ' -', '')) = upper(translate(c.serial, ' -', '')) as serial_matches,
  string_split(
    concat_ws(
      ',',
      cast(s.entry as varchar) || '.' || cast(s."row" as varchar),
      cast(c.entry as varchar) || '.' || cast(c."row" as varchar),
      file.fact,
      word.retirement_fact
    ),
    ','
  ) as evidence
from wiped as s
left join reach on reach.subject = s.subject
left join wipe_rule as needed on needed.media = lower(trim(s.media))
left join asset as a on trim(a.asset_id) = trim(s.asset_id)
left join component as c on trim(c.component_id) = trim(s.component_id)
left join part_life_word as word on word.site_id = trim(a.site_id)
left join (
  select
    trim(asset_id) as asset_key,
    max(nullif(trim(closed_at), '')) as closed_at,
    max_by(
      destination,
      rpad(coalesce(started_at, ''), 32, ' ')
        || lpad(cast(entry as varchar), 12, '0') || lpad(cast("row" as varchar), 12, '0')
    ) as destination,
    max(cast(entry as varchar) || '.' || cast("row" as varchar)) as fact
  from retirement
  group by trim(asset_id)
) as file on file.asset_key = trim(s.asset_id)
