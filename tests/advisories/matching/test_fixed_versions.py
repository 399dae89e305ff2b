"""Fixed versions in remediation texts."""

from __future__ import annotations

import pytest

from cellwarden.advisories.matching import Matcher, versions_named
from cellwarden.advisories.matching.reached import (
    Fixes,
    fixed_since,
    is_of_another_line,
    one_each,
)
from cellwarden.model.matching import Component, Remedy, Statement


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("1-Phase UPS using NMC2: Update to v7.04 or later.", ("7.04",)),
        ("Delta states that this issue was fixed by version 1.0.11 released in 2023.", ("1.0.11",)),
        ("SOCOMEC has released Net Vision FW v7.42", ("7.42",)),
        ("v7.0.6 of the Rack PDU firmware includes a fix for this.", ("7.0.6",)),
        ("Phoenix has issued updated firmware v6.87 to address this.", ("6.87",)),
        ("Update to V2.5.4 or later version", ("2.5.4",)),
        ("corrected in V34.014, V35.013, V36.011 and later", ("34.014", "35.013", "36.011")),
        ("ControlLogix 5580: v33.017, v34.014 and later", ("33.017", "34.014")),
        ("Users should upgrade to versions 33.013, 34.011, or later.", ("33.013", "34.011")),
        ("R12CCPU-V CPU: Firmware Version 17 and later", ("17",)),
        ("Niagara AX v3.8: Apply Update 4 release (3.8.401)", ("3.8.401",)),
        ("Update all v10 Metasys ADS/ADX/OAS: with patch 10.1.5", ("10.1.5",)),
        ("The weakness is remediated in Lumada APM v6.4.0.1.", ("6.4.0.1",)),
        ("FR Configurator2: Version 1.23Z or later", ("1.23Z",)),
        ("GT SoftGOT2000: install version 1.285X or later", ("1.285X",)),
        ('R08SFCPU: Firmware versions "27" or later', ("27",)),
        ("update to the latest firmware (FW 02).", ("02",)),
        ("upgrade to Floating License Manager (FLM) Version 2.3.1.0 soon", ("2.3.1.0",)),
        ("upgrade to Version 2018 R4 or newer", ("2018 R4",)),
        ("upgrade to PI Web API 2018 SP1 or later.", ("2018 SP1",)),
        ("update to the latest version of DOPSoft, Version 4.00.04, from", ("4.00.04",)),
        ("update to at least GWS version 3.3.0.0", ("3.3.0.0",)),
        ("Update to version >= V2.5.1 and the boot loader", ("2.5.1",)),
        ("DS-2CD2xx0F-I Series: V5.4.5 Build 170123 and later", ("5.4.5 Build 170123",)),
        ("Yokogawa has prepared revision R4.04 to address this.", ("R4.04",)),
        ("Delta patched this vulnerability in Version 2.5.2 and", ("2.5.2",)),
        ("FRN 15.2(6)E2a: Allen-Bradley Stratix 5400", ("15.2(6)E2a",)),
        ("Update to upcoming AFF660/665 FW 04.6.01 release.", ("04.6.01",)),
        ("and recommends users install v1.0.0.3 on all systems.", ("1.0.0.3",)),
        ("version 5.3 of the affected software mitigates the", ("5.3",)),
        ("Platform Version 12.2.5 was released in May to remediate", ("12.2.5",)),
        ("The fix is available in Maintenance release 12.0.27", ("12.0.27",)),
        ("upgrade to InTouch Access Anywhere 2017 (17.0.0).", ("2017", "17.0.0")),
        ("has released new firmware Version 20122 for the module", ("20122",)),
        ("fixed by the team in CS141 version 2.12, released", ("2.12",)),
        ("A fix is available in the following releases: 5.1.20, Proxy 2.2", ()),
        (
            "upgrading to CBC Version 2.0 Software Package (Gold Build 683.003), which",
            ("2.0 (Gold Build 683.003)",),
        ),
        ("Update to CMU Firmware version 12.0.x", ()),
        ("IE-SW-VL05M firmware v3.6.24 Build 19062809 and prior", ()),
        ("update the COMOS database to version 25.", ()),
        ("Included in GT Designer3 Version 1 (GOT2000) v1.275M or later.", ()),
        ("Update the contained components to V7.1 Upd3 (or later).", ()),
        ("NCOS release 7.1.0 and greater are no longer for download", ()),
        ("upgrade to version S+ 3.3 with the updates above", ()),
        ("ICONICS is releasing a patch for v10.96 of GENESIS64.", ()),
        ("Disable it on Windows Server 2012 R2 and update the machine", ()),
        ("When remote access is required, use VPNs updated to the most current version.", ()),
        ("The vulnerability was found in version 1.0.10.", ()),
        ("", ()),
    ],
)
def test_only_words_that_name_a_fix_are_read(text: str, versions: tuple[str, ...]) -> None:
    assert versions_named(text) == versions


