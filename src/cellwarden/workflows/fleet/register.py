"""Record what is new in the register: read its files, compare with what is known, append."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import secrets
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from cellwarden import collect
from cellwarden.advisories.identity.vendors import maker_names
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import END, Reading, kinds
from cellwarden.store.facts import Fact
from cellwarden.store.sealed import Sealed
from cellwarden.store.state import Draft, State
from cellwarden.workflows.beside import ALONE, Beside, Later
from cellwarden.workflows.evidence.papers import names_files, take_in_papers
from cellwarden.workflows.fleet.differences import (
    changed_facts,
    known_rows,
    late_facts,
    next_reading,
)
from cellwarden.workflows.fleet.register_files import list_register
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

_FOREVER: Final = "9999"
_MAPPING_SUFFIX: Final = ".mapping.toml"
_AHEAD: Final = 16
"""Files whose bytes are held at once."""
_AT_ONCE: Final = 32
"""Files of which entries become durable together; others may record in between."""


class RegisterOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What reading the register brought.

    ``recorded`` are the indexes of new entries, ``unreadable_rows`` the rows newly found
    unreadable; ``problems`` are whole files that could not be read, as errors to report at the end.
    """

    files: int
    recorded: tuple[int, ...]
    unreadable_rows: int
    problems: tuple[SourceError, ...]


def record_register(
    workspace: Workspace,
    state: State,
    *,
    clock_at: str,
    actor: str,
    progress: Progress,
    beside: Beside = ALONE,
) -> RegisterOutcome:
    """Bring the ledger up to date with the register's files.

    A file whose bytes are known is not read again, unless a column mapping lies beside it. A row
    that is new or changed is asserted, one that is gone is ended; a file that is gone ends
    everything that it said, one that cannot be opened ends nothing and is a problem.

    Raises:
        SourceError: the register holds no file at all.
        StoreError: the ledger could not be written.
    """
    listing = list_register(workspace)
    files = listing.files
    if not files:
        told = "".join(f"\n  {problem}" for problem in listing.problems)
        raise SourceError(
            f"the register is empty: no file in {', '.join(workspace.settings.register.paths)}"
            + told,
            advice="fill the templates that `cellwarden init` made, or import an inventory",
        )
    seen = _latest_documents(state)
    known = _known_sources(state)
    said = {kind for ever_said in known.values() for kind in ever_said}
    connection = state.connect(as_of=_FOREVER, only={"document", *said})
    recorded: list[int] = []
    problems = list(listing.problems)
    unreadable = 0
    with_papers = names_files(connection)
    fresh = _fresh(workspace, state, files, seen=seen, with_papers=with_papers, beside=beside)
    drawn = _drawn_ahead(fresh)
    for first in drawn:
        with state.together():
            for one in itertools.chain((first,), itertools.islice(drawn, _AT_ONCE - 1)):
                progress("reading the register", one.place, len(files))
                try:
                    entries, bad_rows = _record_file(
                        workspace, state, connection, known, one, clock_at=clock_at, actor=actor
                    )
                except SourceError as error:
                    problems.append(error)
                else:
                    recorded += entries
                    unreadable += bad_rows
    here = {path.relative_to(workspace.folder).as_posix() for path in files}
    for source in sorted(seen.keys() - here):
        if listing.may_hold(source):
            continue
        tables = _ended(connection, source, known.get(source, set()))
        if tables:
            draft = Draft(
                act="register",
                actor=actor,
                source=source,
                clock_at=clock_at,
                note="the file is gone",
            )
            recorded.append(state.record(draft, tables))
    progress("reading the register", len(files), len(files))
    connection.close()
    return RegisterOutcome(
        files=len(files),
        recorded=tuple(recorded),
        unreadable_rows=unreadable,
        problems=tuple(problems),
    )


class _Fresh(NamedTuple):
    """A file that may say something new: its place among all, source, bytes, digest, reading."""

    place: int
    source: str
    data: bytes
    digest: str
    reading: Later[Reading]


def _fresh(
    workspace: Workspace,
    state: State,
    files: Sequence[Path],
    *,
    seen: Mapping[str, str],
    with_papers: Collection[str],
    beside: Beside,
) -> Iterator[_Fresh]:
    key = _digest_key(state)
    for place, path in enumerate(files):
        source = path.relative_to(workspace.folder).as_posix()
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        mapping = _mapping_beside(path)
        may_differ = mapping is not None or source in with_papers
        if not may_differ and _is_known(state, seen.get(source), data, digest):
            continue  # a mapping may have been corrected since, or a paper; what it changes is told
        reading = beside.start(_read, source, data, mapping, key)
        yield _Fresh(place, source, data, digest, reading)


