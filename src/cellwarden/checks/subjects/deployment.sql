-- One row: one firmware version that was put on one part.
-- A ticket, a name and a validation are missing where the site declares its deployments complete, or
-- where the deployment names a ticket that is closed (closing says that the work is recorded whole).
select
  d.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(c.manufacturer), '') as vendor,
  d.deployment_id,
  nullif(trim(d.component_id), '') as component_id,
  nullif(trim(d.from_firmware), '') as from_firmware,
  nullif(trim(d.to_firmware), '') as to_firmware,
  try_cast(left(d.deployed_at, 10) as date) as deployed_on,
  nullif(trim(d.deployed_by), '') as deployed_by,
  nullif(trim(d.ticket_id), '') as ticket_id,
  case
    when nullif(trim(d.ticket_id), '') is not null then true
    when word.deployment_fact is not null then false
  end as has_ticket,
  case
    when nullif(trim(d.deployed_by), '') is not null then true
    when word.deployment_fact is not null then false
  end as has_name,
  case
    when nullif(trim(d.validated_on), '') is not null then true
    when word.deployment_fact is not null or nullif(trim(t.closed_at), '') is not null then false
  end as is_validated,
  case lower(trim(d.signature_verified)) when 'yes' then true when 'no' then false end
    as signature_verified,
  lower(trim(d.signature_grade)) as signature_grade,
  string_split(
    concat_ws(
      ',',
      cast(d.entry as varchar) || '.' || cast(d."row" as varchar),
      cast(c.entry as varchar) || '.' || cast(c."row" as varchar),
      cast(t.entry as varchar) || '.' || cast(t."row" as varchar),
      word.deployment_fact
    ),
    ','
  ) as evidence
from deployment as d
left join component as c on trim(c.component_id) = trim(d.component_id)
left join asset as a on trim(a.asset_id) = trim(c.asset_id)
left join ticket as t on trim(t.ticket_id) = trim(d.ticket_id)
left join part_life_word as word on word.site_id = trim(a.site_id)
