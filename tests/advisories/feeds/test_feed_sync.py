"""Feeds fetched from a real HTTPS server on this machine, with everything that goes wrong."""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import trustme

from cellwarden.advisories.feeds import Refused, Tampered, understand
from cellwarden.advisories.feeds.sync import (
    Options,
    Run,
    Source,
    State,
    load_state,
    save_state,
    sync,
)
from cellwarden.model.advisories import Document, Signature
from cellwarden.model.errors import InputError, StoreError

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("socket_enabled")]

AS_OF = "2026-11-16T00:00:00Z"
KEV = json.dumps({"catalogVersion": "2026.11.01", "count": 0, "vulnerabilities": []}).encode()


class Fault(msgspec.Struct, frozen=True):
    """What a page does once before it answers properly."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    cuts: bool = False


class Site:
    """Pages of a small HTTPS server; ``asked`` lists every request as (path, headers)."""

    def __init__(self, base: str, ca_file: Path) -> None:
        self.base = base
        self.ca_file = ca_file
        self.pages: dict[str, bytes | Callable[[dict[str, list[str]]], bytes]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def put(self, path: str, content: Any) -> str:
        """Serve bytes, or anything else as JSON, with a validator; gives the address."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.pages[path] = data
        self.headers[path] = {"ETag": f'"{hashlib.sha256(data).hexdigest()[:8]}"'}
        return self.base + path

    def paths(self) -> list[str]:
        return [urlsplit(path).path for path, _ in self.asked]


