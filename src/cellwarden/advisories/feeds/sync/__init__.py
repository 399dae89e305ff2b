"""Feeds over HTTPS: what is new or changed since last time, as documents.

``sync(source, ...)`` gives a ``Run`` that yields documents and then has a status. A run that
breaks off keeps what it gave; the next one asks only for the rest. Save the state after what a
run gave has been recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cellwarden.advisories.feeds.sync.client import Client, Options, Refusal, Sleep, Unreachable
from cellwarden.advisories.feeds.sync.csaf import fetch_provider
from cellwarden.advisories.feeds.sync.files import fetch_file
from cellwarden.advisories.feeds.sync.job import Job, Source
from cellwarden.advisories.feeds.sync.nvd import fetch_nvd
from cellwarden.advisories.feeds.sync.state import State, load_state, save_state
from cellwarden.model.advisories import Document
from cellwarden.model.errors import InputError

__all__ = [
    "KINDS",
    "Options",
    "Run",
    "Source",
    "State",
    "Status",
    "load_state",
    "save_state",
    "sync",
]

KINDS = ("csaf", "kev", "epss", "nvd")


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a run went: documents given, documents that had not changed, (address, reason) refused.

    ``is_complete`` is false where something that the source lists was not reached or refused;
    ``why_incomplete`` says what stopped the run.
    """

    source: str
    is_complete: bool
    fetched: int
    unchanged: int
    refused: tuple[tuple[str, str], ...]
    waited_s: float
    why_incomplete: str = ""


class Run:
    """One sync of one source; iterate over it once, then look at its status."""

    def __init__(
        self, source: Source, *, state: State, as_of: str, options: Options, sleep: Sleep
    ) -> None:
        if source.kind not in KINDS:
            raise InputError(
                f"{source.name}: there is no feed of the kind {source.kind!r}",
                advice=f"write one of {', '.join(KINDS)}",
            )
        self._source = source
        self._as_of = as_of
        self._client = Client(options, sleep)
        self._job = Job(source, state.of(source.name), self._client, options)
        self._stopped_by = "it was not read to its end"

    def __iter__(self) -> Iterator[Document]:
        try:
            with self._client:
                yield from self._fetch()
            self._stopped_by = ""
        except (Unreachable, Refusal) as error:
            self._stopped_by = str(error)

    def _fetch(self) -> Iterator[Document]:
        if self._source.kind == "csaf":
            return fetch_provider(self._job)
        if self._source.kind == "nvd":
            return fetch_nvd(self._job, self._as_of)
        return fetch_file(self._job)

    @property
    def status(self) -> Status:
        """How the run went, so far."""
        return Status(
            source=self._source.name,
            is_complete=not self._stopped_by and not self._job.refused,
            fetched=self._job.fetched,
            unchanged=self._job.unchanged,
            refused=tuple(self._job.refused),
            waited_s=self._client.waited_s,
            why_incomplete=self._stopped_by,
        )


def sync(source: Source, *, state: State, as_of: str, options: Options, sleep: Sleep) -> Run:
    """Fetch what is new or changed in one source.

    ``state`` changes while the run is read, document by document; ``as_of`` (RFC 3339) is the
    time up to which changes are asked for; ``sleep`` waits some seconds (``time.sleep``).

    Raises:
        InputError: there is no such kind of source, or the file of certificates is none.
    """
    return Run(source, state=state, as_of=as_of, options=options, sleep=sleep)
