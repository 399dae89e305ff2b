from __future__ import annotations

import html
import json

import msgspec
import pytest

from cellwarden.model.report import Report, SignedState
from cellwarden.reports import terminal
from cellwarden.reports.formats import formats, render

NOTE = (
    "northgate.example/ledger\n36\ncm9vdA==\n\n"
    "— northgate.example/ledger c2ln\n— auditor.example/anna c2ln\n"
)
SIGNED = SignedState(
    origin="northgate.example/ledger",
    size=36,
    root="ab" * 32,
    note=NOTE,
    cosigners=("auditor.example/anna",),
    stamped_at=("2026-11-15T10:00:00.000000Z",),
)


def with_checkpoint(report: Report, checkpoint: SignedState | None) -> Report:
    run = msgspec.structs.replace(report.run, checkpoint=checkpoint)
    return msgspec.structs.replace(report, run=run)


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_carries_the_checkpoint(report: Report, name: str) -> None:
    text = render(name, with_checkpoint(report, SIGNED))

    assert "auditor.example/anna" in html.unescape(text)
    assert "cm9vdA==" in text


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_says_that_an_unsigned_ledger_is_unsigned(report: Report, name: str) -> None:
    text = render(name, with_checkpoint(report, None))

    is_told = "unsigned" in text or (
        name == "json" and json.loads(text)["run"]["checkpoint"] is None
    )
    assert is_told


def test_the_terminal_says_who_signed_and_what_is_not_signed_yet(report: Report) -> None:
    signed = terminal.plain(terminal.summary(with_checkpoint(report, SIGNED)))
    unsigned = terminal.plain(terminal.summary(with_checkpoint(report, None)))

    assert "signed at 36 entries as northgate.example/ledger" in signed
    assert "2 entries since then not signed yet" in signed
    assert "says that auditor.example/anna cosigned it, unchecked" in signed
    assert "timestamp of 2026-11-15T10:00:00Z, unchecked" in signed
    assert "unsigned: no checkpoint" in unsigned


def test_a_cosigner_and_a_timestamp_that_were_checked_are_told_apart(report: Report) -> None:
    checked = msgspec.structs.replace(
        SIGNED, checked_cosigners=SIGNED.cosigners, are_stamps_checked=True
    )

    text = terminal.plain(terminal.summary(with_checkpoint(report, checked)))

    assert "cosigned by auditor.example/anna, checked" in text
    assert "timestamp of 2026-11-15T10:00:00Z, checked" in text
    assert "unchecked" not in text
