-- One row: one accepted finding, with what makes an acceptance hold.
-- An exception lives in our own register, so an empty cell there is an absence and not an unknown:
-- has_* is never NULL. approver_is_requester compares names without case, blanks and punctuation.
-- What accepts a part of a retired asset covers nothing that is still judged (part_gone); an
-- acceptance of the asset itself goes on, since retirements are judged by their asset.
-- days_unreviewed counts from the last review, or from the approval where there was none.
with accepted as (
  select
    x.*,
    nullif(translate(lower(x.requester), ' .,-', ''), '') as requester_key,
    nullif(translate(lower(x.approver), ' .,-', ''), '') as approver_key,
    try_cast(left(x.expires_on, 10) as date) as ends_on,
    try_cast(left(x.approved_on, 10) as date) as began_on
  from "exception" as x
)
select
  x.subject,
  cast(null as varchar) as site_id,
  cast(null as varchar) as vendor,
  x.exception_id,
  x."check" as check_id,
  nullif(trim(x.reason), '') as reason,
  nullif(trim(x.requester), '') as requester,
  nullif(trim(x.approver), '') as approver,
  nullif(trim(x.measure), '') as measure,
  nullif(trim(x.reason), '') is not null as has_reason,
  nullif(trim(x.approver), '') is not null as has_approver,
  nullif(trim(x.requester), '') is not null as has_requester,
  nullif(trim(x.measure), '') is not null as has_measure,
  x.ends_on is not null as has_expiry,
  x.requester_key = x.approver_key as approver_is_requester,
  x.ends_on as expires_on,
  date_diff('day', cast(run.as_of as date), x.ends_on) as days_left,
  x.began_on as approved_on,
  date_diff('day', x.began_on, x.ends_on) as granted_days,
  x.ends_on >= cast(run.as_of as date) as is_running,
  date_diff('day', coalesce(try_cast(left(x.reviewed_on, 10) as date), x.began_on),
    cast(run.as_of as date)) as days_unreviewed,
  gone.component_id is not null as covers_a_retired_part,
  gone.asset_id as retired_asset,
  string_split(
    concat_ws(',', cast(x.entry as varchar) || '.' || cast(x."row" as varchar), gone.fact), ','
  ) as evidence
from accepted as x
left join part_gone as gone on gone.component_id = trim(x.accepts)
cross join run
