"""Vendors on a terminal: scores with every step, side by side, who is due, promises, receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from cellwarden.reports.score_text import questions, ranking, sums, two, wrapped
from cellwarden.reports.text import clip, plural, printable

_BAR: Final = 40
_MOST_NOTES: Final = 20
_MARKS: Final = {
    "open": "✓",
    "excepted": "!",
    "not applicable": "-",
    "shut": "✗",
    "unknown": "?",
    "promised": "-",
    "done": "✓",
    "due": "!",
    "breached": "✗",
    "closed": "✓",
    "answered": "!",
}


def bar(low: Fraction | float, high: Fraction | float) -> str:
    """An interval on a line from 0 to 1: proven full, not disproven light."""
    first, last = round(float(low) * _BAR), round(float(high) * _BAR)
    return "0 " + "█" * first + "▒" * (last - first) + "·" * (_BAR - last) + " 1"


def score_text(standing: Any, *, steps: bool, width: int) -> str:
    """One vendor: the verdict first, then gates, parts, every question with its arithmetic.

    ``standing`` is a ``workflows.assess_score.Standing``; ``steps`` shows each objective.
    """
    found = standing.dossier
    overall = found.score.overall
    lines = [
        *wrapped(f"{found.name}: {_verdict(found)}", width),
        *wrapped(
            f"{found.row['assessment_id']}, {_product(found.row)},"
            f" tier {found.row['tier']}, answered {found.answered_on or 'never'}",
            width,
        ),
    ]
    if overall is not None:
        lines += ["", f"  {bar(overall.low, overall.high)}"]
        lines.append(
            f"  proven {two(overall.low)}   not disproven {two(overall.high)}"
            f"   known {two(overall.coverage)}"
        )
    lines += _points("Against a signature", found.decision.because, width)
    lines += ["", "Gates, outside the average"]
    for gate in found.gates:
        lines += wrapped(f"{_MARKS[gate.state.value]} {gate.gate}: {gate.state.value}", width, 2)
        if not gate.lets_pass or gate.state.value == "excepted":
            lines += wrapped(gate.because, width, 6)
    lines += _domains([found.score.by_domain], ["proven, known"], width)
    lines += questions(found.score, steps=steps, width=width)
    lines += sums(found.score, width)
    lines += _points("Contradicted answers", found.score.findings, width)
    lines += _points("Changes that void evidence given before them", _changes(found), width)
    lines += _partners(standing.partners, width)
    lines += ranking(standing.others, standing.swings, width)
    lines += ["", f"Price, beside the score and never in it: {standing.price or 'no offer'}"]
    lines += _asked(standing.next, width)
    return "\n".join(lines)


def compare_text(side: Any, *, width: int) -> str:
    """Vendors side by side; ``side`` is a ``workflows.assess_score.SideBySide``."""
    lines: list[str] = []
    names = {item.row["party_id"]: item.name for item in side.dossiers}
    common = len(side.comparison.common)
    for item in side.dossiers:
        own = side.comparison.intervals.get(item.score.vendor)
        lines += wrapped(f"{item.name}: {_verdict(item)}", width)
        if own is not None:
            lines.append(f"  {bar(own.low, own.high)}  {two(own.low)} to {two(own.high)}")
        price = side.prices.get(item.row["party_id"])
        tier = f"tier {item.row['tier']}"
        lines.append(f"  {tier}; price, never in the score: {price or 'no offer'}")
    for name in side.unproven:
        lines += wrapped(f"{name}: unproven, as nobody ever assessed it", width)
    lines += ["", f"Compared on the {plural(common, 'question')} that count for every one of them"]
    lines += _domains(
        list(side.by_domain.values()),
        list(side.by_domain),
        width,
    )
    lines += _gate_table(side.dossiers)
    for pair in side.comparison.pairs:
        first, second = names.get(pair.first, pair.first), names.get(pair.second, pair.second)
        said = f"{names.get(pair.ahead, pair.ahead)} is ahead" if pair.ahead else "not separable"
        lines += ["", *wrapped(f"{first} and {second}: {said}", width)]
        lines += wrapped(pair.because, width, 2)
        if pair.separating:
            lines += wrapped("ask: " + ", ".join(pair.separating), width, 2)
    lines += ranking(side.comparison, side.swings, width)
    for party, partners in side.partners.items():
        if partners:
            lines += ["", *wrapped(f"Who works for {names.get(party, party)}", width)]
            for one in partners:
                lines += wrapped(f"{one.name}: {one.says}", width, 2)
    return "\n".join(lines)


def ask_text(standing: Any, *, width: int) -> str:
    """What to ask next, in the words of the bank."""
    found = standing.dossier
    lines = wrapped(f"{found.name}: {_verdict(found)}", width)
    lines += _asked(standing.next, width)
    for name in standing.next.questions:
        question = found.bank.questions[name]
        lines += ["", *wrapped(f"{name}: {question.asks}", width)]
        for objective, says in question.objectives.items():
            lines += wrapped(f"{objective}: {says}", width, 2)
    return "\n".join(lines)


def due_text(items: Sequence[Any], run: str | None, *, width: int) -> str:
    """Who is to be assessed again, and why; the others with the day on which they will be."""
    lines = []
    for item in items:
        mark = "!" if item.due.is_due else "-"
        level = item.criticality or "unknown"
        when = "due now" if item.due.is_due else f"due on {item.due.due_on}"
        lines += wrapped(f"{mark} {item.party_id:<12} {when}, criticality {level}", width)
        if item.due.is_due:
            for reason in item.due.because[:5]:
                lines += wrapped(reason, width, 4)
            more = len(item.due.because) - 5
            if more > 0:
                lines.append(f"    and {plural(more, 'more reason')}")
    count = sum(item.due.is_due for item in items)
    lines.append(f"{count} of {plural(len(items), 'vendor')} are due")
    if run is None:
        lines += wrapped(
            "No scan was kept, so findings in firmware are not known here; run `cellwarden scan`.",
            width,
        )
    else:
        lines.append(f"findings in firmware as of run {run}")
    return "\n".join(lines)


def follow_ups_text(name: str, items: Sequence[Any], *, width: int) -> str:
    """Follow-ups with the words they object to, open ones first."""
    order = sorted(items, key=lambda item: (item.state.value == "closed", item.opened_on, item.id))
    lines = []
    for item in order:
        lines += wrapped(
            f"{_mark(item.state.value)} {item.id}  {item.state.value}, opened {item.opened_on}",
            width,
        )
        if item.state.value == "closed":
            by = f"closed by {item.closed_by} on {item.closed_on}"
            lines += wrapped(f"{item.question}: {by}. {item.reason or ''}", width, 4)
            continue
        for line in item.text.splitlines():
            lines += wrapped(line.strip(), width, 4 + min(4, len(line) - len(line.lstrip())))
        if item.reply:
            lines += wrapped(f"reply: {item.reply}", width, 4)
    waiting = sum(item.state.value != "closed" for item in items)
    lines.append(f"{name}: {plural(waiting, 'follow-up')} to close of {len(items)}")
    return "\n".join(lines)


def receipt_text(receipt: Any, *, width: int) -> str:
    """What came back and what it led to; notes come first in number, places first in words."""
    lines = [
        (
            f"{receipt.assessment_id}: {receipt.answered} of {receipt.asked} questions answered,"
            f" {receipt.changed} new or changed, dated {receipt.answered_on}"
        )
    ]
    if receipt.entry is None:
        lines.append("nothing new: all of it was recorded before")
    else:
        lines.append(f"recorded as entry {receipt.entry}, with the file as it came")
    lines += [
        f"  {_mark(item.state.value)} follow-up {item.id} is {item.state.value}"
        for item in receipt.replied
    ]
    for item in receipt.opened:
        lines += wrapped(f"  ! follow-up {item.id} opened on {item.question}", width)
    lines += _points("Notes", receipt.notes[:_MOST_NOTES], width)
    more = len(receipt.notes) - _MOST_NOTES
    if more > 0:
        lines.append(f"  and {plural(more, 'more note')}")
    return "\n".join(lines)


def contracts_text(items: Sequence[Any], *, width: int) -> str:
    """Contracts clause by clause, and what each lacks."""
    lines = []
    for contract in items:
        state = f"signed {contract.signed_on}" if contract.signed_on else "not signed"
        until = f", until {contract.effective_to}" if contract.effective_to else ""
        lines += wrapped(f"{contract.id} with {contract.party}: {state}{until}", width)
        for clause, where in contract.clauses:
            amount = f" {clause.amount} {clause.unit or ''}".rstrip() if clause.amount else ""
            days = {
                "due": f", due {clause.due_on}",
                "done": f", {clause.done_on}",
                "breached": f", {clause.breached_on}",
            }.get(where.value, "")
            lines += wrapped(
                f"{_MARKS[where.value]} {clause.type.replace('_', ' ')}{amount}:"
                f" {where.value}{days} ({clause.id})",
                width,
                2,
            )
            lines += wrapped(clause.text, width, 6)
            for notice in contract.notices:
                if notice.clause_id == clause.id:
                    mark = {True: "✗", False: "✓", None: "?"}[notice.is_late]
                    lines += wrapped(f"{mark} {notice.incident_id}: {notice.says}", width, 6)
        if contract.missing:
            names = ", ".join(name.replace("_", " ") for name in contract.missing)
            lines += wrapped(f"✗ lacks: {names}", width, 2)
        lines.append("")
    lines.append(plural(len(items), "contract"))
    return "\n".join(lines)


def way_text(way: Any, step: str, approvals: Mapping[str, Any], *, width: int) -> str:
    """Where an onboarding stands and what to do next."""
    lines = wrapped(f"{way.party['name'] or way.party['party_id']}: {step}", width)
    lines += wrapped(
        f"{way.onboarding.id}, asked for by {way.onboarding.requester} on"
        f" {way.onboarding.started_on}",
        width,
    )
    for side, item in approvals.items():
        said = f"{item.answer.replace('_', ' ')} by {item.approver}, {item.decided_on}"
        mark = "✗" if item.answer == "refused" else "✓"
        lines += wrapped(f"{mark} {side}: {said}", width, 2)
    lines += _points("Open", way.open_points, width)
    for partner in way.partners:
        if partner.low is None:
            lines += wrapped(f"! {partner.name}: {partner.says}", width, 2)
    return "\n".join(lines)


def _product(row: Mapping[str, str | None]) -> str:
    return " ".join(text for text in (row["product"], row["version"]) if text)


def _verdict(found: Any) -> str:
    if found.score.overall is None or found.answered_on is None:
        return "not assessed, so nothing is proven"
    return "may be signed" if found.decision.may_sign else "may not be signed"


def _domains(columns: Sequence[Any], heads: Sequence[str], width: int) -> Iterator[str]:
    yield ""
    yield f"{'Parts of the score':<27} " + "  ".join(f"{clip(head, 16):<16}" for head in heads)
    if not columns:
        return
    for domain in columns[0]:
        cells = []
        for column in columns:
            one = column[domain]
            cells.append(
                "not asked"
                if one is None
                else f"{two(one.low)}-{two(one.high)}"
                + (f", {two(one.coverage)}" if len(columns) == 1 else "")
            )
        line = f"  {domain.replace('-', ' '):<25} " + "  ".join(f"{cell:<16}" for cell in cells)
        yield printable(line.rstrip()[: max(width, 60)])


def _gate_table(dossiers: Sequence[Any]) -> Iterator[str]:
    if not dossiers:
        return
    yield ""
    yield "Gates"
    for at, gate in enumerate(dossiers[0].gates):
        states = [item.gates[at].state.value for item in dossiers]
        cells = "  ".join(f"{_MARKS[state]} {state:<14}" for state in states)
        yield f"  {gate.gate:<25} {cells}".rstrip()


def _changes(found: Any) -> list[str]:
    dated = found.answered_on
    return [f"{change.on} {change.says}" for change in found.changes if dated and change.on > dated]


def _partners(partners: Sequence[Any], width: int) -> Iterator[str]:
    if not partners:
        return
    yield ""
    yield "Who works for it at our sites; nothing is inherited"
    for one in partners:
        yield from wrapped(f"{'?' if one.low is None else '-'} {one.name}: {one.says}", width, 2)


def _asked(found: Any, width: int) -> Iterator[str]:
    yield ""
    yield from wrapped(f"What to ask next: {found.because}", width)
    if found.questions:
        yield from wrapped(
            f"{', '.join(found.questions)}; effort {found.effort}, could move the proven end by"
            f" {float(found.gain):.3f}",
            width,
            2,
        )


def _points(title: str, points: Iterable[str], width: int) -> list[str]:
    found = list(points)
    if not found:
        return []
    lines = ["", title]
    for point in found:
        lines += wrapped(f"- {point}", width, 2)
    return lines


def _mark(state: str) -> str:
    return "!" if state == "open" else _MARKS[state]
