"""The stories that matching was built for, on the real documents."""

from __future__ import annotations

from collections.abc import Callable

from cellwarden.advisories.matching import Matcher
from cellwarden.model.matching import Component, Match, MatchState, Statement

Advised = Callable[..., Matcher]


def _rows(matcher: Matcher, **cells: str) -> list[Match]:
    return list(matcher.match([Component(component_id="C", **cells)]))


def _only(matcher: Matcher, **cells: str) -> Match:
    (row,) = _rows(matcher, **cells)
    return row


def test_rack_pdu_on_nmc2_is_affected_by_a_wildcard(advised: Advised) -> None:
    found = _only(advised("ICSA-21-348-02"), manufacturer="APC", model="AP7902B", firmware="v6.7.2")

    assert found.state is MatchState.AFFECTED
    assert found.source == "ICSA-21-348-02#CSAFPID-0001"
    assert found.fixed_in == "7.0.6"
    assert found.range == "<= 6.9.6"


def test_battery_monitor_on_nmc2_is_affected(advised: Advised) -> None:
    matcher = advised("ICSA-21-313-01")

    found = _only(matcher, manufacturer="APC", model="AP9922 BM4", part="NMC2", firmware="6.9.6")

    assert found.state is MatchState.AFFECTED
    assert found.source == "ICSA-21-313-01#CSAFPID-0007"
    assert len(found.vulnerabilities) == 6


def test_netman_without_firmware_is_affected_where_all_versions_are(advised: Advised) -> None:
    found = _only(advised("CVE-2022-47891"), manufacturer="Riello", model="Netman 204")

    assert found.state is MatchState.AFFECTED
    assert not found.version


def test_netman_without_firmware_is_undetermined_where_a_range_is(advised: Advised) -> None:
    found = _only(advised("CVE-2024-8877"), manufacturer="Riello", model="Netman 204")

    assert found.state is MatchState.UNDETERMINED
    assert not found.candidate


def test_net_vision_in_a_masterys_is_a_candidate_for_modulys(advised: Advised) -> None:
    matcher = advised("ICSA-23-024-02")

    found = _only(
        matcher, manufacturer="Socomec", model="MASTERYS 3/3", part="Net Vision", firmware="v4.11"
    )

    assert (found.state, found.candidate) == (MatchState.UNDETERMINED, True)
    assert "MODULYS GP" in found.why


def test_older_card_has_no_row_and_the_explanation_says_why(advised: Advised) -> None:
    matcher = advised("ICSA-21-313-01")
    card = Component(
        component_id="C",
        manufacturer="apc",
        model="Smart-UPS RT 3000 XL 4.1",
        firmware="AOS v3.9.4 / App v3.9.3",
    )

    told = matcher.explain(card, "ICSA-21-313-01")

    assert told.matches == ()
    assert any("first-generation network management card" in line for line in told.lines)
    assert len(told.considered) == 16


def test_cs121_is_not_cs141(advised: Advised) -> None:
    matcher = advised("CVE-2022-47186", "CVE-2022-47187")

    assert not _rows(matcher, manufacturer="generex-ups", model="CS121", firmware="5.14.50")
    assert _rows(matcher, manufacturer="Generex", model="CS141", firmware="2.04")


def test_iboot_at_the_end_of_the_range_is_fixed(advised: Advised) -> None:
    matcher = advised("ICSA-22-263-03")

    found = _only(
        matcher, manufacturer="Dataprobe", model="iBoot-PDU4A-N20", firmware="1.42.06162022"
    )

    assert (found.state, found.fixed_in) == (MatchState.FIXED, "1.42.06162022")


def test_apdu_just_behind_the_range_is_not_affected_and_names_no_fix(advised: Advised) -> None:
    matcher = advised("ICSA-21-348-02")

    found = _only(matcher, manufacturer="APC", model="APDU9959NA3", firmware="1.0.0.29")

    assert (found.state, found.fixed_in) == (MatchState.NOT_AFFECTED, "")


def test_console_is_affected_by_what_is_exploited_and_its_fix_stands_in_prose(
    advised: Advised,
) -> None:
    matcher = advised("ICSA-24-130-03")
    console = {"manufacturer": "Delta", "model": "InfraSuite Device Master"}

    affected = _only(matcher, **console, firmware="1.0.10")
    updated = _only(matcher, **console, firmware="1.0.11")

    assert affected.state is MatchState.AFFECTED
    assert affected.vulnerabilities == ("CVE-2023-46604",)
    assert affected.fixed_in == "1.0.11"
    assert updated.state is MatchState.FIXED


