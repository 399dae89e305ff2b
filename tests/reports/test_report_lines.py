"""Plain lines: an explanation that is folded, and the kinds that people write."""

from __future__ import annotations

import msgspec

from cellwarden.model.matching import Match, MatchState
from cellwarden.reports.lines import explanation_text, kinds_text


class _Identity(msgspec.Struct, frozen=True):
    confidence: float
    answer: str


class _Looked(msgspec.Struct, frozen=True, kw_only=True):
    source: str
    identity: _Identity


class _Explained(msgspec.Struct, frozen=True, kw_only=True):
    matches: tuple[Match, ...]
    considered: tuple[_Looked, ...]
    lines: tuple[str, ...]


def _match(source: str) -> Match:
    return Match(
        component_id="NG1-PDU-03/nmc", part="nmc", advisory_id="A", vulnerabilities=("CVE-1",),
        state=MatchState.AFFECTED, confidence=0.97, candidate=False, range="<= 6.9.6",
        version="v6.7.2", why="", fixed_in="7.0.4", source=source,
    )  # fmt: skip


def _explained() -> _Explained:
    """An advisory of 40 leaves; the 30th decides, the others are other products."""
    looked = tuple(
        _Looked(
            source=f"A#{place}",
            identity=_Identity(0.97, "same") if place == 30 else _Identity(place / 100, "other"),
        )
        for place in range(40)
    )
    lines = ["NG1-PDU-03/nmc: APC AP7902B, firmware v6.7.2", "A: affected, confidence 0.97."]
    for one in looked:
        lines += [f"{one.source} says something", "  product: words", "  + code: more words"]
    return _Explained(matches=(_match("A#30"),), considered=looked, lines=tuple(lines))


def test_an_explanation_shows_the_deciding_statement_first() -> None:
    text = explanation_text(_explained(), width=80).splitlines()

    assert text[1].startswith("A: affected")
    assert [line for line in text if " says " in line] == [
        "A#30 says something", "A#39 says something", "A#38 says something", "A#37 says something",
    ]  # fmt: skip


def test_an_explanation_counts_the_other_products_that_it_leaves_out() -> None:
    text = explanation_text(_explained(), width=80)

    assert text.endswith("and 36 more statements about another product.")


def test_an_explanation_keeps_the_indentation_and_the_width() -> None:
    text = explanation_text(_explained(), width=60).splitlines()

    assert "  product: words" in text
    assert max(len(line) for line in text) <= 60


def test_only_the_wanted_kinds_are_listed() -> None:
    text = kinds_text(["site", "asset"], width=80)

    assert text.startswith("site: ")
    assert "\nasset: " in text
    assert "\ncomponent: " not in text
