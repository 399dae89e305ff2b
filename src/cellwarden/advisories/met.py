"""What a run met that nobody had answered beforehand, kept line by line for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from cellwarden.advisories.answered import (
    ID,
    INSIDE,
    VERSION,
    Seen,
    name_of,
    packed_numbers,
    unpacked_numbers,
)
from cellwarden.model.matching import Component

_FIELD: Final = b'"component_id":'
_text: Final = msgspec.json.Encoder().encode


class Met:
    """Rows by name and firmware; a line that differs only in id and firmware is there once."""

    def __init__(self) -> None:
        self.pages: dict[str, Seen] = {}
        self._numbers: dict[bytes, int] = {}

    def __len__(self) -> int:
        """How many firmware texts were met, over all names."""
        return sum(map(len, self.pages.values()))

    @property
    def texts(self) -> list[bytes]:
        """The lines that the pages number, in the order of their numbers."""
        return list(self._numbers)

    def add(self, component: Component, lines: bytes) -> None:
        """Take up the finished lines of a component, for all with the same name and firmware."""
        rows = _with_places(lines, component).splitlines(keepends=True)
        page = self.pages.setdefault(name_of(component), {})
        page[component.firmware] = packed_numbers(self._numbered(rows))

    def learn(self, pages: Mapping[str, Seen], texts: Iterable[bytes]) -> None:
        """Take over what another run or process met; what is here already stays."""
        numbers = self._numbered(texts)
        for name, seen in pages.items():
            page = self.pages.setdefault(name, {})
            for firmware, packed in seen.items():
                if firmware not in page:
                    ours = [numbers[at] for at in unpacked_numbers(packed)]
                    page[firmware] = packed_numbers(ours)

    def _numbered(self, texts: Iterable[bytes]) -> list[int]:
        numbers = self._numbers
        return [numbers.setdefault(text, len(numbers)) for text in texts]


def _with_places(lines: bytes, component: Component) -> bytes:
    """Lines with places where the id and the firmware stood.

    The firmware is part of what they are found by, so that filling them gives back what was there.
    """
    lines = lines.replace(_FIELD + _text(component.component_id), _FIELD + ID)
    if not component.firmware:
        return lines
    said = _text(component.firmware)
    return lines.replace(said, VERSION).replace(said[1:-1], INSIDE)
