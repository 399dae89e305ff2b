from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.triage.exposures import triage
from cellwarden.advisories.triage.facts import TriageFacts, TriagePolicy
from cellwarden.model.matching import Match, MatchState
from cellwarden.model.report import Exposure

AS_OF = datetime(2026, 11, 16, 23, 59, 59, tzinfo=UTC)
CVE = "CVE-2026-1001"
ADVISORY = "CWA-2026-01"
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def match(**changes: Any) -> Match:
    plain = Match(
        component_id="NG1-C1/ctl",
        part="controller",
        advisory_id=ADVISORY,
        vulnerabilities=(CVE,),
        state=MatchState.AFFECTED,
        confidence=1.0,
        candidate=False,
        range="< 2.4",
        version="2.1",
        why="2.1 is below 2.4",
        fixed_in="",
        source=f"{ADVISORY}#CW-1",
    )
    return msgspec.structs.replace(plain, **changes)


def facts(**changes: Any) -> TriageFacts:
    """Corvane's controller on two sites behind one cloud: 61, 47 and 12 days."""
    plain = TriageFacts(
        components={
            "NG1-C1/ctl": component("NG1-C1/ctl", "NG1-C1"),
            "NG2-C1/ctl": component("NG2-C1/ctl", "NG2-C1"),
        },
        assets={
            "NG1-C1": {"asset_id": "NG1-C1", "site_id": "NG1", "criticality": "high"},
            "NG2-C1": {"asset_id": "NG2-C1", "site_id": "NG2", "criticality": "medium"},
        },
        sites={
            "NG1": {"site_id": "NG1", "criticality": "high"},
            "NG2": {"site_id": "NG2", "criticality": "medium"},
        },
        windows=(
            window("W-1", "NG1", "2026-11-04T04:00:00Z"),
            window("W-2", "NG1", "2026-12-01T04:00:00Z"),
        ),
        dependencies=tuple(
            {
                "kind": "cloud_service",
                "party_id": "ostrava",
                "name": "Ostrava telemetry",
                "site_id": site,
                "asset_id": None,
            }
            for site in ("NG1", "NG2")
        ),
        advisories={
            ADVISORY: {
                "advisory_id": ADVISORY,
                "publisher": "Corvane Energy PSIRT",
                "released_at": "2026-07-19",
                "url": "https://advisories.example/cwa-2026-01",
                "fact_id": "3.0",
            }
        },
        vulnerabilities={
            CVE: [
                {
                    "advisory_id": ADVISORY,
                    "title": "Update without a signature",
                    "cvss_vector": CRITICAL,
                    "cvss_score": "9.8",
                    "published_at": "2026-07-19",
                    "exploitation": "none",
                    "automatable": "no",
                    "technical_impact": "total",
                    "fact_id": "3.2",
                }
            ]
        },
        remediations={
            ADVISORY: [
                {
                    "vulnerabilities": CVE,
                    "leaf_ids": "CW-1",
                    "category": "vendor_fix",
                    "text": "Install 2.4.",
                    "available_on": "2026-09-18",
                    "fact_id": "3.3",
                }
            ]
        },
        exploited_list_at="2026-11-10",
    )
    return msgspec.structs.replace(plain, **changes)


def component(component_id: str, asset_id: str) -> dict[str, str | None]:
    return {
        "component_id": component_id,
        "asset_id": asset_id,
        "manufacturer": "Corvane Energy",
        "model": "BC-200",
        "firmware": "2.1",
        "exposure": "routed",
        "fact_id": f"1.{asset_id}",
    }


def window(window_id: str, site_id: str, closes_at: str) -> dict[str, str | None]:
    return {
        "window_id": window_id,
        "site_id": site_id,
        "asset_id": None,
        "closes_at": closes_at,
        "approved_by": "change board",
        "approved_at": "2026-07-01",
        "takes_firmware": "yes",
    }


def only(exposures: tuple[Exposure, ...]) -> Exposure:
    assert len(exposures) == 1
    return exposures[0]


