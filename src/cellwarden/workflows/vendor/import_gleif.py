"""Import files of the Global LEI System: who the register's parties are and who stands above."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import END, kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft, State
from cellwarden.vendors.gleif.facts import FileRead, Register, Rows, ended, rows_of
from cellwarden.vendors.gleif.files import GleifFile, look_at
from cellwarden.vendors.gleif.nouns import Level
from cellwarden.vendors.parties.lei import is_lei
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import Cells
from cellwarden.workflows.vendor.read_gleif import newest_day, read_files
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "gleif"
ACT: Final = "import-gleif"
_FOREVER: Final = "9999"
_KINDS: Final = (
    "party",
    "ownership",
    "unnamed_parent",
    "lei_candidate",
    "lei_file",
    "unreadable",
)
_READ: Final = (*_KINDS, "lei_decision")


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import brought.

    ``above`` are entities above the register's, ``missing`` LEIs of the register that the files
    of level 1 do not hold, ``waiting`` candidates without a decision. ``entry`` is None where the
    ledger says it all already.
    """

    files: tuple[FileRead, ...]
    parties: int
    above: int
    nameless: int
    not_named: int
    missing: tuple[str, ...]
    waiting: int
    ended: int
    entry: int | None


def import_gleif(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    everything: bool = False,
    dated_on: date | None = None,
    clock_at: str,
    actor: str,
    progress: Progress,
) -> Imported:
    """Read files of GLEIF, keep what concerns the register, and record it as one entry.

    Nothing is recorded where a file is damaged, so a stopped import leaves nothing.

    Raises:
        InputError: a file cannot be read, has no day, or is older than what is on record.
        SourceError: a file is no file of GLEIF, damaged or cut off; names file and line.
    """
    files = _in_order(look_at(path, dated_on=dated_on) for path in paths)
    with (
        workspace.open_state() as state,
        state.alone(),
        closing(state.connect(as_of=_FOREVER, only=_READ)) as connection,
    ):
        before = said_before(connection)
        _refuse_older(files, before)
        return _import(
            state,
            connection,
            files,
            everything=everything,
            clock_at=clock_at,
            actor=actor,
            progress=progress,
        )


def import_if_changed(
    workspace: Workspace, state: State, *, clock_at: str, actor: str, progress: Progress
) -> tuple[SourceError, ...]:
    """Import the files of the settings where they, or the register's LEIs and names, have changed.

    A file that cannot be read stops no scan; it comes back as an error to report at the end.
    """
    try:
        paths = identifier_files(workspace)
        if not paths:
            return ()
        files = _current(_in_order(look_at(path) for path in paths))
        with closing(state.connect(as_of=_FOREVER, only=_READ)) as connection:
            before = said_before(connection)
            register = register_in(connection)
            if _is_known(before, _inputs(files, register, everything=False)):
                return ()
            _refuse_older(files, before)
            _import(
                state,
                connection,
                files,
                everything=False,
                clock_at=clock_at,
                actor=actor,
                progress=progress,
            )
    except (SourceError, InputError) as error:
        return (SourceError(str(error), advice=error.advice),)
    return ()


def identifier_files(workspace: Workspace) -> tuple[Path, ...]:
    """The files of the settings: as named, folders with all that lies in them.

    Raises:
        InputError: one of them is not there.
    """
    found: list[Path] = []
    for name in workspace.settings.vendors.identifiers:
        path = workspace.folder / name
        if path.is_dir():
            endings = {".xml", ".csv", ".zip"}
            found += sorted(p for p in path.iterdir() if p.suffix.lower() in endings)
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(
                f"[vendors] identifiers: {name} is not there",
                advice="fetch the file from gleif.org, or take it out of cellwarden.toml",
            )
    return tuple(found)


def register_in(connection: duckdb.DuckDBPyConnection) -> Register:
    """The parties as everybody but GLEIF describes them, with the LEIs that people confirmed."""
    cursor = connection.execute(
        "select party_id, max_by(name, entry) as name, max_by(country, entry) as country,"
        " max_by(legal_form, entry) as legal_form, max_by(registration, entry) as registration,"
        " string_agg(distinct aliases, ';') as aliases, max_by(lei, entry) as lei"
        " from party_all where source <> ? and party_id is not null group by party_id",
        [SOURCE],
    )
    names = [column[0] for column in cursor.description or ()]
    parties: dict[str, Cells] = {
        row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()
    }
    leis = {
        party: lei
        for party, cells in parties.items()
        if is_lei(lei := (cells["lei"] or "").strip().upper())
    }
    refused = set()
    for party, lei, same in connection.execute(
        "select party_id, upper(trim(lei)), is_same from lei_decision"
    ).fetchall():
        if same == "yes" and party in parties and is_lei(lei or ""):
            leis.setdefault(party, lei)
        elif same == "no":
            refused.add((party, lei))
    return Register(parties=parties, lei_of=leis, refused=frozenset(refused))