@pytest.mark.parametrize("piece", ["1.1, ", "1.", "1.1-a", "v1 or ", "updated A-b ", "1.1 for a "])
def test_text_of_endless_versions_is_read_to_its_end(piece: str) -> None:
    assert len(versions_named(f"fixed in {piece * 1000}")) <= 2


@pytest.mark.parametrize(
    ("version", "fix"),
    [
        ("33.016", ""),
        ("33.017", "33.017"),
        ("34.013", ""),
        ("34.020", "34.014"),
        ("36.001", "34.014"),
    ],
)
def test_fix_that_counts_is_that_of_the_own_branch(version: str, fix: str) -> None:
    assert fixed_since(Fixes(versions=("33.017", "34.014")), version) == fix


def test_version_behind_which_the_product_is_affected_again_is_no_fix_for_what_follows() -> None:
    fixes = Fixes(versions=("12.0.16",), starts=("12.0.1", "12.2.1"))

    assert fixed_since(fixes, "12.1.0") == "12.0.16"
    assert fixed_since(fixes, "13.1.2") == ""


@pytest.mark.parametrize(
    ("version", "branch", "other"),
    [
        ("4.8", "4.7", True),
        ("4.7.1", "4.7", False),
        ("34.1", "34.0", True),
        ("34", "34.0", False),
        ("21.9", "2", False),
        ("5.2", "2022", False),
        ("2021.1", "2022", True),
    ],
)
def test_only_a_number_that_cannot_be_the_line_makes_another_line(
    version: str, branch: str, *, other: bool
) -> None:
    assert is_of_another_line(version, branch) is other


TEXTS = {
    "a sentence on the one": (
        "Corvane recommends that users upgrade CBC-200 Controller to Version 2.4.3 or later.",
        "2.4.3",
    ),
    "a sentence on the other": (
        "Corvane recommends that users upgrade CBG-7 Gateway to Version 2.4.3 or later.",
        "",
    ),
    "which is for what": (
        "Update to version 2.4.3 or newer for CBC-200 Controller, version 9.1 or newer for CBG-7.",
        "2.4.3",
    ),
    "one for a list": ("For CBC-200 Controller, CBG-7 Gateway: upgrade to version 2.4.3.", "2.4.3"),
    "one for all": ("Apply firmware 2.4.3 or later from our site.", "2.4.3"),
}


@pytest.mark.parametrize(("text", "fix"), TEXTS.values(), ids=TEXTS)
def test_text_names_the_fix_of_the_product_that_it_speaks_of(text: str, fix: str) -> None:
    statements = [
        Statement(
            advisory_id="CW-1", leaf_id=leaf, status="affected", vulnerabilities=("V",),
            vendor="Corvane Energy", product=product, version_text="<= 2.4.1",
        )
        for leaf, product in (("1", "CBC-200 Controller"), ("2", "CBG-7 Gateway"))
    ]  # fmt: skip
    component = Component(
        component_id="C", manufacturer="Corvane Energy", model="CBC-200", firmware="2.4.1"
    )

    (found,) = Matcher(statements, fixes={"CW-1": (Remedy(text),)}).match([component])

    assert found.fixed_in == fix


def test_list_of_corrected_versions_names_the_fixes_behind_the_product() -> None:
    statement = Statement(
        advisory_id="CW-1", leaf_id="1", status="affected", vulnerabilities=("V",),
        vendor="Corvane Energy", product="CBC-200 Base", version_text="<= 6.1.1-2",
    )  # fmt: skip
    texts = (
        "The problem is corrected in the following product versions:",
        "CBC-200 Base 6.1.1-3 (part of Cabinet 6.1.1.2)",
        "CBC-200 Base 6.0.3-x (included in next revision)",
    )
    component = Component(
        component_id="C", manufacturer="Corvane Energy", model="CBC-200 Base", firmware="6.1.1-3"
    )

    (found,) = Matcher([statement], fixes={"CW-1": [Remedy(text) for text in texts]}).match(
        [component]
    )

    assert (found.state.value, found.fixed_in) == ("fixed", "6.1.1-3")


