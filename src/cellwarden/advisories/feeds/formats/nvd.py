"""NVD API 2.0 pages: CVE entries with their AND/OR trees of CPE names.

Source: the NVD CVE API 2.0 schema.
"""

from __future__ import annotations

from typing import Any, Final

from cellwarden.advisories.feeds.applicability import say_configurations
from cellwarden.advisories.feeds.cells import Tables, joined, newest, prose
from cellwarden.advisories.feeds.decoding import Decoded
from cellwarden.advisories.feeds.statements import Statements
from cellwarden.advisories.feeds.weaknesses import score_cells, score_of
from cellwarden.model.advisories import Understood

PREFIX: Final = "NVD:"
"""Before the CVE id: what NVD says of a CVE is another publication than the CVE record."""

_SCORES: Final = {
    "cvssMetricV40": "4.0",
    "cvssMetricV31": "3.1",
    "cvssMetricV30": "3.0",
    "cvssMetricV2": "2.0",
}
_SETTLED: Final = {"Analyzed", "Modified"}


def recognises(head: Any) -> bool:
    """A JSON object that says ``NVD_CVE``, or a page of ``cve`` objects with NVD's fields."""
    if not isinstance(head, dict):
        return False
    if head.get("format") == "NVD_CVE":
        return True
    entries = head.get("vulnerabilities")
    first = entries[0] if isinstance(entries, list) and entries else None
    return isinstance(first, dict) and isinstance(first.get("cve"), dict) and "totalResults" in head


def understand(source: Decoded) -> Understood:
    """Read one page of the NVD API."""
    tables = Tables(source)
    content: dict[str, Any] = source.content
    format_name = f"nvd {tables.text(content, 'version') or '2.0'}"
    times = [tables.moment(content, "timestamp")]
    for position, item in enumerate(tables.items(content, "vulnerabilities")):
        cve = tables.mapping(item, "cve")
        cve_id = tables.identifier(cve, "id")
        if cve_id:
            times.append(_read_entry(cve_id, cve, format_name, source.sha256, tables))
        else:
            reason = f"entry {position} of the page has no id"
            tables.note(reason, kind="vulnerability", column="cve.id")
    return tables.finish(format_name=format_name, newest_at=newest(*times))


def _read_entry(
    cve_id: str, cve: dict[str, Any], format_name: str, sha256: str, tables: Tables
) -> str | None:
    """Add the rows of one CVE; gives the time of its last change."""
    advisory_id = f"{PREFIX}{cve_id}"
    status = tables.text(cve, "vulnStatus")
    published_at = tables.moment(cve, "published")
    updated_at = tables.moment(cve, "lastModified")
    is_rejected = status == "Rejected"
    cells = {
        "advisory_id": advisory_id,
        "format": format_name,
        "publisher": "NVD",
        "title": tables.name(cve, "cisaVulnerabilityName"),
        "released_at": published_at,
        "updated_at": updated_at,
        "status": "rejected" if is_rejected else "final" if status in _SETTLED else "interim",
        "url": _address(cve, tables),
        "document_sha256": sha256,
        "aliases": cve_id,
    }
    tables.add("advisory", cells)
    if not is_rejected:
        _add_vulnerability(advisory_id, cve_id, cve, published_at, tables)
        said = Statements()
        say_configurations(tables.items(cve, "configurations"), cve_id, said, tables)
        said.write(advisory_id, tables)
    return updated_at


def _address(cve: dict[str, Any], tables: Tables) -> str | None:
    found = []
    for reference in tables.items(cve, "references"):
        address = tables.url(reference, "url")
        if address and "Vendor Advisory" in tables.texts(reference, "tags"):
            return address
        found.append(address)
    return next((address for address in found if address), None)


def _add_vulnerability(
    advisory_id: str, cve_id: str, cve: dict[str, Any], published_at: str | None, tables: Tables
) -> None:
    metrics = tables.mapping(cve, "metrics")
    scores = [
        score_of(tables, tables.mapping(metric, "cvssData"), assumed=version)
        for key, version in _SCORES.items()
        for metric in tables.items(metrics, key)
    ]
    weaknesses = [
        tables.text(described, "value")
        for weakness in tables.items(cve, "weaknesses")
        for described in tables.items(weakness, "description")
    ]
    texts = tables.items(cve, "descriptions")
    english = [text for text in texts if tables.text(text, "lang") == "en"]
    summary = next((tables.text(text, "value") for text in english or texts), "")
    cells = {
        "advisory_id": advisory_id,
        "vulnerability": cve_id,
        "title": tables.name(cve, "cisaVulnerabilityName"),
        "summary": prose(summary),
        "cwe": joined([weakness for weakness in weaknesses if weakness.startswith("CWE-")]),
        "published_at": published_at,
        "is_exploited": "yes" if tables.text(cve, "cisaExploitAdd") else None,
    }
    tables.add("vulnerability", cells | score_cells(scores))
