"""Words and text: what may be printed, shares with their denominators, links, deadlines."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.reports.text import (
    anchor,
    clip,
    deadline,
    listing,
    printable,
    safe_url,
    share,
    visible_json,
)


@given(st.text())
def test_nothing_invisible_survives_printing(text: str) -> None:
    shown = printable(text)

    assert all(unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in shown)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_visible_text_is_printed_verbatim(text: str) -> None:
    shown = printable(text)

    assert shown == text


def test_escape_sequences_and_direction_marks_are_shown_as_codes() -> None:
    shown = printable("\x1b[31mred\u202ecba\nend")

    assert shown == "\\x1b[31mred\\u202ecba\\nend"


def test_clipped_text_says_how_long_it_was() -> None:
    text = "a" * 12_000

    assert clip(text, 10) == "aaaaaaaaaa… (12\u00a0000 characters)"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_a_whole_share_reads_one_hundred_percent(part: int, whole: int) -> None:
    words = share(min(part, whole), whole)

    assert ("(100 %)" in words) == (part >= whole)


def test_a_share_of_nothing_has_no_percentage() -> None:
    assert share(0, 0) == "0 of 0"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org/x",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/\u202egpj.exe",
        "https://example.org/a b",
        'https://example.org/"onclick=',
        "java\tscript:alert(1)",
        "https://[broken",
        "",
        None,
    ],
)
def test_links_that_do_not_lead_to_the_web_are_withheld(url: str | None) -> None:
    assert safe_url(url) is None


def test_web_links_are_kept_verbatim() -> None:
    url = "https://www.cisa.gov/news-events/ics-advisories/icsa-21-348-02?x=1#top"

    assert safe_url(url) == url


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-20", "2026-11-20, in 4 days"),
        ("2026-11-16", "2026-11-16, today"),
        ("2026-11-15", "2026-11-15, overdue by 1 day"),
        (None, "no deadline"),
        ("soon", "soon"),
    ],
)
def test_deadlines_are_told_relative_to_the_run(day: str | None, words: str) -> None:
    assert deadline(day, "2026-11-16T23:59:59Z") == words


def test_a_cut_list_counts_what_it_leaves_out() -> None:
    assert listing(["a", "b", "c"], 2) == "a, b and 1 more"


@given(st.text())
def test_anchors_hold_no_character_that_ends_an_attribute(name: str) -> None:
    assert set(anchor("f", name)).isdisjoint(set("\"'<>& #"))


@given(st.text())
def test_json_without_invisible_characters_decodes_to_the_same(text: str) -> None:
    document = visible_json(json.dumps(text, ensure_ascii=False))

    assert json.loads(document) == text
    assert not {"\x7f", "\x9b", "\u202e", "\u200b", "\ufeff"} & set(document)
