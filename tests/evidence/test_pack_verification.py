"""A pack holds, or the verifier says what is wrong and where; nothing changed goes unseen."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evidence.conftest import Packed, complaint, files_of, manifest_text, resealed

from cellwarden.entry.cli import run
from cellwarden.ledger.checkpoints import Checkpoint, decode_checkpoint, sign_checkpoint
from cellwarden.ledger.keys import KeyType, SignerKey, encode_verifier, generate_key
from cellwarden.ledger.notes import Note, decode_note, encode_note, sign_note
from cellwarden.reports.evidence import packing, verify


def unpacked(pack: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        opened.extractall(folder)
    return folder


def zipped_by_hand(files: dict[str, bytes], *, twice: str = "", link: str = "") -> bytes:
    """A zip with the right digest in its comment, whatever it holds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if name == link else stat.S_IFREG) | 0o644) << 16
            pack.writestr(info, data, zipfile.ZIP_DEFLATED)
        if twice:
            with pytest.warns(UserWarning, match="Duplicate"):
                pack.writestr(twice, b"other")
        pack.comment = b" " * 71
    body = out.getvalue()[:-71]
    return body + b"sha256:" + hashlib.sha256(body).hexdigest().encode()


@pytest.mark.parametrize("name", ["small", "whole"])
def test_a_pack_holds_and_a_known_key_proves_its_origin(
    name: str, request: pytest.FixtureRequest
) -> None:
    pack: Packed = request.getfixturevalue(name)
    key = encode_verifier(pack.done.keys[0])

    assert verify.verify(str(pack.path))[0] == "consistent, origin unproven"
    assert verify.verify(str(pack.path), [pack.fingerprint])[0] == "verified"
    assert verify.verify(str(pack.path), [pack.fingerprint.upper()])[0] == "verified"
    assert verify.verify(str(pack.path), [key])[0] == "verified"


def test_the_program_runs_alone_on_zip_and_folder(small: Packed, tmp_path: Path) -> None:
    folder = unpacked(small.data, tmp_path / "pack")
    program = folder / "verify.py"
    bare = {"PATH": os.environ["PATH"]}

    for words in ([small.path], [folder], []):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", program, *words, "--key", small.fingerprint],
            capture_output=True,
            text=True,
            env=bare,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("\nverified\n")
        assert max(map(len, done.stdout.splitlines())) <= 80
    (folder / "findings.json").write_bytes(b"[]\n")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "findings.json" in done.stdout
    assert done.stdout.endswith("NOT VERIFIED\n")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_a_changed_byte_anywhere_in_the_zip_is_seen(
    small: Packed, tmp_path: Path, where: float, change: int
) -> None:
    data = bytearray(small.data)
    data[int(where * len(data))] ^= change

    assert complaint(bytes(data), tmp_path)


def test_a_changed_byte_in_any_file_of_the_folder_is_seen_and_named(
    small: Packed, tmp_path: Path
) -> None:
    folder = unpacked(small.data, tmp_path / "pack")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        kept = path.read_bytes()
        changed = bytearray(kept)
        changed[len(kept) // 2] ^= 1
        path.write_bytes(bytes(changed))

        with pytest.raises(verify.Bad) as caught:
            verify.verify(str(folder))

        assert path.name.split(".")[0] in str(caught.value), path.name
        path.write_bytes(kept)
    assert verify.verify(str(folder), [small.fingerprint])[0] == "verified"


def test_a_missing_and_an_extra_file_are_named(small: Packed, tmp_path: Path) -> None:
    files = files_of(small.data)
    missing = {name: data for name, data in files.items() if name != "findings.csv"}
    extra = files | {"extra.txt": b"look here"}

    assert "'findings.csv': is in the manifest and missing" in complaint(
        packing.zipped(missing), tmp_path
    )
    assert "'extra.txt': is in the pack and not in the manifest" in complaint(
        packing.zipped(extra), tmp_path
    )


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "/etc/passwd", "a/../b", "C:\\evil", "a\\b", ".hidden", "a//b", "x\x1b[2J", ""],
)
def test_a_name_that_leads_elsewhere_is_refused(small: Packed, tmp_path: Path, name: str) -> None:
    files = files_of(small.data) | {name: b"evil"}

    said = complaint(zipped_by_hand(files), tmp_path)

    assert "is no name for a file in a pack" in said or "cannot be read as a zip" in said
    assert "\x1b" not in said


