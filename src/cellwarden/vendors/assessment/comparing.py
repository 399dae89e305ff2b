"""Compares vendors on common questions: who is ahead, who is not separable, what would decide."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.scoring import Interval, QuestionScore, Score, total

SWING: Final = (Fraction(6, 5), Fraction(4, 5))
"""By what one weight is multiplied to see whether the order hangs on it."""

Order = tuple[tuple[str, ...], ...]
"""Vendors by their low end, best first; those with the same low end stand together."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two vendors: the one ahead, or nothing where their intervals overlap.

    ``separating`` is then the smallest set of questions whose full answers could pull the
    intervals apart; it is empty where they are apart already, or where nothing can do so.
    """

    first: str
    second: str
    ahead: str | None
    separating: tuple[str, ...]
    because: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Vendors side by side over the questions that count for every one of them."""

    common: tuple[str, ...]
    intervals: dict[str, Interval | None]
    order: Order
    pairs: tuple[Pair, ...]


class Swing(msgspec.Struct, frozen=True, kw_only=True):
    """What happens when one question's weight alone is multiplied by ``factor``.

    ``shifts`` is by vendor how far its low end moves.
    """

    question: str
    factor: Fraction
    order: Order
    changes_order: bool
    shifts: dict[str, Fraction]


def compare(scores: Sequence[Score]) -> Comparison:
    """Set vendors side by side; those of different tiers meet on the questions they share.

    Raises:
        InputError: two scores are of one vendor.
    """
    kept = _on_common_questions(scores)
    common = _common(scores)
    intervals = {vendor: total(questions) for vendor, questions in kept.items()}
    return Comparison(
        common=common,
        intervals=intervals,
        order=_order({vendor: i.low for vendor, i in intervals.items() if i is not None}),
        pairs=tuple(_pair(a, b, kept) for a, b in combinations(kept, 2)),
    )


def sensitivity(scores: Sequence[Score]) -> tuple[Swing, ...]:
    """The order of the vendors as each common question's weight moves by a fifth, one at a time."""
    kept = _on_common_questions(scores)
    common = _common(scores)
    if not common:
        return ()
    sums = {v: sum((q.weight * q.interval.low for q in qs), Fraction(0)) for v, qs in kept.items()}
    weights = {v: sum((q.weight for q in qs), Fraction(0)) for v, qs in kept.items()}
    lows = {vendor: sums[vendor] / weights[vendor] for vendor in kept}
    before = _order(lows)
    swings = []
    for place, question in enumerate(common):
        for factor in SWING:
            moved = {}
            for vendor, questions in kept.items():
                item = questions[place]
                extra = (factor - 1) * item.weight
                part = sums[vendor] + extra * item.interval.low
                moved[vendor] = part / (weights[vendor] + extra)
            order = _order(moved)
            swings.append(
                Swing(
                    question=question,
                    factor=factor,
                    order=order,
                    changes_order=order != before,
                    shifts={vendor: moved[vendor] - lows[vendor] for vendor in kept},
                )
            )
    return tuple(swings)


def _common(scores: Sequence[Score]) -> tuple[str, ...]:
    if not scores:
        return ()
    sets = [{q.question.id for q in item.questions} for item in scores]
    shared = set.intersection(*sets)
    return tuple(q.question.id for q in scores[0].questions if q.question.id in shared)


def _on_common_questions(scores: Sequence[Score]) -> dict[str, tuple[QuestionScore, ...]]:
    common = _common(scores)
    kept: dict[str, tuple[QuestionScore, ...]] = {}
    for item in scores:
        if item.vendor in kept:
            raise InputError(
                f"{item.vendor} is to be compared with itself",
                advice="give one assessment for each vendor",
            )
        by_id = {q.question.id: q for q in item.questions}
        kept[item.vendor] = tuple(by_id[question] for question in common)
    return kept


def _order(lows: dict[str, Fraction]) -> Order:
    groups: dict[Fraction, list[str]] = {}
    for vendor, low in lows.items():
        groups.setdefault(low, []).append(vendor)
    return tuple(tuple(sorted(groups[low])) for low in sorted(groups, reverse=True))


def _pair(first: str, second: str, kept: dict[str, tuple[QuestionScore, ...]]) -> Pair:
    a, b = total(kept[first]), total(kept[second])
    if a is None or b is None:
        return _stated(first, second, None, (), "not assessed on any common question")
    if a.low > b.high:
        return _stated(first, second, first, (), f"{first}'s low end is above {second}'s high end")
    if b.low > a.high:
        return _stated(first, second, second, (), f"{second}'s low end is above {first}'s high end")
    ways = [
        _separating(kept[first], kept[second], gap=b.high - a.low),
        _separating(kept[second], kept[first], gap=a.high - b.low),
    ]
    possible = [way for way in ways if way]
    if not possible:
        return _stated(first, second, None, (), "not separable, whatever is answered")
    shortest = min(possible, key=len)
    because = f"not separable; answers to {len(shortest)} questions could separate them"
    return _stated(first, second, None, shortest, because)


def _separating(
    better: tuple[QuestionScore, ...], worse: tuple[QuestionScore, ...], *, gap: Fraction
) -> tuple[str, ...]:
    """The fewest questions whose answers, good for one and bad for the other, close the gap.

    Full answers move the ends towards each other by the widths that they had, so the widest
    questions come first and no shorter set exists.
    """
    weight = sum((q.weight for q in better), Fraction(0))
    gains = sorted(
        (
            (one.weight * (_width(one) + _width(two)) / weight, one.question.id)
            for one, two in zip(better, worse, strict=True)
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    chosen: list[str] = []
    for gain, question in gains:
        if not gain:
            return ()
        chosen.append(question)
        gap -= gain
        if gap < 0:
            return tuple(chosen)
    return ()


def _width(item: QuestionScore) -> Fraction:
    return item.interval.high - item.interval.low


def _stated(
    first: str, second: str, ahead: str | None, separating: tuple[str, ...], because: str
) -> Pair:
    return Pair(first=first, second=second, ahead=ahead, separating=separating, because=because)
