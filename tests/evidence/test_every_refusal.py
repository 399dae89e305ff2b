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

import pytest
from msgspec import structs
from tests.evidence.conftest import Packed, files_of, manifest_text, resealed, unsigned

from cellwarden.ledger.checkpoints import Checkpoint, decode_checkpoint, sign_checkpoint
from cellwarden.ledger.keys import KeyType, SignerKey, encode_verifier, generate_key
from cellwarden.ledger.notes import decode_note, encode_note
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


def manifest_of(change: Callable[[list[str]], object]) -> Attack:
    """An attacker changes lines of the manifest and leaves everything else."""

    def attack(files: Files) -> bytes:
        lines = manifest_text(files).splitlines()
        change(lines)
        text = "".join(f"{line}\n" for line in lines)
        return packing.zipped(files | {"manifest.note": unsigned(text)})

    return attack


def with_files(change: Callable[[Files], object]) -> Attack:
    """An attacker changes files, then makes manifest and zip fit again."""

    def attack(files: Files) -> bytes:
        changed = dict(files)
        change(changed)
        return resealed(changed)

    return attack


def replaced(name: str, old: bytes, new: bytes) -> Attack:
    def alter(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return with_files(alter)


def foreign(files: Files) -> tuple[SignerKey, Checkpoint]:
    """A key of the same name, and the checkpoint of the pack."""
    held = decode_checkpoint(decode_note(files["checkpoint.note"]).text)
    return generate_key(held.origin, KeyType.LOG), held


def signed_by_a_stranger(files: Files) -> None:
    """A checkpoint of the right text; the key that signed it isn't the pack's."""
    key, checkpoint = foreign(files)
    files["checkpoint.note"] = encode_note(sign_checkpoint(checkpoint, key))


def root_line(change: Callable[[list[str]], object]) -> Callable[[Files], None]:
    """Other lines in the checkpoint's text, its signatures as they were."""

    def alter(files: Files) -> None:
        text, _, block = files["checkpoint.note"].decode().rpartition("\n\n")
        lines = text.split("\n")
        change(lines)
        files["checkpoint.note"] = ("\n".join(lines) + f"\n\n{block}").encode()

    return alter


def resigned(change: Callable[[Checkpoint], Checkpoint]) -> Callable[[Files], None]:
    """A checkpoint of other words by a key of the same name, which the pack gives as the log's."""

    def alter(files: Files) -> None:
        key, held = foreign(files)
        files["checkpoint.note"] = encode_note(sign_checkpoint(change(held), key))
        files["keys.txt"] = f"{encode_verifier(key.verifier)}\n".encode()

    return alter


def origin_of(files: Files) -> str:
    return manifest_text(files).splitlines()[1]


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


def lines_of(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Attack:
    """As :func:`with_files`, in the lines of one file."""

    def alter(files: Files) -> None:
        files[name] = b"".join(line + b"\n" for line in change(files[name].splitlines()))

    return with_files(alter)


def first_left_out(name: str, change: Callable[[bytes], bytes]) -> Attack:
    """As :func:`lines_of`, in the first line that stands for what is left out."""

    def alter(lines: list[bytes]) -> list[bytes]:
        at = next(n for n, line in enumerate(lines) if b"-" in line.split(b"\t")[0])
        return [*lines[:at], change(lines[at]), *lines[at + 1 :]]

    return lines_of(name, alter)


def widened(line: bytes) -> bytes:
    """The same hash, as one over one more place."""
    place, _, rest = line.partition(b"\t")
    before, _, last = place.rpartition(b"-")
    return b"%s-%d\t%s" % (before, int(last) + 1, rest)


def sealed_document(files: Files) -> None:
    """A document whose salt is disclosed, and which fits nothing that is on record."""
    salt = "00" * 16
    committed = "salted-sha256:" + hashlib.sha256(bytes(16) + b"a paper").hexdigest()
    line = {"commitment": committed, "salt": salt, "file": "documents/x"}
    files["documents/x"] = b"a paper"
    files["opened.jsonl"] += json.dumps(line).encode() + b"\n"


def other_cell(**cells: object) -> Attack:
    """As :func:`with_files`, in the first personal cell that is disclosed."""

    def alter(lines: list[bytes]) -> list[bytes]:
        return [json.dumps(json.loads(lines[0]) | cells).encode(), *lines[1:]]

    return lines_of("opened.jsonl", alter)


def twice(lines: list[bytes]) -> list[bytes]:
    """The rows of one table, with what stands for the others, a second time."""
    sites = [line for line in lines if line.split(b"\t")[1] == b"site"]
    return [*lines, *sites]


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
    "no manifest": lambda f: packing.zipped({k: v for k, v in f.items() if k != "manifest.note"}),
    "another format": manifest_of(lambda lines: lines.__setitem__(0, "other v1")),
    "a manifest of another shape": manifest_of(lambda lines: lines.append("x")),
    "a file listed twice": manifest_of(lambda lines: lines.append(lines[-1])),
    "a file listed twice, with other bytes": manifest_of(
        lambda lines: lines.insert(3, "0" * 64 + lines[-1][64:])
    ),
    "a file that is missing": lambda f: packing.zipped(
        {k: v for k, v in f.items() if k != "findings.csv"}
    ),
    "a file too many": lambda f: packing.zipped(f | {"x": b""}),
    "another byte": lambda f: packing.zipped(f | {"findings.csv": f["findings.csv"][:-1] + b"x"}),
    "no entries": without("entries.txt"),
    "no rows": without("rows.txt"),
    "no keys": without("keys.txt"),
    "no checkpoint": without("checkpoint.note"),
    "a short root": with_files(root_line(lambda lines: lines.__setitem__(2, "AAAA"))),
    "a root that is none": with_files(root_line(lambda lines: lines.__setitem__(2, "?"))),
    "a size below nothing": with_files(root_line(lambda lines: lines.__setitem__(1, "-1"))),
    "another size": with_files(resigned(lambda c: structs.replace(c, size=c.size + 1))),
    "another root": with_files(resigned(lambda c: structs.replace(c, root=bytes(32)))),
    "another log": with_files(root_line(lambda lines: lines.__setitem__(0, "other.example/log"))),
    "a manifest of another log": manifest_of(lambda lines: lines.__setitem__(1, "other.example")),
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
    "an entry too many": more_lines("entries.txt", b"1000000\t{}"),
    "an entry too few": lines_of("entries.txt", lambda lines: lines[1:]),
    "the last place left out": lines_of("entries.txt", lambda lines: lines[:-1]),
    "an entry without end": with_files(
        lambda f: f.update({"entries.txt": f["entries.txt"][:-1]})
    ),
    "another actor": replaced("entries.txt", b'"actor":"tester"', b'"actor":"mallet"'),
    "entries in another order": lines_of("entries.txt", lambda lines: lines[::-1]),
    "an entry at another place": lines_of(
        "entries.txt", lambda lines: [b"9" + lines[0], *lines[1:]]
    ),
    "an entry twice": lines_of("entries.txt", lambda lines: [lines[0], *lines]),
    "a place that is no number": lines_of(
        "entries.txt", lambda lines: [b"x" + lines[0], *lines[1:]]
    ),
    "entries left out that are too many": first_left_out("entries.txt", widened),
    "a hash that is too short": first_left_out("entries.txt", lambda line: line[:-2]),
    "a hash that is none": first_left_out("entries.txt", lambda line: line[:-2] + b"zz"),
    "another hash": first_left_out("entries.txt", lambda line: line[:-64] + b"0" * 64),
    "rows of an entry that is not here": more_lines("rows.txt", b"1000000.0\tsite\t[]"),
    "rows that no entry commits to": more_lines("rows.txt", b"0.0\tstray\t[]"),
    "rows twice": lines_of("rows.txt", twice),
    "a row that is no row": more_lines("rows.txt", b"[]"),
    "another row": replaced("rows.txt", b"NG3", b"XG3"),
    "a row too few": lines_of("rows.txt", lambda lines: lines[1:]),
    "a row at another place": lines_of(
        "rows.txt", lambda lines: [lines[0].replace(b".", b".9", 1), *lines[1:]]
    ),
    "rows left out that are too many": first_left_out("rows.txt", widened),
    "another row digest": first_left_out("rows.txt", lambda line: line[:-64] + b"0" * 64),
    "a document that nothing names": with_files(lambda f: f.update({"documents/x": b"x"})),
    "a sealed document that nothing commits to": with_files(sealed_document),
    "an opened cell of another name": other_cell(value="Other"),
    "an opened cell of another salt": other_cell(salt="00" * 16),
    "an opened cell of another place": other_cell(commitment="salted-sha256:" + "0" * 64),
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
    own = {"raise Bad(message)", "this verifier fails", "this verifier believes"}
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
