"""Legal entity identifiers: ISO 17442, check digits by ISO 7064 mod 97-10."""

from __future__ import annotations

import re
from typing import Final

_SHAPE: Final = re.compile(r"[0-9A-Z]{18}[0-9]{2}", re.ASCII)
_BODY: Final = re.compile(r"[0-9A-Z]{18}", re.ASCII)

_DIGITS: Final = {letter: str(letter - 55) for letter in range(ord("A"), ord("Z") + 1)}


def is_lei(text: str) -> bool:
    """Whether this is twenty letters and digits whose last two check the others."""
    return _SHAPE.fullmatch(text) is not None and _as_number(text) % 97 == 1


def check_digits(body: str) -> str:
    """The two digits that belong behind eighteen letters and digits.

    Raises:
        ValueError: the body has another shape.
    """
    if _BODY.fullmatch(body) is None:
        raise ValueError(f"{body!r} is not eighteen capital letters and digits")
    return f"{98 - _as_number(body + '00') % 97:02d}"


def _as_number(text: str) -> int:
    """Letters count as two digits, A as 10 to Z as 35."""
    return int(text.translate(_DIGITS))
