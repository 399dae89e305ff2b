"""Verify a Cellwarden evidence pack: python3 verify.py PACK [--key KEY] [--show FACT]. Python 3.9.

PACK is the .zip, or the folder that it was unpacked to; without it, the folder of this file.
KEY is what you know from elsewhere: a fingerprint (SHA-256 of the public key, 64 hex digits) or a
verifier key (name+id+base64). Repeat --key for the keys of cosigners. FACT is an evidence id of a
finding, such as 12.40: row 40 of entry 12 is shown, once it is proven. Take this file from somebody
other than the sender of the pack, or read it: it needs nothing else, and reads from top to bottom.

What it checks, each step in a function, resting on the steps before:
 1. container   no odd names, no links, no file twice, nothing changed in the zip
 2. manifest    manifest.json lists every file, and every byte is as listed (SHA-256)
 3. signatures  on checkpoint.note and manifest.note (Ed25519); whether your key made them
 4. entries     each line of entries.jsonl is one entry; they lead to the signed root (RFC 6962)
 5. rows        each line of rows/*.jsonl is one row; they lead to the roots in their entries
 6. documents   documents/* are named by a proven entry or row: by SHA-256 or salted commitment
 7. opened      disclosed personal cells fit the commitments in their rows
Below them: lines and trees (RFC 6962), keys and signed notes (C2SP), Ed25519 (RFC 8032).

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
import itertools
import json
import os
import re
import stat
import sys
import textwrap
import zipfile
from bisect import bisect_left
from functools import partial
from typing import Any, Iterable, Iterator, Sequence

FORMAT = "cellwarden-evidence-pack/1"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")
LARGEST = 4 << 30  # bytes of all files together
LARGEST_RATIO = 250  # unpacked to packed; a bomb has a thousand
ROWS_PER_LEAF = 64

Data = dict[str, bytes]  # the files by name
Rows = dict[tuple[int, str], tuple[Any, Any]]  # by entry and kind: column names, lines by place
Report = list[tuple[str, str]]  # label and words


class Bad(Exception):
    """The pack is not what it should be; the message says where."""


def check(good: object, message: str) -> None:
    if not good:
        raise Bad(message)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pack", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
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
    return 1 if verdict == "NOT VERIFIED" else 0


def verify(path: str, keys: Sequence[str] = (), facts: Sequence[str] = ()) -> tuple[str, Report]:
    """Verify a pack; return the verdict and what was checked. Bad says what is wrong, and where."""
    self_test()
    gc.disable()  # nothing here makes cycles: it would only walk what was read
    try:
        data = read_pack(path)
        manifest = check_manifest(data)
        size, root = check_checkpoint(data, manifest)
        verdict, signed = check_signatures(data, manifest["origin"], keys)
        entries = check_entries(data, size, root)
        rows = check_rows(data, entries)
        documents = check_documents(data, entries, rows)
        opened = check_opened(data, rows)
        shown = [line for fact in facts for line in show(fact, entries, rows, opened)]
        about = "; ".join((manifest["operator"], manifest["scope"], "as of " + manifest["as_of"]))
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise Bad(f"{path}: a file has another shape than in a pack: {error!r}") from error
    stamped = "RFC 3161: openssl ts -verify -data checkpoint.txt -in {} -CAfile ROOT.pem"
    words = "findings, coverage, histories and index.html are conclusions from the facts"
    return verdict, [
        ("pack", about),
        ("files", f"{len(data)}; every byte is as the manifest says"),
        ("entries", f"{len(entries)} of {size}, proven against the root {root.hex()}"),
        ("rows", f"{sum(len(lines) for _, lines in rows.values())}, proven against their entries"),
        ("documents", f"{documents}, each named by a proven entry or row"),
        ("opened", f"{len(opened)} personal cells, each fits its commitment"),
        *signed,
        *(("NOT CHECKED", stamped.format(name)) for name in data if name.endswith(".tsr")),
        ("not proven", words),
        *shown,
    ]


def show(fact: str, entries: dict[int, Any], rows: Rows, opened: dict[Any, str]) -> Report:
    """A proven entry, and its row of each kind, personal cells opened where they are disclosed."""
    index, _, row = (int(part) if part.isdigit() else -1 for part in fact.partition("."))
    there = sorted(kind for at, kind in rows if at == index and row in rows[at, kind][1])
    if not there:
        return [(fact, "is no fact that this pack proves")]
    told = "{recorded_at} by {actor}, {act}, from {source}".format(**entries[index])
    report = [(f"entry {index}", told)]
    for kind in there:
        cells = cells_of(rows, (index, kind), row)
        said = [(n, opened.get((index, kind, row, n), cell)) for n, cell in cells.items() if cell]
        report += [(f"row {row}", f"{kind}: " + "; ".join(f"{n} = {cell}" for n, cell in said))]
    return report


def read_pack(path: str) -> Data:
    """1. Every file's bytes by its name; nothing is unpacked before names and sizes are fine."""
    data: Data = {}
    total = 0
    try:
        most, members = open_folder(path) if os.path.isdir(path) else open_zip(path)
        for name, mode, size, _ in members:
            check(NAME.fullmatch(name), f"{name!r}: is no name for a file in a pack")
            check(stat.S_IFMT(mode) in (0, stat.S_IFREG), f"{name!r}: is a link, or no plain file")
            check(name not in data, f"{name!r}: stands twice in the zip")
            data[name] = b""
            total += size
            check(total <= most, f"{name!r}: makes {total} bytes or more; like a zip bomb")
        for name, _, size, opened in members:
            with opened() as file:
                data[name] = file.read(size + 1)  # never more, whatever would unpack from it
    except Bad:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds
        raise Bad(f"{path}: cannot be read: {error}; it is cut short or damaged") from error
    return data