def _read(source: str, data: bytes, mapping: collect.Mapping | None, key: bytes) -> Reading:
    return collect.read(source, data, mapping=mapping, makers=maker_names(), digest_key=key)


def _drawn_ahead(files: Iterator[_Fresh]) -> Iterator[_Fresh]:
    """The same files, drawn before they are needed: read beside while others are recorded."""
    drawn = deque(itertools.islice(files, _AHEAD))
    while drawn:
        yield drawn.popleft()
        drawn.extend(itertools.islice(files, 1))


def _record_file(
    workspace: Workspace,
    state: State,
    connection: duckdb.DuckDBPyConnection,
    known: dict[str, set[str]],
    fresh: _Fresh,
    *,
    clock_at: str,
    actor: str,
) -> tuple[list[int], int]:
    """Record what is new in one file: the indexes of entries, and how many rows are unreadable.

    Raises:
        SourceError: the file cannot be read; nothing of it was recorded.
        StoreError: the ledger could not be written.
    """
    recorded: list[int] = []
    reading = fresh.reading.value()
    reading = take_in_papers(workspace, state, connection, reading, clock_at=clock_at)
    draft = Draft(act="register", actor=actor, source=fresh.source, clock_at=clock_at)
    later = next_reading(state, reading)
    if later is None:
        tables = changed_facts(connection, reading, known)
    else:
        tables, still = late_facts(state, reading, later, known)
        if still:  # recorded first: what a source said last is the file that lies there
            note = f"what the reading of {later} said goes on holding after an older one"
            again = msgspec.structs.replace(draft, taken_at=later, note=note)
            recorded.append(state.record(again, still))
    if not tables:
        return recorded, 0
    kept = _kept_document(state, reading, fresh.data, fresh.digest)
    draft = msgspec.structs.replace(
        draft,
        document_sha256=kept.sha256 if kept else None,
        document_commitment=kept.commitment if kept else None,
        taken_at=reading.taken_at,
    )
    recorded.append(state.record(draft, tables))
    return recorded, len(reading.tables.get("unreadable", ()))


def _ended(
    connection: duckdb.DuckDBPyConnection, source: str, said: set[str]
) -> dict[str, list[Fact]]:
    tables = {}
    for kind in sorted(said):
        rows = known_rows(connection, kind, source).values()
        if rows:
            tables[kind] = [Fact(cells=row, op=END) for row in rows]
    return tables


def _latest_documents(state: State) -> dict[str, str]:
    """The digest of the document that each register source said last."""
    found: dict[str, str] = {}
    for _, entry in state.entries():
        if entry.act == "register":
            found[entry.source] = entry.document_sha256 or ""
    return found


def _mapping_beside(path: Path) -> collect.Mapping | None:
    beside = path.with_name(path.name + _MAPPING_SUFFIX)
    if not beside.exists():
        return None
    return collect.load_mapping(beside.read_text("utf-8", "replace"), name=str(beside))


def _is_known(state: State, kept: str | None, data: bytes, digest: str) -> bool:
    """Whether a source said these bytes last; those of older ledgers lie under their own digest."""
    return bool(kept) and (kept == digest or state.sealed.holds(kept or "", data))


def _kept_document(state: State, reading: Reading, data: bytes, digest: str) -> Sealed | None:
    """Keep the raw document sealed, unless secrets were seen in it, which we must not hold.

    Not even its digest is kept then: with the rest of the file known, it would confirm a guess.
    """
    if reading.document_sha256 == digest:
        return state.sealed.put(data)
    return None


def _known_sources(state: State) -> dict[str, set[str]]:
    """The kinds that each source has ever spoken of."""
    found: dict[str, set[str]] = {}
    for _, entry in state.entries():
        for table in entry.tables:
            if table.kind in kinds():
                found.setdefault(entry.source, set()).add(table.kind)
    return found


def _digest_key(state: State) -> bytes:
    """The workspace's key for secrets in configuration exports; made once, readable to us alone.

    With it a changed secret shows as changed, and a stranger cannot try guesses against the digest.
    """
    path = state.folder / "secrets.key"
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
    return path.read_bytes()
