"""The terminal: 80 columns, words beside colours, no escape of a stranger."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import RenderableType

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding, Verdict
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


@pytest.mark.parametrize("view", ["summary", "today"])
def test_a_view_of_the_run_says_data_age_and_coverage(view: str, report: Report) -> None:
    text = terminal.plain(VIEWS[view](report))

    assert "49 days old, STALE" in text
    assert "377 of 418 (90 %)" in text


@pytest.mark.parametrize("view", ["finding", "hostile finding", "blast radius"])
def test_a_view_of_one_thing_says_the_age_of_the_data_in_one_line(
    view: str, report: Report
) -> None:
    text = terminal.plain(VIEWS[view](report), width=120)

    assert "Data: newest 2026-11-14, oldest 2026-09-28 (cve, 49 days old)" in text
    assert "377 of 418" not in text


@pytest.mark.parametrize("view", [one for one in VIEWS if one != "hostile finding"])
def test_no_word_is_broken_at_sixty_columns(view: str, report: Report) -> None:
    wide = set(terminal.plain(VIEWS[view](report), width=4000).split())
    narrow = set(terminal.plain(VIEWS[view](report), width=60).split())

    assert {word for word in narrow - wide if "x1b" not in word} == set()


def test_the_summary_names_each_severity_in_words(report: Report) -> None:
    text = terminal.plain(terminal.summary(report))

    assert all(word in text for word in ("critical", "high", "medium", "low", "unknown"))
    assert "not judged: " in text
    assert "and 3 more checks" in text


def test_the_summary_begins_with_the_standing_and_ends_with_next_steps(report: Report) -> None:
    text = terminal.plain(terminal.summary(report))

    assert text.splitlines()[1].startswith("8 of 418 parts have open weaknesses")
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


def _pdu(report: Report) -> Finding:
    """The finding about one weakness of the PDU whose place the sample knows."""
    found = next(one for one in report.findings if one.subject == "NG1-PDU-03/nmc/CVE-2021-22810")
    return msgspec.structs.replace(
        found, witness={"component_id": "NG1-PDU-03/nmc", "is_known_exploited": "true"}
    )


def test_an_explained_finding_begins_with_what_where_whose_and_what_to_do(report: Report) -> None:
    text = terminal.plain(terminal.finding(report, _pdu(report)), width=120)
    first = text[: text.index("What it rests on")]

    assert "AP7902B runs v6.7.2" in first
    assert "NG1 Harrow; Hall A, row 3, rack 1; PDU of row 3 (NG1-PDU-03); serial ZA17" in first
    assert "facilities: Harrow facilities; security: OT security" in first
    assert "Install 7.0.4 in the window of 2026-11-21." in first
    assert "2026-10-30, overdue by 17 days" in first


def test_an_explained_finding_shows_its_proof_and_all_of_its_arithmetic(
    report: Report, sample: ModuleType
) -> None:
    steps = tuple(f"step {place} of a long way to reckon a deadline" for place in range(60))
    long = sample.exposure("NG1-PDU-03/nmc", "CVE-2021-22810", arithmetic=steps)
    others = [one for one in report.exposures if one.component_id != "NG1-PDU-03/nmc"]
    told = msgspec.structs.replace(report, exposures=(*others, long))

    text = terminal.plain(terminal.finding(told, _pdu(report)))

    assert "4.17, 12.0" in text
    assert "59 days = vendor 0 + window 47 + operator 12" in text
    assert all(step in text for step in steps)


def test_a_witness_is_named_in_one_piece(report: Report) -> None:
    text = terminal.plain(terminal.finding(report, _pdu(report)), width=60)

    assert "is_known_exploited: true" in text


def test_asked_about_one_weakness_the_others_of_the_part_are_counted(
    report: Report, sample: ModuleType
) -> None:
    more = tuple(
        sample.exposure("NG1-PDU-03/nmc", f"CVE-2020-{place}", cvss_score=9.9) for place in range(9)
    )
    told = msgspec.structs.replace(report, exposures=more + report.exposures)

    text = terminal.plain(terminal.finding(told, _pdu(report)), width=200)

    assert text.count("Reckoned") == 1
    assert "CVE-2021-22810 in ICSA-21-348-02: " in text
    assert "9 more weaknesses of NG1-PDU-03/nmc are open or undecided: CVE-2020-0, " in text


def test_an_accepted_finding_names_the_exception(report: Report) -> None:
    accepted = next(one for one in report.findings if one.exception_id)

    text = terminal.plain(terminal.finding(report, accepted))

    assert "EX-2026-004: The controller is replaced in January. Until 2027-01-31." in text


def test_what_was_not_judged_asks_nobody_to_install_anything(report: Report) -> None:
    unknown = msgspec.structs.replace(_pdu(report), verdict=Verdict.UNKNOWN)

    text = terminal.plain(terminal.finding(report, unknown))

    assert "Install 7.0.4" not in text


def test_an_action_names_three_parts_and_counts_the_rest(
    report: Report, sample: ModuleType
) -> None:
    found = tuple(
        sample.finding(
            "owner-missing", f"NG1-S-{place}/fw", Verdict.FAIL,
            witness={"component_id": f"NG1-S-{place}/fw"},
        )
        for place in range(5)
    )  # fmt: skip
    act = msgspec.structs.replace(report.actions[0], findings=tuple(one.id for one in found))
    told = msgspec.structs.replace(report, findings=found, actions=(act,))

    text = terminal.plain(terminal.today(told, act.role))

    assert "On NG1-S-0/fw, NG1-S-1/fw, NG1-S-2/fw and 2 more." in text


def test_a_finding_is_not_joined_with_a_part_whose_id_only_begins_alike(report: Report) -> None:
    other: Finding = msgspec.structs.replace(report.findings[9], subject="NG1-STR-01/controller-2")

    text = terminal.plain(terminal.finding(report, other))

    assert "CORVANE-2026-03" not in text


def test_no_change_is_said_in_words() -> None:
    assert "Nothing changed." in terminal.plain(terminal.changes(()))


def test_changes_tell_the_news_first_and_count_what_was_not_judged(report: Report) -> None:
    unjudged = tuple(
        msgspec.structs.replace(
            report.changes[0], verdict="unknown", title=f"Was {place} read?", finding=f"u{place}"
        )
        for place in range(8)
    )
    known = tuple(msgspec.structs.replace(one, verdict="fail") for one in report.changes[::-1])

    text = terminal.plain(terminal.changes(unjudged + known), width=120)

    assert text.splitlines()[1].startswith("1 new, 1 returned, 1 worse, 1 better, 1 gone")
    assert text.index("on the system unapproved") < text.index("Nobody answers for")
    assert text.index("Nobody answers for") < text.index("Not judged: 8 new.")
    assert "and 3 more checks" in text
    assert "u7" not in text


def test_a_blast_radius_that_is_not_there_names_those_that_are(report: Report) -> None:
    with pytest.raises(InputError) as caught:
        terminal.blast_radius(report, "CVE-1999-0001")

    assert "CVE-2023-46604" in caught.value.advice
