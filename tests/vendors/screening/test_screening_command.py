from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CELLWARDEN = Path(sys.executable).with_name("cellwarden")
NAMES = "name,country,id\nОАО Нордлихт Батериверке,RU,v1\nHavel Cell AG,DE,v2\n"
LIST = "name,aliases,country,id\nNordlicht Batteriewerke OAO,NLBW,RU,N-1\nQuarro,,RU,N-2\n"


def screen(tmp_path: Path, names: str | bytes, *more: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    file = tmp_path / "names.csv"
    file.write_bytes(names.encode() if isinstance(names, str) else names)
    return subprocess.run(
        [CELLWARDEN, "vendor", "screen", "--names", file, "--list", tmp_path / "list.csv", *more],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


def answers(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_name_has_a_line_with_the_fields_of_the_contract(tmp_path: Path) -> None:
    done = screen(tmp_path, NAMES)

    first, second = answers(done)

    assert set(first) == {"id", "list_id", "list_name", "score", "features", "decision"}
    assert (first["id"], first["list_id"]) == ("v1", "N-1")
    assert first["decision"] in {"review", "match"}
    assert (second["id"], second["decision"]) == ("v2", "none")


def test_several_files_may_follow_one_list_option(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("name,id\nHavel Cell,H-1\n")

    done = screen(tmp_path, "name\nHavel Cell AG\nQuarro\n", str(other))

    assert [line["list_id"] for line in answers(done)] == ["H-1", "N-2"]


def test_rows_that_share_an_id_are_each_answered(tmp_path: Path) -> None:
    done = screen(tmp_path, "name,id\nHavel Cell AG,7\nQuarro,7\n")

    assert [(line["id"], line["list_id"]) for line in answers(done)] == [("7", None), ("7", "N-2")]


def test_commas_in_a_file_of_one_column_belong_to_the_name(tmp_path: Path) -> None:
    done = screen(tmp_path, "name\nNordlicht Batteriewerke, OAO\nQuarro, Ltd., RU\n")

    assert [line["list_id"] for line in answers(done)] == ["N-1", "N-2"]


def test_a_row_without_an_id_is_called_by_its_line(tmp_path: Path) -> None:
    done = screen(tmp_path, "Our vendors\n\nName\nHavel Cell AG\nQuarro\n")

    assert [line["id"] for line in answers(done)] == ["4", "5"]


def test_a_row_without_a_name_is_answered_with_a_review(tmp_path: Path) -> None:
    (line,) = answers(screen(tmp_path, "name,id\n,7\n"))

    assert (line["id"], line["decision"]) == ("7", "review")
    assert line["features"]["why"] == "it has no letters"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_names_in_any_encoding_are_read(tmp_path: Path, encoding: str) -> None:
    done = screen(tmp_path, "name;country\nQuarro Société;RU\n".encode(encoding))

    assert len(answers(done)) == 1


def test_formulas_and_turning_characters_are_only_text(tmp_path: Path) -> None:
    names = 'name\n"=HYPERLINK(""http://x"",""Quarro"")"\n\u202eQuarro\u202c\x1b[31m\n'

    done = screen(tmp_path, names, "--format", "table")
    lines = answers(screen(tmp_path, names))

    assert done.returncode == 0
    assert not {"\x1b", "\u202e"} & set(done.stdout)
    assert lines[-1]["list_id"] == "N-2"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ("vendor\nQuarro\n", "line 1 has no column name"),
        ("name\n" + "x" * 10_000_000 + "\n", "line 2: field larger"),
        (b"name\x00\n\x00\x01", "binary data"),
    ],
)
def test_names_that_cannot_be_used_are_refused_by_line(
    tmp_path: Path, names: str | bytes, says: str
) -> None:
    done = screen(tmp_path, names)

    assert done.returncode == 2
    assert says in done.stderr
    assert "next:" in done.stderr
    assert done.stdout == ""


def test_a_persons_word_takes_the_place_of_ours_until_a_side_changes(tmp_path: Path) -> None:
    (line,) = answers(screen(tmp_path, "name,country\nQuarro Ltd,NZ\n"))
    decisions = tmp_path / "decisions.csv"
    with decisions.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["name_digest", "entry_digest", "is_same", "decided_by", "reason", "decided_at"]
        )
        digests = [line["features"]["name_digest"], line["features"]["entry_digest"]]
        writer.writerow([*digests, "no", "Ada", "another company", "2026-01-05"])

    (same,) = answers(
        screen(tmp_path, "name,country\nQuarro Ltd,NZ\n", "--decisions", str(decisions))
    )
    (changed,) = answers(
        screen(tmp_path, "name,country\nQuarro Ltd,RU\n", "--decisions", str(decisions))
    )

    assert line["decision"] == "review"
    assert (same["decision"], same["features"]["decided_by"]) == ("none", "Ada")
    assert changed["decision"] == "match"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("is_same\nyes\n", "line 1 has no column name_digest"),
        (
            "name_digest,entry_digest,is_same,decided_by,reason,decided_at\na,b,perhaps,Ada,,\n",
            "line 2: is_same has to be yes or no",
        ),
    ],
)
def test_decisions_that_cannot_be_used_are_refused_by_line(
    tmp_path: Path, text: str, says: str
) -> None:
    decisions = tmp_path / "decisions.csv"
    decisions.write_text(text)

    done = screen(tmp_path, "name\nQuarro\n", "--decisions", str(decisions))

    assert done.returncode == 2
    assert says in done.stderr


def test_a_start_loads_no_engine(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    code = (
        "import sys\n"
        "from cellwarden.entry.cli import run\n"
        f"run(['vendor', 'screen', '--names', {str(tmp_path / 'list.csv')!r},"
        f" '--list', {str(tmp_path / 'list.csv')!r}])\n"
        "heavy = {'duckdb', 'pyarrow', 'httpx', 'jinja2', 'openpyxl', 'rich', 'sqlglot'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip() == "[]"
