"""Exit codes: the only place that knows them."""

from __future__ import annotations

from typing import Final

from cellwarden.model.errors import (
    CellwardenError,
    InputError,
    IntegrityError,
    PermissionRefused,
    SourceError,
    StoreError,
)

COMPLETE: Final = 0
GATE_FAILED: Final = 1
CANNOT_USE: Final = 2
SOURCE_OR_STORE: Final = 3
INTEGRITY: Final = 4

_CODES: Final[dict[type[CellwardenError], int]] = {
    InputError: CANNOT_USE,
    PermissionRefused: CANNOT_USE,
    SourceError: SOURCE_OR_STORE,
    StoreError: SOURCE_OR_STORE,
    IntegrityError: INTEGRITY,
}


def code_of(error: CellwardenError) -> int:
    """The exit code of an error; where several happened, the highest code is the one."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), CANNOT_USE)
