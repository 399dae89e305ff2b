from __future__ import annotations

import pytest
from tests.checks.conftest import Fleet


def test_a_document_that_nothing_rests_on_is_not_cited_and_knows_its_gaps(fleet: Fleet) -> None:
    fleet.fact("document", document_id="D1")

    row = fleet.row("document")

    assert row["is_cited"] is False
    assert row["has_source"] is False
    assert row["has_retention"] is False
    assert row["grade_rank"] is None
    assert row["holding"] is None
    assert row["is_held"] is None


def test_what_rests_on_a_document_is_cited_as_evidence(fleet: Fleet) -> None:
    paper = fleet.fact("document", document_id="D1", effective_to="2026-03-31")
    gone = fleet.fact("disposal", disposal_id="X", permit_document_id="D1", done_on="2026-06-24")

    row = fleet.row("document")

    assert row["days_relied_after_end"] == 85
    assert row["cited_by"] == "disposal X"
    assert set(row["evidence"]) == {paper, gone}


def test_a_permit_must_hold_before_and_a_record_may_come_after(fleet: Fleet) -> None:
    fleet.fact("document", document_id="PERMIT", effective_from="2026-07-01")
    fleet.fact("document", document_id="RECORD", effective_from="2026-07-01")
    fleet.fact(
        "disposal",
        disposal_id="X",
        permit_document_id="PERMIT",
        document_id="RECORD",
        done_on="2026-06-24",
    )

    rows = {row["document_id"]: row for row in fleet.rows("document")}

    assert rows["PERMIT"]["days_after_fact"] == 7
    assert rows["PERMIT"]["needed_by"] == "disposal X"
    assert rows["RECORD"]["is_needed_before"] is False
    assert rows["RECORD"]["days_after_fact"] is None


def test_a_contract_that_runs_is_relied_on_until_the_day_of_the_run(fleet: Fleet) -> None:
    fleet.fact("document", document_id="D1", effective_to="2026-11-06")
    fleet.fact("contract", contract_id="C", document_id="D1", signed_on="2024-01-01")

    assert fleet.row("document")["days_relied_after_end"] == 10


@pytest.mark.parametrize(("status", "cited"), [("open", True), ("closed", False)])
def test_a_closed_risk_rests_on_nothing_any_more(
    fleet: Fleet,
    status: str,
    cited: bool,  # noqa: FBT001 - a table of cases
) -> None:
    fleet.fact("document", document_id="D1")
    fleet.fact("risk", risk_id="R", document_id="D1", status=status, opened_on="2026-01-01")

    assert fleet.row("document")["is_cited"] is cited


def test_a_replaced_document_knows_by_what_and_since_when(fleet: Fleet) -> None:
    fleet.fact("document", document_id="D1")
    fleet.fact("document", document_id="D2", replaces="D1", received_at="2026-02-01T08:00:00Z")
    fleet.fact("ticket", ticket_id="T", document_id="D1", opened_at="2026-02-11")

    row = next(row for row in fleet.rows("document") if row["document_id"] == "D1")

    assert row["replaced_by"] == "D2"
    assert row["days_cited_after_replacement"] == 10


def test_tests_of_an_installation_want_a_tested_record(fleet: Fleet) -> None:
    fleet.fact("document", document_id="D1", grade="documented")
    fleet.fact("installation", installation_id="I", document_id="D1")

    row = fleet.row("document")

    assert (row["grade_rank"], row["wanted_rank"]) == (2, 3)


def test_the_site_of_a_document_follows_what_it_speaks_of(fleet: Fleet) -> None:
    fleet.fact("asset", asset_id="A", site_id="NG1")
    fleet.fact("component", component_id="A/c", asset_id="A")
    fleet.fact("document", document_id="D1", about_kind="component", about_id="A/c")
    fleet.fact("document", document_id="D2", about_kind="party", about_id="A")

    rows = {row["document_id"]: row["site_id"] for row in fleet.rows("document")}

    assert rows == {"D1": "NG1", "D2": None}
