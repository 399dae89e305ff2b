"""One run of one source: fetches, remembers, counts; what every kind of source needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from cellwarden.advisories.feeds.beside import LARGEST, SIGNATURE, checked
from cellwarden.advisories.feeds.decoding import Unreadable, decode
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS
from cellwarden.advisories.feeds.reading import Refused
from cellwarden.advisories.feeds.sync.client import Answer, Client, Options, Refusal, Unreachable
from cellwarden.advisories.feeds.sync.state import Known, SourceState
from cellwarden.model.advisories import Document

_PATIENCE: Final = 3
"""After so many documents in a row that cannot be reached, the server is down."""
_NO_KEYS: Final = "none"
"""The mark of no keys at all: with it, a signature was looked at and told as not checked."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One feed. ``kind`` is csaf, kev, epss or nvd; ``name`` is its key in the state.

    ``params`` narrow what a feed that takes them gives (NVD: ``keywordSearch`` ...).
    """

    name: str
    kind: str
    url: str
    params: tuple[tuple[str, str], ...] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One document that a listing names.

    ``changed`` is when the listing says that it changed; ``digests`` are the addresses of its
    digest files, each ending in ``.sha256`` or ``.sha512``; ``signature`` that of its detached
    signature, empty where the listing names none.
    """

    url: str
    changed: str = ""
    digests: tuple[str, ...] = ()
    signature: str = ""


class Job:
    """The state of one run in memory; kinds of sources are functions over it."""

    def __init__(
        self, source: Source, state: SourceState, client: Client, options: Options
    ) -> None:
        self.source = source
        self.state = state
        self.client = client
        self.options = options
        self.fetched = 0
        self.unchanged = 0
        self.refused: list[tuple[str, str]] = []
        self._failures = 0

    def read_json(self, url: str) -> dict[str, Any]:
        """Fetch a JSON object that lists documents.

        Raises:
            Unreachable: no proper answer.
            Refusal: the server says no, or this is no JSON object.
        """
        answer = self.client.get(url)
        try:
            document = Document(name=url, data=answer.data)
            content = decode(document, DEFAULT_LIMITS).content
        except Unreadable as error:
            raise Refusal(f"{url}: {error}") from error
        if not isinstance(content, dict):
            raise Refusal(f"{url} is no JSON object")
        return content

    def read_text(self, url: str) -> str | None:
        """Fetch a text that lists documents; nothing where the server does not have it.

        Raises:
            Unreachable: no proper answer.
        """
        try:
            return self.client.get(url).data.decode("utf-8", "replace")
        except Refusal:
            return None

    def fetch(self, wanted: Wanted) -> Iterator[Document]:
        """Give one document if it is new or changed; remember it once it was taken.

        A known one is fetched again, and given, where a file beside it is listed that was not
        held against it yet, or a signature that other keys may judge now.

        Raises:
            Unreachable: several in a row could not be reached.
        """
        known = self.state.documents.get(wanted.url)
        if known is not None and self._has_news_beside(wanted, known):
            known = msgspec.structs.replace(known, etag="", last_modified="", changed="", sha256="")
        if known is not None and wanted.changed and known.changed == wanted.changed:
            self.unchanged += 1
            return
        try:
            answer = self.client.get(wanted.url, known=known)
            self._failures = 0
            if answer.is_unchanged and known is not None:
                self._remember(wanted, msgspec.structs.replace(known, changed=wanted.changed))
                self.unchanged += 1
                return
            digest = hashlib.sha256(answer.data).hexdigest()
            if known is not None and known.sha256 == digest:
                self._remember(wanted, _known(wanted, answer, known.beside, known.keys))
                self.unchanged += 1
                return
            document = self._checked(wanted, answer.data)
        except Refusal as error:
            yield self.refuse(wanted.url, str(error))
            return
        except Unreachable as error:
            self._failures += 1
            self.refused.append((wanted.url, str(error)))
            if self._failures >= _PATIENCE:
                raise
            return
        yield from self._given(wanted, answer, document)

    def _given(self, wanted: Wanted, answer: Answer, document: Document) -> Iterator[Document]:
        """Give a document that came, and remember it; one that is refused is asked for again."""
        if isinstance(document, Refused):
            self.refused.append((wanted.url, document.reason))
            yield document
            return
        before = self.state.documents.get(wanted.url)
        if before is not None and before.sha256 == hashlib.sha256(answer.data).hexdigest():
            self.unchanged += 1
        else:
            self.fetched += 1
        yield document
        keys = self._mark() if wanted.signature else ""
        self._remember(wanted, _known(wanted, answer, _settled(document), keys))

    def _has_news_beside(self, wanted: Wanted, known: Known) -> bool:
        """Whether something beside a known document was never held against it, or can be now."""
        listed = {_ending(url) for url in wanted.digests}
        if listed - set(known.beside):
            return True
        is_open = bool(wanted.signature) and SIGNATURE not in known.beside
        return is_open and known.keys != self._mark()

    def _mark(self) -> str:
        keys = self.options.keys
        return _NO_KEYS if keys is None else keys.mark()

    def refuse(self, url: str, reason: str) -> Refused:
        """Note that a document was refused; it is asked for again in the next run."""
        self.refused.append((url, reason))
        return Refused(name=document_name(url), data=b"", reason=reason)

    def _remember(self, wanted: Wanted, known: Known) -> None:
        self.state.documents[wanted.url] = known

    def _checked(self, wanted: Wanted, data: bytes) -> Document:
        """The document with what the files beside it are worth; refused where they contradict it.

        Raises:
            Unreachable, Refusal: a file that the listing names cannot be had.
        """
        addresses = {f".{_ending(url)}": url for url in wanted.digests}
        if wanted.signature:
            addresses[f".{SIGNATURE}"] = wanted.signature
        near = {ending: self.client.get(url).data[:LARGEST] for ending, url in addresses.items()}
        name = document_name(wanted.url)
        return checked(name, data, data, near.get, self.options.keys)


def _known(wanted: Wanted, answer: Answer, beside: tuple[str, ...], keys: str) -> Known:
    return Known(
        etag=answer.etag,
        last_modified=answer.last_modified,
        sha256=hashlib.sha256(answer.data).hexdigest(),
        changed=wanted.changed,
        beside=beside,
        keys=keys,
    )


def _settled(document: Document) -> tuple[str, ...]:
    """The endings of the files beside a document that agreed with it for good."""
    found = document.checked
    if found is None:
        return ()
    return (*found.digests, *((SIGNATURE,) if found.signature.state == "checked" else ()))


def _ending(url: str) -> str:
    return url.rpartition(".")[2]


def document_name(url: str) -> str:
    """Host and path of an address: how the document is called in an import."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"
