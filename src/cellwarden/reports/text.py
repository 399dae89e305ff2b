"""Words and text for every report: what is safe to print, counts, shares, dates and links."""

from __future__ import annotations

import re
from datetime import date
from typing import Final
from urllib.parse import urlsplit

CELL_LIMIT: Final = 4000
"""Characters of one imported string that a report for people shows; the JSON holds the rest."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST_URL: Final = 2000


def printable(text: str) -> str:
    r"""Write every character that a reader cannot see as its code: ``\x1b``, ``\u202e``.

    Control characters drive terminals, direction marks turn a line around, and zero-width
    characters make two names look like one. Imported strings carry all of them.
    """
    if text.isprintable():
        return text  # no category below is printable
    import unicodedata

    return "".join(
        _code(sign) if unicodedata.category(sign) in _INVISIBLE else sign for sign in text
    )


def _code(sign: str) -> str:
    point = ord(sign)
    if point == ord("\n"):
        return "\\n"
    if point <= 0xFF:  # noqa: PLR2004 - the last code point that two hex digits hold
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004 - as above


_INVISIBLE_IN_JSON: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def visible_json(document: str) -> str:
    r"""The same JSON with invisible characters written as ``\uXXXX``; it decodes to the same."""
    return _INVISIBLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def clip(text: str, limit: int = CELL_LIMIT) -> str:
    """Cut a text to ``limit`` characters and say how long it was."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({number(len(text))} characters)"


def number(count: int) -> str:
    """Write a count with a narrow gap between thousands: ``15 889``."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun: ``1 site``, ``3 sites``."""
    return f"{number(count)} {noun if count == 1 else many or noun + 's'}"


def share(part: int, whole: int) -> str:
    """Write a part with its denominator, rounded so that only all of it reads 100 %."""
    if whole <= 0:
        return f"{number(part)} of {number(whole)}"
    percent = part * 100 / whole
    rounded = 99 if part < whole and percent > 99 else round(percent)  # noqa: PLR2004 - see above
    if part > 0 and rounded == 0:
        return f"{number(part)} of {number(whole)} (below 1 %)"
    return f"{number(part)} of {number(whole)} ({rounded} %)"


def listing(words: tuple[str, ...] | list[str], limit: int) -> str:
    """Join words with commas; what goes beyond ``limit`` is counted, not dropped in silence."""
    shown = ", ".join(words[:limit])
    more = len(words) - limit
    return f"{shown} and {number(more)} more" if more > 0 else shown


def day(moment: str | None) -> str:
    """The date of an RFC 3339 time, or the word unknown."""
    return moment[:10] if moment else "unknown"


def long_day(moment: str) -> str:
    """The date as people say it: ``16 November 2026``; what is no date comes back unchanged."""
    try:
        on = date.fromisoformat(moment[:10])
    except ValueError:
        return moment
    return f"{on.day} {on:%B} {on.year}"


def days_left(deadline_on: str | None, as_of: str) -> int | None:
    """Whole days from ``as_of`` to a deadline; below zero when it has passed."""
    try:
        return (date.fromisoformat((deadline_on or "")[:10]) - date.fromisoformat(as_of[:10])).days
    except ValueError:
        return None


def deadline(deadline_on: str | None, as_of: str) -> str:
    """A deadline in words: ``2026-11-20, in 4 days``."""
    if not deadline_on:
        return "no deadline"
    left = days_left(deadline_on, as_of)
    if left is None:
        return deadline_on
    if left < 0:
        return f"{deadline_on}, overdue by {plural(-left, 'day')}"
    return f"{deadline_on}, today" if left == 0 else f"{deadline_on}, in {plural(left, 'day')}"


def safe_url(url: str | None) -> str | None:
    """The link if it leads to the web and hides nothing; nothing for every other scheme."""
    if not url or len(url) > _LONGEST_URL or not re.fullmatch(r"[!-~]+", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return (
        url if is_web and "@" not in parts.netloc and not set(url) & set("\"'<>\\^`{|}") else None
    )


def anchor(prefix: str, name: str) -> str:
    """A fragment name for an id: letters, digits, dots and dashes only."""
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9.-]', '_', name)[:80]}"
