"""OSCAL: assessment results and a plan of action from a judgement and the coverage it makes.

Observations are what checks said, risks are failures, findings are controls. OSCAL knows satisfied
and not-satisfied alone: unknown and no evidence are not satisfied, with the reason ``other`` and
our word in the remarks. Every UUID is a version 5 of what it stands for, so that equal judgements
give equal documents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from cellwarden.model.coverage import ControlState
from cellwarden.model.findings import Verdict
from cellwarden.reports.coverage_text import JUDGEMENT, whole_words
from cellwarden.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cellwarden.model.coverage import CheckStanding, ControlCoverage, FrameworkCoverage
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import AcceptedException, Report, Run

VERSION: Final = "1.2.1"
NAMESPACE: Final = "https://cellwarden.example/ns/oscal"
_ROOT: Final = UUID("6b1c6f0e-52f4-5c1b-9a53-3a1d7b0c8e11")
_NIST: Final = re.compile(r"([A-Z]{2})-(\d+)(?:\((\d+)\))?")
_NOT_TOKEN: Final = re.compile(r"[^A-Za-z0-9._-]+")

Node = dict[str, Any]


def assessment_results(report: Report, found: FrameworkCoverage) -> Node:
    """The assessment results of one framework. ``report`` holds the findings that speak to it.

    At least one control has to be mapped: OSCAL knows no assessment of nothing.
    """
    run = report.run
    failing, unknown = _parted(report.findings)
    observations = [_observation(run, one) for one in (*failing, *unknown)]
    observations += [_passes(run, one) for one in found.checks if one.passes]
    selected = [{"control-id": control_token(one.control_id)} for one in found.controls]
    accepted = {one.exception_id: one for one in report.exceptions}
    result = {
        "uuid": _id(run, "result", found.framework),
        "title": f"{found.name}, as of {run.as_of[:10]}",
        "description": f"{whole_words(found)}. {JUDGEMENT}",
        "start": run.as_of,
        "end": run.as_of,
        "props": [
            _prop("ledger-size", str(run.ledger_size)),
            _prop("ledger-root", run.ledger_root),
        ],
        **_local(run, report.findings),
        "reviewed-controls": {"control-selections": [{"include-controls": selected}]},
        **_listed("observations", observations),
        **_listed("risks", [_risk(run, one, accepted) for one in failing]),
        **_listed("findings", [_control(run, one, report.findings) for one in found.controls]),
    }
    plan = _id(run, "plan", run.catalogue_sha256)
    return {
        "assessment-results": {
            "uuid": _id(run, "assessment-results", found.framework),
            "metadata": _metadata(run, f"Assessment results of {run.operator}: {found.name}"),
            "import-ap": {"href": f"#{plan}", "remarks": "the plan is the catalogue of checks"},
            "results": [result],
            "back-matter": {"resources": [_plan(run, plan), _ledger(run)]},
        }
    }


def plan_of_action(report: Report, found: FrameworkCoverage) -> Node:
    """The plan of action and milestones: one item for each failure, exceptions as deviations."""
    run = report.run
    failing, _ = _parted(report.findings)
    accepted = {one.exception_id: one for one in report.exceptions}
    return {
        "plan-of-action-and-milestones": {
            "uuid": _id(run, "plan-of-action", found.framework),
            "metadata": _metadata(run, f"Plan of action of {run.operator}: {found.name}"),
            "system-id": {"identifier-type": NAMESPACE, "id": _clean(run.workspace) or "workspace"},
            **_local(run, failing),
            **_listed("observations", [_observation(run, one) for one in failing]),
            **_listed("risks", [_risk(run, one, accepted) for one in failing]),
            "poam-items": [_item(run, one) for one in failing] or [_nothing(run, found)],
            "back-matter": {"resources": [_ledger(run)]},
        }
    }


def control_token(control_id: str) -> str:
    """An identifier as OSCAL writes it: ``ac-2.3`` for NIST's, else its letters with joints."""
    if match := _NIST.fullmatch(control_id):
        family, number, enhancement = match.groups()
        return f"{family.lower()}-{number}" + (f".{enhancement}" if enhancement else "")
    token = _NOT_TOKEN.sub("_", control_id).strip("_")
    return token if token[:1].isalpha() else f"c_{token}"


