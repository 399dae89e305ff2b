"""What comes to stand beside a document that is known: later digests, signatures and keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import anyone_may_act
from tests.signing import Signer, signing

from cellwarden.advisories import feeds
from cellwarden.entry.cli import run
from cellwarden.model.advisories import Checked, Signature
from cellwarden.workflows.advisory.feed_checks import Settled, after
from cellwarden.workflows.fleet.init import init_workspace

OURS, STRANGER = "psirt@corvane.example", "stranger@corvane.example"
SIGNED = Checked(signature=Signature(state="checked", signer="AB" * 20))


@pytest.fixture(scope="module")
def signer() -> Iterator[Signer]:
    with signing() as made:
        yield made


class Fleet:
    """A workspace, and a stick with one advisory that is carried to it again and again."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "fleet"
        init_workspace(self.folder, operator="Northgate")
        anyone_may_act(self.folder)
        self.stick = place / "usb"
        self.stick.mkdir()
        self.advisory = self.stick / "cv-1.json"
        document = {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "https://corvane.example/vex/cv-1",
            "author": "Corvane Energy",
            "timestamp": "2026-11-10T00:00:00Z",
            "version": 1,
            "statements": [
                {
                    "vulnerability": {"name": "CV-1"},
                    "products": [{"@id": "pkg:generic/corvane/cv-1@1.0"}],
                    "status": "affected",
                }
            ],
        }
        self.advisory.write_text(json.dumps(document))

    def put(self, ending: str, content: bytes) -> None:
        self.advisory.with_name(self.advisory.name + ending).write_bytes(content)

    def sign(self, signer: Signer, name: str, data: bytes | None = None) -> None:
        signed = self.advisory.read_bytes() if data is None else data
        self.put(".asc", signer.sign(name, signed))

    def trust(self, signer: Signer, *names: str) -> None:
        """Name the keys of these providers, and no others, in the settings."""
        for name in names:
            (self.folder / f"{name}.asc").write_bytes(signer.key(name))
        settings = self.folder / "cellwarden.toml"
        lines = [line for line in settings.read_text().splitlines() if not line.startswith("keys")]
        keys = json.dumps([f"{name}.asc" for name in names])
        settings.write_text("\n".join(lines).replace("[feeds]", f"[feeds]\nkeys = {keys}", 1))

    def carry(self) -> int:
        return run(["feeds", "import", str(self.stick), "--workspace", str(self.folder)])

    def status(self, capsys: pytest.CaptureFixture[str]) -> str:
        capsys.readouterr()
        assert run(["feeds", "status", "--workspace", str(self.folder)]) == 0
        return capsys.readouterr().out


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def test_a_digest_file_that_comes_later_is_held_against_the_known_document(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.carry()
    before = fleet.status(capsys)
    fleet.put(".sha256", hashlib.sha256(fleet.advisory.read_bytes()).hexdigest().encode())

    code = fleet.carry()
    said = capsys.readouterr()
    after_it = fleet.status(capsys)
    again = fleet.carry()
    said_again = capsys.readouterr()

    assert (code, again) == (0, 0)
    assert "agree with a digest file: 0 of 1" in before
    assert said.out.startswith("entry ")
    assert "1 known document with something new beside them" in said.err
    assert "agree with a digest file: 1 of 1 (100 %)" in after_it
    assert said_again.out.startswith("nothing new")
    assert "beside" not in said_again.err


def test_a_signature_is_checked_once_its_key_is_given(
    fleet: Fleet, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.sign(signer, OURS)
    fleet.carry()
    without = fleet.status(capsys)
    fleet.trust(signer, OURS)

    fleet.carry()
    said = capsys.readouterr()
    with_key = fleet.status(capsys)
    fleet.carry()
    again = capsys.readouterr()

    assert "? 1 signed, not checked: no key is given" in without
    assert "1 signature checked against the keys of the settings" in said.err
    assert "signature checked: 1 of 1 (100 %)" in with_key
    assert "not checked" not in with_key
    assert again.out.startswith("nothing new")


def test_a_scan_checks_a_signature_that_came_to_lie_in_its_folder(
    fleet: Fleet, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.trust(signer, OURS)
    settings = fleet.folder / "cellwarden.toml"
    text = settings.read_text().replace('["advisories"]', f'["{fleet.stick}"]', 1)
    settings.write_text(text)
    run(["scan", str(fleet.folder)])
    fleet.sign(signer, OURS)

    run(["scan", str(fleet.folder)])

    assert "signature checked: 1 of 1" in fleet.status(capsys)


def test_a_key_that_is_still_lacking_is_named_and_told_once(
    fleet: Fleet, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.trust(signer, OURS)
    fleet.sign(signer, STRANGER)
    fleet.carry()

    fleet.carry()

    assert capsys.readouterr().out.rpartition("\n")[0].rpartition("\n")[2].startswith("nothing")
    assert "is not among feeds.keys" in fleet.status(capsys)


def test_a_wrong_signature_of_a_known_document_ends_with_4_and_stays_told(
    fleet: Fleet, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.trust(signer, OURS)
    fleet.carry()
    fleet.sign(signer, OURS, b"something else")

    code = fleet.carry()
    told = fleet.status(capsys)
    size_before = told_size(fleet)
    code_again = fleet.carry()

    assert (code, code_again) == (4, 4)
    assert told_size(fleet) == size_before
    assert "! usb/cv-1.json: the signature beside it is wrong" in told
    assert "ask the provider" in told


def test_a_digest_that_disagrees_later_is_told_until_one_agrees(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.carry()
    fleet.put(".sha256", b"0" * 64)

    code = fleet.carry()
    wrong = fleet.status(capsys)
    fleet.put(".sha256", hashlib.sha256(fleet.advisory.read_bytes()).hexdigest().encode())
    mended = fleet.carry()
    right = fleet.status(capsys)

    assert (code, mended) == (4, 0)
    assert "! usb/cv-1.json: its sha256 digest is" in wrong
    assert "agree with a digest file: 0 of 1" in wrong
    assert "!" not in right
    assert "agree with a digest file: 1 of 1" in right


def unreadable(fleet: Fleet) -> list[str]:
    from cellwarden.workflows.workspace import open_workspace

    with open_workspace(fleet.folder).open_state() as state:
        connection = state.connect(as_of="9999")
        found = connection.sql("select file from unreadable").fetchall()
        connection.close()
    return [file for (file,) in found]


@pytest.mark.parametrize("comes_first", [True, False])
def test_a_document_that_is_mended_is_unreadable_no_longer(
    fleet: Fleet, *, comes_first: bool
) -> None:
    other = fleet.advisory.read_bytes().replace(b"cv-1", b"cv-2")
    (fleet.stick / "cv-2.json").write_bytes(other)
    if comes_first:
        fleet.carry()
    fleet.put(".sha256", b"0" * 64)
    fleet.carry()
    before = unreadable(fleet)
    fleet.put(".sha256", hashlib.sha256(fleet.advisory.read_bytes()).hexdigest().encode())

    fleet.carry()
    after_it, size = unreadable(fleet), told_size(fleet)
    fleet.carry()

    assert (before, after_it) == (["usb/cv-1.json"], [])
    assert told_size(fleet) == size


def test_a_broken_document_that_is_replaced_is_unreadable_no_longer(fleet: Fleet) -> None:
    whole = fleet.advisory.read_bytes()
    other = fleet.stick / "cv-2.json"
    other.write_bytes(whole[:100])
    fleet.carry()
    before = unreadable(fleet)
    other.write_bytes(whole.replace(b"cv-1", b"cv-2"))

    fleet.carry()

    assert (before, unreadable(fleet)) == (["usb/cv-2.json"], [])


def test_a_signature_counts_no_longer_once_its_key_is_taken_out(
    fleet: Fleet, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.sign(signer, OURS)
    fleet.trust(signer, OURS)
    fleet.carry()
    fleet.trust(signer, STRANGER)

    fleet.carry()

    told = fleet.status(capsys)
    assert "signature checked: 0 of 1" in told
    assert "is not among feeds.keys" in told


def told_size(fleet: Fleet) -> int:
    from cellwarden.workflows.workspace import open_workspace

    with open_workspace(fleet.folder).open_state() as state:
        return state.log.size()


class Ring:
    """A ring that knows some keys and counts what it is asked."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.asked: list[bytes] = []

    def verify(self, data: bytes, signature: bytes) -> Signature:
        self.asked.append(data)
        return Signature(state="checked", signer=signature.decode())

    def knows(self, key: str) -> bool:
        return any(each.endswith(key) for each in self.keys)

    def mark(self) -> str:
        return " ".join(self.keys)


def test_a_signature_that_is_checked_is_not_verified_again() -> None:
    ring = Ring("AB" * 20)
    settled = Settled(ring, {hashlib.sha256(b"old").hexdigest(): SIGNED})

    old, fresh = settled.verify(b"old", b"AB"), settled.verify(b"fresh", b"AB")

    assert (old, fresh.signer) == (SIGNED.signature, "AB")
    assert ring.asked == [b"fresh"]


signatures = st.one_of(
    st.just(Signature()),
    st.just(SIGNED.signature),
    st.sampled_from(
        [feeds.NO_KEYS, feeds.NO_GNUPG, feeds.NOT_JUDGED, "the key AB is not among feeds.keys"]
    ).map(lambda why: Signature(state="not checked", why=why)),
    st.just(Signature(state="wrong", why="it is not over these bytes")),
)
seen = st.one_of(
    st.builds(
        Checked,
        digests=st.sampled_from([(), ("sha256",), ("sha256", "sha512")]),
        signature=signatures,
    ),
    st.just(Checked(contradiction="its sha256 digest is another one")),
)


@given(before=seen, now=seen)
def test_the_same_sight_a_second_time_is_no_news(before: Checked, now: Checked) -> None:
    once = after(before, now)

    assert after(once, now) == once


@given(before=seen)
def test_a_document_alone_changes_nothing(before: Checked) -> None:
    assert after(before, Checked()) == before


@given(before=seen, now=seen)
def test_what_objects_is_never_passed_over(before: Checked, now: Checked) -> None:
    if now.objection:
        assert after(before, now).objection
