"""What documents of several formats say of a weakness: scores, SSVC points, exploitation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from cellwarden.advisories.feeds.cells import Tables, moment

LONGEST_VECTOR: Final = 400
WORST_SCORE: Final = 10
CVE: Final = re.compile(r"CVE-\d{4}-\d{4,19}")
_VECTOR: Final = re.compile(
    r"(?:CVSS:[34]\.\d/)?[A-Z][A-Za-z]{0,2}:[A-Za-z]+(?:/[A-Za-z]{1,3}:[A-Za-z]+)+"
)
_VECTOR_IN_TEXT: Final = re.compile(r"CVSS:[34]\.\d(?:/[A-Z][A-Za-z]{0,2}:[A-Z][a-z]*)+")
_EXPLOITED: Final = re.compile(
    r"exploited:\s*yes|exploitation detected|(?:actively|being|been|known to be) exploited"
    r"|exploited in the wild|active exploitation|exploits? in the wild|public exploitation",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(?:no|not|never|without|unaware|isn't|hasn't|none)\b[^.;]{0,60}", re.IGNORECASE
)
_POINTS: Final = {
    "exploitation": {
        "none": "none",
        "poc": "public poc",
        "public poc": "public poc",
        "active": "active",
    },
    "automatable": {"yes": "yes", "no": "no"},
    "technical impact": {"partial": "partial", "total": "total"},
}


class Score(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One CVSS score as stated. ``version`` comes first: the highest version wins."""

    version: str
    stated: float = -1.0
    vector: str = ""


def score_of(tables: Tables, stated: dict[str, Any], *, assumed: str = "") -> Score | None:
    """A CVSS object (``vectorString``, ``baseScore``, ``version``) as a score, or nothing.

    ``assumed`` is the version where neither the object nor its vector says one.
    """
    vector = tables.text(stated, "vectorString").strip("()")
    if vector and (len(vector) > LONGEST_VECTOR or not _VECTOR.fullmatch(vector)):
        tables.note("not a CVSS vector", column="vectorString", text=vector)
        vector = ""
    number = stated_number(tables, stated, "baseScore")
    if not vector and number is None:
        return None
    version = _version_of(vector) or tables.text(stated, "version") or assumed
    return Score(version=version, stated=-1.0 if number is None else number, vector=vector)


def stated_number(tables: Tables, stated: dict[str, Any], key: str) -> float | None:
    """A base score from 0 to 10; nothing, and a note, where it is something else."""
    number = stated.get(key)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        tables.note("should be a number", column=key, text=str(number)[:80])
        return None
    if not 0 <= number <= WORST_SCORE:
        tables.note("a base score lies between 0 and 10", column=key, text=str(number))
        return None
    return float(number)


def vectors_in(texts: Iterable[str]) -> list[Score]:
    """Scores without a number for the CVSS 3 and 4 vectors that stand inside some texts."""
    found = []
    for text in texts:
        if len(text) > LONGEST_VECTOR * 5:
            continue
        found += [
            Score(version=_version_of(vector), vector=vector)
            for vector in _VECTOR_IN_TEXT.findall(text)
        ]
    return found


def score_cells(scores: Iterable[Score | None]) -> dict[str, str | None]:
    """The cells of the score that counts: the highest CVSS version's, and of those the worst."""
    best = max((score for score in scores if score), default=None)
    if best is None:
        return {}
    stated = f"{best.stated:.1f}" if best.stated >= 0 else None
    return {"cvss_vector": best.vector, "cvss_score": stated}


def ssvc_cells(options: Iterable[tuple[str, str]], timestamp: str) -> dict[str, str | None]:
    """The cells of SSVC decision points; what is no known value stays unknown."""
    cells: dict[str, str | None] = {}
    for point, value in options:
        name = point.strip().lower().replace("_", " ")
        known = _POINTS.get(name)
        if known and value.strip().lower() in known:
            cells[name.replace(" ", "_")] = known[value.strip().lower()]
    if cells:
        cells["ssvc_at"] = moment(timestamp)
    return cells


def reports_exploitation(text: str) -> bool:
    """Whether a text says that a weakness is exploited; a denial in the same breath does not."""
    return _EXPLOITED.search(_DENIED.sub("", text[:10_000])) is not None


def _version_of(vector: str) -> str:
    if vector.startswith("CVSS:"):
        return vector[5:8]
    return "2.0" if "/Au:" in vector else ""