def _series(leaf: str, product: str, words: str, *vulnerabilities: str) -> Statement:
    return Statement(
        advisory_id="SEVD-2022-067-02",
        leaf_id=leaf,
        status="affected",
        vulnerabilities=vulnerabilities,
        vendor="Schneider Electric",
        product=product,
        version_text=words,
    )


TLSTORM = (
    _series("1", "APC Smart-UPS SMT Series", "ID=18: UPS 09.8 and prior", "CVE-2022-0715"),
    _series("2", "APC Smart-UPS SMC Series", "ID=1005: UPS 14.1 and prior", "CVE-2022-0715"),
    _series(
        "3",
        "APC SmartConnect SMT Series",
        "ID=1015: UPS 04.5 and prior",
        "CVE-2022-22805",
        "CVE-2022-22806",
        "CVE-2022-0715",
    ),
)


def test_series_id_decides_which_range_counts() -> None:
    matcher = Matcher(TLSTORM)
    ups = {"manufacturer": "American Power Conversion"}

    by_18 = _only(matcher, **ups, model="Smart-UPS 750", firmware="UPS 08.8 / ID=18")
    by_1005 = _only(matcher, **ups, model="Smart-UPS C 1500", firmware="UPS 09.6 / ID=1005")
    by_1015 = _only(matcher, **ups, model="Smart-UPS 750", firmware="UPS 04.5 / ID=1015")

    assert (by_18.state, by_18.vulnerabilities) == (MatchState.AFFECTED, ("CVE-2022-0715",))
    assert by_1005.state is MatchState.AFFECTED
    assert by_1015.state is MatchState.AFFECTED
    assert "CVE-2022-22805" in by_1015.vulnerabilities


def test_ups_without_series_id_is_undetermined_and_no_candidate() -> None:
    matcher = Matcher(TLSTORM)

    found = _only(
        matcher,
        manufacturer="American Power Conversion",
        model="Smart-UPS 750",
        firmware="UPS 09.8",
    )

    assert (found.state, found.candidate) == (MatchState.UNDETERMINED, False)
    assert "series" in found.why


def test_record_that_names_only_the_series_is_read_with_the_makers_notice() -> None:
    record = Statement(
        advisory_id="CVE-2022-0715",
        leaf_id="cna/0/0",
        status="affected",
        vulnerabilities=("CVE-2022-0715",),
        vendor="Schneider Electric",
        product="APC Smart-UPS",
        version_text="SMT Series",
        version_kind="range",
    )
    matcher = Matcher([record])
    ups = {"manufacturer": "APC", "model": "Smart-UPS 3000"}

    assert _only(matcher, **ups, firmware="UPS 06.5 / ID=18").state is MatchState.AFFECTED
    assert _only(matcher, **ups, firmware="UPS 09.9 / ID=18").state is MatchState.NOT_AFFECTED


def test_card_of_a_ups_is_affected_and_the_ups_itself_has_no_row(advised: Advised) -> None:
    matcher = advised("ICSA-21-313-01")
    smart = {"manufacturer": "American Power Conversion", "model": "Smart-UPS 3000"}

    card = _only(
        matcher, **smart, part="AOS", part_number="AP9631", firmware="AOS v6.8.2 / App v6.8.0"
    )

    assert card.state is MatchState.AFFECTED
    assert card.part == "AOS"
    assert not _rows(matcher, **smart, part="UPS", firmware="UPS 08.8 / ID=18")


def test_card_alone_is_a_candidate(advised: Advised) -> None:
    matcher = advised("ICSA-21-313-01")

    found = _only(
        matcher, manufacturer="apc", model="Web/SNMP Management Card", firmware="AOS v6.8.2"
    )

    assert found.candidate
    assert found.confidence < 0.5


def test_battery_in_a_ups_is_not_the_ups(advised: Advised) -> None:
    matcher = advised("ICSA-21-313-01")

    rows = _rows(
        matcher,
        manufacturer="APC",
        model="Smart-UPS 3000",
        part="replacement battery",
        role="battery_module",
    )

    assert rows == []
