-- One row: one legal entity of the register, with the most critical site that depends on it.
-- has_role and has_flow_down are false only where somebody said no, or declared, freshly and for a
-- site that it serves, that relationships are written down completely.
select
  s.party_id as subject,
  cast(null as varchar) as site_id,
  s.name as vendor,
  s.party_id,
  s.name,
  s.is_supplier,
  s.is_supplier and s.tiers > 1 as is_behind_another,
  s.is_behind_batteries,
  s.is_partner,
  s.criticality,
  s.tier,
  s.why,
  s.roles,
  s.has_role,
  s.has_flow_down,
  s.evidence
from supplier_row as s
