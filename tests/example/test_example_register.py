"""The example's register: complete, connected, and real where it says that it is real."""

import csv
import tomllib
from pathlib import Path

import pytest

from cellwarden.model.facts import kinds

NORTHGATE = Path(__file__).parents[2] / "examples" / "northgate"
REGISTER = NORTHGATE / "register"

FICTIONAL_MAKERS = frozenset(
    {"Aldermoor Power", "Brightcell Systems", "Corvane Energy", "Dunmere Storage"}
)
OWN_BUILD = "Northgate build"

NAMED_BY_ADVISORIES = frozenset(
    {
        ("AP9922 Battery Management System (BM4)", "6.9.6"),
        ("APDU9959EU3", "1.0.0.29"),
        ("iBoot-PDU4A-N20", "1.42.06162022"),
        ("InfraSuite Device Master", "1.0.10"),
        ("StruxureWare Data Center Expert", "7.8.1"),
        ("Intelligent Power Manager", "1.68"),
        ("Smart-UPS 1500", "UPS 04.5 / ID=1015"),
        ("PowerAgent SC3", "6.87"),
        ("PowerPanel Business", "4.9.0"),
        ("ViewPower Pro", "2.0-22165"),
        ("APC Easy UPS Online Monitoring Software", "v2.5-GA-01-22261"),
        ("EcoStruxure IT Gateway", "1.8.1"),
    }
)
"""Versions that public advisories name, of products that no public device dump shows."""

WRONG_ENCODING = "NG3-CAB-D2/p2"
"""The row that went through a wrong encoding on purpose."""

FOUND_ON_THE_NETWORK = "NG2-PDU-9"
"""A device that a discovery run met and that no list of assets knows, on purpose."""

WITHOUT_PARTS = "NG1-UPS-D1"
"""An asset of which nobody ever listed a part, on purpose."""

STRANGER = "MOLENWEG"
"""An operator that the list of parties does not know, on purpose."""


def rows(kind: str) -> list[dict[str, str]]:
    found = []
    for path in sorted(REGISTER.glob("*.csv")):
        if path.stem.split("-")[0] == FILES.get(kind, f"{kind}s"):
            with path.open(encoding="utf-8", newline="") as text:
                found += list(csv.DictReader(text))
    return found


FILES = {"party": "parties", "dependency": "dependencies", "support": "support"}
WRITTEN = (
    "site", "asset", "component", "product", "party", "release", "dependency", "support",
    "declaration", "window", "exception", "assessment", "review", "contract", "clause", "offer",
    "onboarding",
)  # fmt: skip


def test_the_fleet_is_large_enough() -> None:
    counts = {kind: len(rows(kind)) for kind in ("site", "asset", "component")}

    assert counts["site"] == 3
    assert counts["asset"] >= 60
    assert counts["component"] >= 400


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_file_of_each_kind_uses_that_kinds_columns(kind: str) -> None:
    known = set(kinds()[kind].column_names)

    assert rows(kind), f"no row of {kind}"
    assert set(rows(kind)[0]) <= known


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_two_rows_of_a_kind_have_one_key(kind: str) -> None:
    keys = [tuple(row[name] for name in kinds()[kind].key) for row in rows(kind)]

    assert len(keys) == len(set(keys))


def test_every_row_has_as_many_cells_as_its_file_has_columns() -> None:
    for path in REGISTER.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as text:
            widths = {len(cells) for cells in csv.reader(text)}

        assert len(widths) == 1, path.name


def test_assets_stand_on_sites_that_are_listed() -> None:
    sites = {row["site_id"] for row in rows("site")}

    for kind in ("asset", "dependency", "window"):
        assert {row["site_id"] for row in rows(kind)} <= sites
    # An asterisk declares for every site.
    assert {row["site_id"] for row in rows("declaration")} <= {*sites, "*"}


def test_components_belong_to_assets_that_are_listed_and_carry_their_name() -> None:
    assets = {row["asset_id"] for row in rows("asset")}

    assert FOUND_ON_THE_NETWORK not in assets
    for row in rows("component"):
        assert row["asset_id"] in {*assets, FOUND_ON_THE_NETWORK}
        assert row["component_id"].startswith(row["asset_id"] + "/")


def test_dependencies_and_windows_name_assets_and_parties_that_are_listed() -> None:
    assets = {row["asset_id"] for row in rows("asset")} | {""}
    parties = {row["party_id"] for row in rows("party")}

    assert {row["asset_id"] for row in rows("dependency") + rows("window")} <= assets
    assert {row["party_id"] for row in rows("dependency")} - parties == {"", STRANGER}


def test_exceptions_name_parts_assets_or_vendors_that_are_listed() -> None:
    listed = {row["component_id"] for row in rows("component")}
    listed |= {row["asset_id"] for row in rows("asset")}
    parties = {row["party_id"] for row in rows("party")}

    for row in rows("exception"):
        of_a_gate = row["check"].startswith("gate:")
        assert row["accepts"] in (parties if of_a_gate else listed)


