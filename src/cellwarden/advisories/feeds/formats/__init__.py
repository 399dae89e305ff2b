"""One file for each advisory format; this package finds them by listing itself."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any, Protocol

from cellwarden.advisories.feeds.decoding import Decoded
from cellwarden.model.advisories import Understood


class Format(Protocol):
    """What a module in this package offers."""

    def recognises(self, head: Any) -> bool:
        """Whether parsed JSON, or text, is of this format."""

    def understand(self, source: Decoded) -> Understood:
        """Read one document of this format into rows."""


@cache
def formats() -> tuple[Format, ...]:
    """Every format, in the order of the file names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)
