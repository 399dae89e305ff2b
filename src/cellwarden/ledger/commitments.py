"""Salted commitments: what stands in the ledger for a value that must be erasable.

A commitment is ``salted-sha256:`` and the hex of SHA-256(salt || value): 16 random bytes, then the
value's UTF-8. Who holds both can show that they were meant; once the salt is gone, no guess at the
value can be tried against it.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Final

SALT_BYTES: Final = 16
PREFIX: Final = "salted-sha256:"
_FORM: Final = re.compile(re.escape(PREFIX) + r"[0-9a-f]{64}")


def new_salt() -> bytes:
    """Sixteen bytes that nobody can guess."""
    return os.urandom(SALT_BYTES)


def commitment_to(value: bytes, salt: bytes) -> str:
    """What the ledger holds in place of a value."""
    return PREFIX + hashlib.sha256(salt + value).hexdigest()


def is_commitment(text: str | None) -> bool:
    """Whether a cell has the form of a commitment."""
    return text is not None and _FORM.fullmatch(text) is not None
