"""A document that says its versions twice and not alike never makes a version safe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cellwarden.advisories.matching import Matcher
from cellwarden.advisories.matching.twice import said_besides
from cellwarden.model.matching import Component, MatchState


def _state(matcher: Matcher, maker: str, model: str, firmware: str, part: str = "") -> set[str]:
    component = Component(
        component_id="C1", manufacturer=maker, model=model, part=part, firmware=firmware
    )
    return {match.state for match in matcher.match([component])}


@pytest.mark.parametrize(
    ("advisory", "maker", "model", "firmware"),
    [
        ("ICSA-17-264-01", "Schneider Electric", "InduSoft Web Studio", "8.0 SP2"),
        ("ICSA-17-236-01", "Westermo", "MRD-305-DIN", "1.7.4.0"),
        ("ICSA-17-262-01", "Phoenix Contact", "mGuard Device Manager", "1.7.2"),
        ("ICSA-21-021-05", "M&M Software", "fdtCONTAINER", "4.5.0"),
        ("ICSA-21-208-02", "Mitsubishi Electric", "GT SoftGOT2000", "1.256S"),
        ("ICSA-22-109-02", "Automated Logic", "WebCtrl Server", "7.0"),
    ],
)
def test_version_that_only_the_full_name_includes_is_undetermined(
    advised: Callable[..., Matcher], advisory: str, maker: str, model: str, firmware: str
) -> None:
    assert _state(advised(advisory), maker, model, firmware) == {MatchState.UNDETERMINED}


def test_sign_that_only_the_full_name_has_makes_older_versions_affected(
    advised: Callable[..., Matcher],
) -> None:
    matcher = advised("ICSA-23-138-03")

    assert _state(matcher, "Hitachi Energy", "SYS600", "9.3") == {MatchState.AFFECTED}


def test_fix_that_a_remedy_names_settles_which_of_two_ends_is_meant(
    advised: Callable[..., Matcher],
) -> None:
    matcher = advised("ICSA-22-298-07")

    states = _state(matcher, "Delta Electronics", "InfraSuite Device Master", "1.0.3")

    assert states == {MatchState.FIXED}


@pytest.mark.parametrize(
    ("full_name", "cell", "expected"),
    [
        ("Coresight: 2016 R2 and earlier versions", "< 2016 R2", "2016 R2 and earlier versions"),
        ("Utility: all versions", "<= 1.03D", "*"),
        ("Ignition: All 7.9 versions prior to v7.9.21", ">= 7.9 | < 7.9.21", ""),
        ("PcVue: Versions 8.10 to versions prior to 12.0.17", ">= 8.10 | < 12.0.17", ""),
        ("QJ71E71-100: serial number 20121 and prior", "<= 20121", ""),
        ("CBAS: prior to 19.0.1 18.0.1 15.0.1 14.0.1 8.0.7", "< 19.0.1 | < 18.0.1", ""),
        ("Relay: Versions 2.0 through 2.4", ">= 2.0 | <= 2.4", ""),
        ("A name without a colon 2.0 and prior", "< 2.0", ""),
    ],
)
def test_words_behind_a_full_name_count_only_where_they_include_more_than_the_cell(
    full_name: str, cell: str, expected: str
) -> None:
    assert said_besides(full_name, cell, "range") == expected


def test_version_of_a_part_that_the_advisory_has_as_a_condition_is_never_safe(
    advised: Callable[..., Matcher],
) -> None:
    matcher = advised("ICSMA-20-170-04")

    module = _state(matcher, "Baxter", "Sigma Spectrum LVP", "17", "Wireless Battery Module")
    pump = _state(matcher, "Baxter", "Sigma Spectrum LVP", "9.0")

    assert module == {MatchState.UNDETERMINED}
    assert pump == {MatchState.NOT_AFFECTED}
