-- One row: one side's word on signing a vendor.
-- Names are compared without case, blanks and punctuation.
with said as (
  select
    a.*,
    nullif(translate(lower(a.requester), ' .,-', ''), '') as requester_key,
    nullif(translate(lower(a.approver), ' .,-', ''), '') as approver_key
  from approval as a
  where a.step = 'signature'
)
select
  s.subject,
  cast(null as varchar) as site_id,
  coalesce(p.name, s.about_id) as vendor,
  s.approval_id,
  coalesce(p.name, s.about_id) as name,
  s.side,
  s.approver,
  replace(s.answer, '_', ' ') as answer,
  s.requester_key = s.approver_key as approver_is_requester,
  [cast(s.entry as varchar) || '.' || cast(s."row" as varchar)] as evidence
from said as s
left join party as p on p.party_id = s.about_id
