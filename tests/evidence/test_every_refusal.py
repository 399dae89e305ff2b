"""Each refusal of the verifier is met by an attack, and none of them can be left out unseen."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import stat
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.evidence.conftest import Packed, files_of, resealed

from cellwarden.ledger.checkpoints import Checkpoint, sign_checkpoint
from cellwarden.ledger.keys import KeyType, SignerKey, generate_key
from cellwarden.ledger.notes import encode_note
from cellwarden.reports.evidence import packing, verify

Files = dict[str, bytes]
Attack = Callable[[Files], bytes]


def a_key(name: str, type_: int = 1, length: int = 32) -> str:
    """A verifier key with the right id, of nobody."""
    raw = bytes([type_]) + bytes(length)
    short = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    return f"{name}+{short}+{base64.b64encode(raw).decode()}"


def with_comment(whole: bytes) -> bytes:
    """A zip whose comment is the digest of what stands before it."""
    body = whole[:-71]
    return body + b"sha256:" + hashlib.sha256(body).hexdigest().encode()


def zipped_by_hand(members: list[tuple[str, bytes, int]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            pack.writestr(info, data, zipfile.ZIP_DEFLATED)
        pack.comment = b" " * 71
    return with_comment(out.getvalue())


def manifest_of(change: Callable[[dict[str, Any]], object]) -> Attack:
    def attack(files: Files) -> bytes:
        told = json.loads(files["manifest.json"])
        change(told)
        return packing.zipped(files | {"manifest.json": json.dumps(told).encode()})

    return attack


def with_files(change: Callable[[Files], object]) -> Attack:
    """An attacker changes files, then makes manifest and zip fit again."""

    def attack(files: Files) -> bytes:
        changed = {name: data for name, data in files.items() if name != "manifest.note"}
        change(changed)
        return resealed(changed)

    return attack


def line_of(name: str, change: Callable[[dict[str, Any]], object], at: int = 0) -> Attack:
    """As :func:`with_files`, in one JSON value of a file of lines."""

    def alter(files: Files) -> None:
        lines = files[name].splitlines()
        value = json.loads(lines[at])
        change(value)
        lines[at] = json.dumps(value).encode()
        files[name] = b"".join(line + b"\n" for line in lines)

    return with_files(alter)


def replaced(name: str, old: bytes, new: bytes) -> Attack:
    def alter(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return with_files(alter)


def foreign(files: Files) -> tuple[SignerKey, dict[str, Any]]:
    told = json.loads(files["manifest.json"])
    return generate_key(told["origin"], KeyType.LOG), told


def signed_by_a_stranger(files: Files) -> None:
    """A checkpoint of the right text; the key that signed it isn't the pack's."""
    key, told = foreign(files)
    root = bytes.fromhex(told["root"])
    checkpoint = Checkpoint(origin=told["origin"], size=told["size"], root=root)
    files["checkpoint.note"] = encode_note(sign_checkpoint(checkpoint, key))


def short_root(files: Files) -> None:
    text, _, block = files["checkpoint.note"].decode().rpartition("\n\n")
    origin, size, _ = (text + "\n").split("\n")[:3]
    files["checkpoint.note"] = f"{origin}\n{size}\nAAAA\n\n{block}".encode()


def negative_size(files: Files) -> None:
    text, _, block = files["checkpoint.note"].decode().rpartition("\n\n")
    origin, _, root = (text + "\n").split("\n")[:3]
    files["checkpoint.note"] = f"{origin}\n-1\n{root}\n\n{block}".encode()


def origin_of(files: Files) -> str:
    return str(json.loads(files["manifest.json"])["origin"])


def size_of(files: Files) -> int:
    return int(json.loads(files["manifest.json"])["size"])


def flipped_signature(files: Files) -> None:
    text, _, line = files["checkpoint.note"].decode().rstrip("\n").rpartition("\n")
    dash, name, encoded = line.split(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[20] ^= 1
    files["checkpoint.note"] = (
        f"{text}\n{dash} {name} {base64.b64encode(bytes(raw)).decode()}\n".encode()
    )


def more_lines(name: str, *lines: bytes) -> Attack:
    def alter(files: Files) -> None:
        files[name] = files.get(name, b"") + b"".join(line + b"\n" for line in lines)

    return with_files(alter)


def listed_document(**cells: object) -> Attack:
    about = {"file": "documents/x", "sha256": "0" * 64, "commitment": None, "salt": None}
    line = json.dumps(about | cells).encode()

    def alter(files: Files) -> None:
        files["documents/x"] = b"a paper"
        files["documents.jsonl"] = files.get("documents.jsonl", b"") + line + b"\n"

    return with_files(alter)


def another_paper(files: Files) -> None:
    digest = next(
        one["document_sha256"]
        for one in map(json.loads, files["entries.jsonl"].splitlines())
        if one.get("document_sha256") and not one.get("document_commitment")
    )
    files["documents/x"] = b"another paper"
    line = {"file": "documents/x", "sha256": digest, "commitment": None, "salt": None}
    files["documents.jsonl"] = files.get("documents.jsonl", b"") + json.dumps(line).encode() + b"\n"


def twice(files: Files) -> None:
    """The same proven rows, and their proof, a second time."""
    for name in ("rows/site.jsonl", "rows/site.proof.jsonl"):
        files[name] += files[name]


def said_twice(files: Files) -> bytes:
    told = files["manifest.json"].replace(b"{", b'{"size": 1,', 1)
    return packing.zipped(files | {"manifest.json": told})


def without(name: str) -> Attack:
    return with_files(lambda files: files.pop(name))


def bare(files: Files) -> list[tuple[str, bytes, int]]:
    return [(name, data, stat.S_IFREG | 0o644) for name, data in files.items()]


ATTACKS: dict[str, Attack] = {
    "an odd name": lambda f: zipped_by_hand([*bare(f), ("../x", b"", stat.S_IFREG)]),
    "a link": lambda f: zipped_by_hand([*bare(f), ("x", b"/etc", stat.S_IFLNK)]),
    "a pipe": lambda f: zipped_by_hand([*bare(f), ("x", b"", stat.S_IFIFO)]),
    "a bomb": lambda f: zipped_by_hand([*bare(f), ("x", bytes(200 << 20), stat.S_IFREG)]),
    "a cut": lambda f: resealed(f)[:-200],
    "a byte of the container": lambda f: resealed(f).replace(b"\x00\xa4\x81", b"\x00\xb4\x81", 1),
    "no manifest": lambda f: packing.zipped({k: v for k, v in f.items() if k != "manifest.json"}),
    "another format": manifest_of(lambda told: told.update(format="other/1")),
    "a shape of its own": manifest_of(lambda told: told.update(files=3)),
    "no JSON": lambda f: packing.zipped(f | {"manifest.json": b"{"}),
    "one thing twice": said_twice,
    "a file that is missing": lambda f: packing.zipped(
        {k: v for k, v in f.items() if k != "findings.csv"}
    ),
    "a file too many": lambda f: packing.zipped(f | {"x": b""}),
    "another byte": lambda f: packing.zipped(f | {"findings.csv": f["findings.csv"][:-1] + b"x"}),
    "no entries": without("entries.jsonl"),
    "no keys": without("keys.txt"),
    "a short root": with_files(short_root),
    "a size below nothing": lambda f: with_files(negative_size)(
        f | {"manifest.json": json.dumps(json.loads(f["manifest.json"]) | {"size": -1}).encode()}
    ),
    "another size": manifest_of(lambda told: told.update(size=told["size"] + 1)),
    "another text to stamp": more_lines("checkpoint.txt", b"other"),
    "a foreign key": more_lines("keys.txt", a_key("other").encode()),
    "no key": more_lines("keys.txt", b"nothing"),
    "a damaged key": more_lines("keys.txt", b"other+00000000+" + a_key("x").encode()[-44:]),
    "a key that is too short": more_lines("keys.txt", a_key("other", 1, 31).encode()),
    "a key of no known type": more_lines("keys.txt", a_key("other", 2).encode()),
    "a cosigner's key as the log's": lambda f: with_files(
        lambda g: g.update({"keys.txt": g["keys.txt"] + a_key(origin_of(f), 4).encode() + b"\n"})
    )(f),
    "a stranger's signature": with_files(signed_by_a_stranger),
    "a false signature": with_files(flipped_signature),
    "no note": with_files(lambda g: g.update({"checkpoint.note": b"x\n"})),
    "a note without end": with_files(
        lambda f: f.update({"checkpoint.note": f["checkpoint.note"][:-1]})
    ),
    "a note with another dash": replaced("checkpoint.note", "\u2014".encode(), b"-"),
    "a note in another alphabet": replaced("checkpoint.note", "\u2014".encode(), b"\xff"),
    "conclusions of another pack": lambda f: packing.zipped(
        files_of(with_files(lambda g: g.update({"findings.csv": b"x\n"}))(f))
        | {"manifest.note": f["manifest.note"]}
    ),
    "an entry too many": more_lines("entries.jsonl", b"{}"),
    "an entry too few": with_files(
        lambda f: f.update({"entries.jsonl": f["entries.jsonl"].split(b"\n", 1)[1]})
    ),
    "an entry without end": with_files(
        lambda f: f.update({"entries.jsonl": f["entries.jsonl"][:-1]})
    ),
    "another actor": replaced("entries.jsonl", b'"actor":"tester"', b'"actor":"mallet"'),
    "a place that is not there": line_of(
        "entries.proof.json", lambda v: v["entries"].append([10**9, 10**9])
    ),
    "places backwards": line_of("entries.proof.json", lambda v: v["entries"].reverse()),
    "a place twice": line_of(
        "entries.proof.json", lambda v: v["entries"].insert(0, v["entries"][0])
    ),
    "a place after the last": lambda f: line_of(
        "entries.proof.json", lambda v: v["entries"].append([size_of(f), size_of(f)])
    )(f),
    "a place that is no number": line_of(
        "entries.proof.json", lambda v: v["entries"].insert(0, [False, False])
    ),
    "a hash too many": line_of("entries.proof.json", lambda v: v["beside"].append("0" * 64)),
    "a hash too few": line_of("entries.proof.json", lambda v: v["beside"].pop()),
    "a hash that is none": line_of("entries.proof.json", lambda v: v["beside"].append("zz")),
    "rows without proofs": more_lines("rows/stray.jsonl", b"[]"),
    "proofs without rows": more_lines("rows/stray.proof.jsonl", b"{}"),
    "rows of an entry that is not here": line_of(
        "rows/site.proof.jsonl", lambda v: v.update(entry=10**6)
    ),
    "rows that no entry commits to": line_of("rows/site.proof.jsonl", lambda v: v.update(entry=0)),
    "rows twice": with_files(twice),
    "another row": replaced("rows/site.jsonl", b"NG", b"XG"),
    "a row too many": more_lines("rows/site.jsonl", b"[]"),
    "a row digest too many": line_of(
        "rows/site.proof.jsonl", lambda v: v["digests"].append("0" * 64)
    ),
    "a document that is not here": listed_document(file="documents/y"),
    "a document that nothing names": listed_document(),
    "another document": with_files(another_paper),
    "a document that nobody lists": with_files(lambda f: f.update({"documents/x": b"x"})),
    "an opened cell of no row": line_of("opened.jsonl", lambda v: v.update(row=10**6)),
    "an opened cell of another name": line_of("opened.jsonl", lambda v: v.update(value="Other")),
}  # fmt: skip
NAMED = "0" * 64  # a fingerprint that signed nothing


def refusals(source: str) -> dict[int, ast.Expr | ast.Raise]:
    """Where a program refuses: its calls of check and its raised Bad, by line."""
    return {
        node.lineno: node
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Raise) and node.exc is not None)
        or (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "check"
        )
    }


def outcome(program: types.ModuleType, path: Path, keys: list[str]) -> tuple[str, set[int]]:
    """The verdict or the complaint, and the lines of the program that it came from."""
    try:
        return program.verify(str(path), keys)[0], set()
    except program.Bad as bad:
        lines = set()
        caught: BaseException | None = bad
        while caught is not None:
            trace = caught.__traceback__
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == program.__file__:
                    lines.add(trace.tb_lineno)
                trace = trace.tb_next
            caught = caught.__cause__
        return str(bad), lines
    except Exception as error:  # noqa: BLE001 - a program with a hole may fail in any way
        return f"crash: {error!r}", set()


def without_line(source: str, node: ast.stmt, path: Path) -> types.ModuleType:
    """The program with one refusal taken out."""
    lines = source.splitlines()
    indent = lines[node.lineno - 1][: node.col_offset]
    lines[node.lineno - 1 : node.end_lineno] = [indent + "pass"] + [""] * (
        (node.end_lineno or node.lineno) - node.lineno
    )
    program = types.ModuleType("verify_with_a_hole")
    program.__file__ = str(path)
    exec(compile("\n".join(lines), str(path), "exec"), program.__dict__)  # noqa: S102 - our own file
    return program


@pytest.fixture(scope="module")
def attacked(
    small: Packed, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, list[str]]]:
    """Every attack as a file, with the keys that are asked for."""
    folder = tmp_path_factory.mktemp("attacked")
    made: dict[str, tuple[Path, list[str]]] = {}
    for name, attack in ATTACKS.items():
        path = folder / f"{name.replace(' ', '-')}.zip"
        path.write_bytes(attack(files_of(small.data)))
        made[name] = path, []
    twice_named = folder / "twice.zip"
    with pytest.warns(UserWarning, match="Duplicate"):
        twice_named.write_bytes(
            zipped_by_hand([*bare(files_of(small.data)), ("findings.csv", b"x", 0)])
        )
    made["a name twice"] = twice_named, []
    made["a key that did not sign"] = small.path, [NAMED]
    made["a key that is none"] = small.path, ["nonsense"]
    return made


def test_every_refusal_is_met_by_an_attack_and_needed(
    small: Packed, attacked: dict[str, tuple[Path, list[str]]]
) -> None:
    path = Path(verify.__file__)
    source = path.read_text("utf-8")
    asked = refusals(source)
    said = {name: outcome(verify, *pack) for name, pack in attacked.items()}
    met: dict[int, list[str]] = {}
    for name, (_, lines) in said.items():
        for line in lines & asked.keys():
            met.setdefault(line, []).append(name)
    own = {"raise Bad(message)", "this verifier fails", "this verifier believes", "a name stands"}
    text = source.splitlines()

    for name, (words, _) in said.items():
        assert words not in {"verified", "consistent, origin unproven"}, name
        assert not words.startswith("crash"), name
    assert outcome(verify, small.path, [small.fingerprint])[0] == "verified"
    for line, node in sorted(asked.items()):
        if any(word in text[line - 1] for word in own):
            continue
        assert line in met, f"no attack meets line {line}: {text[line - 1].strip()}"
        holed = without_line(source, node, path)
        assert any(outcome(holed, *attacked[name])[0] != said[name][0] for name in met[line]), (
            f"line {line} could be left out: {text[line - 1].strip()}"
        )