def said_of(leaf: str, product: str, version_text: str = "<= 2.4.1") -> Statement:
    return Statement(
        advisory_id="CW-1", leaf_id=leaf, status="affected", vulnerabilities=("V",),
        vendor="Corvane Energy", product=product, version_text=version_text,
    )  # fmt: skip


def found_for(
    statements: list[Statement], remedies: list[Remedy], model: str, firmware: str
) -> tuple[str, str]:
    component = Component(
        component_id="C", manufacturer="Corvane Energy", model=model, firmware=firmware
    )
    (found,) = Matcher(statements, fixes={"CW-1": remedies}).match([component])
    return found.state.value, found.fixed_in


def test_fix_of_one_products_leaf_is_no_fix_of_another() -> None:
    statements = [said_of("A", "CBC-200 Controller"), said_of("B", "CBG-7 Gateway")]
    remedies = [Remedy("Update to V3.0 or later.", frozenset({"A"}))]

    fixed = found_for(statements, remedies, "CBC-200 Controller", "3.0")
    other = found_for(statements, remedies, "CBG-7 Gateway", "3.0")

    assert fixed == ("fixed", "3.0")
    assert other == ("not_affected", "")


def test_text_for_a_leaf_that_names_another_product_is_no_fix_of_it() -> None:
    statements = [said_of("A", "CBC-200 Controller"), said_of("B", "CBG-7 Gateway")]
    remedies = [Remedy("Update the CBG-7 Gateway to V3.0 or later.", frozenset({"A"}))]

    assert found_for(statements, remedies, "CBC-200 Controller", "3.0") == ("not_affected", "")


def test_name_with_a_version_alone_names_a_fix_whoever_else_begins_so() -> None:
    statements = [said_of("A", "Voltway"), said_of("B", "Voltway Enterprise")]
    both = frozenset({"A", "B"})
    remedies = [Remedy("Voltway 2.4.9", both), Remedy("Voltway Enterprise V2.6", both)]

    assert found_for(statements, remedies, "Voltway", "2.4.9") == ("fixed", "2.4.9")
    assert found_for(statements, remedies, "Voltway Enterprise", "2.6") == ("fixed", "2.6")


def test_branch_is_fixed_behind_its_own_leafs_end_inside_another_leafs_range() -> None:
    leaves = {"A": "<= 1.2.3.17", "B": "<= 2.0.0.10", "C": "<= 2.1.0.1"}
    statements = [said_of(leaf, "CBC-200", words) for leaf, words in leaves.items()]
    remedies = [
        Remedy(f"Update to the following or later versions: CBC-200 version {version}")
        for version in ("1.2.3.18", "2.0.0.11", "2.1.0.2")
    ]

    states = {
        version: found_for(statements, remedies, "CBC-200", version)[0]
        for version in ("1.2.3.17", "1.2.3.18", "2.0.0.10", "2.0.0.12", "2.1.0.1", "2.1.0.2")
    }

    assert states == {
        "1.2.3.17": "affected",
        "1.2.3.18": "fixed",
        "2.0.0.10": "affected",
        "2.0.0.12": "fixed",
        "2.1.0.1": "affected",
        "2.1.0.2": "fixed",
    }


def test_branch_without_a_leaf_of_its_own_stays_in_the_wider_range() -> None:
    leaves = {"A": "<= 1.2.3.17", "C": "<= 2.1.0.1"}
    statements = [said_of(leaf, "CBC-200", words) for leaf, words in leaves.items()]
    remedies = [Remedy("Update to 2.0.0.11 or later.")]

    assert found_for(statements, remedies, "CBC-200", "2.0.0.11")[0] == "affected"


def test_text_offers_the_version_that_stands_behind_the_products_own_name() -> None:
    statements = [said_of("A", "CBC-200"), said_of("B", "CBG-7 Gateway")]
    both = frozenset({"A", "B"})
    remedies = [Remedy("Install CBC-200 version 2.5 and CBT tool 4.0 is available.", both)]

    assert found_for(statements, remedies, "CBC-200", "2.5") == ("fixed", "2.5")
    assert found_for(statements, remedies, "CBG-7 Gateway", "2.5") == ("not_affected", "")


