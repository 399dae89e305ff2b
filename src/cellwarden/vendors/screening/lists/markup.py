"""XML, streamed and bounded: no document type, no entities, no depth, no endless text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.parsers import expat  # nosec B406 - document types are refused below, before any entity

from cellwarden.model.errors import SourceError

DEEPEST: Final = 40
LONGEST_TEXT: Final = 1_000_000
MOST_CHILDREN: Final = 20_000
"""Elements under one record: a list's largest record has a few hundred."""

_ADVICE: Final = "fetch the list anew from its publisher, as the plain XML file"


class Node:
    """An element without its namespace: tag, attributes, text, children, and the line it began."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.text = ""
        self.children: list[Node] = []

    def all(self, tag: str) -> Iterator[Node]:
        """The children with this tag."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> str:
        """The text of the first child with this tag; empty where there is none."""
        return next((child.text.strip() for child in self.all(tag)), "")


class _Reading:
    """The state of one pass: the open elements of the record that is being read."""

    def __init__(self, path: Path, records: frozenset[str]) -> None:
        self.path = path
        self.records = records
        self.found: list[Node] = []
        self.root = ""
        self.depth = 0
        self.open: list[Node] = []
        self.held = 0
        self.text = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.EntityDeclHandler = self.refuse_doctype
        self.parser.ExternalEntityRefHandler = self.refuse_doctype

    def refuse(self, what: str) -> SourceError:
        return SourceError(
            f"{self.path}: line {self.parser.CurrentLineNumber}: {what}", advice=_ADVICE
        )

    def refuse_doctype(self, *_: object) -> int:
        raise self.refuse("a document type or an entity, which no list has")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self.root = self.root or tag
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(f"nested deeper than {DEEPEST} elements")
        if not self.open and tag not in self.records:
            return
        self.held += 1
        if self.held > MOST_CHILDREN:
            raise self.refuse(f"a record of more than {MOST_CHILDREN} elements")
        node = Node(tag, attributes, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(node)
        self.open.append(node)

    def end(self, _name: str) -> None:
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.found.append(node)
                self.held = self.text = 0

    def data(self, text: str) -> None:
        if self.open:
            self.text += len(text)
            if self.text > LONGEST_TEXT:
                raise self.refuse(f"a record of more than {LONGEST_TEXT:,} characters")
            self.open[-1].text += text


def records(path: Path, data: bytes, tags: frozenset[str]) -> tuple[str, list[Node]]:
    """The root's tag, and every element with one of these tags, with all that it holds.

    Raises:
        SourceError: not well-formed, a document type, an entity, or beyond the bounds; names
            file and line.
    """
    reading = _Reading(path, tags)
    try:
        reading.parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as error:
        raise SourceError(
            f"{path}: line {error.lineno}: {expat.ErrorString(error.code)}", advice=_ADVICE
        ) from error
    return reading.root, reading.found
