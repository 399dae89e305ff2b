"""CVSS scores, computed from their vectors; what a document states beside them is compared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

LONGEST_VECTOR: Final = 400
"""A CVSS 4.0 vector with every metric has 237 characters; longer ones are not read."""

ORDER: Final = ("2.0", "3.0", "3.1", "4.0")

TOLERANCE: Final = 0.05
"""Scores have one decimal; a smaller difference is rounding."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One CVSS score. ``vector`` is empty where a document gives a number alone.

    ``note`` says in words where a document and its own vector disagree.
    """

    version: str
    vector: str
    score: float
    note: str = ""


def read_score(vector: str | None, stated: str | None = None) -> Score | None:
    """Compute the score of a vector and compare it with what the document states.

    A vector that cannot be read gives nothing, whatever number stands beside it: nobody can say
    what that number means. A number without any vector is taken at its word, and says so.
    """
    number = _number(stated)
    text = (vector or "").strip().removeprefix("(").removesuffix(")")
    if not text:
        if number is None:
            return None
        return Score(version="", vector="", score=number, note="stated without a vector")
    computed = _computed(text)
    if computed is None:
        return None
    version, score = computed
    note = ""
    if number is not None and abs(number - score) > TOLERANCE:
        note = f"the document states {number:.1f}, its vector gives {score:.1f}"
    return Score(version=version, vector=text, score=score, note=note)


def best_score(pairs: Iterable[tuple[str | None, str | None]]) -> Score | None:
    """The score that counts among (vector, stated score) pairs of several documents.

    The highest CVSS version wins, then the highest score; a number without a vector loses to
    every vector.
    """
    scores = [score for pair in pairs if (score := read_score(*pair))]
    return max(scores, key=_rank, default=None)


def metric(vector: str, name: str) -> str | None:
    """The value of one metric of a vector: ``metric("CVSS:4.0/AV:N/AU:Y", "AU")`` is ``Y``."""
    for part in vector.split("/"):
        key, _, value = part.partition(":")
        if key == name:
            return value
    return None


def _rank(score: Score) -> tuple[int, float, str]:
    version = ORDER.index(score.version) if score.version in ORDER else -1
    return (version, score.score, score.vector)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number <= 10 else None  # noqa: PLR2004 - the ends of the scale


@lru_cache(maxsize=65536)
def _computed(vector: str) -> tuple[str, float] | None:
    if len(vector) > LONGEST_VECTOR:
        return None
    import cvss

    try:
        if vector.startswith("CVSS:4"):
            return "4.0", float(cvss.CVSS4(vector).base_score)
        if vector.startswith("CVSS:3"):
            return vector[5:8], float(cvss.CVSS3(vector).base_score)
        return "2.0", float(cvss.CVSS2(vector).base_score)
    except (cvss.CVSSError, ArithmeticError, ValueError, KeyError, TypeError, AttributeError):
        # The library checks most of what a hostile vector can do, not all of it.
        return None