def test_bare_fixes_of_several_branches_end_a_range_that_all_products_share() -> None:
    statements = [
        said_of("A", "CBC-200", ">= 31.011"),
        said_of("B", "CBG-7 Gateway", ">= 31.011"),
    ]
    remedies = [
        Remedy("32.016 and later for versions 32"),
        Remedy("33.015 and later for versions 33"),
    ]

    states = {
        version: found_for(statements, remedies, "CBC-200", version)[0]
        for version in ("31.012", "32.015", "32.016", "33.014", "33.015", "33.020")
    }

    assert states == {
        "31.012": "affected",
        "32.015": "affected",
        "32.016": "fixed",
        "33.014": "affected",
        "33.015": "fixed",
        "33.020": "fixed",
    }


def test_fix_of_a_model_that_a_text_names_by_its_number_is_none_of_another() -> None:
    statements = [said_of("A", "CBC-1766 Controller"), said_of("B", "CBC-1763 Controller")]
    remedies = [Remedy("A new firmware for series 1766 was issued, FRN 21.00")]

    assert found_for(statements, remedies, "CBC-1766 Controller", "21.00")[0] == "fixed"
    assert found_for(statements, remedies, "CBC-1763 Controller", "21.00")[0] == "not_affected"


def test_bare_text_that_some_leaves_have_and_others_have_not_is_for_each_of_them() -> None:
    products = {"A": "CBC-200", "B": "CBG-7 Gateway", "C": "CBT Tool"}
    statements = [said_of(leaf, product) for leaf, product in products.items()]
    remedies = [Remedy("Update to V2.5 or later version", frozenset({"A", "B"}))]

    states = {
        product: found_for(statements, remedies, product, "2.5") for product in products.values()
    }

    assert states["CBC-200"] == states["CBG-7 Gateway"] == ("fixed", "2.5")
    assert states["CBT Tool"] == ("not_affected", "")


def test_head_that_lists_models_by_number_names_the_fix_of_each() -> None:
    statements = [
        said_of("A", "Voltway CPU R08SFCPU", "<= 26"),
        said_of("B", "Voltway CPU R08PSFCPU", "<= 11"),
    ]
    remedies = [
        Remedy('Voltway CPU R04/08/16SFCPU:Firmware versions "27" or later'),
        Remedy('Voltway CPU R04/08/16PSFCPU:Firmware versions "12" or later'),
    ]

    assert found_for(statements, remedies, "R08SFCPU", "27") == ("fixed", "27")
    assert found_for(statements, remedies, "R08PSFCPU", "12") == ("fixed", "12")


def test_family_with_a_version_alone_names_the_fix_of_its_members() -> None:
    statements = [said_of("A", "Voltway Series CBC-200"), said_of("B", "CBG-7 Gateway")]
    remedies = [Remedy("Voltway Series: firmware version 2.5.")]

    assert found_for(statements, remedies, "Voltway CBC-200", "2.5") == ("fixed", "2.5")
    assert found_for(statements, remedies, "CBG-7 Gateway", "2.5") == ("not_affected", "")


def test_range_that_only_begins_ends_at_the_fix_that_the_document_names() -> None:
    statements = [said_of("A", "CBC-200", "> 1.7.5.0")]
    remedies = [Remedy("Update to version 1.7.7.0 or later.", frozenset({"A"}))]

    assert found_for(statements, remedies, "CBC-200", "1.7.6.0")[0] == "affected"
    assert found_for(statements, remedies, "CBC-200", "1.7.7.0") == ("fixed", "1.7.7.0")
    assert found_for(statements, remedies, "CBC-200", "1.8") == ("fixed", "1.7.7.0")


def test_a_fix_is_shown_once_with_the_line_that_it_is_of() -> None:
    assert one_each(["7.0.6", "NMC2 7.0.6"]) == "NMC2 7.0.6"
    assert one_each(["V4.8 SP5", "v4.8_sp5", "V4.8SP5"]) == "V4.8 SP5"
    assert one_each(["NMC2 7.0.6", "NMC3 1.4"]) == "NMC2 7.0.6 or NMC3 1.4"
