"""From statements to states: ranges, listings, parts, families, contradictions."""

from __future__ import annotations

import pytest

from cellwarden.advisories.matching import Matcher
from cellwarden.advisories.versions.plain import in_words
from cellwarden.model.matching import Component, Match, MatchState, Remedy, Statement

A, F, N, U = (
    MatchState.AFFECTED,
    MatchState.FIXED,
    MatchState.NOT_AFFECTED,
    MatchState.UNDETERMINED,
)


def said(
    words: str,
    *,
    status: str = "affected",
    leaf: str = "1",
    product: str = "CBC-200 Cabinet Controller",
    kind: str = "range",
    vulnerabilities: tuple[str, ...] = ("CVE-2026-0001",),
    **cells: str | bool,
) -> Statement:
    return Statement(
        advisory_id="CW-1",
        leaf_id=leaf,
        status=status,
        vulnerabilities=vulnerabilities,
        vendor="Corvane Energy",
        product=product,
        version_text=words,
        version_kind=kind,
        **cells,  # type: ignore[arg-type]  # the cells are those of a statement
    )


def rows(
    statements: list[Statement], firmware: str, *, fixes: tuple[str, ...] = (), **cells: str
) -> list[Match]:
    named = {"manufacturer": "Corvane Energy", "model": "CBC-200", **cells}
    component = Component(component_id="C", firmware=firmware, **named)
    return list(
        Matcher(statements, fixes={"CW-1": [Remedy(text) for text in fixes]}).match([component])
    )


@pytest.mark.parametrize(
    ("words", "firmware", "state", "fixed_in"),
    [
        ("<= 2.4.1", "2.4.1", A, ""),
        ("<= 2.4.1", "2.4.2", N, ""),
        ("< 2.4.3", "2.4.1", A, "2.4.3"),
        ("< 2.4.3", "2.4.3", F, "2.4.3"),
        ("vers:generic/>=2.0.0|<2.4.3", "1.9.0", N, ""),
        ("vers:generic/>=2.0.0|<2.4.3", "2.5.0", F, "2.4.3"),
        ("<= 2.4.1", "", U, ""),
        ("<= 2.4.1", "unreadable ??", U, ""),
        ("vers:all/*", "", A, ""),
        ("vers:all/*", "unreadable ??", A, ""),
        ("some builds of spring", "2.4.1", U, ""),
    ],
)
def test_range_gives_the_state(words: str, firmware: str, state: MatchState, fixed_in: str) -> None:
    (found,) = rows([said(words)], firmware)

    assert (found.state, found.fixed_in) == (state, fixed_in)
    assert found.range == in_words(words)
    assert found.version == firmware


def test_remediation_text_names_the_fix_of_an_inclusive_range() -> None:
    fixes = ("Corvane recommends that users update to version 2.4.3 or later.",)

    (before,) = rows([said("<= 2.4.1")], "2.4.1", fixes=fixes)
    (after,) = rows([said("<= 2.4.1")], "2.4.3", fixes=fixes)
    (between,) = rows([said("<= 2.4.1")], "2.4.2", fixes=fixes)

    assert (before.state, before.fixed_in) == (A, "2.4.3")
    assert after.state is F
    assert between.state is N


def test_version_beside_a_listed_one_is_not_called_safe_where_no_fix_is_named() -> None:
    (older,) = rows([said("7.20", kind="version")], "4.11")
    (newer,) = rows([said("7.20", kind="version")], "7.42")

    assert older.state is U
    assert newer.state is U


def test_version_behind_a_listed_one_is_fixed_from_the_fix_of_its_branch_on() -> None:
    fixes = ("Corvane has corrected this in V33.017, V34.014 and later.",)
    listed = [said("32.011", kind="version")]

    states = {
        version: rows(listed, version, fixes=fixes)[0].state
        for version in ("33.016", "33.017", "34.013", "34.014", "35.001")
    }

    assert states == {"33.016": U, "33.017": F, "34.013": U, "34.014": F, "35.001": F}


