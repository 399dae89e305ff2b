"""What the tests of readers share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cellwarden import collect
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading, kinds

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]


@pytest.fixture(scope="session")
def attempt() -> Attempt:
    """Reads a document; a refusal is an outcome, every other error is not."""

    def read(name: str, data: bytes) -> Reading | SourceError:
        try:
            return collect.read(name, data)
        except SourceError as refused:
            return refused

    return read


@pytest.fixture(scope="session")
def rows_of() -> RowsOf:
    """The filled cells of a reading's rows of one kind, by column."""

    def rows(reading: Reading, kind: str) -> list[dict[str, str]]:
        names = kinds()[kind].column_names
        return [
            {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
            for row in reading.tables.get(kind, [])
        ]

    return rows