def listing(added_on: str) -> dict[str, dict[str, str | None]]:
    return {CVE: {"vulnerability": CVE, "added_on": added_on, "due_on": "2026-11-20"}}


def points(**changes: str | None) -> dict[str, list[dict[str, str | None]]]:
    row = dict(facts().vulnerabilities[CVE][0])
    return {CVE: [row | changes]}


def test_failure_pattern_one_shows_whose_days_they_were() -> None:
    exposure = only(triage([match()], facts(), as_of=AS_OF))

    assert exposure.clock is not None
    assert exposure.clock.vendor_days == 61
    assert exposure.clock.window_days == 47
    assert exposure.clock.operator_days == 12
    assert exposure.next_window_on == "2026-12-01"


def test_two_sites_share_the_weakness_through_one_cloud() -> None:
    both = [match(), match(component_id="NG2-C1/ctl")]

    exposures = triage(both, facts(), as_of=AS_OF)

    assert [exposure.sites_sharing_path for exposure in exposures] == [2, 2]
    assert {exposure.shared_path for exposure in exposures} == {"cloud service Ostrava telemetry"}


def test_fixed_part_behind_the_cloud_does_not_share_the_weakness() -> None:
    both = [match(), match(component_id="NG2-C1/ctl", state=MatchState.FIXED)]

    exposures = triage(both, facts(), as_of=AS_OF)

    assert [exposure.sites_sharing_path for exposure in exposures] == [1, 1]


def test_unrecorded_paths_are_unknown_and_declared_none_is_none() -> None:
    silent = only(triage([match()], facts(dependencies=()), as_of=AS_OF))
    declared = only(
        triage(
            [match()],
            facts(dependencies=(), sites_with_all_dependencies=frozenset({"NG1"})),
            as_of=AS_OF,
        )
    )

    assert silent.sites_sharing_path is None
    assert declared.sites_sharing_path == 0


def test_fix_on_system_upgrade_means_the_first_window_that_could_have_taken_it() -> None:
    exposure = only(triage([match()], facts(), as_of=AS_OF))

    assert exposure.patch_timeline == "fix on system upgrade"
    assert exposure.deadline_on == "2026-11-04"
    assert not exposure.is_deadline_assumed
    assert any("12 days ago" in step for step in exposure.arithmetic)


def test_without_a_fix_the_next_window_is_the_day_for_a_measure() -> None:
    exposure = only(triage([match()], facts(remediations={}), as_of=AS_OF))

    assert exposure.deadline_on == "2026-12-01"
    assert any("compensating measure" in step for step in exposure.arithmetic)


def test_no_planned_window_gives_no_deadline_and_says_so() -> None:
    exposure = only(triage([match()], facts(windows=()), as_of=AS_OF))

    assert exposure.deadline_on is None
    assert any("no approved window" in step for step in exposure.arithmetic)


def test_listing_as_exploited_starts_the_shorter_timeline() -> None:
    exposure = only(triage([match()], facts(exploited=listing("2026-11-08")), as_of=AS_OF))

    assert exposure.is_known_exploited is True
    assert exposure.patch_timeline == "14 days"
    assert exposure.exploited_due_on == "2026-11-20"
    assert exposure.ssvc_decision == "out-of-cycle"


def test_listing_never_gains_time() -> None:
    exposed = {"NG1-C1/ctl": component("NG1-C1/ctl", "NG1-C1") | {"exposure": "internet"}}
    changes = {"components": exposed, "vulnerabilities": points(automatable="yes")}

    before = only(triage([match()], facts(**changes), as_of=AS_OF))
    after = only(triage([match()], facts(**changes, exploited=listing("2026-11-08")), as_of=AS_OF))

    assert before.deadline_on == "2026-07-22"
    assert after.deadline_on == "2026-07-22"
    assert after.patch_timeline == "3 days & forensic investigation"


