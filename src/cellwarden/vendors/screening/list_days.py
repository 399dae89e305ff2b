"""The day of a list: what its file says of itself, or its name; never the day it was copied."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_IN_XML: Final = re.compile(rb"(?:generationDate|dateGenerated)\s*=\s*[\"'](\d{4}-\d\d-\d\d)")
_IN_NAME: Final = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)")
HEAD_BYTES: Final = 4096
"""How much of a file is looked at: the root element of the public lists lies within."""


def list_day(name: str, head: bytes) -> date | None:
    """The day that a list file is of, from its first bytes, else from its name; None if untold."""
    if found := _IN_XML.search(head[:HEAD_BYTES]):
        return _day(found[1].decode())
    if named := _IN_NAME.search(name):
        return _day("-".join(named.groups()))
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
