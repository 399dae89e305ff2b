"""One file a reader; a file in this folder is a reader, and there is no other list of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping as Named
from functools import cache
from typing import Protocol, cast

import msgspec

from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import Mapping


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One document and what the caller knows of it.

    ``mapping`` says what a table's columns mean, ``kind`` what its rows are where no mapping does;
    ``makers`` the names of known makers, in lower case, which part a maker from a model;
    ``digest_key`` is the secret key under which secrets are digested; ``taken_at`` when the source
    spoke (RFC 3339), where the caller knows.
    """

    name: str
    data: bytes
    mapping: Mapping | None = None
    kind: str | None = None
    makers: frozenset[str] = frozenset()
    digest_key: bytes | None = None
    taken_at: str | None = None


class Reader(Protocol):
    """What every module of this folder offers.

    ``claim`` says how sure a reader is that a document is its own, 0 (not mine) to 10, from the
    name and the first 64 KiB; ``read`` puts what it finds into an intake.
    """

    FORMAT: str

    def claim(self, name: str, head: bytes) -> int:
        """How sure this reader is, 0 to 10."""

    def read(self, request: Request, intake: Intake) -> None:
        """Read a whole document; raises SourceError where nothing in it can be read."""


@cache
def readers() -> Named[str, Reader]:
    """Every reader by the name of its module."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found[module.name] = cast("Reader", loaded)
    return found
