"""Subjects about parties: what counts as an owner, whose cells, which electronics, which LEI."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.checks.conftest import Fleet


def a_maker(fleet: Fleet, **supplier: object) -> None:
    fleet.fact("party", party_id="P", name="Helio Power GmbH")
    fleet.table("supplier_row", party_id="P", name="Helio Power GmbH", is_supplier=True, **supplier)


def test_who_consolidates_an_entity_is_a_known_owner_without_a_share(fleet: Fleet) -> None:
    a_maker(fleet, is_consolidated=True, ownership_fact="9.0")

    row = fleet.row("legal_entity")

    assert row["has_owner"] is True
    assert row["percent_known"] is None


def test_no_owner_is_an_absence_only_where_somebody_vouches_for_a_site_it_serves(
    fleet: Fleet,
) -> None:
    a_maker(fleet, is_consolidated=False)
    fleet.declare("ownership", "NG9")
    assert fleet.row("legal_entity")["has_owner"] is None

    fleet.connection.execute("update supplier_row set ownership_fact = '9.0'")

    row = fleet.row("legal_entity")
    assert row["has_owner"] is False
    assert "9.0" in row["evidence"]


def test_a_maker_is_known_by_the_plate_that_means_it_and_not_by_its_name(fleet: Fleet) -> None:
    a_maker(fleet)
    plate = fleet.fact(
        "asset", asset_id="A", site_id="NG1", manufacturer="SUNBRAND ", chemistry="lithium_ion"
    )
    assert fleet.row("legal_entity")["makes_cells"] is False

    fleet.table("plate_row", plate="sunbrand", party_id="P")

    row = fleet.row("legal_entity")
    assert row["makes_cells"] is True
    assert plate in row["evidence"]


def test_nobody_asks_who_makes_the_cells_of_a_lead_acid_block(fleet: Fleet) -> None:
    a_maker(fleet)
    fleet.fact("asset", asset_id="A", manufacturer="Helio", chemistry="lead_acid")
    fleet.table("plate_row", plate="helio", party_id="P")

    assert fleet.row("legal_entity")["makes_cells"] is False


def test_chips_are_asked_for_where_a_part_holds_firmware_and_radios_where_one_speaks(
    fleet: Fleet,
) -> None:
    fleet.fact(
        "asset",
        asset_id="A",
        site_id="NG1",
        manufacturer="Helio",
        model="H",
        chemistry="sodium_ion",
    )
    assert {row["part"] for row in fleet.rows("product_origin")} == {"cell", "board"}

    fleet.fact(
        "component", component_id="A/1", asset_id="A", role="controller", exposure="isolated"
    )
    assert "chip" in {row["part"] for row in fleet.rows("product_origin")}

    fleet.fact("component", component_id="A/2", asset_id="A", role="gateway")
    rows = {row["part"]: row for row in fleet.rows("product_origin")}
    assert rows["network module"]["is_electronics"] is True
    assert rows["cell"]["is_electronics"] is False


def test_the_origin_of_a_network_module_is_found_by_its_kind(fleet: Fleet) -> None:
    fleet.fact("asset", asset_id="A", manufacturer="Helio", model="H", chemistry="lithium_ion")
    fleet.fact("component", component_id="A/2", asset_id="A", role="gateway")
    fleet.declare("origin", "*")
    fleet.fact(
        "origin",
        origin_id="O",
        manufacturer="Helio",
        model="H",
        part="network_module",
        country="DE",
    )

    known = {row["part"]: row["has_origin"] for row in fleet.rows("product_origin")}

    assert known == {"cell": False, "board": False, "chip": False, "network module": True}


def test_an_lei_that_was_looked_up_long_ago_says_nothing_of_today(fleet: Fleet) -> None:
    for party, day in (("NEW", "2026-11-02"), ("OLD", "2025-03-01")):
        fleet.table(
            "lei_row", party_id=party, name=party, is_in_force=True, checked_on=day, agrees=True
        )

    rows = {row["party_id"]: row["is_in_force"] for row in fleet.rows("lei_record")}

    assert rows == {"NEW": True, "OLD": None}


def test_a_watch_for_disruptions_runs_out_and_is_unknown_where_nobody_vouched(
    fleet: Fleet,
) -> None:
    for site in ("NG1", "NG2", "NG3"):
        fleet.fact("site", site_id=site)
    fleet.declare("signal", "NG1", on="2026-11-01")
    fleet.declare("signal", "NG2", on="2026-01-01")

    left = {row["site_id"]: row["signal_word_days_left"] for row in fleet.rows("site")}

    assert left["NG1"] > 0 > left["NG2"]
    assert left["NG3"] is None


def test_what_a_site_never_declared_is_one_question_and_not_one_for_each_maker(
    fleet: Fleet,
) -> None:
    fleet.table(
        "product_role_row", site_id="NG1", manufacturer="A", model="1", missing="cloud operator",
        disputed_roles=0,
    )  # fmt: skip
    fleet.table(
        "product_role_row", site_id="NG1", manufacturer="B", model="2", missing="cloud operator",
        missing_roles=1, disputed_roles=0,
    )  # fmt: skip

    vendors = {row["manufacturer"]: row["vendor"] for row in fleet.rows("product_entities")}

    assert vendors == {"A": None, "B": "B"}


def test_who_makes_the_cells_is_known_from_an_origin(fleet: Fleet) -> None:
    a_maker(fleet, relationship_fact="9.0")
    fleet.fact("party", party_id="C", name="Cell Works AB")
    fleet.table("plate_row", plate="helio", party_id="P")
    assert fleet.rows("legal_entity")[1]["has_cell_maker"] is False

    source = fleet.fact(
        "origin", origin_id="O", manufacturer="HELIO", part="cell", made_by="C", country="SE"
    )

    row = fleet.rows("legal_entity")[1]
    assert (row["has_cell_maker"], row["cell_maker"]) == (True, "Cell Works AB")
    assert source in row["evidence"]


def test_a_supplier_that_was_kept_back_is_not_known_without_any_declaration(fleet: Fleet) -> None:
    a_maker(fleet)
    assert fleet.row("legal_entity")["has_cell_maker"] is None

    refusal = fleet.fact("relationship", relationship_id="R", role="cell_supplier", of_party_id="P")

    row = fleet.row("legal_entity")
    assert row["has_cell_maker"] is False
    assert refusal in row["evidence"]


def test_a_maker_of_parts_is_a_party_by_whatever_the_plate_says(fleet: Fleet) -> None:
    fleet.fact("component", component_id="A", manufacturer="Sunbrand")
    fleet.fact("party", party_id="P", name="Helio Power GmbH", contact="desk")
    assert fleet.row("vendor")["is_party"] is False

    fleet.table("plate_row", plate="sunbrand", party_id="P")

    assert fleet.row("vendor")["has_contact"] is True


def test_a_listed_supplier_is_in_service_without_a_plate_of_its_own(fleet: Fleet) -> None:
    fleet.fact("party", party_id="HOST", name="Cloud AS")
    fleet.fact("screening_hit", party_id="HOST", list="L", list_id="1", name="Cloud AS")
    assert fleet.row("hit")["is_in_service"] is None

    fleet.table("supplier_row", party_id="HOST", name="Cloud AS", is_supplier=True)

    assert fleet.row("hit")["is_in_service"] is True
