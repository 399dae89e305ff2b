-- One row: never; nobody has recorded anything of this kind yet.
create or replace view {kind}_history as
select
  cast(null as bigint) as entry, cast(null as bigint) as row, cast(null as varchar) as source,
  cast(null as varchar) as subject, cast(null as varchar) as op,
  cast(null as varchar) as valid_from, cast(null as varchar) as valid_to, {nulls}
where false
