-- One row: one product in service at one site, and the four entities that it should have.
-- missing_roles is a number above 0 only where somebody declared, freshly, that relationships are
-- written down completely for the site; a cloud operator is wanted where one is depended on, and
-- not where all dependencies of the site are declared and none is a cloud. The vendor stands only
-- where something is known against or for it: what a site never declared is one question, not one
-- for each maker.
select
  concat_ws('/', coalesce(r.site_id, '-'), r.manufacturer || ' ' || r.model) as subject,
  r.site_id,
  case when r.missing_roles is not null or r.disputed_roles > 0 then r.manufacturer end as vendor,
  r.manufacturer,
  r.model,
  r.assets,
  r.has_cells,
  r.has_firmware,
  r.missing,
  r.missing_roles,
  r.disputed,
  r.disputed_roles,
  r.evidence
from product_role_row as r
