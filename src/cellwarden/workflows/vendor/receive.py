"""Take a vendor's answers back: record every word, reply to follow-ups, open new ones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import kinds
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft, State
from cellwarden.vendors.assessment.answers import Answer, Assessment
from cellwarden.vendors.assessment.bank import bank_sha256
from cellwarden.vendors.assessment.receiving import fit_choices, from_vendor
from cellwarden.vendors.assessment.returned import Returned
from cellwarden.vendors.assessment.rows import answer_rows, as_given, assessment_of
from cellwarden.vendors.assessment.vagueness.follow_ups import (
    FollowUp,
    FollowUpState,
    follow_ups_on,
    objections_to,
)
from cellwarden.vendors.assessment.vagueness.rules import Objection
from cellwarden.workflows.beside import ALONE, Beside, Later
from cellwarden.workflows.vendor.answered_files import answer_files, bytes_of, read_answers
from cellwarden.workflows.vendor.assess import source_of
from cellwarden.workflows.vendor.dossier import Cells, bank_of, facts_of, follow_ups_of
from cellwarden.workflows.vendor.received_words import (
    answer_facts,
    answered_on,
    follow_up_fact,
    gone,
    replied_to,
)
from cellwarden.workflows.workspace import Progress, Workspace

if TYPE_CHECKING:
    import duckdb

ACT: Final = "receive"
_FOREVER: Final = "9999"
_ASKED: Final = ("assessment", "answer", "follow_up", "review", "party")
"""The kinds that a receipt asks about."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: counts, what was opened and replied to, and every note, place first."""

    assessment_id: str
    party_id: str
    answered_on: date
    answered: int
    asked: int
    changed: int
    opened: tuple[FollowUp, ...]
    replied: tuple[FollowUp, ...]
    waiting: int
    notes: tuple[str, ...]
    entry: int | None


def receive(
    workspace: Workspace,
    path: Path,
    *,
    as_of: date,
    clock_at: str,
    actor: str,
    vendor: str | None = None,
) -> Receipt:
    """Record an answered questionnaire, XLSX or JSON.

    Raises:
        InputError: the file cannot be read, is of another vendor, or answers no questionnaire
            that was sent.
    """
    data = bytes_of(path)
    with workspace.open_state() as state, state.alone(), closing(_Look(state)) as look:
        return _received(
            workspace,
            look,
            path.name,
            data,
            _read(workspace, path.name, data),
            as_of=as_of,
            clock_at=clock_at,
            actor=actor,
            vendor=vendor,
        )


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """An answered questionnaire as read, before anybody looks at what was said earlier.

    ``objections`` are to its ``answers`` at its tier, by a bank of this digest.
    """

    returned: Returned
    answers: dict[str, Answer]
    objections: dict[str, tuple[Objection, ...]]
    bank_sha256: str


class Begun(NamedTuple):
    """Answered questionnaires on their way to be recorded, and files that nobody could open."""

    files: tuple[tuple[Path, bytes, Later[_Read]], ...]
    problems: tuple[SourceError, ...]


def begin_answers(workspace: Workspace, state: State, beside: Beside = ALONE) -> Begun:
    """Have the answered questionnaires in the workspace's folders read whose bytes are new."""
    paths = list(answer_files(workspace))
    taken = [e.document_sha256 for _, e in state.entries() if e.act == ACT] if paths else []
    files, problems = [], []
    for path in paths:
        try:
            data = bytes_of(path)
        except InputError as error:
            problems.append(_problem(workspace, path, error))
            continue
        if not any(state.sealed.holds(digest, data) for digest in taken if digest):
            files.append((path, data, beside.start(_read, workspace, path.name, data)))
    return Begun(tuple(files), tuple(problems))


def record_answers(
    workspace: Workspace,
    state: State,
    begun: Begun,
    *,
    as_of: date,
    clock_at: str,
    actor: str,
    progress: Progress,
    beside: Beside = ALONE,
) -> tuple[SourceError, ...]:
    """Record answered questionnaires.

    One that cannot be read stops nothing; it comes back as an error to report at the end.
    """
    problems = list(begun.problems)
    with closing(_Look(state)) as look:
        for done, (path, data, read) in enumerate(begun.files):
            progress("reading answers of vendors", done, len(begun.files))
            try:
                _received(
                    workspace,
                    look,
                    path.name,
                    data,
                    read.value(),
                    as_of=as_of,
                    clock_at=clock_at,
                    actor=actor,
                    beside=beside,
                )
            except InputError as error:
                problems.append(_problem(workspace, path, error))
    return tuple(problems)


