"""CVE records, format 5.x: the assigner's container and those of additional publishers (ADP).

Source: CVE record format 5.1 and its rules for ``versions``, ``changes`` and ``defaultStatus``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from cellwarden.advisories.feeds.applicability import read_cpe, say_configurations
from cellwarden.advisories.feeds.cells import Tables, joined, newest, prose
from cellwarden.advisories.feeds.cve_versions import Span, spans_of
from cellwarden.advisories.feeds.decoding import Decoded, Unreadable
from cellwarden.advisories.feeds.statements import Leaf, Statements
from cellwarden.advisories.feeds.weaknesses import (
    Score,
    reports_exploitation,
    score_cells,
    score_of,
    ssvc_cells,
)
from cellwarden.model.advisories import Understood

_SCORES: Final = {"cvssV4_0": "4.0", "cvssV3_1": "3.1", "cvssV3_0": "3.0", "cvssV2_0": "2.0"}
_STATUS: Final = {"PUBLISHED": "final", "REJECTED": "rejected", "RESERVED": "draft"}
_BLANKS: Final = {"n/a", "unspecified", "unknown"}


def recognises(head: Any) -> bool:
    """A JSON object that calls itself a CVE record and has containers."""
    return isinstance(head, dict) and (
        head.get("dataType") == "CVE_RECORD" or ("cveMetadata" in head and "containers" in head)
    )


def understand(source: Decoded) -> Understood:
    """Read one CVE record.

    Raises:
        Unreadable: it has no CVE id.
    """
    tables = Tables(source)
    content: dict[str, Any] = source.content
    metadata = tables.mapping(content, "cveMetadata")
    cve_id = tables.identifier(metadata, "cveId")
    if not cve_id:
        raise Unreadable("a CVE record without cveId")
    containers = dict(_containers(content, tables))
    format_name = f"cve {tables.text(content, 'dataVersion')}".strip()
    released_at = tables.moment(metadata, "datePublished")
    updated_at = tables.moment(metadata, "dateUpdated")
    state = tables.text(metadata, "state")
    cna = containers.get("cna", {})
    cells = {
        "advisory_id": cve_id,
        "format": format_name,
        "publisher": tables.name(metadata, "assignerShortName"),
        "title": prose(tables.text(cna, "title")),
        "released_at": released_at,
        "updated_at": updated_at,
        "status": _STATUS.get(state, state.lower()),
        "url": _address(cna, tables),
        "document_sha256": source.sha256,
    }
    tables.add("advisory", cells)
    if state != "REJECTED":
        _add_vulnerability(cve_id, containers, released_at, tables)
        _add_remedies(cve_id, containers, tables)
        said = Statements()
        for name, container in containers.items():
            _say_affected(cve_id, name, container, said, tables)
        said.write(cve_id, tables)
    return tables.finish(format_name=format_name, newest_at=newest(updated_at, released_at))


def _containers(content: dict[str, Any], tables: Tables) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every container by the name that leaf ids begin with: ``cna``, ``adp0``, ``adp1`` ..."""
    holder = tables.mapping(content, "containers")
    yield "cna", tables.mapping(holder, "cna")
    for number, container in enumerate(tables.items(holder, "adp")):
        yield f"adp{number}", container


def _address(container: dict[str, Any], tables: Tables) -> str | None:
    """The vendor's own page where a reference is marked so, else the first reference."""
    found = []
    for reference in tables.items(container, "references"):
        address = tables.url(reference, "url")
        if address and "vendor-advisory" in tables.texts(reference, "tags"):
            return address
        found.append(address)
    return next((address for address in found if address), None)


def _english(container: dict[str, Any], key: str, tables: Tables) -> str:
    """The first English text of a list of descriptions, else the first of any language."""
    texts = tables.items(container, key)
    english = [text for text in texts if tables.text(text, "lang").lower().startswith("en")]
    return next((tables.text(text, "value") for text in english or texts), "")