def test_version_behind_listed_lines_is_not_affected() -> None:
    (found,) = rows([said("1.5.x | 1.6.x")], "1.8.1")

    assert found.state is N


def test_list_beside_a_range_of_the_same_product_leaves_the_end_to_the_range() -> None:
    statements = [said("<= 7.20"), said("7.20", kind="version", leaf="2")]

    (found,) = rows(statements, "7.42")

    assert found.state is N


LINE = "CBC-200 Cabinet Controller V4.7"


@pytest.mark.parametrize(
    ("model", "firmware", "state"),
    [
        ("CBC-200", "V4.7 SP1", A),
        ("CBC-200", "V4.7 SP2", F),
        ("CBC-200", "V4.6", U),
        ("CBC-200", "V4.8", N),
        (LINE, "V2.0", A),
        (LINE, "V4.6", A),
    ],
)
def test_version_line_in_a_product_name_never_clears_what_lies_in_the_range(
    model: str, firmware: str, state: MatchState
) -> None:
    (found,) = rows([said("< V4.7 SP2", product=LINE)], firmware, model=model)

    assert found.state is state


def test_all_versions_of_a_line_leave_other_lines_out() -> None:
    statements = [said("vers:all/*", product=LINE)]

    assert rows(statements, "4.7.3")[0].state is A
    assert rows(statements, "4.8")[0].state is N
    assert rows(statements, "", model=LINE)[0].state is A


def test_statement_of_the_own_line_decides_before_that_of_another() -> None:
    statements = [
        said("< V4.7 SP2", product=LINE),
        said("< V4.8 SP2", product=LINE.replace("4.7", "4.8"), leaf="2"),
    ]

    (first,) = rows(statements, "V4.7 SP3")
    (second,) = rows(statements, "V4.8 SP1")

    assert (first.state, first.fixed_in) == (F, "V4.7 SP2")
    assert (second.state, second.fixed_in) == (A, "V4.8 SP2")


@pytest.mark.parametrize(
    ("firmware", "state"), [("1.00", A), ("1.05", U), ("2.22", U), ("2.30", N)]
)
def test_range_with_two_ends_decides_only_where_both_agree(
    firmware: str, state: MatchState
) -> None:
    (found,) = rows([said("<=2.22 | <=1.01")], firmware)

    assert found.state is state


def test_fix_that_lies_in_another_affected_range_of_the_product_is_not_shown() -> None:
    statements = [said(">=12.0.1|<=12.0.15"), said(">=12.2.1|<=12.2.12", leaf="2")]
    fixes = ("Update to version 12.0.16", "Update to version 12.2.12 or later")

    (inside,) = rows(statements, "12.2.5", fixes=fixes)
    (between,) = rows(statements, "12.1.0", fixes=fixes)
    (behind,) = rows(statements, "12.4.0", fixes=fixes)

    assert (inside.state, inside.fixed_in) == (A, "")
    assert between.state is F
    assert (behind.state, behind.fixed_in) == (N, "")


def test_fix_of_a_range_that_goes_on_is_that_of_the_range_that_follows() -> None:
    statements = [said("< 2.9.2"), said("vers:generic/>=2.9.2|<2.9.4", leaf="2")]

    (found,) = rows(statements, "2.8")

    assert (found.state, found.fixed_in) == (A, "2.9.4")


def test_fixed_leaf_of_the_same_product_names_the_fix() -> None:
    statements = [
        said("<= 2.4.1"),
        said("2.4.3", status="fixed", leaf="2", kind="version", is_first_fixed=True),
    ]

    (found,) = rows(statements, "2.4.1")

    assert (found.state, found.fixed_in) == (A, "2.4.3")


def test_our_own_constraints_are_said_as_people_say_them() -> None:
    (found,) = rows([said("vers:generic/>=1.0|<2.0", kind="vers")], "1.5")

    assert found.range == ">= 1.0 and < 2.0"
    assert "lies in >= 1.0 and < 2.0" in found.why


