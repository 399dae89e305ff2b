from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme
from tests.conftest import anyone_may_act

from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError, IntegrityError, SourceError
from cellwarden.workflows.ledger import timestamps
from cellwarden.workflows.ledger.seals import signed_state
from cellwarden.workflows.ledger.timestamps import Authority
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[signer]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
"""


class Tsa:
    """A time-stamping authority by the real ``openssl ts``, with a root and a certificate apart."""

    def __init__(self, folder: Path, name: str = "Test TSA") -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        (folder / "serial").write_text("01\n")
        (folder / "conf").write_text(CONFIG.format(name=name, folder=folder))
        self.root, self.certificate = folder / "root.pem", folder / "tsa.pem"
        self._run(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
            "-days",
            "30",
            "-config",
            "conf",
            "-extensions",
            "root",
        )
        self._run(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.csr",
            "-config",
            "conf",
            "-subj",
            f"/CN={name} signer",
        )
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
                  "-CAcreateserial", "-out", "tsa.pem", "-days", "30", "-extfile", "conf",
                  "-extensions", "signer")  # fmt: skip

    def answer(self, request: bytes) -> bytes:
        (self.folder / "in.tsq").write_bytes(request)
        self._run("ts", "-reply", "-queryfile", "in.tsq", "-signer", "tsa.pem",
                  "-inkey", "tsa.key", "-config", "conf", "-out", "out.tsr")  # fmt: skip
        return (self.folder / "out.tsr").read_bytes()

    def _run(self, *words: str) -> None:
        subprocess.run(
            ["openssl", *words], check=True, cwd=self.folder, stderr=subprocess.PIPE, timeout=60
        )


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    if shutil.which("openssl") is None:
        pytest.skip("needs Debian's package openssl")
    return Tsa(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture
def signed(tmp_path: Path) -> Workspace:
    """A ledger with one signed checkpoint."""
    folder = tmp_path / "fleet"
    words = ["-w", str(folder)]
    assert run(["init", str(folder), "--operator", "T"]) == 0
    anyone_may_act(folder)
    assert run(["ledger", "init", "--origin", "t.example/l", "--actor", "t", *words]) == 0
    assert run(["ledger", "checkpoint", *words]) == 0
    return open_workspace(folder)


def stamped(workspace: Workspace, tsa: Tsa) -> timestamps.Stamp:
    request, _ = timestamps.make_request(workspace)
    return timestamps.keep_response(workspace, tsa.answer(request))


def test_a_checkpoint_is_stamped_by_file_and_holds_against_the_authority(
    signed: Workspace, tsa: Tsa
) -> None:
    kept = stamped(signed, tsa)

    found = timestamps.stamps(signed, Authority(roots=tsa.root, signer=tsa.certificate))

    assert not kept.is_checked
    assert [one.is_checked for one in found] == [True]
    assert found[0].size == 1
    assert found[0].stamped_at.tzinfo is not None


def test_without_certificates_a_token_is_present_and_not_checked(
    signed: Workspace, tsa: Tsa, capsys: pytest.CaptureFixture[str]
) -> None:
    stamped(signed, tsa)
    capsys.readouterr()

    assert run(["ledger", "verify", "-w", str(signed.folder)]) == 0
    said = capsys.readouterr()

    assert "not checked" in said.out
    assert "openssl ts -verify" in said.err


def test_the_command_that_is_printed_verifies_without_us(signed: Workspace, tsa: Tsa) -> None:
    command = stamped(signed, tsa).command
    command = command.replace("TSA-ROOT.pem", str(tsa.root))
    command = command.replace("TSA.pem", str(tsa.certificate))

    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)

    assert "Verification: OK" in done.stdout + done.stderr


def test_another_authority_is_caught(signed: Workspace, tsa: Tsa, tmp_path: Path) -> None:
    stamped(signed, tsa)
    other = Tsa(tmp_path / "other", name="Other")

    with pytest.raises(IntegrityError, match="does not hold"):
        timestamps.stamps(signed, Authority(roots=other.root, signer=other.certificate))


@pytest.mark.parametrize("ending", [".tsr", ".body"])
def test_a_changed_token_or_text_is_caught(signed: Workspace, tsa: Tsa, ending: str) -> None:
    token = stamped(signed, tsa).path
    path = token if ending == ".tsr" else timestamps.body_of(token)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)

    with pytest.raises((IntegrityError, InputError)):
        timestamps.stamps(signed, Authority(roots=tsa.root, signer=tsa.certificate))


def test_a_stamp_of_an_older_request_is_refused_after_a_newer_checkpoint(
    signed: Workspace, tsa: Tsa
) -> None:
    request, _ = timestamps.make_request(signed)
    words = ["-w", str(signed.folder)]
    assert run(["ledger", "rotate", "--actor", "t", *words]) == 0
    assert run(["ledger", "checkpoint", *words]) == 0

    with pytest.raises(InputError, match="something else"):
        timestamps.keep_response(signed, tsa.answer(request))


@pytest.mark.parametrize("data", [b"", b"garbage", b"0" * 5_000])
def test_what_is_no_response_is_refused(signed: Workspace, data: bytes) -> None:
    with pytest.raises(InputError, match="no timestamp response"):
        timestamps.keep_response(signed, data)


def test_nothing_to_stamp_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    assert run(["init", str(folder), "--operator", "T"]) == 0
    anyone_may_act(folder)

    with pytest.raises(InputError, match="no checkpoint was signed"):
        timestamps.make_request(open_workspace(folder))


@pytest.fixture
def https(tsa: Tsa, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The same authority behind a real HTTPS server: its address, and whom to trust."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["content-length"]))
            body = tsa.answer(request) if self.path == "/tsr" else b"x" * (2 << 20)
            self.send_response(200 if self.path != "/broken" else 503)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    yield f"https://localhost:{server.server_address[1]}", ca_file
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.network
@pytest.mark.enable_socket
def test_an_authority_is_asked_over_https(
    signed: Workspace, tsa: Tsa, https: tuple[str, Path]
) -> None:
    url, ca_file = https

    stamp = timestamps.ask_authority(signed, f"{url}/tsr", ca_file=ca_file)

    assert stamp.path.exists()
    found = timestamps.stamps(signed, Authority(roots=tsa.root, signer=tsa.certificate))
    assert found[0].is_checked


@pytest.mark.network
@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["/broken", "/large"])
def test_an_authority_that_fails_is_told_with_the_way_by_file(
    signed: Workspace, https: tuple[str, Path], path: str
) -> None:
    url, ca_file = https

    with pytest.raises(SourceError):
        timestamps.ask_authority(signed, url + path, ca_file=ca_file)
    with pytest.raises(SourceError, match=r"(?i)certificate"):
        timestamps.ask_authority(signed, f"{url}/tsr", ca_file=None)


@pytest.mark.parametrize("url", ["http://localhost/tsr", "file:///etc/passwd", "https://a@b/"])
def test_only_plain_https_is_asked(signed: Workspace, url: str) -> None:
    with pytest.raises(InputError, match="https"):
        timestamps.ask_authority(signed, url, ca_file=None)


def test_a_history_signed_anew_is_caught_by_the_text_that_was_stamped(
    signed: Workspace, tsa: Tsa
) -> None:
    stamped(signed, tsa)
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "ledger.key"):
        (signed.state_folder / name).unlink(missing_ok=True)
    for path in (signed.state_folder / "checkpoints").glob("*.checkpoint"):
        path.unlink()
    words = ["-w", str(signed.folder)]
    assert run(["ledger", "init", "--origin", "t.example/l", "--actor", "thief", *words]) == 0

    with pytest.raises(IntegrityError, match=r"rewritten .* by the stamped text 000000000001.body"):
        verify_ledger(signed)


def test_verify_and_reports_check_tokens_by_the_certificates_in_the_settings(
    signed: Workspace, tsa: Tsa, capsys: pytest.CaptureFixture[str]
) -> None:
    stamped(signed, tsa)
    shutil.copy(tsa.root, signed.folder / "roots.pem")
    shutil.copy(tsa.certificate, signed.folder / "tsa.pem")
    with (signed.folder / "cellwarden.toml").open("a") as settings:
        settings.write('\n[ledger]\ntsa_roots = "roots.pem"\ntsa_certificate = "tsa.pem"\n')
    opened = open_workspace(signed.folder)
    capsys.readouterr()

    code = run(["ledger", "verify", "-w", str(signed.folder)])
    with opened.open_state() as state:
        sealed = signed_state(opened, state, 1)

    assert code == 0
    assert "Z: holds" in capsys.readouterr().out
    assert sealed
    assert sealed.are_stamps_checked
    assert len(sealed.stamped_at) == 1


def test_a_token_of_an_authority_that_the_settings_do_not_know_stops_a_report(
    signed: Workspace, tsa: Tsa, tmp_path: Path
) -> None:
    stamped(signed, tsa)
    other = Tsa(tmp_path / "other", "Other TSA")
    shutil.copy(other.root, signed.folder / "roots.pem")
    with (signed.folder / "cellwarden.toml").open("a") as settings:
        settings.write('\n[ledger]\ntsa_roots = "roots.pem"\n')
    opened = open_workspace(signed.folder)

    with opened.open_state() as state, pytest.raises(IntegrityError, match="does not hold against"):
        signed_state(opened, state, 1)
