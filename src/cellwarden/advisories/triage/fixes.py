"""Which way out there is for one part: the fix, since when it can be had, and how that is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from cellwarden.advisories.triage.days import start_of
from cellwarden.advisories.triage.facts import Cells, TriageFacts
from cellwarden.model.matching import Match

FIXES: Final = ("vendor_fix", "optional_patch")
REFUSALS: Final = ("no_fix_planned", "none_available")
UNDATED: Final = " without a date: taken as there since the advisory came out (assumed)"


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the fix for one part and one vulnerability.

    ``available_at`` is nothing where no fix is named. ``text`` is the way out in the words of the
    source, a workaround where there is no fix.
    """

    available_at: datetime | None
    version: str
    text: str
    says: str
    evidence: tuple[str, ...]


def fix_for(
    vulnerability: str,
    matches: Iterable[Match],
    component: Cells,
    facts: TriageFacts,
    releases: Iterable[Cells],
) -> Fix:
    """The first fix that any source names for this product and vulnerability.

    Sources: the remediations of the matched advisories, for this leaf; the register's own
    ``releases``, those that name the vulnerability; the ``fixed_in`` of a match. A fix
    without a date counts from the first publication of the advisory that names it, and says so.
    """
    named: list[tuple[datetime | None, str, Cells]] = []
    others: list[Cells] = []
    version = ""
    for match in matches:
        version = version or match.fixed_in
        advisory = facts.advisories.get(match.advisory_id, {})
        released_at = start_of(advisory.get("released_at"))
        rows = [
            row
            for row in facts.remediations.get(match.advisory_id, ())
            if _concerns(row, vulnerability, match)
        ]
        fixes = [row for row in rows if row.get("category") in FIXES]
        others += [row for row in rows if row not in fixes]
        for row in fixes:
            known_at = start_of(row.get("available_on"))
            says = f"{match.advisory_id} names a fix{'' if known_at else UNDATED}"
            named.append((known_at or released_at, says, row))
        if match.fixed_in and not fixes:
            says = f"{match.advisory_id} names {match.fixed_in} as fixed{UNDATED}"
            named.append((released_at, says, {}))
    for row in releases:
        if not _is_of(row, component):
            continue
        says = f"release {row.get('version')} names it as fixed"
        named.append((start_of(row.get("released_on")), says, row))
        version = version or row.get("version") or ""
    return _first(named, others, version)


def _first(
    named: list[tuple[datetime | None, str, Cells]], others: list[Cells], version: str
) -> Fix:
    dated = [(moment, says, row) for moment, says, row in named if moment is not None]
    if dated:
        moment, says, row = min(dated, key=lambda entry: entry[:2])
        text = row.get("text") or (f"update to {version}" if version else "")
        return Fix(
            available_at=moment, version=version, text=text, says=says, evidence=_fact_ids([row])
        )
    text = next((row["text"] for row in others if row.get("text")), None) or ""
    if named:
        says = f"{named[0][1]}; since when is unknown"
    elif any(row.get("category") in REFUSALS for row in others):
        says = "the vendor names no fix and plans none or has none"
    else:
        says = "no source names a fix"
    return Fix(available_at=None, version=version, text=text, says=says, evidence=_fact_ids(others))


def leaf_of(match: Match) -> str:
    """The leaf that a match's source names behind its advisory: ``ICSA-21-348-02#CSAFPID-0001``."""
    return match.source.removeprefix(f"{match.advisory_id}#") if "#" in match.source else ""


def _concerns(row: Cells, vulnerability: str, match: Match) -> bool:
    """Whether a remediation speaks of this vulnerability and of this product leaf."""
    about = (row.get("vulnerabilities") or "").split()
    leaves = (row.get("leaf_ids") or "").split()
    leaf = leaf_of(match)
    return (not about or vulnerability in about) and (not leaves or not leaf or leaf in leaves)


def _is_of(release: Cells, component: Cells) -> bool:
    return all(
        (release.get(column) or "").casefold() == (component.get(column) or "").casefold()
        for column in ("manufacturer", "model")
    )


def _fact_ids(rows: Iterable[Cells]) -> tuple[str, ...]:
    return tuple(fact for row in rows if (fact := row.get("fact_id")))
