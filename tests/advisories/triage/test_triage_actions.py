from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.triage import actions, blast_radii
from cellwarden.advisories.triage.actions import ROLES, role_of
from cellwarden.advisories.triage.facts import TriageFacts
from cellwarden.advisories.triage.risk import exposure_risk, finding_risk
from cellwarden.advisories.triage.tables import table
from cellwarden.model.findings import Finding, Severity, Verdict, finding_id
from cellwarden.model.ids import CheckId, FactId, SubjectId
from cellwarden.model.matching import MatchState
from cellwarden.model.report import Action, Exposure, ExposureClock

AS_OF = datetime(2026, 11, 16, tzinfo=UTC)

FACTS = TriageFacts(
    components={
        "C1": {"component_id": "C1", "exposure": "routed", "owner": "Power team"},
        "C2": {"component_id": "C2", "exposure": "routed"},
    },
    assets={"A1": {"criticality": "high", "owner_facility": "Facilities Harrow"}},
    sites={
        "S1": {"criticality": "high", "owner_security": "Security desk"},
        "S2": {"criticality": "low"},
    },
    dependencies=(
        {"kind": "cloud_service", "party_id": "ostrava", "name": "Telemetry", "site_id": "S1"},
        {"kind": "cloud_service", "party_id": "ostrava", "name": "Telemetry", "site_id": "S2"},
    ),
    parties={"ostrava": {"name": "Ostrava Cloudworks", "contact": "soc@ostrava.example"}},
)


def exposure(**changes: Any) -> Exposure:
    plain = Exposure(
        component_id="C1",
        asset_id="A1",
        site_id="S1",
        vendor="Corvane Energy",
        product="BC-200",
        part="controller",
        firmware="2.1",
        advisory_id="CWA-1",
        vulnerability="CVE-2026-1",
        title="Update without a signature",
        state=MatchState.AFFECTED,
        candidate=False,
        confidence=1.0,
        range="< 2.4",
        why="",
        fixed_in="2.4",
        cvss_score=9.8,
        cvss_vector=None,
        is_known_exploited=False,
        exploited_due_on=None,
        epss_score=None,
        epss_percentile=None,
        ssvc_decision="scheduled",
        patch_timeline="14 days",
        deadline_on="2026-11-30",
        is_deadline_assumed=False,
        arithmetic=(),
        clock=None,
        next_window_on="2026-12-01",
        sites_sharing_path=None,
        shared_path=None,
        url=None,
        evidence=(),
    )
    return msgspec.structs.replace(plain, **changes)


def finding(check: str, subject: str, **changes: Any) -> Finding:
    plain = Finding(
        id=finding_id(check, subject),
        check=CheckId(check),
        topic="support",
        title="Support has ended",
        subject_kind="component",
        subject=SubjectId(subject),
        verdict=Verdict.FAIL,
        severity=Severity.HIGH,
        because="support ended",
        why_it_matters="No fix will come.",
        remedy="Plan the replacement.",
        site_id="S1",
        vendor="Corvane Energy",
        evidence=(FactId("1.0"),),
        witness={},
    )
    return msgspec.structs.replace(plain, **changes)


def of_role(found: tuple[Action, ...], role: str) -> list[Action]:
    return [action for action in found if action.role == role]


def test_one_update_that_closes_several_weaknesses_on_several_parts_is_one_action() -> None:
    exposures = [
        exposure(),
        exposure(vulnerability="CVE-2026-2"),
        exposure(component_id="C2", site_id="S2", asset_id="A2", deadline_on="2026-11-20"),
    ]

    found = of_role(actions([], exposures, FACTS, as_of=AS_OF), "facilities")

    assert [action.title for action in found] == [
        "Install 2.4 on 2 parts of Corvane Energy BC-200 at S1, S2"
    ]
    assert "closes CVE-2026-1, CVE-2026-2" in found[0].reason
    assert found[0].deadline_on == "2026-11-20"
    assert found[0].risk == pytest.approx(sum(exposure_risk(e, FACTS) for e in exposures), abs=0.1)