def test_fixed_leaf_that_lists_the_version_overrides_the_range() -> None:
    statements = [said("<= 2.4.1"), said("2.4.0", status="fixed", leaf="2", kind="version")]

    (found,) = rows(statements, "2.4.0")

    assert found.state is F
    assert "listed as fixed" in found.why


def test_product_listed_as_not_affected_is_not_affected_without_a_version() -> None:
    (found,) = rows([said("", status="not_affected", kind="all")], "")

    assert found.state is N


def test_under_investigation_is_undetermined() -> None:
    (found,) = rows([said("", status="under_investigation", kind="all")], "2.4.1")

    assert found.state is U


def test_each_state_has_its_own_row_with_its_vulnerabilities() -> None:
    statements = [
        said("<= 2.4.1", vulnerabilities=("CVE-2026-0001", "CVE-2026-0002")),
        said("< 2.0", leaf="2", vulnerabilities=("CVE-2026-0003",)),
    ]

    found = {row.state: row.vulnerabilities for row in rows(statements, "2.4.1")}

    assert found == {A: ("CVE-2026-0001", "CVE-2026-0002"), F: ("CVE-2026-0003",)}


def test_affected_beats_fixed_within_one_vulnerability() -> None:
    statements = [said("< 2.0"), said("<= 2.4.1", leaf="2")]

    (found,) = rows(statements, "2.4.1")

    assert found.state is A


def test_leaf_of_the_exact_model_overrides_the_leaf_of_its_family() -> None:
    family = said("vers:all/*", product="Rack Power Distribution Units (PDU)", leaf="1")
    exact = said("< 2.0", product="AP8641 Switched Rack PDU", leaf="2")
    statements = [
        Statement(**{f: getattr(one, f) for f in one.__struct_fields__} | {"vendor": "APC"})
        for one in (family, exact)
    ]

    (found,) = rows(statements, "6.7.2", manufacturer="APC", model="AP8641")

    assert found.state is F


def test_part_that_the_range_names_is_compared() -> None:
    words = said("NET <= 2.3.5", product="CBC-200 Cabinet Controller")

    (found,) = rows([words], "INV: 9.0.0 NET: 2.3.5")

    assert (found.state, found.part) == (A, "NET")


def test_parts_that_differ_are_undetermined_where_none_is_named() -> None:
    (differing,) = rows([said("<= 2.4.1")], "INV: 2.4.0 DSP: 9.0.0")
    (agreeing,) = rows([said("<= 2.4.1")], "INV: 2.4.0 DSP: 2.3.0")

    assert differing.state is U
    assert agreeing.state is A


def test_condition_that_the_register_does_not_show_keeps_it_undetermined() -> None:
    words = "<= 2.4.1 (Windows Server 2019)"

    (inside,) = rows([said(words)], "2.4.1")
    (outside,) = rows([said(words)], "2.5.0")

    assert inside.state is U
    assert outside.state is N


def test_version_in_the_model_cell_is_never_proof_of_safety() -> None:
    (inside,) = rows([said("<= 2.4.1")], "", model="CBC-200 V2.4.0")
    (outside,) = rows([said("<= 2.4.1")], "", model="CBC-200 V2.5.0")

    assert inside.state is A
    assert outside.state is U


def test_bound_that_brings_its_own_comparator_is_taken_at_its_word() -> None:
    words = "vers:generic/>=2.4.1|<%3C%3D%202.4.1"

    (found,) = rows([said(words, kind="vers")], "2.3.0")

    assert found.state is A


def test_default_status_adds_nothing_beside_a_range() -> None:
    statements = [
        said("vers:generic/<=2.4.1", leaf="cna/0/0", kind="vers"),
        said(
            "vers:generic/>2.4.1",
            leaf="cna/0/default",
            kind="vers",
            status="under_investigation",
        ),
    ]

    (found,) = rows(statements, "2.5.0")

    assert found.state is N


def test_record_that_contradicts_its_own_end_leaves_the_rest_undetermined() -> None:
    statements = [
        said("vers:generic/<2.4.3", leaf="cna/0/0", kind="vers"),
        said("vers:generic/*", leaf="cna/0/default", kind="vers"),
    ]

    (inside,) = rows(statements, "2.4.1")
    (behind,) = rows(statements, "2.4.3")

    assert inside.state is A
    assert behind.state is U