def _add_vulnerability(
    cve_id: str, containers: dict[str, dict[str, Any]], released_at: str | None, tables: Tables
) -> None:
    cna = containers.get("cna", {})
    cells: dict[str, str | None] = {
        "advisory_id": cve_id,
        "vulnerability": cve_id,
        "title": prose(tables.text(cna, "title")),
        "summary": prose(_english(cna, "descriptions", tables)),
        "published_at": tables.moment(cna, "datePublic") or released_at,
    }
    weaknesses: list[str] = []
    scores: list[Score | None] = []
    is_exploited = False
    for container in containers.values():
        for problem in tables.items(container, "problemTypes"):
            described = tables.items(problem, "descriptions")
            weaknesses += [tables.text(each, "cweId") for each in described]
        for metric in tables.items(container, "metrics"):
            scores += [
                score_of(tables, tables.mapping(metric, key), assumed=version)
                for key, version in _SCORES.items()
                if key in metric
            ]
        exploits = [tables.text(each, "value") for each in tables.items(container, "exploits")]
        is_exploited = is_exploited or any(reports_exploitation(text) for text in exploits)
    points, is_listed = _decision_points(containers, tables)
    cells |= score_cells(scores) | points
    cells["cwe"] = joined(weaknesses)
    if is_exploited or is_listed or points.get("exploitation") == "active":
        cells["is_exploited"] = "yes"
    tables.add("vulnerability", cells)


def _decision_points(
    containers: dict[str, dict[str, Any]], tables: Tables
) -> tuple[dict[str, str | None], bool]:
    """The newest SSVC points of any container, and whether one lists it as known exploited."""
    points: dict[str, str | None] = {}
    is_listed = False
    for container in containers.values():
        for metric in tables.items(container, "metrics"):
            other = tables.mapping(metric, "other")
            kind = tables.text(other, "type").lower()
            content = tables.mapping(other, "content")
            is_listed = is_listed or kind == "kev"
            if kind != "ssvc":
                continue
            options = [
                (name, value)
                for option in tables.items(content, "options")
                for name, value in option.items()
                if isinstance(value, str)
            ]
            found = ssvc_cells(options, tables.text(content, "timestamp"))
            if found and (not points or (found["ssvc_at"] or "") >= (points["ssvc_at"] or "")):
                points = found
    return points, is_listed


def _add_remedies(cve_id: str, containers: dict[str, dict[str, Any]], tables: Tables) -> None:
    position = 0
    for container in containers.values():
        for key, category in (("solutions", "vendor_fix"), ("workarounds", "workaround")):
            text = _english(container, key, tables)
            if not text:
                continue
            cells = {
                "advisory_id": cve_id,
                "position": str(position),
                "vulnerabilities": cve_id,
                "category": category,
                "text": prose(text),
            }
            tables.add("remediation", cells)
            position += 1


def _say_affected(
    cve_id: str, name: str, container: dict[str, Any], said: Statements, tables: Tables
) -> None:
    for number, entry in enumerate(tables.items(container, "affected")):
        product = _product(entry, tables)
        for span in spans_of(entry, tables):
            said.say(
                _leaf(f"{name}/{number}/{span.place}", product, span),
                span.status,
                cve_id,
                is_first_fixed=span.is_first_fixed,
            )
    configurations = tables.items(container, "cpeApplicability")
    say_configurations(configurations, cve_id, said, tables, prefix=f"{name}/cpe/")


def _product(entry: dict[str, Any], tables: Tables) -> Leaf:
    """The product of one ``affected`` entry; its versions are told apart later."""
    cpes = (read_cpe(text) for text in tables.texts(entry, "cpes"))
    vendor, product = tables.name(entry, "vendor"), tables.name(entry, "product")
    return Leaf(
        leaf_id="",
        vendor="" if vendor.lower() in _BLANKS else vendor,
        product=product or tables.name(entry, "packageName"),
        cpe=next((cpe.text for cpe in cpes if cpe), ""),
        purl=tables.name(entry, "packageURL"),
        hardware=joined(tables.texts(entry, "platforms"), ", ") or "",
    )


def _leaf(leaf_id: str, product: Leaf, span: Span) -> Leaf:
    return Leaf(
        leaf_id=leaf_id,
        vendor=product.vendor,
        product=product.product,
        version_text=span.text,
        version_kind=span.kind,
        full_name=f"{product.vendor} {product.product}".strip(),
        hardware=product.hardware,
        cpe=product.cpe,
        purl=product.purl,
    )
