"""CSAF providers: what they publish, by ROLIE feeds or by directory listings.

Source: CSAF 2.0 and 2.1, section 7 (distribution), and RFC 8322 (ROLIE).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from cellwarden.advisories.feeds.sync.client import Refusal, host_of, require_https
from cellwarden.advisories.feeds.sync.job import Job, Wanted
from cellwarden.model.advisories import Document

WELL_KNOWN: Final = "/.well-known/csaf/provider-metadata.json"
_OPEN: Final = {"", "WHITE", "CLEAR", "UNLABELED"}
_DIGESTS: Final = (".sha256", ".sha512")
_SIGNED: Final = ".asc"
_PAGES: Final = 1_000


def fetch_provider(job: Job) -> Iterator[Document]:
    """Give every document of a provider that is new or changed.

    The address is that of ``provider-metadata.json``, or a host, where it is looked for at its
    well-known place. ROLIE feeds are preferred, because they name digests; a provider lists the
    same documents both ways.

    Raises:
        Unreachable: the server does not answer properly.
        Refusal: what is there is no provider, or publishes nothing openly.
    """
    address = job.source.url
    if urlsplit(address).path in {"", "/"}:
        address = urljoin(address, WELL_KNOWN)
    metadata = job.read_json(address)
    feeds, folders = _distributions(metadata)
    if not feeds and not folders:
        raise Refusal(f"{address} names no feed and no directory that is open to everybody")
    count = 0
    listings = [_rolie(job, feed) for feed in feeds] or [_directory(job, one) for one in folders]
    for listing in listings:
        for wanted in listing:
            count += 1
            if count > job.options.documents:
                raise Refusal(f"{address} lists more than {job.options.documents:,} documents")
            yield from job.fetch(wanted)


def _distributions(metadata: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The addresses of open ROLIE feeds and of directories; 2.1 writes directories as objects."""
    feeds: list[str] = []
    folders: list[str] = []
    for distribution in _objects(metadata.get("distributions")):
        rolie = distribution.get("rolie")
        listed = _objects(rolie.get("feeds") if isinstance(rolie, dict) else None)
        feeds += [
            str(feed.get("url", ""))
            for feed in listed
            if str(feed.get("tlp_label", "")).upper() in _OPEN
        ]
        directory = distribution.get("directory")
        holder = directory if isinstance(directory, dict) else {}
        if str(holder.get("tlp_label", "")).upper() in _OPEN:
            folders.append(str(distribution.get("directory_url") or holder.get("url") or ""))
    return [url for url in feeds if url], [url for url in folders if url]


def _rolie(job: Job, address: str) -> Iterator[Wanted]:
    """Every entry of a ROLIE feed and of its next pages."""
    seen: set[str] = set()
    while address and address not in seen and len(seen) < _PAGES:
        seen.add(address)
        feed = job.read_json(address).get("feed")
        page = feed if isinstance(feed, dict) else {}
        for entry in _objects(page.get("entry")):
            wanted = _entry(job, entry, address)
            if wanted is not None:
                yield wanted
        following = (
            str(link.get("href", ""))
            for link in _objects(page.get("link"))
            if link.get("rel") == "next"
        )
        address = urljoin(address, next(following, ""))


def _entry(job: Job, entry: dict[str, Any], address: str) -> Wanted | None:
    content = entry.get("content")
    source = content.get("src") if isinstance(content, dict) else None
    links = [(link.get("rel"), str(link.get("href", ""))) for link in _objects(entry.get("link"))]
    found = source or next((href for rel, href in links if rel == "self"), "")
    url = urljoin(address, str(found))
    if not _may_serve(job, url, address):
        return None
    hashes = [urljoin(address, href) for rel, href in links if rel == "hash"]
    signed = next((urljoin(address, href) for rel, href in links if rel == "signature"), "")
    return Wanted(
        url=url,
        changed=str(entry.get("updated", ""))[:64],
        digests=tuple(
            each for each in hashes if each.endswith(_DIGESTS) and _may_serve(job, each, address)
        ),
        signature=signed if signed and _may_serve(job, signed, address) else "",
    )


def _directory(job: Job, address: str) -> Iterator[Wanted]:
    """Every document that ``index.txt`` and ``changes.csv`` list below a directory.

    Raises:
        Refusal: the directory has neither.
    """
    base = address if address.endswith("/") else f"{address}/"
    index = job.read_text(urljoin(base, "index.txt"))
    changes = job.read_text(urljoin(base, "changes.csv"))
    if index is None and changes is None:
        raise Refusal(f"{base} has neither index.txt nor changes.csv")
    times = {
        row[0].strip(): row[1].strip()[:64]
        for row in csv.reader((changes or "").splitlines())
        if len(row) > 1
    }
    listed = dict.fromkeys(line.strip() for line in (index or "").splitlines())
    listed |= dict.fromkeys(times)
    for path in listed:
        if not path.endswith(".json"):
            continue
        url = urljoin(base, path)
        parts = path.split("/")
        if ".." in parts or not url.startswith(base) or not _may_serve(job, url, base):
            job.refuse(url, f"{path[:200]!r} leads out of its directory")
            continue
        digests = tuple(url + ending for ending in _DIGESTS if path + ending in listed)
        signature = f"{url}{_SIGNED}" if f"{path}{_SIGNED}" in listed else ""
        yield Wanted(url=url, changed=times.get(path, ""), digests=digests, signature=signature)


def _may_serve(job: Job, url: str, listing: str) -> bool:
    """Whether a listing may send us there: HTTPS, on its own host or one that was allowed."""
    try:
        require_https(url)
    except Refusal as error:
        job.refuse(url, str(error))
        return False
    if host_of(url) == host_of(listing) or host_of(url) in job.options.other_hosts:
        return True
    job.refuse(url, f"{host_of(listing)} lists a document on {host_of(url)}; allow that host first")
    return False


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
