"""Verify a Cellwarden evidence pack: python3 verify.py PACK [--key KEY] [--show FACT]. Python 3.9.

PACK is the .zip, or the folder that it was unpacked to; without it, the folder of this file. KEY is
what you know from elsewhere: a fingerprint (SHA-256 of the public key, 64 hex digits) or a verifier
key (name+id+base64); repeat it for cosigners. FACT is an evidence id of a finding: 12.40 is row 40
of entry 12. Take this file from somebody other than the sender of the pack, or read it: it needs
nothing else, and reads from top to bottom.

What it checks, each step in a function, resting on the steps before:
 1. container   no odd names, no links, no file twice, nothing changed in the zip
 2. manifest    manifest.note lists every other file, and every byte is as listed (SHA-256)
 3. signatures  on checkpoint.note and manifest.note (Ed25519); whether your key made them
 4. entries     each line of entries.txt is one entry; they lead to the signed root (RFC 6962)
 5. rows        each line of rows.txt is one row; they lead to the roots in their entries
 6. disclosed   personal cells fit a salted commitment in a proven entry or row; so do documents,
                or one of those names their SHA-256
Below them: trees (RFC 6962), keys and signed notes (C2SP), Ed25519 (RFC 8032).

What it does not check:
 - whether a conclusion is right (findings, coverage, histories, index.html): only who signed it;
 - whether what was recorded is true: only that it was recorded, and is unchanged since;
 - RFC 3161 timestamps: it prints the command that does;
 - whether history was rewritten before: hold checkpoint.note against one that you kept.
"""

from __future__ import annotations

import argparse
import base64
import gc
import hashlib
import io
import json
import re
import stat
import sys
import textwrap
import zipfile
from contextlib import contextmanager
from functools import partial
from itertools import groupby, starmap
from pathlib import Path
from typing import Any, Iterable, Iterator, NamedTuple, Sequence

FORMAT = "cellwarden evidence pack v2"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")
LARGEST_RATIO = 250  # unpacked to packed; a bomb has a thousand
ROWS_PER_LEAF = 64
RFC_3161 = "RFC 3161: openssl ts -verify -data checkpoint.txt -in {} -CAfile ROOT.pem"

Data = dict[str, bytes]  # the files by name
Piece = tuple[int, int, bytes]  # of a tree: first and last leaf, and the hash over them
Report = list[tuple[str, str]]  # label and words


class Bad(Exception):
    """The pack is not what it should be; the message says where."""


