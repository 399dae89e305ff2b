"""A life as text: whole at 80 columns, safe to print, and never greener than what is known."""

from __future__ import annotations

from types import ModuleType

import msgspec
import pytest

from cellwarden.model.lives import Life
from cellwarden.reports import timeline
from cellwarden.reports.formats import render
from cellwarden.reports.page_lives import strip
from cellwarden.reports.terminal import plain


@pytest.fixture
def told(sample: ModuleType) -> Life:
    life: Life = sample.sample_life()
    return life


def words(text: str) -> str:
    """The words of a text, however its lines are broken."""
    return " ".join(text.split())


def test_a_life_fits_eighty_columns_and_names_fact_and_leaf(told: Life) -> None:
    text = plain(timeline.life(told), width=80)

    assert max(len(line) for line in text.splitlines()) <= 80
    assert "fact 27.3 · leaf c3c3c3c3c3c3" in words(text)
    assert "nobody named · assets.csv · claimed" in words(text)


def test_a_gap_says_that_it_is_unknown_and_never_looks_fine(told: Life) -> None:
    text = plain(timeline.life(told), width=80)

    assert "no authenticity check on record: unknown" in words(text)
    assert "nobody had custody for 9 days" in words(text)
    assert "ok" not in text.split()


def test_an_unknown_chemistry_says_what_that_costs(told: Life) -> None:
    text = plain(timeline.life(told), width=80)

    assert "unknown: its papers cannot be told" in words(text)


def test_how_many_lines_are_signed_is_told_with_its_denominator(told: Life) -> None:
    signed = msgspec.structs.replace(told, events=told.events[1:2])
    empty = msgspec.structs.replace(told, events=())

    assert timeline.proof_line(told).startswith("1 of 3 lines")
    assert timeline.proof_line(signed).startswith("All 1 line")
    assert timeline.proof_line(empty) == "Nothing is on record."


def test_no_escape_reaches_a_terminal_a_table_or_a_page(told: Life, sample: ModuleType) -> None:
    texts = (
        plain(timeline.life(told), width=80),
        timeline.markdown(told),
        render("html", sample.sample_report()),
    )

    for text in texts:
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "<b>Pye</b>" not in texts[2]
    assert "\\|" in texts[1]


def test_markdown_holds_the_whole_digest(told: Life) -> None:
    assert "c3" * 32 in timeline.markdown(told)


def test_the_strip_of_a_life_says_in_words_what_it_draws(told: Life) -> None:
    drawn = strip(told)

    assert 'aria-label="2 events from 2004-11-09 to 2026-06-12, 1 gap in time"' in drawn
    assert drawn.count("<circle") == 2
    assert drawn.count('class="hole"') == 1


def test_a_life_without_a_date_has_no_strip(told: Life) -> None:
    undated = msgspec.structs.replace(told, events=told.events[2:], gaps=())

    assert strip(undated) == ""


def test_the_report_holds_the_life_with_its_gaps(sample: ModuleType) -> None:
    page = render("html", sample.sample_report())

    assert 'id="life-NG1-OLD-1"' in page
    assert "no authenticity check on record" in page
