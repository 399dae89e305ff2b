-- One row: one person's word on a step that needs one.
-- Names are compared without case, blanks and punctuation.
select
  p.subject,
  nullif(trim(a.site_id), '') as site_id,
  nullif(trim(a.manufacturer), '') as vendor,
  p.approval_id,
  lower(trim(p.step)) as step,
  nullif(trim(p.about_id), '') as about_id,
  nullif(trim(p.requester), '') as requester,
  nullif(trim(p.approver), '') as approver,
  lower(trim(p.answer)) as answer,
  try_cast(left(p.decided_at, 10) as date) as decided_on,
  nullif(translate(lower(p.requester), ' .,-', ''), '')
    = nullif(translate(lower(p.approver), ' .,-', ''), '') as approver_is_requester,
  try_cast(left(a.installed_on, 10) as date) as in_service_on,
  case when lower(trim(p.about_kind)) = 'asset' then
    date_diff('day', try_cast(left(a.installed_on, 10) as date),
      try_cast(left(p.decided_at, 10) as date))
  end as days_after_service,
  string_split(
    concat_ws(
      ',',
      cast(p.entry as varchar) || '.' || cast(p."row" as varchar),
      cast(a.entry as varchar) || '.' || cast(a."row" as varchar)
    ),
    ','
  ) as evidence
from approval as p
left join asset as a
  on trim(a.asset_id) = trim(p.about_id) and lower(trim(p.about_kind)) = 'asset'
