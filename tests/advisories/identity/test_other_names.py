"""Makers and products that are written otherwise, and products that only look alike."""

from __future__ import annotations

import pytest

from cellwarden.advisories.identity import Answer, Columns, judge, read_claim, read_columns
from cellwarden.advisories.identity.vendors import vendor_ids
from cellwarden.model.matching import Statement


def _answer(maker: str, model: str, vendor: str, product: str) -> Answer:
    columns = Columns(maker, model, "", "", "", "")
    statement = Statement(
        advisory_id="A", leaf_id="1", status="affected", vulnerabilities=(), vendor=vendor,
        product=product,
    )  # fmt: skip
    return judge(read_columns(columns), read_claim(statement)).answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Becton, Dickinson & Co.", "Becton Dickinson"),
        ("Franklin Fueling Systems GmbH", "Franklin Fueling Systems"),
        ("schneider-electric GmbH", "Schneider Electric"),
        ("Rittal GmbH & Co. KG", "Rittal"),
    ],
)
def test_maker_is_known_by_any_legal_form(one: str, other: str) -> None:
    assert vendor_ids(one) == vendor_ids(other)


@pytest.mark.parametrize(
    ("maker", "model", "vendor", "product"),
    [
        ("RoboDK", "RoboDK 230V", "RoboDK", "RoboDK"),
        ("Trihedral Limited", "Trihedral Limited VTScada", "Trihedral Limited", "VTScada"),
        ("Schneider Electric", "indusoft-web-studio", "Schneider Electric", "InduSoft Web Studio"),
        ("Pulsar", "Brightcell(TM) Gateway", "Pulsar", "Brightcell Gateway"),
        ("Pulsar", "Brightcell Gateway S/N 123456", "Pulsar", "Brightcell Gateway"),
        ("Pulsar", '"Brightcell Gateway"', "Pulsar", "Brightcell Gateway"),
        ("Pulsar", "Model: Brightcell Gateway", "Pulsar", "Brightcell Gateway"),
    ],
)  # fmt: skip
def test_product_is_known_however_its_cell_is_filled(
    maker: str, model: str, vendor: str, product: str
) -> None:
    assert _answer(maker, model, vendor, product) is Answer.SAME


@pytest.mark.parametrize(
    ("maker", "model", "vendor", "product"),
    [
        ("OSIsoft", "PI Vision 2020", "AVEVA", "AVEVA Edge 2020"),
        ("Siemens", "Cerberus PRO EN X300 Cloud Distribution", "Siemens", "SCALANCE X-300 family"),
        ("Hitachi Energy", "670 Connectivity Package", "Hitachi Energy", "Relion 670 series"),
        ("Phoenix Contact", "CLOUD CLIENT 1101T-TX/TX", "Phoenix Contact", "FL WLAN 110x"),
        ("RoboDK", "Something else", "RoboDK", "RoboDK"),
    ],
)
def test_year_or_short_code_alone_names_no_product_for_certain(
    maker: str, model: str, vendor: str, product: str
) -> None:
    assert _answer(maker, model, vendor, product) is not Answer.SAME


@pytest.mark.parametrize(
    ("maker", "model", "vendor", "product"),
    [
        ("Kepware", "KEPServerEX", "PTC", "Kepware KepServerEX"),
        ("CareFusion", "Pyxis MedStation ES", "Becton Dickinson", "BD Pyxis MedStation ES"),
        ("Eurotherm", "GUIcon", "Schneider Electric", "Eurotherm by Schneider Electric GUIcon"),
        ("Smiths Medical", "Medfusion 4000", "ICU Medical", "Medfusion 4000"),
        ("", "PTC KEPServerEX", "PTC", "KEPServerEX"),
    ],
)  # fmt: skip
def test_product_is_known_under_its_former_maker(
    maker: str, model: str, vendor: str, product: str
) -> None:
    assert _answer(maker, model, vendor, product) is Answer.SAME


@pytest.mark.parametrize(
    ("maker", "model", "product", "answer"),
    [
        ("Siemens", "SCALANCE switch", "SCALANCE M804PB", Answer.CANDIDATE),
        ("Schneider Electric", "PowerLogic ION meter", "PowerLogic ION7400", Answer.CANDIDATE),
        ("Schneider Electric", "PowerLogic ION meter", "PowerLogic PM8000", Answer.OTHER),
        ("Siemens", "SCALANCE", "RUGGEDCOM RM1224", Answer.OTHER),
        ("Rockwell Automation", "Micro850", "Micro800", Answer.SAME),
        ("Siemens", "SCALANCE W1788-1 M12", "SCALANCE W1700", Answer.SAME),
        ("Siemens", "SCALANCE W1788-1 M12", "SCALANCE W700", Answer.OTHER),
        ("Siemens", "SENTRON PAC3220", "SENTRON PAC3200", Answer.OTHER),
        ("PTC", "ThingWorx Kepware Edge", "ThingWorx Kepware Server", Answer.CANDIDATE),
    ],
)
def test_line_alone_waits_for_a_person_and_a_member_is_of_its_family(
    maker: str, model: str, product: str, answer: Answer
) -> None:
    assert _answer(maker, model, maker, product) is answer


@pytest.mark.parametrize(
    ("maker", "model", "product", "answer"),
    [
        ("Westermo", "LynxFirmware", "Lynx Firmware", Answer.SAME),
        ("GE Digital", "ProficyiFIX", "GE Digital Proficy iFIX", Answer.SAME),
        ("Rockwell Automation", "Allen-BradleyPico", "Allen-Bradley Pico", Answer.SAME),
        ("Siemens", "SCALANCEX302", "SCALANCE X302 (6GK5302-7GD00-2EA3)", Answer.SAME),
        ("Siemens", "7SA82", "7SA82 (CP100)", Answer.SAME),
        ("Rockwell Automation", "Stratix5400", "Allen-Bradley Stratix 5410", Answer.OTHER),
        ("Siemens", "SIMATICPCSneo", "SIMATIC PCS neo", Answer.SAME),
    ],
)  # fmt: skip
def test_name_without_spaces_is_the_name(
    maker: str, model: str, product: str, answer: Answer
) -> None:
    assert _answer(maker, model, maker, product) is answer


def test_year_at_which_the_affected_versions_end_is_no_part_of_the_name() -> None:
    def claim_of(versions: str) -> Answer:
        statement = Statement(
            advisory_id="A", leaf_id="1", status="affected", vulnerabilities=(),
            vendor="OSIsoft", product="PI Vision 2020", version_text=versions,
        )  # fmt: skip
        seen = read_columns(Columns("OSIsoft", "PI Vision", "", "", "", ""))
        return judge(seen, read_claim(statement)).answer

    assert claim_of("< PI Vision 2020") is Answer.SAME
    assert claim_of("<= PI Vision 2020") is not Answer.SAME
    assert claim_of("*") is not Answer.SAME