def _parted(findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    ordered = sorted(findings, key=lambda one: one.id)
    return (
        [one for one in ordered if one.verdict is Verdict.FAIL],
        [one for one in ordered if one.verdict is Verdict.UNKNOWN],
    )


def _observation(run: Run, one: Finding) -> Node:
    return {
        "uuid": _id(run, "observation", one.id),
        "title": _clean(one.title),
        "description": _clean(one.because),
        "props": [
            _prop("finding", one.id),
            _prop("check", one.check),
            _prop("verdict", one.verdict.value),
            _prop("severity", one.severity.value),
            _prop("count", str(one.count)),
        ],
        "methods": ["EXAMINE"],
        "types": ["finding"],
        "subjects": [
            {
                "subject-uuid": _id(run, "subject", f"{one.subject_kind}/{one.subject}"),
                "type": "inventory-item",
                "title": _clean(one.subject),
            }
        ],
        **_evidence(run, one.evidence),
        "collected": run.as_of,
    }


def _passes(run: Run, one: CheckStanding) -> Node:
    return {
        "uuid": _id(run, "passes", one.check),
        "title": _clean(f"{one.check} passed"),
        "description": _clean(f"{one.asks} Passed {one.passes} times; facts of some of them."),
        "props": [
            _prop("check", one.check),
            _prop("verdict", "pass"),
            _prop("count", str(one.passes)),
            *(_prop(f"grade-{grade.value}", str(count)) for grade, count in one.grades.items()),
        ],
        "methods": ["EXAMINE"],
        **_evidence(run, one.sample.get("pass", ())),
        "collected": run.as_of,
    }


def _evidence(run: Run, facts: Sequence[str]) -> Node:
    """Facts as links into the ledger: ``entry.row``."""
    if not facts:
        return {}
    return {
        "relevant-evidence": [
            {
                "href": f"#{_id(run, 'ledger', run.ledger_root)}",
                "description": "facts of the ledger, as entry.row",
                "props": [_prop("fact", fact) for fact in dict.fromkeys(facts)],
            }
        ]
    }


def _risk(run: Run, one: Finding, accepted: dict[str, AcceptedException]) -> Node:
    exception = accepted.get(one.exception_id or "")
    risk: Node = {
        "uuid": _id(run, "risk", one.id),
        "title": _clean(one.title),
        "description": _clean(one.because),
        "statement": _clean(one.why_it_matters),
        "props": [_prop("finding", one.id), _prop("severity", one.severity.value)],
        "status": "deviation-approved" if exception else "open",
        "remediations": [
            {
                "uuid": _id(run, "remediation", one.id),
                "lifecycle": "recommendation",
                "title": "What to do",
                "description": _clean(one.remedy),
            }
        ],
        "related-observations": [{"observation-uuid": _id(run, "observation", one.id)}],
    }
    if one.deadline_on:
        risk["deadline"] = f"{one.deadline_on[:10]}T23:59:59Z"
    if exception:
        risk["props"] += [_prop("exception", exception.exception_id)]
        if exception.expires_on:
            risk["props"] += [_prop("deviation-expires-on", exception.expires_on)]
        risk["mitigating-factors"] = [
            {
                "uuid": _id(run, "mitigation", one.id),
                "description": _clean(
                    f"{exception.reason}. Measure: {exception.measure or 'none'}. Asked for by"
                    f" {exception.requester}, approved by {exception.approver}."
                ),
            }
        ]
    return risk


def _control(run: Run, one: ControlCoverage, findings: Iterable[Finding]) -> Node:
    state = "satisfied" if one.state is ControlState.EVIDENCED else "not-satisfied"
    reason = {ControlState.EVIDENCED: "pass", ControlState.CONTRADICTED: "fail"}
    speaking = set(one.checks)
    mine = sorted((f for f in findings if f.check in speaking), key=lambda found: found.id)
    observed = [{"observation-uuid": _id(run, "observation", found.id)} for found in mine]
    risks = [
        {"risk-uuid": _id(run, "risk", found.id)} for found in mine if found.verdict is Verdict.FAIL
    ]
    return {
        "uuid": _id(run, "finding", one.control_id),
        "title": _clean(f"{one.control_id}: {one.state.value}"),
        "description": _clean(f"{one.title} {one.because}."),
        "props": [
            _prop("label", one.control_id),
            _prop("state", one.state.value),
            *(_prop("requirement", name) for name in one.requirements),
            *(_prop(f"passes-{grade.value}", str(count)) for grade, count in one.grades.items()),
        ],
        "target": {
            "type": "objective-id",
            "target-id": control_token(one.control_id),
            "status": {
                "state": state,
                "reason": reason.get(one.state, "other"),
                "remarks": _clean("; ".join((one.because, *one.missing))),
            },
        },
        **_listed("related-observations", observed),
        **_listed("related-risks", risks),
    }


def _item(run: Run, one: Finding) -> Node:
    return {
        "uuid": _id(run, "item", one.id),
        "title": _clean(f"{one.title}: {one.subject}"),
        "description": _clean(f"{one.because} {one.remedy}"),
        "props": [
            _prop("finding", one.id),
            _prop("severity", one.severity.value),
            *([_prop("deadline", one.deadline_on)] if one.deadline_on else []),
            *([_prop("exception", one.exception_id)] if one.exception_id else []),
        ],
        "related-observations": [{"observation-uuid": _id(run, "observation", one.id)}],
        "related-risks": [{"risk-uuid": _id(run, "risk", one.id)}],
    }


def _nothing(run: Run, found: FrameworkCoverage) -> Node:
    """OSCAL wants at least one item; where nothing failed, this one says what that is worth."""
    return {
        "uuid": _id(run, "item", "nothing"),
        "title": "No failure",
        "description": f"No check that speaks to {found.name} failed as of {run.as_of[:10]}."
        " What is unknown or has no evidence stands in the assessment results.",
    }


def _local(run: Run, findings: Iterable[Finding]) -> Node:
    """The things that observations speak of."""
    named = sorted({(one.subject_kind, one.subject, one.site_id or "") for one in findings})
    items = [
        {
            "uuid": _id(run, "subject", f"{kind}/{subject}"),
            "description": _clean(f"{kind} {subject}"),
            "props": [_prop("kind", kind), *([_prop("site", site)] if site else [])],
        }
        for kind, subject, site in named
    ]
    once = {item["uuid"]: item for item in items}
    return {"local-definitions": {"inventory-items": list(once.values())}} if once else {}


def _metadata(run: Run, title: str) -> Node:
    operator = _id(run, "party", run.operator)
    return {
        "title": _clean(title),
        "last-modified": run.as_of,
        "version": run.id,
        "oscal-version": VERSION,
        "props": [_prop("generator", f"cellwarden {run.version}")],
        "roles": [{"id": "asset-owner", "title": "Operator"}],
        "parties": [{"uuid": operator, "type": "organization", "name": _clean(run.operator)}],
        "responsible-parties": [{"role-id": "asset-owner", "party-uuids": [operator]}],
    }


def _plan(run: Run, plan: str) -> Node:
    return {
        "uuid": plan,
        "title": "Catalogue of checks",
        "description": "Each check is one predicate in a file; `cellwarden checks show` prints it.",
        "props": [_prop("sha256", run.catalogue_sha256)],
    }


def _ledger(run: Run) -> Node:
    return {
        "uuid": _id(run, "ledger", run.ledger_root),
        "title": "Ledger",
        "description": "Facts are rows of entries of this ledger; an evidence pack proves them.",
        "props": [_prop("size", str(run.ledger_size)), _prop("root", run.ledger_root)],
    }


def _listed(name: str, nodes: Sequence[Node]) -> Node:
    """OSCAL knows no empty lists: a list with nothing in it is left out."""
    return {name: list(nodes)} if nodes else {}


def _prop(name: str, value: str) -> Node:
    return {"name": name, "ns": NAMESPACE, "value": _clean(value) or "unknown"}


def _id(run: Run, kind: str, name: str) -> str:
    return str(uuid5(_ROOT, f"{run.id}\0{kind}\0{name}"))


def _clean(text: str) -> str:
    """Text without what a reader cannot see, and without blanks at its ends."""
    return printable(text.replace("\n", " ")).strip()
