"""JSON: the report itself, keys in a stable order; docs/schema holds its published schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.reports.text import visible_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cellwarden.model.report import Report

NAME: Final = "json"
SUFFIX: Final = ".json"


def render(report: Report) -> str:
    """The report as JSON, two spaces a level; decodes to the same value."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same, member by member of its lists: of a large fleet it has more than a gigabyte."""
    mark = "{"
    for name in report.__struct_fields__:
        yield f'{mark}\n  "{name}": '
        mark = ","
        value = getattr(report, name)
        if isinstance(value, tuple) and value:
            yield from _members(value)
        else:
            yield _indented(value, 1)
    yield "\n}\n"


def _members(values: tuple[object, ...]) -> Iterator[str]:
    mark = "["
    for value in values:
        yield f"{mark}\n    {_indented(value, 2)}"
        mark = ","
    yield "\n  ]"


def _indented(value: object, level: int) -> str:
    document = msgspec.json.encode(value, order="deterministic")
    text = visible_json(msgspec.json.format(document, indent=2).decode())
    return text.replace("\n", "\n" + "  " * level)  # a line ends between values alone
