"""The first page of an evidence pack, which opens offline and prints whole, and its README."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cellwarden.model.coverage import ControlState
from cellwarden.model.findings import Severity, Verdict
from cellwarden.reports.coverage_text import JUDGEMENT
from cellwarden.reports.evidence_page import coverage_context, render
from cellwarden.reports.page_lives import strip
from cellwarden.reports.standing import worst_first
from cellwarden.reports.text import deadline, plural, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cellwarden.model.coverage import FrameworkCoverage
    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Report


MOST_IN_SHORT = 12
"""How many failing checks the summary names; all of them stand below."""


class ProvenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry that a pack proves: what evidence ids begin with, who said it, from where."""

    index: int
    recorded_at: str
    actor: str
    act: str
    source: str
    rows: str


class PackWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack says of itself: its scope, the signed checkpoint, what it proves, what it lacks.

    ``note`` is the signed checkpoint as text, ``fingerprints`` those of the ledger's keys.
    """

    scope: str
    origin: str
    size: int
    root: str
    note: str
    fingerprints: tuple[str, ...]
    entries: int
    rows: int
    documents: int
    left_out: tuple[str, ...]
    proven: tuple[ProvenEntry, ...] = ()


def pack_page(report: Report, coverages: Sequence[FrameworkCoverage], words: PackWords) -> str:
    """The page: a summary, how to verify it, coverage, findings, and the entries that prove it.

    Everything is on it: nothing is folded away, so paper says what the screen says.
    """
    shown = [coverage_context(one) for one in coverages]
    return render(
        "pack.html.j2",
        report=report,
        run=report.run,
        words=words,
        entries={str(one.index) for one in words.proven},
        note_lines=words.note.splitlines(),
        coverages=shown,
        summary=[_summary(one) for one in shown],
        short=_in_short(report),
        checks=_by_check(report),
        lives=[{"life": one, "strip": strip(one)} for one in report.lives],
        exceptions=report.exceptions,
        judgement=JUDGEMENT,
        counts=_counts(report),
    )


def read_me(report: Report, words: PackWords) -> str:
    """The README of a pack: what it is and how to verify it, in plain text."""
    return f"""Evidence pack of {report.run.operator}: {words.scope}, as of {report.run.as_of[:10]}.

Open index.html to read it. Verify it before you believe it:

    python3 verify.py --key FINGERPRINT

with the fingerprint of the ledger's key that you know from elsewhere: not from
this pack, for whoever made a false pack made its key too. Python 3.9 or newer is
enough, without any package. Verify the .zip as it came (python3 verify.py PACK.zip)
or this folder once unpacked. verify.py itself should come from somebody other than
the sender; it is also part of Cellwarden's source, byte for byte. To follow a finding
down to what was recorded, give one of its evidence ids: --show ENTRY.ROW

  manifest.note        every file with its SHA-256, signed by the ledger's key
  checkpoint.note      the ledger's size and root, signed (C2SP tlog-checkpoint)
  keys.txt             the keys that sign for the ledger, by its own word
  entries.txt          one entry a line, byte for byte, after its place in the log
  rows.txt             one row a line, byte for byte, after its id and its kind
  opened.jsonl         what commitments in rows stand for, where it was not erased
  documents/           papers, named by the SHA-256 that entry or row names
  pack.json            scope, day, catalogue of checks and what was left out
  findings.*           what Cellwarden concluded; evidence ids are ENTRY.ROW
  histories.json       the life of each asset of which more than its row is known
  timestamps/          RFC 3161 tokens over checkpoint.txt, the checkpoint's text
  coverage/            every control of every framework, its state and why

A leaf of the tree is SHA-256(0x00, entry); a node SHA-256(0x01, left, right); a row's
digest SHA-256(0x00, row), 64 of them a leaf (RFC 6962). A place such as 12-15 holds the
hash that stands for what is not in this pack. By hand, with grep and sha256sum:

    grep -P '^12\\.40\\t' rows.txt
    grep -P '^12\\t' entries.txt
    sed '1,3d;/^$/,$d' manifest.note | sha256sum -c --quiet
"""


def _summary(one: dict[str, Any]) -> dict[str, Any]:
    found = one["coverage"]
    whole = len(found.controls)
    return {
        "coverage": found,
        "whole": one["whole"],
        "bar": one["bar"],
        "states": [(state.value, share(found.states[state], whole)) for state in ControlState],
    }


def _in_short(report: Report) -> dict[str, Any]:
    """What an auditor asks first: how many of what, how much is unknown, what was accepted."""
    fails = [one for one in report.findings if one.verdict is Verdict.FAIL]
    accepted = sum(one.count for one in fails if one.exception_id)
    overdue = sum(
        one.count
        for one in fails
        if one.deadline_on and one.deadline_on < report.run.as_of[:10] and not one.exception_id
    )
    return {
        "severities": [
            (one.value, sum(f.count for f in fails if f.severity is one))
            for one in Severity
            if one is not Severity.INFO or any(f.severity is one for f in fails)
        ],
        "unknown": sum(f.count for f in report.findings if f.verdict is Verdict.UNKNOWN),
        "accepted": accepted,
        "overdue": overdue,
        "failing": _by_check(report, only=Verdict.FAIL)[:MOST_IN_SHORT],
        "more": max(0, len({one.check for one in fails}) - MOST_IN_SHORT),
        "gaps": sum(len(one.gaps) for one in report.lives),
        "lives": len(report.lives),
    }


def _by_check(report: Report, only: Verdict | None = None) -> list[dict[str, Any]]:
    """Findings in groups of one check and verdict, the worst first, each row shown."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in worst_first(report.findings):
        if only and finding.verdict is not only:
            continue
        groups.setdefault((finding.check, finding.verdict.value), []).append(finding)
    return [
        {
            "first": those[0],
            "anchor": f"f-{those[0].check}-{those[0].verdict.value}",
            "is_failing": those[0].verdict is Verdict.FAIL,
            "count": sum(one.count for one in those),
            "findings": [
                {"finding": one, "deadline": deadline(one.deadline_on, report.run.as_of)}
                for one in those
            ],
        }
        for those in groups.values()
    ]


def _counts(report: Report) -> str:
    fails = sum(one.count for one in report.findings if one.verdict is Verdict.FAIL)
    unknown = sum(one.count for one in report.findings if one.verdict is Verdict.UNKNOWN)
    return f"{plural(fails, 'failure')}, {plural(unknown, 'judgement')} that lack facts"
