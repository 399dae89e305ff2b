"""Ownership: how much of a company listed parties hold together, through any chain.

OFAC's rule (Revised Guidance on Entities Owned by Persons Whose Property and Interests in Property
Are Blocked, 13 August 2014): a company of which blocked persons own 50 % or more in the aggregate,
directly or indirectly, is itself blocked. A company that is blocked so counts with all that it
owns; one that is not counts with nothing, however much of it blocked persons own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

THRESHOLD: Final = Decimal(50)
_WHOLE: Final = Decimal(100)
_NOTHING: Final = Decimal(0)


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """One party's direct share in another, in percent; None where nobody has said it."""

    owner: str
    owned: str
    percent: Decimal | None

    def __post_init__(self) -> None:
        """Refuse a share that cannot be."""
        if not self.owner or not self.owned:
            raise ValueError("a holding needs an owner and a company that is owned")
        if self.percent is not None and not _NOTHING <= self.percent <= _WHOLE:
            raise ValueError(
                f"{self.owner} holds {self.percent} % of {self.owned}: a share is 0 to 100"
            )


class Blocked(StrEnum):
    """Whether a company is blocked by who owns it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What listed parties hold of one company, in percent, between two bounds.

    ``low`` counts only what is known; ``high`` counts every share as listed that nobody has
    accounted for. ``because`` names the direct owners that count towards ``low``, the largest
    first. ``is_over`` says that the known shares come to more than 100 %: the record is wrong
    somewhere, so ``high`` is not lowered by it.
    """

    company: str
    low: Decimal
    high: Decimal
    blocked: Blocked
    because: tuple[str, ...]
    is_over: bool = False


def standings(holdings: Iterable[Holding], *, listed: Iterable[str]) -> dict[str, Standing]:
    """The standing of every company that somebody holds a share of.

    Two reports about the same owner and company do not add up: the larger one counts. Circles
    need no care: a company is blocked only by owners that are blocked without its help, and may
    be blocked only by owners that may be.
    """
    shares = _shares(holdings)
    listed = frozenset(listed)
    surely = _closure(shares, listed, assume_unknown=False)
    maybe = _closure(shares, listed, assume_unknown=True)
    return {
        company: _standing(company, owners, surely, maybe, listed)
        for company, owners in shares.items()
    }


def _shares(holdings: Iterable[Holding]) -> dict[str, dict[str, Decimal | None]]:
    """Direct shares by company and owner; nobody owns himself: treasury shares count for nobody."""
    found: defaultdict[str, dict[str, Decimal | None]] = defaultdict(dict)
    for one in holdings:
        if one.owner == one.owned:
            found[one.owned]
            continue
        known = found[one.owned].get(one.owner)
        if one.percent is None:
            found[one.owned].setdefault(one.owner, None)
        else:
            found[one.owned][one.owner] = one.percent if known is None else max(known, one.percent)
    return dict(found)


def _closure(
    shares: Mapping[str, Mapping[str, Decimal | None]],
    listed: frozenset[str],
    *,
    assume_unknown: bool,
) -> frozenset[str]:
    """Who is blocked: the listed, then whoever they own to the threshold, until nothing changes.

    Growing from the listed is what makes circles harmless. With ``assume_unknown`` every share
    that nobody has accounted for counts too.
    """
    blocked = set(listed)
    owned_by: defaultdict[str, set[str]] = defaultdict(set)
    for company, owners in shares.items():
        for owner in owners:
            owned_by[owner].add(company)
    waiting = set(shares)
    while waiting:
        company = waiting.pop()
        if company in blocked:
            continue
        low, high = _bounds(shares[company], blocked, blocked)
        if (high if assume_unknown else low) >= THRESHOLD:
            blocked.add(company)
            waiting |= owned_by[company] - blocked
    return frozenset(blocked)


def _bounds(
    owners: Mapping[str, Decimal | None],
    surely: AbstractSet[str],
    maybe: AbstractSet[str],
) -> tuple[Decimal, Decimal]:
    """Percent held by owners that surely count, and at most by those that may."""
    low = sum((p for o, p in owners.items() if p is not None and o in surely), _NOTHING)
    clean = sum((p for o, p in owners.items() if p is not None and o not in maybe), _NOTHING)
    low = min(low, _WHOLE)
    known = sum((p for p in owners.values() if p is not None), _NOTHING)
    high = _WHOLE if known > _WHOLE else _WHOLE - clean
    return low, max(low, high)


def _standing(
    company: str,
    owners: Mapping[str, Decimal | None],
    surely: frozenset[str],
    maybe: frozenset[str],
    listed: frozenset[str],
) -> Standing:
    low, high = _bounds(owners, surely, maybe)
    counted = [(share, owner) for owner, share in owners.items() if owner in surely and share]
    known = sum((share for share in owners.values() if share is not None), _NOTHING)
    if company in listed or low >= THRESHOLD:
        blocked = Blocked.YES
    else:
        blocked = Blocked.UNKNOWN if high >= THRESHOLD else Blocked.NO
    return Standing(
        company=company,
        low=low,
        high=high,
        blocked=blocked,
        because=tuple(owner for _, owner in sorted(counted, key=lambda c: (-c[0], c[1]))),
        is_over=known > _WHOLE,
    )
