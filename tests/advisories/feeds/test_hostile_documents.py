"""Documents that want to break a reader: each becomes a row, none stops a run."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden.advisories.feeds import Limits, understand
from cellwarden.advisories.feeds.decoding import Unreadable, decode, depth_of, structure_of
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.facts import kinds


def read(data: bytes, **limits: int) -> Understood:
    return understand(Document(name="feeds/x.json", data=data), limits=Limits(**limits))


def reason(understood: Understood) -> str:
    names = kinds()["unreadable"].column_names
    row = dict(zip(names, understood.tables["unreadable"][0], strict=True))
    assert row["file"] == "feeds/x.json"
    return f"line {row['line']}: {row['reason']}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b" \n\t", "the file is empty"),
        (b'{"document":\n{"csaf_version": "2.0"', "line 2: malformed JSON"),
        (b'{"a": 1,\n "b" 2}', "line 2: malformed JSON"),
        (b'{"a": NaN}', "malformed JSON"),
        (b'{"a": Infinity}', "malformed JSON"),
        (b'{"a":\n "caf\xe9"}', "line 2: not UTF-8"),
        (b"\xe9", "not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16"),
        (b"<html></html>", "XML or HTML"),
        (b"hello", "text that is none of"),
        (b"[1, 2]", "JSON that is none of"),
        (b'{"hello": 1}', "JSON that is none of"),
        (b'{"bomFormat": "CycloneDX"}', "read it into the register instead"),
        (b"[" + b"[]," * 2_100_000 + b"1]", "are more than we read"),
        (b"[" + b"1," * 8_100_000 + b"1]", "are more than we read"),
        (b"[" * 200_000, "nest 200000 deep"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nest 5000 deep"),
        (gzip.compress(b"{}", mtime=0)[:-3], "ends too early"),
        (b"\x1f\x8bnot gzip at all", "damaged gzip"),
        (b"1e999", "text that is none of"),
        (b'{"a": 1e999}', "malformed JSON"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(data: bytes, expected: str) -> None:
    assert expected in reason(read(data))


def test_a_document_above_the_size_bound_is_not_parsed() -> None:
    assert "at most 1,000 are read" in reason(
        read(b'{"a": "' + b"x" * 2_000 + b'"}', document_bytes=1_000)
    )


def test_a_gzip_bomb_is_refused_at_its_bound() -> None:
    assert "unpacks to more than" in reason(
        read(gzip.compress(b" " * 5_000_000, mtime=0), document_bytes=10_000)
    )


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    text = json.dumps({"a": '[{"' * 500 + "\\", "b": ["]" * 500]})

    assert depth_of(structure_of(text.encode())) == 2


def test_brackets_inside_strings_do_not_hide_depth() -> None:
    text = b'["]",' * 300 + b"1" + b"]" * 300

    assert depth_of(structure_of(text)) == 300


def test_the_depth_of_a_bomb_is_told_without_walking_it_once_a_level() -> None:
    bomb = b'{"document":' * 1_000_000 + b"1" + b"}" * 1_000_000

    assert "nest 1000000 deep" in reason(read(bomb))  # level by level this takes an hour


def test_what_closes_nothing_does_not_hide_depth() -> None:
    assert depth_of(b"[[]" + b"]" * 50 + b"[[[") == 2
    assert depth_of(b"[" * 7) == 7


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('[]{}"\\ab', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('[]"\\', max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)


def true_depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((true_depth(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((true_depth(inner) for inner in value), default=0)
    return 0


@given(values)
@settings(max_examples=100)
def test_depth_is_that_of_the_parsed_value(value: Any) -> None:
    assert depth_of(structure_of(json.dumps(value).encode())) == true_depth(value)


@given(values, st.integers(1, 6))
@settings(max_examples=100)
def test_a_document_is_read_where_it_nests_no_deeper_than_it_may(value: Any, most: int) -> None:
    document = Document(name="feeds/x.json", data=json.dumps([value]).encode())

    if 1 + true_depth(value) > most:
        with pytest.raises(Unreadable, match=f"nest {1 + true_depth(value)} deep"):
            decode(document, Limits(depth=most))
    else:
        assert decode(document, Limits(depth=most)).content == [value]


@given(values, st.sampled_from(["a", 'a"', "\\", "é"]), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=100)
def test_only_a_key_that_stands_twice_is_told(
    value: Any,
    key: str,
    is_escaped: bool,  # noqa: FBT001 - both ways of writing one text
    indent: int | None,
) -> None:
    inner, name = json.dumps(value, indent=indent), json.dumps(key, ensure_ascii=is_escaped)
    once = f'{{"x": [{{{name}: {inner}}}]}}'
    twice = f'{{"x": [{{{name}: {inner}, {name}: "\\u0022\\u0022"}}]}}'

    found = [
        decode(Document(name="feeds/x.json", data=text.encode()), Limits()).twice
        for text in (once, twice)
    ]

    assert found == [None, key]


def test_a_key_that_stands_twice_is_noted_and_the_last_counts() -> None:
    data = (
        b'{"catalogVersion": "2025.01.01", "catalogVersion": "2025.01.02", "vulnerabilities": []}'
    )

    found = read(data)

    assert found.format == "kev 2025.01.02"
    assert "'catalogVersion' stands twice" in reason(found)


def kev(entry: dict[str, Any]) -> bytes:
    return json.dumps({"catalogVersion": "1", "count": 1, "vulnerabilities": [entry]}).encode()


def test_a_cell_of_ten_million_characters_is_cut_and_noted() -> None:
    found = read(kev({"cveID": "CVE-2026-10001", "product": "x" * 10_000_000}))

    names = kinds()["exploited"].column_names
    cells = dict(zip(names, found.tables["exploited"][0], strict=True))
    assert len(cells["product"] or "") == Limits().cell_characters
    assert "10,000,000 characters" in reason(found)


def test_a_version_of_ten_million_characters_is_no_version() -> None:
    version = {"status": "affected", "version": "1" * 10_000_000}
    entry = {"vendor": "a", "product": "b", "versions": [version], "defaultStatus": "unaffected"}
    content = {
        "cveMetadata": {"cveId": "CVE-2026-1", "state": "PUBLISHED"},
        "containers": {"cna": {"affected": [entry]}},
    }

    found = read(json.dumps(content).encode())

    names = kinds()["statement"].column_names
    cells = dict(zip(names, found.tables["statement"][0], strict=True))
    assert (cells["version_text"], cells["version_kind"]) == ("unreadably long", "range")


def test_an_id_of_ten_million_characters_makes_the_document_unreadable() -> None:
    assert "cveID has 10,000,000 characters" in reason(read(kev({"cveID": "x" * 10_000_000})))


def test_references_that_unfold_without_end_are_refused() -> None:
    ids = [f"P{number}" for number in range(20_000)]
    remedies = [
        {"category": "mitigation", "details": str(n), "group_ids": ["G"]} for n in range(3_000)
    ]
    content = {
        "document": {"csaf_version": "2.0", "tracking": {"id": "BOMB"}},
        "product_tree": {"product_groups": [{"group_id": "G", "product_ids": ids}]},
        "vulnerabilities": [{"cve": "CVE-2026-10001", "remediations": remedies}],
    }

    assert "unfolds into far more" in reason(read(json.dumps(content).encode()))


@pytest.mark.parametrize("is_reversed", [False, True])
def test_relationships_that_double_each_other_are_bounded(is_reversed: bool) -> None:  # noqa: FBT001 - both orders of one list
    relationships = [
        {
            "category": "installed_with",
            "product_reference": f"P{number}",
            "relates_to_product_reference": f"P{number}",
            "full_product_name": {"name": f"N{number + 1}", "product_id": f"P{number + 1}"},
        }
        for number in range(3_000)
    ]
    if is_reversed:
        relationships.reverse()
    tree = {
        "full_product_names": [{"name": "N0", "product_id": "P0"}],
        "relationships": relationships,
    }
    document = {"csaf_version": "2.0", "tracking": {"id": "BOMB"}}

    found = read(json.dumps({"document": document, "product_tree": tree}).encode())

    assert "statement" not in found.tables
    assert sum(len(rows) for rows in found.tables.values()) <= Limits().notes + 1


def test_notes_end_at_their_bound_and_say_so() -> None:
    entries = [{"cveID": ""}] * 5_000
    content = {"catalogVersion": "1", "vulnerabilities": entries}

    found = read(json.dumps(content).encode())

    assert len(found.tables["unreadable"]) == Limits().notes
    assert "more is unreadable" in str(found.tables["unreadable"][-1])


def test_terminal_escapes_stay_data(capsys: pytest.CaptureFixture[str]) -> None:
    found = read(kev({"cveID": "CVE-2026-10001", "product": "\x1b[2Jx"}))

    assert "\x1b[2Jx" in str(found.tables["exploited"][0][2])
    assert capsys.readouterr().out == ""


HEADS: list[dict[str, Any]] = [
    {
        "document": {"csaf_version": "2.0", "tracking": {"id": "X"}},
        "product_tree": None,
        "vulnerabilities": None,
    },
    {"cveMetadata": {"cveId": "CVE-2026-10001"}, "containers": None},
    {"format": "NVD_CVE", "vulnerabilities": None},
    {"catalogVersion": "1", "vulnerabilities": None},
    {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "statements": None},
    {"bomFormat": "CycloneDX", "components": None, "vulnerabilities": None},
]
KEYS = [
    "affects",
    "affected",
    "analysis",
    "branches",
    "category",
    "children",
    "cna",
    "configurations",
    "content",
    "cpeMatch",
    "criteria",
    "cve",
    "defaultStatus",
    "details",
    "flags",
    "full_product_name",
    "id",
    "items",
    "metrics",
    "name",
    "negate",
    "nodes",
    "operator",
    "options",
    "product",
    "product_ids",
    "product_reference",
    "product_status",
    "products",
    "ratings",
    "ref",
    "relationships",
    "remediations",
    "scores",
    "state",
    "status",
    "versions",
    "vulnerabilities",
    "vulnerability",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(
    st.sampled_from(HEADS),
    st.dictionaries(
        st.sampled_from(
            ["product_tree", "vulnerabilities", "containers", "statements", "components"]
        ),
        anything,
    ),
)
@settings(max_examples=100)
def test_no_document_of_any_shape_makes_a_reader_fail(
    head: dict[str, Any], body: dict[str, Any]
) -> None:
    found = read(json.dumps(head | body).encode())

    assert "our reader failed" not in str(found.tables.get("unreadable", []))
    for kind, rows in found.tables.items():
        width = len(kinds()[kind].columns)
        assert all(len(row) == width for row in rows)
        assert all(cell is None or isinstance(cell, str) for row in rows for cell in row)
