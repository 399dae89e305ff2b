"""What an answered questionnaire changes: its day, lost rows, replies, and the facts of it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from cellwarden.model.facts import END, Row, kinds
from cellwarden.store.facts import Fact
from cellwarden.vendors.assessment.answers import Answer, Assessment
from cellwarden.vendors.assessment.days import read_day
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.returned import Returned
from cellwarden.vendors.assessment.rows import Cells
from cellwarden.vendors.assessment.vagueness.follow_ups import FollowUp, FollowUpState, reply


def answered_on(returned: Returned, as_of: date, notes: list[str]) -> date:
    """The day on which a vendor says it answered; today where it cannot be, with a note."""
    said = returned.about.get("answered on", "").strip()
    day = read_day(said) if said else as_of
    if day is None:
        notes.append(
            f"About: answered on {said[:40]!r} is no day that can be read in one way; {as_of} was"
            " taken"
        )
        return as_of
    if day > as_of:
        notes.append(f"About: answered on {day} lies ahead; {as_of} was taken")
        return as_of
    return day


def gone(bank: Bank, before: Assessment, returned: Returned) -> Iterator[str]:
    """Earlier answers that the file lacks: they stand, and that is said."""
    kept = before.answers.keys() - returned.assessment.answers.keys()
    emptied = sorted(kept & returned.rows_of)
    lost = sorted(kept - returned.rows_of)
    if emptied:
        yield f"{', '.join(emptied)}: emptied; the earlier answer stands"
    if lost and returned.rows_of:
        yield f"{', '.join(lost)}: no row any more; the earlier answer stands"
    if not returned.rows_of:
        return
    asked = {question.id for question in bank.of_tier(before.tier)}
    missing = sorted(asked - returned.rows_of - before.answers.keys())
    if missing and len(missing) < len(asked):
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if missing[3:] else "")
        yield f"{len(missing)} questions are unanswered or have no row: {shown}"


def replied_to(
    known: Sequence[FollowUp],
    returned: Returned,
    changed: Mapping[str, Answer],
    bank: Bank,
    notes: list[str],
) -> Iterator[FollowUp]:
    """Follow-ups with new words: a reply, or a changed answer to the question itself."""
    by_id = {item.id: item for item in known}
    notes.extend(
        f"Follow-ups: {name[:40]!r} is none of ours; its reply was not taken"
        for name in sorted(returned.replies.keys() - by_id.keys())
    )
    for item in known:
        rewritten = changed[item.question].text if item.question in changed else ""
        words = returned.replies.get(item.id) or (rewritten if rewritten != item.wrote else "")
        if not words.strip() or words == item.reply:
            continue
        if item.state is FollowUpState.CLOSED:
            notes.append(f"Follow-ups: {item.id} is closed; its reply was not taken")
            continue
        yield reply(item, bank, words)


def answer_facts(rows: Mapping[str, Sequence[Row]], told: Sequence[Cells], on: date) -> list[Fact]:
    """New answers as facts, and the end of what they take the place of."""
    kind = kinds()["answer"]
    facts = [Fact(cells=row, valid_from=on.isoformat()) for found in rows.values() for row in found]
    now = {kind.subject_of(row) for found in rows.values() for row in found}
    for old in told:
        row = kind.row({name: old[name] for name in kind.column_names})
        if old["question"] in rows and kind.subject_of(row) not in now:
            facts.append(Fact(cells=row, op=END, valid_from=on.isoformat()))
    return facts


def follow_up_fact(item: FollowUp, row: Cells, due_on: date, on: date) -> Fact:
    """A follow-up as it stands on a day."""
    cells = {
        "follow_up_id": item.id,
        "assessment_id": row["assessment_id"],
        "party_id": row["party_id"],
        "question": item.question,
        "wrote": item.wrote,
        "objections": msgspec.json.encode(item.objections).decode(),
        "opened_on": item.opened_on.isoformat(),
        "due_on": due_on.isoformat(),
        "state": item.state.value,
        "reply": item.reply,
        "replied_on": on.isoformat() if item.reply else None,
    }
    return Fact(cells=kinds()["follow_up"].row(cells), valid_from=on.isoformat())