def said_before(connection: duckdb.DuckDBPyConnection) -> Rows:
    """What earlier imports said and nobody ended, by kind and subject."""
    found: Rows = {}
    for kind in _KINDS:
        columns = ", ".join(f'"{name}"' for name in kinds()[kind].column_names)
        rows = connection.execute(
            f'select subject, {columns} from "{kind}_all" where source = ?', [SOURCE]
        ).fetchall()
        found[kind] = {str(row[0]): row[1:] for row in rows}
    return found


def _import(
    state: State,
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[GleifFile],
    *,
    everything: bool,
    clock_at: str,
    actor: str,
    progress: Progress,
) -> Imported:
    before, register = said_before(connection), register_in(connection)
    found = read_files(files, register, before, everything=everything, progress=progress)
    rows = rows_of(found, register, inputs_sha256=_inputs(files, register, everything=everything))
    gone = ended(before, rows, found, register)
    tables = {
        kind: [
            *(
                Fact(cells=row)
                for subject, row in sorted(rows.get(kind, {}).items())
                if before[kind].get(subject) != row
            ),
            *(Fact(cells=row, op=END, valid_from=newest_day(files)) for row in gone.get(kind, ())),
        ]
        for kind in _KINDS
    }
    entry = None
    if any(tables.values()):
        note = "; ".join(f"{file.says} ({file.path.name})" for file in files)
        draft = Draft(act=ACT, actor=actor, source=SOURCE, clock_at=clock_at, note=note)
        entry = state.record(draft, tables)
    named = found.entities.keys()
    return Imported(
        files=found.files,
        parties=len(register.lei_of),
        above=len(found.keep - register.leis),
        nameless=len(found.keep - register.leis - named) if found.newest(Level.PARENTS) else 0,
        not_named=len(rows.get("unnamed_parent", ())),
        missing=tuple(sorted(register.leis - named)) if found.newest(Level.ENTITIES) else (),
        waiting=len(rows.get("lei_candidate", before["lei_candidate"])),
        ended=sum(map(len, gone.values())),
        entry=entry,
    )


def _in_order(files: Iterable[GleifFile]) -> list[GleifFile]:
    """Parents first, then entities, then exceptions; within each, the oldest first."""
    rank = {Level.PARENTS: 0, Level.ENTITIES: 1, Level.NOT_NAMED: 2}
    return sorted(
        files,
        key=lambda f: (rank[f.header.level], f.header.dated_on or date.min, not f.header.is_whole),
    )


def _current(files: Sequence[GleifFile]) -> list[GleifFile]:
    """Of each level the newest whole file and the changes since; all where none is whole."""
    kept: list[GleifFile] = []
    for level in Level:
        same = [file for file in files if file.header.level is level]
        whole = [at for at, file in enumerate(same) if file.header.is_whole]
        kept += same[whole[-1] :] if whole else same
    return _in_order(kept)


def _refuse_older(files: Sequence[GleifFile], before: Rows) -> None:
    names = kinds()["lei_file"].column_names
    newest: dict[str, str] = {}
    for row in before["lei_file"].values():
        cells = dict(zip(names, row, strict=True))
        level, day = cells["level"] or "", cells["dated_on"] or ""
        newest[level] = max(newest.get(level, ""), day)
    for file in files:
        known = day_of(newest.get(file.header.level.value))
        if known and file.header.dated_on and file.header.dated_on < known:
            raise InputError(
                f"{file.path}: of {file.header.dated_on}, and {file.header.level} of {known} is on"
                " record already",
                advice="give a newer file; an old one would undo what is known since",
            )


def _inputs(files: Sequence[GleifFile], register: Register, *, everything: bool) -> str:
    """A digest of everything that takes part in an import."""
    said = [
        [file.sha256 for file in files],
        sorted(register.lei_of.items()),
        sorted(register.refused),
        [[party, [cells[name] for name in sorted(cells)]] for party, cells in _sorted(register)],
        everything,
    ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _sorted(register: Register) -> list[tuple[str, Cells]]:
    return sorted((party, dict(cells)) for party, cells in register.parties.items())


def _is_known(before: Rows, inputs: str) -> bool:
    at = kinds()["lei_file"].column_names.index("inputs_sha256")
    rows = before["lei_file"].values()
    return bool(rows) and all(row[at] == inputs for row in rows)
