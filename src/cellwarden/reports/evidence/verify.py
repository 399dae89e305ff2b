"""Verify a Cellwarden evidence pack: python3 verify.py PACK [--key KEY]. Needs Python 3.9, no more.

PACK is the .zip, or the folder that it was unpacked to; without it, the folder of this file.
KEY is what you know from elsewhere: a fingerprint (SHA-256 of the public key, 64 hex digits) or a
verifier key (name+id+base64). Repeat --key for the keys of cosigners. Take this file from somebody
other than the sender of the pack, or read it: it is all there is.

What is checked, in order:
 1. the container: no odd names, no links, no file twice, nothing changed in the zip;
 2. manifest.json lists every file, and every byte is as listed (SHA-256);
 3. the signatures on checkpoint.note and manifest.note (Ed25519, RFC 8032);
 4. entries.jsonl leads to the signed root (RFC 6962): each line is one entry, byte for byte;
 5. rows/*.jsonl lead to the roots that their entries commit to: each line is one row;
 6. documents/* are those that a proven entry or row names, by SHA-256 or by salted commitment;
 7. opened personal cells fit the commitments in their rows; erased ones stay commitments.
"""

from __future__ import annotations

import argparse
import base64
import gc
import hashlib
import itertools
import json
import os
import re
import stat
import sys
import textwrap
import zipfile
from typing import Any, Callable, Iterable, Iterator, Sequence

FORMAT = "cellwarden-evidence-pack/1"
LARGEST = 4 << 30  # bytes of all files together
LARGEST_RATIO = 250  # unpacked to packed; a bomb has a thousand
ROWS_PER_LEAF = 64
COMMITMENT = "salted-sha256:"  # then SHA-256 over 16 random bytes and the value, in hex
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")


class Bad(Exception):
    """The pack is not what it should be; the message says where."""


def check(good: object, message: str) -> None:
    if not good:
        raise Bad(message)


# ---------------------------------------------------------------- the container


