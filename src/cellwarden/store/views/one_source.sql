-- One row: one subject, as the only source of this kind describes it.
create or replace {made} "{kind}" as
select entry, row, source, subject, valid_from, valid_to, {columns}
from {kind}_all
