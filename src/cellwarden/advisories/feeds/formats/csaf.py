"""CSAF 2.0 and 2.1: security advisories, VEX and the base profile.

Source: OASIS Common Security Advisory Framework 2.0 and 2.1, section 3.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from cellwarden.advisories.feeds.cells import Tables, day, joined, newest, prose
from cellwarden.advisories.feeds.decoding import Decoded, Unreadable
from cellwarden.advisories.feeds.product_tree import ProductTree, TreeLeaf, read_product_tree
from cellwarden.advisories.feeds.statements import (
    AFFECTED,
    FIXED,
    NOT_AFFECTED,
    UNDER_INVESTIGATION,
    Leaf,
    Statements,
)
from cellwarden.advisories.feeds.vers import Interval, write
from cellwarden.advisories.feeds.weaknesses import (
    Score,
    reports_exploitation,
    score_cells,
    score_of,
    ssvc_cells,
    vectors_in,
)
from cellwarden.model.advisories import Understood

_STATUS: Final = {
    "known_affected": AFFECTED,
    "first_affected": AFFECTED,
    "last_affected": AFFECTED,
    "fixed": FIXED,
    "first_fixed": FIXED,
    "recommended": FIXED,
    "known_not_affected": NOT_AFFECTED,
    "under_investigation": UNDER_INVESTIGATION,
    "unknown": UNDER_INVESTIGATION,
}
_NAMES_A_FIX: Final = {"first_fixed", "recommended"}
_SILENT: Final = "the document names the product, but gives no status for it"
_WITHDRAWN: Final = {"csaf_withdrawn", "csaf_superseded"}
_SUMMARIES: Final = ("summary", "description", "details", "general")
_SCORES: Final = {"cvss_v4": "4.0", "cvss_v3": "", "cvss_v2": "2.0"}


def recognises(head: Any) -> bool:
    """A JSON object whose document object names a CSAF version."""
    document = head.get("document") if isinstance(head, dict) else None
    return isinstance(document, dict) and "csaf_version" in document


def understand(source: Decoded) -> Understood:
    """Read one CSAF document.

    Raises:
        Unreadable: it has no tracking id, so nothing could refer to it.
    """
    tables = Tables(source)
    content: dict[str, Any] = source.content
    document = tables.mapping(content, "document")
    tracking = tables.mapping(document, "tracking")
    advisory_id = tables.identifier(tracking, "id")
    if not advisory_id:
        raise Unreadable("a CSAF document without a tracking id")
    format_name = f"csaf {tables.text(document, 'csaf_version')}"
    updated_at = tables.moment(tracking, "current_release_date")
    released_at = tables.moment(tracking, "initial_release_date")
    is_withdrawn = tables.text(document, "category") in _WITHDRAWN
    cells = {
        "advisory_id": advisory_id,
        "format": format_name,
        "publisher": tables.name(tables.mapping(document, "publisher"), "name"),
        "title": prose(tables.text(document, "title")),
        "released_at": released_at,
        "updated_at": updated_at,
        "revision": tables.name(tracking, "version"),
        "status": "rejected" if is_withdrawn else tables.name(tracking, "status"),
        "url": _own_address(document, tables),
        "document_sha256": source.sha256,
        "aliases": joined(tables.texts(tracking, "aliases")),
    }
    tables.add("advisory", cells)
    _read_vulnerabilities(advisory_id, content, tables)
    return tables.finish(format_name=format_name, newest_at=newest(updated_at, released_at))


def leaves(source: Decoded) -> list[TreeLeaf]:
    """Every product leaf of a CSAF document, whether a status names it or not."""
    return list(read_product_tree(source.content, Tables(source)).leaves.values())


def _own_address(document: dict[str, Any], tables: Tables) -> str | None:
    """Where people can read it: the self reference that is no JSON, else the first."""
    found = []
    for reference in tables.items(document, "references"):
        if tables.text(reference, "category") == "self":
            address = tables.url(reference, "url")
            if address:
                found.append(address)
    pages = [address for address in found if not address.lower().endswith(".json")]
    return next(iter(pages or found), None)


def _read_vulnerabilities(advisory_id: str, content: dict[str, Any], tables: Tables) -> None:
    tree = read_product_tree(content, tables)
    said = Statements()
    names: dict[str, None] = {}
    remedies: dict[tuple[str, ...], dict[str, None]] = {}
    for position, weakness in enumerate(tables.items(content, "vulnerabilities")):
        name = _vulnerability_id(weakness, advisory_id, position, tables)
        _add_vulnerability(advisory_id, name, weakness, tables)
        _say_statuses(name, weakness, tree, said, tables)
        _gather_remedies(name, weakness, tree, remedies, tables)
        names[name] = None
    _say_silence(tuple(names), tables.mapping(content, "product_tree"), tree, said, tables)
    said.write(advisory_id, tables)
    for number, (remedy, names) in enumerate(remedies.items()):
        category, text, url, available_on, leaf_ids = remedy
        cells = {
            "advisory_id": advisory_id,
            "position": str(number),
            "vulnerabilities": " ".join(names),
            "leaf_ids": leaf_ids,
            "category": category,
            "text": text,
            "url": url,
            "available_on": available_on,
        }
        tables.add("remediation", cells)


def _vulnerability_id(
    weakness: dict[str, Any], advisory_id: str, position: int, tables: Tables
) -> str:
    """The CVE id, else the first id of another system, else our count; never with a blank."""
    found = tables.identifier(weakness, "cve")
    if not found:
        others = (tables.identifier(item, "text") for item in tables.items(weakness, "ids"))
        found = next((text for text in others if text), f"{advisory_id}#{position}")
    return "_".join(found.split())


def _add_vulnerability(
    advisory_id: str, name: str, weakness: dict[str, Any], tables: Tables
) -> None:
    weaknesses = [tables.mapping(weakness, "cwe"), *tables.items(weakness, "cwes")]
    threats = tables.items(weakness, "threats")
    is_exploited = "first_known_exploitation_dates" in weakness or any(
        tables.text(threat, "category") == "exploit_status"
        and reports_exploitation(tables.text(threat, "details"))
        for threat in threats
    )
    published_at = tables.moment(weakness, "disclosure_date")
    cells: dict[str, str | None] = {
        "advisory_id": advisory_id,
        "vulnerability": name,
        "title": prose(tables.text(weakness, "title")),
        "summary": _summary(weakness, tables),
        "cwe": joined([tables.text(each, "id") for each in weaknesses]),
        "published_at": published_at or tables.moment(weakness, "release_date"),
        "is_exploited": "yes" if is_exploited else None,
    }
    cells |= score_cells(_scores(weakness, tables))
    for metric in tables.items(weakness, "metrics"):
        content = tables.mapping(metric, "content")
        cells |= _ssvc(content, tables)
        _add_likelihood(name, tables.mapping(content, "epss"), tables)
    tables.add("vulnerability", cells)


def _summary(weakness: dict[str, Any], tables: Tables) -> str:
    notes: dict[str, str] = {}
    for note in tables.items(weakness, "notes"):
        notes.setdefault(tables.text(note, "category"), tables.text(note, "text"))
    return prose(next((notes[category] for category in _SUMMARIES if category in notes), ""))


def _scores(weakness: dict[str, Any], tables: Tables) -> list[Score]:
    """Scores of 2.0, metrics of 2.1, and where there are none the vectors in the references."""
    stated = tables.items(weakness, "scores")
    stated = stated + [
        tables.mapping(metric, "content") for metric in tables.items(weakness, "metrics")
    ]
    found = [
        score_of(tables, tables.mapping(holder, key), assumed=version)
        for holder in stated
        for key, version in _SCORES.items()
        if key in holder
    ]
    scores = [score for score in found if score]
    if scores:
        return scores
    references = tables.items(weakness, "references")
    return vectors_in(tables.text(reference, "url") for reference in references)


def _ssvc(content: dict[str, Any], tables: Tables) -> dict[str, str | None]:
    """Decision points of 2.1: ``ssvc_v1`` and ``ssvc_v2`` write a selection in two ways."""
    for key in ("ssvc_v2", "ssvc_v1"):
        ssvc = tables.mapping(content, key)
        options = []
        for selection in tables.items(ssvc, "selections"):
            values = selection.get("values")
            value = values[0] if isinstance(values, list) and values else None
            if isinstance(value, dict):
                value = tables.text(value, "name") or tables.text(value, "key")
            if isinstance(value, str):
                options.append((tables.text(selection, "name"), value))
        if options:
            return ssvc_cells(options, tables.text(ssvc, "timestamp"))
    return {}


def _add_likelihood(name: str, epss: dict[str, Any], tables: Tables) -> None:
    score, percentile = tables.text(epss, "probability"), tables.text(epss, "percentile")
    if score:
        cells = {
            "vulnerability": name,
            "score": score,
            "percentile": percentile,
            "scored_on": day(tables.moment(epss, "timestamp")),
        }
        tables.add("likelihood", cells)


def _say_statuses(
    name: str, weakness: dict[str, Any], tree: ProductTree, said: Statements, tables: Tables
) -> None:
    lists = tables.mapping(weakness, "product_status")
    reasons = _justifications(weakness, tree, tables) if "known_not_affected" in lists else {}
    for key in lists:
        status = _STATUS.get(key)
        if status is None:
            tables.note("a product status that we do not know", kind="statement", column=key)
            continue
        for product_id in tables.texts(lists, key):
            found = tree.called(product_id, tables)
            if not found:
                reason = "a status of a product that is not in the product tree"
                tables.note(reason, kind="statement", column=key, text=product_id)
            for each in found:
                said.say(
                    _safe(each, status),
                    status,
                    name,
                    justifications=reasons.get(product_id, ()) if status == NOT_AFFECTED else (),
                    is_first_fixed=key in _NAMES_A_FIX,
                )
                if each.whole is not None and status in {AFFECTED, UNDER_INVESTIGATION}:
                    said.say(each.whole, status, name)
    if "first_affected" in lists or "last_affected" in lists:
        _say_spans(name, lists, tree, said, tables)


def _say_silence(
    names: tuple[str, ...],
    content: dict[str, Any],
    tree: ProductTree,
    said: Statements,
    tables: Tables,
) -> None:
    """Say of products that the tree names and no status list does: nobody knows.

    What is only part of a relationship stands for itself nowhere, so it is passed over.
    """
    parts = {
        tables.text(relationship, key)
        for relationship in tables.items(content, "relationships")
        for key in ("product_reference", "relates_to_product_reference")
    }
    for product_id, found in tree.leaves.items():
        if product_id in parts or said.speaks_of(product_id):
            continue
        tables.spend(len(names))
        for name in names:
            said.say(found.leaf, UNDER_INVESTIGATION, name, justifications=(_SILENT,))


def _safe(found: TreeLeaf, status: str) -> Leaf:
    """A leaf as it may be taken under a status.

    A full name without branches can hold a version that nobody can point at. Read as the whole
    product it is right for *affected*; for *fixed* and *not affected* it would clear versions
    that nobody meant, so there the name stands as words of a range.
    """
    leaf = found.leaf
    names_all = leaf.version_kind == "all" and not found.category
    if not names_all or status in {AFFECTED, UNDER_INVESTIGATION}:
        return leaf
    if not any(character.isdigit() for character in leaf.full_name):
        return leaf
    return replace(leaf, version_kind="range", version_text=leaf.full_name)


def _say_spans(
    name: str, lists: dict[str, Any], tree: ProductTree, said: Statements, tables: Tables
) -> None:
    """Say that what lies between the first and the last affected version is affected too.

    Several of each belong together in some order. Pairing them as they are listed covers at
    least what the right pairing covers, so nothing affected is left out.
    """
    ends: dict[tuple[str, str, str], tuple[list[Leaf], list[Leaf]]] = {}
    for number, key in enumerate(("first_affected", "last_affected")):
        for product_id in tables.texts(lists, key):
            found = tree.called(product_id, tables)
            for each in found:
                leaf = each.leaf
                if leaf.version_kind == "version":
                    product = (leaf.vendor, leaf.product, leaf.hardware)
                    ends.setdefault(product, ([], []))[number].append(leaf)
    for firsts, lasts in ends.values():
        pairs: list[tuple[Leaf | None, Leaf | None]]
        if len(firsts) == len(lasts):
            pairs = list(zip(firsts, lasts, strict=True))
        else:
            pairs = [(leaf, None) for leaf in firsts] or [(None, leaf) for leaf in lasts]
        for first, last in pairs:
            said.say(_span(first, last), AFFECTED, name)


def _span(first: Leaf | None, last: Leaf | None) -> Leaf:
    known = first or last
    if known is None:
        raise ValueError("a span needs an end")
    interval = Interval(
        low=first.version_text if first else None,
        high=last.version_text if last else None,
        includes_high=True,
    )
    leaf_id = f"{first.leaf_id if first else ''}..{last.leaf_id if last else ''}"
    text = write([interval])
    return replace(known, leaf_id=leaf_id, version_text=text, version_kind="vers", cpe="", purl="")


def _justifications(
    weakness: dict[str, Any], tree: ProductTree, tables: Tables
) -> dict[str, tuple[str, ...]]:
    """Why products are not affected: flags first, then impact statements, by product id."""
    said = [(flag, tables.text(flag, "label")) for flag in tables.items(weakness, "flags")]
    said += [
        (threat, prose(tables.text(threat, "details")))
        for threat in tables.items(weakness, "threats")
        if tables.text(threat, "category") == "impact"
    ]
    everything = tables.texts(tables.mapping(weakness, "product_status"), "known_not_affected")
    found: dict[str, dict[str, None]] = {}
    for holder, words in said:
        product_ids = tree.members(holder, tables) or everything
        tables.spend(len(product_ids))
        for product_id in product_ids:
            found.setdefault(product_id, {})[words] = None
    return {product_id: tuple(words) for product_id, words in found.items()}


def _gather_remedies(
    name: str,
    weakness: dict[str, Any],
    tree: ProductTree,
    remedies: dict[tuple[str, ...], dict[str, None]],
    tables: Tables,
) -> None:
    """Gather remediations; the same words for the same products are one, under every weakness."""
    for remedy in tables.items(weakness, "remediations"):
        key = (
            tables.text(remedy, "category"),
            prose(tables.text(remedy, "details")),
            tables.url(remedy, "url") or "",
            day(tables.moment(remedy, "date")) or "",
            " ".join(tree.members(remedy, tables)),
        )
        remedies.setdefault(key, {})[name] = None
