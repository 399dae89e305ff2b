"""The example's parties: the four roles, who stands behind, which country, who is shared."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from cellwarden.entry.cli import whole_app
from cellwarden.model.errors import InputError
from cellwarden.reports.party_text import name_text
from cellwarden.vendors.parties.nouns import Filled
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.vendor.parties import (
    Field,
    exposed_to,
    four_roles,
    party_in,
    profile_in,
    profiles_behind,
    read_field,
    shared_in,
)
from cellwarden.workflows.workspace import Workspace

TODAY = date(2026, 11, 16)


@pytest.fixture(scope="module")
def field(northgate: Workspace, scanned: ScanOutcome) -> Field:
    assert scanned.source_errors == ()
    return read_field(northgate, as_of=TODAY)


def test_the_maker_of_dunmeres_cabinet_is_disputed_and_its_partner_unknown(field: Field) -> None:
    (cabinet,) = four_roles(field, "DS-90 Cabinet")

    states = {one.role: one.state for one in cabinet.roles}

    assert states["manufacturer"] is Filled.DISPUTED
    assert states["firmware_maintainer"] is Filled.DISPUTED
    assert states["service_partner"] is Filled.UNKNOWN


def test_owners_go_up_to_the_last_one_known_and_a_circle_is_told(field: Field) -> None:
    profile = profile_in(field, party_in(field, "CORVANE"))

    chain = [(level, stake.owner, stake.low) for level, stake in profile.owners]
    assert (1, "HALVEX", Decimal(60)) in chain
    assert (2, "TAVERN", Decimal(75)) in chain
    assert profile.circles == (("HALVEX", "TAVERN"),)


def test_the_logo_of_dunmere_leads_to_corvane(field: Field) -> None:
    found = {one.party["party_id"] for one in profiles_behind(field, "DS-90 Cabinet")}

    assert found == {"CORVANE", "DUNMERE"}


def test_cells_come_from_one_country_through_two_tiers(field: Field) -> None:
    found = exposed_to(field, "cn")

    ways = [way for way in found.sure if way.path[-1].entity == "LUMENCELL"]
    assert {way.tiers for way in ways} == {2}
    assert found.sites_at_least
    assert set(found.sites_at_least) <= set(found.sites_at_most)


def test_an_unknown_owner_leaves_every_country_possible(field: Field) -> None:
    found = exposed_to(field, "AQ")

    assert found.sure == ()
    assert found.sites_at_most == ("NG1", "NG2", "NG3")


def test_undisclosed_cells_count_as_possibly_shared(field: Field) -> None:
    shared = next(one for one in shared_in(field) if one.entity == "LUMENCELL")

    assert shared.vendors == ("CORVANE",)
    assert "DUNMERE" in shared.maybe_vendors
    assert "BRIGHTCELL" not in shared.maybe_vendors


def test_who_makes_the_cells_is_known_from_origins_too(field: Field) -> None:
    shared = next(one for one in shared_in(field) if one.entity == "HOLLIN")

    assert shared.vendors == ("ALDERMOOR", "BRIGHTCELL")
    assert shared.maybe_vendors == ("DUNMERE",)


@pytest.mark.parametrize("country", ["", "CHN", "1A", "\u202eC"])
def test_what_is_no_country_code_is_refused(field: Field, country: str) -> None:
    with pytest.raises(InputError, match="no country code"):
        exposed_to(field, country)


def test_look_alike_and_turning_letters_are_told() -> None:
    assert name_text("C\u043ervane") == "C\u043ervane [mixes Latin and Cyrillic letters]"
    assert "\\u202e" in name_text("Cor\u202evane")
    assert name_text("Société Générale") == "Société Générale"


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["show", "CORVANE"],
        ["roles"],
        ["behind", "Dunmere Storage"],
        ["exposure", "--country", "CN"],
        ["concentration"],
    ],
)
def test_every_command_fits_80_columns_and_speaks_json(
    northgate: Workspace, field: Field, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert field.parties
    monkeypatch.setenv("COLUMNS", "80")
    where = ["-w", str(northgate.folder)]

    text = CliRunner().invoke(whole_app(), ["vendor", *words, *where])
    data = CliRunner().invoke(whole_app(), ["vendor", *words, "--format", "json", *where])

    assert text.exit_code == data.exit_code == 0
    assert max(map(len, text.output.splitlines())) <= 80
    assert json.loads(data.output)
