"""What the product catalogue knows, and where that is known from."""

from __future__ import annotations

from cellwarden.advisories.identity import catalogue, known_parts, series_notices
from cellwarden.advisories.identity.catalogue import name_of_number, numbered
from cellwarden.advisories.identity.vendors import registry


def test_every_product_has_a_known_maker_a_source_and_an_existing_family() -> None:
    known = catalogue().products

    assert all(one.vendor in registry().vendors for one in known.values())
    assert all(one.source for one in known.values())
    assert all(one.parent in known for one in known.values() if one.parent)


def test_cabinet_is_known_to_hold_several_firmware_parts() -> None:
    found = known_parts("Socomec", "MODULYS GP 2.0")

    assert found is not None
    count, names, source = found
    assert count == len(names) == 4
    assert source


def test_product_that_nobody_wrote_down_holds_an_unknown_number_of_parts() -> None:
    assert known_parts("Corvane Energy", "CBC-200") is None


def test_series_of_a_notice_belong_to_the_series_that_the_catalogue_names() -> None:
    by_series = {"SMT": "apc-smt", "SMC": "apc-smc", "SMX": "apc-smx", "SRT": "apc-srt"}
    known = catalogue().products

    for notice in series_notices():
        for line in notice.lines:
            product = known.get(by_series.get(line.series, ""))
            assert product is None or set(line.ids) <= set(product.series_ids)


def test_every_pattern_of_catalogue_numbers_names_something_that_no_earlier_one_takes() -> None:
    for vendor, patterns in numbered().items():
        for one in patterns:
            number = one.pattern.lower().replace("-", "").replace("*", "0a0")

            assert name_of_number(number, (vendor,)) == one.says, one.pattern
            assert one.source


def test_catalogue_number_of_another_maker_is_called_nothing() -> None:
    assert name_of_number("5069l320er", ("siemens",)) == ""
    assert name_of_number("5069l320er", ("rockwell",)) == "CompactLogix 5380"