def _problem(workspace: Workspace, path: Path, error: InputError) -> SourceError:
    place = path.relative_to(workspace.folder).as_posix()
    return SourceError(f"{place}: {error}", advice=error.advice)


def _read(workspace: Workspace, name: str, data: bytes) -> _Read:
    """Read a file, and what is vague in it if it is all that its vendor said."""
    bank = bank_of(workspace)
    returned = read_answers(name, data, bank)
    answers = {
        name: fit_choices(bank, name, as_given(answer))
        for name, answer in returned.assessment.answers.items()
    }
    said = msgspec.structs.replace(returned.assessment, answers=answers)
    return _Read(
        returned=returned,
        answers=answers,
        objections=objections_to(bank, said),
        bank_sha256=bank_sha256(bank),
    )


class _Look:
    """One connection for several files, renewed where a file speaks of what was just recorded."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._recorded: set[str] = set()

    def at(self, assessment_id: str) -> duckdb.DuckDBPyConnection:
        """What the ledger says, with everything that it says of one assessment."""
        if assessment_id in self._recorded:
            self.close()
        if self._connection is None:
            self._connection = self.state.connect(as_of=_FOREVER, only=_ASKED)
        return self._connection

    def recorded(self, assessment_id: str) -> None:
        """Something was recorded of an assessment."""
        self._recorded.add(assessment_id)

    def close(self) -> None:
        """Let go of the connection."""
        self._recorded.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _received(
    workspace: Workspace,
    look: _Look,
    name: str,
    data: bytes,
    read: _Read,
    *,
    as_of: date,
    clock_at: str,
    actor: str,
    vendor: str | None = None,
    beside: Beside = ALONE,
) -> Receipt:
    bank = bank_of(workspace)
    returned = read.returned
    row = _questionnaire(look.at(""), returned, name, vendor)
    notes = list(returned.notes)
    on = answered_on(returned, as_of, notes)
    connection = look.at(row["assessment_id"] or "")
    step = _compared(connection, workspace, row, read, on=on, notes=notes, beside=beside)
    entry = None
    if step.answers or step.follow_ups:
        kept = look.state.sealed.put(data)
        row = row | {"answered_on": on.isoformat(), "document_sha256": kept.sha256}
        told = {k: v for k, v in row.items() if k in kinds()["assessment"].column_names}
        tables = {
            "assessment": [Fact(cells=kinds()["assessment"].row(told), valid_from=on.isoformat())],
            "answer": step.answers,
            "follow_up": step.follow_ups,
        }
        draft = Draft(
            act=ACT,
            actor=actor,
            source=source_of(row),
            clock_at=clock_at,
            document_sha256=kept.sha256,
            document_commitment=kept.commitment,
            taken_at=on.isoformat(),
            note=name,
        )
        entry = look.state.record(draft, tables)
        look.recorded(row["assessment_id"] or "")
    return Receipt(
        assessment_id=row["assessment_id"] or "",
        party_id=row["party_id"] or "",
        answered_on=on,
        answered=len(step.merged.answers),
        asked=len(bank.of_tier(step.merged.tier)),
        changed=step.changed,
        opened=step.opened,
        replied=step.replied,
        waiting=step.waiting,
        notes=tuple(notes),
        entry=entry,
    )


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one receipt changes."""

    merged: Assessment
    changed: int
    answers: list[Fact]
    follow_ups: list[Fact]
    opened: tuple[FollowUp, ...]
    replied: tuple[FollowUp, ...]
    waiting: int


