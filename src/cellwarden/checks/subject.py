"""Subjects: the SQL views that a check can be about, and what their columns tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.checks.predicates import TYPES
from cellwarden.checks.tables import DERIVED
from cellwarden.model.errors import InputError
from cellwarden.store.lanes import side_by_side

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_WORD: Final = re.compile(r"\w+")

FRAME: Final = ("subject", "evidence")
"""Columns that every subject has and no check may mention."""

PARTS: Final = (
    "word",
    "site_word",
    "firmware_window",
    "firmware_reading",
    "setting_change",
    "support_state",
    "life_word",
    "custody",
    "access_left",
    "wiped",
    "citation",
    "gone",
)
"""Views that several subjects share, ``part_<name>``, each before those that read it."""


class SubjectColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column: its type (see ``predicates.TYPES``) and what it tells, to follow "not known:"."""

    name: str
    type: str
    says: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of judgeable thing: a view, its words, its columns, and what names a row of it.

    The view has the columns listed here, ``subject`` (its key as text, unique) and ``evidence``
    (ids of the facts that took part). ``identity`` names the columns that stand in every witness.
    ``graded_by`` leads from a column with a grade (claimed, documented, tested) to the columns
    that it is the grade of.
    """

    name: str
    one_row_is: str
    noun: str
    plural: str
    identity: tuple[str, ...]
    columns: tuple[SubjectColumn, ...]
    sql: str
    graded_by: dict[str, tuple[str, ...]] = {}

    @property
    def view(self) -> str:
        """The name of the view."""
        return f"subject_{self.name}"

    @property
    def types(self) -> dict[str, str]:
        """The type of each column that a check may mention."""
        return {column.name: column.type for column in self.columns}

    @property
    def says(self) -> dict[str, str]:
        """What each column tells."""
        return {column.name: column.says for column in self.columns}


@cache
def subjects() -> dict[str, Subject]:
    """Every subject by name, from ``subjects/``."""
    folder = resources.files("cellwarden.checks").joinpath("subjects")
    names = sorted(f.name.removesuffix(".sql") for f in folder.iterdir() if f.name.endswith(".sql"))
    found = {}
    for name in names:
        words = tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))
        found[name] = Subject(
            name=name,
            one_row_is=words["one_row_is"],
            noun=words["noun"],
            plural=words["plural"],
            identity=tuple(words["identity"]),
            columns=tuple(_column(*item) for item in words["columns"].items()),
            sql=folder.joinpath(f"{name}.sql").read_text("utf-8"),
            graded_by={key: tuple(those) for key, those in words.get("graded_by", {}).items()},
        )
    return found


def subject_named(name: str) -> Subject:
    """One subject.

    Raises:
        InputError: there is none of that name.
    """
    known = subjects()
    if name not in known:
        raise InputError(
            f"there is no subject {name!r}", advice=f"a check is about one of {', '.join(known)}"
        )
    return known[name]


MOST_KEPT: Final = 20_000
"""Rows of a subject up to which a judgement works them out once and keeps them."""


@cache
def part_sql(name: str) -> str:
    """The text of one shared view."""
    folder = resources.files("cellwarden.checks").joinpath("subjects", "parts")
    return folder.joinpath(f"{name}.sql").read_text("utf-8")


class Subjects:
    """The subjects of one run, each defined once, as soon as what it reads is there."""

    def __init__(self, kept: Collection[str] = ()) -> None:
        """Define none yet.

        ``kept`` are worked out when they are defined, where they are small, and so is what several
        of them share; their views read the rows: for who asks the same subject many times.
        """
        self._kept = frozenset(kept)
        self._defined: set[str] = set()

    def ready(self, connection: DuckDBPyConnection) -> list[str]:
        """The subjects that are not defined yet and that wait for no derived table.

        Who fills tables meanwhile asks before it starts: a table that is there counts as filled.
        """
        rows = connection.execute("select table_name from information_schema.tables").fetchall()
        waiting = DERIVED.keys() - {str(name) for (name,) in rows}
        return [
            name
            for name in subjects()
            if name not in self._defined and waiting.isdisjoint(derived_tables_of(name))
        ]

    def define(self, connection: DuckDBPyConnection, names: Collection[str]) -> None:
        """Define some subjects and the parts that they read."""
        known = subjects()
        asked = [known[name].sql for name in sorted(self._kept)]
        wanted = _parts_in(*(known[name].sql for name in names))
        for part in PARTS:
            if part in wanted and part not in self._defined:
                is_shared = sum(f"part_{part}" in sql for sql in asked) > 1
                _define(connection, f"part_{part}", part_sql(part), is_kept=is_shared)
        side_by_side(
            connection,
            lambda lane, one: _define(lane, one.view, one.sql, is_kept=one.name in self._kept),
            [known[name] for name in names],
        )
        self._defined |= {*names, *wanted}


def create_subjects(connection: DuckDBPyConnection) -> None:
    """Define every subject's view, and the views that they share, over the tables of a run."""
    Subjects().define(connection, subjects())


@cache
def derived_tables_of(name: str) -> frozenset[str]:
    """The derived tables that a subject's text, or one that it reads, mentions."""
    text = subjects()[name].sql
    texts = " ".join([text, *(part_sql(part) for part in _parts_in(text))])
    return frozenset(DERIVED.keys() & set(_WORD.findall(texts)))


def _parts_in(*texts: str) -> set[str]:
    """The parts that texts read, by themselves or through other parts."""
    found: set[str] = set()
    waiting = list(texts)
    while waiting:
        words = set(_WORD.findall(waiting.pop()))
        new = {part for part in PARTS if f"part_{part}" in words} - found
        found |= new
        waiting += [part_sql(part) for part in new]
    return found


def _define(connection: DuckDBPyConnection, view: str, sql: str, *, is_kept: bool) -> None:
    """Define a view; one that is kept reads a table of its rows, unless there are too many.

    One statement works them out and counts them: planning them takes longer than the rows.
    """
    if is_kept:
        few = f"select * from (\n{sql}\n) as seen limit {MOST_KEPT + 1}"
        kept = f"kept_{view}"
        counted = connection.execute(f"create or replace table {kept} as {few}").fetchone()
        if counted and counted[0] <= MOST_KEPT:
            sql = f"select * from {kept}"
        else:
            connection.execute(f"drop table {kept}")
    connection.execute(f"create or replace view {view} as {sql}")


def _column(name: str, words: str) -> SubjectColumn:
    kind, _, says = words.partition(": ")
    if kind not in TYPES:
        raise ValueError(f"column {name} has the type {kind!r}; there are {', '.join(TYPES)}")
    return SubjectColumn(name=name, type=kind, says=says)
