"""OpenVEX: statements whether products are affected, each with its time.

Source: the OpenVEX specification 0.2.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from cellwarden.advisories.feeds.applicability import read_cpe
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
from cellwarden.advisories.feeds.weaknesses import CVE
from cellwarden.model.advisories import Understood

_STATUS: Final = {AFFECTED, FIXED, NOT_AFFECTED, UNDER_INVESTIGATION}


def recognises(head: Any) -> bool:
    """A JSON object whose context is OpenVEX."""
    context = head.get("@context") if isinstance(head, dict) else None
    contexts = context if isinstance(context, list) else [context]
    return any(isinstance(each, str) and "openvex" in each for each in contexts)


class _Word(msgspec.Struct, frozen=True, kw_only=True):
    """What one statement says of one product and one vulnerability."""

    at: str
    status: str
    justification: str
    leaf: Leaf


def understand(source: Decoded) -> Understood:
    """Read one OpenVEX document; of several words on the same pair the newest counts.

    Raises:
        Unreadable: it has no id.
    """
    tables = Tables(source)
    content: dict[str, Any] = source.content
    advisory_id = tables.identifier(content, "@id") or tables.identifier(content, "id")
    if not advisory_id:
        raise Unreadable("an OpenVEX document without @id")
    released_at = tables.moment(content, "timestamp")
    updated_at = tables.moment(content, "last_updated") or released_at
    context = content.get("@context")
    version = context.rpartition("/")[2].lstrip("v") if isinstance(context, str) else ""
    format_name = f"openvex {version if version[:1].isdigit() else ''}".strip()
    revision = content.get("version")
    cells = {
        "advisory_id": advisory_id,
        "format": format_name,
        "publisher": tables.name(content, "author"),
        "released_at": released_at,
        "updated_at": updated_at,
        "revision": str(revision)[:40] if isinstance(revision, str | int) else None,
        "status": "final",
        "document_sha256": source.sha256,
    }
    tables.add("advisory", cells)
    statements = tables.items(content, "statements")
    times = _read_statements(advisory_id, statements, released_at, tables)
    return tables.finish(format_name=format_name, newest_at=newest(updated_at, *times))


def _read_statements(
    advisory_id: str, statements: list[dict[str, Any]], released_at: str | None, tables: Tables
) -> list[str]:
    words: dict[tuple[str, str], _Word] = {}
    weaknesses: dict[str, dict[str, str | None]] = {}
    position = 0
    for number, statement in enumerate(statements):
        name, cells = _vulnerability(statement, number, tables)
        weaknesses[name] = cells | {
            key: value for key, value in weaknesses.get(name, {}).items() if value
        }
        for word in _words(statement, released_at, tables):
            key = (name, word.leaf.leaf_id)
            if key not in words or word.at >= words[key].at:
                words[key] = word
        action = tables.text(statement, "action_statement")
        if action:
            remedy: dict[str, str | None] = {
                "advisory_id": advisory_id,
                "position": str(position),
                "vulnerabilities": name,
                "leaf_ids": joined([leaf.leaf_id for leaf in _leaves(statement, tables)]),
                "category": "mitigation",
                "text": prose(action),
            }
            tables.add("remediation", remedy)
            position += 1
    for name, cells in weaknesses.items():
        names = {"advisory_id": advisory_id, "vulnerability": name}
        tables.add("vulnerability", {**names, **cells})
    said = Statements()
    for (name, _), word in words.items():
        reasons = (word.justification,) if word.justification else ()
        said.say(word.leaf, word.status, name, justifications=reasons)
    said.write(advisory_id, tables)
    return [word.at for word in words.values() if word.at]


def _vulnerability(
    statement: dict[str, Any], number: int, tables: Tables
) -> tuple[str, dict[str, str | None]]:
    """The name of the weakness, a CVE id where any of its names is one, and its cells."""
    stated = statement.get("vulnerability")
    if isinstance(stated, str):
        return stated.strip() or f"#{number}", {}
    weakness = tables.mapping(statement, "vulnerability")
    names = [
        tables.identifier(weakness, "name"),
        *tables.texts(weakness, "aliases"),
        tables.identifier(weakness, "@id"),
    ]
    named = [name for name in names if name]
    name = next((name for name in named if CVE.fullmatch(name)), next(iter(named), f"#{number}"))
    return "_".join(name.split()), {"summary": prose(tables.text(weakness, "description"))}


def _words(statement: dict[str, Any], released_at: str | None, tables: Tables) -> Iterator[_Word]:
    status = tables.text(statement, "status")
    if status not in _STATUS:
        tables.note("a status that OpenVEX does not know", kind="statement", text=status)
        status = UNDER_INVESTIGATION
    reasons = [tables.text(statement, key) for key in ("justification", "impact_statement")]
    at = (
        tables.moment(statement, "last_updated")
        or tables.moment(statement, "timestamp")
        or released_at
        or ""
    )
    leaves = _leaves(statement, tables)
    if not leaves:
        tables.note("a statement that names no product", kind="statement", column="products")
    for leaf in leaves:
        justification = prose(": ".join(reason for reason in reasons if reason))
        yield _Word(at=at, status=status, justification=justification, leaf=leaf)


def _leaves(statement: dict[str, Any], tables: Tables) -> list[Leaf]:
    """The products of a statement: objects, or plain ids in the first drafts."""
    stated = statement.get("products")
    if isinstance(stated, list) and any(isinstance(item, str) for item in stated):
        return [_leaf({"@id": name}, tables) for name in tables.texts(statement, "products")]
    return [_leaf(product, tables) for product in tables.items(statement, "products")]


def _leaf(product: dict[str, Any], tables: Tables) -> Leaf:
    name = tables.identifier(product, "@id")
    identifiers = tables.mapping(product, "identifiers")
    purl = tables.name(identifiers, "purl") or (name if name.startswith("pkg:") else "")
    package = read_purl(purl)
    cpe = read_cpe(tables.name(identifiers, "cpe23") or tables.name(identifiers, "cpe22"))
    version = (package.version if package else "") or (cpe.version_text if cpe else "")
    parts = [tables.name(part, "@id") for part in tables.items(product, "subcomponents")]
    full_name = f"{name} ({', '.join(parts[:20])})" if parts else name
    return Leaf(
        leaf_id=name or purl or (cpe.text if cpe else ""),
        vendor=(package.namespace if package else "") or (cpe.vendor if cpe else ""),
        product=(package.name if package else "") or (cpe.product if cpe else "") or name,
        version_text=version,
        version_kind="version" if version else "all",
        full_name=full_name,
        cpe=cpe.text if cpe else "",
        purl=purl if package else "",
    )
