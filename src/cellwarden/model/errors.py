"""Errors, sorted by who can put them right; each says what to do next."""

from __future__ import annotations


class CellwardenError(Exception):
    """Something that stops the run. ``advice`` is the next step for the person who reads it."""

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


class InputError(CellwardenError):
    """What the caller gave cannot be used."""


class SourceError(CellwardenError):
    """A configured source is absent, empty, wholly unreadable or older than policy allows."""


class StoreError(CellwardenError):
    """The place where we keep things failed: disk, lock, database."""


class PermissionRefused(CellwardenError):  # noqa: N818 - the word that users know it by
    """An approval that this step needs was not given."""


class IntegrityError(CellwardenError):
    """What is stored is not what was recorded. Stop and explain."""
