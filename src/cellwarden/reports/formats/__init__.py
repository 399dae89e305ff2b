"""The formats of a report: one file each, found by listing this folder."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from cellwarden.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cellwarden.model.report import Report


class Format(Protocol):
    """What each file here holds: its name for ``--format``, its file ending, its renderer."""

    NAME: str
    SUFFIX: str

    def render(self, report: Report) -> str:
        """The whole report as text that ends with a line break."""


@cache
def formats() -> dict[str, Format]:
    """Every format by its name."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    named = (cast("Format", module) for module in modules)
    return {one.NAME: one for one in sorted(named, key=lambda one: one.NAME)}


def render(name: str, report: Report) -> str:
    """Render a report in the format of that name.

    Raises:
        InputError: there is no such format, or it cannot say what this report holds.
    """
    return format_named(name).render(report)


def in_pieces(name: str, report: Report) -> Iterable[str]:
    """The same text, in pieces where the format has ``pieces`` because it can grow large.

    Raises:
        InputError: as above.
    """
    found = format_named(name)
    pieces: Callable[[Report], Iterable[str]] | None = getattr(found, "pieces", None)
    return (found.render(report),) if pieces is None else pieces(report)


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        InputError: there is none.
    """
    known = formats()
    if name not in known:
        raise InputError(
            f"there is no report format {name!r}", advice=f"choose one of {', '.join(known)}"
        )
    return known[name]
