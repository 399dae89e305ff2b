"""From cells to values: what makes a record usable, and the sentence where it is not."""

from __future__ import annotations

import re
from typing import Final

from cellwarden.vendors.gleif.nouns import LeiRecord, NotNamed, Parent, Problem, Raw
from cellwarden.vendors.parties.lei import is_lei

KINDS: Final = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "direct",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate",
}
"""Relationship types that say who consolidates whom (RR-CDF 2.1); branches and funds are others."""
CATEGORIES: Final = {
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT": "direct",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT": "ultimate",
}
MOST_NAMES: Final = 12
LONGEST_NAME: Final = 500
_CODE: Final = re.compile(r"[A-Z][A-Z_]{1,59}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_VOID: Final = frozenset({"ANNULLED", "DUPLICATE", "RETIRED", "CANCELLED"})
"""Registration statuses of a relationship record that says nothing any more."""
_NO_FORM: Final = frozenset({"8888", "9999"})
"""Codes of ISO 20275 for "no code yet" and "none applies"."""


def entity_of(raw: Raw) -> LeiRecord | Problem:
    """The entity of a level 1 record; a problem where its LEI or name cannot be."""
    cells = raw.cells
    lei = cells.get("lei", "").upper()
    if problem := _lei_problem(raw, lei, "LEI"):
        return problem
    name = cells.get("name", "")[:LONGEST_NAME]
    if not name:
        return Problem(line=raw.line, reason="the entity has no legal name", text=lei)
    deleted = "deleted" in cells
    others = dict.fromkeys(other[:LONGEST_NAME] for other in raw.names if other != name)
    return LeiRecord(
        lei=lei,
        name=name,
        names=tuple(others)[:MOST_NAMES],
        country=_country(cells.get("jurisdiction")) or _country(cells.get("address_country")),
        form=cells.get("form") or _form(cells.get("form_code")),
        registration=cells.get("registration"),
        entity_status=_code(cells.get("entity_status")),
        status="ANNULLED" if deleted else _code(cells.get("status")),
        renewal_on=_day(cells.get("renewal_on")),
        successor=found if is_lei(found := cells.get("successor", "").upper()) else None,
    )


def parent_of(raw: Raw) -> Parent | Problem | None:
    """The parent of a level 2 record; None where it is about something else than consolidation."""
    cells = raw.cells
    kind = KINDS.get(cells.get("type", ""))
    if kind is None or cells.get("child_type", "LEI") != "LEI":
        return None
    if cells.get("parent_type", "LEI") != "LEI":
        return None
    child, parent = cells.get("child", "").upper(), cells.get("parent", "").upper()
    for name, lei in (("StartNode", child), ("EndNode", parent)):
        if problem := _lei_problem(raw, lei, name):
            return problem
    lasting = [one for one in raw.periods if one.get("kind") == "RELATIONSHIP_PERIOD"]
    period = lasting[0] if lasting else {}
    return Parent(
        child=child,
        parent=parent,
        kind=kind,
        since_on=_day(period.get("start")),
        until_on=_day(period.get("end")),
        is_active=cells.get("state") == "ACTIVE"
        and cells.get("status") not in _VOID
        and "deleted" not in cells,
    )


def not_named_of(raw: Raw) -> NotNamed | Problem | None:
    """The parent that was not named; None where the category is about something else."""
    cells = raw.cells
    kind = CATEGORIES.get(cells.get("category", ""))
    if kind is None:
        return None
    lei = cells.get("lei", "").upper()
    if problem := _lei_problem(raw, lei, "LEI"):
        return problem
    reason = _code(cells.get("reason"))
    if reason is None:
        return Problem(line=raw.line, reason="the exception gives no reason", text=lei)
    return NotNamed(
        lei=lei,
        kind=kind,
        reason=reason,
        reference=cells.get("reference", "")[:LONGEST_NAME] or None,
        is_withdrawn="deleted" in cells,
    )


def _lei_problem(raw: Raw, lei: str, where: str) -> Problem | None:
    if is_lei(lei):
        return None
    what = "no LEI" if not lei else "not an LEI: wrong length, letters or check digits"
    return Problem(line=raw.line, reason=f"{where}: {what}", text=lei[:200])


def _code(text: str | None) -> str | None:
    return text if text and _CODE.fullmatch(text) else None


def _country(text: str | None) -> str | None:
    return text[:2] if text and _COUNTRY.fullmatch(text) else None


def _day(text: str | None) -> str | None:
    found = _DAY.match(text or "")
    return found[0] if found else None


def _form(code: str | None) -> str | None:
    return f"ELF {code}" if code and code not in _NO_FORM else None
