"""Register and LEI record held against each other, and whether an LEI is kept up."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.vendors.gleif.agreement import Sides, agree, differences, is_in_force
from cellwarden.vendors.gleif.likeness import Known, NameIndex, same_name
from cellwarden.vendors.gleif.nouns import IN_FORCE, NOT_LISTED, LeiRecord, Parent
from cellwarden.vendors.gleif.parents import Parents, above

SAME = Sides(
    names=("Aldermoor Power BV",),
    registered_name="ALDERMOOR POWER B.V.",
    country="NL",
    registered_country="NL",
)
DAY = "2026-11-02"


def record(name: str, **more: str) -> LeiRecord:
    return LeiRecord(
        lei="L",
        name=name,
        names=(),
        country=more.get("country"),
        form=None,
        registration=None,
        entity_status="ACTIVE",
        status="ISSUED",
        renewal_on=None,
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Aldermoor Power BV", "ALDERMOOR POWER B.V."),
        ("Fenwick Recycling Ltd", "Fenwick Recycling Limited"),
        ("Helio", "Helio GmbH"),
        ("Power Aldermoor B.V.", "Aldermoor Power BV"),
    ],
)
def test_spelling_and_a_missing_form_make_no_other_name(ours: str, theirs: str) -> None:
    assert same_name([ours], theirs)
    assert same_name([theirs], ours)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Dunmere Storage GmbH", "Dunmere Storage Ltd"),
        ("Norrvik Industrier AB", "Brightcell Systems AB"),
        ("Helio Power GmbH", "Helio GmbH"),
    ],
)
def test_other_words_or_another_form_are_another_entity(ours: str, theirs: str) -> None:
    assert not same_name([ours], theirs)


def test_an_alias_counts_as_a_name() -> None:
    sides = msgspec.structs.replace(SAME, names=("Aldermoor", "Aldermoor Power BV"))

    assert agree(sides) is True


def test_each_difference_names_both_sides() -> None:
    sides = msgspec.structs.replace(
        SAME,
        registered_name="Other Power B.V.",
        registered_country="BE",
        owners=("Fund LP",),
        parents=("Group NV",),
    )

    told = [str(one) for one in differences(sides)]

    assert agree(sides) is False
    assert told == [
        "name: the register says Aldermoor Power BV, GLEIF says Other Power B.V.",
        "country: the register says NL, GLEIF says BE",
        "parent: the register says Fund LP, GLEIF says Group NV",
    ]


@given(
    st.builds(
        Sides,
        names=st.lists(st.sampled_from(["Helio GmbH", "Barge Ltd"]), max_size=2).map(tuple),
        registered_name=st.sampled_from([None, "Helio GmbH", "Rigger SA"]),
        country=st.sampled_from([None, "DE", "GB"]),
        registered_country=st.sampled_from([None, "DE"]),
        owners=st.sampled_from([(), ("Fund LP",)]),
        parents=st.sampled_from([(), ("Group NV",), ("Fund LP",)]),
    ),
    st.sampled_from(["names", "registered_name", "country", "registered_country", "owners"]),
)
def test_forgetting_a_cell_never_makes_a_difference(sides: Sides, name: str) -> None:
    empty = () if name in {"names", "owners"} else None
    less = msgspec.structs.replace(sides, **{name: empty})

    assert len(differences(less)) <= len(differences(sides))
    if agree(sides) is None:
        assert agree(less) is not True


@pytest.mark.parametrize("status", sorted(IN_FORCE))
def test_an_lei_is_in_force_until_its_renewal(status: str) -> None:
    assert is_in_force(status, renewal_on="2027-01-01", on=DAY) is True
    assert is_in_force(status, renewal_on="2026-01-01", on=DAY) is None, "nobody has looked since"


@pytest.mark.parametrize("status", ["LAPSED", "RETIRED", "MERGED", "ANNULLED", NOT_LISTED, "NEW"])
def test_any_other_status_is_never_well(status: str) -> None:
    assert is_in_force(status, renewal_on="2030-01-01", on=DAY) is False


def test_an_lei_that_was_never_looked_up_is_unknown() -> None:
    assert is_in_force(None, renewal_on=None, on=DAY) is None


def test_a_candidate_tells_what_speaks_for_and_against_it() -> None:
    index = NameIndex([Known(party="D", names=("Dunmere Storage GmbH",), country="GB")])

    (found,) = index.like(record("Dunmere Storage Ltd", country="DE"))

    assert found.why == "same words, GmbH against Ltd, GB against DE"
    assert not list(index.like(record("Dunmere Storage Holding Ltd")))


def test_names_in_another_script_are_found_too() -> None:
    index = NameIndex([Known(party="V", names=("Vostok Energo",), country=None)])

    assert [one.party for one in index.like(record("Восток Энерго"))] == ["V"]


parents_made = st.builds(
    Parent,
    child=st.sampled_from("ABCDE"),
    parent=st.sampled_from("ABCDE"),
    kind=st.sampled_from(["direct", "ultimate"]),
    since_on=st.none(),
    until_on=st.sampled_from([None, "2025-01-01"]),
    is_active=st.booleans(),
)


@given(st.lists(parents_made, max_size=20), st.sets(st.sampled_from("ABCDE"), min_size=1))
def test_the_climb_ends_and_finds_what_a_plain_search_finds(
    made: list[Parent], start: set[str]
) -> None:
    with Parents() as index:
        index.fill(made)
        found = above(index, start, on=DAY)
        newest = {
            (one.child, one.parent, one.kind): one for child in "ABCDE" for one in index.of(child)
        }

    reached, waiting = set(start), list(start)
    while waiting:
        here = waiting.pop()
        for one in newest.values():
            ended = one.until_on is not None and one.until_on < DAY
            if one.child == here and one.is_active and not ended and one.parent not in reached:
                reached.add(one.parent)
                waiting.append(one.parent)
    assert set(found) == {one for one in newest.values() if one.child in reached}
