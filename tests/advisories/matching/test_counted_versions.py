"""Versions as their product counts them, and the word before them that is the product itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.advisories.identity import Claim, read_claim
from cellwarden.advisories.matching.counted import counted, counted_range, lead_of
from cellwarden.model.matching import Statement


def _claim(vendor: str, product: str) -> Claim:
    return read_claim(
        Statement(
            advisory_id="A",
            leaf_id="L",
            status="affected",
            vulnerabilities=(),
            vendor=vendor,
            product=product,
        )
    )


@pytest.mark.parametrize(
    ("vendor", "product", "version", "words", "expected"),
    [
        ("SMA", "Sunny WebBox", "1.52", "<= 1.6", "1.5.2"),
        ("SMA", "Sunny WebBox", "1.5.2", "<= 1.6", "1.5.2"),
        ("Enphase", "Envoy", "D8.2.4264", "< 8.2.4225", "8.2.4264"),
        ("Enphase", "Envoy", "D7.0.88", "D7.0.88", "D7.0.88"),
        ("Sierra Wireless", "AirLink ALEOS firmware", "ALEOS 4.16.0", "<4.17.0", "4.16.0"),
        ("Siemens", "CPCI85 Central Processing/Communication", "CPCI85 V05.20", "<V5.30", "V05.20"),
        ("Siemens", "CP-8031 MASTER MODULE", "CPCI85 V05.20", "<CPCI85 V05", "CPCI85 V05.20"),
    ],
)
def test_version_is_read_as_its_product_writes_it(
    vendor: str, product: str, version: str, words: str, expected: str
) -> None:
    assert counted(_claim(vendor, product), version, words) == expected


def test_range_of_a_product_that_counts_decimals_is_read_alike() -> None:
    assert counted_range(_claim("SMA", "Sunny WebBox"), "<= 1.61") == "<= 1.6.1"
    assert counted_range(_claim("SMA", "Cluster Controller"), "<= 1.61") == "<= 1.61"


@pytest.mark.parametrize("version", ["V2.5.3", "Rev 2.5", "Version 2.5", "2.5 SP1", "Build 30", ""])
def test_words_that_every_version_may_have_before_it_name_no_product(version: str) -> None:
    assert lead_of(version) == ""


@given(st.from_regex(r"\A[0-9]{1,4}(\.[0-9]{1,4}){0,3}\Z"))
def test_plain_numbers_of_other_products_stay_as_they_are(version: str) -> None:
    assert counted(_claim("Moxa", "NPort 5110"), version, "<= 2.7") == version
