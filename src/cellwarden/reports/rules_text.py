"""Dated rules on the terminal: source, day, and whom each concerns, does not, or may."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from cellwarden.reports.text import printable

MOST = 6
_INDENT = "    "


def rules_text(found: Sequence[Mapping[str, Any]], *, width: int) -> str:
    """Every rule with its source and its three lists; each line fits ``width``."""
    return "\n".join(_rule(one, width) for one in found)


def _rule(one: Mapping[str, Any], width: int) -> str:
    parts = [
        f"{one['id']}: {one['title']}",
        f"  source: {one['citation']}",
        f"  {one['url']}",
        f"  looked at: {one['from_on']} ({one['force']} on {one['on']}): {one['step']}",
    ]
    if not one["verified"]:
        parts.append(f"  ! to be verified before use: {one['checked_by']}")
    for title, key in (
        ("applies to", "yes"),
        ("cannot be told for", "unknown"),
        ("does not apply to", "no"),
    ):
        rows = one[key]
        parts.append(f"  {title} {len(rows)}")
        parts += [f"{_INDENT}{row['id']} {row['name']}: {row['says']}" for row in rows[:MOST]]
        if len(rows) > MOST:
            parts.append(f"{_INDENT}and {len(rows) - MOST} more; --format json has all")
    return "\n".join(line for part in parts for line in _wrapped(part, width)) + "\n"


def _wrapped(text: str, width: int) -> list[str]:
    text = printable(text)
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text.strip(), width, initial_indent=indent, subsequent_indent=indent + "  "
    )