def test_assets_have_components_but_for_one() -> None:
    holders = {row["asset_id"] for row in rows("component")}

    kept = {row["asset_id"] for row in rows("asset") if row["lifecycle"] != "retired"}
    assert kept - holders == {WITHOUT_PARTS}


def test_no_two_components_are_the_same_but_for_their_names() -> None:
    seen = [
        tuple(cell for name, cell in row.items() if name not in {"component_id", "asset_id"})
        for row in rows("component")
    ]

    assert len(seen) == len(set(seen))


def test_serials_of_components_are_their_own() -> None:
    own = [row["serial"] for row in rows("component")]

    assert all(own)
    assert len(own) == len(set(own))


def test_a_part_without_firmware_has_no_version() -> None:
    without = [row for row in rows("component") if row["has_firmware"] == "no"]

    assert len(without) > 40
    assert not [row["component_id"] for row in without if row["firmware"] or row["secure_boot"]]


def test_nothing_was_read_after_the_day_of_the_example() -> None:
    as_of = tomllib.loads((NORTHGATE / "cellwarden.toml").read_text("utf-8"))["workspace"]["as_of"]

    late = [row["component_id"] for row in rows("component") if row["read_at"][:10] > as_of]

    assert as_of == "2026-11-16"
    assert not late


def test_some_parts_were_never_read_and_some_have_no_owner() -> None:
    parts = [row for row in rows("component") if row["has_firmware"] == "yes"]

    assert any(not row["firmware"] and not row["read_at"] for row in parts)
    assert any(not row["owner"] for row in parts)
    assert any(not row["owner_security"] for row in rows("asset"))


