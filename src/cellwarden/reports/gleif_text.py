"""Files of the Global LEI System on a terminal: what an import brought, who waits for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cellwarden.reports.lei_text import status_text
from cellwarden.reports.party_text import name_text
from cellwarden.reports.text import plural, printable

_MOST: Final = 5


def imported_text(done: Any, *, width: int) -> str:
    """What each file held and what was kept. ``done`` is a workflows.vendor.Imported."""
    lines: list[str] = []
    for one in done.files:
        header = one.file.header
        what = "whole" if header.is_whole else "not said to be whole"
        lines += _wrap(
            f"{header.level} of {header.dated_on} ({what}): {_count(one.records)} records,"
            f" {_count(one.kept)} kept, {_count(one.unusable)} could not be used",
            width,
        )
        for problem in one.problems[:_MOST]:
            lines += _wrap(f"! line {problem.line}: {problem.reason}: {problem.text}", width, 2)
        if one.unusable > _MOST:
            lines.append(f"  and {_count(one.unusable - _MOST)} more")
    lines.append("")
    lines += _wrap(
        f"{plural(done.parties, 'party', 'parties')} of the register with an LEI,"
        f" {_count(done.above)} above them",
        width,
    )
    lines += [line for note in _notes(done) for line in _wrap(note, width, 2)]
    if done.entry is None:
        lines.append("as it was recorded before")
    else:
        lines.append(f"recorded as entry {done.entry}")
    return "\n".join(lines)


def _notes(done: Any) -> Iterator[str]:
    """What somebody should know before going on."""
    if done.nameless:
        yield f"? {_count(done.nameless)} of those have no name yet: give the file of level 1 too"
    for lei in done.missing[:_MOST]:
        yield f"! {lei} of the register is not in the file"
    if len(done.missing) > _MOST:
        yield f"! and {_count(len(done.missing) - _MOST)} more"
    if done.not_named:
        yield f"? {plural(done.not_named, 'parent')} not named, with a reason: unknown, not absent"
    if done.waiting:
        yield f"? {plural(done.waiting, 'candidate')} by name for parties without an LEI"
    if done.ended:
        yield f"- {plural(done.ended, 'earlier fact')} ended"


def candidates_text(rows: Sequence[Mapping[str, str | None]], *, width: int) -> str:
    """One block a party: the entities that it may be, each with what speaks for and against."""
    lines: list[str] = []
    last = None
    for row in rows:
        if row["party_id"] != last:
            last = row["party_id"]
            lines += ["", f"{name_text(row['party'] or last or '?')} ({printable(last or '?')})"]
        state = "" if row["state"] == "open" else f"; {row['state']} by {row['decided_by']}"
        lines += _wrap(
            f"? {row['lei']} {name_text(row['name'] or '?')}, {row['country'] or '?'},"
            f" {status_text(row['lei_status'])}: {row['why']}{state}",
            width,
            2,
        )
    return "\n".join(lines).strip("\n")


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _wrap(text: str, width: int, indent: int = 0) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        printable(text), width, initial_indent=start, subsequent_indent=start + "    "
    )
