"""What is on record of advisories, as an import asks: which documents, revisions and rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Any, Final, Self

from cellwarden.model.advisories import Checked
from cellwarden.model.facts import Row, kinds
from cellwarden.store.state import State
from cellwarden.workflows.advisory.feed_checks import CHECK_COLUMNS, as_checks
from cellwarden.workflows.advisory.newest import Revision

PER_ADVISORY: Final = ("advisory", "statement", "vulnerability", "remediation")
"""The kinds whose rows belong to one advisory."""

_FOREVER: Final = "9999"
_OURS: Final = (
    "feed_document",
    "feed_check",
    *PER_ADVISORY,
    "exploited",
    "likelihood",
    "unreadable",
)


class Recorded:
    """What was recorded until now and holds at any time, for one import at a time.

    A kind of which nothing was ever recorded is not asked about: a first import opens no database.
    """

    def __init__(self, state: State, *, only: Collection[str] = _OURS) -> None:
        size = state.log.size()
        self._held = [kind for kind in only if state.partitions.entries_of(kind, size)]
        self._connection = state.connect(as_of=_FOREVER, only=self._held) if self._held else None

    def __enter__(self) -> Self:
        """Use as a context; leaving it closes the database."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database, if one was opened."""
        if self._connection is not None:
            self._connection.close()

    def digests(self) -> set[str]:
        """The SHA-256 of every document that was imported, in hex."""
        return {digest for (digest,) in self._asked("feed_document", "select sha256")}

    def checks(self) -> dict[str, Checked]:
        """What is on record of the files beside each document, by the document's digest."""
        return as_checks(self._asked("feed_check", f"select {CHECK_COLUMNS}"))

    def revisions(self) -> dict[str, Revision]:
        """The revision of every advisory."""
        found = self._asked("advisory", "select advisory_id, updated_at, revision")
        return {name: (at, revision) for name, at, revision in found}

    def rows(self, kind: str) -> dict[str, Row]:
        """Every row of a kind, by subject."""
        return self._rows(kind, "", [])

    def rows_of(self, kind: str, advisories: Iterable[str]) -> dict[str, Row]:
        """The rows of a kind that belong to some advisories, by subject."""
        return self._rows(kind, "where advisory_id in (select unnest(?))", [list(advisories)])

    def _rows(self, kind: str, where: str, values: list[object]) -> dict[str, Row]:
        columns = ", ".join(f'"{name}"' for name in kinds()[kind].column_names)
        found = self._asked(kind, f"select subject, {columns}", f"{where} order by subject", values)
        return {row[0]: row[1:] for row in found}

    def _asked(
        self, kind: str, what: str, where: str = "", values: list[object] | None = None
    ) -> list[tuple[Any, ...]]:
        if self._connection is None or kind not in self._held:
            return []
        return self._connection.execute(f'{what} from "{kind}" {where}', values).fetchall()
