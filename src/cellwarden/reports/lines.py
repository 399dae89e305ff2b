"""Plain lines for terminals and pipes: matches, previews, feeds, kinds, checks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

import msgspec

from cellwarden.model.facts import kinds
from cellwarden.model.matching import Match
from cellwarden.model.report import Coverage, FeedAge, FeedChecks
from cellwarden.reports.text import clip, day, number, plural, printable, share

MOST_STATEMENTS: Final = 5
"""Statements about the product itself that an explanation shows; the rest is counted."""
NEAREST: Final = 3
"""Statements about other products that an explanation shows."""
OTHER: Final = "other"
"""What matching answers where a statement is about another product."""
_encode: Final = msgspec.json.Encoder().encode
_MARKS: Final = {
    "affected": "✗ affected",
    "undetermined": "? undetermined",
    "fixed": "✓ fixed",
    "not_affected": "✓ not affected",
}


def match_line(match: Match) -> str:
    """One match as a line of JSON."""
    return _encode(match).decode() + "\n"


def match_table(matches: Sequence[Match], *, width: int) -> str:
    """Matches as blocks of lines: what, where, and why in words."""
    lines = []
    for match in matches:
        mark = "? candidate" if match.candidate else _MARKS[match.state.value]
        lines.append(printable(f"{mark:<15} {match.component_id}  {match.advisory_id}"))
        names = " ".join(match.vulnerabilities)
        for text in (names, match.why, f"fixed in {match.fixed_in}" if match.fixed_in else ""):
            lines += _wrapped(text, width=width, indent=16)
    lines.append(plural(len(matches), "match", "matches"))
    return "\n".join(lines)


class Explained(Protocol):
    """Why a component and an advisory belong together or not, as lines of words.

    Each of ``considered`` has ``source`` and an ``identity`` with ``confidence`` and ``answer``,
    which is "other" for another product; its lines begin where the next one is indented.
    """

    @property
    def matches(self) -> Sequence[Match]:
        """What was decided."""

    @property
    def considered(self) -> Sequence[Any]:
        """The statements that were looked at, in the order of their lines."""

    @property
    def lines(self) -> Sequence[str]:
        """The explanation, one thought a line."""


def explanation_text(explanation: Explained, *, width: int) -> str:
    """An explanation as wrapped lines: the answer, the statement that decided, the nearest others.

    What is another product is counted, and the nearest of it shown.
    """
    head, blocks = _blocks(explanation.lines)
    ranked = list(zip(explanation.considered, blocks, strict=False))
    sources = {match.source for match in explanation.matches}
    same = [(one, block) for one, block in ranked if one.identity.answer != OTHER]
    same.sort(key=lambda pair: (pair[0].source not in sources, -pair[0].identity.confidence))
    other = [(one, block) for one, block in ranked if one.identity.answer == OTHER]
    other.sort(key=lambda pair: -pair[0].identity.confidence)
    told = list(head)
    for title, pairs, shown in (
        ("statement", same, MOST_STATEMENTS),
        ("statement about another product", other, NEAREST),
    ):
        told += [line for _, block in pairs[:shown] for line in ("", *block)]
        more = len(pairs) - shown
        if more > 0:
            first, _, rest = title.partition(" ")
            told += ["", f"and {plural(more, f'more {first}')} {rest}".rstrip() + "."]
    return "\n".join(
        line
        for thought in told
        for line in _wrapped(thought.strip(), width=width, indent=_depth(thought)) or [""]
    )


def _blocks(lines: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """The lines of the answer, and those of each statement: one that an indented line follows."""
    head: list[str] = []
    blocks: list[list[str]] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not line.startswith(" ") and after.startswith(" "):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
        else:
            head.append(line)
    return head, blocks


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


class Previewed(Protocol):
    """What reading a document would bring; see ``collect.Preview``."""

    @property
    def file(self) -> str:
        """The document's name."""

    @property
    def format(self) -> str:
        """What it was read as."""

    @property
    def counts(self) -> dict[str, int]:
        """Rows by kind."""

    @property
    def rows(self) -> Sequence[Any]:
        """The first rows as they would be recorded."""

    @property
    def mappings(self) -> Sequence[Any]:
        """What the headings were taken for."""

    @property
    def unmapped(self) -> Sequence[str]:
        """Headings that nothing is read from."""

    @property
    def problems(self) -> Sequence[Any]:
        """Rows that could not be read."""

    @property
    def notes(self) -> Sequence[str]:
        """What was assumed on the way."""


