"""Coverage: the rules by which the verdicts of checks make the state of a control.

A check speaks to a control when it serves one of the requirements that the mapping names for it.
In this order:

1. One failing verdict contradicts the control, accepted by an exception or not: an exception is a
   decision to live with a gap, not evidence that there is none.
2. No check, or checks that found nothing that they apply to: no evidence.
3. One unknown verdict keeps the control unknown.
4. A pass that rests on a claim alone is no evidence; it keeps the control unknown, "claimed only".
5. A requirement of the control that no check speaks to keeps it unknown, "in part".
6. What is left is evidenced: every requirement has a check, and every verdict is a pass on
   documented or tested evidence.

What no mapping names is not in the picture at all, and is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cellwarden.frameworks.catalogues import Catalogue, catalogues
from cellwarden.frameworks.controls import requirements_of
from cellwarden.model.coverage import (
    CheckStanding,
    ControlCoverage,
    ControlState,
    FrameworkCoverage,
    FrameworkSummary,
    Grade,
)


def coverage(
    catalogue: Catalogue, standings: Sequence[CheckStanding], *, as_of: str, site_id: str | None
) -> FrameworkCoverage:
    """How far the verdicts reach into one framework."""
    controls = tuple(
        _control(key, catalogue.controls[key].title, requirements, standings)
        for key, requirements in requirements_of(catalogue.label).items()
    )
    speaking = {check for control in controls for check in control.checks}
    return FrameworkCoverage(
        framework=catalogue.id,
        label=catalogue.label,
        name=catalogue.name,
        publisher=catalogue.publisher,
        version=catalogue.version,
        date=catalogue.date,
        source=catalogue.source,
        as_of=as_of,
        site_id=site_id,
        held=len(catalogue.controls),
        is_whole=catalogue.is_whole,
        controls=controls,
        checks=tuple(one for one in standings if one.check in speaking),
    )


def summaries(standings: Sequence[CheckStanding]) -> tuple[FrameworkSummary, ...]:
    """Every framework that has a mapping, in one line each."""
    found = []
    known: dict[tuple[str, ...], ControlState] = {}
    for catalogue in catalogues().values():
        states = dict.fromkeys(ControlState, 0)
        mapped = requirements_of(catalogue.label)
        for requirements in mapped.values():
            if requirements not in known:
                known[requirements], _ = state_of(requirements, _speaking(requirements, standings))
            states[known[requirements]] += 1
        if mapped:
            found.append(
                FrameworkSummary(
                    framework=catalogue.id,
                    label=catalogue.label,
                    controls=len(mapped),
                    held=len(catalogue.controls),
                    is_whole=catalogue.is_whole,
                    states={state.value: count for state, count in states.items()},
                )
            )
    return tuple(found)


def state_of(
    requirements: Sequence[str], standings: Sequence[CheckStanding]
) -> tuple[ControlState, str]:
    """The state of a control and the reason in words, by the rules above.

    ``standings`` are those of the checks that speak to it.
    """
    fails, passes = _sum(standings, "fails"), _sum(standings, "passes")
    judged = fails + passes + _sum(standings, "unknowns")
    if fails:
        accepted = _sum(standings, "accepted")
        note = f", {accepted} of them accepted by an exception" if accepted else ""
        return ControlState.CONTRADICTED, f"{fails} of {judged} judgements failed{note}"
    if not standings:
        return ControlState.NO_EVIDENCE, "no check speaks to it"
    if not judged:
        return ControlState.NO_EVIDENCE, "its checks found nothing that they apply to"
    if gap := _gap(requirements, standings):
        return ControlState.UNKNOWN, gap
    return ControlState.EVIDENCED, f"{passes} of {judged} judgements passed"


def _gap(requirements: Sequence[str], standings: Sequence[CheckStanding]) -> str | None:
    """Why judgements without a failure are not enough; None where they are."""
    passes, unknowns = _sum(standings, "passes"), _sum(standings, "unknowns")
    if unknowns:
        return f"{unknowns} of {passes + unknowns} judgements lack facts"
    if claimed := sum(one.grades.get(Grade.CLAIMED, 0) for one in standings):
        return f"claimed only: {claimed} of {passes} passes rest on a claim"
    if silent := _silent(requirements, standings):
        return f"in part: no check speaks to {', '.join(silent)}"
    return None


def _control(
    control_id: str, title: str, requirements: tuple[str, ...], standings: Sequence[CheckStanding]
) -> ControlCoverage:
    speaking = _speaking(requirements, standings)
    state, because = state_of(requirements, speaking)
    grades = {
        grade: count for grade in Grade if (count := sum(s.grades.get(grade, 0) for s in speaking))
    }
    return ControlCoverage(
        control_id=control_id,
        title=title,
        requirements=requirements,
        checks=tuple(one.check for one in speaking),
        state=state,
        because=because,
        fails=_sum(speaking, "fails"),
        accepted=_sum(speaking, "accepted"),
        passes=_sum(speaking, "passes"),
        unknowns=_sum(speaking, "unknowns"),
        not_applicable=_sum(speaking, "not_applicable"),
        grades=grades,
        oldest_at=min((one.oldest_at for one in speaking if one.oldest_at), default=None),
        newest_at=max((one.newest_at for one in speaking if one.newest_at), default=None),
        missing=tuple(_missing(requirements, speaking)),
    )


def _missing(requirements: Sequence[str], standings: Sequence[CheckStanding]) -> Iterable[str]:
    if silent := _silent(requirements, standings):
        yield f"no check speaks to {', '.join(silent)}"
    for one in standings:
        if one.fails:
            yield f"{one.check}: {one.fails} failed"
    for one in standings:
        if one.unknowns:
            yield f"{one.check}: {one.unknowns} could not be judged"
    for one in standings:
        if claimed := one.grades.get(Grade.CLAIMED, 0):
            yield f"{one.check}: {claimed} of {one.passes} passes are claimed only"


def _speaking(
    requirements: Sequence[str], standings: Sequence[CheckStanding]
) -> tuple[CheckStanding, ...]:
    wanted = set(requirements)
    return tuple([one for one in standings if not wanted.isdisjoint(one.requirements)])


def _silent(requirements: Sequence[str], standings: Sequence[CheckStanding]) -> list[str]:
    """The requirements that none of the checks serves."""
    served = {name for one in standings for name in one.requirements}
    return [name for name in requirements if name not in served]


def _sum(standings: Sequence[CheckStanding], count: str) -> int:
    return sum(getattr(one, count) for one in standings)