def open_folder(root: str) -> tuple[int, list[Any]]:
    """The most bytes that it may hold; of each file its name, mode, size, and what opens it."""
    found = []
    for folder, folders, files in os.walk(root):
        for path in (os.path.join(folder, one) for one in folders + files):
            info, name = os.lstat(path), os.path.relpath(path, root).replace(os.sep, "/")
            if not stat.S_ISDIR(info.st_mode):
                found.append((name, info.st_mode, info.st_size, partial(open, path, "rb")))
    return LARGEST, found


def open_zip(path: str) -> tuple[int, list[Any]]:
    """As open_folder. The zip's comment is the digest of all before it: no byte of it is free."""
    with open(path, "rb") as file:
        whole = file.read(LARGEST)
    pack = zipfile.ZipFile(io.BytesIO(whole))
    digest = hashlib.sha256(whole[: len(whole) - len(pack.comment)]).hexdigest()
    told = f"{path}: a byte of the zip was changed, or it was packed anew (unpack it and verify the"
    told += " folder): it doesn't have the digest that stands in its own comment"
    check(pack.comment == b"sha256:" + digest.encode(), told)
    all_of = pack.infolist()
    found = [
        (i.filename, i.external_attr >> 16, i.file_size, partial(pack.open, i)) for i in all_of
    ]
    return min(LARGEST, LARGEST_RATIO * len(whole)), found


def check_manifest(data: Data) -> Any:
    """2. The manifest, after every file was found to be as it lists it."""
    check("manifest.json" in data, "manifest.json: is missing")
    manifest = load_json(data["manifest.json"], "manifest.json", each_once)
    check(manifest.get("format") == FORMAT, f"manifest.json: this verifier reads {FORMAT}")
    listed = manifest["files"]
    for name in listed:
        check(name in data, f"{name!r}: is in the manifest and missing from the pack")
    for name in sorted(data.keys() - {"manifest.json", "manifest.note"}):  # not their own digests
        check(name in listed, f"{name!r}: is in the pack and not in the manifest")
        found = {"bytes": len(data[name]), "sha256": hashlib.sha256(data[name]).hexdigest()}
        check(listed[name] == found, f"{name!r}: has other bytes than the manifest says")
    return manifest


def check_checkpoint(data: Data, manifest: Any) -> tuple[int, bytes]:
    """3. Number of entries and root, as the checkpoint says them and the manifest repeats them."""
    for name in ("checkpoint.note", "keys.txt", "entries.jsonl", "entries.proof.json"):
        check(name in data, f"{name!r}: is missing")
    text, _ = read_note(data, "checkpoint.note")
    origin, told, head = text.split("\n")[:3]
    size, root = int(told), base64.b64decode(head, validate=True)
    check(size >= 0 and len(root) == 32, "checkpoint.note: is no checkpoint")
    same = (manifest["origin"], manifest["size"], manifest["root"]) == (origin, size, root.hex())
    check(same, f"checkpoint.note: is of another log or size than the manifest: {origin}, {size}")
    same = data.get("checkpoint.txt", text.encode()) == text.encode()
    check(same, "checkpoint.txt: is not the text of checkpoint.note")
    return size, root


