from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.triage import ssvc
from cellwarden.advisories.triage.ssvc import bod_26_04, deployer, timelines
from cellwarden.advisories.triage.surroundings import surroundings

DEPLOYER = "suites/ssvc/deployer_patch_application_priority_1_0_0.csv"
BOD = "suites/ssvc/cisa_bod_26_04_1_0_0.csv"


def published(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_every_row_of_the_published_deployer_tree_holds(shared: Path) -> None:
    rows = published(shared / DEPLOYER)

    answers = [
        deployer(exploitation=e, exposure=x, automatable=a, human_impact=h)
        for _, e, x, a, h, _ in rows
    ]

    assert len(rows) == 72
    assert [answer.possible for answer in answers] == [(row[-1],) for row in rows]
    assert not any(answer.is_assumed for answer in answers)


def test_every_row_of_the_published_directive_holds(shared: Path) -> None:
    rows = published(shared / BOD)

    answers = [
        bod_26_04(in_kev=k, exposed=x, automatable=a, technical_impact=t)
        for _, k, x, a, t, _ in rows
    ]

    assert len(rows) == 16
    assert [answer.possible for answer in answers] == [(row[-1],) for row in rows]


def test_tables_cover_every_combination_once() -> None:
    deployed = {
        deployer(exploitation=e, exposure=x, automatable=a, human_impact=h).rows
        for e, x, a, h in product(ssvc.EXPLOITATION, ssvc.EXPOSURE, ssvc.YES_NO, ssvc.HUMAN_IMPACT)
    }

    assert deployed == {1}
    assert deployer().rows == 72
    assert bod_26_04().rows == 16


def test_nothing_known_leaves_every_row_open_and_takes_the_strictest() -> None:
    timeline, decision = bod_26_04(), deployer()

    assert timeline.possible == timelines()
    assert (timeline.strictest, timeline.days) == ("3 days & forensic investigation", 3)
    assert decision.possible == ("defer", "scheduled", "out-of-cycle", "immediate")
    assert timeline.is_assumed
    assert decision.is_assumed


def test_unknown_that_changes_nothing_is_no_assumption() -> None:
    timeline = bod_26_04(in_kev="no", exposed="no", automatable="no")

    assert timeline.possible == ("fix on system upgrade",)
    assert timeline.days is None
    assert not timeline.is_assumed


def test_word_that_the_table_does_not_know_counts_as_unknown() -> None:
    assert bod_26_04(in_kev="perhaps") == bod_26_04()


inputs = st.tuples(
    *(
        st.sampled_from([None, *values])
        for values in (ssvc.EXPLOITATION, ssvc.EXPOSURE, ssvc.YES_NO, ssvc.HUMAN_IMPACT)
    )
)


@given(inputs, st.integers(0, 3))
def test_forgetting_an_input_never_makes_the_decision_milder(
    given_inputs: tuple[str | None, ...], forgotten: int
) -> None:
    names = ("exploitation", "exposure", "automatable", "human_impact")
    known = dict(zip(names, given_inputs, strict=True))

    less = deployer(**(known | {names[forgotten]: None}))
    more = deployer(**known)

    assert set(more.possible) <= set(less.possible)
    assert ssvc.DECISIONS.index(less.strictest) >= ssvc.DECISIONS.index(more.strictest)


def test_register_words_become_the_inputs_of_the_tables() -> None:
    around = surroundings("internet", "high", "high")

    assert (around.system_exposure, around.publicly_exposed) == ("open", "yes")
    assert around.human_impact == ("very high",)


def test_unknown_surroundings_stay_unknown() -> None:
    around = surroundings(None, "", "high")

    assert (around.system_exposure, around.publicly_exposed) == (None, None)
    assert around.human_impact == ("medium", "high", "very high")
    assert surroundings("somewhere", None, None).human_impact == ssvc.HUMAN_IMPACT
