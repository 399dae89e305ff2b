"""Many components as lines of text: what is the same for many of them is written once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from cellwarden.advisories.answered import ID, INSIDE, VERSION, filled
from cellwarden.advisories.matching.matcher import Matcher
from cellwarden.advisories.matching.quick import ANY, Asked, Span
from cellwarden.advisories.matching.ranged import SHOWN
from cellwarden.model.matching import Component, Match

_text: Final = msgspec.json.Encoder().encode

Encode = Callable[[Match], bytes]
"""Gives the line of one match: JSON with every text of it as a JSON string."""


class Lines:
    """Writes what a matcher says as JSON, one object a line."""

    def __init__(self, matcher: Matcher, encode: Encode) -> None:
        self._matcher = matcher
        self._encode = encode

    def of(self, component: Component) -> bytes:
        """The lines of one component; empty bytes where no advisory speaks of it."""
        asked, groups = self._matcher.look(component)
        if not groups:
            return b""
        found: list[bytes] = []
        for group in groups:
            if asked is None or group.quick is None:
                found.extend(map(self._encode, self._matcher.one(component, group)))
            else:
                span = group.quick.span(asked)
                span.text = span.text or as_text(span, asked, self._encode)
                found.append(span.text)
        version = None if asked is None else asked.version
        return filled(b"".join(found), component.component_id, component.firmware, version)


def as_text(span: Span, asked: Asked, encode: Encode) -> bytes:
    """The rows of a span as text, with bytes in the places that each component fills."""
    text = b"".join(map(encode, span.rows))
    text = text.replace(_text(ANY.component_id), ID).replace(_text(ANY.firmware), VERSION)
    text = text.replace(_text(ANY.part), _text(asked.part))
    return text.replace(SHOWN.encode(), INSIDE)
