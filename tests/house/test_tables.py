from __future__ import annotations

import re
from pathlib import Path

import sqlglot
from sqlglot import exp

from cellwarden.checks import tables
from cellwarden.checks.subject import subjects
from cellwarden.model.facts import kinds

KINDS = {kind + suffix for kind in kinds() for suffix in tables.SUFFIXES}


OWNERS = {
    "store": "the ledger's entries",
    "store/views": "the relations of every kind",
    "checks": "subjects, parts and verdicts; empty ones of what a run lacks",
    "workflows": "the derived tables that a run fills",
    "advisories/bulk": "keys and pairs of a bulk match, in a connection of its own",
    "advisories/bulk/sql": "as its folder",
    "vendors/gleif": "an index of parents, in a private file that goes when it was read",
}
"""Which folder defines relations, and which; everything else only reads."""


def read_by(text: str) -> set[str]:
    """The relations that a statement reads, without those that it defines itself."""
    parsed = sqlglot.parse_one(text, read="duckdb")
    own = {cte.alias for cte in parsed.find_all(exp.CTE)}
    return {table.name for table in parsed.find_all(exp.Table)} - own


def test_a_subject_reads_only_kinds_derived_tables_and_shared_parts(root: Path) -> None:
    folder = root / "src/cellwarden/checks/subjects"
    parts = {f"part_{path.stem}" for path in (folder / "parts").glob("*.sql")}
    known = KINDS | set(tables.DERIVED) | parts | set(subjects())

    for path in sorted(folder.rglob("*.sql")):
        assert read_by(path.read_text("utf-8")) <= known, path.name


def test_relations_are_defined_where_their_owner_lives(root: Path) -> None:
    definition = re.compile(r"create\s+(?:or replace\s+)?(?:temp\s+)?(?:view|table)", re.IGNORECASE)
    rooms = {
        "/".join(path.relative_to(root / "src/cellwarden").parts[:-1])
        for path in (root / "src/cellwarden").rglob("*")
        if path.suffix in {".py", ".sql"} and definition.search(path.read_text("utf-8"))
    }

    assert rooms <= OWNERS.keys(), "a new room defines tables: say which are its own"


def test_the_derived_tables_are_filled_in_one_place(root: Path) -> None:
    for name in tables.DERIVED:
        filled = [
            path.name
            for path in (root / "src/cellwarden").rglob("*.py")
            if re.search(rf'(?<!\w)fill\(\s*connection,\s*"{name}"', path.read_text("utf-8"))
        ]

        assert len(filled) == 1, name
