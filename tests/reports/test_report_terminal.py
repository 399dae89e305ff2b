"""The terminal: 80 columns, words beside colours, no escape of a stranger."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import RenderableType

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding
from cellwarden.model.report import Report
from cellwarden.reports import terminal

VIEWS: dict[str, Callable[[Report], RenderableType]] = {
    "summary": terminal.summary,
    "today": terminal.today,
    "finding": lambda report: terminal.finding(report, report.findings[1]),
    "hostile finding": lambda report: terminal.finding(report, report.findings[16]),
    "changes": lambda report: terminal.changes(report.changes, "2026-11-09-77aa03de", "now"),
    "blast radius": lambda report: terminal.blast_radius(report, "CVE-2022-47891"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits_eighty_columns(view: str, report: Report) -> None:
    text = terminal.plain(VIEWS[view](report), width=80)

    assert max(cell_len(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_prints_a_control_character(view: str, report: Report) -> None:
    text = terminal.plain(VIEWS[view](report))

    assert not {"\x1b", "\x07", "\u202e"} & set(text)


@pytest.mark.parametrize("view", [one for one in VIEWS if one != "changes"])
def test_every_view_says_data_age_and_coverage(view: str, report: Report) -> None:
    text = terminal.plain(VIEWS[view](report))

    assert "49 days old, STALE" in text
    assert "377 of 418 (90 %)" in text


def test_the_summary_names_each_severity_in_words(report: Report) -> None:
    text = terminal.plain(terminal.summary(report))

    assert all(word in text for word in ("critical", "high", "medium", "low", "unknown"))
    assert "not judged: " in text
    assert "and 3 more checks" in text


def test_the_summary_begins_with_coverage_and_ends_with_next_steps(report: Report) -> None:
    text = terminal.plain(terminal.summary(report))

    assert text.index("Coverage") < text.index("Severity") < text.index("\nNext")
    assert "cellwarden explain " in text


def test_the_summary_of_an_empty_run_is_not_calm(empty: Report) -> None:
    text = terminal.plain(terminal.summary(empty))

    assert "Nothing was looked at" in text
    assert "cellwarden feeds import" in text


def test_markup_in_a_name_is_printed_and_not_obeyed(report: Report, sample: ModuleType) -> None:
    odd = sample.finding(
        "owner-missing", "[bold]NG1[/bold]", sample.Verdict.FAIL, because="[red]x[/red]"
    )

    text = terminal.plain(terminal.finding(report, odd))

    assert "[bold]NG1[/bold]" in text
    assert "[red]x[/red]" in text


def test_today_for_one_role_shows_only_that_role(report: Report) -> None:
    text = terminal.plain(terminal.today(report, "facilities"))

    assert "Install 7.0.4 on two PDUs" in text
    assert "Kestrel" not in text


def test_an_unknown_role_names_the_roles(report: Report) -> None:
    with pytest.raises(InputError) as caught:
        terminal.today(report, "janitor")

    assert "facilities" in caught.value.advice


def test_no_action_after_nothing_was_looked_at_is_unknown(empty: Report) -> None:
    text = terminal.plain(terminal.today(empty))

    assert text.count("unknown: nothing was looked at") == 4


def test_an_explained_finding_shows_its_proof_and_its_exposure(report: Report) -> None:
    accepted = next(one for one in report.findings if one.exception_id)

    text = terminal.plain(terminal.finding(report, accepted))

    assert "4.17, 12.0" in text
    assert "120 days = vendor 61 + window 47 + operator 12" in text
    assert "EX-2026-004" in text


def test_a_finding_is_not_joined_with_a_part_whose_id_only_begins_alike(report: Report) -> None:
    other: Finding = msgspec.structs.replace(report.findings[9], subject="NG1-STR-01/controller-2")

    text = terminal.plain(terminal.finding(report, other))

    assert "CORVANE-2026-03" not in text


def test_no_change_is_said_in_words() -> None:
    assert "Nothing changed." in terminal.plain(terminal.changes(()))


def test_a_blast_radius_that_is_not_there_names_those_that_are(report: Report) -> None:
    with pytest.raises(InputError) as caught:
        terminal.blast_radius(report, "CVE-1999-0001")

    assert "CVE-2023-46604" in caught.value.advice
