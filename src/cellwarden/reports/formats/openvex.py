"""OpenVEX 0.2.0: what this operator states about each component and vulnerability."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from cellwarden.model.errors import InputError
from cellwarden.model.matching import MatchState
from cellwarden.reports.standing import machine_head
from cellwarden.reports.text import visible_json

if TYPE_CHECKING:
    from cellwarden.model.report import Exposure, Report

NAME: Final = "openvex"
SUFFIX: Final = ".openvex.json"

_STATUS: Final = {
    MatchState.AFFECTED: "affected",
    MatchState.FIXED: "fixed",
    MatchState.NOT_AFFECTED: "not_affected",
    MatchState.UNDETERMINED: "under_investigation",
}


def render(report: Report) -> str:
    """One statement for each exposure; undetermined is ``under_investigation``.

    Raises:
        InputError: the run has no exposure; the format cannot say "nothing was looked at".
    """
    if not report.exposures:
        raise InputError(
            "an OpenVEX document needs one statement at least, and this run matched nothing",
            advice="use the format cyclonedx or json, which can say that nothing was matched",
        )
    head = machine_head(report)
    tooling = ". ".join(f"{name}: {words}" for name, words in head.items())
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"urn:cellwarden:run:{quote(report.run.id, safe='')}",
        "author": report.run.operator,
        "timestamp": report.run.as_of,
        "version": 1,
        "tooling": f"cellwarden {report.run.version}. {tooling}",
        "statements": _distinct([_statement(one) for one in report.exposures]),
    }
    return visible_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _statement(one: Exposure) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "vulnerability": {"name": one.vulnerability, "description": one.title},
        "products": [{"@id": f"urn:cellwarden:component:{quote(one.component_id, safe='')}"}],
        "status": _STATUS[one.state],
        "supplier": one.vendor,
        "status_notes": f"{one.advisory_id}: {one.why}",
    }
    if one.state is MatchState.AFFECTED:
        statement["action_statement"] = _action(one)
    elif one.state is MatchState.NOT_AFFECTED:
        statement["impact_statement"] = one.why
    return statement


def _action(one: Exposure) -> str:
    fix = f"Install {one.fixed_in}" if one.fixed_in else "No fix is named; isolate the part"
    return f"{fix}, by {one.deadline_on}." if one.deadline_on else f"{fix}."


def _distinct(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The format allows no statement twice; two leaves of one advisory may say the same."""
    seen = {json.dumps(one, sort_keys=True): one for one in statements}
    return list(seen.values())
