"""The version schemes, one in each file of this folder; a new file is a new scheme."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from cellwarden.advisories.versions.scheme import Scheme


@cache
def schemes() -> tuple[Scheme, ...]:
    """Every scheme of this folder, the strictest first.

    Each file names its own as ``SCHEME``. Ranks are distinct, so that the order is one.
    """
    found: list[Scheme] = [
        import_module(f"{__name__}.{module.name}").SCHEME
        for module in pkgutil.iter_modules(__path__)
    ]
    ordered = tuple(sorted(found, key=lambda scheme: scheme.table.rank))
    if len({scheme.table.rank for scheme in ordered}) != len(ordered):
        raise ValueError("two version schemes have one rank")
    return ordered


@cache
def scheme_named(name: str) -> Scheme:
    """One scheme by its name.

    Raises:
        KeyError: no file of this folder has it.
    """
    for scheme in schemes():
        if scheme.table.name == name:
            return scheme
    raise KeyError(name)
