"""The example's cast, matched: every story comes out as the guided tour tells it."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.matched import matched

from cellwarden.model.matching import Match, MatchState

NORTHGATE = Path(__file__).parents[2] / "examples" / "northgate"

AFFECTED, FIXED = MatchState.AFFECTED, MatchState.FIXED
NOT_AFFECTED, UNDETERMINED = MatchState.NOT_AFFECTED, MatchState.UNDETERMINED


@pytest.fixture(scope="module")
def matches(tmp_path_factory: pytest.TempPathFactory) -> tuple[Match, ...]:
    inventory = tmp_path_factory.mktemp("example") / "inventory.csv"
    rows = list(_components())
    with inventory.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return tuple(matched(inventory, [NORTHGATE / "advisories"]))


def _components() -> Iterator[dict[str, str]]:
    for path in sorted((NORTHGATE / "register").glob("components-*.csv")):
        with path.open(encoding="utf-8", newline="") as text:
            yield from csv.DictReader(text)


def between(matches: tuple[Match, ...], component: str, advisory: str) -> list[Match]:
    return [one for one in matches if (one.component_id, one.advisory_id) == (component, advisory)]


@pytest.mark.parametrize(
    ("component", "advisory", "state"),
    [
        ("NG1-PDU-A1/rpdu", "ICSA-21-348-02", AFFECTED),
        ("NG1-PDU-A2/rpdu", "ICSA-21-348-02", AFFECTED),
        ("NG1-BM-A1/nmc", "ICSA-21-313-01", AFFECTED),
        ("NG1-UPS-C1/nmc", "ICSA-21-313-01", AFFECTED),
        ("NG1-UPS-C1/ups", "SEVD-2022-067-02", AFFECTED),
        ("NG2-UPS-C1/ups", "SEVD-2022-067-02", AFFECTED),
        ("NG1-UPS-C2/ups", "SEVD-2022-067-02", UNDETERMINED),
        ("NG2-UPS-B1/nmc", "CVE-2022-47891", AFFECTED),
        ("NG2-UPS-B1/nmc", "CVE-2024-8877", UNDETERMINED),
        ("NG1-UPS-B1/nv", "ICSA-23-024-02", UNDETERMINED),
        ("NG1-PDU-B1/fw", "ICSA-22-263-03", FIXED),
        ("NG1-PDU-B1/fw", "CVE-2023-3259", AFFECTED),
        ("NG1-PDU-A3/rpdu", "ICSA-21-348-02", NOT_AFFECTED),
        ("NG1-CON-1/app", "ICSA-24-130-03", AFFECTED),
        ("NG1-CON-1/app", "ICSA-23-331-01", FIXED),
        ("NG1-CAB-A1/ctl", "CW-EX-2026-0003", AFFECTED),
        ("NG1-CAB-A2/ctl", "CW-EX-2026-0003", FIXED),
        ("NG1-CAB-C1/gw", "CW-EX-2026-0006", FIXED),
        ("NG1-CAB-C1/gw", "CW-EX-2026-0007", NOT_AFFECTED),
        ("NG2-CAB-D1/sc1", "CW-EX-2026-0004", AFFECTED),
    ],
)
def test_each_story_ends_in_its_state(
    matches: tuple[Match, ...], component: str, advisory: str, state: MatchState
) -> None:
    found = between(matches, component, advisory)

    assert {one.state for one in found} == {state}
    assert all(one.why for one in found)


@pytest.mark.parametrize(
    ("component", "advisory"),
    [
        ("NG1-UPS-C3/card", "ICSA-21-313-01"),
        ("NG2-UPS-B3/cs", "CVE-2022-47186"),
        ("NG2-UPS-B3/cs", "CVE-2022-47187"),
        ("NG3-CAB-D1/sc2", "CW-EX-2026-0004"),
    ],
)
def test_another_product_has_no_row(
    matches: tuple[Match, ...], component: str, advisory: str
) -> None:
    assert between(matches, component, advisory) == []


def test_only_the_series_id_decides_which_tlstorm_weaknesses_apply(
    matches: tuple[Match, ...],
) -> None:
    (plain,) = between(matches, "NG1-UPS-C1/ups", "SEVD-2022-067-02")
    (connected,) = between(matches, "NG2-UPS-C1/ups", "SEVD-2022-067-02")

    assert set(plain.vulnerabilities) == {"CVE-2022-0715"}
    assert set(connected.vulnerabilities) == {"CVE-2022-0715", "CVE-2022-22805", "CVE-2022-22806"}


def test_a_card_in_another_cabinet_than_the_advisory_says_waits_for_a_person(
    matches: tuple[Match, ...],
) -> None:
    (card,) = between(matches, "NG1-UPS-B1/nv", "ICSA-23-024-02")

    assert card.candidate
    assert card.confidence < 1


def test_no_fix_is_named_for_the_metered_pdu(matches: tuple[Match, ...]) -> None:
    (found,) = between(matches, "NG1-PDU-A3/rpdu", "ICSA-21-348-02")

    assert not found.fixed_in


def test_every_state_occurs(matches: tuple[Match, ...]) -> None:
    assert {one.state for one in matches} == set(MatchState)
