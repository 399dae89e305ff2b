"""JSON and YAML as plain text values, verbatim and within bounds, with the lines of their rows."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from cellwarden.collect import bounds
from cellwarden.collect.text import decode
from cellwarden.model.errors import SourceError

_BLANK = re.compile(r"[ \t\n\r]*")


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A document as mappings, lists, text and nothing.

    Numbers are text as they were written: ``2.60`` stays ``2.60``. ``lines`` gives the line of
    every row that stands in a list, by the identity of the object.
    """

    value: Any
    lines: dict[int, int]
    note: str | None

    def line_of(self, row: object) -> int | None:
        """The line where a row begins, from 1, where it is known."""
        return self.lines.get(id(row))


def _verbatim(text: str) -> str:
    return text


_DECODER: Final = json.JSONDecoder(
    parse_float=_verbatim, parse_int=_verbatim, parse_constant=_verbatim
)


def parse_json(name: str, data: bytes) -> Parsed:
    """Parse JSON.

    Raises:
        SourceError: it is not whole, no JSON, or nested too deeply; says the line.
    """
    decoded = decode(name, data)
    text = decoded.text
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        cause = "it ends too early" if error.pos >= len(text.rstrip()) else error.msg
        raise SourceError(
            f"{name}, line {error.lineno}, column {error.colno}: no JSON ({cause})",
            advice="export the file anew; it was cut off or edited by hand",
        ) from error
    except (RecursionError, ValueError) as error:
        raise too_deep(name) from error
    check_depth(name, value)
    return Parsed(value=value, lines=_json_lines(text, value), note=decoded.note)


def too_deep(name: str) -> SourceError:
    """The refusal of a document whose nesting has no honest purpose."""
    return SourceError(
        f"{name} is nested deeper than {bounds.NESTING} levels",
        advice="ask its sender for a flat export; a register needs no such depth",
    )


def check_depth(name: str, value: Any) -> None:
    """Refuse a value that is nested too deeply.

    Raises:
        SourceError: deeper than ``bounds.NESTING``.
    """
    level = [value]
    for _ in range(bounds.NESTING + 1):
        inner = []
        for item in level:
            if isinstance(item, dict):
                inner += [part for part in item.values() if isinstance(part, (dict, list))]
            elif isinstance(item, list):
                inner += [part for part in item if isinstance(part, (dict, list))]
        if not inner:
            return
        level = inner
    raise too_deep(name)


def _json_lines(text: str, value: Any) -> dict[int, int]:
    """The lines of the rows in a list, or in the lists of a mapping, by walking the text again."""
    lines: dict[int, int] = {}
    walk = _Walk(text)
    if isinstance(value, list):
        walk.rows(value, lines)
    elif isinstance(value, dict) and any(isinstance(part, list) for part in value.values()):
        walk.skip("{")
        while not walk.at("}"):
            key = walk.value()
            walk.skip(":")
            part = value.get(key)
            if isinstance(part, list) and walk.at("["):
                walk.rows(part, lines)
            else:
                walk.value()
            walk.skip(",")
    return lines


class _Walk:
    """A second pass over text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line = 1
        self._counted = 0
        self._blank()

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def at(self, sign: str) -> bool:
        return self.position >= len(self.text) or self.text.startswith(sign, self.position)

    def skip(self, sign: str) -> None:
        if self.text.startswith(sign, self.position):
            self.position += len(sign)
            self._blank()

    def value(self) -> Any:
        found, self.position = _DECODER.raw_decode(self.text, self.position)
        self._blank()
        return found

    def rows(self, items: list[Any], lines: dict[int, int]) -> None:
        self.skip("[")
        for item in items:
            self.line += self.text.count("\n", self._counted, self.position)
            self._counted = self.position
            lines[id(item)] = self.line
            self.value()
            self.skip(",")
        self.skip("]")


def parse_yaml(name: str, data: bytes) -> Parsed:
    """Parse one YAML document: every scalar as written, no tags, few aliases.

    ``~``, ``null`` and an empty plain scalar are nothing.

    Raises:
        SourceError: no YAML, several documents, nested too deeply, or more than
            ``bounds.ALIASES`` aliases; says the line.
    """
    import yaml

    decoded = decode(name, data)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(name)
    try:
        for event in yaml.parse(decoded.text, Loader=loader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise SourceError(
            f"{name}{where}: no YAML ({problem})",
            advice="mind the indentation there, and quote text that holds a colon",
        ) from error
    return Parsed(value=builder.value, lines=builder.lines, note=decoded.note)


class _Builder:
    """Builds plain values from YAML's events, so that an alias is a reference and never a copy."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: Any = None
        self.lines: dict[int, int] = {}
        self._open: list[tuple[Any, list[Any]]] = []
        self._anchors: dict[str, Any] = {}
        self._aliases = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        import yaml

        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise SourceError(
                    f"{self.name}, line {_line(event)}: a second YAML document begins",
                    advice="put each document into a file of its own",
                )
        elif isinstance(event, yaml.ScalarEvent):
            self._put(event, _scalar(event))
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin(event, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin(event, [])
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._open.pop()

    def _begin(self, event: Any, container: Any) -> None:
        if len(self._open) >= bounds.NESTING:
            raise too_deep(self.name)
        self.lines[id(container)] = _line(event)
        self._put(event, container)
        self._open.append((container, []))

    def _alias(self, event: Any) -> None:
        self._aliases += 1
        line = _line(event)
        if self._aliases > bounds.ALIASES:
            raise SourceError(
                f"{self.name}, line {line}: more than {bounds.ALIASES} aliases",
                advice="write the values out instead of referring to others",
            )
        if event.anchor not in self._anchors:
            raise SourceError(
                f"{self.name}, line {line}: nothing is called &{event.anchor}",
                advice="mend the name after the asterisk",
            )
        target = self._anchors[event.anchor]
        if any(container is target for container, _ in self._open):
            raise SourceError(
                f"{self.name}, line {line}: *{event.anchor} holds itself",
                advice="write the value out instead of referring to it",
            )
        self._put(event, target)

    def _put(self, event: Any, value: Any) -> None:
        anchor = getattr(event, "anchor", None)
        if anchor is not None and anchor not in self._anchors:
            self._anchors[anchor] = value
        if not self._open:
            self.value = value
            return
        container, key = self._open[-1]
        if isinstance(container, list):
            container.append(value)
        elif not key:
            key.append(value if isinstance(value, str) else str(event.start_mark))
        else:
            name = key.pop()
            if name in container:
                raise SourceError(
                    f"{self.name}, line {_line(event)}: {name!r} stands twice",
                    advice="keep one of the two",
                )
            container[name] = value


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> str | None:
    if not event.style and event.value in {"", "~", "null", "Null", "NULL"}:
        return None
    return str(event.value)
