"""What the feeds say of one vulnerability, put together from every document that speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from cellwarden.advisories.triage.cvss import Score, best_score, metric
from cellwarden.advisories.triage.days import day_of, start_of
from cellwarden.advisories.triage.facts import Cells, TriageFacts, TriagePolicy
from cellwarden.advisories.triage.ssvc import EXPLOITATION, TECHNICAL_IMPACT


class Weakness(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability, as far as the feeds know it; nothing means unknown.

    ``in_kev`` is False only where a list that is fresh and younger than the weakness leaves it
    out. ``titles`` are by advisory. ``published_at`` is the earliest date that any document gives
    for the weakness.
    """

    vulnerability: str
    titles: dict[str, str]
    published_at: datetime | None
    score: Score | None
    in_kev: bool | None
    listed_at: datetime | None
    due_on: str | None
    is_known_exploited: bool | None
    exploitation: str | None
    automatable: str | None
    technical_impact: str | None
    epss_score: float | None
    epss_percentile: float | None
    says: tuple[str, ...]
    evidence: tuple[str, ...]


def weakness(
    vulnerability: str, facts: TriageFacts, *, as_of: datetime, policy: TriagePolicy
) -> Weakness:
    """Put together what every document says of one vulnerability; the worse word wins."""
    rows = facts.vulnerabilities.get(vulnerability, ())
    listing = facts.exploited.get(vulnerability)
    likelihood = facts.likelihoods.get(vulnerability, {})
    published_at = min(filter(None, (start_of(r.get("published_at")) for r in rows)), default=None)
    score = best_score((row.get("cvss_vector"), row.get("cvss_score")) for row in rows)
    in_kev, kev_says = _in_kev(listing, published_at, facts, as_of=as_of, policy=policy)
    is_reported = any(row.get("is_exploited") == "yes" for row in rows)
    exploitation = _worst(rows, "exploitation", EXPLOITATION)
    if in_kev or is_reported:
        exploitation = "active"
    automatable = _worst(rows, "automatable", ("no", "yes")) or _supplemental(rows)
    technical = _worst(rows, "technical_impact", TECHNICAL_IMPACT)
    known_exploited = True if is_reported else in_kev
    return Weakness(
        vulnerability=vulnerability,
        titles={row["advisory_id"] or "": title for row in rows if (title := row.get("title"))},
        published_at=published_at,
        score=score,
        in_kev=in_kev,
        listed_at=start_of(listing.get("added_on")) if listing else None,
        due_on=listing.get("due_on") if listing else None,
        is_known_exploited=known_exploited,
        exploitation=exploitation,
        automatable=automatable,
        technical_impact=technical,
        epss_score=_share(likelihood.get("score")),
        epss_percentile=_share(likelihood.get("percentile")),
        says=(
            _score_says(score, rows),
            kev_says,
            _points_say(exploitation, automatable, technical),
        ),
        evidence=tuple(_fact_ids([*rows, listing or {}, likelihood])),
    )


def _in_kev(
    listing: Cells | None,
    published_at: datetime | None,
    facts: TriageFacts,
    *,
    as_of: datetime,
    policy: TriagePolicy,
) -> tuple[bool | None, str]:
    """Whether the weakness is on the list of exploited ones, and how that is known."""
    if listing is not None:
        return (
            True,
            f"listed as exploited since {day_of(listing.get('added_on')) or 'an unknown day'}",
        )
    list_at = start_of(facts.exploited_list_at)
    if list_at is None:
        return None, "no list of exploited weaknesses was imported: whether it is on one is unknown"
    age = (as_of - list_at).days
    if age > policy.exploited_list_max_days:
        return None, f"the list of exploited weaknesses is {age} days old: its silence says nothing"
    if published_at is not None and published_at > list_at:
        return None, "the list of exploited weaknesses is older than this weakness"
    return False, f"not on the list of exploited weaknesses of {list_at.date().isoformat()}"


def _worst(rows: Sequence[Cells], column: str, order: tuple[str, ...]) -> str | None:
    words = {(row.get(column) or "").strip().lower() for row in rows}
    if "poc" in words:  # the short form of CISA's own documents
        words.add("public poc")
    return next((value for value in reversed(order) if value in words), None)


def _supplemental(rows: Sequence[Cells]) -> str | None:
    """CVSS 4.0 carries an answer of the supplier of its own: the metric Automatable."""
    found = {metric(row.get("cvss_vector") or "", "AU") for row in rows}
    return "yes" if "Y" in found else "no" if "N" in found else None


def _share(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _points_say(exploitation: str | None, automatable: str | None, technical: str | None) -> str:
    return (
        f"exploitation {exploitation or 'unknown'}, automatable {automatable or 'unknown'}, "
        f"technical impact {technical or 'unknown'}"
    )


def _score_says(score: Score | None, rows: Sequence[Cells]) -> str:
    if score is None:
        broken = any(row.get("cvss_vector") for row in rows)
        return "CVSS: the vector cannot be read" if broken else "CVSS: no score"
    version = f"CVSS {score.version}" if score.version else "CVSS"
    return f"{version}: {score.score:.1f}" + (f" ({score.note})" if score.note else "")


def _fact_ids(rows: Iterable[Cells]) -> list[str]:
    return [fact for row in rows if (fact := row.get("fact_id"))]