def check(good: object, message: str) -> None:
    if not good:
        raise Bad(message)


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Whatever cannot be read, decoded or looked up in there is told of that place."""
    try:
        yield
    except Bad:
        raise
    except Exception as error:  # JSON, base64, zip and missing keys each raise their own
        raise Bad(f"{place}: is cut short or damaged, or no file of a pack: {error!r}") from error


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pack", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--key", action="append", default=[], help="a key that you know; repeats")
    parser.add_argument("--show", action="append", default=[], help="a fact to show; repeats")
    asked = parser.parse_args(words)
    try:
        verdict, report = verify(asked.pack, asked.key, asked.show)
    except Bad as problem:
        verdict, report = "NOT VERIFIED", [("problem", str(problem))]
    for label, told in report:
        plain = told.encode("ascii", "backslashreplace").decode()  # nothing may steer a terminal
        print(textwrap.fill(plain, 78, initial_indent=f"{label:<12}", subsequent_indent=" " * 12))
    print(verdict)
    return 4 if verdict == "NOT VERIFIED" else 0


def verify(path: str, keys: Sequence[str] = (), facts: Sequence[str] = ()) -> tuple[str, Report]:
    """Verify a pack; return the verdict and what was checked. Bad says what is wrong, and where."""
    self_test()
    gc.disable()  # nothing here makes cycles: it would only walk what was read
    data = read_pack(path)
    origin, about = check_manifest(data)
    size, root = check_checkpoint(data, origin)
    verdict, signed = check_signatures(data, origin, keys)
    entries = check_entries(data, size, root)
    rows = check_rows(data, entries)
    opened, documents = check_disclosed(data)
    return verdict, [
        ("pack", about),
        ("files", f"{len(data)}; every byte is as the manifest says"),
        ("proven", f"{len(entries)} entries of {size}, against the root {root.hex()}"),
        ("proven", f"{rows} rows, {len(opened)} disclosed cells, {documents} documents"),
        *signed,
        *(("NOT CHECKED", RFC_3161.format(name)) for name in data if name.endswith(".tsr")),
        ("not proven", "findings, coverage, histories, index.html: conclusions from the facts"),
        *(line for fact in facts for line in show(fact, data, entries, opened)),
    ]


def show(fact: str, data: Data, entries: dict[int, Any], opened: dict[str, str]) -> Report:
    """Proven rows with their entry, personal cells opened where they are disclosed."""
    report = []
    for place, kind, row in (line.split(b"\t", 2) for line in lines_of(data, "rows.txt")):
        if place.decode() == fact:
            entry = entries[int(fact.partition(".")[0])]
            table = next(one for one in entry["tables"] if one["kind"] == kind.decode())
            cells = zip(table["columns"], json.loads(row)[3:])  # deed and two times come first
            told = "; ".join(f"{name} = {opened.get(cell, cell)}" for name, cell in cells if cell)
            said = "{recorded_at} by {actor}, {act}, from {source}".format(**entry)
            report += [(f"fact {fact}", f"recorded {said}"), (f"  {table['kind']}", told)]
    return report or [(fact, "is no fact that this pack proves")]


def read_pack(path: str) -> Data:
    """1. Every file's bytes by its name. Nothing is read, let alone unpacked, that has no place."""
    data: Data = {}
    with reading(path):
        if Path(path).is_dir():
            files = [one for one in Path(path).rglob("*") if one.is_symlink() or not one.is_dir()]
            named = [(one.relative_to(path).as_posix(), one.lstat().st_mode) for one in files]
            readers = [one.read_bytes for one in files]
        else:
            pack = open_zip(path)
            named = [(one.filename, one.external_attr >> 16) for one in pack.infolist()]
            readers = [partial(pack.read, one) for one in pack.infolist()]
        for (name, mode), read in zip(named, readers):
            check(NAME.fullmatch(name), f"{name!r}: is no name for a file in a pack")
            check(stat.S_IFMT(mode) in (0, stat.S_IFREG), f"{name!r}: is a link, or no plain file")
            check(name not in data, f"{name!r}: stands twice in the zip")
            data[name] = read()
    return data


def open_zip(path: str) -> zipfile.ZipFile:
    """The zip. Its comment is the digest of all before it, so that no byte of it is free."""
    whole = Path(path).read_bytes()
    pack = zipfile.ZipFile(io.BytesIO(whole))
    digest = sha256(whole[: len(whole) - len(pack.comment)]).hex()
    told = f"{path}: was changed, or zipped anew (then unpack it and verify the folder)"
    check(pack.comment == b"sha256:" + digest.encode(), told)
    most = sum(one.file_size for one in pack.infolist())  # no file ever unpacks to more than this
    check(most <= LARGEST_RATIO * len(whole), f"{path}: unpacks to {most} bytes, like a zip bomb")
    return pack


@reading("manifest.note")
def check_manifest(data: Data) -> tuple[str, str]:
    """2. The log's name and what the pack is about, after every file was found to be as listed."""
    head, origin, about, *lines = read_note(data, "manifest.note")[0].splitlines()
    check(head == FORMAT, f"manifest.note: this verifier reads packs that begin with {FORMAT!r}")
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    check(len(listed) == len(lines), "manifest.note: lists a file twice")
    for name in sorted(listed.keys() | data.keys() - {"manifest.note"}):
        check(name in data, f"{name!r}: is in the manifest and missing from the pack")
        check(name in listed, f"{name!r}: is in the pack and not in the manifest")
        is_same = listed[name] == sha256(data[name]).hex()
        check(is_same, f"{name!r}: has other bytes than the manifest says")
    return origin, about


