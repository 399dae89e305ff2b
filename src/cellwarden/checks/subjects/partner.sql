-- One row: one legal entity that works for another one at our sites, today or once.
-- Whether a partner answered for itself is in our own records, so is_assessed is never NULL: the
-- prime's answers count for nothing here.
select
  r.subject,
  nullif(trim(r.site_id), '') as site_id,
  cast(null as varchar) as vendor,
  r.party_id,
  coalesce(p.name, r.party_id) as name,
  coalesce(prime.name, r.of_party_id) as works_for,
  replace(r.role, '_', ' ') as role,
  coalesce(try_cast(left(r.valid_to_on, 10) as date) < cast(run.as_of as date), false) as is_over,
  coalesce(a.is_answered, false) as is_assessed,
  case lower(trim(r.is_approved)) when 'yes' then true when 'no' then false end as is_approved,
  case lower(trim(r.flow_down)) when 'yes' then true when 'no' then false end as has_flow_down,
  list_concat(
    [cast(r.entry as varchar) || '.' || cast(r."row" as varchar)],
    coalesce(a.evidence, cast([] as varchar[]))
  ) as evidence
from relationship as r
cross join run
left join party as p on p.party_id = r.party_id
left join party as prime on prime.party_id = r.of_party_id
left join assessment_row as a on a.party_id = r.party_id
where r.of_party_id is not null
  and r.role in ('service_partner', 'subcontractor', 'installer', 'cloud_operator')
