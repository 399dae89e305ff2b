"""CycloneDX 1.6: the devices and firmware that advisories name, with VEX analysis states."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from cellwarden.model.matching import MatchState
from cellwarden.reports.standing import machine_head
from cellwarden.reports.text import safe_url, visible_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cellwarden.model.report import Exposure, Report

NAME: Final = "cyclonedx"
SUFFIX: Final = ".cdx.json"

_STATE: Final = {
    MatchState.AFFECTED: "exploitable",
    MatchState.FIXED: "resolved",
    MatchState.NOT_AFFECTED: "not_affected",
    MatchState.UNDETERMINED: "in_triage",
}
_STATUS: Final = {
    MatchState.AFFECTED: "affected",
    MatchState.FIXED: "unaffected",
    MatchState.NOT_AFFECTED: "unaffected",
    MatchState.UNDETERMINED: "unknown",
}
_METHOD: Final = {"CVSS:4.0": "CVSSv4", "CVSS:3.1": "CVSSv31", "CVSS:3.0": "CVSSv3"}
_RUNS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cellwarden:run")
_LONGEST_VERSION: Final = 1024

Object = dict[str, Any]


def render(report: Report) -> str:
    """A bill of materials of what the matches touch; it says itself that it is incomplete."""
    fleet = "fleet"
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_RUNS, report.run.id)}",
        "version": 1,
        "metadata": _metadata(report, fleet),
        "components": _devices(report.exposures),
        "compositions": [{"aggregate": "incomplete", "assemblies": [fleet]}],
        "vulnerabilities": _vulnerabilities(report.exposures),
    }
    return visible_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _metadata(report: Report, fleet: str) -> Object:
    tool = {"type": "application", "name": "cellwarden", "version": report.run.version}
    properties = [
        {"name": f"cellwarden:{name}", "value": words}
        for name, words in machine_head(report).items()
    ]
    return {
        "timestamp": report.run.as_of,
        "tools": {"components": [tool]},
        "component": {"type": "platform", "bom-ref": fleet, "name": report.run.operator},
        "properties": properties,
    }


def _reference(kind: str, name: str) -> str:
    return f"{kind}:{quote(name, safe='')}"


def _devices(exposures: Iterable[Exposure]) -> list[Object]:
    """One device an asset, its firmware-bearing parts inside."""
    assets: dict[str, dict[str, Exposure]] = {}
    for one in exposures:
        assets.setdefault(one.asset_id, {}).setdefault(one.component_id, one)
    return [_device(asset, list(parts.values())) for asset, parts in sorted(assets.items())]


def _device(asset: str, parts: list[Exposure]) -> Object:
    sites = sorted({part.site_id for part in parts})
    return {
        "type": "device",
        "bom-ref": _reference("asset", asset),
        "name": asset or "unknown asset",
        "properties": [{"name": "cellwarden:site", "value": site or "unknown"} for site in sites],
        "components": [_firmware(part) for part in parts],
    }


def _firmware(part: Exposure) -> Object:
    found: Object = {
        "type": "firmware",
        "bom-ref": _reference("component", part.component_id),
        "name": " ".join(word for word in (part.product, part.part) if word) or part.component_id,
    }
    if part.vendor:
        found["supplier"] = {"name": part.vendor}
    if part.firmware:
        found["version"] = part.firmware[:_LONGEST_VERSION]
    return found


def _vulnerabilities(exposures: Iterable[Exposure]) -> list[Object]:
    """One entry for each vulnerability, advisory and state; its parts stand in ``affects``."""
    groups: dict[tuple[str, str, MatchState], list[Exposure]] = {}
    for one in exposures:
        groups.setdefault((one.vulnerability, one.advisory_id, one.state), []).append(one)
    return [_vulnerability(key, parts) for key, parts in sorted(groups.items())]


def _vulnerability(key: tuple[str, str, MatchState], parts: list[Exposure]) -> Object:
    name, advisory, state = key
    first = parts[0]
    reasons = list(dict.fromkeys(part.why for part in parts if part.why))
    analysis: Object = {"state": _STATE[state], "detail": " | ".join(reasons[:20])}
    if state is MatchState.AFFECTED and first.fixed_in:
        analysis["response"] = ["update"]
    entry: Object = {
        "bom-ref": _reference("vulnerability", f"{name}/{advisory}/{state.value}"),
        "id": name,
        "source": {"name": advisory},
        "description": first.title,
        "ratings": _ratings(first),
        "analysis": analysis,
        "affects": list({part.component_id: _affects(part) for part in parts}.values()),
        "properties": _properties(first),
    }
    if first.fixed_in:
        entry["recommendation"] = f"Install {first.fixed_in}."
    link = safe_url(first.url)
    return {**entry, "advisories": [{"title": advisory, "url": link}]} if link else entry


def _ratings(one: Exposure) -> list[Object]:
    if one.cvss_score is None:
        return []
    vector = one.cvss_vector or ""
    rating: Object = {"score": one.cvss_score, "method": _METHOD.get(vector[:8], "other")}
    return [{**rating, "vector": vector} if vector else rating]


def _affects(part: Exposure) -> Object:
    affected: Object = {"ref": _reference("component", part.component_id)}
    if part.firmware:
        version = part.firmware[:_LONGEST_VERSION]
        affected["versions"] = [{"version": version, "status": _STATUS[part.state]}]
    return affected


def _properties(one: Exposure) -> list[Object]:
    words = {True: "yes", False: "no", None: "unknown"}
    named = {
        "range": one.range or "unknown",
        "known_exploited": words[one.is_known_exploited],
        "ssvc_decision": one.ssvc_decision or "unknown",
        "deadline_on": one.deadline_on or "none",
    }
    return [{"name": f"cellwarden:{name}", "value": value} for name, value in named.items()]