@reading("checkpoint.note")
def check_checkpoint(data: Data, origin: str) -> tuple[int, bytes]:
    """3. Number of entries and root, as the checkpoint says them."""
    text, _ = read_note(data, "checkpoint.note")
    name, size, root = text.split("\n")[:3]
    check(name == origin, f"checkpoint.note: is of another log, {name}, than the manifest")
    same = data.get("checkpoint.txt", text.encode()) == text.encode()
    check(same, "checkpoint.txt: is not the text of checkpoint.note")
    return int(size), base64.b64decode(root, validate=True)


@reading("keys.txt")
def check_signatures(data: Data, origin: str, named: Sequence[str]) -> tuple[str, Report]:
    """3. The verdict, and who signed what; only a key that you named shows where a pack is from."""
    own = [read_key(line) for line in data["keys.txt"].decode().splitlines()]
    for key in own:
        good = key.label.rpartition("+")[0] == origin and key.type == 1
        check(good, f"keys.txt: {key.label} is no key of {origin}")
    signers = signers_of(data, "checkpoint.note", own)
    check(signers, "checkpoint.note: no key in keys.txt signed it")
    concluders = signers_of(data, "manifest.note", own)
    given = [read_key(one) for one in named if "+" in one]
    cosigners = signers_of(data, "checkpoint.note", [key for key in given if key not in own])
    known = {one.lower() for one in named if "+" not in one} | {key.fingerprint for key in given}
    for finger in known - {key.fingerprint for key in signers + cosigners}:
        raise Bad(f"checkpoint.note: the key {finger!r}, which you named, did not sign it")

    by, too = (", ".join(key.label for key in those) for those in (signers + cosigners, concluders))
    report = [("signed", f"checkpoint.note, by {by}; manifest.note, by {too or 'nobody'}")]
    if not known & {key.fingerprint for key in signers}:
        words = "UNPROVEN: name the key that you know with --key; a false pack has false keys: "
        words += " ".join(key.fingerprint for key in own)
        return "consistent, origin unproven", [*report, ("origin", words)]
    report += [("origin", f"proven: a key that you named signs for {origin}")]
    if known & {key.fingerprint for key in concluders}:
        return "verified", report
    report += [("NOT SIGNED", "the manifest: anybody could have changed the conclusions")]
    return "facts verified, conclusions unsigned", report


@reading("entries.txt")
def check_entries(data: Data, size: int, root: bytes) -> dict[int, Any]:
    """4. The entries by their place in the log, after their stored bytes led to the signed root."""
    lines = [line.split(b"\t", 1) for line in lines_of(data, "entries.txt")]
    head = head_of(size, starmap(piece_of, lines), "entries.txt")
    told = f"entries.txt: these entries lead to the root {head.hex()}, and {root.hex()} was"
    told += " signed: an entry was changed, moved or left out, or they are of another log"
    check(head == root, told)
    return {int(place): json.loads(entry) for place, entry in lines if b"-" not in place}


@reading("rows.txt")
def check_rows(data: Data, entries: dict[int, Any]) -> int:
    """5. How many rows there are, after they led to the roots that their entries commit to."""
    counts: dict[tuple[int, str], int] = {}
    lines = (re.split(rb"[.\t]", line, maxsplit=3) for line in lines_of(data, "rows.txt"))
    for (entry, kind), those in groupby(lines, key=lambda line: (int(line[0]), line[2].decode())):
        place = f"rows.txt, {kind} rows of entry {entry}"
        check(entry in entries, f"{place}: the entry is not in the pack")
        tables = [table for table in entries[entry]["tables"] if table["kind"] == kind]
        check(len(tables) == 1, f"{place}: the entry commits to no such rows")
        check((entry, kind) not in counts, f"{place}: stand twice")
        rows = [(line[1], line[3]) for line in those]
        head = table_head(tables[0]["rows"], starmap(piece_of, rows), place)
        told = f"{place}: don't lead to the root that the entry commits to"
        check(head.hex() == tables[0]["root"], told)
        counts[entry, kind] = sum(b"-" not in number for number, _ in rows)
    return sum(counts.values())


