"""The arithmetic of a score in words: every question and sum, and how the order moves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from cellwarden.reports.text import clip, plural, printable


def questions(score: Any, *, steps: bool, width: int) -> Iterator[str]:
    """Each question with its weight and means; ``steps`` shows its objectives and the sums."""
    yield ""
    yield "Questions: weight, proven, not disproven, known"
    for item in score.questions:
        low, high, known = item.interval.low, item.interval.high, item.interval.coverage
        yield (f"  {plain(item.weight):>3} {two(low)} {two(high)} {two(known)}  {item.question.id}")
        if steps:
            for graded in item.graded:
                said = "; ".join(graded.steps)
                yield from wrapped(f"{graded.objective}: {said}", width, 8)
            yield from wrapped(_means(item), width, 8)
    for name, why in sorted(score.left_out.items()):
        yield from wrapped(f"left out: {name}: {why}", width, 2)


def _means(item: Any) -> str:
    """The three means of a question, term by term, and what they weigh."""
    told = []
    for says, end, terms in (
        ("proven", item.interval.low, [g.met * g.known for g in item.graded]),
        ("not disproven", item.interval.high, [g.met * g.known + 1 - g.known for g in item.graded]),
        ("known", item.interval.coverage, [g.known for g in item.graded]),
    ):
        added = " + ".join(plain(term) for term in terms)
        told.append(
            f"{says} ({added}) / {len(terms)} = {_short(end)}, weighs {_short(item.weight * end)}"
        )
    return "; ".join(told)


def _short(value: Fraction) -> str:
    return (
        str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    )


def sums(score: Any, width: int) -> Iterator[str]:
    """The weighted sums, and what they make."""
    if score.overall is None:
        return
    weights = sum((q.weight for q in score.questions), Fraction(0))
    yield ""
    yield "Sums over the questions, each by its weight"
    for end, says in (("low", "proven"), ("high", "not disproven"), ("coverage", "known")):
        parts = sum((q.weight * getattr(q.interval, end) for q in score.questions), Fraction(0))
        yield from wrapped(
            f"{says} = {exact(parts)} / {plain(weights)} = {exact(getattr(score.overall, end))}",
            width,
            2,
        )


def ranking(comparison: Any, swings: Sequence[Any], width: int) -> Iterator[str]:
    """The order by what is proven, and what moves it."""
    if len(comparison.intervals) < 2:  # noqa: PLR2004 - an order needs two
        return
    order = " > ".join(" = ".join(group) for group in comparison.order)
    yield ""
    yield from wrapped(
        f"Order by what is proven, on {plural(len(comparison.common), 'common question')}: {order}",
        width,
    )
    changing = [swing for swing in swings if swing.changes_order]
    if not changing:
        yield from wrapped(
            f"Moving each weight by 20 % up and down, one at a time ({len(swings)} trials), never"
            " changes this order.",
            width,
        )
    for swing in changing:
        told = " > ".join(" = ".join(group) for group in swing.order)
        way = "up" if swing.factor > 1 else "down"
        yield from wrapped(f"{swing.question} {way} 20 %: {told}", width, 2)
    moves = sorted(
        ((max(abs(s) for s in swing.shifts.values()), swing) for swing in swings),
        key=lambda pair: (-pair[0], pair[1].question, pair[1].factor),
    )
    for size, swing in moves[:3]:
        way = "up" if swing.factor > 1 else "down"
        yield from wrapped(
            f"most moved: {swing.question} {way} 20 % shifts an end by {float(size):.4f}",
            width,
            2,
        )


def two(value: Fraction) -> str:
    """Two decimals."""
    return f"{float(value):.2f}"


def plain(value: Fraction) -> str:
    """A weight or an effort, without a fraction where there is none."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def exact(value: Fraction) -> str:
    """The fraction itself, with four decimals beside it."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value.numerator}/{value.denominator} ({float(value):.4f})"


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of a width; what goes on stands two columns further in."""
    blank = " " * indent
    return textwrap.wrap(
        printable(clip(text)), width=width, initial_indent=blank, subsequent_indent=blank + "  "
    )