@pytest.mark.parametrize("list_at", [None, "2026-01-01", "2026-07-01"])
def test_silence_of_an_absent_or_old_list_is_unknown(list_at: str | None) -> None:
    policy = TriagePolicy(exploited_list_max_days=180)

    exposure = only(triage([match()], facts(exploited_list_at=list_at), as_of=AS_OF, policy=policy))

    assert exposure.is_known_exploited is None
    assert exposure.is_deadline_assumed
    assert exposure.patch_timeline == "14 days"


def test_fresh_list_that_leaves_it_out_says_not_exploited() -> None:
    exposure = only(triage([match()], facts(), as_of=AS_OF))

    assert exposure.is_known_exploited is False


def test_exploitation_that_the_document_reports_counts_without_any_list() -> None:
    reported = facts(vulnerabilities=points(is_exploited="yes"), exploited_list_at=None)

    exposure = only(triage([match()], reported, as_of=AS_OF))

    assert exposure.is_known_exploited is True
    assert any("exploitation active" in step for step in exposure.arithmetic)


def test_unknown_inputs_take_the_strictest_row_and_say_that_it_is_assumed() -> None:
    unknown = facts(
        vulnerabilities=points(automatable=None, technical_impact=None),
        components={"NG1-C1/ctl": component("NG1-C1/ctl", "NG1-C1") | {"exposure": None}},
    )

    exposure = only(triage([match()], unknown, as_of=AS_OF))

    assert exposure.patch_timeline == "3 days"
    assert exposure.is_deadline_assumed
    assert any("8 possible rows" in step for step in exposure.arithmetic)


def test_undetermined_part_gets_an_assumed_deadline() -> None:
    exposure = only(triage([match(state=MatchState.UNDETERMINED)], facts(), as_of=AS_OF))

    assert exposure.deadline_on == "2026-11-04"
    assert exposure.is_deadline_assumed


@pytest.mark.parametrize("state", [MatchState.FIXED, MatchState.NOT_AFFECTED])
def test_closed_states_get_no_deadline_and_no_decision(state: MatchState) -> None:
    exposure = only(triage([match(state=state)], facts(), as_of=AS_OF))

    assert (exposure.deadline_on, exposure.patch_timeline, exposure.ssvc_decision) == (None, "", "")
    assert exposure.clock is None


def test_fixed_part_with_a_known_day_has_a_stopped_clock() -> None:
    known = facts(fixed_on={("NG1-C1/ctl", CVE): "2026-11-10"})

    exposure = only(triage([match(state=MatchState.FIXED)], known, as_of=AS_OF))

    assert exposure.clock is not None
    assert (exposure.clock.operator_days, exposure.clock.open_part) == (6, None)


def test_worst_state_wins_among_advisories() -> None:
    other = match(advisory_id="ICSA-1", state=MatchState.NOT_AFFECTED, source="ICSA-1#P-1")

    exposure = only(triage([other, match()], facts(), as_of=AS_OF))

    assert (exposure.state, exposure.advisory_id) == (MatchState.AFFECTED, ADVISORY)
    assert "the worst state holds" in exposure.arithmetic[0]


def vendors_word(publisher: str, justification: str) -> tuple[list[Match], TriageFacts]:
    denied = match(advisory_id="VEX-1", state=MatchState.NOT_AFFECTED, source="VEX-1#V-1")
    known = facts(
        advisories={
            **facts().advisories,
            "VEX-1": {"advisory_id": "VEX-1", "publisher": publisher},
        },
        justifications={("VEX-1", "V-1"): justification} if justification else {},
        vendor_names={"corvane": "corvane energy"},
    )
    return [match(), denied], known


def test_justified_word_of_the_products_own_vendor_outweighs_the_worst_state() -> None:
    matches, known = vendors_word("Corvane", "component_not_present")

    exposure = only(triage(matches, known, as_of=AS_OF))

    assert (exposure.state, exposure.advisory_id) == (MatchState.NOT_AFFECTED, "VEX-1")
    assert "component_not_present" in exposure.arithmetic[0]


