"""Feeds that are a single file: the KEV catalogue, the EPSS scores of the day."""

from __future__ import annotations

from collections.abc import Iterator

from cellwarden.advisories.feeds.sync.client import Unreachable
from cellwarden.advisories.feeds.sync.job import Job, Wanted
from cellwarden.model.advisories import Document


def fetch_file(job: Job) -> Iterator[Document]:
    """Give the file if it changed.

    Raises:
        Unreachable: no proper answer.
    """
    yield from job.fetch(Wanted(url=job.source.url))
    if job.refused:
        raise Unreachable(job.refused[-1][1])
