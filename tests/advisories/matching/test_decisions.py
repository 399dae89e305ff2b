"""What people say about matches and advisories is remembered and named."""

from __future__ import annotations

import pytest

from cellwarden.advisories.matching import Correction, Decision, Matcher
from cellwarden.model.matching import Component, MatchState, Statement

MODULYS = Statement(
    advisory_id="ICSA-23-024-02",
    leaf_id="CSAFPID-0001",
    status="affected",
    vulnerabilities=("CVE-2023-0356",),
    vendor="SOCOMEC",
    product="MODULYS GP Net Vision",
    version_text="<= 7.20",
)
CARD = Component(
    component_id="NG1-UPS-B1/nv",
    manufacturer="Socomec",
    model="MASTERYS 3/3 SYSTEM 30 kVA",
    part="Net Vision",
    firmware="Net Vision v4.11",
)


def _decided(answer: str, *, about: str = CARD.component_id) -> Decision:
    return Decision(
        component_id=about,
        advisory_id="ICSA-23-024-02",
        answer=answer,
        reason="the label says the same board",
        decided_by="m.hale",
        decided_at="2026-11-01T10:00:00Z",
    )


def test_yes_makes_the_product_certain_and_names_who_said_it() -> None:
    (found,) = Matcher([MODULYS], decisions=[_decided("yes")]).match([CARD])

    assert (found.state, found.candidate) == (MatchState.AFFECTED, False)
    assert found.confidence == 1.0
    assert "m.hale" in found.why
    assert "the label says the same board" in found.why


def test_no_takes_the_row_away_and_the_explanation_says_who() -> None:
    matcher = Matcher([MODULYS], decisions=[_decided("no")])

    told = matcher.explain(CARD, "ICSA-23-024-02")

    assert list(matcher.match([CARD])) == []
    assert any("m.hale said that it is another product" in line for line in told.lines)


def test_decision_on_maker_and_model_holds_for_all_alike() -> None:
    matcher = Matcher(
        [MODULYS], decisions=[_decided("no", about="Socomec|MASTERYS 3/3 SYSTEM 30 kVA")]
    )

    assert list(matcher.match([CARD])) == []


def test_later_decision_holds() -> None:
    later = Decision(
        component_id=CARD.component_id,
        advisory_id="ICSA-23-024-02",
        answer="yes",
        decided_by="a.ruiz",
        decided_at="2026-11-09T10:00:00Z",
    )

    (found,) = Matcher([MODULYS], decisions=[later, _decided("no")]).match([CARD])

    assert found.state is MatchState.AFFECTED


def test_decisions_may_be_rows_of_their_kind() -> None:
    row = {"component_id": CARD.component_id, "advisory_id": "ICSA-23-024-02", "answer": "no"}

    assert (
        list(Matcher([MODULYS], decisions=[row | {"reason": None, "entry": "7"}]).match([CARD]))
        == []
    )


@pytest.mark.parametrize("leaf", ["*", "CSAFPID-0001"])
def test_correction_is_applied_before_matching_and_named(leaf: str) -> None:
    correction = Correction(
        advisory_id="ICSA-23-024-02",
        leaf_id=leaf,
        field="product",
        value="Net Vision",
        reason="the maker confirmed it for every UPS",
        author="m.hale",
    )

    (found,) = Matcher([MODULYS], corrections=[correction]).match([CARD])

    assert found.state is MatchState.AFFECTED
    assert "m.hale corrected product" in found.why


def test_correction_of_a_range_is_what_the_match_shows() -> None:
    correction = Correction(
        advisory_id="ICSA-23-024-02",
        leaf_id="*",
        field="version_text",
        value="<= 7.30",
        author="m.hale",
    )
    component = Component(
        component_id="C", manufacturer="Socomec", model="MODULYS GP Net Vision", firmware="7.25"
    )

    (found,) = Matcher([MODULYS], corrections=[correction]).match([component])

    assert (found.state, found.range) == (MatchState.AFFECTED, "<= 7.30")


def test_explanation_shows_every_feature_and_every_statement() -> None:
    told = Matcher([MODULYS]).explain(CARD, "ICSA-23-024-02")

    assert told.considered[0].identity.answer == "candidate"
    assert {feature.name for feature in told.considered[0].identity.features} >= {"maker"}
    assert any("<= 7.20" in line for line in told.lines)


def test_explanation_of_an_unknown_advisory_says_so() -> None:
    told = Matcher([MODULYS]).explain(CARD, "ICSA-99-000-01")

    assert told.matches == ()
    assert told.considered == ()
    assert any("names no product" in line for line in told.lines)
