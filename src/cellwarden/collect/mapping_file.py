"""The mapping file ``NAME.mapping.toml``: written for a person to correct, and read again."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from textwrap import wrap
from typing import Final

import msgspec

from cellwarden.collect.mapping import Also, Mapping, suggest_mapping
from cellwarden.collect.values import register_kinds, required
from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import kinds

_GUESSED: Final = ("component", "asset")
_FURTHER: Final = {"asset": ("component", "firmware"), "component": ("asset", "site_id")}
_WIDTH: Final = 96


class UnmappedError(SourceError):
    """A table whose headings do not tell what its rows are.

    ``headings`` are those of the line that is most likely theirs, ``line`` its number, ``sheet``
    its worksheet where there is one, and ``kind`` what its rows are where that is known.
    """

    def __init__(
        self,
        message: str,
        *,
        advice: str,
        headings: Sequence[str],
        line: int | None,
        sheet: str | None,
        kind: str | None,
    ) -> None:
        super().__init__(message, advice=advice)
        self.headings = tuple(headings)
        self.line = line
        self.sheet = sheet
        self.kind = kind


def dump_mapping(mapping: Mapping) -> str:
    """A mapping as TOML, to be kept beside the file as ``NAME.mapping.toml``."""
    lines = [
        "# What the columns of this file mean. Left: its heading. Right: a column of the register.",
        f"kind = {_quoted(mapping.kind)}",
    ]
    if mapping.header_line is not None:
        lines.append(f"header_line = {mapping.header_line}")
    if mapping.header_lines > 1:
        lines.append(f"header_lines = {mapping.header_lines}")
    if mapping.sheet is not None:
        lines.append(f"sheet = {_quoted(mapping.sheet)}")
    if mapping.ignored:
        lines.append(f"ignored = [{', '.join(map(_quoted, mapping.ignored))}]")
    lines += _table("columns", mapping.columns) + _table("constants", mapping.constants)
    if mapping.dates:
        lines += ["", "# dmy: the day stands before the month. mdy: the month before the day."]
        lines += _table("dates", mapping.dates)[1:]
    for also in mapping.also:
        lines += _also(also)
    return "\n".join(lines) + "\n"


def _also(also: Also) -> list[str]:
    lines = ["", f"# Each row is also one {also.kind}.", "[[also]]", f"kind = {_quoted(also.kind)}"]
    return lines + _table("also.columns", also.columns) + _table("also.constants", also.constants)


def _table(title: str, table: dict[str, str]) -> list[str]:
    if not table and not title.endswith("columns"):
        return []
    return [
        "",
        f"[{title}]",
        *(f"{_quoted(key)} = {_quoted(value)}" for key, value in table.items()),
    ]


def mapping_skeleton(unmapped: UnmappedError, name: str) -> str:
    """A mapping file to be completed: the headings found, what is understood of them, the choices.

    It is TOML that can be read as it stands; what nobody understood is a comment.
    """
    headings = list(dict.fromkeys(heading for heading in unmapped.headings if heading))
    kind = unmapped.kind or _nearest_kind(headings)
    guess = suggest_mapping(headings, kind)
    where = f" in line {unmapped.line}" if unmapped.line else ""
    lines = [
        f"# How to read {json.dumps(name, ensure_ascii=False)[1:-1]}; headings were found{where}.",
        "# Take the number sign off a line under [columns] and write a column of the kind behind",
        "# the heading. Then: cellwarden register import FILE --mapping THIS_FILE --dry-run",
        "",
        *(f"# {line}" for line in wrap(f"One of {', '.join(register_kinds())}.", _WIDTH)),
        f"kind = {_quoted(kind)}",
    ]
    if unmapped.line:
        lines.append(f"header_line = {unmapped.line}")
    if unmapped.sheet is not None:
        lines.append(f"sheet = {_quoted(unmapped.sheet)}")
    lines += ["", f"# Needed: {', '.join(required(kind))}.", "[columns]"]
    lines += [
        f"{_quoted(heading)} = {_quoted(guess.columns[heading])}"
        if heading in guess.columns
        else f'# {_quoted(heading)} = ""'
        for heading in headings
    ]
    lines += [
        "",
        f"# The columns of {kind} to choose from:",
        *(f"#   {column.name}: {_one_line(column.says)}" for column in kinds()[kind].columns),
        "",
        "# Cells that hold for every row and stand in no column; a column and its text a line:",
        "# [constants]",
    ]
    if kind in _FURTHER:
        other, column = _FURTHER[kind]
        lines += [
            "",
            f"# Where each row also tells of its {other}:",
            "# [[also]]",
            f'# kind = "{other}"',
            "# [also.columns]",
            '# "heading of the asset" = "asset_id"',
            f'# "another heading" = "{column}"',
        ]
    return "\n".join(lines) + "\n"


def _nearest_kind(headings: list[str]) -> str:
    return max(_GUESSED, key=lambda kind: len(suggest_mapping(headings, kind).columns))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def load_mapping(text: str, *, name: str = "the column mapping") -> Mapping:
    """Read a mapping from TOML; ``name`` is the file's, for messages.

    Raises:
        InputError: it is no TOML, or names a kind or column that does not exist; says the line.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Mapping)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise InputError(
            f"{name}{_place(text, str(error))}: the column mapping cannot be read: {error}",
            advice="mend that line, or delete the mapping and have it suggested anew",
        ) from error


def _place(text: str, message: str) -> str:
    """The line that an error speaks of, as words; nothing where it speaks of none."""
    if told := re.search(r"at line (\d+)", message):
        return f", line {told[1]}"
    lines = text.splitlines()
    for word in re.findall(r"'([^']+)'|field `([^`]+)`", message):
        wanted = word[0] or word[1]
        for number, line in enumerate(lines, 1):
            if wanted in line.partition("#")[0]:
                return f", line {number}"
    return ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
