-- One row: one site that the register names, with the facts that declare what happens there complete.
-- A NULL means that nobody gave that word: what is not recorded there is unknown, not missing.
with place as (
  select trim(site_id) as site_id from site where nullif(trim(site_id), '') is not null
  union
  select trim(site_id) as site_id from asset where nullif(trim(site_id), '') is not null
)
select
  place.site_id,
  max(case when word.about = 'retirement' then word.fact end) as retirement_fact,
  max(case when word.about = 'delivery' then word.fact end) as delivery_fact,
  max(case when word.about = 'installation' then word.fact end) as installation_fact,
  max(case when word.about = 'approval' then word.fact end) as approval_fact,
  max(case when word.about = 'ticket' then word.fact end) as ticket_fact,
  max(case when word.about = 'deployment' then word.fact end) as deployment_fact,
  max(case when word.about = 'account' then word.fact end) as account_fact,
  max(case when word.about = 'dependency' then word.fact end) as dependency_fact,
  max(case when word.about = 'incident' then word.fact end) as incident_fact,
  max(case when word.about = 'document' then word.fact end) as document_fact
from place
left join part_word as word on word.site_id = place.site_id or word.site_id = '*'
group by place.site_id
