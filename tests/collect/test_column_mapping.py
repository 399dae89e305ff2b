"""What headings mean, previews before anything is recorded, and templates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect.headings import key
from cellwarden.collect.values import register_kinds
from cellwarden.model.errors import InputError
from cellwarden.model.facts import Reading, kinds

RowsOf = Callable[[Reading, str], list[dict[str, str]]]


@pytest.mark.parametrize(
    ("heading", "kind", "column"),
    [
        ("S/N", "asset", "serial"),
        ("Serial No.", "asset", "serial"),
        ("Seriennummer", "component", "serial"),
        ("N° de série", "asset", "serial"),
        ("Vendor", "asset", "manufacturer"),
        ("Hersteller", "component", "manufacturer"),
        ("Fabricant", "asset", "manufacturer"),
        ("FW", "component", "firmware"),
        ("Firmware rev", "component", "firmware"),
        ("Software version", "component", "firmware"),
        ("Standort", "asset", "site_id"),
        ("Battery Type", "asset", "chemistry"),
        ("Capacity (kWh)", "asset", "capacity_kwh"),
        ("Warranty expiry", "asset", "warranty_until"),
        ("Device", "component", "asset_id"),
        ("HW Rev.", "component", "hardware"),
        ("Größe", "asset", None),
        ("ASSET_ID", "asset", "asset_id"),
        ("asset id", "asset", "asset_id"),
        ("EOL", "support", "ends_on"),
        ("シリアル番号", "asset", "serial"),
        ("Komponenten-Nr.", "component", "component_id"),
        ("Anlagen-Nr.", "component", "asset_id"),
        ("Geräte-Nr.", "asset", "asset_id"),
        ("Typ / Modell", "component", "model"),
        ("Hersteller / Typ", "component", "manufacturer+model"),
        ("Technologie", "asset", "chemistry"),
        ("Batterie > Technologie", "asset", "chemistry"),
        ("Firmware-Stand", "component", "firmware"),
        ("Firmware-\nStand (aktuell)", "component", "firmware"),
        ("aktuelle FW-Version", "component", "firmware"),
        ("Neueste Firmware", "component", None),
        ("Firmware-Datum", "component", None),
        ("Einbaudatum", "asset", "installed_on"),
        ("Serien-Nr.", "component", "serial"),
        ("N° d'équipement", "asset", "asset_id"),
        ("Version du micrologiciel", "component", "firmware"),
        ("Date de mise en service", "asset", "installed_on"),
        ("Versión de firmware", "component", "firmware"),
        ("Número de inventario", "asset", "asset_id"),
        ("Versione firmware", "component", "firmware"),
        ("Codice cespite", "asset", "asset_id"),
        ("Firmware-versie", "component", "firmware"),
        ("Leverancier", "asset", "manufacturer"),
        ("Ohjelmistoversio", "component", "firmware"),
        ("Laitetunnus", "asset", "asset_id"),
        ("Wersja oprogramowania", "component", "firmware"),
        ("Nr inwentarzowy", "asset", "asset_id"),
    ],
)
def test_headings_of_many_habits_are_understood(
    heading: str, kind: str, column: str | None
) -> None:
    assert collect.suggest_mapping([heading], kind).columns.get(heading) == column


def test_the_nearest_heading_takes_the_column() -> None:
    mapping = collect.suggest_mapping(["Type", "Model", "Product"], "asset")

    assert mapping.columns == {"Model": "model"}


def test_every_column_of_every_kind_understands_its_own_name() -> None:
    for kind in register_kinds():
        names = kinds()[kind].column_names
        assert collect.suggest_mapping(names, kind).columns == {name: name for name in names}


def test_no_synonym_names_two_columns_of_one_kind_in_one_table() -> None:
    import tomllib
    from importlib import resources

    text = resources.files("cellwarden.collect").joinpath("headings.toml").read_text("utf-8")
    for name, table in tomllib.loads(text).items():
        if name not in {"any", *kinds()}:
            continue
        known: dict[str, str] = {}
        for column, headings in table.items():
            if name != "any":
                assert column in kinds()[name].column_names
            for heading in {key(word) for word in headings}:
                assert known.setdefault(heading, column) == column, (name, heading)


@settings(max_examples=60, deadline=None)
@given(
    headings=st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=4),
    line=st.none() | st.integers(1, 50),
    sheet=st.none() | st.text(max_size=8),
    constant=st.text(max_size=8),
    further=st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=3),
)
def test_a_mapping_comes_back_from_its_file(
    headings: list[str], line: int | None, sheet: str | None, constant: str, further: list[str]
) -> None:
    columns = dict(zip(headings, ("asset_id", "serial", "model", "name"), strict=False))
    mapping = collect.Mapping(
        kind="asset",
        columns=columns,
        constants={"site_id": constant},
        header_line=line,
        sheet=sheet,
        also=(
            collect.Also(
                kind="component",
                columns=dict(zip(further, ("asset_id", "firmware", "part"), strict=False)),
                constants={"part": constant},
            ),
        ),
        ignored=tuple(further),
    )

    assert collect.load_mapping(collect.dump_mapping(mapping)) == mapping


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("kind = 'spaceship'\n[columns]\n", "spaceship"),
        ("kind = 'asset'\n[columns]\nA = 'colour'\n", "no column 'colour'"),
        ("kind = 'advisory'\n[columns]\n", "advisory"),
        ("kind = ", "cannot be read"),
        ("kind = 'asset'\nx y\n", "line 2: .*cannot be read"),
        ("columns = {}\n", "kind"),
        ("kind = 'asset'\n\n[columns]\nA = 'colour'\n", r"m\.toml, line 4: .*'colour'"),
        ("kind = 'asset'\ncolour = 1\n[columns]\n", r"m\.toml, line 2: .*colour"),
        ("kind = 'asset'\n[columns]\n[[also]]\nkind = 'ship'\n[also.columns]\n", "line 4: .*ship"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(text: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause) as refused:
        collect.load_mapping(text, name="m.toml")

    assert "mapping" in refused.value.advice


def test_the_mapping_of_the_documentation_can_be_read(root: Path) -> None:
    text = (root / "docs" / "workspace.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(kind = .*?)```", text, re.DOTALL)

    mapping = collect.load_mapping(example)

    assert [also.kind for also in mapping.also] == ["component", "component"]
    assert mapping.ignored


def test_a_given_mapping_decides_kind_columns_and_constants(rows_of: RowsOf) -> None:
    mapping = collect.Mapping(
        kind="asset", columns={"Kennung": "asset_id"}, constants={"site_id": "NG2"}, header_line=3
    )
    data = b"Kennung;Blatt 1\nx;y\nKennung;Sonstiges\nA1;z\n"

    reading = collect.read("liste.csv", data, mapping=mapping)

    assert rows_of(reading, "asset") == [{"asset_id": "A1", "site_id": "NG2"}]


def test_a_preview_shows_rows_counts_problems_and_what_is_not_read() -> None:
    rows = "".join(f"A{i};APC;VRLA;red\n" for i in range(30))
    data = f"Asset Tag;Vendor;Batterietyp;Farbe\n{rows}A31;APC;plutonium;red\n".encode()

    seen = collect.preview("assets.csv", data, limit=5)

    assert seen.counts == {"asset": 31}
    assert len(seen.rows) == 5
    assert (seen.rows[0].line, seen.rows[0].cells["chemistry"]) == (2, "lead_acid")
    assert seen.unmapped == ("Farbe",)
    [problem] = seen.problems
    assert (problem.file, problem.line, problem.column) == ("assets.csv", 32, "Batterietyp")
    assert seen.mappings[0].columns["Vendor"] == "manufacturer"


def test_a_preview_reads_with_the_mapping_that_it_suggested() -> None:
    data = b"Asset Tag,S/N\nA1,77\n"

    suggested = collect.preview("assets.csv", data).mappings[0]
    kept = collect.load_mapping(collect.dump_mapping(suggested))

    assert collect.read("assets.csv", data, mapping=kept) == collect.read("assets.csv", data)


@pytest.mark.parametrize("kind", register_kinds())
def test_a_template_is_read_as_an_empty_register(kind: str) -> None:
    text = collect.template(kind)

    reading = collect.read(f"register/{collect.file_name(kind)}", text.encode())

    header, remark = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert reading.tables == {}
    assert tuple(header) == kinds()[kind].column_names
    assert len(remark) == len(header)
    assert text.startswith("\ufeff")


def test_a_filled_template_is_read(rows_of: RowsOf) -> None:
    text = collect.template("asset") + "NG1-UPS-01,NG1,Hauptanlage Süd\n"

    reading = collect.read("assets.csv", text.encode())

    assert rows_of(reading, "asset") == [
        {"asset_id": "NG1-UPS-01", "site_id": "NG1", "name": "Hauptanlage Süd"}
    ]


def test_an_id_with_a_number_sign_is_no_remark(rows_of: RowsOf) -> None:
    reading = collect.read("assets.csv", b"asset_id,name\n#12,x\n")

    assert rows_of(reading, "asset") == [{"asset_id": "#12", "name": "x"}]