def test_product_of_another_maker_has_no_row() -> None:
    assert rows([said("vers:all/*")], "2.4.1", manufacturer="Dunmere Storage") == []


def test_thing_that_has_to_be_present_as_well_makes_a_candidate() -> None:
    needs = Statement(
        advisory_id="CW-1",
        leaf_id="1",
        status="affected",
        vulnerabilities=("CVE-2026-0001",),
        vendor="corvane energy",
        product="cbc-200_firmware",
        version_text="vers:generic/<2.4.3",
        version_kind="vers",
        requires=("cpe:2.3:h:corvane_energy:relay_board_7:-:*:*:*:*:*:*:*",),
    )

    (found,) = rows([needs], "2.4.1")

    assert found.candidate


def test_what_was_added_to_a_record_does_not_narrow_what_its_maker_said() -> None:
    def leaf(place: str, product: str, words: str) -> Statement:
        return Statement(
            advisory_id="CVE-2026-0009",
            leaf_id=place,
            status="affected",
            vulnerabilities=("CVE-2026-0009",),
            vendor="APC",
            product=product,
            version_text=words,
        )

    by_maker = leaf("cna/0/0", "Rack Power Distribution Units (PDU)", "<= 7.0")
    by_another = leaf("adp0/0/0", "AP8641", "<= 6.0")
    component = Component(component_id="C", manufacturer="APC", model="AP8641", firmware="6.7.2")

    (found,) = Matcher([by_maker, by_another]).match([component])

    assert found.state is A


def test_cell_of_ten_million_characters_is_matched_by_its_beginning() -> None:
    (found,) = rows(
        [said("<= 2.4.1")], "2.4.1", model="CBC-200 Cabinet Controller " + "x" * 10_000_000
    )

    assert found.state is A


@pytest.mark.parametrize(
    "firmware",
    [
        "9.0,2.0", "9.0 or 2.0", "9.0 (was 2.0)", "9.0 & 2.0", "9.0 from 2.0", "9.0 2.0",
        "9.0 soon", "9.0 required", "9.0 TBD", "9.0 per docs", "available: 9.0", "< 9.0", "0.0.0",
        "HW 9.0", "Boot 9.0", "BIOS 9.0", "Rev. HW 9",
    ],
)  # fmt: skip
def test_cell_that_does_not_say_which_version_runs_is_never_safe(firmware: str) -> None:
    found = rows([said("vers:generic/>=1.0|<2.4.3")], firmware)

    assert [row.state for row in found] == [U]


def test_boot_loader_beside_the_firmware_is_not_what_a_range_means() -> None:
    statement = said("< 2.4.3")

    assert [row.state for row in rows([statement], "Boot 9.0 / FW 2.4.1")] == [A]
    assert [row.state for row in rows([statement], "HW: 1.0; SW: 2.4.3")] == [F]
    assert [row.state for row in rows([said("BIOS < 2.4.3")], "BIOS 2.4.1")] == [A]


def test_leaf_with_the_whole_name_counts_before_a_wider_one() -> None:
    wide = said("*", leaf="1", product="CBC-200")
    exact = said("< 2.4.3", leaf="2", product="CBC-200 Cabinet Controller")

    found = rows([wide, exact], "2.5.0", model="CBC-200 Cabinet Controller")

    assert [row.state for row in found] == [F]


@pytest.mark.parametrize(
    "firmware", ["2.4.1 (build 1234)", "2.4.1-r64721", "2.4.1 2019-03-04", "(2.4.1)", "2.4.1 GA"]
)
def test_build_or_day_behind_the_last_affected_version_makes_no_later_one_of_it(
    firmware: str,
) -> None:
    assert [row.state for row in rows([said("<= 2.4.1")], firmware)] == [A]
    assert [row.state for row in rows([said("2.4.1")], firmware)] == [A]
