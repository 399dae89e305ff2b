"""What others rely on when they call ``match``: columns, lines of JSON, exit codes, messages."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cellwarden.entry.cli import run

HEADER = "component_id,manufacturer,model,part,firmware"
LONG = "b\n" * 99_999
ROW = "C1,Corvane Energy,CBC-200,,2.4.0"
FIELDS = [
    *("component_id", "part", "advisory_id", "vulnerabilities", "state", "confidence"),
    *("candidate", "range", "version", "why", "fixed_in", "source"),
]


def csaf(name: str = "CW-1", product: str = "CBC-200", version: str = "<2.4.1") -> bytes:
    leaf = {"name": f"{product} {version}", "product_id": "P1"}
    remedy = {
        "category": "vendor_fix",
        "details": "Update to V2.4.1 or later",
        "product_ids": ["P1"],
    }
    return json.dumps(
        {
            "document": {
                "category": "csaf_security_advisory",
                "csaf_version": "2.0",
                "publisher": {"category": "vendor", "name": "C", "namespace": "https://c.example"},
                "title": name,
                "tracking": {
                    "id": name,
                    "status": "final",
                    "version": "1",
                    "initial_release_date": "2026-01-01T00:00:00Z",
                    "current_release_date": "2026-01-01T00:00:00Z",
                    "revision_history": [],
                },
            },
            "product_tree": {
                "branches": [
                    {
                        "category": "vendor",
                        "name": "Corvane Energy",
                        "branches": [
                            {
                                "category": "product_name",
                                "name": product,
                                "branches": [
                                    {
                                        "category": "product_version_range",
                                        "name": version,
                                        "product": leaf,
                                    }
                                ],
                            }
                        ],
                    }
                ]
            },
            "vulnerabilities": [
                {
                    "cve": "CVE-2026-0001",
                    "product_status": {"known_affected": ["P1"]},
                    "remediations": [remedy],
                }
            ],
        }
    ).encode()


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    folder = tmp_path / "advisories"
    folder.mkdir()
    (folder / "cw-1.json").write_bytes(csaf())
    return folder


Said = tuple[int, list[dict[str, Any]], str]


@pytest.fixture
def ask(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def of(inventory: str | bytes, *paths: Path) -> Said:
        file = tmp_path / "inventory.csv"
        file.write_bytes(inventory if isinstance(inventory, bytes) else inventory.encode())
        words = ["match", "--inventory", str(file), "--advisories", *map(str, paths)]
        code = run([*words, "--format", "jsonl"])
        said = capfdbinary.readouterr()
        return code, [json.loads(line) for line in said.out.splitlines()], said.err.decode()

    return of


@pytest.mark.parametrize(
    ("firmware", "state", "fixed_in"),
    [
        ("2.4.0", "affected", "2.4.1"),
        ("2.4.1", "fixed", "2.4.1"),
        ("", "undetermined", "2.4.1"),
        ("03.04.2019", "undetermined", "2.4.1"),
    ],
)
def test_every_line_has_every_field_and_exit_is_0_whatever_the_state(
    firmware: str, state: str, fixed_in: str, ask: Any, advisories: Path
) -> None:
    code, (row,), err = ask(f"{HEADER}\nC1,Corvane Energy,CBC-200,,{firmware}\n", advisories)

    assert code == 0
    assert err == ""
    assert list(row) == FIELDS
    assert row["component_id"] == "C1"
    assert row["advisory_id"] == "CW-1"
    assert row["vulnerabilities"] == ["CVE-2026-0001"]
    assert (row["state"], row["fixed_in"], row["version"]) == (state, fixed_in, firmware)
    assert row["candidate"] is False
    assert 0 < row["confidence"] <= 1
    assert row["range"] == "<2.4.1"
    assert row["why"].endswith(".")
    assert row["source"] == "CW-1#P1"


def test_another_product_has_no_line(ask: Any, advisories: Path) -> None:
    assert ask(f"{HEADER}\nC1,Corvane Energy,CBC-210,,2.4.0\n", advisories) == (0, [], "")


@pytest.mark.parametrize(
    "inventory",
    [
        f"\ufeff{HEADER}\r\n{ROW}\r\n",
        f"{HEADER}\n{ROW}".replace(",", ";"),
        f"{HEADER}\n{ROW}\n".replace(",", "\t"),
        f'{HEADER},colour,notes\n{ROW},red,"a, b"\n',
        'firmware,Part,Model,Manufacturer,"Component ID"\n2.4.0,,CBC-200,Corvane Energy,C1\n',
        f'{HEADER},notes\n{ROW},"two\nlines"\n\n',
        f'{HEADER}\nC1,Corvane Energy,"CBC-200 ""rack""",,2.4.0\n',
    ],
    ids=["bom", "semicolons", "tabs", "more columns", "other names", "two lines", "quotes"],
)
def test_inventories_as_people_save_them_are_read(
    inventory: str, ask: Any, advisories: Path
) -> None:
    code, rows, err = ask(inventory, advisories)

    assert (code, err) == (0, "")
    assert [(row["component_id"], row["state"]) for row in rows] == [("C1", "affected")]


