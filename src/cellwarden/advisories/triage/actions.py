"""Today's actions: for each role the few acts that remove most risk, with reason and deadline.

One act may close many things: one firmware update of a product closes every weakness that it fixes
on every part of that product. What one act closes stands together; its risk is the sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from cellwarden.advisories.triage.facts import TriageFacts
from cellwarden.advisories.triage.risk import exposure_risk, finding_risk
from cellwarden.advisories.triage.tables import table
from cellwarden.model.findings import Finding, Severity, Verdict
from cellwarden.model.matching import MatchState
from cellwarden.model.report import Action, Exposure

ROLES: Final = ("security", "facilities", "procurement", "auditor")

DEFAULT_ROLE: Final = "security"
"""Who gets what nobody was named for, such as findings of an operator's own checks."""

OPEN_ENDED: Final = "9999-12-31"
"""Sorts what has no deadline behind everything that has one."""


class Act(NamedTuple):
    """What makes things one act: who does it, what kind of act it is, and to what."""

    role: str
    kind: str
    what: tuple[str, ...]


class Load(msgspec.Struct):
    """What one act would close."""

    exposures: list[Exposure] = []
    findings: list[Finding] = []


def actions(
    findings: Iterable[Finding],
    exposures: Iterable[Exposure],
    facts: TriageFacts,
    *,
    as_of: datetime,
    limit: int = 5,
) -> tuple[Action, ...]:
    """The acts that remove most risk, at most ``limit`` for each role, in the order of ``ROLES``.

    What attackers use comes first, then what is critical, then by risk, deadline and words. A
    finding that an exception accepts asks for no act, nor does a weakness whose findings are all
    accepted.
    """
    loads = _loads(list(findings), list(exposures), as_of)
    found = [(_urgency(load), _action(act, load, facts)) for act, load in loads.items()]
    found = [(urgency, action) for urgency, action in found if action.risk > 0]
    found.sort(key=lambda one: (one[0], *_order(one[1])))
    return tuple(
        action
        for role in ROLES
        for action in [action for _, action in found if action.role == role][:limit]
    )


def _urgency(load: Load) -> int:
    """0 where attackers use a weakness already, 1 where a failure is critical, else 2.

    A sum of many small risks must not push the one that is being exploited off the list.
    """
    if any(e.is_known_exploited and e.state is MatchState.AFFECTED for e in load.exposures):
        return 0
    is_critical = any(
        finding.verdict is Verdict.FAIL and finding.severity is Severity.CRITICAL
        for finding in load.findings
    )
    return 1 if is_critical else 2


def _order(action: Action) -> tuple[float, str, str]:
    return -action.risk, action.deadline_on or OPEN_ENDED, action.title


def _loads(findings: list[Finding], exposures: list[Exposure], as_of: datetime) -> dict[Act, Load]:
    loads: defaultdict[Act, Load] = defaultdict(Load)
    by_subject: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_subject[finding.subject].append(finding)
    told: set[str] = set()
    for exposure in exposures:
        about = by_subject.get(subject_of(exposure), [])
        told |= {finding.id for finding in about}
        if about and all(finding.exception_id for finding in about):
            continue
        for act in _acts(exposure, as_of):
            loads[act].exposures.append(exposure)
            loads[act].findings += [finding for finding in about if not finding.exception_id]
    for finding in findings:
        asks = finding.verdict in {Verdict.FAIL, Verdict.UNKNOWN} and not finding.exception_id
        if asks and finding.id not in told:
            what = (finding.check, finding.verdict.value, finding.vendor or "")
            loads[Act(role_of(finding), "check", what)].findings.append(finding)
    return loads


def role_of(finding: Finding) -> str:
    """Who acts on a finding: by its check, else by its topic (``tables/roles.csv``)."""
    roles = {row["topic_or_check"]: row["role"] for row in table("roles")}
    return roles.get(finding.check) or roles.get(finding.topic) or DEFAULT_ROLE


def subject_of(exposure: Exposure) -> str:
    """The subject id by which findings name an exposure."""
    return f"{exposure.component_id}/{exposure.vulnerability}/{exposure.advisory_id}"