def preview_text(preview: Previewed, *, width: int, shown_problems: int = 20) -> str:
    """How a document would be read: counts, columns, first rows, and every kind of trouble."""
    counts = ", ".join(
        plural(count, kind, _several(kind)) for kind, count in preview.counts.items()
    )
    lines = [printable(f"{preview.file} ({preview.format}): {counts or 'no rows'}")]
    for mapping in preview.mappings:
        sheet = f", sheet {mapping.sheet}" if mapping.sheet else ""
        lines.append(printable(f"columns of {mapping.kind}{sheet}:"))
        lines += _mapped(mapping)
        for also in mapping.also:
            lines.append(f"and, of the same rows, columns of {also.kind}:")
            lines += _mapped(also)
    if preview.unmapped:
        lines += _wrapped("not read: " + ", ".join(preview.unmapped), width=width, indent=0)
    for note in preview.notes:
        lines += _wrapped(f"note: {note}", width=width, indent=0)
    if preview.rows:
        lines.append("the first rows, as they would be recorded:")
    for row in preview.rows[:5]:
        cells = ", ".join(f"{name}={value!r}" for name, value in row.cells.items())
        place = f"line {row.line}" if row.line else row.column or "whole file"
        head = row.kind if place == row.kind else f"{place}: {row.kind}"
        lines += _wrapped(f"{head}: {cells}", width=width, indent=2)
    if preview.problems:
        lines.append(f"rows and cells that could not be read: {number(len(preview.problems))}")
    for problem in preview.problems[:shown_problems]:
        place = f"line {problem.line}" if problem.line else "whole file"
        column = f", column {problem.column}" if problem.column else ""
        lines += _wrapped(f"{place}{column}: {problem.reason}", width=width, indent=2)
    if more := len(preview.problems[shown_problems:]):
        lines.append(f"  and {number(more)} more; a scan lists them all")
    return "\n".join(lines)


def _several(kind: str) -> str:
    """The word for several of a kind: ``parties``, ``assets``."""
    words = kind.replace("_", " ")
    return words[:-1] + "ies" if words.endswith("y") else words + "s"


def _mapped(part: Any) -> list[str]:
    """What the headings, and the constants, of one kind of row lead to."""
    lines = [f"  {clip(heading, 40):<42} -> {column}" for heading, column in part.columns.items()]
    lines += [
        f"  always {clip(value, 33):<35} -> {column}" for column, value in part.constants.items()
    ]
    return [printable(line) for line in lines]


def feed_table(status: tuple[Sequence[FeedAge], FeedChecks, Coverage]) -> str:
    """The age of every feed, what is checked of it, and what of the fleet it speaks of."""
    ages, checks, coverage = status
    lines = [f"{'feed':<12} {'documents':>9}  {'newest':<10} {'age':>9}  state"]
    for age in ages:
        if not age.documents:
            state, days = "? never imported", "-"
        else:
            state = "! stale" if age.is_stale else "fresh"
            days = "unknown" if age.age_days is None else plural(age.age_days, "day")
        lines.append(
            f"{age.feed:<12} {age.documents:>9}  {day(age.newest_at):<10} {days:>9}  {state}"
        )
    named = share(coverage.components_named_by_an_advisory, coverage.components)
    read = share(coverage.components_read, coverage.components_with_firmware)
    return "\n".join(
        [
            *lines,
            f"advisories: {number(coverage.advisories)}, statements: {number(coverage.statements)}",
            f"about makers in the fleet: {number(coverage.advisories_of_fleet_vendors)}",
            f"components named by one: {named}",
            f"firmware read: {read}",
            *_checks_beside(checks),
        ]
    )


def _checks_beside(checks: FeedChecks) -> Iterator[str]:
    """What digest files and signatures beside the documents are worth; nothing checked is said."""
    yield f"agree with a digest file: {share(checks.digests, checks.documents)}"
    yield f"signature checked: {share(checks.signatures, checks.documents)}"
    for why, count in checks.unchecked:
        yield printable(f"? {number(count)} signed, not checked: {why}")
    for name, reason in checks.contradicted:
        yield printable(f"! {name}: {reason}")
    if checks.contradicted:
        yield "  ask the provider, and import again what they give"
    elif checks.unchecked:
        yield "  name their keys under feeds.keys, then import or synchronise again"


def gate_failed(because: str, findings: Sequence[Any]) -> str:
    """That a rule of the gate failed, and the findings by which it did: a count, the first ids."""
    shown = ", ".join(str(finding.id) for finding in findings[:3])
    more = " ..." if findings[3:] else ""
    return printable(f"gate: {because}: {plural(len(findings), 'finding')} ({shown}{more})")


def kinds_text(names: Iterable[str] | None = None, *, width: int) -> str:
    """The kinds of fact with these names, or every kind, with their columns."""
    wanted = None if names is None else set(names)
    lines = []
    for kind in kinds().values():
        if wanted is not None and kind.name not in wanted:
            continue
        lines.append(f"{kind.name}: {kind.one_row_is}")
        for column in kind.columns:
            mark = "*" if column.name in kind.key else " "
            lines += _wrapped(f"{mark} {column.name}: {column.says}", width=width, indent=2)
    return "\n".join([*lines, "* together these name the subject"])


class Checked(Protocol):
    """What a list of checks shows of one."""

    @property
    def id(self) -> str:
        """The check's id."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def severity(self) -> Any:
        """How much it matters."""


def check_table(checks: Iterable[Checked], *, width: int) -> str:
    """Every check in a line or two."""
    found = list(checks)
    lines = []
    for check in found:
        lines.append(f"{check.severity.value:<9} {check.id}")
        lines += _wrapped(check.title, width=width, indent=10)
    return "\n".join([*lines, plural(len(found), "check")])


def labelled(pairs: Iterable[tuple[str, str]], *, width: int) -> str:
    """Labels and what they label, in two columns."""
    lines: list[str] = []
    for label, words in pairs:
        head, blank = f"  {label:<12}", " " * 14
        lines += textwrap.wrap(
            printable(clip(words)), width, initial_indent=head, subsequent_indent=blank
        )
    return "\n".join(lines)


def _wrapped(text: str, *, width: int, indent: int) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(
        printable(clip(text)), width=width, initial_indent=blank, subsequent_indent=blank + "  "
    )