def test_firmware_of_real_products_is_what_such_devices_say(shared: Path) -> None:
    said: set[str] = set()
    with (shared / "data" / "device_identities.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            said |= {row["firmware"], row["firmware_aux"]}
            # One UPS gives its card's version where its maker's name belongs.
            said.add(row["manufacturer_or_os"].split(" (SN")[0])

    invented = {
        (row["model"], row["firmware"])
        for row in rows("component")
        if row["manufacturer"] not in FICTIONAL_MAKERS and row["firmware"]
        if row["firmware"] not in said
    }

    assert invented == NAMED_BY_ADVISORIES


def test_real_models_are_what_such_devices_say(shared: Path) -> None:
    with (shared / "data" / "device_identities.csv").open(encoding="utf-8", newline="") as text:
        models = {row["model"] for row in csv.DictReader(text)}
    named = {model for model, _ in NAMED_BY_ADVISORIES}
    read = {
        row["model"]
        for row in rows("component")
        if row["manufacturer"] not in FICTIONAL_MAKERS and row["firmware"]
    }

    assert read - models - named <= {
        "MASTERYS 3/3 SYSTEM 30 kVA", "Smart-UPS RT 3000 XL", "SC300",
    }  # fmt: skip


def test_fictional_makers_take_part_in_every_role() -> None:
    roles = {row["role"] for row in rows("component") if row["manufacturer"] in FICTIONAL_MAKERS}

    assert roles >= {"battery_module", "controller", "gateway", "interface_board", "sensor"}


def component(component_id: str) -> dict[str, str]:
    return next(row for row in rows("component") if row["component_id"] == component_id)


@pytest.mark.parametrize(
    ("component_id", "model", "firmware"),
    [
        ("NG1-PDU-A1/rpdu", "AP7902B", "v6.7.2"),
        ("NG1-PDU-A2/rpdu", "AP8641", "v6.7.2"),
        ("NG1-PDU-A3/rpdu", "APDU9959EU3", "1.0.0.29"),
        ("NG1-PDU-B1/fw", "iBoot-PDU4A-N20", "1.42.06162022"),
        ("NG1-PDU-B2/ctl", "PX3-5493U-K2", "4.2.0.5-50274"),
        ("NG1-BM-A1/nmc", "AP9922 Battery Management System (BM4)", "6.9.6"),
        ("NG1-UPS-A1/ctl", "UPS5000", "V100R001C10B003SP00"),
        ("NG1-UPS-A2/net", "PXGMS UPS + EATON 93PM", "INV: 1.25.0000 NET: 2.3.5-r64721"),
        ("NG1-UPS-B1/nv", "MASTERYS 3/3 SYSTEM 30 kVA", "Net Vision v4.11"),
        ("NG1-UPS-C1/ups", "Smart-UPS 3000", "UPS 08.8 / ID=18"),
        ("NG1-UPS-C2/ups", "Smart-UPS 750", "UPS 09.8"),
        ("NG1-UPS-C3/card", "Smart-UPS RT 3000 XL 4.1", "AOS v3.9.4 / App v3.9.3"),
        ("NG1-CON-1/app", "InfraSuite Device Master", "1.0.10"),
        ("NG2-UPS-A1/ups", "Eaton 9PX", "02.14.0034"),
        ("NG2-UPS-A3/nmc", "Eaton 5PX 1500", "Network Management Card V6.00 JI"),
        ("NG2-UPS-B1/nmc", "Netman 204", ""),
        ("NG2-UPS-B3/cs", "CS121", "5.14.50"),
        ("NG2-UPS-C3/ups", "Liebert GXT4", ""),
        ("NG2-DC-1/snmp", "PowerScale", "2.6"),
    ],
)
def test_the_real_cast_is_in_the_fleet(component_id: str, model: str, firmware: str) -> None:
    found = component(component_id)

    assert (found["model"], found["firmware"]) == (model, firmware)


def test_one_row_was_damaged_by_a_wrong_encoding() -> None:
    assert "Ã¤" in component(WRONG_ENCODING)["part"]


def test_one_cabinet_is_listed_as_one_part_although_it_holds_fifteen() -> None:
    listed = [row for row in rows("component") if row["asset_id"] == "NG2-CAB-B3"]
    rack = next(row for row in rows("product") if row["model"] == "BC-300 Rack")

    assert len(listed) == 1
    assert rack["firmware_parts"] == "15"


def test_pattern_one_two_sites_hang_on_one_cloud() -> None:
    telemetry = [row for row in rows("dependency") if row["party_id"] == "OSTRAVA"]
    exposed = {
        row["component_id"][:3]
        for row in rows("component")
        if row["model"] == "CBC-200 Cabinet Controller" and row["firmware"] in {"2.4.0", "2.4.1"}
    }

    assert {row["site_id"] for row in telemetry} == exposed == {"NG1", "NG2"}
    assert {row["kind"] for row in telemetry} == {"cloud_service"}


def test_pattern_one_first_window_that_could_take_the_fix_is_the_approved_one() -> None:
    could = [
        row
        for row in rows("window")
        if row["asset_id"] in {"NG1-CAB-A1", ""} and row["site_id"] == "NG1"
        if row["takes_firmware"] == "yes" and row["approved_by"] and row["opens_at"] > "2026-09-18"
    ]

    assert min(row["closes_at"] for row in could)[:10] == "2026-11-04"


def test_pattern_three_a_controller_came_back_as_another_revision_and_branch() -> None:
    other = component("NG3-CAB-D1/sc2")
    former = component("NG3-SPARE-1/sc")

    assert (former["hardware"], other["hardware"]) == ("rev B", "rev C")
    assert (other["firmware"], other["validated_firmware"]) == ("3.1.0", "2.7.4")


def test_exceptions_are_valid_expired_approved_by_their_requester_and_without_an_end() -> None:
    found = {row["exception_id"]: row for row in rows("exception")}

    assert found["EX-26-014"]["expires_on"] > "2026-11-16"
    assert found["EX-26-009"]["expires_on"] == "2026-11-15"
    assert found["EX-26-017"]["requester"] == found["EX-26-017"]["approver"]
    assert not found["EX-25-031"]["expires_on"]


def test_support_is_known_in_four_states() -> None:
    assert {row["status"] for row in rows("support")} == {
        "dated", "supported_undated", "ended", "unknown",
    }  # fmt: skip


def test_completeness_is_declared_for_two_sites_and_not_for_the_third() -> None:
    declared = {(row["about"], row["site_id"]) for row in rows("declaration")}

    assert {
        ("asset", "NG1"),
        ("component", "NG1"),
        ("asset", "NG2"),
        ("component", "NG2"),
    } <= declared
    assert not {("asset", "NG3"), ("component", "NG3"), ("dependency", "NG3")} & declared


def test_a_retired_asset_still_answers() -> None:
    retired = {row["asset_id"] for row in rows("asset") if row["lifecycle"] == "retired"}
    heard = {row["asset_id"] for row in rows("component") if row["read_at"] > "2026-11"}

    assert "NG1-OLD-2" in retired & heard


def test_one_device_says_another_version_than_the_register_and_one_the_same() -> None:
    said = {}
    for path in sorted((REGISTER / "dumps").glob("*.upsc")):
        lines = dict(
            line.split(": ", 1) for line in path.read_text("utf-8").splitlines() if ": " in line
        )
        said[path.stem] = lines["ups.firmware"]

    assert said["NG1-UPS-C5"] != component("NG1-UPS-C5/ups")["firmware"]
    assert said["NG1-UPS-C6"] == component("NG1-UPS-C6/ups")["firmware"]


def test_two_configuration_exports_of_one_card_differ_and_of_another_agree() -> None:
    exports = REGISTER / "configuration"
    moved = [_settings(path) for path in sorted((exports / "NG2-UPS-B1").glob("nmc@*.ini"))]
    same = [_settings(path) for path in sorted((exports / "NG1-PDU-A1").glob("rpdu@*.ini"))]

    assert len(moved) == len(same) == 2
    assert moved[0] != moved[1]
    assert same[0] == same[1]


def _settings(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if not line.startswith(";")]
