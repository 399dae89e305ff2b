"""One object for all raw documents of an import: an index, and their bytes in packed blocks.

Layout, integers big-endian: the mark, 8 bytes length of the index, the index (JSON), the blocks.
The index lists the documents (name, SHA-256, offset and length in the unpacked whole) and the
packed size of each block; every block but the last unpacks to ``block_bytes``, packed as one
Zstandard frame, so that a stranger needs a JSON reader and the program zstd. The same documents
give the same bytes under one version of the packer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from cellwarden.advisories.feeds.limits import MEBIBYTE
from cellwarden.advisories.feeds.reading import Refused
from cellwarden.model.advisories import Document
from cellwarden.model.errors import IntegrityError

MARK: Final = b"cellwarden pack 1\n"
BLOCK_BYTES: Final = 8 * MEBIBYTE
_LARGEST: Final = 64 * 1024 * MEBIBYTE
_ADVICE: Final = "stop; compare the object with a copy of the workspace, then import anew"


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """Where one document lies in the unpacked whole; offset and length in bytes."""

    name: str
    sha256: str
    offset: int
    length: int


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack holds."""

    block_bytes: int
    total_bytes: int
    blocks: tuple[int, ...]
    documents: tuple[Packed, ...]


def pack(documents: Iterable[Document]) -> bytes:
    """Pack the raw documents of one import in their order; refused ones have no bytes."""
    codec = _codec()
    entries: list[Packed] = []
    blocks: list[bytes] = []
    waiting = bytearray()
    offset = 0
    for document in documents:
        if isinstance(document, Refused):
            continue
        entry = Packed(
            name=document.name,
            sha256=document.sha256,
            offset=offset,
            length=len(document.data),
        )
        entries.append(entry)
        offset += entry.length
        waiting += document.data
        while len(waiting) >= BLOCK_BYTES:
            blocks.append(codec.compress(bytes(waiting[:BLOCK_BYTES]), asbytes=True))
            del waiting[:BLOCK_BYTES]
    if waiting:
        blocks.append(codec.compress(bytes(waiting), asbytes=True))
    index = Index(
        block_bytes=BLOCK_BYTES,
        total_bytes=offset,
        blocks=tuple(len(block) for block in blocks),
        documents=tuple(entries),
    )
    head = msgspec.json.encode(index)
    return b"".join([MARK, len(head).to_bytes(8, "big"), head, *blocks])


def unpack(data: bytes) -> list[Document]:
    """Every document of a pack, each checked against its digest.

    Raises:
        IntegrityError: the object is damaged, or a document is not what the index lists.
    """
    index = index_of(data)
    whole = b"".join(_blocks(data, index, range(len(index.blocks))))
    return [
        _checked(entry, whole[entry.offset : entry.offset + entry.length])
        for entry in index.documents
    ]


def find(data: bytes, sha256: str) -> Document | None:
    """The document with this digest, unpacking only the blocks in which it lies.

    Raises:
        IntegrityError: the object is damaged, or the document is not what the index lists.
    """
    index = index_of(data)
    entry = next((each for each in index.documents if each.sha256 == sha256), None)
    if entry is None:
        return None
    first = entry.offset // index.block_bytes
    last = max(first, (entry.offset + entry.length - 1) // index.block_bytes)
    numbers = range(first, last + 1) if entry.length else range(0)
    start = entry.offset - first * index.block_bytes
    return _checked(entry, b"".join(_blocks(data, index, numbers))[start : start + entry.length])


def index_of(data: bytes) -> Index:
    """The index of a pack.

    Raises:
        IntegrityError: this is no pack, or its index does not fit its size.
    """
    start = len(MARK) + 8
    if not data.startswith(MARK) or len(data) < start:
        raise IntegrityError("this object is no pack of documents", advice=_ADVICE)
    end = start + int.from_bytes(data[len(MARK) : start], "big")
    try:
        index = msgspec.json.decode(data[start:end], type=Index)
    except (msgspec.MsgspecError, ValueError) as error:
        raise IntegrityError(f"the index of a pack is damaged: {error}", advice=_ADVICE) from error
    fits = (
        end + sum(index.blocks) == len(data)
        and index.block_bytes == BLOCK_BYTES
        and 0 <= index.total_bytes <= _LARGEST
        and len(index.blocks) == -(-index.total_bytes // index.block_bytes)
        and min(index.blocks, default=0) >= 0
        and all(
            min(each.offset, each.length) >= 0 and each.offset + each.length <= index.total_bytes
            for each in index.documents
        )
    )
    if not fits:
        raise IntegrityError("the index of a pack does not fit its size", advice=_ADVICE)
    return index


def _blocks(data: bytes, index: Index, numbers: range) -> Iterator[bytes]:
    codec = _codec()
    start = len(data) - sum(index.blocks)
    ends = [start]
    for size in index.blocks:
        ends.append(ends[-1] + size)
    for number in numbers:
        unpacked = min(index.block_bytes, index.total_bytes - number * index.block_bytes)
        packed = data[ends[number] : ends[number + 1]]
        try:
            block: bytes = codec.decompress(packed, decompressed_size=unpacked, asbytes=True)
        except (OSError, ValueError) as error:
            reason = f"block {number} of a pack is damaged: {error}"
            raise IntegrityError(reason, advice=_ADVICE) from error
        if len(block) != unpacked:
            raise IntegrityError(f"block {number} of a pack is too short", advice=_ADVICE)
        yield block


def _checked(entry: Packed, data: bytes) -> Document:
    document = Document(name=entry.name, data=data)
    if document.sha256 != entry.sha256:
        raise IntegrityError(f"{entry.name} in a pack is not what its index lists", advice=_ADVICE)
    return document


def _codec() -> Any:
    import pyarrow as pa

    return pa.Codec("zstd", compression_level=1)
