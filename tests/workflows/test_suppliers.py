"""Suppliers of a small desk: tiers with reasons, plates by every name, notice that was promised."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from tests.workflows.desk import TODAY, desk_in
from typer.testing import CliRunner

from cellwarden.entry.cli import whole_app
from cellwarden.workflows.vendor.contracts import contracts
from cellwarden.workflows.vendor.dossier import facts_of, makers_of
from cellwarden.workflows.vendor.party_tables import register_parties
from cellwarden.workflows.vendor.suppliers import suppliers
from cellwarden.workflows.workspace import Workspace

PARTIES: Final = """party_id,name,country,role,aliases,registered_name,other_names
HELIO,Helio Power GmbH,DE,manufacturer;firmware_maintainer,Sunbrand,,
BARGE,Barge Energy Ltd,GB,manufacturer,,Helio Power GmbH,
RIGGER,Rigger Services Ltd,GB,service_partner,,,
CELLS,Cell Works AB,SE,,,,
US,Desk plc,GB,operator,,,
"""
ASSETS: Final = """asset_id,site_id,manufacturer,model,chemistry
S1-CAB,S1,SUNBRAND,H-9,lithium_ion
S2-CAB,S2,Barge Energy,B-1,lithium_ion
"""
LINKS: Final = """relationship_id,party_id,role,of_party_id,flow_down
R1,RIGGER,service_partner,HELIO,yes
R2,CELLS,cell_supplier,HELIO,
"""


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    return desk_in(
        tmp_path / "desk",
        parties=PARTIES,
        assets=ASSETS,
        relationships=LINKS,
        declarations="about,site_id,declared_on,valid_days\nrelationship,S1,2026-11-01,90\n",
    )


def table(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    with (
        workspace.open_state() as state,
        closing(state.connect(as_of="2026-11-16T23:59:59Z")) as connection,
    ):
        register_parties(connection, as_of=TODAY)
        cursor = connection.execute(f"select * from {name}")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_the_tier_of_a_supplier_comes_with_its_reason(desk: Workspace) -> None:
    rows = {row["party_id"]: row for row in suppliers(desk, as_of=TODAY)}

    assert (rows["HELIO"]["tier"], rows["HELIO"]["why"]) == (3, "makes assets at S1")
    assert rows["CELLS"]["why"] == "cell supplier of Helio Power GmbH at S1"
    assert rows["BARGE"]["criticality"] == "low"
    assert rows["US"]["is_supplier"] is False, "we are no supplier of our own"


def test_an_alias_on_a_plate_means_the_party(desk: Workspace) -> None:
    plates = {(row["plate"], row["party_id"]) for row in table(desk, "plate_row")}

    assert ("sunbrand", "HELIO") in plates


def test_the_name_of_somebody_elses_lei_record_takes_no_plate_over(desk: Workspace) -> None:
    plates = {row["plate"] for row in table(desk, "plate_row") if row["party_id"] == "BARGE"}

    assert plates == {"barge energy"}, "its LEI record says Helio, and the register says Barge"


def test_assessments_know_a_maker_by_its_alias_too(desk: Workspace) -> None:
    with desk.open_state() as state, closing(state.connect(as_of="9999")) as connection:
        helio = next(r for r in facts_of(connection, "party") if r["party_id"] == "HELIO")

        assert "sunbrand" in makers_of(connection, helio)


def test_a_supplier_has_a_role_by_its_row_or_by_what_it_does(desk: Workspace) -> None:
    rows = {row["party_id"]: row for row in table(desk, "supplier_row")}

    assert rows["CELLS"]["has_role"] is True
    assert rows["CELLS"]["roles"] == "cell supplier"


def test_flow_down_that_nobody_wrote_is_no_only_where_relationships_are_all_listed(
    desk: Workspace, tmp_path: Path
) -> None:
    rows = {row["party_id"]: row for row in table(desk, "supplier_row")}
    other = desk_in(tmp_path / "other", parties=PARTIES, assets=ASSETS, relationships=LINKS)
    without = {row["party_id"]: row for row in table(other, "supplier_row")}

    assert rows["RIGGER"]["has_flow_down"] is True
    assert rows["CELLS"]["has_flow_down"] is False
    assert without["CELLS"]["has_flow_down"] is None


def test_a_missing_entity_counts_where_relationships_are_all_listed(desk: Workspace) -> None:
    rows = {row["site_id"]: row for row in table(desk, "product_role_row")}

    assert rows["S1"]["missing"] == "cloud operator"
    assert rows["S1"]["missing_roles"] is None, "nobody knows whether it needs a cloud"
    assert rows["S2"]["missing_roles"] is None


def test_a_cloud_that_nobody_needs_is_not_missing(tmp_path: Path) -> None:
    declared = (
        "about,site_id,declared_on,valid_days\nrelationship,S1,2026-11-01,90\n"
        "dependency,S1,2026-11-01,90\n"
    )
    desk = desk_in(
        tmp_path / "desk",
        parties=PARTIES,
        assets=ASSETS,
        relationships=LINKS,
        declarations=declared,
    )

    rows = {row["site_id"]: row for row in table(desk, "product_role_row")}

    assert (rows["S1"]["missing"], rows["S1"]["missing_roles"]) == (None, 0)


def test_a_contract_tells_how_its_notice_was_kept(tmp_path: Path) -> None:
    desk = desk_in(
        tmp_path / "desk",
        contracts="contract_id,party_id,title,effective_from\nC,HELIO,Supply,2026-01-01\n",
        clauses="clause_id,contract_id,type,text,amount,unit\nC/n,C,incident_notice,soon,24,hours\n",
        incidents="incident_id,title,site_id,party_ids,started_at,noticed_at\n"
        "I,Gas,S1,HELIO,2026-10-01T00:00:00Z,2026-10-03T00:00:00Z\n",
        notices="notice_id,incident_id,audience,told,stage,told_at,told_by_party,knew_at\n"
        "N,I,security,SOC,first_word,2026-10-03T06:00:00Z,HELIO,2026-10-01T12:00:00Z\n",
    )

    (contract,) = contracts(desk, "HELIO", as_of=TODAY)

    (notice,) = contract.notices
    assert (notice.incident_id, notice.is_late) == ("I", True)
    assert notice.says == "told after 42 hours, too late"


def test_the_list_fits_80_columns_and_says_why(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    done = CliRunner().invoke(whole_app(), ["vendor", "list", "-w", str(desk.folder)])

    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "criticality high: makes assets at S1" in done.stdout


def test_who_works_for_another_at_a_site_is_a_partner_and_who_feeds_parts_is_not(
    desk: Workspace,
) -> None:
    rows = {row["party_id"]: row["is_partner"] for row in table(desk, "supplier_row")}

    assert rows["RIGGER"] is True
    assert rows["CELLS"] is False
