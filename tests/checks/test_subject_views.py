"""Subjects: everybody is present, and every NULL that becomes a value does so for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cellwarden.checks.predicates import DATE, FLAG, NUMBER, TEXT
from cellwarden.checks.subject import (
    FRAME,
    Subjects,
    create_subjects,
    derived_tables_of,
    subjects,
)
from cellwarden.checks.tables import DERIVED, create_missing

if TYPE_CHECKING:
    from tests.checks.conftest import Fleet

TYPES = {
    "VARCHAR": TEXT,
    "BOOLEAN": FLAG,
    "DATE": DATE,
    "BIGINT": NUMBER,
    "INTEGER": NUMBER,
    "HUGEINT": NUMBER,
    "DOUBLE": NUMBER,
}


def a_card(fleet: Fleet, **cells: str) -> str:
    fleet.fact("site", site_id="NG1", criticality="high", air_gapped="no")
    fleet.fact("asset", asset_id="NG1-UPS-01", site_id="NG1", manufacturer="APC", model="SRT")
    return fleet.fact(
        "component",
        **{
            "component_id": "NG1-UPS-01/nmc",
            "asset_id": "NG1-UPS-01",
            "manufacturer": "APC",
            "model": "AP9630",
            **cells,
        },
    )


@pytest.mark.parametrize("name", sorted(subjects()))
def test_every_column_of_a_view_is_described_with_its_type(name: str) -> None:
    subject = subjects()[name]
    connection = duckdb.connect()
    create_missing(connection)
    create_subjects(connection)

    described = connection.execute(f"describe {subject.view}").fetchall()

    found = {column: TYPES[kind] for column, kind, *_ in described if column not in FRAME}
    assert found == subject.types
    assert set(subject.identity) <= set(found)
    assert {"subject", "evidence", "site_id", "vendor"} <= {column for column, *_ in described}


@pytest.mark.parametrize("name", sorted(subjects()))
def test_no_table_at_all_gives_no_row_and_no_error(name: str, fleet: Fleet) -> None:
    rows = fleet.rows(name)

    assert rows == []


def test_a_part_that_nobody_observed_is_present_with_nothing_known(fleet: Fleet) -> None:
    fact = fleet.fact("component", component_id="X")

    row = fleet.row("component")

    assert row["subject"] == "X"
    assert row["evidence"] == [fact]
    counts = {"firmware_sources", "firmware_readings", "setting_exports"}
    counts |= {"recorded_protections", "validations"}
    assert {row[name] for name in counts} == {0}
    known = {name for name, cell in row.items() if cell is not None}
    assert known == {"subject", "component_id", "evidence"} | counts


def test_what_is_absent_is_unknown_without_a_declaration(fleet: Fleet) -> None:
    a_card(fleet)

    row = fleet.row("component")

    assert row["has_firmware_version"] is None
    assert row["has_sbom"] is None
    assert row["has_owner"] is None


def test_what_is_absent_is_missing_under_a_fresh_declaration_and_cites_it(fleet: Fleet) -> None:
    a_card(fleet)
    facts = {about: fleet.declare(about) for about in ("firmware", "sbom", "owner")}

    row = fleet.row("component")

    assert row["has_firmware_version"] is False
    assert row["has_sbom"] is False
    assert row["has_owner"] is False
    assert set(facts.values()) <= set(row["evidence"])


@pytest.mark.parametrize("on", ["2026-01-01", "2027-01-01"])
def test_a_word_that_ran_out_or_lies_ahead_witnesses_nothing(fleet: Fleet, on: str) -> None:
    a_card(fleet)
    fleet.declare("firmware", on=on)

    row = fleet.row("component")

    assert row["has_firmware_version"] is None


def test_a_declaration_without_a_validity_witnesses_nothing(fleet: Fleet) -> None:
    a_card(fleet)
    fleet.fact("declaration", about="firmware", site_id="NG1", declared_on="2026-11-01")

    row = fleet.row("component")

    assert row["has_firmware_version"] is None


def test_a_declaration_for_another_site_witnesses_nothing_here(fleet: Fleet) -> None:
    a_card(fleet)
    fleet.declare("firmware", "NG2")

    row = fleet.row("component")

    assert row["has_firmware_version"] is None


def test_a_declaration_for_every_site_counts_here(fleet: Fleet) -> None:
    a_card(fleet)
    fleet.declare("firmware", "*")

    row = fleet.row("component")

    assert row["has_firmware_version"] is False


def test_a_word_that_is_neither_yes_nor_no_is_unknown(fleet: Fleet) -> None:
    a_card(fleet, secure_boot="partly", signed_updates="yes", exposure="somewhere")

    row = fleet.row("component")

    assert row["secure_boot"] is None
    assert row["signed_updates"] is True
    assert row["is_internet_exposed"] is None


def test_parts_of_retired_assets_are_not_judged_as_parts_in_service(fleet: Fleet) -> None:
    a_card(fleet)
    fleet.fact("asset", asset_id="NG1-UPS-01", site_id="NG1", lifecycle="retired")

    assert fleet.rows("component") == []
    assert fleet.rows("asset") == []


def test_two_sources_that_differ_on_firmware_are_told_apart(fleet: Fleet) -> None:
    a_card(fleet, firmware="6.9.6")
    a_card_again = {"component_id": "NG1-UPS-01/nmc", "asset_id": "NG1-UPS-01", "firmware": "7.0"}
    fleet.fact("component", source="walk.snmprec", **a_card_again)

    row = fleet.row("component")

    assert row["firmware_sources"] == 2
    assert row["sources_agree_on_firmware"] is False
    assert row["firmware_by_source"] == "6.9.6 / 7.0"
    assert row["firmware_is_changed"] is None


def test_a_change_between_two_readings_is_explained_by_a_window_in_between(fleet: Fleet) -> None:
    a_card(fleet, firmware="1.0", read_at="2026-03-01")
    a_card(fleet, firmware="1.1", read_at="2026-09-01")
    fleet.fact(
        "window",
        window_id="W1",
        site_id="NG1",
        opens_at="2026-05-02T22:00:00Z",
        closes_at="2026-05-03T04:00:00Z",
        approved_by="Operations",
        takes_firmware="yes",
    )

    row = fleet.row("component")

    assert (row["previous_firmware"], row["firmware"]) == ("1.0", "1.1")
    assert row["firmware_is_changed"] is True
    assert row["change_had_window"] is True


def test_a_change_without_a_window_is_unexplained_only_where_windows_are_all_listed(
    fleet: Fleet,
) -> None:
    a_card(fleet, firmware="1.0", read_at="2026-03-01")
    a_card(fleet, firmware="1.1", read_at="2026-09-01")

    before = fleet.row("component")
    fleet.declare("window")
    after = fleet.row("component")

    assert before["change_had_window"] is None
    assert after["change_had_window"] is False


def test_a_window_that_nobody_approved_explains_nothing(fleet: Fleet) -> None:
    a_card(fleet, firmware="1.0", read_at="2026-03-01")
    a_card(fleet, firmware="1.1", read_at="2026-09-01")
    fleet.declare("window")
    fleet.fact(
        "window",
        window_id="W1",
        site_id="NG1",
        opens_at="2026-05-02",
        closes_at="2026-05-03",
        takes_firmware="yes",
    )

    row = fleet.row("component")

    assert row["change_had_window"] is False


def test_settings_drift_counts_changed_added_and_removed_keys_of_the_last_two_exports(
    fleet: Fleet,
) -> None:
    a_card(fleet)
    exports = {
        "2026-01-01": {"a": "9", "b": "9"},
        "2026-08-01": {"a": "1", "b": "2", "c": "3", "pw": "d1"},
        "2026-10-01": {"a": "1", "b": "5", "d": "4", "pw": "d2"},
    }
    for taken_at, settings in exports.items():
        for path, value in settings.items():
            fleet.fact(
                "setting",
                component_id="NG1-UPS-01/nmc",
                path=path,
                value=value,
                is_secret="yes" if path == "pw" else "no",
                taken_at=taken_at,
            )

    row = fleet.row("component")

    assert row["setting_exports"] == 3
    assert row["changed_settings"] == 3
    assert row["changed_secrets"] == 1
    assert row["changed_paths"] == "b, c, d"
    assert row["changed_secret_paths"] == "pw"
    assert row["settings_age_days"] == 46


def test_one_export_alone_shows_no_drift_and_no_absence_of_it(fleet: Fleet) -> None:
    a_card(fleet)
    fleet.fact("setting", component_id="NG1-UPS-01/nmc", path="a", value="1", taken_at="2026-10-01")

    row = fleet.row("component")

    assert row["changed_settings"] is None


def test_going_back_is_seen_by_the_dates_of_the_two_releases(fleet: Fleet) -> None:
    for version, day in (("1.0", "2021-02-01"), ("1.1", "2023-09-15")):
        fleet.fact("release", manufacturer="APC", model="AP9630", version=version, released_on=day)
    a_card(fleet, firmware="1.1", read_at="2026-03-01")
    a_card(fleet, firmware="1.0", read_at="2026-09-01")

    row = fleet.row("component")

    assert row["firmware_released_on"] < row["previous_firmware_released_on"]


def test_a_cabinet_with_known_parts_and_none_listed_shows_both_numbers(fleet: Fleet) -> None:
    fleet.fact("asset", asset_id="NG2-BAT-01", site_id="NG2", manufacturer="Vertiv", model="HPL")
    fleet.table(
        "known_product",
        manufacturer="VERTIV",
        model="hpl ",
        firmware_parts=3,
        part_names="BMS; rack monitor; card",
        source="data sheet",
    )

    row = fleet.row("asset")

    assert (row["listed_parts"], row["known_parts"]) == (0, 3)
    assert row["known_part_names"] == "BMS; rack monitor; card"


def test_what_the_register_says_of_a_product_outweighs_shipped_knowledge(fleet: Fleet) -> None:
    fleet.fact("asset", asset_id="A", manufacturer="Vertiv", model="HPL")
    fact = fleet.fact(
        "product", manufacturer="Vertiv", model="HPL", firmware_parts="1", part_names="BMS"
    )
    fleet.table("known_product", manufacturer="Vertiv", model="HPL", firmware_parts=3)

    row = fleet.row("asset")

    assert row["known_parts"] == 1
    assert fact in row["evidence"]


def test_two_assets_of_one_maker_with_one_serial_cite_each_other(fleet: Fleet) -> None:
    facts = {fleet.fact("asset", asset_id=name, manufacturer="Eaton", serial="S1") for name in "AB"}

    rows = fleet.rows("asset")

    assert [row["assets_with_this_serial"] for row in rows] == [2, 2]
    assert all(facts <= set(row["evidence"]) for row in rows)


@pytest.mark.parametrize(
    ("status", "ends_on", "state"),
    [
        ("dated", "2027-01-01", "dated"),
        ("dated", "2026-11-16", "dated"),
        ("dated", "2026-11-15", "ended"),
        ("dated", "", "unknown"),
        ("dated", "some day", "unknown"),
        ("supported_undated", "", "supported_undated"),
        ("supported_undated", "2020-01-01", "ended"),
        ("ended", "", "ended"),
        ("unknown", "", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_support_has_four_states_and_a_past_date_ends_it(
    fleet: Fleet, status: str, ends_on: str, state: str
) -> None:
    fleet.fact("asset", asset_id="A", site_id="NG1", manufacturer="Eaton", model="9PX")
    fleet.fact("support", manufacturer="eaton", model=" 9px", status=status, ends_on=ends_on)

    row = fleet.row("product")

    assert row["support_state"] == state
    expected = {"ended": True, "dated": False, "supported_undated": False, "unknown": None}
    assert row["is_support_ended"] is expected[state]


def test_support_that_nobody_looked_up_has_no_state_at_all(fleet: Fleet) -> None:
    fleet.fact("asset", asset_id="A", site_id="NG1", manufacturer="Eaton", model="9PX")

    row = fleet.row("product")

    assert row["support_state"] is None
    assert row["is_support_ended"] is None


def test_reachable_parts_are_not_counted_while_one_is_unknown(fleet: Fleet) -> None:
    fleet.fact("asset", asset_id="A", site_id="NG1")
    for name, exposure in (("A/1", "isolated"), ("A/2", "")):
        fleet.fact(
            "component",
            component_id=name,
            asset_id="A",
            manufacturer="APC",
            model="AP9630",
            exposure=exposure,
        )

    row = fleet.row("product")

    assert row["parts_in_use"] == 2
    assert row["reachable_parts"] is None


def test_one_release_is_one_row_over_all_sites(fleet: Fleet) -> None:
    for site in ("NG1", "NG2"):
        fleet.fact("asset", asset_id=site, site_id=site)
        fleet.fact(
            "component",
            component_id=f"{site}/nmc",
            asset_id=site,
            manufacturer="APC",
            model="AP9630",
            firmware="6.9.6",
        )
    fleet.fact(
        "release",
        manufacturer="APC",
        model="AP9630",
        version="7.0.4",
        released_on="2025-01-01",
        fixes="CVE-2024-0001",
    )
    fleet.fact(
        "release", manufacturer="APC", model="AP9630", version="6.9.6", released_on="2021-01-01"
    )

    row = fleet.row("release")

    assert row["subject"] == "APC/AP9630/-/6.9.6"
    assert row["site_id"] is None
    assert (row["parts_in_use"], row["sites_in_use"]) == (2, 2)
    assert row["newest_version"] == "7.0.4"
    assert (row["fixing_releases_waiting"], row["fixes_waiting"]) == (1, "CVE-2024-0001")
    assert row["is_published"] is True


def test_a_release_is_unpublished_only_where_the_list_is_declared_complete(fleet: Fleet) -> None:
    a_card(fleet, firmware="6.9.6-custom")

    before = fleet.row("release")
    fleet.declare("release", "*")
    after = fleet.row("release")

    assert before["is_published"] is None
    assert after["is_published"] is False


def an_exposure(fleet: Fleet, **cells: Any) -> None:
    fleet.table(
        "exposure_row",
        **{
            "component_id": "NG1-UPS-01/nmc",
            "site_id": "NG1",
            "vulnerability": "CVE-2022-0715",
            "advisory_id": "ICSA-1",
            "state": "affected",
            "candidate": False,
            "evidence": ["9.1"],
            **cells,
        },
    )


def test_the_worst_state_of_an_exposure_stands(fleet: Fleet) -> None:
    a_card(fleet)
    an_exposure(fleet, state="fixed")
    an_exposure(fleet, state="affected")
    an_exposure(fleet, state="undetermined")

    row = fleet.row("exposure")

    assert row["state"] == "affected"
    assert row["is_affected"] is True


def test_an_undetermined_exposure_is_neither_affected_nor_safe(fleet: Fleet) -> None:
    a_card(fleet)
    an_exposure(fleet, state="undetermined")

    row = fleet.row("exposure")

    assert row["is_affected"] is None


@pytest.mark.parametrize(
    ("fixed_in", "category", "has_fix"),
    [
        ("7.0", None, True),
        ("", "vendor_fix", True),
        ("", "no_fix_planned", False),
        ("", "workaround", None),
        ("", None, None),
    ],
)
def test_there_is_no_fix_only_where_an_advisory_says_so(
    fleet: Fleet, *, fixed_in: str, category: str | None, has_fix: bool | None
) -> None:
    a_card(fleet)
    an_exposure(fleet, fixed_in=fixed_in)
    if category:
        fleet.fact("remediation", advisory_id="ICSA-1", position="0", category=category)

    row = fleet.row("exposure")

    assert row["has_fix"] is has_fix
    assert "9.1" in row["evidence"]


def test_a_feed_that_was_never_imported_cites_the_whole_ledger(fleet: Fleet) -> None:
    fleet.table("feed_row", feed="kev")
    fleet.table(
        "feed_row",
        feed="csaf",
        documents=3,
        imported_at="2026-11-01T00:00:00Z",
        age_days=15,
        is_stale=False,
        evidence=["4.0"],
    )

    csaf, kev = fleet.rows("feed")

    assert (csaf["is_imported"], csaf["import_age_days"], csaf["evidence"]) == (True, 15, ["4.0"])
    assert (kev["is_imported"], kev["is_stale"], kev["evidence"]) == (False, None, ["ledger"])


def test_an_empty_cell_of_an_exception_is_an_absence(fleet: Fleet) -> None:
    fleet.fact("exception", exception_id="E1", requester="Ann Lee", approver="ann  lee")

    row = fleet.row("exception")

    assert row["has_expiry"] is False
    assert row["has_reason"] is False
    assert row["approver_is_requester"] is True
    assert row["days_left"] is None


def test_an_operator_that_is_no_party_is_named_but_not_listed(fleet: Fleet) -> None:
    fleet.fact("site", site_id="NG1", air_gapped="yes")
    fleet.fact(
        "dependency", dependency_id="D1", site_id="NG1", kind="cloud_service", party_id="OSTRAVA"
    )

    row = fleet.row("dependency")

    assert row["has_operator"] is True
    assert row["operator_is_listed"] is False
    assert row["is_site_air_gapped"] is True


def test_unreadable_rows_count_against_their_source(fleet: Fleet) -> None:
    fleet.fact("site", site_id="NG1", source="sites.csv")
    lost = fleet.fact(
        "unreadable", file="assets.csv", line="7", reason="bad bytes", source="assets.csv"
    )

    assets, sites = fleet.rows("source")

    assert (assets["unreadable_rows"], assets["evidence"]) == (1, [lost])
    assert (sites["unreadable_rows"], sites["facts"]) == (0, 1)


def test_a_site_counts_down_the_word_of_whoever_listed_its_parts(fleet: Fleet) -> None:
    fleet.fact("site", site_id="NG1")
    fleet.declare("component", on="2026-08-01")

    row = fleet.row("site")

    assert row["component_word_days_left"] == -17
    assert row["dependency_word_days_left"] is None


def test_a_maker_of_whom_no_advisory_speaks_differs_from_one_nobody_compared(
    fleet: Fleet,
) -> None:
    for name, maker in (("A", "APC"), ("B", "Northwind")):
        fleet.fact("component", component_id=name, manufacturer=maker)
    fleet.table("known_vendor", manufacturer="apc", advisories=0)

    compared, other = fleet.rows("vendor")

    assert compared["advisories"] == 0
    assert other["advisories"] is None


def test_unreadable_rows_are_named_in_the_order_of_the_file(fleet: Fleet) -> None:
    for line, column in (("10", "Einbau"), ("9", "Garantie"), ("2", ""), ("30", "a"), ("31", "a")):
        cells = {"column": column} if column else {}
        fleet.fact("unreadable", file="a.xlsx", line=line, reason=f"r{line}", source="s", **cells)
    fleet.fact("unreadable", file="a.xlsx", line="40", reason="r40", source="s")

    (found,) = fleet.rows("source")

    assert found["unreadable_because"] == "r2"
    assert found["unreadable_places"] == (
        "line 2, line 9 (Garantie), line 10 (Einbau), line 30 (a), line 31 (a), and more"
    )


def a_life(fleet: Fleet, source: str) -> None:
    """One fact of each kind about the asset A, between approval and disposal."""
    fleet.fact("account", source=source, account_id="a", asset_id="A")
    fleet.fact("approval", source=source, approval_id="P", about_kind="asset", about_id="A")
    fleet.fact("ticket", source=source, ticket_id="T", asset_id="A")
    fleet.fact("document", source=source, document_id="D", about_kind="asset", about_id="A")
    fleet.fact("incident", source=source, incident_id="I", noticed_at="2026-11-01T00:00:00Z")
    fleet.fact("incident_notice", source=source, notice_id="N", incident_id="I")
    fleet.fact("risk", source=source, risk_id="K")
    for number in ("1", "2"):
        keyed = {"source": source, "asset_id": "A", "component_id": "A/1"}
        fleet.fact("delivery", delivery_id=number, **keyed)
        fleet.fact("sanitization", sanitization_id=number, technique="reset, shred", **keyed)
        fleet.fact("handover", handover_id=number, **keyed)
        fleet.fact("substitution", substitution_id=number, **keyed)
        fleet.fact("deployment", source=source, deployment_id=number, component_id="A/1")
        for kind in (
            "retirement",
            "shipment",
            "removal",
            "telemetry_end",
            "data_return",
            "disposal",
        ):
            cells = {f"{kind}_id": number, "asset_id": "A"}
            fleet.fact(kind, source=source, **cells)


def a_vendor(fleet: Fleet, *, source: str = "register.csv") -> None:
    """A contract with a clause, an approval of its signature, and somebody who works for it."""
    fleet.fact("contract", source=source, contract_id="C", party_id="P", signed_on="2026-01-01")
    fleet.fact("clause", source=source, clause_id="C/exit", contract_id="C", type="exit")
    fleet.fact("approval", source=source, approval_id="AP", step="signature", about_id="P")
    fleet.fact(
        "relationship",
        source=source,
        relationship_id="R",
        party_id="Q",
        of_party_id="P",
        role="service_partner",
    )


def what_is_outside(fleet: Fleet, *, source: str) -> None:
    """A screening with a hit, an origin of cells, and a disruption that touches them."""
    fleet.fact(
        "asset", source=source, asset_id="B", site_id="NG1", manufacturer="APC", model="Li",
        chemistry="lithium_ion",
    )  # fmt: skip
    fleet.fact("screening_run", source=source, list="L")
    fleet.fact("screening_hit", source=source, party_id="P", list="L", list_id="1")
    fleet.fact("origin", source=source, origin_id="C", manufacturer="APC", model="Li", part="cell")
    fleet.fact("signal", source=source, signal_id="S", manufacturer="APC", from_on="2026-01-01")


@pytest.mark.parametrize("name", sorted(subjects()))
def test_no_subject_has_two_rows_of_one_key_on_a_fleet_told_twice(name: str, fleet: Fleet) -> None:
    for source in ("one.csv", "two.csv"):
        fleet.fact("site", source=source, site_id="NG1")
        fleet.fact("asset", source=source, asset_id="A", site_id="NG1", serial="1", model="M")
        fleet.fact(
            "component",
            source=source,
            component_id="A/1",
            asset_id="A",
            manufacturer="APC",
            model="M",
            firmware="1",
        )
        fleet.fact("product", source=source, manufacturer="APC", model="M", firmware_parts="2")
        fleet.fact("party", source=source, party_id="P", name="APC")
        fleet.fact("dependency", source=source, dependency_id="D", site_id="NG1", party_id="P")
        fleet.fact("support", source=source, manufacturer="APC", model="M", status="ended")
        fleet.fact("exception", source=source, exception_id="E")
        fleet.fact("release", source=source, manufacturer="apc", model="M", version="1")
        fleet.fact("obligation", source=source, obligation_id="O", framework="nis2")
        fleet.fact("evidence_pack", source=source, pack_id="K", exported_at="2026-01-01")
        a_life(fleet, source)
        a_vendor(fleet, source=source)
        what_is_outside(fleet, source=source)
    fleet.table("dated_rule_row", rule_id="r", about_id="A", name="A")
    fleet.table("assessment_row", party_id="P", name="APC", is_asked=True, is_answered=True)
    fleet.table("claim_row", party_id="P", name="APC", question="support-mfa")
    fleet.table("certificate_row", party_id="P", name="APC", scheme="UL 2900", is_held=True)
    fleet.table("plate_row", plate="apc", party_id="P")
    fleet.table("supplier_row", party_id="P", name="APC", is_supplier=True, tiers=1)
    fleet.table("product_role_row", site_id="NG1", manufacturer="APC", model="M")
    fleet.table("site_role_row", site_id="NG1", role="manufacturer", holders=1)
    fleet.table("lei_row", party_id="P", name="APC", lei="L")
    fleet.table("promised_notice_row", incident_id="I", clause_id="C/notice", name="APC")
    fleet.declare("component")
    fleet.declare("component", "*")
    for part in ("1", "2"):
        fleet.table("known_product", manufacturer="APC", model="M", firmware_parts=part)
        fleet.table("known_vendor", manufacturer="APC", advisories=part)
    an_exposure(fleet)
    an_exposure(fleet, state="fixed")
    fleet.table("feed_row", feed="kev")
    for hours in (4, 24):
        fleet.table("notice_rule", regime="house", stage="w", audience="vendor", hours=hours)

    rows = fleet.rows(name)

    keys = [row["subject"] for row in rows]
    assert keys
    assert len(keys) == len(set(keys))


def test_a_promise_is_missing_only_where_all_clauses_are_declared(fleet: Fleet) -> None:
    a_vendor(fleet)
    before = fleet.row("contract")

    word = fleet.declare("clause", "")

    after = fleet.row("contract")
    assert before["has_exit"] is after["has_exit"] is True
    assert before["has_audit_right"] is None
    assert after["has_audit_right"] is False
    assert word in after["evidence"]


def test_a_broken_promise_stands_until_it_is_kept_again(fleet: Fleet) -> None:
    clause = {"clause_id": "K", "contract_id": "C", "type": "sla", "breached_on": "2026-06-11"}
    fleet.fact("clause", **clause)
    broken = fleet.row("clause")

    fleet.fact("clause", **clause, done_on="2026-07-01")

    assert broken["is_breached"] is True
    assert fleet.row("clause")["is_breached"] is False


def test_a_partner_inherits_nothing_from_its_prime(fleet: Fleet) -> None:
    a_vendor(fleet)
    fleet.table("assessment_row", party_id="P", name="APC", is_answered=True)

    assert fleet.row("partner")["is_assessed"] is False


def test_names_of_requester_and_approver_are_compared_without_signs(fleet: Fleet) -> None:
    fleet.fact(
        "approval",
        approval_id="AP",
        step="signature",
        about_id="P",
        requester="Tom Ashby",
        approver="tom.ashby",
    )

    assert fleet.row("signature")["approver_is_requester"] is True


def test_a_subject_waits_for_every_derived_table_that_its_text_or_a_part_of_it_reads() -> None:
    """DuckDB itself says what a view cannot do without: the ones we call ready need nothing more.

    A subject that is defined too early would be judged on a table that is still being filled.
    """
    for name, subject in subjects().items():
        connection = duckdb.connect()
        create_missing(connection)
        for table in DERIVED:
            connection.execute(f'drop table "{table}"')
        waits_for = sorted(derived_tables_of(name))
        for table in waits_for:
            columns = ", ".join(f'"{column}" {kind}' for column, kind in DERIVED[table].items())
            connection.execute(f'create table "{table}" ({columns})')

        known = Subjects(kept={name})
        assert name in known.ready(connection)
        known.define(connection, [name])

        assert connection.execute(f"select * from {subject.view}").fetchall() == []
        assert name not in known.ready(connection)
        connection.close()


def test_a_subject_is_not_ready_before_its_tables_are_there() -> None:
    connection = duckdb.connect()
    create_missing(connection)
    known = Subjects()
    assert known.ready(connection) == list(subjects())

    connection.execute("drop table exposure_row")

    ready = known.ready(connection)
    assert "exposure" not in ready
    assert "approval" in ready
    known.define(connection, ready)
    assert known.ready(connection) == []
    create_missing(connection)
    assert known.ready(connection) == [
        name for name in subjects() if "exposure_row" in derived_tables_of(name)
    ]
