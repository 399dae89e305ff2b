"""What listed parties own: companies at or above OFAC's threshold, and those that may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal

import msgspec

from cellwarden.vendors.screening.nouns import Decision
from cellwarden.vendors.screening.ownership import Blocked, Holding, Standing, standings


class OwnedHit(msgspec.Struct, frozen=True, kw_only=True):
    """A company that listed parties own to the threshold, or may.

    ``low`` and ``high`` are percent. ``owners`` are the direct owners that count, or may.
    """

    company: str
    low: Decimal
    high: Decimal
    owners: tuple[str, ...]
    decision: Decision
    says: str


def owned_hits(
    holdings: Sequence[Holding], *, listed: AbstractSet[str], maybe: AbstractSet[str]
) -> list[OwnedHit]:
    """A hit for every company that a listed party, or one that may be, reaches through owners.

    ``listed`` are surely on a list, ``maybe`` wait for a person. A match needs 50 % or more that is
    surely held; a review an upper bound of 50 % or more. What no such party reaches is no hit,
    however little is known of its owners: that is a question of its own.
    """
    doubtful = listed | maybe
    reached = _reached(holdings, doubtful)
    sure = standings(holdings, listed=listed)
    wide = standings(holdings, listed=doubtful)
    hits = []
    for company in sorted(reached & sure.keys() - doubtful):
        low, high = sure[company], wide[company]
        if low.blocked is Blocked.YES:
            decision = Decision.MATCH
        elif high.blocked is not Blocked.NO:
            decision = Decision.REVIEW
        else:
            continue
        owners = low.because or tuple(
            sorted(
                {h.owner for h in holdings if h.owned == company and h.owner in reached | doubtful}
            )
        )
        hits.append(_hit(company, low, high, owners, decision))
    return hits


def _hit(
    company: str, low: Standing, high: Standing, owners: tuple[str, ...], decision: Decision
) -> OwnedHit:
    if decision is Decision.MATCH:
        says = f"listed parties hold at least {low.low} % through {', '.join(owners)}"
    else:
        says = (
            f"listed parties hold between {low.low} and {high.high} % through"
            f" {', '.join(owners)}: 50 % cannot be excluded"
        )
    if low.is_over:
        says += "; the shares on record come to more than 100 %"
    return OwnedHit(
        company=company, low=low.low, high=high.high, owners=owners, decision=decision, says=says
    )


def _reached(holdings: Iterable[Holding], start: AbstractSet[str]) -> frozenset[str]:
    """Everything that these own a share of, through any chain; circles end by themselves."""
    owns: defaultdict[str, set[str]] = defaultdict(set)
    for one in holdings:
        if one.percent != 0:
            owns[one.owner].add(one.owned)
    found: set[str] = set()
    waiting = set(start)
    while waiting:
        new = owns[waiting.pop()] - found
        found |= new
        waiting |= new
    return frozenset(found)
