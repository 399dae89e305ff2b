"""The formats of coverage, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cellwarden.model.errors import InputError
from cellwarden.reports import coverage_text

if TYPE_CHECKING:
    from cellwarden.model.coverage import FrameworkCoverage


def render(name: str, found: FrameworkCoverage, *, width: int) -> str:
    """Coverage in the format of that name; ``width`` matters to the terminal alone.

    Raises:
        InputError: there is no such format.
    """
    if name == "table":
        return coverage_text.table(found, width=width)
    if name == "html":
        from cellwarden.reports.evidence_page import coverage_page

        return coverage_page(found)
    whole = {
        "json": coverage_text.json_text,
        "csv": coverage_text.table_csv,
        "markdown": coverage_text.markdown,
    }
    if name not in whole:
        raise InputError(
            f"there is no format {name!r}", advice=f"choose table, html, {', '.join(whole)}"
        )
    return whole[name](found)