@pytest.mark.parametrize(
    ("publisher", "justification"), [("Aldermoor Power", "component_not_present"), ("Corvane", "")]
)
def test_word_of_another_vendor_or_without_a_reason_outweighs_nothing(
    publisher: str, justification: str
) -> None:
    matches, known = vendors_word(publisher, justification)

    exposure = only(triage(matches, known, as_of=AS_OF))

    assert exposure.state is MatchState.AFFECTED


def test_fix_of_another_product_is_not_this_parts_fix() -> None:
    foreign = match(source=f"{ADVISORY}#CW-2")

    exposure = only(triage([foreign], facts(), as_of=AS_OF))

    assert exposure.clock is not None
    assert exposure.clock.fix_available_on is None


def test_undated_fix_counts_from_the_advisory_and_says_so() -> None:
    undated = dict(facts().remediations[ADVISORY][0]) | {"available_on": None}

    exposure = only(triage([match()], facts(remediations={ADVISORY: [undated]}), as_of=AS_OF))

    assert exposure.clock is not None
    assert exposure.clock.vendor_days == 0
    assert any("(assumed)" in step for step in exposure.arithmetic)


def test_release_of_the_register_dates_the_fix() -> None:
    release = {
        "manufacturer": "CORVANE ENERGY",
        "model": "BC-200",
        "version": "2.4",
        "released_on": "2026-08-01",
        "fixes": f"CVE-2026-1 {CVE}",
    }

    exposure = only(triage([match()], facts(releases=(release,)), as_of=AS_OF))

    assert exposure.clock is not None
    assert exposure.clock.fix_available_on == "2026-08-01"
    assert exposure.fixed_in == "2.4"


def test_undated_weakness_counts_from_the_day_that_it_reached_us() -> None:
    undated = facts(
        advisories={},
        vulnerabilities=points(published_at=None, automatable="yes"),
        remediations={},
        imported_at={ADVISORY: "2026-10-01T08:00:00Z"},
    )

    exposure = only(triage([match()], undated, as_of=AS_OF))

    assert exposure.deadline_on == "2026-11-30"
    assert exposure.is_deadline_assumed
    assert exposure.clock is None


def test_match_without_a_vulnerability_stands_for_its_advisory() -> None:
    exposure = only(triage([match(vulnerabilities=())], facts(), as_of=AS_OF))

    assert exposure.vulnerability == ADVISORY


def test_component_that_the_register_does_not_know_is_triaged_with_unknowns() -> None:
    exposure = only(triage([match(component_id="stray")], facts(), as_of=AS_OF))

    assert (exposure.site_id, exposure.vendor) == ("", "")
    assert exposure.is_deadline_assumed


def test_address_that_is_not_of_the_web_is_not_handed_on() -> None:
    hostile = {ADVISORY: dict(facts().advisories[ADVISORY]) | {"url": "javascript:alert(1)"}}

    exposure = only(triage([match()], facts(advisories=hostile), as_of=AS_OF))

    assert exposure.url is None


def test_evidence_names_the_facts_that_took_part() -> None:
    exposure = only(triage([match()], facts(), as_of=AS_OF))

    assert exposure.evidence == ("1.NG1-C1", "3.0", "3.2", "3.3")


def test_directive_is_called_a_benchmark() -> None:
    exposure = only(triage([match()], facts(), as_of=AS_OF))

    assert any("benchmark" in step for step in exposure.arithmetic)


@given(st.permutations([match(), match(component_id="NG2-C1/ctl"), match(advisory_id="ICSA-9")]))
def test_order_of_matches_does_not_matter(matches: list[Match]) -> None:
    expected = triage(
        [match(), match(component_id="NG2-C1/ctl"), match(advisory_id="ICSA-9")],
        facts(),
        as_of=AS_OF,
    )

    assert triage(matches, facts(), as_of=AS_OF) == expected


def test_title_is_that_of_the_advisory_that_counts() -> None:
    other = {"advisory_id": "VEX-1", "title": "Not part of these products"}
    rows = {CVE: [other, *facts().vulnerabilities[CVE]]}

    exposure = only(triage([match()], facts(vulnerabilities=rows), as_of=AS_OF))

    assert exposure.title == "Update without a signature"