def open_pack(path: str) -> dict[str, Callable[[], bytes]]:
    """A dictionary from each file's name to a function that reads it whole."""
    if os.path.isdir(path):
        return open_folder(path)
    try:
        return open_zip(path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Bad(
            f"{path}: cannot be read as a zip: {error}; it is cut short or damaged"
        ) from error


def open_folder(root: str) -> dict[str, Callable[[], bytes]]:
    found: dict[str, Callable[[], bytes]] = {}
    total = 0
    for folder, folders, files in os.walk(root):
        for one in folders + files:
            full = os.path.join(folder, one)
            name = os.path.relpath(full, root).replace(os.sep, "/")
            mode = os.lstat(full).st_mode
            check(not stat.S_ISLNK(mode), f"{name!r}: is a link; a pack holds none")
            if stat.S_ISDIR(mode):
                continue
            check(stat.S_ISREG(mode), f"{name!r}: is no plain file")
            check(NAME.fullmatch(name), f"{name!r}: is no name for a file in a pack")
            total += os.path.getsize(full)
            check(total <= LARGEST, f"{name!r}: more than {LARGEST} bytes together")
            found[name] = lambda full=full: read_file(full)  # type: ignore[misc]
    return found


def read_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(LARGEST + 1)


def open_zip(path: str) -> dict[str, Callable[[], bytes]]:
    whole = read_file(path)
    check(len(whole) <= LARGEST, f"{path}: larger than {LARGEST} bytes")
    pack = zipfile.ZipFile(path)
    # The comment at the end is the digest of everything before it: no byte of the zip is free.
    body = whole[: len(whole) - len(pack.comment)]
    told = pack.comment.decode("latin-1")
    check(
        told == "sha256:" + hashlib.sha256(body).hexdigest(),
        f"{path}: a byte of the zip was changed, or it was packed anew (unpack it and verify the"
        " folder): it doesn't have the digest that stands in its own comment",
    )
    found: dict[str, Callable[[], bytes]] = {}
    total = 0
    for info in pack.infolist():
        name = info.filename
        check(NAME.fullmatch(name), f"{name!r}: is no name for a file in a pack")
        check(name not in found, f"{name!r}: stands twice in the zip")
        check(not stat.S_ISLNK(info.external_attr >> 16), f"{name!r}: is a link")
        total += info.file_size
        check(
            total <= min(LARGEST, LARGEST_RATIO * len(whole)),
            f"{name!r}: would unpack to {total} bytes or more; this looks like a zip bomb",
        )
        found[name] = lambda info=info: read_member(pack, info)  # type: ignore[misc]
    return found


def read_member(pack: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with pack.open(info) as member:
            data = member.read(info.file_size + 1)
    except Exception as error:  # zipfile and zlib raise many kinds
        raise Bad(f"{info.filename!r}: cannot be unpacked: {error}") from error
    check(len(data) == info.file_size, f"{info.filename!r}: has another size than the zip says")
    return data


def load_json(data: bytes, place: str, hook: Any = None) -> Any:
    try:
        return json.loads(data, object_pairs_hook=hook)
    except (ValueError, RecursionError) as error:
        raise Bad(f"{place}: is no JSON: {error}") from error


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    check(len(dict(pairs)) == len(pairs), "manifest.json: says one thing twice")
    return dict(pairs)


# ---------------------------------------------------------------- Ed25519 (RFC 8032, section 5.1)

Point = Any  # (x, y, 1, x*y) on the curve, all four times any factor

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(a: Point, b: Point) -> Point:
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, E = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    F, G, H, J = B - A, E - C, E + C, B + A
    return F * G % P, H * J % P, G * H % P, F * J % P


def times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
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
    y = int.from_bytes(public, "little")
    x = recover_x(y & ((1 << 255) - 1), y >> 255)
    s = int.from_bytes(signature[32:], "little")
    if x is None or s >= L:
        return False
    y &= (1 << 255) - 1
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % L
    minus_key = (P - x, y, 1, (P - x) * y % P)
    found = add(times(s, BASE), times(k, minus_key))  # must be the point R of the signature
    inverse = pow(found[2], P - 2, P)
    encoded = found[1] * inverse % P | (found[0] * inverse % P & 1) << 255
    return bool(encoded.to_bytes(32, "little") == signature[:32])


VECTORS = """
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a -
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c 72
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
"""  # RFC 8032, section 7.1, tests 1 to 3: public key, message (- for none), signature


def self_test() -> None:
    words = VECTORS.replace("-", "").split("\n")[1:-1]
    for line, signature in zip(words[::2], words[1::2]):
        key, _, message = line.partition(" ")
        text = bytes.fromhex(message)
        sign = bytes.fromhex(signature)
        check(signed_by(bytes.fromhex(key), text, sign), "this verifier fails RFC 8032's vectors")
        check(not signed_by(bytes.fromhex(key), text + b"x", sign), "this verifier believes all")


# ---------------------------------------------------------------- keys and signed notes (C2SP)


def from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


class Key:
    """A verifier key: name+id+base64(type, 32 bytes); type 1 signs notes, 4 cosigns with a time."""

    def __init__(self, text: str) -> None:
        try:
            self.name, short, material = text.strip().split("+", 2)
            raw = from_base64(material)
        except ValueError as error:
            raise Bad(f"{text!r}: is no verifier key and no fingerprint") from error
        self.type, self.public = raw[0] if raw else 0, raw[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        self.fingerprint = hashlib.sha256(self.public).hexdigest()
        self.label = f"{self.name}+{self.id.hex()}"
        good = len(self.public) == 32 and self.type in (1, 4) and self.id.hex() == short
        check(good, f"{text!r}: is a damaged verifier key")


def read_note(data: bytes, place: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a signed note and its signatures as (name, id, bytes)."""
    try:
        text, _, block = data.decode("utf-8").rpartition("\n\n")
        check(text and block.endswith("\n"), f"{place}: is no signed note")
        signatures = []
        for line in block[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = from_base64(encoded)
            check(dash == "\u2014" and len(raw) > 4, f"{place}: has a malformed signature line")
            signatures.append((name, raw[:4], raw[4:]))
    except ValueError as error:
        raise Bad(f"{place}: is no signed note: {error}") from error
    return text + "\n", signatures


def check_signatures(
    place: str, text: str, signatures: list[tuple[str, bytes, bytes]], keys: Iterable[Key]
) -> list[Key]:
    """The keys whose signature on this note holds, in their order; a false one is an error."""
    good = []
    for key in keys:
        for name, short, raw in signatures:
            if (name, short) != (key.name, key.id):
                continue
            signed, signature = text, raw
            if key.type == 4:  # C2SP tlog-cosignature: eight bytes of time come first
                signed = f"cosignature/v1\ntime {int.from_bytes(raw[:8], 'big')}\n{text}"
                signature = raw[8:]
            check(
                signed_by(key.public, signed.encode(), signature),
                f"{place}: the signature of {key.label} is not that key's over this text",
            )
            good.append(key)
    return good


# ---------------------------------------------------------------- Merkle trees (RFC 6962, 2.1)


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_head(
    first: int, last: int, runs: list[Any], leaves: Iterator[bytes], beside: Iterator[bytes]
) -> bytes:
    """The head over leaves first to last (not included) of a tree of which some leaves are here.

    ``runs`` are the leaves that are here, as [first, last]; ``leaves`` gives their hashes in order,
    ``beside`` those of the largest subtrees in which none is here.
    """
    if not runs:
        return next(beside)
    if runs[0][0] <= first and last - 1 <= runs[0][1]:  # all of them: pair them up, level by level
        level = list(itertools.islice(leaves, last - first))
        check(len(level) == last - first, "too few lines for the places that a proof names")
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2])
            level = [node_hash(*pair) for pair in pairs] + level[len(level) // 2 * 2 :]
        return level[0]
    middle = first + (1 << (last - first - 1).bit_length() - 1)
    left = [run for run in runs if run[0] < middle]
    right = [run for run in runs if run[1] >= middle]
    head = tree_head(first, middle, left, leaves, beside)
    return node_hash(head, tree_head(middle, last, right, leaves, beside))


def check_runs(runs: Any, size: int, place: str) -> None:
    before = -1
    for run in runs:
        good = len(run) == 2 and type(run[0]) is type(run[1]) is int
        check(good and before < run[0] <= run[1] < size, f"{place}: there is no such place: {run}")
        before = run[1]


def head_of(
    size: int, runs: Any, given: Iterable[bytes], others: Iterable[bytes], place: str
) -> bytes:
    """The head of a whole tree; everything that is given must be used up."""
    check_runs(runs, size, place)
    leaves, beside = iter(given), iter(others)
    if not size:
        return hashlib.sha256(b"").digest()
    try:
        head = tree_head(0, size, runs, leaves, beside)
    except (StopIteration, Bad):
        raise Bad(f"{place}: too few lines or hashes for the places that it names") from None
    left = next(leaves, None) or next(beside, None)
    check(left is None, f"{place}: more lines or hashes than the places that it names")
    return head


def digests(listed: Any, place: str) -> list[bytes]:
    try:
        found = [bytes.fromhex(one) for one in listed]
    except (ValueError, TypeError) as error:
        raise Bad(f"{place}: holds a hash that is none: {error}") from error
    check(all(len(one) == 32 for one in found), f"{place}: holds a hash that is not 32 bytes long")
    return found


def lines_of(data: bytes, place: str) -> list[bytes]:
    lines = data.split(b"\n")
    check(lines.pop() == b"", f"{place}: doesn't end with a line break")
    return lines


def load_lines(lines: list[bytes], place: str) -> list[Any]:
    """Each line as JSON; all at once, which is faster, and one by one to find a wrong one."""
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
    except (ValueError, RecursionError):
        found = []
    if len(found) != len(lines):
        found = [load_json(line, f"{place}, line {at}") for at, line in enumerate(lines, 1)]
    return list(found)


# ---------------------------------------------------------------- the checks in their order


Report = list[tuple[str, str]]  # label and words


def verify(path: str, keys: Sequence[str] = ()) -> tuple[str, Report]:
    """Verify a pack; return the verdict and what was checked. Bad says what is wrong, and where."""
    self_test()
    gc.disable()  # nothing here makes cycles: the collector would only walk what is read
    try:
        return verified(path, keys)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise Bad(f"{path}: a file has another shape than in a pack: {error!r}") from error
    finally:
        gc.enable()


def verified(path: str, keys: Sequence[str]) -> tuple[str, Report]:
    data, manifest = check_manifest(open_pack(path))
    size, root, verdict, signed = check_signed(data, manifest, keys)
    entries = check_entries(data, size, root)
    rows = check_rows(data, entries)
    documents = check_documents(data, entries, rows)
    opened = check_opened(data, rows)
    count, kinds = sum(len(one.lines) for one in rows.values()), len({kind for _, kind in rows})
    scope = f"{manifest['operator']}; {manifest['scope']}; as of {manifest['as_of'][:10]}"
    report = [
        ("pack", scope),
        ("files", f"{len(data)}; every byte is as the manifest says"),
        ("entries", f"{len(entries)} of {size}, proven against the root {root.hex()}"),
        ("rows", f"{count} of {kinds} kinds, proven against their entries"),
        ("documents", f"{documents}, each named by a proven entry or row"),
        ("opened", f"{opened} personal cells, each fits its commitment"),
    ]
    return verdict, [*report, *signed, *not_checked(data)]


def check_manifest(files: dict[str, Callable[[], bytes]]) -> tuple[dict[str, bytes], Any]:
    check("manifest.json" in files, "manifest.json: is missing")
    raw = files["manifest.json"]()
    manifest = load_json(raw, "manifest.json", each_once)
    check(manifest.get("format") == FORMAT, f"manifest.json: this verifier reads {FORMAT}")
    listed = manifest.get("files")
    check(isinstance(listed, dict), "manifest.json: lists no files")
    data = {"manifest.json": raw}
    apart = {"manifest.json", "manifest.note"}  # neither can name its own digest
    for name in sorted(listed):
        check(name not in apart, f"{name!r}: cannot list itself")
        check(name in files, f"{name!r}: is in the manifest and missing from the pack")
    for name in sorted(files):
        check(name in listed or name in apart, f"{name!r}: is in the pack and not in the manifest")
        if name in listed:
            data[name] = files[name]()
            told = listed[name]
            good = isinstance(told, dict) and told.get("bytes") == len(data[name])
            good = good and told.get("sha256") == hashlib.sha256(data[name]).hexdigest()
            check(good, f"{name!r}: has other bytes than the manifest says")
        elif name == "manifest.note":
            data[name] = files[name]()
    return data, manifest


def check_signed(
    data: dict[str, bytes], manifest: Any, keys: Sequence[str]
) -> tuple[int, bytes, str, Report]:
    """Size and root of the signed checkpoint, the verdict, and who signed what."""
    for name in ("checkpoint.note", "keys.txt", "entries.jsonl", "entries.proof.json"):
        check(name in data, f"{name!r}: is missing")
    text, signatures = read_note(data["checkpoint.note"], "checkpoint.note")
    origin, size, root = (
        text.split("\n")[0],
        int(text.split("\n")[1]),
        from_base64(text.split("\n")[2]),
    )
    check(size >= 0 and len(root) == 32, "checkpoint.note: is no checkpoint")
    same = (manifest["origin"], manifest["size"], manifest["root"]) == (origin, size, root.hex())
    check(same, f"checkpoint.note: is of another log or size than the manifest: {origin}, {size}")
    own = [Key(line) for line in data["keys.txt"].decode("utf-8").splitlines() if line]
    for key in own:
        check(key.name == origin and key.type == 1, f"keys.txt: {key.label} is no key of {origin}")
    fingers = {key.lower() for key in keys if re.fullmatch("[0-9a-fA-F]{64}", key)}
    told = [Key(key) for key in keys if key.lower() not in fingers]
    every = own + [key for key in told if key.public not in {one.public for one in own}]
    known = fingers | {key.fingerprint for key in told}
    good = check_signatures("checkpoint.note", text, signatures, every)
    check(good, "checkpoint.note: no key in keys.txt signed it")
    for finger in known - {key.fingerprint for key in good}:
        raise Bad(f"checkpoint.note: the key {finger}, which you named, did not sign it")
    same = data.get("checkpoint.txt", text.encode()) == text.encode()
    check(same, "checkpoint.txt: is not the text of checkpoint.note")
    listed = check_manifest_note(data, origin, every)
    report = [
        ("signed", f"checkpoint.note, by {labels(good)}"),
        ("signed", f"manifest.note, by {labels(listed)}"),
    ]
    if not any(key.type == 1 and key.fingerprint in known for key in good):
        words = "name the key that you know with --key; who made a false pack made its key too: "
        report.append(("origin", "UNPROVEN; " + words + " ".join(key.fingerprint for key in own)))
        return size, root, "consistent, origin unproven", report
    report.append(("origin", f"proven: a key that you named signs for {origin}"))
    if any(key.type == 1 and key.fingerprint in known for key in listed):
        return size, root, "verified", report
    report.append(("NOT SIGNED", "the manifest: anybody could have changed the conclusions"))
    return size, root, "facts verified, conclusions unsigned", report


def labels(keys: Iterable[Key]) -> str:
    return ", ".join(key.label for key in keys) or "nobody"


def check_manifest_note(data: dict[str, bytes], origin: str, keys: list[Key]) -> list[Key]:
    if "manifest.note" not in data:
        return []
    text, signatures = read_note(data["manifest.note"], "manifest.note")
    digest = hashlib.sha256(data["manifest.json"]).hexdigest()
    good = text == f"cellwarden evidence pack v1\n{origin}\n{digest}\n"
    check(good, "manifest.note: was signed for another manifest.json")
    return check_signatures("manifest.note", text, signatures, keys)


def check_entries(data: dict[str, bytes], size: int, root: bytes) -> dict[int, Any]:
    """The entries by their place in the log, after they led to the signed root."""
    proof = load_json(data["entries.proof.json"], "entries.proof.json")
    lines = lines_of(data["entries.jsonl"], "entries.jsonl")
    runs = proof.get("entries", [])
    beside = digests(proof.get("beside", []), "entries.proof.json")
    head = head_of(size, runs, map(leaf_hash, lines), beside, "entries.proof.json")
    check(
        head == root,
        f"entries.jsonl: these entries lead to the root {head.hex()}, and {root.hex()} was signed:"
        " an entry was changed, moved or left out, or entries.proof.json is of other entries",
    )
    places = (index for first, last in runs for index in range(first, last + 1))
    return dict(zip(places, load_lines(lines, "entries.jsonl")))


class Rows:
    """The proven rows of one table: their bytes by place, and the names of their columns."""

    def __init__(self, columns: list[str], lines: dict[int, bytes]) -> None:
        self.columns, self.lines = columns, lines

    def cells(self, row: int) -> dict[str, Any]:
        """A row's cells by column."""
        return dict(zip(self.columns, json.loads(self.lines[row])[3:]))  # an op and two times first


def check_rows(data: dict[str, bytes], entries: dict[int, Any]) -> dict[tuple[int, str], Rows]:
    """Proven rows by entry and kind: they lead to the roots that their entries commit to."""
    found: dict[tuple[int, str], Rows] = {}
    kinds = sorted({name[5:].split(".")[0] for name in data if name.startswith("rows/")})
    for kind in kinds:
        name, proofs = f"rows/{kind}.jsonl", f"rows/{kind}.proof.jsonl"
        check(name in data and proofs in data, f"{name!r}: rows or their proofs are missing")
        lines = iter(lines_of(data[name], name))
        for proof in load_lines(lines_of(data[proofs], proofs), proofs):
            entry = proof["entry"]
            place = f"{name}, rows of entry {entry}"
            check(entry in entries, f"{place}: the entry is not in the pack")
            tables = [one for one in entries[entry]["tables"] if one["kind"] == kind]
            check(len(tables) == 1, f"{place}: the entry commits to no such rows")
            check((entry, kind) not in found, f"{place}: stand twice")
            found[entry, kind] = check_table(proof, tables[0], lines, place)
        check(next(lines, None) is None, f"{name}: holds rows without a proof")
    return found


def check_table(proof: Any, table: Any, lines: Iterator[bytes], place: str) -> Rows:
    """The rows of one table, after they led to the root that the entry commits to."""
    runs, count = proof["rows"], table["rows"]
    check_runs(runs, count, place)
    here = {row: next(lines, b"") for first, last in runs for row in range(first, last + 1)}
    if len(here) == count <= ROWS_PER_LEAF and not proof["digests"] and not proof["beside"]:
        head = leaf_hash(b"".join(map(leaf_hash, here.values())))  # all of them, in one leaf
    else:
        head = table_head(proof, here, count, place)
    check(head.hex() == table["root"], f"{place}: don't lead to the root that the entry commits to")
    return Rows(table["columns"], here)


def table_head(proof: Any, here: dict[int, bytes], count: int, place: str) -> bytes:
    others = iter(digests(proof["digests"], place))
    touched = sorted({row // ROWS_PER_LEAF for row in here})
    leaves = []
    for leaf in touched:
        row_numbers = range(leaf * ROWS_PER_LEAF, min(count, (leaf + 1) * ROWS_PER_LEAF))
        joined = [leaf_hash(here[n]) if n in here else next(others, b"") for n in row_numbers]
        leaves.append(leaf_hash(b"".join(joined)))
    check(next(others, None) is None, f"{place}: the proof holds too many digests")
    beside = digests(proof["beside"], place)
    places = [[leaf, leaf] for leaf in touched]
    return head_of(-(-count // ROWS_PER_LEAF), places, leaves, beside, place)


def check_documents(
    data: dict[str, bytes], entries: dict[int, Any], rows: dict[tuple[int, str], Rows]
) -> int:
    """Each file in documents/ is named by a proven entry or row: by digest, or by commitment."""
    named = {
        (one.get("document_sha256"), one.get("document_commitment")) for one in entries.values()
    }
    for (_, kind), those in rows.items():
        if kind == "document":
            for cells in map(those.cells, those.lines):
                named.add((cells.get("object_sha256"), cells.get("plain_commitment")))
    listed = set()
    for text in lines_of(data.get("documents.jsonl", b""), "documents.jsonl"):
        one = load_json(text, "documents.jsonl")
        name = one.get("file")
        check(name in data and name not in listed, f"documents.jsonl: {name!r} is not in the pack")
        listed.add(name)
        digest, commitment, salt = one.get("sha256"), one.get("commitment"), one.get("salt")
        check((digest, commitment) in named, f"{name!r}: no proven entry or row names it")
        if salt is None:
            good = hashlib.sha256(data[name]).hexdigest() == digest
        else:
            good = committed(data[name], salt) == commitment
        check(good, f"{name!r}: is not the document that the entry or row names")
    for name in data:
        stray = name.startswith("documents/") and name not in listed
        check(not stray, f"{name!r}: documents.jsonl says nothing of it")
    return len(listed)


def committed(value: bytes, salt: str) -> str:
    return COMMITMENT + hashlib.sha256(bytes.fromhex(salt) + value).hexdigest()


def check_opened(data: dict[str, bytes], rows: dict[tuple[int, str], Rows]) -> int:
    """Personal cells that are disclosed: SHA-256 over salt and value fits the cell's commitment."""
    lines = lines_of(data.get("opened.jsonl", b""), "opened.jsonl")
    for text in lines:
        one = load_json(text, "opened.jsonl")
        place = f"opened.jsonl, {one['column']} of {one['kind']} row {one['entry']}.{one['row']}"
        those = rows.get((one["entry"], one["kind"]))
        check(those and one["row"] in those.lines, f"{place}: is not among the proven rows")
        cell = those.cells(one["row"]).get(one["column"]) if those else None
        good = cell == committed(one["value"].encode(), one["salt"])
        check(good, f"{place}: does not fit its commitment")
    return len(lines)


def not_checked(data: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    for name in sorted(data):
        if name.startswith("timestamps/") and name.endswith(".tsr"):
            words = f"openssl ts -verify -data checkpoint.txt -in {name} -CAfile ROOT.pem"
            yield "NOT CHECKED", f"RFC 3161: {words}"
    yield (
        "not proven",
        "findings, coverage, histories and index.html are conclusions from the facts",
    )


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pack", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", action="append", default=[], help="a key that you know; repeats")
    asked = parser.parse_args(words)
    try:
        verdict, report = verify(asked.pack, asked.key)
    except Bad as problem:
        verdict, report = "NOT VERIFIED", [("problem", str(problem))]
    for label, told in report:
        plain = told.encode("ascii", "backslashreplace").decode()  # nothing may steer a terminal
        print(textwrap.fill(plain, 78, initial_indent=f"{label:<12}", subsequent_indent=" " * 12))
    print(verdict)
    return 1 if verdict == "NOT VERIFIED" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
