"""Statements of one advisory, gathered: one for each leaf and status, with its vulnerabilities."""

from __future__ import annotations

import msgspec

from cellwarden.advisories.feeds.cells import Tables, joined

AFFECTED = "affected"
FIXED = "fixed"
NOT_AFFECTED = "not_affected"
UNDER_INVESTIGATION = "under_investigation"


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a document speaks of; fields as in the kind ``statement``."""

    leaf_id: str
    vendor: str = ""
    product: str = ""
    family: str = ""
    version_text: str = ""
    version_kind: str = "all"
    full_name: str = ""
    part_numbers: tuple[str, ...] = ()
    hardware: str = ""
    cpe: str = ""
    purl: str = ""
    requires: tuple[str, ...] = ()


class _Said(msgspec.Struct):
    """What was said so far of one leaf with one status."""

    leaf: Leaf
    vulnerabilities: dict[str, None] = msgspec.field(default_factory=dict)
    justifications: dict[str, None] = msgspec.field(default_factory=dict)
    is_first_fixed: bool = False


class Statements:
    """Gathers what a document says until every vulnerability was read."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], _Said] = {}
        self._leaf_ids: set[str] = set()

    def speaks_of(self, leaf_id: str) -> bool:
        """True where something was said of a leaf."""
        return leaf_id in self._leaf_ids

    def say(
        self,
        leaf: Leaf,
        status: str,
        vulnerability: str,
        *,
        justifications: tuple[str, ...] = (),
        is_first_fixed: bool = False,
    ) -> None:
        """Add that a leaf has a status under one vulnerability."""
        key = (leaf.leaf_id, status)
        self._leaf_ids.add(leaf.leaf_id)
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = _Said(leaf=leaf)
        said.vulnerabilities[vulnerability] = None
        if is_first_fixed:
            said.is_first_fixed = True
        for justification in justifications:
            said.justifications[justification] = None

    def write(self, advisory_id: str, tables: Tables) -> None:
        """Write one row for each leaf and status, and note where a document contradicts itself."""
        for (_, status), said in self._said.items():
            leaf = said.leaf
            cells = {
                "advisory_id": advisory_id,
                "leaf_id": leaf.leaf_id,
                "status": status,
                "vulnerabilities": " ".join(said.vulnerabilities),
                "vendor": leaf.vendor,
                "product": leaf.product,
                "family": leaf.family,
                "version_text": leaf.version_text,
                "version_kind": leaf.version_kind,
                "full_name": leaf.full_name,
                "part_numbers": joined(list(leaf.part_numbers), "|"),
                "hardware": leaf.hardware,
                "cpe": leaf.cpe,
                "purl": leaf.purl,
                "requires": joined(list(leaf.requires), "|"),
                "is_first_fixed": "yes" if said.is_first_fixed else None,
                "justification": joined(said.justifications, "; "),
            }
            tables.add("statement", cells)
        self._note_contradictions(tables)

    def _note_contradictions(self, tables: Tables) -> None:
        for (leaf_id, status), said in self._said.items():
            if status not in {FIXED, NOT_AFFECTED}:
                continue
            affected = self._said.get((leaf_id, AFFECTED))
            both = affected and affected.vulnerabilities.keys() & said.vulnerabilities.keys()
            if both:
                tables.note(
                    f"the document calls it affected and {status}: {', '.join(sorted(both)[:5])}",
                    kind="statement",
                    column="product_status",
                    text=leaf_id,
                )
