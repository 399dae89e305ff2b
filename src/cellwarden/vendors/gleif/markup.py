"""Common data files as XML, streamed: no document type, no entity, bounded depth, text, memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol
from xml.parsers import expat  # nosec B406 - document types are refused below, before any entity

from cellwarden.model.errors import SourceError
from cellwarden.vendors.gleif.nouns import ADVICE, CELLS, Raw

DEEPEST: Final = 24
"""Elements inside each other; the published schemas go to ten."""
LONGEST_RECORD: Final = 200_000
"""Characters that are kept of one record; a real one has some thousands."""
LONGEST_TOKEN: Final = 4 * 2**20
"""Bytes that the parser may hold back for one tag."""
MOST_TAGS: Final = 5_000
"""Different tags, each with what stands above it; far over any schema."""
CHUNK: Final = 2**18

RECORDS: Final = frozenset({"LEIRecord", "RelationshipRecord", "Exception"})
HEADERS: Final = frozenset({"LEIHeader", "Header"})

_CELLS: Final = {
    **CELLS,
    "ExceptionCategory": "category",
    "ExceptionReason": "reason",
    "ExceptionReference": "reference",
    "ContentDate": "ContentDate",
    "FileContent": "FileContent",
    "RecordCount": "RecordCount",
}
_NAMES: Final = frozenset(
    {
        "Entity.OtherEntityNames.OtherEntityName",
        "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
    }
)
_PERIOD: Final = "Relationship.RelationshipPeriods.RelationshipPeriod"
_PERIODS: Final = {
    f"{_PERIOD}.StartDate": "start",
    f"{_PERIOD}.EndDate": "end",
    f"{_PERIOD}.PeriodType": "kind",
}
_DELETION: Final = "Extension.Deletion"
_TOLD: Final = {*_CELLS, *_NAMES, *_PERIODS, _PERIOD, _DELETION}


class Bytes(Protocol):
    """What a file is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class _Parsing:
    """The state of one pass: where it is, and the record that is being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[tuple[str, Raw]] = []
        self.stack: list[str] = []
        self.inside = 0
        """The depth at which the record began; 0 outside of one."""
        self.raw = Raw(0, {}, [], [])
        self.text: list[str] | None = None
        self.kept = 0
        self.below: dict[tuple[str, str], str] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.EntityDeclHandler = self.refuse_doctype
        self.parser.ExternalEntityRefHandler = self.refuse_doctype

    def refuse(self, what: str) -> SourceError:
        line = self.parser.CurrentLineNumber
        return SourceError(f"{self.path}: line {line}: {what}", advice=ADVICE)

    def refuse_doctype(self, *_: object) -> int:
        raise self.refuse("a document type or an entity, which no file of GLEIF has")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        stack = self.stack
        if len(stack) >= DEEPEST:
            raise self.refuse(f"nested deeper than {DEEPEST} elements")
        if not self.inside:
            self._outside(name.rpartition(":")[2])
            return
        above = stack[-1] if len(stack) > self.inside else ""
        path = self.below.get((above, name))
        if path is None:
            path = self._new(above, name)
        stack.append(path)
        if path in _TOLD:
            self._told(path)

    def _outside(self, tag: str) -> None:
        self.stack.append(tag)
        if tag in RECORDS or tag in HEADERS:
            self.inside = len(self.stack)
            self.raw = Raw(self.parser.CurrentLineNumber, {}, [], [])
            self.kept = 0

    def _new(self, above: str, name: str) -> str:
        """The tags below the record without their namespaces, joined by dots; each made once."""
        tag = name.rpartition(":")[2]
        path = self.below[above, name] = f"{above}.{tag}" if above else tag
        if len(self.below) > MOST_TAGS:
            raise self.refuse("thousands of different tags, which no schema has")
        return path

    def _told(self, path: str) -> None:
        if path == _PERIOD:
            self.raw.periods.append({})
        elif path == _DELETION:
            self.raw.cells["deleted"] = "yes"
        else:
            self.text = []
            self.parser.CharacterDataHandler = self.data

    def data(self, text: str) -> None:
        if self.text is not None:
            self.kept += len(text)
            if self.kept > LONGEST_RECORD:
                raise self.refuse(f"a record of more than {LONGEST_RECORD:,} characters")
            self.text.append(text)

    def end(self, _name: str) -> None:
        path = self.stack.pop()
        if self.text is not None and path in _TOLD:
            self._keep(path, "".join(self.text).strip())
            self.text = None
            self.parser.CharacterDataHandler = None
        elif self.inside and len(self.stack) < self.inside:
            self.inside = 0
            self.found.append((path, self.raw))

    def _keep(self, path: str, text: str) -> None:
        if not text:
            return
        if path in _NAMES:
            self.raw.names.append(text)
        elif path in _PERIODS:
            if self.raw.periods:
                self.raw.periods[-1].setdefault(_PERIODS[path], text)
        else:
            self.raw.cells.setdefault(_CELLS[path], text)


def stream(path: Path, file: Bytes) -> Iterator[tuple[str, Raw]]:
    """The header and the records of a common data file, each with its tag, in their order.

    Raises:
        SourceError: not well-formed, cut off, a document type, an entity, or beyond the bounds;
            names file and line.
    """
    parsing = _Parsing(path)
    fed = 0
    try:
        while chunk := file.read(CHUNK):
            fed += len(chunk)
            parsing.parser.Parse(chunk, False)  # noqa: FBT003 - expat takes no keywords
            if fed - parsing.parser.CurrentByteIndex > LONGEST_TOKEN:
                raise parsing.refuse(f"a tag of more than {LONGEST_TOKEN:,} bytes")
            yield from parsing.found
            parsing.found.clear()
        parsing.parser.Parse(b"", True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as error:
        raise SourceError(
            f"{path}: line {error.lineno}: {expat.ErrorString(error.code)}", advice=ADVICE
        ) from error
    yield from parsing.found
