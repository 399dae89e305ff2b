-- One row: one rule with a date, and one battery or vendor for which it cannot be excluded.
-- is_shown is false only where somebody wrote down what there is to show, and it is not there.
select
  r.rule_id || '/' || r.about_id as subject,
  r.site_id,
  r.name as vendor,
  r.rule_id,
  r.rule,
  r.about_id,
  r.name,
  r.applies as applies_here,
  r.is_broken,
  r.from_on,
  date_diff('day', cast(run.as_of as date), r.from_on) as days_left,
  r.is_shown,
  r.not_shown,
  r.rule_id in ('eu-2023-1542-passport', 'eu-2023-1542-passport-vehicles') as is_passport_rule,
  r.rule_id = 'eu-2023-1542-due-diligence' as is_due_diligence_rule,
  r.evidence
from dated_rule_row as r
cross join run