def check_signatures(data: Data, origin: str, named: Sequence[str]) -> tuple[str, Report]:
    """3. The verdict, and who signed what.

    Keys in the pack show that its parts belong together. Its origin is shown only by a key that
    was named on the command line, since whoever makes a false pack makes its keys too.
    """
    own = [Key(line) for line in data["keys.txt"].decode().splitlines()]
    for key in own:
        check(key.name == origin and key.type == 1, f"keys.txt: {key.label} is no key of {origin}")
    fingers = {one.lower() for one in named if re.fullmatch("[0-9a-fA-F]{64}", one)}
    given = [Key(one) for one in named if one.lower() not in fingers]
    known = fingers | {key.fingerprint for key in given}
    signers = signers_of(data, "checkpoint.note", own)
    check(signers, "checkpoint.note: no key in keys.txt signed it")
    others = [key for key in given if key.public not in {one.public for one in own}]
    cosigners = signers_of(data, "checkpoint.note", others)
    for finger in known - {key.fingerprint for key in signers + cosigners}:
        raise Bad(f"checkpoint.note: the key {finger}, which you named, did not sign it")
    concluders = []
    if "manifest.note" in data:
        digest = hashlib.sha256(data["manifest.json"]).hexdigest()
        told = f"cellwarden evidence pack v1\n{origin}\n{digest}\n"
        same = read_note(data, "manifest.note")[0] == told
        check(same, "manifest.note: was signed for another manifest.json")
        concluders = signers_of(data, "manifest.note", own)

    by = ", ".join(key.label for key in signers + cosigners)
    too = ", ".join(key.label for key in concluders) or "nobody"
    report = [("signed", f"checkpoint.note, by {by}"), ("signed", f"manifest.note, by {too}")]
    if not known & {key.fingerprint for key in signers}:
        words = "UNPROVEN; name the key that you know with --key; who made a false pack made its"
        words += " key too: " + " ".join(key.fingerprint for key in own)
        return "consistent, origin unproven", [*report, ("origin", words)]
    report += [("origin", f"proven: a key that you named signs for {origin}")]
    if known & {key.fingerprint for key in concluders}:
        return "verified", report
    words = "the manifest: anybody could have changed the conclusions"
    return "facts verified, conclusions unsigned", [*report, ("NOT SIGNED", words)]


def check_entries(data: Data, size: int, root: bytes) -> dict[int, Any]:
    """4. The entries by their place in the log, after their stored bytes led to the signed root."""
    proof = load_json(data["entries.proof.json"], "entries.proof.json")
    lines = lines_of(data, "entries.jsonl")
    here = numbered(proof["entries"], size, lines, "entries.proof.json")
    check(next(lines, None) is None, "entries.proof.json: there are more lines than it names")
    leaves = {place: leaf_hash(line) for place, line in here.items()}
    head = head_of(size, leaves, proof["beside"], "entries.proof.json")
    told = f"entries.jsonl: these entries lead to the root {head.hex()}, and {root.hex()} was"
    told += " signed: an entry was changed, moved or left out, or the proof is of other entries"
    check(head == root, told)
    return {place: load_json(line, f"entry {place}") for place, line in here.items()}


def check_rows(data: Data, entries: dict[int, Any]) -> Rows:
    """5. The rows, after they led to the roots that their entries commit to."""
    found: Rows = {}
    for kind in sorted({name[5:].split(".")[0] for name in data if name.startswith("rows/")}):
        name, proofs = f"rows/{kind}.jsonl", f"rows/{kind}.proof.jsonl"
        check(name in data and proofs in data, f"{name!r}: rows or their proofs are missing")
        lines = lines_of(data, name)
        for text in lines_of(data, proofs):
            proof = load_json(text, proofs)
            entry = proof["entry"]
            place = f"{name}, rows of entry {entry}"
            check(entry in entries, f"{place}: the entry is not in the pack")
            tables = [one for one in entries[entry]["tables"] if one["kind"] == kind]
            check(len(tables) == 1, f"{place}: the entry commits to no such rows")
            check((entry, kind) not in found, f"{place}: stand twice")
            here = numbered(proof["rows"], tables[0]["rows"], lines, place)
            head = table_head(proof, here, tables[0]["rows"], place)
            told = f"{place}: don't lead to the root that the entry commits to"
            check(head.hex() == tables[0]["root"], told)
            found[entry, kind] = tables[0]["columns"], here
        check(next(lines, None) is None, f"{name}: holds rows without a proof")
    return found