@reading("opened.jsonl")
def check_disclosed(data: Data) -> tuple[dict[str, str], int]:
    """6. Disclosed cells by their commitment, which is all that stays of what was erased."""
    text = data["entries.txt"] + data["rows.txt"]
    commitments = set(re.findall(rb'"(salted-sha256:[0-9a-f]{64})"', text))
    opened: dict[str, str] = {}
    sealed = set()  # documents that are kept sealed: what names them commits to what they hold
    for one in map(json.loads, lines_of(data, "opened.jsonl")):
        value = data[one["file"]] if "file" in one else one["value"].encode()
        found = "salted-sha256:" + sha256(bytes.fromhex(one["salt"]), value).hex()
        good = one["commitment"] == found and found.encode() in commitments
        check(good, f"opened.jsonl: {one} fits no commitment in a proven entry or row")
        sealed.add(one.get("file"))
        opened |= {} if "file" in one else {found: one["value"]}
    papers = [name for name in data if name.startswith("documents/")]
    digests = set(re.findall(rb'"([0-9a-f]{64})"', text)) if papers else ()
    for name in papers:
        good = name in sealed or sha256(data[name]).hex().encode() in digests
        check(good, f"{name!r}: no proven entry or row names this document")
    return opened, len(papers)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def lines_of(data: Data, name: str) -> list[bytes]:
    *lines, rest = data.get(name, b"").split(b"\n")
    check(rest == b"", f"{name}: doesn't end with a line break")
    return lines


def piece_of(place: bytes, data: bytes) -> Piece:
    """A piece of a tree: a place and what is hashed there; or first-last and the hash over them."""
    first, dash, last = place.partition(b"-")
    found = bytes.fromhex(data.decode()) if dash else sha256(b"\x00", data)
    check(len(found) == 32, f"{place!r}: holds a hash that is not 32 bytes long")
    return int(first), int(last or first), found


def head_of(size: int, pieces: Iterable[Piece], place: str) -> bytes:
    """The head of a tree of size leaves (RFC 6962, 2.1), from its pieces: leaves and subtrees."""
    heads: list[tuple[int, bytes]] = []  # of subtrees side by side, and how many leaves each has
    at = 0
    for first, last, found in pieces:
        count, head = last - first + 1, found
        # A subtree of RFC 6962 has a power of two of leaves, and as many or a multiple before it.
        good = first == at and count > 0 and count & (count - 1) == 0 and first % count == 0
        check(good, f"{place}: {first} to {last} is no piece of the tree that can come after {at}")
        at = last + 1
        while heads and heads[-1][0] == count:
            count, head = count * 2, sha256(b"\x01", heads.pop()[1], head)
        heads.append((count, head))
    check(at == size, f"{place}: has {at} places, and there must be {size}")
    head = heads.pop()[1] if heads else sha256()
    while heads:
        head = sha256(b"\x01", heads.pop()[1], head)
    return head


