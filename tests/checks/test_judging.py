"""The engine: verdicts, counts, findings with their proof, groups of unknowns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.checks.check import Check, load_catalogue, predicates_of, read_check
from cellwarden.checks.compiled import compile_checks
from cellwarden.checks.judge import Judgement, judge, uncovered
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding, Severity, Verdict

if TYPE_CHECKING:
    from tests.checks.conftest import Fleet

CATALOGUE = {str(check.id): check for check in load_catalogue()}


def three_cards(fleet: Fleet) -> None:
    """One safe, one on the internet, one that nobody looked at."""
    fleet.fact("site", site_id="NG1")
    fleet.fact("asset", asset_id="A", site_id="NG1")
    for name, exposure in (("A/1", "isolated"), ("A/2", "internet"), ("A/3", "")):
        fleet.fact(
            "component",
            component_id=name,
            asset_id="A",
            manufacturer="APC",
            model="AP9630",
            exposure=exposure,
        )


def only(judgement: Judgement, verdict: Verdict) -> Finding:
    (found,) = (finding for finding in judgement.findings if finding.verdict is verdict)
    return found


def test_each_verdict_is_counted_and_only_passes_are_silent(fleet: Fleet) -> None:
    three_cards(fleet)

    judgement = judge(fleet.connection, compile_checks([CATALOGUE["internet-exposed"]]))

    assert judgement.verdicts == {
        Verdict.FAIL: 1,
        Verdict.PASS: 1,
        Verdict.UNKNOWN: 1,
        Verdict.NOT_APPLICABLE: 0,
    }
    assert judgement.passes_by_site == {"NG1": 1}
    assert [finding.verdict for finding in judgement.findings] == [Verdict.FAIL, Verdict.UNKNOWN]


def test_a_failure_carries_its_sentence_witness_evidence_and_controls(fleet: Fleet) -> None:
    three_cards(fleet)

    judgement = judge(
        fleet.connection,
        compile_checks([CATALOGUE["internet-exposed"]]),
        controls_for=lambda ids: tuple(f"control of {name}" for name in ids),
    )

    finding = only(judgement, Verdict.FAIL)
    assert finding.subject == "A/2"
    assert finding.because == "A/2 (APC AP9630) can be managed from the internet."
    assert finding.witness == {"component_id": "A/2", "is_internet_exposed": "true"}
    assert (finding.site_id, finding.vendor) == ("NG1", "APC")
    assert {"0.0", "1.0", "3.0"} <= set(finding.evidence)
    assert finding.severity is Severity.CRITICAL
    assert finding.controls == ("control of R33", "control of R30", "control of R20")


def test_what_is_missing_decides_an_unknown_and_names_who_lacks_it(fleet: Fleet) -> None:
    three_cards(fleet)

    judgement = judge(fleet.connection, compile_checks([CATALOGUE["internet-exposed"]]))

    finding = only(judgement, Verdict.UNKNOWN)
    assert finding.subject == "A/3"
    assert finding.witness == {"is_internet_exposed": None}
    assert "whether its management interface can be reached from the internet" in finding.because
    assert finding.severity is Severity.HIGH
    assert finding.properties == ("unknown",)
    assert "4.0" in finding.evidence


def test_unknowns_stand_together_by_check_column_site_and_maker(fleet: Fleet) -> None:
    for site in ("NG1", "NG2"):
        fleet.fact("asset", asset_id=site, site_id=site)
        for number in range(7):
            fleet.fact(
                "component",
                component_id=f"{site}/{number}",
                asset_id=site,
                manufacturer="APC" if number else "Eaton",
            )

    judgement = judge(fleet.connection, compile_checks([CATALOGUE["internet-exposed"]]))

    groups = {(f.site_id, f.vendor): f for f in judgement.findings}
    assert {key: f.count for key, f in groups.items()} == {
        ("NG1", "APC"): 6,
        ("NG1", "Eaton"): 1,
        ("NG2", "APC"): 6,
        ("NG2", "Eaton"): 1,
    }
    assert groups["NG1", "APC"].subject == "NG1/APC/*"
    assert groups["NG1", "APC"].because.endswith("(NG1/1, NG1/2, NG1/3, NG1/4, NG1/5 and 1 more).")


def test_a_group_of_unknowns_keeps_its_id_while_its_members_change(fleet: Fleet) -> None:
    fleet.fact("component", component_id="X", manufacturer="APC")
    first = judge(fleet.connection, compile_checks([CATALOGUE["internet-exposed"]]))
    fleet.fact("component", component_id="Y", manufacturer="APC")

    second = judge(fleet.connection, compile_checks([CATALOGUE["internet-exposed"]]))

    assert [f.id for f in first.findings] == [f.id for f in second.findings]
    assert [f.count for f in second.findings] == [2]


def test_where_it_is_unknown_whether_a_check_applies_nobody_passes_it(fleet: Fleet) -> None:
    fleet.fact("component", component_id="X", signed_updates="yes")

    judgement = judge(fleet.connection, compile_checks([CATALOGUE["updates-unsigned"]]))

    finding = only(judgement, Verdict.UNKNOWN)
    assert finding.witness == {"holds_firmware": None}


def test_a_deadline_in_a_column_comes_with_the_finding(fleet: Fleet) -> None:
    fleet.table(
        "exposure_row",
        component_id="X",
        vulnerability="CVE-1",
        advisory_id="ADV-1",
        state="affected",
        is_known_exploited=True,
        deadline_on="2026-11-20",
        evidence=["7.3"],
    )

    judgement = judge(fleet.connection, compile_checks([CATALOGUE["known-exploited"]]))

    finding = only(judgement, Verdict.FAIL)
    assert finding.deadline_on == "2026-11-20"
    assert finding.deadline_reason == "the patch deadline"
    assert finding.witness["vulnerability"] == "CVE-1"
    assert finding.evidence == ("7.3",)
    assert finding.properties == ("known_exploited",)


def test_hostile_cells_stay_plain_text_in_a_sentence(fleet: Fleet) -> None:
    fleet.fact(
        "component",
        component_id="X\x1b[31m{firmware}\u202e",
        manufacturer="'; drop table asset; --",
        model="M" * 10_000,
        exposure="internet",
    )

    judgement = judge(fleet.connection, compile_checks([CATALOGUE["internet-exposed"]]))

    because = only(judgement, Verdict.FAIL).because
    assert "\x1b" not in because
    assert "\u202e" not in because
    assert "{firmware}" in because
    assert len(because) < 500


def test_every_check_runs_over_the_whole_catalogue_at_once(fleet: Fleet) -> None:
    three_cards(fleet)

    judgement = judge(fleet.connection, compile_checks(list(CATALOGUE.values())))

    assert len(judgement.counts) == len(CATALOGUE)
    for count in judgement.counts:
        rows = count.fails + count.passes + count.unknowns + count.not_applicable
        expected = {"component": 3, "asset": 1, "site": 1, "source": 1, "vendor": 1, "product": 1}
        expected |= {"life": 1, "log": 3}  # the kinds of log that a site should have
        assert rows == expected.get(CATALOGUE[count.check].subject, 0)


def test_judging_twice_says_the_same(fleet: Fleet) -> None:
    three_cards(fleet)
    checks = list(CATALOGUE.values())

    assert judge(fleet.connection, compile_checks(checks)) == judge(
        fleet.connection, compile_checks(checks[::-1])
    )


def test_a_check_that_never_decided_both_ways_is_uncovered(fleet: Fleet) -> None:
    three_cards(fleet)

    asked = compile_checks([CATALOGUE["internet-exposed"], CATALOGUE["secure-boot-off"]])

    judgement = judge(fleet.connection, asked)

    assert uncovered(judgement) == ("secure-boot-off",)


def test_a_check_that_cannot_be_run_is_named(fleet: Fleet) -> None:
    three_cards(fleet)
    fleet.fact("component", component_id="A/1", asset_id="A", read_at="2026-01-01")
    check = msgspec.structs.replace(
        CATALOGUE["internet-exposed"],
        id="too-large",
        violates="read_age_days * 9223372036854775807 * 9 > 1",
    )

    with pytest.raises(InputError, match="too-large"):
        judge(fleet.connection, compile_checks([CATALOGUE["firmware-reading-old"], check]))


def own_check(violates: str, applies: str = "") -> Check:
    text = f"""
    title = "T"
    subject = "component"
    asks = "A?"
    why = "W."
    applies = "{applies}"
    violates = "{violates}"
    says = "S."
    remedy = "R."
    severity = "low"
    """
    return read_check(text.encode(), topic="own", name="drawn", place="drawn")


ATOMS = ("is_reachable", "secure_boot", "read_age_days > 30", "role = 'sensor'", "not has_owner")


@st.composite
def predicates(draw: st.DrawFn) -> str:
    """Any predicate of up to eight atoms."""
    leaf = st.sampled_from(ATOMS)
    grown = st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]} and {pair[1]})"),
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]} or {pair[1]})"),
            inner.map(lambda text: f"not ({text})"),
        ),
        max_leaves=8,
    )
    return draw(grown)


@given(violates=predicates(), applies=st.one_of(st.just(""), predicates()))
@settings(max_examples=60, deadline=None)
def test_a_compiled_verdict_is_three_valued_logic(violates: str, applies: str) -> None:
    import duckdb

    from cellwarden.checks.verdict_sql import verdict_sql

    check = own_check(violates, applies)
    used, judged = predicates_of(check)
    three = "(values (true), (false), (null)) as "
    rows = (
        f"select * from {three} a(is_reachable), {three} b(secure_boot), {three} c(has_owner), "
        "(values (10), (90), (null)) as d(read_age_days), "
        "(values ('sensor'), ('gateway'), (null)) as e(role)"
    )
    found = duckdb.execute(
        f"select {verdict_sql(check, {})}, {judged.sql},"
        f" {used.sql if used else 'true'} from ({rows})"
    ).fetchall()

    for number, is_violated, is_asked in found:
        if is_asked is None or (is_asked and is_violated is None):
            assert number < 0
        elif not is_asked:
            assert number == 2
        else:
            assert number == int(is_violated)