def table_head(proof: Any, here: dict[int, bytes], count: int, place: str) -> bytes:
    """The head over a table of count rows: 64 row digests, joined, are one leaf of its tree."""
    missing = iter(digests(proof["digests"], place))  # of other rows in the same leaves
    leaves = {}
    for leaf in sorted({row // ROWS_PER_LEAF for row in here}):
        rows = range(leaf * ROWS_PER_LEAF, min(count, (leaf + 1) * ROWS_PER_LEAF))
        joined = [leaf_hash(here[row]) if row in here else next(missing, b"") for row in rows]
        leaves[leaf] = leaf_hash(b"".join(joined))
    check(next(missing, None) is None, f"{place}: the proof holds too many digests")
    return head_of(-(-count // ROWS_PER_LEAF), leaves, proof["beside"], place)


def cells_of(rows: Rows, table: tuple[int, str], row: int) -> dict[str, Any]:
    columns, lines = rows[table]
    return dict(zip(columns, json.loads(lines[row])[3:]))  # what was done and two times come first


def check_documents(data: Data, entries: dict[int, Any], rows: Rows) -> int:
    """6. How many there are, after a proven entry or row was found to name each."""
    named = {(e.get("document_sha256"), e.get("document_commitment")) for e in entries.values()}
    for table in rows:
        if table[1] == "document":
            for cells in (cells_of(rows, table, row) for row in rows[table][1]):
                named.add((cells.get("object_sha256"), cells.get("plain_commitment")))
    listed = set()
    for text in lines_of(data, "documents.jsonl"):
        one = load_json(text, "documents.jsonl")
        name, digest, commitment = one["file"], one["sha256"], one["commitment"]
        check(name in data and name not in listed, f"documents.jsonl: {name!r} is not in the pack")
        check((digest, commitment) in named, f"{name!r}: no proven entry or row names it")
        if one["salt"] is None:
            good = hashlib.sha256(data[name]).hexdigest() == digest
        else:  # it is kept sealed, and the digest is that of its sealed form
            good = committed(data[name], one["salt"]) == commitment
        check(good, f"{name!r}: is not the document that the entry or row names")
        listed.add(name)
    for name in data:
        stray = name.startswith("documents/") and name not in listed
        check(not stray, f"{name!r}: documents.jsonl says nothing of it")
    return len(listed)


def committed(value: bytes, salt: str) -> str:
    return "salted-sha256:" + hashlib.sha256(bytes.fromhex(salt) + value).hexdigest()


def check_opened(data: Data, rows: Rows) -> dict[Any, str]:
    """7. What is disclosed, after each was found to fit; an erased one stays a commitment."""
    opened = {}
    for text in lines_of(data, "opened.jsonl"):
        one = load_json(text, "opened.jsonl")
        table, row, column = (one["entry"], one["kind"]), one["row"], one["column"]
        place = f"opened.jsonl, {column} of {one['kind']} row {one['entry']}.{row}"
        check(table in rows and row in rows[table][1], f"{place}: is not among the proven rows")
        good = cells_of(rows, table, row)[column] == committed(one["value"].encode(), one["salt"])
        check(good, f"{place}: does not fit its commitment")
        opened[(*table, row, column)] = one["value"]
    return opened


def load_json(text: bytes, place: str, hook: Any = None) -> Any:
    try:
        return json.loads(text, object_pairs_hook=hook)
    except (ValueError, RecursionError) as error:
        raise Bad(f"{place}: is no JSON: {error}") from error


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    check(len(dict(pairs)) == len(pairs), "manifest.json: says one thing twice")
    return dict(pairs)


def lines_of(data: Data, name: str) -> Iterator[bytes]:
    lines = data.get(name, b"").split(b"\n")
    check(lines.pop() == b"", f"{name}: doesn't end with a line break")
    return iter(lines)


def numbered(runs: Any, size: int, lines: Iterator[bytes], place: str) -> dict[int, bytes]:
    """Lines by their numbers below size; each run, [first, last], takes as many as it names."""
    found: dict[int, bytes] = {}
    before = -1
    for first, last in runs:
        good = type(first) is type(last) is int and before < first <= last < size
        check(good, f"{place}: there is no such place: {first} to {last}")
        for before in range(first, last + 1):
            line = next(lines, None)
            check(line is not None, f"{place}: there are fewer lines than it names")
            found[before] = line or b""
    return found


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def head_of(size: int, leaves: dict[int, bytes], others: Any, place: str) -> bytes:
    """The head of a tree of size leaves (RFC 6962, 2.1), from the hashes of some, by number.

    others are the heads of the largest subtrees that hold none of those, from left to right.
    """
    here, beside = sorted(leaves), iter(digests(others, place))

    def head(first: int, last: int) -> bytes:  # of the leaves from first to before last
        if bisect_left(here, first) == bisect_left(here, last):
            return next(beside)
        if last - first == 1:
            return leaves[first]
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + head(first, middle) + head(middle, last)).digest()

    try:
        found = head(0, size) if size else hashlib.sha256(b"").digest()
    except StopIteration:
        raise Bad(f"{place}: too few hashes for the places that it names") from None
    check(next(beside, None) is None, f"{place}: more hashes than the places that it names need")
    return found


def digests(listed: Any, place: str) -> list[bytes]:
    good = all(re.fullmatch("[0-9a-f]{64}", one) for one in listed)
    check(good, f"{place}: holds a hash that is none, or not 32 bytes long")
    return [bytes.fromhex(one) for one in listed]


class Key:
    """A verifier key: name+id+base64(type, 32 bytes); type 1 signs notes, 4 cosigns with a time."""

    def __init__(self, text: str) -> None:
        try:
            self.name, short, material = text.strip().split("+", 2)
            raw = base64.b64decode(material, validate=True)
        except ValueError as error:
            raise Bad(f"{text!r}: is no verifier key and no fingerprint") from error
        self.type, self.public = raw[0] if raw else 0, raw[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        self.fingerprint = hashlib.sha256(self.public).hexdigest()
        self.label = f"{self.name}+{self.id.hex()}"
        good = len(self.public) == 32 and self.type in (1, 4) and self.id.hex() == short
        check(good, f"{text!r}: is a damaged verifier key")


def read_note(data: Data, place: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a signed note (C2SP), and its signatures as (name, id, bytes)."""
    try:
        text, _, block = data[place].decode("utf-8").rpartition("\n\n")
        check(text and block.endswith("\n"), f"{place}: is no signed note")
        signatures = []
        for line in block[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            check(dash == "\u2014" and len(raw) > 4, f"{place}: has a malformed signature line")
            signatures.append((name, raw[:4], raw[4:]))
    except ValueError as error:
        raise Bad(f"{place}: is no signed note: {error}") from error
    return text + "\n", signatures


def signers_of(data: Data, place: str, keys: Iterable[Key]) -> list[Key]:
    """The keys whose signature stands on this note and holds; a false one is an error."""
    text, signatures = read_note(data, place)
    good = []
    for key, (name, short, raw) in itertools.product(keys, signatures):
        if (name, short) == (key.name, key.id):
            signed, signature = text, raw
            if key.type == 4:  # C2SP tlog-cosignature: eight bytes of time come first
                signed = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n{text}"
                signature = raw[8:]
            told = f"{place}: the signature of {key.label} is not that key's over this text"
            check(signed_by(key.public, signed.encode(), signature), told)
            good.append(key)
    return good


P = 2**255 - 19  # Ed25519 (RFC 8032, 5.1); a point is (x, y, 1, x*y), all four times any factor
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(a: Any, b: Any) -> Any:
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, E = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    F, G, H, J = B - A, E - C, E + C, B + A
    return F * G % P, H * J % P, G * H % P, F * J % P


def times(number: int, point: Any) -> Any:
    total: Any = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature (64 bytes) is that of a public key (32 bytes) on a message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    sign, y = divmod(int.from_bytes(public, "little"), 1 << 255)
    x, s = recover_x(y, sign), int.from_bytes(signature[32:], "little")
    if x is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus_key = (P - x, y, 1, (P - x) * y % P)
    found = add(times(s, BASE), times(k, minus_key))  # must be the point R of the signature
    inverse = pow(found[2], P - 2, P)
    encoded = found[1] * inverse % P | (found[0] * inverse % P & 1) << 255
    return bool(encoded.to_bytes(32, "little") == signature[:32])


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