def test_weakness_without_a_fix_is_asked_for_and_shielded() -> None:
    found = actions([], [exposure(fixed_in="")], FACTS, as_of=AS_OF)

    assert [(action.role, action.title.split()[0]) for action in found] == [
        ("security", "Take"),
        ("procurement", "Ask"),
    ]


def test_path_shared_by_sites_is_an_act_of_its_own() -> None:
    shared = exposure(sites_sharing_path=2, shared_path="cloud service Telemetry")

    found = of_role(actions([], [shared], FACTS, as_of=AS_OF), "security")

    assert found[0].title.startswith("Close or watch cloud service Telemetry")


def test_missed_deadline_is_the_auditors() -> None:
    found = of_role(
        actions([], [exposure(deadline_on="2026-11-01")], FACTS, as_of=AS_OF), "auditor"
    )

    assert "on record" in found[0].title


@pytest.mark.parametrize(
    ("changes", "role", "title"),
    [
        ({"candidate": True}, "security", "Say whether"),
        ({"firmware": "UPS 09.8"}, "security", "Find out whether"),
        ({"firmware": ""}, "facilities", "Read the firmware version"),
    ],
)
def test_what_is_undetermined_is_settled_by_whoever_can(
    changes: dict[str, Any], role: str, title: str
) -> None:
    undetermined = exposure(state=MatchState.UNDETERMINED, **changes)

    found = actions([], [undetermined], FACTS, as_of=AS_OF)

    assert [action.role for action in found] == [role]
    assert found[0].title.startswith(title)


def test_closed_states_ask_for_nothing() -> None:
    closed = [exposure(state=MatchState.FIXED), exposure(state=MatchState.NOT_AFFECTED)]

    assert actions([], closed, FACTS, as_of=AS_OF) == ()


def test_findings_of_one_check_and_vendor_are_one_act_of_the_topics_role() -> None:
    findings = [finding("support-ended", "C1"), finding("support-ended", "C2")]

    found = actions(findings, [], FACTS, as_of=AS_OF)

    assert [(action.role, action.title) for action in found] == [
        ("procurement", "Plan the replacement.")
    ]
    assert found[0].findings == tuple(f.id for f in findings)


def test_finding_about_an_exposure_goes_with_the_act_that_closes_it() -> None:
    about = finding("fix-overdue", "C1/CVE-2026-1/CWA-1", topic="vulnerabilities")

    found = actions([about], [exposure()], FACTS, as_of=AS_OF)

    assert [(action.role, action.findings) for action in found] == [("facilities", (about.id,))]


def test_accepted_finding_asks_for_nothing() -> None:
    accepted = finding("fix-overdue", "C1/CVE-2026-1/CWA-1", exception_id="X-1")
    other = finding("support-ended", "C1", exception_id="X-2")

    assert actions([accepted, other], [exposure()], FACTS, as_of=AS_OF) == ()


def test_passes_ask_for_nothing() -> None:
    assert actions([finding("x", "C1", verdict=Verdict.PASS)], [], FACTS, as_of=AS_OF) == ()


def test_each_role_gets_at_most_five_worst_first() -> None:
    exposures = [
        exposure(product=f"BC-{n}", fixed_in=f"{n}.0", cvss_score=float(n)) for n in range(1, 9)
    ]

    found = of_role(actions([], exposures, FACTS, as_of=AS_OF), "facilities")

    assert len(found) == 5
    assert [action.risk for action in found] == sorted((a.risk for a in found), reverse=True)


@given(st.permutations([exposure(), exposure(component_id="C2"), exposure(fixed_in="3.0")]))
def test_order_of_exposures_does_not_change_the_list(exposures: list[Exposure]) -> None:
    found = actions([], exposures, FACTS, as_of=AS_OF)

    titles = {(action.role, action.risk) for action in found}
    assert titles == {("facilities", 117.6), ("facilities", 58.8)}


def test_roles_come_in_their_order() -> None:
    exposures = [exposure(fixed_in="", deadline_on="2026-11-01"), exposure(vulnerability="CVE-3")]

    found = actions([], exposures, FACTS, as_of=AS_OF)

    assert [ROLES.index(action.role) for action in found] == sorted(
        ROLES.index(action.role) for action in found
    )