def table_head(count: int, pieces: Iterable[Piece], place: str) -> bytes:
    """The head over a table of count rows: 64 row digests, joined, are one leaf of its tree."""
    leaves = []
    for leaf, those in groupby(pieces, key=lambda piece: piece[0] // ROWS_PER_LEAF):
        rows = list(those)
        whole = range(leaf * ROWS_PER_LEAF, min(count, (leaf + 1) * ROWS_PER_LEAF))
        first, last, digest = rows[0]
        if first == last:  # row by row
            good = [row[:2] for row in rows] == [(row, row) for row in whole]
            digest = sha256(b"\x00", *(row[2] for row in rows))
        else:  # leaves of which no row is here
            ends = last + 1 == count or (last + 1) % ROWS_PER_LEAF == 0
            good = len(rows) == 1 and first == whole.start and ends
        check(good, f"{place}: from {whole.start} on, rows are missing or stand twice")
        leaves.append((leaf, last // ROWS_PER_LEAF, digest))
    return head_of(-(-count // ROWS_PER_LEAF), leaves, place)


class Key(NamedTuple):
    """A verifier key: name+id+base64(type, 32 bytes); type 1 signs notes, 4 cosigns with a time."""

    label: str  # name+id
    type: int
    public: bytes
    fingerprint: str


def read_key(text: str) -> Key:
    with reading(f"{text!r}, as a verifier key or fingerprint"):
        name, short, material = text.strip().split("+", 2)
        raw = base64.b64decode(material, validate=True)
        own = sha256(name.encode(), b"\n", raw)[:4].hex()
        good = len(raw) == 33 and raw[0] in (1, 4) and own == short
        check(good, f"{text!r}: is a damaged verifier key")
        return Key(f"{name}+{own}", raw[0], raw[1:], sha256(raw[1:]).hex())


def read_note(data: Data, place: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a signed note (C2SP), and its signatures by the label of their key."""
    with reading(place):
        text, _, block = data[place].decode().rpartition("\n\n")
        lines = re.findall("\u2014 (\\S+) (\\S+)\n", block)
        same = "".join(f"\u2014 {name} {encoded}\n" for name, encoded in lines)
        check(text and block == same, f"{place}: is no signed note")
        raw = [(name, base64.b64decode(encoded, validate=True)) for name, encoded in lines]
        return text + "\n", [(f"{name}+{one[:4].hex()}", one[4:]) for name, one in raw]


def signers_of(data: Data, place: str, keys: Iterable[Key]) -> list[Key]:
    """The keys whose signature stands on this note and holds; a false one is an error."""
    text, signatures = read_note(data, place)
    good = []
    for key in keys:
        for raw in (raw for label, raw in signatures if label == key.label):
            signed, signature = text, raw
            if key.type == 4:  # C2SP tlog-cosignature: eight bytes of time come first
                signed = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n{text}"
                signature = raw[8:]
            told = f"{place}: the signature of {key.label} is not that key's over this text"
            check(signed_by(key.public, signed.encode(), signature), told)
            good.append(key)
    return good


P = 2**255 - 19  # Ed25519 (RFC 8032, 5.1), on points (x, y): slow, and short
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point_of(encoded: bytes) -> tuple[int, int] | None:
    """The point that 32 bytes stand for, if they stand for one (5.1.3)."""
    sign, y = divmod(int.from_bytes(encoded, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x), y


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def times(number: int, point: tuple[int, int]) -> tuple[int, int]:
    total = (0, 1)
    for bit in f"{number:b}":
        total = add(total, total)
        total = add(total, point) if bit == "1" else total
    return total


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature (64 bytes) is that of a public key (32 bytes) on a message."""
    key, base = point_of(public), point_of(b"\x58" + b"\x66" * 31)
    s = int.from_bytes(signature[32:], "little")
    if key is None or base is None or len(public) != 32 or len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y = add(times(s, base), times(k, (P - key[0], key[1])))  # the signature's point R
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


VECTORS = """
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c 72
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
"""  # RFC 8032, section 7.1, tests 2 and 3: public key, message, signature


def self_test() -> None:
    words = [bytes.fromhex(word) for word in VECTORS.split()]
    for key, message, signature in zip(words[::3], words[1::3], words[2::3]):
        check(signed_by(key, message, signature), "this verifier fails RFC 8032's vectors")
        check(not signed_by(key, message + b"x", signature), "this verifier believes everything")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
