-- One row: one legal entity that is to be assessed, with where its last assessment stands.
-- Asking and signing are our own acts, recorded here: is_asked and is_signed are never NULL.
select
  a.party_id as subject,
  cast(null as varchar) as site_id,
  a.name as vendor,
  a.party_id,
  a.name,
  a.is_asked,
  a.is_answered,
  a.is_asked and not a.is_answered as is_waiting,
  date_diff('day', a.answers_due_on, cast(run.as_of as date)) as days_late,
  a.answered_on,
  a.reassess_on,
  date_diff('day', cast(run.as_of as date), a.reassess_on) as days_left,
  a.criticality,
  a.tier,
  a.wanted_tier,
  a.proven,
  a.not_disproven,
  a.threshold,
  a.gates_shut,
  a.gates_unknown,
  a.gates,
  a.open_follow_ups,
  a.late_follow_ups,
  a.events,
  a.event,
  a.is_signed,
  a.evidence
from assessment_row as a
cross join run
