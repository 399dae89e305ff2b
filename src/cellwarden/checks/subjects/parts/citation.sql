-- One row: one fact that rests on one document.
-- must_precede: the document has to hold when it happens (a permit, an approval, a test summary);
-- records are written afterwards. wanted_rank: how well it must be known: documented 2, tested 3.
-- An event relies on its document on its day, what lasts until its end or the day of the run.
with cited as (
  select document_id, 'approval' as kind, subject, entry, "row", decided_at as first_at,
    decided_at as last_at, true as must_precede, true as is_event, 2 as wanted_rank
  from approval
  union all
  select document_id, 'ticket', subject, entry, "row", opened_at, coalesce(closed_at, opened_at),
    false, true, 2
  from ticket
  union all
  select document_id, 'log', subject, entry, "row", read_on, read_on, false, true, 2 from log
  union all
  select document_id, 'delivery', subject, entry, "row", received_at,
    coalesce(checked_on, received_at), false, true, 2
  from delivery
  union all
  select document_id, 'installation', subject, entry, "row", installed_on,
    coalesce(validated_on, installed_on), false, true, 3
  from installation
  union all
  select document_id, 'deployment', subject, entry, "row", deployed_at, deployed_at,
    false, true, 2
  from deployment
  union all
  select document_id, 'retirement', subject, entry, "row", retired_at, retired_at,
    false, true, 2
  from retirement
  union all
  select document_id, 'sanitization', subject, entry, "row", done_on, done_on, false, true, 2
  from sanitization
  union all
  select document_id, 'handover', subject, entry, "row", handed_at, handed_at, false, true, 2
  from handover
  union all
  select un38_3_document_id, 'shipment', subject, entry, "row", shipped_at, shipped_at,
    true, false, 2
  from shipment
  union all
  select document_id, 'shipment', subject, entry, "row", shipped_at, shipped_at, false, true, 2
  from shipment
  union all
  select document_id, 'removal', subject, entry, "row", removed_at, removed_at, false, true, 2
  from removal
  union all
  select document_id, 'telemetry end', subject, entry, "row", ended_at, ended_at, false, true, 2
  from telemetry_end
  union all
  select document_id, 'data return', subject, entry, "row", done_on, done_on, false, true, 2
  from data_return
  union all
  select permit_document_id, 'disposal', subject, entry, "row", done_on, done_on,
    true, false, 2
  from disposal
  union all
  select document_id, 'disposal', subject, entry, "row", done_on, done_on, false, true, 2
  from disposal
  union all
  select document_id, 'incident', subject, entry, "row", noticed_at, noticed_at, false, true, 2
  from incident
  union all
  select document_id, 'notice', subject, entry, "row", told_at, told_at, false, true, 2
  from incident_notice
  union all
  select document_id, 'clause', subject, entry, "row", done_on, done_on, false, true, 2
  from clause
  union all
  select document_id, 'contract', subject, entry, "row", signed_on,
    least(coalesce(effective_to, '9999'), strftime(run.as_of, '%Y-%m-%d')), false, false, 2
  from contract
  cross join run
  union all
  select document_id, 'relationship', subject, entry, "row", valid_from_on,
    least(coalesce(valid_to_on, '9999'), strftime(run.as_of, '%Y-%m-%d')), false, false, 2
  from relationship
  cross join run
  union all
  select document_id, 'ownership', subject, entry, "row", since_on,
    least(coalesce(until_on, '9999'), strftime(run.as_of, '%Y-%m-%d')), false, false, 2
  from ownership
  cross join run
  union all
  select document_id, 'review', subject, entry, "row", decided_on,
    least(coalesce(expires_on, '9999'), strftime(run.as_of, '%Y-%m-%d')), false, false, 2
  from review
  cross join run
  union all
  select document_id, 'risk', subject, entry, "row", opened_on,
    strftime(run.as_of, '%Y-%m-%d'), false, false, 2
  from risk
  cross join run
  where coalesce(lower(trim(status)), 'open') <> 'closed'
)
select
  trim(document_id) as document_id,
  kind,
  subject,
  try_cast(left(first_at, 10) as date) as first_on,
  try_cast(left(last_at, 10) as date) as last_on,
  must_precede,
  is_event,
  wanted_rank,
  cast(entry as varchar) || '.' || cast("row" as varchar) as fact
from cited
where nullif(trim(document_id), '') is not null
