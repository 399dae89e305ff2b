"""What was true at a time, and what was known at a size, held against a plain reading."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.model.facts import ASSERT, END, kinds
from cellwarden.store.facts import Fact
from cellwarden.store.kind_tables import _statements
from cellwarden.store.state import Draft, State

COMPONENT = kinds()["component"]
FIRMWARE = COMPONENT.column_names.index("firmware")
DAYS = [f"2026-10-{day:02d}T00:00:00Z" for day in range(1, 6)]


def word(firmware: str, since: str | None, until: str | None = None, op: str = ASSERT) -> Fact:
    return Fact(
        cells=COMPONENT.row({"component_id": "a", "firmware": firmware}),
        op=op,
        valid_from=since,
        valid_to=until,
    )


def seen(state: State, as_of: str, known_at: int) -> list[tuple[str | None, ...]]:
    """What the view of this one kind says; the views of all kinds would be made for nothing."""
    files = state.partitions.entries_of("component", known_at)
    with duckdb.connect(":memory:") as connection:
        for statement in _statements("component", files, [], as_of, "view"):
            connection.execute(statement)
        return connection.execute("select firmware from component").fetchall()


def record(state: State, *words: Fact) -> None:
    draft = Draft(act="register", actor="t", source="s", clock_at="2026-11-01T00:00:00Z")
    for one in words:
        state.record(draft, {"component": [one]})


def test_what_was_true_then_and_what_was_known_then_are_two_questions(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        record(state, word("1", DAYS[0]))
        record(state, word("2", DAYS[1]))  # recorded late, about an earlier day

        true_then_known_now = seen(state, DAYS[1], 2)
        true_then_known_then = seen(state, DAYS[1], 1)
        before_it_was_true = seen(state, DAYS[0], 2)
        before_anything_was_known = seen(state, DAYS[1], 0)

    assert true_then_known_now == [("2",)]
    assert true_then_known_then == [("1",)]
    assert before_it_was_true == [("1",)]
    assert before_anything_was_known == []


WORDS = st.lists(
    st.builds(
        word,
        st.sampled_from("123"),
        st.none() | st.sampled_from(DAYS),
        st.none() | st.sampled_from(DAYS),
        st.sampled_from([ASSERT, END]),
    ),
    min_size=1,
    max_size=5,
)


def deciding(words: list[Fact]) -> Fact | None:
    """The word that began last, among equals the one recorded last; see ``by_source_mixed``."""
    best: tuple[str, int] = ("", -1)
    newest = ""
    for at, one in enumerate(words):
        newest = max(newest, one.valid_from or "")
        best = max(best, (one.valid_from or newest, at))
    return words[best[1]] if words else None


def test_a_snapshot_that_is_recorded_late_does_not_override_a_newer_one(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        record(state, word("new", DAYS[3]), word("old", DAYS[1]))

        now = seen(state, DAYS[4], 2)
        between = seen(state, DAYS[2], 2)

    assert now == [("new",)]
    assert between == [("old",)]


def test_a_word_without_a_day_is_said_of_the_newest_that_was_known(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        record(state, word("new", DAYS[3]), word("corrected", None), word("old", DAYS[1]))

        now = seen(state, DAYS[4], 3)
        record(state, word("old", None, op=END))
        after = seen(state, DAYS[4], 4)

    assert now == [("corrected",)]
    assert after == []


def test_two_words_on_one_subject_in_one_entry_are_chosen_from(tmp_path: Path) -> None:
    draft = Draft(act="register", actor="t", source="s", clock_at="2026-11-01T00:00:00Z")
    with State(tmp_path) as state:
        state.record(draft, {"component": [word("old", DAYS[0]), word("new", DAYS[0])]})

        assert seen(state, DAYS[1], 1) == [("new",)]


@pytest.mark.parametrize("again", [False, True])
def test_sources_are_all_heard_whether_each_spoke_once_or_more_often(
    tmp_path: Path, *, again: bool
) -> None:
    with State(tmp_path) as state:
        for source in ("a", "b", "b") if again else ("a", "b"):
            draft = Draft(act="register", actor="t", source=source, clock_at=DAYS[4])
            state.record(draft, {"component": [word(source, DAYS[0])]})
        with state.connect(as_of=DAYS[1], only=["component"]) as connection:
            heard = connection.execute(
                "select source, firmware from component_all order by source"
            ).fetchall()

    assert heard == [("a", "a"), ("b", "b")]


@settings(max_examples=40)
@given(words=WORDS)
def test_at_every_moment_the_word_that_began_last_decides(
    tmp_path_factory: pytest.TempPathFactory, words: list[Fact]
) -> None:
    with State(tmp_path_factory.mktemp("state")) as state:
        record(state, *words)

        for known_at in range(len(words) + 1):
            for as_of in (DAYS[1], DAYS[3]):
                begun = [one for one in words[:known_at] if (one.valid_from or "") <= as_of]
                last = deciding(begun)
                holds = last and last.op == ASSERT and (last.valid_to or "9") > as_of
                expected = [(last.cells[FIRMWARE],)] if last and holds else []

                assert seen(state, as_of, known_at) == expected
