"""Both engines behind one name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cellwarden.store.engines import Engine, open_engine

_NUMBERS = count()


class Ledger:
    """One ledger on one engine; calling it opens it once more, as another process would."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.schema = folder, url, f"ledger_{next(_NUMBERS)}"
        self.opened: list[Engine] = []

    def __call__(self) -> Engine:
        self.opened.append(open_engine(self.folder, url=self.url, schema=self.schema))
        return self.opened[-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger on each engine in turn."""
    url = request.getfixturevalue("postgres").url if request.param == "postgresql" else ""
    ledger = Ledger(tmp_path, url)
    yield ledger
    for one in ledger.opened:
        one.close()
