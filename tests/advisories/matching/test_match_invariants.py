"""What holds for every match, whatever the register and the advisories say."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.advisories.matching import Decision, FleetIndex, Matcher
from cellwarden.model.matching import Component, MatchState, Statement

MAKERS = ("APC", "Schneider Electric", "Socomec", "Riello", "Generex", "Corvane Energy", "")
MODELS = (
    "AP7902B",
    "AP8641",
    "Smart-UPS 750",
    "MASTERYS 3/3",
    "MODULYS GP",
    "Netman 204",
    "CS141",
    "CBC-200",
    "Symmetra LX",
    "",
)
PARTS = ("", "NMC2", "Net Vision", "UPS", "AOS", "CS141")
FIRMWARE = (
    "",
    "6.7.2",
    "v7.0.6",
    "AOS v3.9.4 / App v3.9.3",
    "UPS 08.8 / ID=18",
    "4.11",
    "2.04",
    "?",
)
PRODUCTS = (
    "AP7xxxx and AP8xxx with NMC2",
    "APC Rack Power Distribution Units (PDU) using NMC3",
    "APC Smart-UPS SMT Series",
    "MODULYS GP Net Vision",
    "Net vision",
    "Netman 204",
    "UPS CS141",
    "CBC-200 Cabinet Controller",
    "1-Phase UPS using NMC2 including Smart-UPS Symmetra and Galaxy 3500",
)
RANGES = ("<= 6.9.6", "vers:all/*", "< 7.20", "7.20", "ID=18: UPS 09.8 and prior", "spring builds")

components = st.lists(
    st.tuples(*(st.sampled_from(column) for column in (MAKERS, MODELS, PARTS, FIRMWARE))),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        Component(component_id=f"C{at}", manufacturer=m, model=o, part=p, firmware=f)
        for at, (m, o, p, f) in enumerate(rows)
    ]
)
statements = st.lists(
    st.tuples(
        st.sampled_from(("A1", "A2")),
        st.sampled_from(("affected", "affected", "fixed", "not_affected", "under_investigation")),
        st.sampled_from(MAKERS),
        st.sampled_from(PRODUCTS),
        st.sampled_from(RANGES),
        st.sampled_from((("V1",), ("V2",), ("V1", "V2"))),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        Statement(
            advisory_id=a,
            leaf_id=str(at),
            status=s,
            vulnerabilities=v,
            vendor=m,
            product=p,
            version_text=r,
        )
        for at, (a, s, m, p, r, v) in enumerate(rows)
    ]
)


@given(components, statements, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_statements_and_components_changes_nothing(
    fleet: list[Component], said: list[Statement], chance: random.Random
) -> None:
    mixed_fleet, mixed = list(fleet), list(said)
    chance.shuffle(mixed_fleet)
    chance.shuffle(mixed)

    rows = list(Matcher(said).match(fleet))
    mixed_rows = list(Matcher(mixed).match(mixed_fleet))

    assert sorted(rows, key=repr) == sorted(mixed_rows, key=repr)


@given(components, statements)
@settings(max_examples=60, deadline=None)
def test_decision_no_takes_away_exactly_its_rows(
    fleet: list[Component], said: list[Statement]
) -> None:
    rows = list(Matcher(said).match(fleet))
    if not rows:
        return
    chosen = rows[0]
    decision = Decision(
        component_id=chosen.component_id, advisory_id=chosen.advisory_id, answer="no"
    )

    left = list(Matcher(said, decisions=[decision]).match(fleet))

    gone = (chosen.component_id, chosen.advisory_id)
    assert left == [r for r in rows if (r.component_id, r.advisory_id) != gone]


@given(components, statements)
@settings(max_examples=60, deadline=None)
def test_blank_version_is_never_called_fixed_or_outside_a_range(
    fleet: list[Component], said: list[Statement]
) -> None:
    blank = [
        Component(
            component_id=c.component_id, manufacturer=c.manufacturer, model=c.model, part=c.part
        )
        for c in fleet
    ]
    ranged = [s for s in said if s.status != "not_affected"]

    states = {row.state for row in Matcher(ranged).match(blank)}

    assert states <= {MatchState.AFFECTED, MatchState.UNDETERMINED}


@given(components, statements)
@settings(max_examples=60, deadline=None)
def test_candidate_is_always_undetermined_and_confidence_lies_between_0_and_1(
    fleet: list[Component], said: list[Statement]
) -> None:
    rows = list(Matcher(said).match(fleet))

    assert all(row.state is MatchState.UNDETERMINED for row in rows if row.candidate)
    assert all(0 <= row.confidence <= 1 for row in rows)
    assert all(row.why and row.source.startswith(row.advisory_id) for row in rows)


@given(components, statements, statements)
@settings(max_examples=60, deadline=None)
def test_changed_advisory_gives_what_a_full_match_gives(
    fleet: list[Component], said: list[Statement], changed: list[Statement]
) -> None:
    kept = [s for s in said if s.advisory_id != "A1"]
    new = [s for s in changed if s.advisory_id == "A1"]

    quick = list(FleetIndex(Matcher(said), fleet).changed("A1", new))
    full = [row for row in Matcher([*kept, *new]).match(fleet) if row.advisory_id == "A1"]

    assert quick == full
