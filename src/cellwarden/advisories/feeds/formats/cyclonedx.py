"""CycloneDX 1.4 to 1.7 JSON as VEX: vulnerabilities, their analysis, and what they affect.

Source: the CycloneDX specification (ECMA-424), ``vulnerabilities``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from msgspec.structs import replace

from cellwarden.advisories.feeds.cells import Tables, joined, newest, prose
from cellwarden.advisories.feeds.decoding import Decoded, Unreadable
from cellwarden.advisories.feeds.purls import read_purl
from cellwarden.advisories.feeds.statements import (
    AFFECTED,
    FIXED,
    NOT_AFFECTED,
    UNDER_INVESTIGATION,
    Leaf,
    Statements,
)
from cellwarden.advisories.feeds.weaknesses import CVE, score_cells, score_of
from cellwarden.model.advisories import Understood

_STATUS: Final = {
    "exploitable": AFFECTED,
    "in_triage": UNDER_INVESTIGATION,
    "resolved": FIXED,
    "resolved_with_pedigree": FIXED,
    "false_positive": NOT_AFFECTED,
    "not_affected": NOT_AFFECTED,
}
_METHODS: Final = {
    "CVSSv4": ("4.0", "CVSS:4.0/"),
    "CVSSv31": ("3.1", "CVSS:3.1/"),
    "CVSSv3": ("3.0", "CVSS:3.0/"),
    "CVSSv2": ("2.0", ""),
}
_GIVEN_UP: Final = {"will_not_fix", "can_not_fix"}


def recognises(head: Any) -> bool:
    """A JSON object that calls itself CycloneDX."""
    return isinstance(head, dict) and head.get("bomFormat") == "CycloneDX"


def understand(source: Decoded) -> Understood:
    """Read the vulnerabilities of one CycloneDX document.

    Raises:
        Unreadable: it lists none, so it is an inventory and no advisory.
    """
    tables = Tables(source)
    content: dict[str, Any] = source.content
    weaknesses = tables.items(content, "vulnerabilities")
    if not weaknesses:
        reason = "a CycloneDX inventory without vulnerabilities; read it into the register instead"
        raise Unreadable(reason)
    advisory_id = tables.identifier(content, "serialNumber") or f"cyclonedx:{source.sha256[:16]}"
    metadata = tables.mapping(content, "metadata")
    subject = tables.mapping(metadata, "component")
    released_at = tables.moment(metadata, "timestamp")
    revision = content.get("version")
    format_name = f"cyclonedx {tables.text(content, 'specVersion')}".strip()
    cells = {
        "advisory_id": advisory_id,
        "format": format_name,
        "publisher": _organisation(metadata, tables),
        "title": tables.name(subject, "name"),
        "released_at": released_at,
        "updated_at": released_at,
        "revision": str(revision) if isinstance(revision, int) else None,
        "status": "final",
        "document_sha256": source.sha256,
    }
    tables.add("advisory", cells)
    components = dict(_components(content, subject, tables))
    said = Statements()
    times = [released_at]
    for position, weakness in enumerate(weaknesses):
        name = _name(weakness, position, tables)
        times.append(tables.moment(weakness, "updated"))
        _add_vulnerability(advisory_id, name, weakness, tables)
        _add_remedies(advisory_id, name, position, weakness, tables)
        if not tables.moment(weakness, "rejected"):
            _say(name, weakness, components, tables.text(subject, "bom-ref"), tables, said=said)
    said.write(advisory_id, tables)
    return tables.finish(format_name=format_name, newest_at=newest(*times))


def _organisation(holder: dict[str, Any], tables: Tables) -> str:
    for key in ("supplier", "manufacturer", "manufacture"):
        name = tables.name(tables.mapping(holder, key), "name")
        if name:
            return name
    authors = tables.items(holder, "authors")
    return next((tables.name(author, "name") for author in authors), "")


def _components(
    content: dict[str, Any], subject: dict[str, Any], tables: Tables
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every component and service by its reference, the document's subject first."""
    waiting = [
        *reversed(tables.items(content, "services")),
        *reversed(tables.items(content, "components")),
        subject,
    ]
    while waiting:
        component = waiting.pop()
        yield tables.text(component, "bom-ref"), component
        for key in ("services", "components"):
            if key in component:
                waiting += reversed(tables.items(component, key))


def _name(weakness: dict[str, Any], position: int, tables: Tables) -> str:
    """A CVE id where the id or a reference is one, else the id, else our count."""
    own = tables.identifier(weakness, "id")
    others = [tables.identifier(item, "id") for item in tables.items(weakness, "references")]
    cve = next((name for name in (own, *others) if CVE.fullmatch(name)), "")
    return "_".join((cve or own or f"#{position}").split())


