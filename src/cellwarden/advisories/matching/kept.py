"""Prepared statements as bytes, so that a later start reads only what its components need."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar, overload

import msgspec

from cellwarden.advisories.books import ALWAYS, Times
from cellwarden.advisories.identity import Claim, ClaimIndex
from cellwarden.advisories.identity.index import Key
from cellwarden.advisories.matching.nouns import Line
from cellwarden.advisories.matching.prepared import Prepared
from cellwarden.advisories.matching.ranged import Answers, Ranged
from cellwarden.advisories.matching.sounding import sounded
from cellwarden.model.matching import Remedy

_T = TypeVar("_T")
_DIGEST_BYTES: Final = 32
_encode: Final = msgspec.msgpack.Encoder().encode
_NO_CLAIM: Final = Claim(vendor_text="", text="", vendors=(), key=(), wanted=())


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was said. Lists of blobs have one for each number; a line's claim stands apart."""

    times: Times
    by_key: dict[Key, list[int]]
    lines_of: list[list[int]]
    about: dict[str, list[int]]
    claims: list[msgspec.Raw]
    lines: list[msgspec.Raw]


class _Draft(_Said, frozen=True, kw_only=True):
    """What was said, and the texts that have to be read to work it out."""

    texts: dict[str, list[Remedy]]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What was worked out of some lines, by number; ``answers`` are counted from 0 in each part."""

    ranged: dict[int, Ranged]
    answers: list[msgspec.Raw]


class _File(_Said, frozen=True, kw_only=True):
    """The whole of it."""

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
    said = draft(prepared, times)
    return joined(said, [worked_out(said, part=0, parts=1)])


def draft(prepared: Prepared, times: Times) -> bytes:
    """What is prepared with nothing worked out, so that several can do it side by side."""
    return _encode(
        _Draft(
            times=times,
            by_key=prepared.index.by_key,
            lines_of=[list(numbers) for numbers in prepared.lines_of],
            about={name: list(numbers) for name, numbers in prepared.about.items()},
            claims=[_blob(claim) for claim in prepared.claims],
            lines=[
                _blob(msgspec.structs.replace(line, claim=_NO_CLAIM)) for line in prepared.lines
            ],
            texts={name: list(remedies) for name, remedies in prepared.texts.items()},
        )
    )


def worked_out(said: bytes, *, part: int, parts: int) -> bytes:
    """What is known of the lines of every ``parts``-th advisory, from ``part`` on."""
    prepared = _of_draft(msgspec.msgpack.decode(said, type=_Draft))
    known = {
        number: prepared.ranged(number)
        for numbers in islice(prepared.about.values(), part, None, parts)
        for number in numbers
    }
    answers = [_blob(one) for one in sounded(prepared, known)]
    return _encode(_Part(ranged=known, answers=answers))


def joined(said: bytes, parts: Iterable[bytes]) -> bytes:
    """A draft and all that was worked out of it as one file, with a digest in front."""
    drafted = msgspec.msgpack.decode(said, type=_Draft)
    ranged: dict[int, Ranged] = {}
    answers: list[msgspec.Raw] = []
    for data in parts:
        found = msgspec.msgpack.decode(data, type=_Part)
        before = len(answers)
        for number, one in found.ranged.items():
            answer = None if one.answers is None else one.answers + before
            ranged[number] = msgspec.structs.replace(one, answers=answer)
        answers += found.answers
    fields = {name: getattr(drafted, name) for name in _Said.__struct_fields__}
    in_order = [_blob(ranged[number]) for number in range(len(drafted.lines))]
    body = _encode(_File(**fields, ranged=in_order, answers=answers))
    return hashlib.sha256(body).digest() + body


def _of_draft(said: _Draft) -> Prepared:
    claims = Blobs(said.claims, Claim)
    lines = _Lines(said.lines, claims, said.lines_of)
    index = ClaimIndex(claims, said.by_key)
    return Prepared(lines, index, said.lines_of, said.about, said.texts)


def _blob(value: object) -> msgspec.Raw:
    return msgspec.Raw(_encode(value))


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
