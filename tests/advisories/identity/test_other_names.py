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
