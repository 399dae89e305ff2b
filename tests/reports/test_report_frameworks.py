"""Coverage in reports: every share with its whole, nothing green by accident, the way to a pack."""

from __future__ import annotations

import re

from cellwarden.model.report import Report
from cellwarden.reports import terminal
from cellwarden.reports.formats import render


def section(report: Report) -> str:
    page = render("html", report)
    return page[page.index('id="frameworks"') : page.index('id="waiting"')]


def test_every_framework_stands_with_its_states_and_their_whole(report: Report) -> None:
    text = section(report)

    assert "45 of 94 (48 %)" in text
    assert "3 of 94 (3 %)" in text
    assert "68 of 128" in text
    assert "94, the framework has others" in text
    assert "cellwarden evidence pack" in text
    for share in re.findall(r"[^<>]*%\)", text):
        assert " of " in share


def test_a_state_that_no_control_is_in_has_no_mark(report: Report) -> None:
    row = section(report).partition("NIST CSF 2.0")[2].partition("</tr>")[0]

    assert "m-pass" not in row
    assert row.count('class="zero"') == 2


def test_a_run_without_coverage_says_so(empty: Report) -> None:
    assert "kept before coverage was told" in section(empty)


def test_the_auditors_day_tells_coverage_and_how_to_hand_it_over(report: Report) -> None:
    text = terminal.plain(terminal.today(report, "auditor"))

    assert "nis2-implementing: of 94 mapped controls 45 contradicted" in text
    assert "1 more framework: cellwarden comply list" in text
    assert "cellwarden evidence pack OUT.zip" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_other_roles_are_not_told_of_frameworks(report: Report) -> None:
    assert "evidence pack" not in terminal.plain(terminal.today(report, "facilities"))
