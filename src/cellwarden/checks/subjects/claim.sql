-- One row: one question of the highest weight that a vendor answered, and what its answer is worth.
select
  c.party_id || '/' || c.question as subject,
  cast(null as varchar) as site_id,
  c.name as vendor,
  c.name,
  c.question,
  c.weight,
  c.known,
  c.is_claimed,
  c.is_contradicted,
  c.contradicted_by,
  c.evidence
from claim_row as c
