"""One document in, rows out: bytes, format, rows; what goes wrong becomes a row as well."""

from __future__ import annotations

from typing import Any

import msgspec

from cellwarden.advisories.feeds.decoding import Unreadable, decode
from cellwarden.advisories.feeds.formats import formats
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS, Limits
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.facts import kinds

UNKNOWN_FORMAT = "unknown"


class Refused(Document, frozen=True, kw_only=True):
    """A place where a document would have been, and why it was not taken; mostly without bytes."""

    reason: str


def understand(document: Document, *, limits: Limits = DEFAULT_LIMITS) -> Understood:
    """Read one document into rows; it never raises for what a document holds.

    What cannot be read comes back as a row of the kind ``unreadable`` with file, line and reason.
    """
    if isinstance(document, Refused):
        return _unreadable(document.name, Unreadable(document.reason))
    try:
        source = decode(document, limits)
        for each in formats():
            if each.recognises(source.content):
                return each.understand(source)
        return _unreadable(document.name, _unrecognised(source.content))
    except Unreadable as error:
        return _unreadable(document.name, error)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        # A document found a hole in a reader. The run goes on, and the hole is named.
        reason = f"our reader failed on it: {type(error).__name__}: {error}"
        return _unreadable(document.name, Unreadable(reason))


def _unreadable(name: str, error: Unreadable) -> Understood:
    cells = {
        "file": name,
        "line": None if error.line is None else str(error.line),
        "kind": "advisory",
        "reason": str(error)[:500],
        "text": error.text[:200] or None,
    }
    row = kinds()["unreadable"].row(cells)
    return Understood(format=UNKNOWN_FORMAT, tables={"unreadable": [row]})


def _unrecognised(content: Any) -> Unreadable:
    known = "CSAF, CVE, NVD, KEV, EPSS, OpenVEX or CycloneDX with vulnerabilities"
    if isinstance(content, str):
        head = content.lstrip()[:80]
        if head.startswith("<"):
            return Unreadable("XML or HTML is not read; ask for the JSON of it", line=1, text=head)
        return Unreadable(f"text that is none of {known}", line=1, text=head)
    if isinstance(content, dict):
        return Unreadable(
            f"JSON that is none of {known}", text="keys: " + ", ".join(list(content)[:12])
        )
    return Unreadable(
        f"JSON that is none of {known}", text=msgspec.json.encode(content)[:80].decode()
    )
