-- One row: one certification of product security that a vendor claims, or of which we hold the paper.
-- is_held speaks of our own files and is never NULL; covers_product is NULL where the paper or the
-- assessment names no product.
select
  c.party_id || '/' || c.scheme as subject,
  cast(null as varchar) as site_id,
  c.name as vendor,
  c.name,
  c.scheme,
  c.is_held,
  c.covers_product,
  c.product,
  c.expires_on,
  date_diff('day', cast(run.as_of as date), c.expires_on) as days_left,
  c.evidence
from certificate_row as c
cross join run
