"""All real device identities against the real corpus: every row was read by a person."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cellwarden.advisories.matching import FleetIndex, Matcher
from cellwarden.advisories.matching import matcher as long_way
from cellwarden.model.matching import Component, Match, Remedy, Statement

Loaded = tuple[list[Statement], dict[str, tuple[Remedy, ...]]]

EXPECTED = {
    ("Smart-UPS", "ICSA-21-313-01", "candidate"),
    ("MASTERYS 3/3 SYSTEM 30 kVA", "CVE-2024-4600", "undetermined"),
    ("MASTERYS 3/3 SYSTEM 30 kVA", "CVE-2024-4601", "undetermined"),
    ("MASTERYS 3/3 SYSTEM 30 kVA", "ICSA-23-024-02", "candidate"),
    ("APDU10150SM", "ICSA-21-313-01", "undetermined"),
    ("Web/SNMP Management Card", "ICSA-21-313-01", "candidate"),
    ("Uniflair SP", "ICSA-21-313-01", "affected"),
    ("", "ICSA-23-082-05", "candidate"),
    *(("Netman", f"CVE-2022-4789{at}", "candidate") for at in (1, 2, 3)),
    *(("Netman", f"CVE-2024-887{at}", "candidate") for at in (7, 8)),
    *(("Netman 204", f"CVE-2022-4789{at}", "affected") for at in (1, 2, 3)),
    *(("Netman 204", f"CVE-2024-887{at}", "undetermined") for at in (7, 8)),
    *(
        (model, f"ICSA-21-{at}", "affected")
        for model in ("AP7902B", "AP8641")
        for at in ("313-01", "348-02")
    ),
}


@pytest.fixture(scope="module")
def fleet(shared: Path) -> list[Component]:
    with (shared / "data" / "device_identities.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    return [
        Component(
            component_id=str(at),
            manufacturer=row["manufacturer_or_os"],
            model=row["model"],
            firmware=row["firmware"],
        )
        for at, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def matches(power: Loaded, fleet: list[Component]) -> list[Match]:
    statements, fixes = power
    return list(Matcher(statements, fixes=fixes).match(fleet))


def test_real_identities_give_the_rows_that_a_person_read(
    matches: list[Match], fleet: list[Component]
) -> None:
    models = {c.component_id: c.model for c in fleet}

    found = {
        (models[m.component_id], m.advisory_id, "candidate" if m.candidate else m.state.value)
        for m in matches
    }

    assert found == EXPECTED


def test_short_way_says_what_the_long_way_says(
    power: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements, fixes = power
    products = sorted({(s.vendor, s.product) for s in statements})[::9]
    versions = ("1.2.3", "V3.10", "", "2.0-22165", "12.1", "D7.0.88")
    fleet = [
        Component(component_id=str(at), manufacturer=v, model=p, firmware=versions[at % 6])
        for at, (v, p) in enumerate(products)
    ]

    short = list(Matcher(statements, fixes=fixes).match(fleet))
    monkeypatch.setattr(long_way, "compiled", lambda *_: None)
    long = list(Matcher(statements, fixes=fixes).match(fleet))

    assert len(short) > 500
    assert short == long


def test_changed_advisory_of_the_corpus_gives_what_the_full_match_gives(
    power: Loaded, fleet: list[Component], matches: list[Match]
) -> None:
    statements, fixes = power
    index = FleetIndex(Matcher(statements, fixes=fixes), fleet)

    for advisory in ("ICSA-21-313-01", "ICSA-21-348-02", "CVE-2024-8877"):
        again = list(
            index.changed(
                advisory,
                [s for s in statements if s.advisory_id == advisory],
                fixes=fixes.get(advisory, ()),
            )
        )
        assert again == [m for m in matches if m.advisory_id == advisory]
