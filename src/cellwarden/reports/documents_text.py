"""Documents, retention and legal holds on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cellwarden.reports.terminal_drawing import grid, lines, mark, table, text
from cellwarden.reports.text import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from cellwarden.model.lives import RowProof

_LABEL: Final = 15
_STATES: Final = {
    "due": ("high", "due"),
    "still_said": ("medium", "still listed"),
    "review": ("medium", "to review"),
    "held": ("accepted", "held"),
    "unknown": ("unknown", "unknown"),
    "no_rule": ("unknown", "no rule"),
    "waiting": ("pass", "kept on"),
}
MOST_ITEMS: Final = 200


def documents(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Documents with how each stands."""
    made = table(("Document", 20), ("Grade", 10), ("What, and how it stands", None))
    for row in found:
        about = f"{row['about_kind'] or '?'} {row['about_id'] or 'unknown'}"
        told = [row["title"] or "no title", f"{row['type'] or 'type unknown'} about {about}"]
        made.add_row(
            text(row["document_id"]),
            text(row["grade"] or "unknown"),
            lines([*told, *standing_words(row)]),
        )
    return made


def standing_words(row: Mapping[str, Any]) -> list[str]:
    """How a document stands, in words, the gravest last; nothing unusual gives one line."""
    words = [_holding(row)]
    if row["days_left"] is not None and row["days_left"] < 0:
        words.append(f"expired on {row['effective_to']}")
    elif row["effective_to"]:
        words.append(f"holds to {row['effective_to']}")
    if (
        row["is_needed_before"]
        and row["days_after_fact"] is not None
        and row["days_after_fact"] > 0
    ):
        words.append(
            f"effective after the fact: from {row['effective_from']}, needed by"
            f" {row['needed_by']} on {row['needed_from_on']}"
        )
    if (row["days_relied_after_end"] or 0) > 0:
        words.append(f"relied on after its end: {row['cited_by']}, {row['last_relied_on']}")
    if row["is_replaced"]:
        words.append(f"replaced by {row['replaced_by']}")
    if row["is_held"]:
        words.append(f"under legal hold {row['holds']}")
    return words


def _holding(row: Mapping[str, Any]) -> str:
    said = {
        "kept": "kept here, sealed",
        "erased": "erased: its key was destroyed",
        "closed": "not readable here: sealed, its key never came along",
        "missing": "missing: a digest is on record, nothing with it is here",
        "elsewhere": "not kept here",
    }
    return said.get(row["holding"] or "", "whether it is kept is unknown")


def document(
    cells: Mapping[str, str],
    standing: Mapping[str, Any],
    versions: Sequence[str],
    citations: Sequence[Mapping[str, Any]],
    proof: RowProof,
) -> RenderableType:
    """One document whole."""
    from rich.console import Group

    told = grid(_LABEL)
    for name, cell in cells.items():
        told.add_row(text(name.replace("_", " "), "dim"), text(cell))
    told.add_row(text("stands", "dim"), lines(standing_words(standing)))
    if len(versions) > 1:
        told.add_row(text("issues", "dim"), text(", then ".join(versions)))
    if standing["retention_due_on"]:
        told.add_row(text("may go from", "dim"), text(standing["retention_due_on"]))
    rests = [
        f"{one['kind']} {one['subject']}, {one['last_on'] or 'day unknown'} (fact {one['fact']})"
        for one in citations
    ]
    signed = (
        f"under the checkpoint of {proof.checkpoint_size} entries"
        if proof.checkpoint_size
        else "no signed checkpoint covers it yet; `cellwarden ledger checkpoint` makes one"
    )
    shown = grid(_LABEL)
    for name, words in (
        ("fact", f"{proof.entry}.{proof.row}, recorded {proof.recorded_at}"),
        ("row sha256", proof.row_sha256),
        ("rows root", proof.rows_root),
        ("entry's leaf", proof.leaf_sha256),
        ("signed", signed),
        ("proof", f"`cellwarden ledger prove {proof.entry}` writes it for others"),
    ):
        shown.add_row(text(name, "dim"), text(words))
    return Group(
        told,
        text(""),
        text("What rests on it", "bold"),
        lines(rests or ["nothing on record"]),
        text(""),
        text("Proof", "bold"),
        shown,
    )


def retention(items: Sequence[Any], *, is_done: bool = False) -> RenderableType:
    """What the policy says of everything under it, what may go first."""
    from rich.console import Group

    counts = {state: sum(one.state == state for one in items) for state in _STATES}
    summary = ", ".join(f"{counts[state]} {word}" for state, (_, word) in _STATES.items())
    if not items:
        return text(
            "nothing is under the retention policy: no kept document names a class, and"
            " no kind with personal cells has a rule"
        )
    made = table(("State", 15), ("What", 24), ("Since when it may go, and why", None))
    for one in items[:MOST_ITEMS]:
        sign, word = _STATES[one.state]
        if is_done and one.state == "due":
            sign, word = "pass", "erased"
        made.add_row(
            mark(sign) + text(word),
            text(f"{one.kind} {one.subject}"),
            lines([str(one.due_on or "never by itself"), f"{one.because}; rule {one.rule}"]),
        )
    more = len(items) - MOST_ITEMS
    rest = [text(f"and {plural(more, 'more item')}")] if more > 0 else []
    return Group(text(summary), text(""), made, *rest)


def holds(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Every legal hold."""
    made = table(("State", 10), ("Hold", 20), ("Since", 10), ("What it covers, and why", None))
    for row in found:
        lifted = row["lifted_on"]
        words = [row["scope"] or "everything", f"{row['reason'] or 'no reason'}"]
        words.append(f"set by {_person(row['set_by'])}, approved by {_person(row['approver'])}")
        if lifted:
            lifter, approver = _person(row["lifted_by"]), _person(row["lift_approver"])
            words.append(f"lifted on {lifted}: {row['lift_reason'] or 'no reason'}")
            words.append(f"lifted by {lifter}, approved by {approver}")
        made.add_row(
            mark("pass" if lifted else "accepted") + text("lifted" if lifted else "holds"),
            text(row["hold_id"]),
            text(row["set_on"] or "unknown"),
            lines(words),
        )
    return made


def _person(name: str | None) -> str:
    return name or "(not on record or redacted)"
