"""Decides on the low end and the gates, and finds the cheapest question that could flip it."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import msgspec

from cellwarden.vendors.assessment.gates import GateResult, GateState
from cellwarden.vendors.assessment.questions import EFFORT, Gate
from cellwarden.vendors.assessment.scoring import QuestionScore, Score

THRESHOLD: Final = Fraction(3, 5)
"""The low end from which a vendor may be signed, unless the operator sets another."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a signature may go through, and everything that stands against it."""

    may_sign: bool
    because: tuple[str, ...]


class NextQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask next: one question, or the set that is needed together.

    ``questions`` is empty where no answer can change the decision. ``effort`` counts objectives
    still open, in units of a ticked box. ``gain`` is how far the low end could move.
    """

    questions: tuple[str, ...]
    effort: int
    gain: Fraction
    because: str


def decide(
    score: Score,
    gates: tuple[GateResult, ...],
    *,
    threshold: Fraction = THRESHOLD,
    open_follow_ups: int = 0,
) -> Decision:
    """May this vendor be signed? Only if the low end, every gate and every follow-up agree."""
    against = []
    if score.overall is None:
        against.append("not assessed: no question applies")
    elif score.overall.low < threshold:
        against.append(
            f"the low end {float(score.overall.low):.3f} is under {float(threshold):.3f}"
        )
    against.extend(f"gate {g.gate} is {g.state.value}" for g in gates if not g.lets_pass)
    if open_follow_ups:
        is_one = open_follow_ups == 1
        against.append(f"{open_follow_ups} follow-up{' is' if is_one else 's are'} open")
    return Decision(may_sign=not against, because=tuple(against))


def next_question(
    score: Score,
    gates: tuple[GateResult, ...],
    *,
    threshold: Fraction = THRESHOLD,
    waiting: tuple[str, ...] = (),
) -> NextQuestion:
    """The cheapest question whose answer could flip the decision; else the cheapest set found.

    ``waiting`` are the questions whose follow-ups are open: where nothing else stands against a
    signature, a clear reply to each of them is what flips it.
    """
    if score.overall is None:
        return _none("not assessed: no question applies")
    if not decide(score, gates, threshold=threshold).may_sign:
        return _to_sign(score, gates, threshold)
    if waiting:
        return _to_reply(score, tuple(dict.fromkeys(waiting)))
    return _to_refuse(score, gates, threshold)


def _to_reply(score: Score, waiting: tuple[str, ...]) -> NextQuestion:
    weight = sum((q.weight for q in score.questions), Fraction(0))
    rises = [_rise(q) for q in score.questions if q.question.id in waiting]
    because = "only its open follow-up stands against a signature: a clear reply would allow it"
    if len(waiting) > 1:
        because = "only open follow-ups stand against a signature: each needs a clear reply"
    return NextQuestion(
        questions=waiting,
        effort=EFFORT["text"] * len(waiting),
        gain=sum(rises, Fraction(0)) / weight,
        because=because,
    )


def effort(item: QuestionScore) -> int:
    """What asking costs: the effort of the answer type for each objective not fully known."""
    return EFFORT[item.question.type] * sum(1 for g in item.graded if g.known < 1)


def _to_sign(score: Score, gates: tuple[GateResult, ...], threshold: Fraction) -> NextQuestion:
    if score.overall is None or score.overall.high < threshold:
        return _none("even the high end is under the threshold: the vendor has to change")
    shut = [g.gate for g in gates if g.state is GateState.SHUT]
    if shut:
        return _none(f"the gate {shut[0]} is shut: it needs a change or a named exception")
    unknown = {g.gate for g in gates if g.state is GateState.UNKNOWN}
    open_questions = [q for q in score.questions if effort(q)]
    chosen = [q for q in open_questions if q.question.gate in unknown]
    unasked = unknown - {q.question.gate for q in chosen}
    if unasked:
        return _none(f"the bank has no open question for the gate {min(unasked)}")
    weight = sum((q.weight for q in score.questions), Fraction(0))
    missing = threshold - score.overall.low - sum(_rise(q) for q in chosen) / weight
    rest = [q for q in open_questions if q not in chosen and _rise(q)]
    if missing > 0:
        enough = [q for q in rest if _rise(q) / weight >= missing]
        if enough:
            chosen.append(min(enough, key=lambda q: (effort(q), -_rise(q), q.question.id)))
        else:
            chosen.extend(_greedy(rest, missing * weight))
    chosen.sort(key=lambda q: (effort(q), -_rise(q), q.question.id))
    return NextQuestion(
        questions=tuple(q.question.id for q in chosen),
        effort=sum(effort(q) for q in chosen),
        gain=sum((_rise(q) for q in chosen), Fraction(0)) / weight,
        because="good answers could allow a signature"
        if len(chosen) == 1
        else f"no single answer flips it; good answers to these {len(chosen)} together could",
    )


def _greedy(rest: list[QuestionScore], missing: Fraction) -> list[QuestionScore]:
    """Most gain for the effort first, then drop what turned out not to be needed."""
    chosen: list[QuestionScore] = []
    for item in sorted(rest, key=lambda q: (-_rise(q) / effort(q), q.question.id)):
        if missing <= 0:
            break
        chosen.append(item)
        missing -= _rise(item)
    spare = -missing
    for item in sorted(chosen, key=effort, reverse=True):
        if _rise(item) <= spare:
            chosen.remove(item)
            spare -= _rise(item)
    return chosen


def _to_refuse(score: Score, gates: tuple[GateResult, ...], threshold: Fraction) -> NextQuestion:
    if score.overall is None:
        return _none("not assessed: no question applies")
    weight = sum((q.weight for q in score.questions), Fraction(0))
    spare = (score.overall.low - threshold) * weight
    open_gates = {g.gate for g in gates if g.state is GateState.OPEN}
    flips = [
        q for q in score.questions if effort(q) and (_fall(q) > spare or _may_shut(q, open_gates))
    ]
    if not flips:
        return _none("no single bad answer could stop the signature")
    best = min(flips, key=lambda q: (effort(q), -_fall(q), q.question.id))
    return NextQuestion(
        questions=(best.question.id,),
        effort=effort(best),
        gain=_fall(best) / weight,
        because="a test that contradicts the answer would stop the signature",
    )


def _may_shut(item: QuestionScore, open_gates: set[Gate]) -> bool:
    keys = item.question.gate_objectives
    is_shaky = any(g.known < 1 for g in item.graded if g.objective in keys)
    return item.question.gate in open_gates and is_shaky


def _rise(item: QuestionScore) -> Fraction:
    """Weighted, how far the low end rises if everything unknown turns out well."""
    return item.weight * (item.interval.high - item.interval.low)


def _fall(item: QuestionScore) -> Fraction:
    """Weighted, how far the low end falls if everything not yet tested turns out badly."""
    shaky = sum((g.low for g in item.graded if g.known < 1), Fraction(0))
    return item.weight * shaky / len(item.graded)


def _none(because: str) -> NextQuestion:
    return NextQuestion(questions=(), effort=0, gain=Fraction(0), because=because)
