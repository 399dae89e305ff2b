"""Many components as lines of text: what is the same for many of them is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from cellwarden.advisories.matching.matcher import Matcher
from cellwarden.advisories.matching.quick import ANY, Asked, Span
from cellwarden.advisories.matching.ranged import SHOWN
from cellwarden.model.matching import Component, Match

_text: Final = msgspec.json.Encoder().encode
_ID, _VERSION, _INSIDE = b"\0", b"\1", b"\2"
"""No JSON holds these bytes as they are."""


class Lines:
    """Writes what a matcher says as JSON, one object a line.

    ``encode`` gives the line of one match: JSON with every text of it as a JSON string.
    """

    def __init__(self, matcher: Matcher, encode: Callable[[Match], bytes]) -> None:
        self._matcher = matcher
        self._encode = encode

    def of(self, components: Iterable[Component]) -> Iterator[bytes]:
        """The lines of each component, in order; empty bytes where no advisory speaks of it."""
        look = self._matcher.look
        for component in components:
            asked, groups = look(component)
            if not groups:
                yield b""
                continue
            found: list[bytes] = []
            for group in groups:
                if asked is None or group.quick is None:
                    found.extend(map(self._encode, self._matcher.one(component, group)))
                else:
                    span = group.quick.span(asked)
                    found.append(span.text or self._write(span, asked))
            lines = b"".join(found).replace(_ID, _text(component.component_id))
            if asked is not None:
                lines = lines.replace(_VERSION, _text(component.firmware))
                lines = lines.replace(_INSIDE, _text(asked.version)[1:-1])
            yield lines

    def _write(self, span: Span, asked: Asked) -> bytes:
        """The rows of a span as text, with bytes in the places that each component fills."""
        text = b"".join(map(self._encode, span.rows))
        text = text.replace(_text(ANY.component_id), _ID).replace(_text(ANY.firmware), _VERSION)
        text = text.replace(_text(ANY.part), _text(asked.part))
        span.text = text.replace(SHOWN.encode(), _INSIDE)
        return span.text