def test_cell_of_ten_million_characters_is_undetermined_and_the_rest_goes_on(
    ask: Any, advisories: Path
) -> None:
    huge = f"C0,Corvane Energy,CBC-200,,{'9' * 10_000_000}"

    code, rows, _ = ask(f"{HEADER}\n{huge}\n{ROW}\n", advisories)

    assert code == 0
    assert [row["state"] for row in rows] == ["undetermined", "affected"]
    assert len(rows[0]["version"]) == 4_000


def test_inventory_without_components_has_no_line_and_is_no_error(
    ask: Any, advisories: Path
) -> None:
    assert ask(f"{HEADER}\n", advisories) == (0, [], "")


@pytest.mark.parametrize(
    ("inventory", "says"),
    [
        (b"", "line 1 has no column component_id"),
        (b"component_id,model\nC1,x\n", "line 1 has no column manufacturer, part, firmware"),
        (f"{HEADER}\n{ROW}\n{ROW}\n".encode(), "line 3: component_id 'C1' is there twice"),
        (f'{HEADER}\n{ROW},"a\nb"\n,x,y,,\n'.encode(), "line 4: component_id '' is empty"),
        (f"{HEADER}\n{ROW} \xe9\n".encode("latin-1"), "line 2: not UTF-8"),
        (
            f'{HEADER}\n{ROW}\nC2,Corvane,"CBC-200,,2.4.0\nC3,,,,\n'.encode(),
            "line 3: a quote",
        ),
        (f'{HEADER}\nC2,"{LONG}'.encode(), "line 2: a quote"),
    ],
    ids=["nothing", "columns", "twice", "empty id", "latin-1", "open quote", "long open quote"],
)
def test_inventory_that_cannot_be_used_names_its_line_and_ends_with_2(
    inventory: bytes, says: str, ask: Any, advisories: Path
) -> None:
    code, rows, err = ask(inventory, advisories)

    assert code == 2
    assert rows == []
    assert says in err
    assert "next:" in err


def test_folder_of_mixed_formats_and_archives_is_read_and_what_is_unreadable_is_told(
    ask: Any, advisories: Path
) -> None:
    (advisories / "torn.json").write_bytes(csaf()[:300])
    (advisories / "notes.txt").write_text("not a document")
    with zipfile.ZipFile(advisories / "more.zip", "w") as archive:
        archive.writestr("deep/cw-2.json", csaf("CW-2"))

    code, rows, err = ask(f"{HEADER}\n{ROW}\n", advisories)

    assert code == 0
    assert sorted(row["advisory_id"] for row in rows) == ["CW-1", "CW-2"]
    assert "advisories/torn.json: malformed JSON" in err


def test_several_paths_in_a_row_are_read(ask: Any, advisories: Path, tmp_path: Path) -> None:
    other = tmp_path / "cw-3.json"
    other.write_bytes(csaf("CW-3"))

    _, rows, _ = ask(f"{HEADER}\n{ROW}\n", advisories, other)

    assert sorted(row["advisory_id"] for row in rows) == ["CW-1", "CW-3"]


def test_advisories_of_which_none_can_be_read_end_with_3_and_no_line(
    ask: Any, tmp_path: Path
) -> None:
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / "a.json").write_bytes(csaf()[:300])
    empty = tmp_path / "empty"
    empty.mkdir()

    for folder in (torn, empty):
        code, rows, err = ask(f"{HEADER}\n{ROW}\n", folder)

        assert (code, rows) == (3, [])
        assert folder.name in err


def test_document_that_its_digest_contradicts_is_matched_and_told(
    ask: Any, advisories: Path
) -> None:
    (advisories / "cw-1.json.sha256").write_text("0" * 64)

    code, rows, err = ask(f"{HEADER}\n{ROW}\n", advisories)

    assert (code, [row["state"] for row in rows]) == (0, ["affected"])
    assert "cw-1.json.sha256" in err