def _acts(exposure: Exposure, as_of: datetime) -> Iterator[Act]:
    """Everything that somebody can do about one open weakness on one part."""
    product = (exposure.vendor, exposure.product)
    has_fix = bool(exposure.fixed_in) or (
        exposure.clock is not None and exposure.clock.fix_available_on is not None
    )
    if exposure.state is MatchState.AFFECTED:
        if has_fix:
            yield Act("facilities", "update", (*product, exposure.part, exposure.fixed_in))
        else:
            yield Act("procurement", "ask", product)
        if not has_fix or exposure.is_known_exploited:
            yield Act("security", "shield", product)
        if (exposure.sites_sharing_path or 0) > 1 and exposure.shared_path:
            yield Act("security", "path", (exposure.shared_path,))
        if exposure.deadline_on and exposure.deadline_on < as_of.date().isoformat():
            yield Act("auditor", "overdue", (exposure.site_id,))
    elif exposure.state is MatchState.UNDETERMINED:
        if exposure.candidate:
            yield Act("security", "confirm", (*product, exposure.advisory_id))
        elif exposure.firmware:
            yield Act("security", "settle", (*product, exposure.firmware))
        else:
            yield Act("facilities", "read", product)


def _action(act: Act, load: Load, facts: TriageFacts) -> Action:
    risk = sum(exposure_risk(exposure, facts) for exposure in load.exposures)
    if act.kind == "check":
        risk = sum(finding_risk(finding, facts) for finding in load.findings)
        title, reason = _check_words(load.findings)
    else:
        title, reason = _title(act, load.exposures), _reason(act, load.exposures)
    deadlines = [exposure.deadline_on for exposure in load.exposures]
    deadlines += [finding.deadline_on for finding in load.findings]
    return Action(
        role=act.role,
        title=title,
        reason=reason,
        deadline_on=min(filter(None, deadlines), default=None),
        risk=round(risk, 1),
        findings=tuple(dict.fromkeys(finding.id for finding in load.findings)),
    )


def _title(act: Act, exposures: list[Exposure]) -> str:
    parts = {exposure.component_id for exposure in exposures}
    sites = sorted({exposure.site_id for exposure in exposures if exposure.site_id})
    where = f" at {', '.join(sites)}" if sites else ""
    first = exposures[0]
    product = f"{first.vendor} {first.product}".strip() or "unnamed parts"
    on = f"{_count(len(parts), 'part')} of {product}{where}"
    all_parts = f"{_count(len(parts), 'part')}{where}"
    maker, fixed_in = first.vendor or "the vendor", first.fixed_in or "the fixed firmware"
    return {
        "update": f"Install {fixed_in} on {on}",
        "ask": f"Ask {maker} for a fix for {first.product or on}, and by when",
        "shield": f"Take {on} off the network (the port, not the power) until it is fixed",
        "path": f"Close or watch {act.what[0]}, which leads to {', '.join(sites)}",
        "overdue": f"Get a measure or an exception on record for {all_parts}",
        "confirm": f"Say whether {product} is the product that {first.advisory_id} names",
        "settle": f"Find out whether {first.firmware!r} on {on} is affected",
        "read": f"Read the firmware version of {on}",
    }[act.kind]


def _reason(act: Act, exposures: list[Exposure]) -> str:
    names = list(dict.fromkeys(exposure.vulnerability for exposure in exposures))
    exploited = {e.vulnerability for e in exposures if e.is_known_exploited}
    what = f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"  # noqa: PLR2004 - three fit on a line
    sentences = [
        {
            "update": f"One update closes {what}",
            "ask": f"No fix is named for {what}",
            "shield": f"Open: {what}",
            "path": f"One way in to several sites with {what}",
            "overdue": f"Past the deadline and still not fixed here: {what}",
            "confirm": f"If it is, it may be open to {what}",
            "settle": f"The version does not say whether it is open to {what}",
            "read": f"Without a version nobody can say whether it is open to {what}",
        }[act.kind]
    ]
    if exploited:
        sentences.append(
            "attackers already use "
            + ("it" if len(exploited) == len(names) == 1 else f"{len(exploited)} of them")
        )
    windows = sorted({e.next_window_on for e in exposures if e.next_window_on})
    if act.kind == "update":
        sentences.append(
            f"the next window is {windows[0]}" if windows else "no window is planned for it"
        )
    return "; ".join(sentences) + "."


def _check_words(findings: list[Finding]) -> tuple[str, str]:
    worst = min(findings, key=lambda finding: (finding.severity.rank, finding.subject))
    count = sum(finding.count for finding in findings)
    vendor = f" ({worst.vendor})" if worst.vendor else ""
    where = f"for {_count(count, worst.subject_kind or 'thing')}{vendor}"
    if worst.title.endswith("?"):
        told = f"{worst.title} Nobody can tell {where}."
    else:
        verb = "fails" if worst.verdict is Verdict.FAIL else "cannot be judged"
        told = f"{worst.title}: {verb} {where}."
    return worst.remedy, f"{told} {worst.why_it_matters}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
