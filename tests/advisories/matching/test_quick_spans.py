"""The short way: one answer for all plain versions between two keys, as the long way gives it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.advisories.matching import Matcher
from cellwarden.advisories.matching import matcher as long_way
from cellwarden.model.matching import Component, Match, Remedy, Statement

RANGES = (
    "<= 2.4.1",
    "< 2.5",
    ">= 2.0 | < 2.4.1",
    "2.4.1",
    "2.4.1 | 3.0.2",
    "2.4.x",
    "<= 2.4",
    "<= 1.0.9 | <= 2.4.1",
    "<= 2.4.1 with Web Server",
    "vers:all/*",
    "vers:generic/>=2.0|<2.4.1",
    "V2.4 SP1",
    "> 1.9",
    "<= 2.0.1",
    "<= 2.3.4",
    "all versions except 2.4.1",
    "",
)
VERSIONS = (
    *("2.0.1", "2.0.2", "2.0.9", "2.3.4", "2.3.5", "2.3.6", "03.04.2019", "02.2019", "2401"),
    *("1.0.9", "1.9", "2.0", "2.0.0", "2.4", "2.4.0.1", "2.4.1", "2.4.2", "2.5", "2.41.1"),
    *(
        "3.0.2",
        "3.1",
        "24.1",
        "v2.4.1",
        "002.4.1",
        "2.4 SP1",
        "2020.4",
        "20.1",
        "240.3",
        "2",
        "",
        "unreadable ??",
    ),
)
PRODUCTS = ("CBC-200", "CBC-200 V2.4", "CBC-200 V2", "CBC-200 Cabinet Controller", "CBC series")
FIXES = (
    (),
    ("Update to 2.0.2 or later.", "Update to 2.3.5 or later."),
    ("Update to V2.4.2 or later.",),
    ("Update to 2.5.", "Update to V3.0.3 or later."),
)

said = st.lists(
    st.builds(
        Statement,
        advisory_id=st.sampled_from(("A1", "A2")),
        leaf_id=st.sampled_from(("1", "2", "cna/3", "adp1/4", "cna/default")),
        status=st.sampled_from(("affected", "affected", "fixed", "not_affected")),
        vulnerabilities=st.sampled_from((("V1",), ("V2",), ("V1", "V2"), ())),
        vendor=st.just("Corvane Energy"),
        product=st.sampled_from(PRODUCTS),
        version_text=st.sampled_from(RANGES),
    ),
    min_size=1,
    max_size=5,
)


def fleet() -> list[Component]:
    return [
        Component(
            component_id=f"C{at}", manufacturer="Corvane Energy", model="CBC-200", firmware=version
        )
        for at, version in enumerate(VERSIONS)
    ]


def by_the_long_way(
    statements: list[Statement], fixes: dict[str, tuple[Remedy, ...]]
) -> list[Match]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_way, "compiled", lambda *_: None)
        return list(Matcher(statements, fixes=fixes).match(fleet()))


@given(said, st.sampled_from(FIXES), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_short_way_gives_the_long_ways_rows_whichever_version_comes_first(
    statements: list[Statement], texts: tuple[str, ...], chance: object
) -> None:
    fixes = {"A1": tuple(map(Remedy, texts))}
    components = fleet()
    chance.shuffle(components)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    short = list(Matcher(statements, fixes=fixes).match(components))

    long = by_the_long_way(statements, fixes)
    assert sorted(short, key=repr) == sorted(long, key=repr)


@pytest.mark.parametrize("hostile", ["2.4.1\ufdd0", "\ufdd1", "2.4.1\ufdd2 and \ufdd3"])
def test_characters_that_stand_for_others_are_taken_as_they_are(hostile: str) -> None:
    statements = [
        Statement(
            advisory_id="A1",
            leaf_id="1",
            status="affected",
            vulnerabilities=("V1",),
            vendor="Corvane Energy",
            product="CBC-200",
            version_text=f"< 2.4.1 {hostile}",
        )
    ]

    short = list(Matcher(statements).match(fleet()))

    assert short == by_the_long_way(statements, {})
    assert all(hostile in row.range for row in short)


def test_versions_with_longer_texts_than_words_show_are_cut_alike() -> None:
    long_version = "2.4." + ".".join(["1234567"] * 12)
    statements = [
        Statement(
            advisory_id="A1",
            leaf_id="1",
            status="affected",
            vulnerabilities=("V1",),
            vendor="Corvane Energy",
            product="CBC-200",
            version_text="< 2.4.1",
        )
    ]
    components = [
        Component(
            component_id="C", manufacturer="Corvane Energy", model="CBC-200", firmware=long_version
        )
    ]

    short = list(Matcher(statements).match(components))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_way, "compiled", lambda *_: None)
        assert short == list(Matcher(statements).match(components))
