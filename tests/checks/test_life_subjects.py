"""Subjects of a life: what is wrong needs no witness, what is absent does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cellwarden.lifecycle import ruling

if TYPE_CHECKING:
    from tests.checks.conftest import Fleet


def retired(fleet: Fleet, **cells: str) -> None:
    fleet.fact("site", site_id="NG1")
    fleet.fact(
        "asset",
        **{"asset_id": "A", "site_id": "NG1", "lifecycle": "retired", "chemistry": "lithium_ion"}
        | cells,
    )
    fleet.fact("component", component_id="A/c", asset_id="A", role="controller", serial="C1")


def file(fleet: Fleet, **cells: str) -> str:
    base = {"retirement_id": "R", "asset_id": "A", "retired_at": "2026-07-31T16:00:00Z"}
    return fleet.fact("retirement", **base | cells)


def with_rules(fleet: Fleet) -> None:
    for name, rows in (
        ("transport_rule", ruling.transport_rows()),
        ("wipe_rule", ruling.wipe_rows()),
        ("technique_rule", ruling.technique_rows()),
        ("notice_rule", ruling.notice_rows()),
    ):
        for row in rows:
            fleet.table(name, **{key: cell for key, cell in row.items() if cell is not None})


def handover(fleet: Fleet, name: str, **cells: str) -> str:
    return fleet.fact("handover", handover_id=name, asset_id="A", **cells)


ABSENCES = (
    "has_approval", "unwiped_parts", "telemetry_is_ended", "cloud_data_is_settled",
    "logs_are_returned",
)  # fmt: skip


def test_what_is_not_in_an_open_file_is_unknown(fleet: Fleet) -> None:
    retired(fleet)
    file(fleet)

    row = fleet.row("retirement")

    assert {name: row[name] for name in ABSENCES} == dict.fromkeys(ABSENCES)
    assert row["is_closed"] is False


def test_closing_a_file_is_a_word_about_its_asset_and_is_cited(fleet: Fleet) -> None:
    retired(fleet)
    fact = file(fleet, closed_at="2026-08-31T10:00:00Z")

    row = fleet.row("retirement")

    assert row["unwiped_parts"] == 1
    assert row["unwiped_names"] == "A/c"
    assert {row[name] for name in ABSENCES if name != "unwiped_parts"} == {False}
    assert fact in row["evidence"]


def test_a_site_that_declares_its_retirements_turns_absence_into_a_hole(fleet: Fleet) -> None:
    retired(fleet)

    before = fleet.row("retirement")["has_file"]
    word = fleet.declare("retirement")
    after = fleet.row("retirement")

    assert (before, after["has_file"]) == (None, False)
    assert word in after["evidence"]


def test_nine_days_between_giving_and_taking_are_a_gap_without_any_declaration(
    fleet: Fleet,
) -> None:
    retired(fleet)
    first = handover(
        fleet, "H1", from_holder="Us", to_holder="PYE",
        handed_at="2026-06-12T08:10:00Z", received_at="2026-06-12T08:15:00Z",
    )  # fmt: skip
    second = handover(
        fleet, "H2", from_holder="Pye", to_holder="FENWICK",
        handed_at="2026-06-12T15:40:00Z", received_at="2026-06-21T16:00:00Z",
    )  # fmt: skip

    row = fleet.row("retirement")

    assert row["custody_gap_days"] == 9
    assert str(row["custody_gap_from_on"]) == "2026-06-12"
    assert str(row["custody_gap_to_on"]) == "2026-06-21"
    assert row["holders_agree"] is True
    assert {first, second} <= set(row["evidence"])


def test_a_hand_over_without_times_may_hide_a_gap(fleet: Fleet) -> None:
    retired(fleet)
    handover(fleet, "H1", from_holder="Us", to_holder="PYE", handed_at="2026-06-12T08:10:00Z")

    assert fleet.row("retirement")["custody_gap_hours"] is None


def test_another_giver_than_the_last_taker_breaks_the_chain_for_the_time_between(
    fleet: Fleet,
) -> None:
    retired(fleet)
    for name, giver, taker, day in (("H1", "Us", "PYE", "12"), ("H2", "X", "Y", "15")):
        moment = f"2026-06-{day}T08:00:00Z"
        handover(
            fleet, name, from_holder=giver, to_holder=taker, handed_at=moment, received_at=moment
        )

    row = fleet.row("retirement")

    assert (row["holders_agree"], row["custody_gap_hours"]) == (False, 72)


def test_a_part_that_was_read_after_the_retirement_still_speaks(fleet: Fleet) -> None:
    retired(fleet)
    file(fleet)
    fact = fleet.fact(
        "component", component_id="A/c", asset_id="A", role="controller",
        read_at="2026-11-12T23:55:00Z", exposure="routed",
    )  # fmt: skip
    fleet.fact(
        "telemetry_end", telemetry_end_id="T", asset_id="A", ended_at="2026-07-31T16:00:00Z",
        verified_on="2026-08-01",
    )  # fmt: skip

    row = fleet.row("retirement")

    assert row["is_read_after"] is True
    assert row["telemetry_is_ended"] is False, "a declared end does not outweigh a reading"
    assert row["reachable_parts"] == 1
    assert fact in row["evidence"]


def test_no_open_account_is_known_only_where_accounts_are_all_listed(fleet: Fleet) -> None:
    retired(fleet)

    before = fleet.row("retirement")["open_accounts"]
    fleet.declare("account")
    after = fleet.row("retirement")["open_accounts"]

    assert (before, after) == (None, 0)


@pytest.mark.parametrize(
    ("account", "removal", "is_open"),
    [
        ({}, {}, 1),
        ({"disabled_at": "2026-08-01T00:00:00Z"}, {}, 0),
        ({"disabled_at": "2027-08-01T00:00:00Z"}, {}, 1),
        ({"expires_at": "2026-09-01T00:00:00Z"}, {}, 0),
        ({}, {"removed_at": "2026-08-01T00:00:00Z"}, 0),
        (
            {"last_used_at": "2026-09-09T00:00:00Z"},
            {"removed_at": "2026-08-01T00:00:00Z"},
            1,
        ),
        (
            {"last_used_at": "2026-09-09T00:00:00Z", "disabled_at": "2026-08-01T00:00:00Z"},
            {},
            1,
        ),
    ],
)
def test_an_account_is_open_by_what_is_known_and_not_by_what_was_said(
    fleet: Fleet, account: dict[str, str], removal: dict[str, str], is_open: int
) -> None:
    retired(fleet)
    fleet.declare("account")
    fleet.fact("account", account_id="admin", asset_id="A", **account)
    if removal:
        fleet.fact("removal", removal_id="M", asset_id="A", account_id="admin", **removal)

    assert fleet.row("retirement")["open_accounts"] == is_open


@pytest.mark.parametrize(
    ("chemistry", "number", "fits", "needs"),
    [
        ("lithium_ion", "UN 3480", True, True),
        ("lithium_ion", "un-3481", True, True),
        ("lithium_ion", "UN2800", False, True),
        ("sodium_ion", "UN3551", True, True),
        ("lead_acid", "UN2794", True, False),
        ("lead_acid", "UN3480", False, False),
        ("none", "UN2800", None, False),
        ("", "UN3480", None, None),
    ],
)
def test_papers_follow_the_chemistry_and_an_unknown_one_leaves_them_unknown(
    fleet: Fleet, chemistry: str, number: str, *, fits: bool | None, needs: bool | None
) -> None:
    with_rules(fleet)
    retired(fleet, chemistry=chemistry)
    fleet.fact("shipment", shipment_id="S", asset_id="A", un_number=number)

    row = fleet.row("retirement")

    assert (row["un_number_fits"], row["needs_un38_3"]) == (fits, needs)


@pytest.mark.parametrize(
    ("cells", "method", "needed"),
    [
        ({"method": "purge", "technique": "Factory reset"}, 1, 2),
        ({"method": "purge", "technique": "Cryptographic erase"}, 2, 2),
        ({"method": "clear", "technique": "Cryptographic erase"}, 1, 2),
        ({"method": "destroy", "technique": "Board shredded"}, 3, 2),
        ({"method": "purge", "technique": "by hand"}, 2, 2),
        ({"technique": "Factory reset"}, None, 2),
    ],
)
def test_a_method_counts_only_as_far_as_its_technique_reaches(
    fleet: Fleet, cells: dict[str, str], method: int | None, needed: int
) -> None:
    with_rules(fleet)
    retired(fleet)
    file(fleet, destination="recycling")
    fleet.fact("sanitization", sanitization_id="S", asset_id="A", media="flash", **cells)

    row = fleet.row("sanitization")

    assert (row["method_rank"], row["needed_rank"]) == (method, needed)


def test_a_part_that_stays_needs_less_and_an_unknown_destination_leaves_it_open(
    fleet: Fleet,
) -> None:
    with_rules(fleet)
    retired(fleet)
    fleet.fact("sanitization", sanitization_id="S", asset_id="A", media="flash")

    before = fleet.row("sanitization")["needed_rank"]
    file(fleet, destination="storage")
    after = fleet.row("sanitization")["needed_rank"]

    assert (before, after) == (None, 1)


def test_an_operator_who_verifies_is_the_same_person_however_written(fleet: Fleet) -> None:
    retired(fleet)
    fleet.fact(
        "sanitization",
        sanitization_id="S",
        asset_id="A",
        operator="Owen Tate",
        verifier="owen.tate",
    )

    assert fleet.row("sanitization")["verifier_is_operator"] is True


def incident(fleet: Fleet, **cells: str) -> None:
    with_rules(fleet)
    fleet.fact("site", site_id="NG1")
    base = {"incident_id": "I", "site_id": "NG1", "noticed_at": "2026-11-10T08:30:00Z"}
    fleet.fact("incident", **base | cells)


def duties(fleet: Fleet) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {(row["regime"], row["stage"], row["audience"]): row for row in fleet.rows("duty")}


def test_a_notice_is_missing_only_after_its_time_and_under_a_word(fleet: Fleet) -> None:
    incident(fleet, regimes="nis2")

    before = duties(fleet)["nis2", "early warning", "authority"]
    fleet.declare("incident")
    after = duties(fleet)["nis2", "early warning", "authority"]

    assert (before["is_due"], before["was_told"]) == (True, None)
    assert after["was_told"] is False


def test_what_is_not_due_yet_is_not_missing(fleet: Fleet) -> None:
    incident(fleet, regimes="nis2", noticed_at="2026-11-16T20:00:00Z")
    fleet.declare("incident")

    row = duties(fleet)["nis2", "notification", "authority"]

    assert (row["is_due"], row["was_told"]) == (False, None)


def test_a_final_report_counts_a_month_from_the_notification(fleet: Fleet) -> None:
    incident(fleet, regimes="nis2")

    before = duties(fleet)["nis2", "final report", "authority"]
    fleet.fact(
        "incident_notice", notice_id="N", incident_id="I", regime="nis2", stage="notification",
        audience="authority", told_at="2026-11-12T09:00:00Z",
    )  # fmt: skip
    after = duties(fleet)["nis2", "final report", "authority"]

    assert before["due_on"] is None
    assert str(after["due_on"]) == "2026-12-12"


def test_a_rule_that_the_incident_does_not_name_demands_nothing(fleet: Fleet) -> None:
    incident(fleet)

    assert {regime for regime, _, _ in duties(fleet)} == {"house"}


def test_a_substitution_opens_the_validation_that_it_needs(fleet: Fleet) -> None:
    fleet.fact("site", site_id="NG3")
    fleet.fact("asset", asset_id="B", site_id="NG3")
    fleet.fact(
        "component", component_id="B/sc2", asset_id="B", firmware="3.1.0",
        validated_firmware="2.7.4",
    )  # fmt: skip
    fleet.fact("ticket", ticket_id="T", closed_at="2026-09-15T14:00:00Z")
    fleet.fact(
        "substitution", substitution_id="S", asset_id="B", component_id="B/sc2",
        from_revision="rev B", to_revision="rev C", from_firmware="2.7.4", to_firmware="3.1.0",
        done_on="2026-09-15", ticket_id="T",
    )  # fmt: skip

    row = fleet.row("substitution")

    assert row["changes_something"] is True
    assert row["thresholds_are_validated"] is False
    assert row["attestation_covers_it"] is False
    assert row["papers_are_renewed"] is None, "nobody declares that all papers are listed"
    assert row["has_approval"] is False


def test_a_validation_before_the_exchange_validates_nothing(fleet: Fleet) -> None:
    fleet.fact("substitution", substitution_id="S", done_on="2026-09-15", validated_on="2026-01-31")

    assert fleet.row("substitution")["thresholds_are_validated"] is False
