"""Makers by every name, and how they stand to each other."""

from __future__ import annotations

import pytest

from cellwarden.advisories.identity.vendors import (
    branded,
    maker_at_start,
    makers_named,
    registry,
    relation,
    relatives,
    vendor_ids,
    without_maker,
)


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("American Power Conversion", "apc"),
        ("Schneider Electric Software, LLC", "schneider"),
        (" Schneider Electric", "schneider"),
        ("RPS S.p.a.", "riello"),
        ("CPS", "cyberpower"),
        ("Emerson Network Power", "vertiv"),
        ("Delta Electronics", "delta"),
        ("SOCOMEC", "socomec"),
        ("Rittal GmbH & Co. KG", "rittal"),
        ("EATON | Powerware", "eaton"),
    ],
)
def test_maker_is_known_by_each_of_its_names(name: str, maker: str) -> None:
    assert vendor_ids(name) == (maker,)


def test_monitors_nickname_names_the_maker_only_in_a_register() -> None:
    assert vendor_ids("netmanplus", nicknames=True) == ("riello",)
    assert vendor_ids("netmanplus") != ("riello",)


@pytest.mark.parametrize("name", ["", "n/a", "multiple", "multiple open source", "-------------"])
def test_nobody_is_no_maker(name: str) -> None:
    assert vendor_ids(name) == ()


def test_list_of_makers_names_each_of_them() -> None:
    found = vendor_ids("ABB, Phoenix Contact, Schneider Electric, Siemens, and WAGO")

    assert {"abb", "phoenixcontact", "schneider", "siemens"} <= set(found)


def test_unknown_maker_is_the_same_with_and_without_its_legal_form() -> None:
    assert vendor_ids("Aldermoor Power Ltd.") == vendor_ids("aldermoor power")


def test_text_that_was_decoded_wrongly_is_repaired() -> None:
    assert vendor_ids("GeutebrÃ¼ck GmbH") == vendor_ids("Geutebrück")


def test_company_with_a_like_name_is_another_one() -> None:
    assert vendor_ids("Delta Controls") != vendor_ids("Delta Electronics")
    assert vendor_ids("Phoenix Broadband Technologies LLC") != vendor_ids("Phoenix Contact")


def test_brand_in_a_product_text_reveals_the_maker() -> None:
    assert branded("Liebert SiteScan Web") == ("vertiv",)
    assert branded("EcoStruxure IT Gateway") == ("schneider",)
    assert branded("SMART  UPS VER:1.00") == ()


def test_brand_and_owner_are_one_group_and_sellers_are_partners() -> None:
    group, partner = relation("apc", "schneider"), relation("riello", "generex")

    assert group is not None
    assert group.kind == "group"
    assert partner is not None
    assert partner.kind == "oem"
    assert relation("vivotek", "delta") is None
    assert "schneider" in relatives("apc")


def test_longer_name_of_an_unlisted_maker_may_be_the_same_maker() -> None:
    found = relation("~satel", "~satel iberia")

    assert found is not None
    assert found.kind == "alike"
    assert relation("~satel", "~satelec") is None
    assert relation("~delta controls", "~delta networks") is None


def test_maker_that_begins_a_product_text_is_taken_away() -> None:
    assert without_maker("digi realport for linux", ("~digi",)) == "realport for linux"
    assert without_maker("digital meter", ("~digi",)) == "digital meter"
    assert without_maker("digi", ("~digi",)) == "digi"


def test_maker_of_the_statements_is_found_where_it_begins_a_model() -> None:
    makers = makers_named(("~philips", "~smart", "~becton dickinson", "apc"))

    assert makers == {"philips", "becton dickinson"}
    assert maker_at_start("Philips IntelliVue X2", makers) == "philips"
    assert maker_at_start("Becton Dickinson Alaris PC", makers) == "becton dickinson"
    assert maker_at_start("Philips", makers) == ""
    assert maker_at_start("IntelliVue Philips", makers) == ""


def test_every_maker_gives_its_source() -> None:
    assert all(vendor.source for vendor in registry().vendors.values())
