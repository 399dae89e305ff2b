"""Which keys sign for a log, as signed statements that follow from each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from cellwarden.ledger.keys import (
    KeyType,
    SignerKey,
    VerifierKey,
    check_name,
    decode_verifier,
    encode_verifier,
)
from cellwarden.ledger.notes import Note, sign_note, verify_note

_FIRST_LINE: Final = "cellwarden ledger keys v1"
_MOST_KEYS: Final = 8
_HEAD_LINES: Final = 2


class KeyStatement(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that sign for a log from one entry on, the newest last."""

    origin: str
    keys: tuple[VerifierKey, ...]

    def __post_init__(self) -> None:
        check_name(self.origin)
        if not 1 <= len(self.keys) <= _MOST_KEYS or len(set(self.keys)) != len(self.keys):
            raise ValueError(f"a log has 1 to {_MOST_KEYS} keys at a time, each once")
        if any(key.name != self.origin or key.type is not KeyType.LOG for key in self.keys):
            raise ValueError(f"a key of {self.origin} carries its name and signs logs")


def sign_statement(statement: KeyStatement, signers: Sequence[SignerKey]) -> Note:
    """A statement signed by these keys."""
    lines = [_FIRST_LINE, statement.origin, *(encode_verifier(key) for key in statement.keys)]
    text = "".join(f"{line}\n" for line in lines)
    return sign_note(Note(text=text, signatures=()), *signers, at_s=0)


def accept_statement(note: Note, before: KeyStatement | None) -> KeyStatement:
    """Read a statement, if it follows from the one before it.

    Rules: it speaks of the same log; every key that it adds has signed it; unless it is the first,
    so has a key that signed for the log before. Nobody can add a key without the old one, or name
    a key that they don't hold.

    Raises:
        ValueError: it is malformed, or a rule is broken; says which.
    """
    statement = _decode(note.text)
    known = before.keys if before else ()
    for key in statement.keys:
        if key not in known:
            verify_note(note, [key])
    if before is not None:
        if statement.origin != before.origin:
            raise ValueError(f"{statement.origin} is another log than {before.origin}")
        verify_note(note, before.keys)
    return statement


def _decode(text: str) -> KeyStatement:
    lines = text.split("\n")
    if lines.pop() or len(lines) <= _HEAD_LINES or lines[0] != _FIRST_LINE:
        raise ValueError(f"a statement of keys begins with the line {_FIRST_LINE!r}")
    keys = tuple(decode_verifier(line) for line in lines[_HEAD_LINES:])
    return KeyStatement(origin=lines[1], keys=keys)
