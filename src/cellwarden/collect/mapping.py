"""What a table's headings mean: guessed from ``headings.toml``, kept as TOML beside the file."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec

from cellwarden.collect.values import register_kinds, required
from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read one table.

    ``kind`` is what its rows are; ``columns`` leads from a heading, as the document writes it, to
    a column of the kind; ``constants`` are cells that hold for every row and stand nowhere in it,
    such as the site; ``header_line`` is the line of the headings, where it must be said; ``sheet``
    the worksheet that is meant, where a workbook has several.
    """

    kind: str
    columns: dict[str, str]
    constants: dict[str, str] = {}
    header_line: int | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        """Refuse a kind or a column that does not exist."""
        if self.kind not in register_kinds():
            raise ValueError(f"{self.kind!r} is none of {', '.join(register_kinds())}")
        names = kinds()[self.kind].column_names
        for column in (*self.columns.values(), *self.constants):
            if column not in names:
                raise ValueError(f"{self.kind} has no column {column!r}, but {', '.join(names)}")

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns that a row of this kind needs and nothing here gives."""
        given = {*self.columns.values(), *self.constants}
        return tuple(column for column in required(self.kind) if column not in given)


@cache
def plain(heading: str) -> str:
    """A heading without case, accents, brackets and punctuation, for comparing."""
    without = re.sub(r"[(\[{].*?[)\]}]", " ", heading) or heading
    letters = unicodedata.normalize("NFKD", without.casefold())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", letters)).strip()
    return words or heading.strip().casefold()


@cache
def _synonyms(kind: str) -> dict[str, tuple[int, str]]:
    """For each plain heading: how far it is from the column's own name, and the column."""
    text = resources.files("cellwarden.collect").joinpath("headings.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    found: dict[str, tuple[int, str]] = {}
    for column in kinds()[kind].column_names:
        found[plain(column)] = (0, column)
    for distance, table in ((1, tables.get(kind, {})), (1_000, tables["any"])):
        for column in kinds()[kind].column_names:
            for rank, heading in enumerate(table.get(column, ())):
                found.setdefault(plain(heading), (distance + rank, column))
    return found


def suggest_mapping(header: Sequence[str], kind: str) -> Mapping:
    """Guess what the headings of a table mean for rows of a kind.

    Each column of the kind is given to the one heading that is nearest to it; what is left over is
    in no mapping, and a preview names it.
    """
    known = _synonyms(kind)
    nearest: dict[str, tuple[int, int, str]] = {}
    for position, heading in enumerate(header):
        if found := known.get(plain(heading)):
            distance, column = found
            candidate = (distance, position, heading)
            nearest[column] = min(nearest.get(column, candidate), candidate)
    return Mapping(
        kind=kind,
        columns={heading: column for column, (_, _, heading) in sorted(nearest.items())},
    )


def likely_kinds(header: Sequence[str]) -> list[tuple[int, str]]:
    """The kinds that the headings could be of, with the number of columns understood, best first.

    Only kinds whose required columns are all there.
    """
    found = []
    for kind in register_kinds():
        guess = suggest_mapping(header, kind)
        if not guess.missing:
            named = sum(
                plain(heading) == plain(column) for heading, column in guess.columns.items()
            )
            found.append((len(guess.columns) * 2 + named, kind))
    return sorted(found, key=lambda pair: (-pair[0], register_kinds().index(pair[1])))


def dump_mapping(mapping: Mapping) -> str:
    """A mapping as TOML, to be kept beside the file as ``NAME.mapping.toml``."""
    lines = [
        "# What the columns of this file mean. Left: its heading. Right: a column of the register.",
        f"kind = {_quoted(mapping.kind)}",
    ]
    if mapping.header_line is not None:
        lines.append(f"header_line = {mapping.header_line}")
    if mapping.sheet is not None:
        lines.append(f"sheet = {_quoted(mapping.sheet)}")
    for title, table in (("columns", mapping.columns), ("constants", mapping.constants)):
        if table or title == "columns":
            lines += ["", f"[{title}]"]
            lines += [f"{_quoted(key)} = {_quoted(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def load_mapping(text: str) -> Mapping:
    """Read a mapping from TOML.

    Raises:
        InputError: it is no TOML, or names a kind or column that does not exist.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Mapping)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise InputError(
            f"the column mapping cannot be read: {error}",
            advice="mend that line, or delete the mapping and have it suggested anew",
        ) from error


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


@cache
def _file_names() -> dict[str, str]:
    names = {}
    for kind in register_kinds():
        plural = kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
        for name in (kind, plural):
            names[plain(name)] = kind
    return names


def kind_of_name(name: str) -> str | None:
    """The kind that a file's or a worksheet's name begins with: ``register/assets-ng1.csv``."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0]
    words = plain(stem).split()
    for length in (2, 1):
        if found := _file_names().get(" ".join(words[:length])):
            return found
    return None


def file_name(kind: str) -> str:
    """What a register file of a kind is called: ``assets.csv``."""
    uncounted = {"support"}
    stem = kind if kind in uncounted else (kind[:-1] + "ies" if kind.endswith("y") else kind + "s")
    return f"{stem}.csv"
