-- One row is one distinct version and range text that meet in the fleet: the cells to decide.
create temp table cell as
select distinct version_id, text_id from meeting
