"""Prepared statements as bytes, so that a later start reads only what its components need."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar, overload

import msgspec

from cellwarden.advisories.books import ALWAYS, Times
from cellwarden.advisories.identity import Claim, ClaimIndex
from cellwarden.advisories.identity.index import Key
from cellwarden.advisories.matching.nouns import Line
from cellwarden.advisories.matching.prepared import Prepared
from cellwarden.advisories.matching.ranged import Answers, Ranged
from cellwarden.advisories.matching.sounding import sounded

_T = TypeVar("_T")
_DIGEST_BYTES: Final = 32
_NO_CLAIM: Final = Claim(vendor_text="", text="", vendors=(), key=(), wanted=())


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it. Lists of blobs have one for each number; a line's claim stands apart."""

    times: Times
    by_key: dict[Key, list[int]]
    lines_of: list[list[int]]
    about: dict[str, list[int]]
    claims: list[msgspec.Raw]
    lines: list[msgspec.Raw]
    ranged: list[msgspec.Raw]
    answers: list[msgspec.Raw]


class Blobs(Sequence[_T]):
    """A sequence whose members are decoded when they are first asked for."""

    def __init__(self, blobs: Sequence[msgspec.Raw], kind: type[_T]) -> None:
        self._blobs = blobs
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._read: list[_T | None] = [None] * len(blobs)

    def __len__(self) -> int:
        """How many there are, decoded or not."""
        return len(self._blobs)

    @overload
    def __getitem__(self, at: int) -> _T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[_T]: ...
    def __getitem__(self, at: int | slice) -> _T | Sequence[_T]:
        """One of them, or several."""
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        found = self._read[at]
        if found is None:
            found = self._read[at] = self._made(at)
        return found

    def _made(self, at: int) -> _T:
        return self._decode(self._blobs[at])


class _Lines(Blobs[Line]):
    """Lines, each with its claim."""

    def __init__(
        self, blobs: Sequence[msgspec.Raw], claims: Sequence[Claim], lines_of: list[list[int]]
    ) -> None:
        super().__init__(blobs, Line)
        self._claims = claims
        self._lines_of = lines_of
        self._claim_of: dict[int, int] = {}

    def _made(self, at: int) -> Line:
        if not self._claim_of:
            self._claim_of = {n: claim for claim, ns in enumerate(self._lines_of) for n in ns}
        claim = self._claims[self._claim_of[at]]
        return msgspec.structs.replace(super()._made(at), claim=claim)


class _Kept(Prepared):
    """Prepared statements out of a file: nothing is worked out again."""

    def __init__(self, file: _File) -> None:
        claims = Blobs(file.claims, Claim)
        lines = _Lines(file.lines, claims, file.lines_of)
        super().__init__(lines, ClaimIndex(claims, file.by_key), file.lines_of, file.about, {})
        self.answers = Blobs(file.answers, Answers)
        self._known = Blobs(file.ranged, Ranged)

    def ranged(self, number: int) -> Ranged:
        """What is known of one line."""
        return self._known[number]


def dump(prepared: Prepared, times: Times = ALWAYS) -> bytes:
    """Everything that is prepared, worked out to the end, with a digest in front."""
    encode = msgspec.msgpack.Encoder().encode

    def blob(value: object) -> msgspec.Raw:
        return msgspec.Raw(encode(value))

    known = [prepared.ranged(number) for number in range(len(prepared.lines))]
    file = _File(
        times=times,
        by_key=prepared.index.by_key,
        lines_of=[list(numbers) for numbers in prepared.lines_of],
        about={name: list(numbers) for name, numbers in prepared.about.items()},
        claims=[blob(claim) for claim in prepared.claims],
        lines=[blob(msgspec.structs.replace(line, claim=_NO_CLAIM)) for line in prepared.lines],
        ranged=[blob(one) for one in known],
        answers=[blob(one) for one in sounded(prepared, known)],
    )
    data = encode(file)
    return hashlib.sha256(data).digest() + data


def load(data: bytes, *, as_of: str = "") -> Prepared | None:
    """What :func:`dump` wrote; nothing where the bytes are not, or no longer, what it wrote.

    Nothing either where it was prepared for other times than ``as_of``.
    """
    digest, body = data[:_DIGEST_BYTES], memoryview(data)[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        file = msgspec.msgpack.decode(body, type=_File)
    except msgspec.DecodeError:
        return None
    return _Kept(file) if file.times.holds(as_of) else None
