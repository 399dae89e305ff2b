"""The NVD CVE API 2.0: everything once, then what changed since, page by page.

Source: the NVD developers' pages: 2,000 entries a page, windows of change of at most 120 days,
5 requests in 30 seconds without a key and 50 with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from cellwarden.advisories.feeds.decoding import Unreadable, decode
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS
from cellwarden.advisories.feeds.sync.client import Refusal
from cellwarden.advisories.feeds.sync.job import Job
from cellwarden.model.advisories import Document
from cellwarden.model.times import format_time, parse_time

_LONGEST_WINDOW: Final = timedelta(days=120)
_PAUSE_S: Final = 6.0
_PAUSE_WITH_KEY_S: Final = 0.6
_BUSY: Final = frozenset({403, 408, 425, 429, 500, 502, 503, 504})
"""NVD answers 403 to whoever asks too fast."""


def fetch_nvd(job: Job, as_of: str) -> Iterator[Document]:
    """Give the pages that are still missing up to a time (RFC 3339).

    The state keeps the window of change that is being read and the next page in it, so a run
    that broke off goes on where it stopped.

    Raises:
        Unreachable: the server does not answer properly.
        Refusal: what it answers is no page.
    """
    progress = job.state.progress
    until = parse_time(as_of)
    while True:
        if "next" not in progress:
            since = progress.get("until", "")
            if since and parse_time(since) >= until:
                return
            end = min(until, parse_time(since) + _LONGEST_WINDOW) if since else until
            progress.update({"since": since, "end": format_time(end), "next": "0"})
        yield from _pages(job)
        done = progress.pop("end")
        progress.clear()
        progress["until"] = done


def _pages(job: Job) -> Iterator[Document]:
    progress = job.state.progress
    pause_s = _PAUSE_WITH_KEY_S if job.options.api_key else _PAUSE_S
    while True:
        start = int(progress["next"])
        address = f"{job.source.url}?{urlencode(_query(job, start))}"
        headers = {"apiKey": job.options.api_key} if job.options.api_key else None
        answer = job.client.get(address, headers=headers, busy=_BUSY)
        count, total = _counts(answer.data, job.source.url)
        if count:
            job.fetched += 1
            yield Document(name=_name(progress, start), data=answer.data)
        progress["next"] = str(start + count)
        if start + count >= total:
            return
        if not count:
            raise Refusal(f"{job.source.url}: an empty page at {start:,} of {total:,} entries")
        job.client.pause(pause_s)


def _query(job: Job, start: int) -> dict[str, str]:
    query = {**dict(job.source.params), "startIndex": str(start)}
    since = job.state.progress.get("since")
    if since:
        query["lastModStartDate"] = _stamp(parse_time(since))
        query["lastModEndDate"] = _stamp(parse_time(job.state.progress["end"]))
    return query


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _counts(data: bytes, url: str) -> tuple[int, int]:
    """How many entries a page holds, and how many there are in all."""
    try:
        content: Any = decode(Document(name=url, data=data), DEFAULT_LIMITS).content
    except Unreadable as error:
        raise Refusal(f"{url}: {error}") from error
    entries = content.get("vulnerabilities") if isinstance(content, dict) else None
    total = content.get("totalResults") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not isinstance(total, int):
        raise Refusal(f"{url}: the answer is no page of CVE entries")
    return len(entries), total


def _name(progress: dict[str, str], start: int) -> str:
    since = progress.get("since", "")[:10] or "start"
    return f"nvd/{since}_{progress['end'][:10]}_{start:07d}.json"
