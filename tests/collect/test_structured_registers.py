"""Registers in YAML and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
Attempt = Callable[[str, bytes], Reading | SourceError]


def test_yaml_lists_stand_under_their_kinds(rows_of: RowsOf) -> None:
    data = b"""
sites:
  - site_id: NG1
    air_gapped: no
assets:
  - {asset_id: NG1-UPS-01, vendor: APC, chemistry: VRLA}
components:
  - component_id: NG1-UPS-01/nmc
    asset_id: NG1-UPS-01
    firmware: 2.60
    serial: 0012
    reviewed_on: 2026-10-01
    owner: ~
"""

    reading = collect.read("register.yaml", data)

    assert rows_of(reading, "site") == [{"site_id": "NG1", "air_gapped": "no"}]
    assert rows_of(reading, "asset")[0]["chemistry"] == "lead_acid"
    assert rows_of(reading, "component") == [
        {
            "component_id": "NG1-UPS-01/nmc",
            "asset_id": "NG1-UPS-01",
            "firmware": "2.60",
            "serial": "0012",
            "reviewed_on": "2026-10-01",
        }
    ]


def test_json_numbers_keep_their_zeros(rows_of: RowsOf) -> None:
    data = b'[{"component_id": "c1", "firmware": 2.60, "has_firmware": true, "serial": 1e3}]'

    reading = collect.read("components.json", data)

    assert rows_of(reading, "component") == [
        {"component_id": "c1", "firmware": "2.60", "has_firmware": "yes", "serial": "1e3"}
    ]


def test_rows_may_be_kept_under_their_ids(rows_of: RowsOf) -> None:
    reading = collect.read("r.yaml", b"assets:\n  A1: {model: x}\n  A2: {model: y}\n")

    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["A1", "A2"]


def test_one_list_is_of_the_kind_that_the_file_is_named_after(rows_of: RowsOf) -> None:
    reading = collect.read("register/parties-suppliers.yml", b"- party_id: KFS\n  role: service\n")

    assert rows_of(reading, "party") == [{"party_id": "KFS", "role": "service_partner"}]


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("assets.yaml", b"- asset_id: A1\n- asset_id: A2\n  chemistry: plutonium\n", "2"),
        ("assets.json", b'[\n{"asset_id": "A1"},\n{"asset_id": "A2", "chemistry": "pu"}\n]', "3"),
        ("r.json", b'{"about": 1,\n"assets": [{"asset_id": "A1"},\n\n{"chemistry": "pu"}]}', "4"),
    ],
)
def test_a_bad_cell_is_unreadable_with_its_line(
    name: str, data: bytes, line: str, rows_of: RowsOf
) -> None:
    reading = collect.read(name, data)

    assert rows_of(reading, "asset")[0] == {"asset_id": "A1"}
    assert all("chemistry" not in row for row in rows_of(reading, "asset"))
    [bad] = rows_of(reading, "unreadable")
    assert (bad["line"], bad["column"]) == (line, "chemistry")


def test_a_row_that_is_no_mapping_is_unreadable(rows_of: RowsOf) -> None:
    reading = collect.read("assets.json", b'["A1", {"asset_id": "A2", "model": {"a": 1}}, {}]')

    assert "asset" not in reading.tables
    assert len(rows_of(reading, "unreadable")) == 3


def test_lists_of_texts_become_one_cell(rows_of: RowsOf) -> None:
    data = (
        b"releases:\n- {manufacturer: APC, model: NMC2, version: '7', fixes: [CVE-1, CVE-2]}\n"
        b"parties:\n- {party_id: P, role: [maker, cloud]}\n"
    )

    reading = collect.read("r.yaml", data)

    assert rows_of(reading, "release")[0]["fixes"] == "CVE-1 CVE-2"
    assert rows_of(reading, "party")[0]["role"] == "manufacturer;cloud_operator"


def test_keys_that_nothing_is_read_from_are_named() -> None:
    seen = collect.preview("assets.yaml", b"- {asset_id: A1, colour: red}\n")

    assert seen.unmapped == ("colour",)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(["name", "manufacturer", "model", "serial"]),
            st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=10),
        ),
        max_size=5,
    )
)
def test_json_and_yaml_say_the_same(rows: list[dict[str, str]]) -> None:
    table = [{"asset_id": f"A{i}", **row} for i, row in enumerate(rows)]
    text = json.dumps(table).encode()

    as_json, as_yaml = collect.read("assets.json", text), collect.read("assets.yaml", text)

    assert as_json.tables == as_yaml.tables


def test_a_json_bomb_of_depth_is_refused() -> None:
    for depth in (100, 100_000):
        with pytest.raises(SourceError, match="nested deeper"):
            collect.read("assets.json", b"[" * depth + b"]" * depth)


def test_a_yaml_bomb_of_depth_is_refused() -> None:
    with pytest.raises(SourceError, match="nested deeper"):
        collect.read("assets.yaml", b"[" * 5_000 + b"]" * 5_000)


def test_a_yaml_bomb_of_aliases_is_not_unfolded(rows_of: RowsOf) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    data = "\n".join([*lines, "assets:", "- asset_id: A1", "  model: *a29"]).encode()

    reading = collect.read("r.yaml", data)

    assert "not keys with values" in rows_of(reading, "unreadable")[0]["reason"]


def test_many_aliases_are_refused() -> None:
    data = b"a: &a x\nassets: [" + b"*a, " * 2_000 + b"]\n"

    with pytest.raises(SourceError, match="more than 1000 aliases"):
        collect.read("r.yaml", data)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"assets: &a\n  - *a\n", "holds itself"),
        (b"assets: *b\n", "nothing is called &b"),
        (b"assets:\n- {asset_id: A1, asset_id: A2}\n", "'asset_id' stands twice"),
        (b"assets: []\n---\nassets: []\n", "a second YAML document"),
        (b"assets: [\n", r"line \d+.*no YAML"),
        (b"- !!python/object/apply:os.system ['x']\n", "neither its name nor its keys"),
    ],
)
def test_yaml_that_cannot_be_meant_is_refused(data: bytes, cause: str) -> None:
    with pytest.raises(SourceError, match=cause) as refused:
        collect.read("r.yaml", data)

    assert refused.value.advice


def test_truncated_json_is_refused_with_its_line() -> None:
    with pytest.raises(SourceError, match=r"assets.json, line 2, column \d+: no JSON"):
        collect.read("assets.json", b'[{"asset_id": "A1"},\n{"asset_id": "A')


@settings(max_examples=80, deadline=None)
@given(data=st.binary(max_size=120) | st.text(max_size=80).map(str.encode))
def test_no_bytes_make_yaml_fail_otherwise_than_by_refusing(data: bytes, attempt: Attempt) -> None:
    outcome = attempt("assets.yaml", data)

    assert isinstance(outcome, SourceError) or outcome.source == "assets.yaml"


NESTED = b"""assets:
  - asset_id: U1
    make: APC
    model: SRT5000
    components:
      - part: UPS
        firmware: 2.60
      - part: NMC
        manufacturer: Schneider Electric
        model: AP9631
        firmware: AOS 6.9.6
      - not a part
"""


def test_components_that_stand_in_their_asset_are_read_with_it(rows_of: RowsOf) -> None:
    reading = collect.read("register/fleet.yaml", NESTED)

    parts = {row["component_id"]: row for row in rows_of(reading, "component")}
    assert parts["U1/UPS"]["firmware"] == "2.60"
    assert (parts["U1/UPS"]["manufacturer"], parts["U1/UPS"]["model"]) == ("APC", "SRT5000")
    assert parts["U1/NMC"]["model"] == "AP9631"
    assert [row["asset_id"] for row in rows_of(reading, "asset")] == ["U1"]
    (lost,) = rows_of(reading, "unreadable")
    assert lost["text"] == "not a part"
