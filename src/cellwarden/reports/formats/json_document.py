"""JSON: the report itself, keys in a stable order; docs/schema holds its published schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.reports.text import visible_json

if TYPE_CHECKING:
    from cellwarden.model.report import Report

NAME: Final = "json"
SUFFIX: Final = ".json"


def render(report: Report) -> str:
    """The report as JSON, two spaces a level; decodes to the same value."""
    document = msgspec.json.encode(report, order="deterministic")
    return visible_json(msgspec.json.format(document, indent=2).decode()) + "\n"
