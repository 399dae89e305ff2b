from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.triage.cvss import best_score, metric, read_score

V2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"
V30 = "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"
V40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


@pytest.mark.parametrize(
    ("vector", "version", "score"),
    [(V2, "2.0", 10.0), (V30, "3.0", 9.8), (V31, "3.1", 5.3), (V40, "4.0", 9.3)],
)
def test_each_version_of_cvss_is_computed_from_its_vector(
    vector: str, version: str, score: float
) -> None:
    read = read_score(vector)

    assert read is not None
    assert (read.version, read.score) == (version, score)


def test_vector_in_parentheses_is_read() -> None:
    read = read_score(f"({V2})")

    assert read is not None
    assert read.score == 10.0


@pytest.mark.parametrize("vector", ["junk", "CVSS:3.1/AV:N", "CVSS:9.9/AV:N", V31 + "/" * 5000])
def test_broken_vector_is_unknown_whatever_number_stands_beside_it(vector: str) -> None:
    assert read_score(vector, "9.8") is None


@given(st.text(max_size=60), st.sampled_from(["", "CVSS:3.1/", "CVSS:4.0/", "AV:N/"]))
def test_no_vector_whatever_it_holds_stops_the_run(text: str, start: str) -> None:
    read = read_score(start + text)

    assert read is None or 0 <= read.score <= 10


def test_number_that_disagrees_with_its_vector_is_noted_and_the_vector_counts() -> None:
    read = read_score(V30, "7.1")

    assert read is not None
    assert read.score == 9.8
    assert "7.1" in read.note


def test_number_without_a_vector_is_taken_and_says_so() -> None:
    read = read_score(None, "8.1")

    assert read is not None
    assert (read.score, read.vector) == (8.1, "")
    assert "without a vector" in read.note


def test_number_off_the_scale_is_unknown() -> None:
    assert read_score("", "98") is None


def test_highest_version_wins_before_the_highest_score() -> None:
    best = best_score([(V2, "10.0"), (V30, None), (V31, None), (None, "10.0")])

    assert best is not None
    assert best.vector == V31


def test_highest_score_wins_within_a_version() -> None:
    worse = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

    best = best_score([(V31, None), (worse, None), ("CVSS:4.0/broken", "10")])

    assert best is not None
    assert best.vector == worse


def test_nothing_readable_gives_no_score() -> None:
    assert best_score([("junk", "9.8"), (None, None)]) is None


def test_metric_of_a_vector_is_found_by_name() -> None:
    assert metric(V40 + "/AU:Y", "AU") == "Y"
    assert metric(V40, "AU") is None
