"""HTTPS as feeds need it: verified, bounded, conditional, patient with servers that are busy."""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin, urlsplit

import msgspec

from cellwarden.advisories.feeds.beside import Verifier
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS
from cellwarden.advisories.feeds.sync.state import Known
from cellwarden.model.errors import InputError

if TYPE_CHECKING:
    import httpx

OK: Final = 200
NOT_MODIFIED: Final = 304
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_PAUSE_S: Final = 60.0

Sleep = Callable[[float], None]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to fetch. Times in seconds, sizes in bytes.

    ``ca_file`` adds a certificate authority to the usual ones; verification cannot be switched
    off. ``other_hosts`` may serve documents that a feed on another host lists. ``keys`` verify the
    signatures of documents; without them a signature stays unchecked.
    """

    ca_file: str | None = None
    api_key: str | None = None
    timeout_s: float = 30.0
    attempts: int = 5
    backoff_s: float = 1.0
    longest_wait_s: float = 300.0
    document_bytes: int = DEFAULT_LIMITS.document_bytes
    documents: int = DEFAULT_LIMITS.members
    redirects: int = 5
    other_hosts: tuple[str, ...] = ()
    uses_proxy_settings: bool = True
    user_agent: str = "cellwarden"
    keys: Verifier | None = None


class Unreachable(Exception):  # noqa: N818 - a state of the other side, no defect of ours
    """The server did not answer as it should, after every attempt; later it may."""


class Refusal(Exception):  # noqa: N818 - as Unreachable
    """The server, or our own rules, say no; asking again would not help."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: the body, or that the known version still stands."""

    url: str
    is_unchanged: bool
    data: bytes = b""
    etag: str = ""
    last_modified: str = ""


class Client:
    """One connection pool with the rules above; use it in a ``with`` block."""

    def __init__(self, options: Options, sleep: Sleep) -> None:
        self._options = options
        self._sleep = sleep
        self.waited_s = 0.0

    def __enter__(self) -> Self:
        import httpx

        context = httpx.create_ssl_context(trust_env=self._options.uses_proxy_settings)
        if self._options.ca_file is not None:
            try:
                context.load_verify_locations(self._options.ca_file)
            except OSError as error:
                raise InputError(
                    f"{self._options.ca_file} is no file of certificates: {error}",
                    advice="name a PEM file with the certificate authority of the server",
                ) from error
        self._http = httpx.Client(
            verify=context,
            timeout=self._options.timeout_s,
            trust_env=self._options.uses_proxy_settings,
            follow_redirects=False,
            headers={"User-Agent": self._options.user_agent},
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(
        self,
        url: str,
        *,
        known: Known | None = None,
        headers: Mapping[str, str] | None = None,
        busy: frozenset[int] = _BUSY,
    ) -> Answer:
        """Fetch one address, only if it changed where ``known`` says what we have.

        ``busy`` are the answers after which asking again makes sense.

        Raises:
            Unreachable: no proper answer after every attempt.
            Refusal: not HTTPS, too large, too many redirects, or the server says no.
        """
        secret = dict(headers or {})
        asked = _conditions(known)
        reason = "no attempt was allowed"
        for attempt in range(self._options.attempts):
            if attempt:
                self.pause(min(self._options.backoff_s * 2 ** (attempt - 1), _LONGEST_PAUSE_S))
            try:
                return self._attempt(url, asked, secret, busy)
            except _Again as again:
                reason = str(again)
                self._obey(again.wait_s, url)
        attempts = self._options.attempts
        raise Unreachable(f"{url}: {reason}; gave up after {attempts} attempts")

    def pause(self, seconds: float) -> None:
        """Wait, by the sleep that was given."""
        self.waited_s += seconds
        self._sleep(seconds)

    def _obey(self, wait_s: float, url: str) -> None:
        """Wait as long as the server asked, unless that is longer than a run should take."""
        if wait_s > self._options.longest_wait_s:
            raise Unreachable(f"{url}: the server asks to wait {wait_s:.0f} s; run it again later")
        if wait_s > 0:
            self.pause(wait_s)

    def _attempt(
        self, url: str, asked: dict[str, str], secret: dict[str, str], busy: frozenset[int]
    ) -> Answer:
        """One request with its redirects."""
        import httpx

        here = url
        for _ in range(self._options.redirects + 1):
            require_https(here)
            # A key is for the host that it was given for, never for where that sends us.
            own = secret if host_of(here) == host_of(url) else {}
            try:
                with self._http.stream("GET", here, headers={**asked, **own}) as response:
                    if response.status_code not in _REDIRECTS:
                        return self._read(response, here, busy)
                    here = urljoin(here, response.headers.get("Location", ""))
            except httpx.RequestError as error:
                raise _Again(_in_words(error)) from error
            except httpx.InvalidURL as error:
                raise Refusal(f"{here[:200]!r} is no address: {error}") from error
        raise Refusal(f"{url}: more than {self._options.redirects} redirects")

    def _read(self, response: httpx.Response, url: str, busy: frozenset[int]) -> Answer:
        status = response.status_code
        etag = response.headers.get("ETag", "")
        last_modified = response.headers.get("Last-Modified", "")
        if status == NOT_MODIFIED:
            return Answer(url=url, is_unchanged=True, etag=etag, last_modified=last_modified)
        if status in busy:
            raise _Again(f"the server answers {status}", _asked_wait(response))
        if status != OK:
            raise Refusal(f"{url}: the server answers {status}")
        most = self._options.document_bytes
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > most:
            raise Refusal(f"{url}: {int(length):,} bytes; at most {most:,} are taken")
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > most:
                raise Refusal(f"{url}: more than {most:,} bytes")
        return Answer(
            url=url,
            is_unchanged=False,
            data=bytes(body),
            etag=etag[:500],
            last_modified=last_modified[:100],
        )


def require_https(url: str) -> None:
    """Refuse whatever is no plain HTTPS address.

    Raises:
        Refusal: another scheme, no host, or a name and password inside.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise Refusal(f"{url[:200]!r} is no address") from error
    if parts.scheme != "https" or not host:
        raise Refusal(f"{url[:200]!r} is no HTTPS address")
    if parts.username is not None:
        raise Refusal("an address with a user name inside")


def host_of(url: str) -> str:
    """Host and port of an address, as it is compared."""
    return urlsplit(url).netloc.lower().removesuffix(":443")


class _Again(Exception):  # noqa: N818 - a wish, no error
    """Ask again, after the wait that the server asked for."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def _conditions(known: Known | None) -> dict[str, str]:
    if known is None:
        return {}
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def _asked_wait(response: httpx.Response) -> float:
    """Seconds that ``Retry-After`` asks for; a date counts from the server's own ``Date``."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        until = email.utils.parsedate_to_datetime(text)
        now = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")