def test_one_name_twice_a_link_and_a_link_in_a_folder_are_refused(
    small: Packed, tmp_path: Path
) -> None:
    files = files_of(small.data)
    folder = unpacked(small.data, tmp_path / "pack")
    (folder / "coverage" / "link.json").symlink_to("/etc/hostname")

    twice = complaint(zipped_by_hand(files, twice="findings.csv"), tmp_path)
    link = complaint(zipped_by_hand(files, link="findings.csv"), tmp_path)
    with pytest.raises(verify.Bad, match="link"):
        verify.verify(str(folder))

    assert "'findings.csv': stands twice" in twice
    assert "'findings.csv': is a link" in link


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_pack_is_refused(small: Packed, tmp_path: Path, part: float) -> None:
    said = complaint(small.data[: int(len(small.data) * part)], tmp_path)

    assert "cut short or damaged" in said


def test_a_zip_bomb_is_refused_before_it_is_unpacked(small: Packed, tmp_path: Path) -> None:
    bomb = zipped_by_hand(files_of(small.data) | {"zeros": bytes(300 << 20)})

    assert len(bomb) < 1 << 20
    assert "zip bomb" in complaint(bomb, tmp_path)


def test_a_pack_that_was_zipped_anew_says_what_to_do(small: Packed, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, data in files_of(small.data).items():
            pack.writestr(name, data)

    assert "unpack it and verify the folder" in complaint(out.getvalue(), tmp_path)


def other_log(pack: bytes) -> tuple[SignerKey, bytes]:
    """A key of the same name, and its checkpoint of as many other entries."""
    held = decode_checkpoint(decode_note(files_of(pack)["checkpoint.note"]).text)
    key = generate_key(held.origin, KeyType.LOG)
    root = hashlib.sha256(b"other").digest()
    checkpoint = Checkpoint(origin=held.origin, size=held.size, root=root)
    return key, encode_note(sign_checkpoint(checkpoint, key))


def test_the_checkpoint_of_another_log_is_refused(small: Packed, tmp_path: Path) -> None:
    files = files_of(small.data)
    stranger = generate_key("other.example/ledger", KeyType.LOG)
    foreign = Checkpoint(origin="other.example/ledger", size=3, root=bytes(32))
    note = encode_note(sign_checkpoint(foreign, stranger))

    said = complaint(resealed(files | {"checkpoint.note": note}), tmp_path)

    assert "checkpoint.note: is of another log, other.example/ledger" in said


def test_a_checkpoint_by_a_made_up_key_does_not_cover_these_entries(
    small: Packed, tmp_path: Path
) -> None:
    files = files_of(small.data)
    key, note = other_log(small.data)
    forged = files | {
        "checkpoint.note": note,
        "keys.txt": f"{encode_verifier(key.verifier)}\n".encode(),
    }

    said = complaint(resealed(forged), tmp_path)

    assert "entries.txt: these entries lead to the root" in said


def test_another_logs_key_of_the_same_name_proves_nothing_about_this_one(
    small: Packed, tmp_path: Path
) -> None:
    files = files_of(small.data)
    key, _ = other_log(small.data)
    held = decode_checkpoint(decode_note(files["checkpoint.note"]).text)
    files["checkpoint.note"] = encode_note(sign_checkpoint(held, key))

    unknown = complaint(resealed(files), tmp_path)
    files["keys.txt"] = f"{encode_verifier(key.verifier)}\n".encode()
    named = complaint(resealed(files), tmp_path, small.fingerprint)
    told = verify.verify(str(tmp_path / "changed.zip"))

    assert "checkpoint.note: no key in keys.txt signed it" in unknown
    assert f"the key '{small.fingerprint}', which you named, did not sign it" in named
    assert told[0] == "consistent, origin unproven"


def changed_lines(
    name: str, change: Callable[[list[bytes]], list[bytes]]
) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda files: {name: b"\n".join([*change(files[name].splitlines()), b""])}


def of_site(change: Callable[[bytes], bytes]) -> Callable[[list[bytes]], list[bytes]]:
    """A change of the first row that tells of a site."""

    def apply(lines: list[bytes]) -> list[bytes]:
        at = next(n for n, line in enumerate(lines) if b"\tsite\t[" in line)
        return [*lines[:at], change(lines[at]), *lines[at + 1 :]]

    return apply


@pytest.mark.parametrize(
    ("attack", "place"),
    [
        (changed_lines("entries.txt", lambda lines: lines[::-1]), "entries.txt"),
        (changed_lines("entries.txt", lambda lines: lines[:-1]), "entries.txt"),
        (changed_lines("entries.txt", lambda lines: [*lines, b"{}"]), "entries.txt"),
        (
            changed_lines(
                "entries.txt", lambda lines: [lines[0].replace(b"tester", b"mallet"), *lines[1:]]
            ),
            "entries.txt",
        ),
        (changed_lines("entries.txt", lambda _: []), "entries.txt"),
        (changed_lines("rows.txt", lambda lines: lines[::-1]), "rows.txt, "),
        (changed_lines("rows.txt", lambda lines: lines[1:]), "rows.txt, "),
        (changed_lines("rows.txt", of_site(lambda line: line[:-2] + b'x"]')), "rows.txt, site"),
        (changed_lines("rows.txt", of_site(lambda line: b"9" + line)), "rows.txt, site rows"),
        (
            changed_lines("rows.txt", of_site(lambda line: line.replace(b".", b".9", 1))),
            "rows.txt, site rows",
        ),
        (
            changed_lines("rows.txt", of_site(lambda line: line.split(b"\t")[0])),
            "rows.txt: is cut short or damaged",
        ),
        (changed_lines("rows.txt", lambda lines: [*lines, b"0.0\tstray\t[]"]), "rows.txt, stray"),
        (lambda _files: {"documents/" + "0" * 64: b"x"}, "documents/000"),
        (lambda _files: {"keys.txt": b"nobody+00000000+AAAA\n"}, "nobody"),
    ],
)
def test_a_proof_for_another_leaf_is_refused_with_the_place(
    small: Packed,
    tmp_path: Path,
    attack: Callable[[dict[str, bytes]], dict[str, bytes]],
    place: str,
) -> None:
    files = files_of(small.data)

    said = complaint(resealed(files | attack(files)), tmp_path)

    assert place in said


def opened_of(files: dict[str, bytes]) -> list[dict[str, str]]:
    return [json.loads(line) for line in files["opened.jsonl"].splitlines()]


def test_a_disclosed_name_that_is_not_the_committed_one_is_refused(
    whole: Packed, tmp_path: Path
) -> None:
    files = files_of(whole.data)
    lines = opened_of(files)
    lines[0]["value"] = "Somebody Else"
    encoded = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    said = complaint(resealed(files | {"opened.jsonl": encoded}), tmp_path)

    assert "fits no commitment in a proven entry or row" in said
    assert "opened.jsonl: " in said
    assert lines[0]["commitment"] in said


def test_a_document_that_is_not_the_named_one_is_refused(whole: Packed, tmp_path: Path) -> None:
    files = files_of(whole.data)
    sealed = {one["file"] for one in opened_of(files) if "file" in one}
    plain = {name for name in files if name.startswith("documents/")} - sealed
    for name in (min(sealed), min(plain)):
        said = complaint(resealed(files | {name: b"another paper"}), tmp_path)
        assert name in said


def test_conclusions_changed_by_somebody_without_the_key_are_never_called_verified(
    small: Packed, tmp_path: Path
) -> None:
    files = files_of(small.data) | {"findings.json": b"[]\n"}
    kept_note = resealed(files)
    path = tmp_path / "forged.zip"
    path.write_bytes(kept_note)

    verdict, report = verify.verify(str(path), [small.fingerprint])

    assert verdict == "facts verified, conclusions unsigned"
    assert any(label == "NOT SIGNED" for label, _ in report)
    again = files_of(kept_note) | {"manifest.note": files["manifest.note"]}
    assert "'findings.json': has other bytes" in complaint(packing.zipped(again), tmp_path)
    old = files["manifest.note"].decode().rpartition("\n\n")[2].encode()
    moved = files_of(kept_note)
    moved["manifest.note"] += old
    assert "manifest.note: the signature of" in complaint(packing.zipped(moved), tmp_path)


def test_a_second_key_of_the_same_name_cannot_sign_the_conclusions(
    small: Packed, tmp_path: Path
) -> None:
    files = files_of(small.data)
    key, _ = other_log(small.data)
    files["keys.txt"] += f"{encode_verifier(key.verifier)}\n".encode()
    files["findings.json"] = b"[]\n"
    forged = files_of(resealed(files))
    text = manifest_text(forged)
    forged["manifest.note"] = encode_note(sign_note(Note(text=text, signatures=()), key, at_s=0))
    path = tmp_path / "forged.zip"
    path.write_bytes(packing.zipped(forged))

    verdict, _ = verify.verify(str(path), [small.fingerprint])

    assert verdict == "facts verified, conclusions unsigned"


def test_a_false_signature_and_a_key_that_did_not_sign_are_refused(
    small: Packed, tmp_path: Path
) -> None:
    files = files_of(small.data)
    note = decode_note(files["checkpoint.note"])
    line = files["checkpoint.note"].decode().splitlines()[-1]
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[-1] ^= 1
    broken = f"{note.text}\n\u2014 {note.signatures[0].name} {base64.b64encode(raw).decode()}\n"

    said = complaint(resealed(files | {"checkpoint.note": broken.encode()}), tmp_path)
    stranger = generate_key("auditor.example", KeyType.COSIGNER).verifier

    assert "checkpoint.note: the signature of" in said
    assert stranger.fingerprint in complaint(small.data, tmp_path, encode_verifier(stranger))
    assert "'000" in complaint(small.data, tmp_path, "0" * 63)
    assert "which you named, did not sign it" in complaint(small.data, tmp_path, "nonsense")
    assert "'non+sense': is cut short or damaged" in complaint(small.data, tmp_path, "non+sense")


def test_a_cosigner_that_is_named_is_checked_and_told(small: Packed, tmp_path: Path) -> None:
    files = files_of(small.data)
    auditor = generate_key("auditor.example", KeyType.COSIGNER)
    note = sign_note(decode_note(files["checkpoint.note"]), auditor, at_s=1_795_000_000)
    path = tmp_path / "cosigned.zip"
    path.write_bytes(resealed(files | {"checkpoint.note": encode_note(note)}))

    _, report = verify.verify(str(path), [small.fingerprint, encode_verifier(auditor.verifier)])

    assert any("auditor.example+" in words for _, words in report)


def test_our_own_command_ends_with_4_for_what_does_not_hold_and_2_for_nothing(
    small: Packed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(small.data[:-1000])

    assert run(["evidence", "verify", str(small.path), "--key", small.fingerprint]) == 0
    assert capsys.readouterr().out.endswith("\nverified\n")
    assert run(["evidence", "verify", str(broken)]) == 4
    told = capsys.readouterr().err
    assert "cut short or damaged" in told
    assert "next:" in told
    assert run(["evidence", "verify", str(tmp_path / "none.zip")]) == 2


def test_the_command_writes_a_pack_and_says_what_to_hand_over(
    small: Packed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "by-command.zip"
    words = ["evidence", "pack", str(target), "-w", str(small.workspace.folder)]

    assert run([*words, "--scope", "NG3", "--framework", "nis2", "--to", "An auditor"]) == 0
    told = capsys.readouterr()
    assert verify.verify(str(target), [small.fingerprint])[0] == "verified"
    assert small.fingerprint in told.err
    assert max(map(len, told.out.splitlines()[1:])) <= 80
    assert run([*words, "--scope", "NG9"]) == 2
    assert run([*words, "--framework", "nis9"]) == 2
    assert run([*words, "--period", "2026-02-01", "2026-01-01"]) == 2