def _compared(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    row: Cells,
    read: _Read,
    *,
    on: date,
    notes: list[str],
    beside: Beside,
) -> _Step:
    """What is new in a file, beside what this vendor said before."""
    bank = bank_of(workspace)
    returned, now = read.returned, read.answers
    assessment_id = row["assessment_id"] or ""
    told = [r for r in facts_of(connection, "answer") if r["assessment_id"] == assessment_id]
    before = assessment_of(row, told)
    changed = {name: a for name, a in now.items() if before.answers.get(name, Answer()) != a}
    merged = msgspec.structs.replace(before, answers={**before.answers, **now})
    notes.extend(from_vendor(bank, msgspec.structs.replace(before, answers=now)).notes)
    notes.extend(gone(bank, before, returned))
    if (row["bank_sha256"] or "") not in {"", bank_sha256(bank)}:
        notes.append("the question bank has changed since this was sent; it is graded by today's")
    rows = answer_rows(assessment_id, changed, by=returned.about.get("answered by"), on=on)
    known = follow_ups_of(connection, assessment_id)
    replied = tuple(replied_to(known, returned, changed, bank, notes))
    busy = {item.question for item in known if item.state is not FollowUpState.CLOSED}
    ids = {item.id for item in known}
    opened = tuple(
        item
        for item in follow_ups_on(_objections(workspace, merged, read, beside), merged, on)
        if item.question in changed and item.id not in ids and item.question not in busy
    )
    due_on = on + timedelta(days=workspace.settings.vendors.reply_days)
    state_now = {item.id: item for item in (*known, *replied, *opened)}
    return _Step(
        merged=merged,
        changed=len(changed),
        answers=answer_facts(rows, told, on),
        follow_ups=[follow_up_fact(item, row, due_on, on) for item in (*replied, *opened)],
        opened=opened,
        replied=replied,
        waiting=sum(item.state is FollowUpState.OPEN for item in state_now.values()),
    )


def _objections(
    workspace: Workspace, merged: Assessment, read: _Read, beside: Beside
) -> Mapping[str, tuple[Objection, ...]]:
    """What is vague in all that a vendor said by now; where that is one file, it was read so."""
    alone = (read.answers, read.returned.assessment.tier, read.bank_sha256)
    if (merged.answers, merged.tier, bank_sha256(bank_of(workspace))) == alone:
        return read.objections
    return beside.start(_objections_to, workspace, merged).value()


def _objections_to(workspace: Workspace, said: Assessment) -> dict[str, tuple[Objection, ...]]:
    return objections_to(bank_of(workspace), said)


def _questionnaire(
    connection: duckdb.DuckDBPyConnection, returned: Returned, name: str, vendor: str | None
) -> Cells:
    """The questionnaire that a file answers, by its id; the vendor on it has to be the same."""
    wanted = returned.about.get("assessment", "").strip()
    rows = {row["assessment_id"]: row for row in facts_of(connection, "assessment")}
    if wanted not in rows:
        sent = ", ".join(sorted(str(key) for key in rows)) or "none was sent"
        raise InputError(
            f"{name}: answers the questionnaire {wanted[:60]!r}, which was never sent",
            advice=f"send it with `cellwarden vendor questionnaire`; known: {sent}",
        )
    row = rows[wanted]
    parties = {p["party_id"]: p["name"] or "" for p in facts_of(connection, "party")}
    names = {row["party_id"] or "", row["entity"] or "", parties.get(row["party_id"], "")}
    folded = {text.casefold() for text in names if text}
    said = returned.assessment.vendor.strip()
    if said.casefold() not in folded:
        raise InputError(
            f"{name}: {wanted} was sent to {row['party_id']}, and the file speaks for"
            f" {said[:60]!r}",
            advice="ask the vendor for its own workbook; nothing of this one was recorded",
        )
    if vendor is not None and vendor.strip().casefold() not in folded:
        raise InputError(
            f"{name} is {row['party_id']}'s, not {vendor!r}'s",
            advice="leave out --vendor, or give the other file",
        )
    for key in ("product", "version"):
        mine, theirs = row[key] or "", getattr(returned.assessment, key)
        if mine != theirs:
            raise InputError(
                f"{name}: {wanted} asked about {key} {mine!r}, the file speaks of {theirs[:60]!r}",
                advice="put it back, or ask anew with `vendor questionnaire --new`",
            )
    return row