def test_unknown_weighs_like_the_worst_and_exploited_like_more() -> None:
    unknown_place = TriageFacts()

    assert exposure_risk(exposure(), unknown_place) >= exposure_risk(exposure(), FACTS)
    assert exposure_risk(exposure(is_known_exploited=True), FACTS) > exposure_risk(
        exposure(is_known_exploited=None), FACTS
    )
    assert exposure_risk(exposure(state=MatchState.FIXED), FACTS) == 0


def test_many_unknowns_weigh_more_than_one_but_not_many_times() -> None:
    one = finding("x", "C1", verdict=Verdict.UNKNOWN)
    many = finding("x", "C1", verdict=Verdict.UNKNOWN, count=1000)

    assert finding_risk(one, FACTS) < finding_risk(many, FACTS) < 10 * finding_risk(one, FACTS)


def test_blast_radius_tells_parts_sites_paths_fix_window_and_who_must_know() -> None:
    exposures = [
        exposure(),
        exposure(component_id="C2", asset_id="A2", site_id="S2", next_window_on=None),
        exposure(component_id="C3", state=MatchState.FIXED),
    ]

    pages = blast_radii(exposures, FACTS)

    assert len(pages) == 1
    page = pages[0]
    assert page.components == ("C1", "C2")
    assert page.sites == ("S1", "S2")
    assert page.states == {"affected": 2, "fixed": 1}
    assert page.paths == ("cloud service Telemetry: S1, S2",)
    assert page.fix == "Corvane Energy BC-200: 2.4"
    assert page.next_window == "S1: 2026-12-01; S2: none planned"
    assert page.who_must_know == (
        "Power team",
        "Facilities Harrow",
        "Security desk",
        "Ostrava Cloudworks (soc@ostrava.example)",
        "nobody is recorded for C2",
    )


def test_blast_radius_says_where_a_fix_has_no_version() -> None:
    clock = ExposureClock(
        total_days=9,
        vendor_days=1,
        window_days=8,
        operator_days=0,
        open_part="window",
        published_on="2026-11-07",
        fix_available_on="2026-11-08",
        window_closed_on=None,
        fixed_on=None,
        reason="",
    )

    named = blast_radii([exposure(fixed_in="", clock=clock)], FACTS)[0]
    unnamed = blast_radii([exposure(fixed_in="")], FACTS)[0]

    assert "its version is not" in named.fix
    assert unnamed.fix.endswith("no fix named")


def test_vulnerability_without_an_open_part_has_no_page() -> None:
    assert blast_radii([exposure(state=MatchState.NOT_AFFECTED)], FACTS) == ()


def test_exploited_comes_before_many_parts() -> None:
    exposures = [
        exposure(vulnerability="CVE-2026-9"),
        exposure(vulnerability="CVE-2026-9", component_id="C2"),
        exposure(vulnerability="CVE-2026-2", is_known_exploited=True),
    ]

    pages = blast_radii(exposures, FACTS)

    assert [page.vulnerability for page in pages] == ["CVE-2026-2", "CVE-2026-9"]


def test_check_of_its_own_role_does_not_go_with_its_topic() -> None:
    sbom = finding("sbom-missing", "C1", topic="inventory")
    serial = finding("serial-missing", "C1", topic="inventory")
    own = finding("our-own", "C1", topic="own")

    assert [role_of(one) for one in (sbom, serial, own)] == [
        "procurement",
        "facilities",
        "security",
    ]


def test_every_topic_and_named_check_of_the_catalogue_has_a_role(root: Path) -> None:
    catalogue = root / "src" / "cellwarden" / "checks" / "catalogue"
    named = {row["topic_or_check"] for row in table("roles")}
    topics = {path.name for path in catalogue.iterdir() if path.is_dir()}
    checks = {path.stem for path in catalogue.rglob("*.toml")}

    assert topics <= named
    assert named <= topics | checks