def _add_vulnerability(
    advisory_id: str, name: str, weakness: dict[str, Any], tables: Tables
) -> None:
    scores = []
    for rating in tables.items(weakness, "ratings"):
        method = _METHODS.get(tables.text(rating, "method"))
        if method is None:
            continue  # OWASP, SSVC and others are no CVSS
        version, prefix = method
        vector = tables.text(rating, "vector")
        if vector and prefix and not vector.startswith("CVSS:"):
            vector = prefix + vector
        stated = {"vectorString": vector, "baseScore": rating.get("score")}
        scores.append(score_of(tables, stated, assumed=version))
    numbers = weakness.get("cwes")
    listed = numbers if isinstance(numbers, list) else []
    cells = {
        "advisory_id": advisory_id,
        "vulnerability": name,
        "summary": prose(tables.text(weakness, "description")),
        "cwe": joined([f"CWE-{number}" for number in listed if isinstance(number, int)]),
        "published_at": tables.moment(weakness, "published"),
    }
    tables.add("vulnerability", cells | score_cells(scores))


def _add_remedies(
    advisory_id: str, name: str, position: int, weakness: dict[str, Any], tables: Tables
) -> None:
    analysis = tables.mapping(weakness, "analysis")
    given_up = [text for text in tables.texts(analysis, "response") if text in _GIVEN_UP]
    advisories = tables.items(weakness, "advisories")
    address = next((tables.url(advisory, "url") for advisory in advisories), None)
    remedies = (
        ("vendor_fix", tables.text(weakness, "recommendation")),
        ("workaround", tables.text(weakness, "workaround")),
        ("no_fix_planned", ", ".join(given_up)),
    )
    for number, (category, text) in enumerate(remedies):
        if text:
            cells = {
                "advisory_id": advisory_id,
                "position": f"{position}.{number}",
                "vulnerabilities": name,
                "category": category,
                "text": prose(text),
                "url": address,
            }
            tables.add("remediation", cells)


def _say(
    name: str,
    weakness: dict[str, Any],
    components: dict[str, dict[str, Any]],
    subject: str,
    tables: Tables,
    *,
    said: Statements,
) -> None:
    analysis = tables.mapping(weakness, "analysis")
    state = tables.text(analysis, "state")
    status = _STATUS.get(state, UNDER_INVESTIGATION) if state else ""
    words = [tables.text(analysis, key) for key in ("justification", "detail")]
    reasons = (prose(": ".join(word for word in words if word)),) if any(words) else ()
    for target in tables.items(weakness, "affects"):
        reference = tables.identifier(target, "ref")
        whole = _leaf(reference, components, subject, tables)
        versions = tables.items(target, "versions")
        if not versions:
            said.say(whole, status or AFFECTED, name, justifications=reasons)
        for number, version in enumerate(versions):
            leaf = _versioned(whole, f"{reference}#{number}", version, tables)
            stated = tables.text(version, "status") or "affected"
            said.say(leaf, _status(status, stated), name, justifications=reasons)


def _status(analysed: str, stated: str) -> str:
    """Put the analysis of a weakness and the status of one version together.

    Where one clears and the other does not, nobody knows; a version that is listed as affected
    stays so although the weakness is resolved in another.
    """
    if stated == "unaffected":
        return FIXED if analysed == FIXED else NOT_AFFECTED
    if stated == "unknown":
        return UNDER_INVESTIGATION
    return UNDER_INVESTIGATION if analysed in {NOT_AFFECTED, UNDER_INVESTIGATION} else AFFECTED


def _leaf(
    reference: str, components: dict[str, dict[str, Any]], subject: str, tables: Tables
) -> Leaf:
    """The component that a reference names, here or, by a BOM-Link, in another document."""
    local = unquote(reference.partition("#")[2]) if reference.startswith("urn:cdx:") else reference
    component = components.get(local, {})
    purl = tables.name(component, "purl") or (local if local.startswith("pkg:") else "")
    package = read_purl(purl)
    version = tables.version(component, "version") or (package.version if package else "")
    vendor = _organisation(component, tables) or tables.name(component, "publisher")
    owner = components.get(subject, {}) if subject and local != subject else {}
    context = f"{tables.name(owner, 'name')} {tables.version(owner, 'version')}".strip()
    product = tables.name(component, "name") or (package.name if package else "") or local
    group = tables.name(component, "group") or (package.namespace if package else "")
    return Leaf(
        leaf_id=reference,
        vendor=vendor or group,
        product=product,
        version_text=version,
        version_kind="version" if version else "all",
        full_name=f"{product} {version}".strip(),
        cpe=tables.name(component, "cpe"),
        purl=purl if package else "",
        requires=(context,) if context else (),
    )


def _versioned(leaf: Leaf, leaf_id: str, version: dict[str, Any], tables: Tables) -> Leaf:
    """The same component in one version, or in a range in the document's own words."""
    text, kind = tables.version(version, "version"), "version"
    if not text:
        text, kind = tables.version(version, "range"), "range"
    if not text:
        text, kind = leaf.version_text, leaf.version_kind
    return replace(leaf, leaf_id=leaf_id, version_text=text, version_kind=kind)