def handler_of(sites: list[Site]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site = sites[0]
            path = urlsplit(self.path).path
            site.asked.append((self.path, dict(self.headers)))
            fault = site.faults[path].pop(0) if site.faults.get(path) else Fault()
            page = site.pages.get(path)
            data = page(parse_qs(urlsplit(self.path).query)) if callable(page) else page
            extra = site.headers.get(path, {})
            if fault.status:
                self.answer(fault.status, dict(fault.headers), b"")
            elif data is None:
                self.answer(404, {}, b"not here")
            elif extra.get("ETag") and self.headers.get("If-None-Match") == extra["ETag"]:
                self.answer(304, extra, None)
            elif fault.cuts:
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2])
                self.close_connection = True
            else:
                self.answer(200, extra, data)

        def answer(self, status: int, headers: dict[str, str], data: bytes | None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if data is not None:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
            """Say nothing."""

    return Handler


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def site(tmp_path: Path, authority: trustme.CA, context: ssl.SSLContext) -> Iterator[Site]:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    sites: list[Site] = []
    server = ThreadingHTTPServer(("localhost", 0), handler_of(sites))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    sites.append(Site(f"https://localhost:{server.server_address[1]}", ca_file))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield sites[0]
    server.shutdown()
    thread.join()
    server.server_close()


class Slept(list[float]):
    """Every wait that was asked for; none is waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def run_of(
    site: Site,
    kind: str,
    url: str,
    *,
    state: State | None = None,
    slept: Slept | None = None,
    **changes: Any,
) -> Run:
    settings: dict[str, Any] = {
        "ca_file": str(site.ca_file),
        "uses_proxy_settings": False,
        "attempts": 3,
    }
    return sync(
        Source(name=kind, kind=kind, url=url),
        state=state or State(),
        as_of=AS_OF,
        options=Options(**settings | changes),
        sleep=slept if slept is not None else Slept(),
    )


def csaf(advisory_id: str, revision: str = "1") -> bytes:
    tracking = {"id": advisory_id, "version": revision, "status": "final"}
    document = {"csaf_version": "2.0", "category": "csaf_base", "tracking": tracking}
    return json.dumps({"document": document}).encode()


def put_directory(site: Site, *, digests: bool = False) -> str:
    """Serve a provider with a directory of two documents."""
    listed = []
    for number in (1, 2):
        path = f"2026/x-{number}.json"
        data = csaf(f"X-{number}")
        site.put(f"/csaf/{path}", data)
        listed.append(path)
        if digests:
            digest = hashlib.sha256(data).hexdigest()
            site.put(f"/csaf/{path}.sha256", f"{digest}  x-{number}.json\n".encode())
            listed.append(f"{path}.sha256")
    site.put("/csaf/index.txt", "\n".join(listed).encode())
    changes = '"2026/x-1.json","2026-01-01T00:00:00Z"\n"2026/x-2.json","2026-02-01T00:00:00Z"\n'
    site.put("/csaf/changes.csv", changes.encode())
    metadata = {"distributions": [{"directory_url": f"{site.base}/csaf/"}]}
    return site.put("/.well-known/csaf/provider-metadata.json", metadata)


def put_rolie(site: Site, *, digest: str | None = None) -> str:
    """Serve a provider with a ROLIE feed of two pages, one document each."""
    entries = []
    for number in (1, 2):
        data = csaf(f"R-{number}")
        url = site.put(f"/white/r-{number}.json", data)
        stated = hashlib.sha512(data).hexdigest() if digest is None else digest
        site.put(f"/white/r-{number}.json.sha512", f"{stated}  r-{number}.json".encode())
        link = [{"rel": "self", "href": url}, {"rel": "hash", "href": f"{url}.sha512"}]
        content = {"type": "application/json", "src": url}
        updated = f"2026-0{number}-01T00:00:00Z"
        entries.append({"id": f"R-{number}", "updated": updated, "content": content, "link": link})
    following = [{"rel": "next", "href": "feed-2.json"}]
    site.put("/white/feed.json", {"feed": {"link": following, "entry": entries[:1]}})
    site.put("/white/feed-2.json", {"feed": {"entry": entries[1:]}})
    feeds = [
        {"tlp_label": "WHITE", "url": f"{site.base}/white/feed.json"},
        {"tlp_label": "AMBER", "url": f"{site.base}/amber/feed.json"},
    ]
    distributions = [{"rolie": {"feeds": feeds}}, {"directory_url": f"{site.base}/csaf/"}]
    return site.put("/provider-metadata.json", {"distributions": distributions})


def test_a_directory_provider_gives_its_documents_by_host_name_alone(site: Site) -> None:
    put_directory(site, digests=True)
    run = run_of(site, "csaf", site.base)

    found = list(run)

    assert [understand(each).format for each in found] == ["csaf 2.0", "csaf 2.0"]
    assert found[0].name.endswith("/csaf/2026/x-1.json")
    assert run.status.is_complete
    assert run.status.fetched == 2


def test_what_the_listing_calls_unchanged_is_not_asked_for_again(site: Site) -> None:
    put_directory(site)
    state = State()
    list(run_of(site, "csaf", site.base, state=state))
    site.asked.clear()

    run = run_of(site, "csaf", site.base, state=state)

    assert list(run) == []
    assert run.status.unchanged == 2
    assert not any(path.endswith(("x-1.json", "x-2.json")) for path in site.paths())


def test_one_changed_document_is_all_that_comes(site: Site) -> None:
    put_directory(site)
    state = State()
    list(run_of(site, "csaf", site.base, state=state))
    site.put("/csaf/2026/x-2.json", csaf("X-2", "2"))
    changes = '"2026/x-1.json","2026-01-01T00:00:00Z"\n"2026/x-2.json","2026-03-01T00:00:00Z"\n'
    site.put("/csaf/changes.csv", changes.encode())

    found = list(run_of(site, "csaf", site.base, state=state))

    assert [each.data for each in found] == [csaf("X-2", "2")]


def test_a_rolie_feed_is_read_over_its_pages_and_its_digests_are_checked(site: Site) -> None:
    run = run_of(site, "csaf", put_rolie(site))

    found = list(run)

    assert [each.data for each in found] == [csaf("R-1"), csaf("R-2")]
    assert run.status.is_complete
    assert "/white/r-2.json.sha512" in site.paths()
    assert not any(path.startswith("/amber") for path in site.paths())


def test_a_document_with_a_wrong_digest_is_refused_and_asked_for_again(site: Site) -> None:
    url = put_rolie(site, digest="0" * 128)
    state = State()
    run = run_of(site, "csaf", url, state=state)

    found = list(run)

    assert all(isinstance(each, Refused) for each in found)
    assert not run.status.is_complete
    assert "sha512 digest is" in run.status.refused[0][1]
    assert state.of("csaf").documents == {}


def test_a_directory_digest_that_differs_is_refused(site: Site) -> None:
    put_directory(site, digests=True)
    site.put("/csaf/2026/x-1.json.sha256", b"0" * 64)
    run = run_of(site, "csaf", site.base)

    found = list(run)

    assert [isinstance(each, Refused) for each in found] == [True, False]
    assert "sha256" in run.status.refused[0][1]


class Judge:
    """A key ring that knows one signature."""

    def verify(self, data: bytes, signature: bytes) -> Signature:
        if signature == b"by us" + data[:8]:
            return Signature(state="checked", signer="AB" * 20)
        return Signature(state="wrong", why="it is not over these bytes")

    def knows(self, key: str) -> bool:
        return ("AB" * 20).endswith(key)

    def mark(self) -> str:
        return "AB"


def put_signed(site: Site, signature: bytes) -> str:
    """Serve a directory whose first document has a signature beside it."""
    url = put_directory(site)
    site.put("/csaf/2026/x-1.json.asc", signature)
    site.put("/csaf/index.txt", b"2026/x-1.json\n2026/x-1.json.asc\n2026/x-2.json")
    return url


def test_a_signature_that_the_listing_names_is_verified(site: Site) -> None:
    run = run_of(site, "csaf", put_signed(site, b"by us" + csaf("X-1")[:8]), keys=Judge())

    first, second = list(run)

    assert run.status.is_complete
    assert first.checked is not None
    assert first.checked.signature == Signature(state="checked", signer="AB" * 20)
    assert second.checked is None


def test_a_wrong_signature_refuses_the_document_and_it_is_asked_for_again(site: Site) -> None:
    state = State()
    run = run_of(site, "csaf", put_signed(site, b"forged"), state=state, keys=Judge())

    found = list(run)

    assert [isinstance(each, Tampered) for each in found] == [True, False]
    assert not run.status.is_complete
    assert "signature" in run.status.refused[0][1]
    assert [url for url in state.of("csaf").documents if "x-1" in url] == []


def test_a_signature_without_keys_is_taken_and_said_to_be_unchecked(site: Site) -> None:
    run = run_of(site, "csaf", put_signed(site, b"whatever"))

    first, _ = list(run)

    assert run.status.is_complete
    assert first.checked is not None
    assert first.checked.signature.state == "not checked"


def asked_for(site: Site, name: str) -> int:
    return sum(path.endswith(name) for path in site.paths())


def test_a_signature_that_is_listed_later_is_held_against_the_known_document(site: Site) -> None:
    state = State()
    url = put_directory(site)
    list(run_of(site, "csaf", url, state=state, keys=Judge()))
    put_signed(site, b"by us" + csaf("X-1")[:8])
    site.asked.clear()

    run = run_of(site, "csaf", url, state=state, keys=Judge())
    found = list(run)
    asked = asked_for(site, "x-1.json")
    again = list(run_of(site, "csaf", url, state=state, keys=Judge()))

    assert [each.checked.signature.state for each in found if each.checked] == ["checked"]
    assert (run.status.fetched, run.status.unchanged) == (0, 2)
    assert (asked, asked_for(site, "x-1.json")) == (1, 1)
    assert again == []


def test_a_key_that_is_given_later_is_used_at_once_and_only_once(site: Site) -> None:
    state = State()
    url = put_signed(site, b"by us" + csaf("X-1")[:8])
    list(run_of(site, "csaf", url, state=state))
    site.asked.clear()

    without = list(run_of(site, "csaf", url, state=state))
    asked_without = asked_for(site, "x-1.json")
    [found] = run_of(site, "csaf", url, state=state, keys=Judge())
    again = list(run_of(site, "csaf", url, state=state, keys=Judge()))

    assert (without, asked_without, again) == ([], 0, [])
    assert found.checked is not None
    assert found.checked.signature.state == "checked"
    assert asked_for(site, "x-1.json") == 1


def test_a_digest_that_is_listed_later_and_differs_refuses_the_known_document(site: Site) -> None:
    state = State()
    url = put_directory(site)
    list(run_of(site, "csaf", url, state=state))
    put_directory(site, digests=True)
    site.put("/csaf/2026/x-1.json.sha256", b"0" * 64)

    found = list(run_of(site, "csaf", url, state=state))
    again = list(run_of(site, "csaf", url, state=state))

    assert [isinstance(each, Tampered) for each in found] == [True, False]
    assert [isinstance(each, Tampered) for each in again] == [True]


@pytest.mark.parametrize("path", ["../secret.json", "https://example.org/x.json", "/secret.json"])
def test_a_listing_that_leads_out_of_its_directory_is_refused(site: Site, path: str) -> None:
    put_directory(site)
    site.put("/secret.json", csaf("S"))
    site.put("/csaf/index.txt", f"{path}\n2026/x-1.json".encode())

    run = run_of(site, "csaf", site.base)
    found = list(run)

    assert [each.data for each in found] == [csaf("X-1"), csaf("X-2")]
    assert len(run.status.refused) == 1
    assert "/secret.json" not in site.paths()


def test_a_feed_that_lists_another_host_is_refused_until_that_host_is_allowed(site: Site) -> None:
    other = site.base.replace("localhost", "127.0.0.1")
    entry = {"id": "R-1", "content": {"src": f"{other}/white/r-1.json"}}
    site.put("/white/feed.json", {"feed": {"entry": [entry]}})
    feeds = [{"tlp_label": "WHITE", "url": f"{site.base}/white/feed.json"}]
    url = site.put("/provider-metadata.json", {"distributions": [{"rolie": {"feeds": feeds}}]})

    run = run_of(site, "csaf", url)

    assert list(run) == []
    assert "allow that host first" in run.status.refused[0][1]


def test_kev_comes_once_and_is_then_unchanged(site: Site) -> None:
    url = site.put("/kev.json", KEV)
    state = State()

    first = list(run_of(site, "kev", url, state=state))
    again = run_of(site, "kev", url, state=state)

    assert [understand(each).format for each in first] == ["kev 2026.11.01"]
    assert list(again) == []
    assert again.status.unchanged == 1
    assert site.asked[-1][1]["If-None-Match"] == site.headers["/kev.json"]["ETag"]


def test_a_server_without_validators_is_compared_by_digest(site: Site) -> None:
    url = site.put("/kev.json", KEV)
    site.headers["/kev.json"] = {}
    state = State()
    list(run_of(site, "kev", url, state=state))

    again = run_of(site, "kev", url, state=state)

    assert list(again) == []
    assert again.status.is_complete


def test_epss_comes_packed_over_a_redirect(site: Site) -> None:
    text = b"#model_version:v2025.03.14,score_date:2026-11-15T00:00:00+0000\ncve,epss,percentile\n"
    site.put("/epss-2026-11-15.csv.gz", gzip.compress(text + b"CVE-2022-0715,0.05,0.9\n"))
    site.put("/epss.csv.gz", b"moved")
    moved = Fault(status=302, headers=(("Location", "/epss-2026-11-15.csv.gz"),))
    site.faults["/epss.csv.gz"] = [moved]

    found = list(run_of(site, "epss", f"{site.base}/epss.csv.gz"))

    assert understand(found[0]).format == "epss v2025.03.14"
    assert len(understand(found[0]).tables["likelihood"]) == 1


def test_a_redirect_to_plain_http_is_refused(site: Site) -> None:
    site.put("/kev.json", KEV)
    site.faults["/kev.json"] = [Fault(302, (("Location", "http://localhost/kev.json"),))]
    run = run_of(site, "kev", f"{site.base}/kev.json")

    list(run)

    assert "no HTTPS address" in run.status.why_incomplete


def test_redirects_without_end_are_refused(site: Site) -> None:
    site.put("/kev.json", KEV)
    site.faults["/kev.json"] = [Fault(302, (("Location", "/kev.json"),))] * 9
    run = run_of(site, "kev", f"{site.base}/kev.json")

    list(run)

    assert "more than 5 redirects" in run.status.why_incomplete


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(site: Site) -> None:
    url = site.put("/kev.json", KEV)
    site.faults["/kev.json"] = [Fault(429, (("Retry-After", "7"),)), Fault(503)]
    slept = Slept()

    found = list(run_of(site, "kev", url, slept=slept))

    assert len(found) == 1
    assert slept == [7.0, 1.0, 2.0]


def test_a_date_in_retry_after_counts_from_the_date_of_the_server(site: Site) -> None:
    url = site.put("/kev.json", KEV)
    later = email.utils.formatdate(4_000_000_000, usegmt=True)
    site.faults["/kev.json"] = [Fault(429, (("Retry-After", later),))]
    run = run_of(site, "kev", url)

    list(run)

    assert "the server asks to wait" in run.status.why_incomplete
    assert "run it again later" in run.status.why_incomplete


def test_a_connection_cut_in_the_middle_is_tried_again(site: Site) -> None:
    url = site.put("/kev.json", KEV)
    site.faults["/kev.json"] = [Fault(cuts=True)]
    slept = Slept()

    found = list(run_of(site, "kev", url, slept=slept))

    assert [each.data for each in found] == [KEV]
    assert slept == [1.0]


def test_a_run_that_breaks_off_keeps_what_it_got_and_the_next_asks_for_the_rest(
    site: Site,
) -> None:
    put_directory(site)
    site.faults["/csaf/2026/x-2.json"] = [Fault(cuts=True)] * 3
    state = State()
    broken = run_of(site, "csaf", site.base, state=state)

    first = list(broken)
    site.asked.clear()
    second = list(run_of(site, "csaf", site.base, state=state))

    assert [each.data for each in first] == [csaf("X-1")]
    assert not broken.status.is_complete
    assert [each.data for each in second] == [csaf("X-2")]
    assert "/csaf/2026/x-1.json" not in site.paths()


def test_what_was_not_taken_is_not_remembered(site: Site) -> None:
    put_directory(site)
    state = State()
    taken = iter(run_of(site, "csaf", site.base, state=state))

    next(taken)

    assert state.of("csaf").documents == {}


def test_a_document_that_is_too_large_is_refused(site: Site) -> None:
    url = site.put("/kev.json", b"x" * 5_000)
    run = run_of(site, "kev", url, document_bytes=1_000)

    found = list(run)

    assert all(isinstance(each, Refused) for each in found)
    assert "at most 1,000" in run.status.why_incomplete


def test_a_packed_answer_is_bounded_by_what_it_unpacks_to(site: Site) -> None:
    url = site.put("/kev.json", gzip.compress(b"x" * 500_000))
    site.headers["/kev.json"]["Content-Encoding"] = "gzip"
    run = run_of(site, "kev", url, document_bytes=10_000)

    list(run)

    assert "more than 10,000 bytes" in run.status.why_incomplete


def test_a_server_that_we_do_not_trust_is_not_read(site: Site) -> None:
    url = site.put("/kev.json", KEV)
    run = run_of(site, "kev", url, ca_file=None)

    assert list(run) == []
    assert "CERTIFICATE_VERIFY_FAILED" in run.status.why_incomplete
    assert site.asked == []


@pytest.mark.parametrize(
    "url", ["http://localhost/x", "file:///etc/passwd", "https://a:b@localhost/"]
)
def test_only_plain_https_addresses_are_asked(site: Site, url: str) -> None:
    run = run_of(site, "kev", url)

    found = list(run)

    assert [each.data for each in found] == [b""]
    assert not run.status.is_complete


def put_nvd(site: Site, total: int, size: int) -> str:
    """Serve pages of a made-up NVD with some entries."""

    def page(query: dict[str, list[str]]) -> bytes:
        start = int(query["startIndex"][0])
        numbers = range(start, min(start + size, total))
        entries = [{"cve": {"id": f"CVE-2026-{10_000 + number}"}} for number in numbers]
        head = {"startIndex": start, "resultsPerPage": len(entries), "totalResults": total}
        return json.dumps(head | {"format": "NVD_CVE", "vulnerabilities": entries}).encode()

    site.pages["/nvd"] = page
    return f"{site.base}/nvd"


def ids(found: list[Document]) -> list[str]:
    return [
        entry["cve"]["id"] for each in found for entry in json.loads(each.data)["vulnerabilities"]
    ]


def test_nvd_is_read_page_by_page_with_its_key_and_pauses(site: Site) -> None:
    slept = Slept()
    run = run_of(site, "nvd", put_nvd(site, 5, 2), slept=slept, api_key="secret")

    found = list(run)

    assert ids(found) == [f"CVE-2026-{10_000 + number}" for number in range(5)]
    assert slept == [0.6, 0.6]
    assert {headers.get("apiKey") for _, headers in site.asked} == {"secret"}
    assert run.status.is_complete


def test_nvd_without_a_key_waits_longer_and_takes_403_for_busy(site: Site) -> None:
    url = put_nvd(site, 3, 2)
    site.faults["/nvd"] = [Fault(403)]
    slept = Slept()

    found = list(run_of(site, "nvd", url, slept=slept))

    assert len(ids(found)) == 3
    assert slept == [1.0, 6.0]


def test_nvd_goes_on_at_the_page_where_it_broke_off(site: Site) -> None:
    url = put_nvd(site, 5, 2)
    state = State()
    broken = run_of(site, "nvd", url, state=state)
    pages = iter(broken)
    first = [next(pages)]
    site.faults["/nvd"] = [Fault(500)] * 3
    first += list(pages)

    second = list(run_of(site, "nvd", url, state=state))

    assert not broken.status.is_complete
    assert ids(first + second) == [f"CVE-2026-{10_000 + number}" for number in range(5)]


def test_nvd_asks_later_only_for_what_changed_in_windows_of_120_days(site: Site) -> None:
    url = put_nvd(site, 1, 2)
    state = State()
    state.of("nvd").progress["until"] = "2026-06-01T00:00:00Z"

    list(run_of(site, "nvd", url, state=state))
    windows = [parse_qs(urlsplit(path).query) for path, _ in site.asked]
    site.asked.clear()
    list(run_of(site, "nvd", url, state=state))

    assert [window["lastModStartDate"][0][:10] for window in windows] == [
        "2026-06-01",
        "2026-09-29",
    ]
    assert windows[-1]["lastModEndDate"] == ["2026-11-16T00:00:00.000+00:00"]
    assert site.asked == []


def test_an_empty_nvd_page_before_the_end_stops_the_run(site: Site) -> None:
    site.put("/nvd", {"totalResults": 9, "vulnerabilities": []})
    run = run_of(site, "nvd", f"{site.base}/nvd")

    assert list(run) == []
    assert "an empty page" in run.status.why_incomplete


def test_a_key_is_not_sent_on_to_another_host(site: Site) -> None:
    put_nvd(site, 1, 2)
    other = site.base.replace("localhost", "127.0.0.1")
    site.faults["/nvd"] = [Fault(307, (("Location", f"{other}/nvd?startIndex=0"),))]

    run = run_of(site, "nvd", f"{site.base}/nvd", api_key="secret", attempts=1)
    list(run)

    assert [headers.get("apiKey") for _, headers in site.asked] == ["secret"]
    assert not run.status.is_complete  # the certificate is for localhost alone


def test_the_state_survives_its_file(site: Site, tmp_path: Path) -> None:
    put_directory(site)
    state = load_state(tmp_path / "state.json")
    list(run_of(site, "csaf", site.base, state=state))
    save_state(tmp_path / "deep" / "state.json", state)

    again = load_state(tmp_path / "deep" / "state.json")

    assert again == state
    assert len(again.of("csaf").documents) == 2


def test_a_damaged_state_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"{")

    with pytest.raises(InputError) as caught:
        load_state(path)

    assert "delete it" in caught.value.advice


def test_a_state_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreError, match="cannot be written"):
        save_state(tmp_path / "file" / "state.json", State())


def test_an_unknown_kind_of_feed_is_an_input_error(site: Site) -> None:
    with pytest.raises(InputError, match="no feed of the kind"):
        run_of(site, "rss", site.base)
