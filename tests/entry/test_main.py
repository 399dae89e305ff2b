from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cellwarden import __version__
from cellwarden.entry import exits
from cellwarden.entry.cli import run, spread
from cellwarden.model import errors


def cellwarden(
    *words: str, cwd: Path | None = None, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run the real command as a user does, without a terminal."""
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | extra
    return subprocess.run(
        [sys.executable, "-m", "cellwarden", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        check=False,
        timeout=120,
    )


def last_line_of(script: str) -> str:
    """What a fresh Python says last."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def test_version_answers_on_stdout() -> None:
    done = cellwarden("--version")

    assert done.stdout == f"cellwarden {__version__}\n"
    assert done.returncode == 0


def test_version_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['cellwarden', '--version'];"
        "from cellwarden.entry.main import main; main();"
        "print([name for name in ('typer', 'rich', 'duckdb', 'pyarrow', 'httpx', 'jinja2')"
        " if name in sys.modules])"
    )

    assert last_line_of(script) == "[]"


def test_a_command_loads_neither_pydantic_nor_a_table_before_it_needs_one() -> None:
    script = (
        "import sys; from cellwarden.entry.cli import run; code = run(['match']);"
        "print(code, [name for name in ('pydantic', 'rich', 'duckdb', 'pyarrow', 'httpx')"
        " if name in sys.modules])"
    )

    assert last_line_of(script) == "2 []"


def test_standard_output_without_room_is_told_and_leaves_with_the_stores_code(
    tmp_path: Path,
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cellwarden", "checks", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            check=False,
        )

    assert done.returncode == exits.SOURCE_OR_STORE
    assert "standard output: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_workspace_is_refused_with_the_next_step(tmp_path: Path) -> None:
    done = cellwarden("scan", str(tmp_path))

    assert done.returncode == exits.CANNOT_USE
    assert done.stdout == ""
    assert f"{tmp_path} is no workspace" in done.stderr
    assert "cellwarden init" in done.stderr


def test_a_wrong_word_is_refused_without_a_trace(tmp_path: Path) -> None:
    done = cellwarden("scan", "--colour", str(tmp_path))

    assert done.returncode == exits.CANNOT_USE
    assert "--colour" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_makes_a_workspace_once(tmp_path: Path) -> None:
    first = cellwarden("init", str(tmp_path / "fleet"), "--operator", "Northgate")
    second = cellwarden("init", str(tmp_path / "fleet"))

    assert first.returncode == 0
    assert str(tmp_path / "fleet" / "cellwarden.toml") in first.stdout
    assert second.returncode == exits.CANNOT_USE
    assert "is a workspace already" in second.stderr


def test_a_workspace_without_advisories_ends_with_3_and_not_with_no_findings(
    tmp_path: Path,
) -> None:
    cellwarden("init", str(tmp_path))
    (tmp_path / "register" / "assets.csv").write_text("asset_id,site_id\nA,NG1\n")

    done = cellwarden("scan", str(tmp_path))

    assert done.returncode == exits.SOURCE_OR_STORE
    assert "0 findings" not in done.stdout
    assert "advisor" in done.stderr
    assert "next:" in done.stderr


def test_an_error_cannot_steer_the_terminal(tmp_path: Path) -> None:
    done = cellwarden("scan", str(tmp_path / "\x1b[2Jwiped"))

    assert done.returncode == exits.CANNOT_USE
    assert "\x1b" not in done.stderr
    assert "wiped" in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InputError, 2),
        (errors.PermissionRefused, 2),
        (errors.SourceError, 3),
        (errors.StoreError, 3),
        (errors.IntegrityError, 4),
    ],
)
def test_each_error_has_its_exit_code(error: type[errors.CellwardenError], code: int) -> None:
    assert exits.code_of(error("what", advice="do")) == code


def test_every_command_takes_the_workspace_as_an_option_and_no_two_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    for command in ("scan", "today", "report"):
        assert run([command, "-w", one]) == exits.CANNOT_USE
        assert run([command, one, "--workspace", one]) == exits.CANNOT_USE
        said = capsys.readouterr().err
        assert said.count(f"{one} is no workspace") == 2
        assert run([command, one, "-w", other]) == exits.CANNOT_USE
        assert f"two workspaces: {one} and {other}" in capsys.readouterr().err


def test_several_paths_may_follow_one_option() -> None:
    words = ["match", "--inventory", "a.csv", "--advisories", "x", "y", "z", "--format", "jsonl"]

    assert spread(words) == [
        *("match", "--inventory", "a.csv", "--advisories", "x"),
        *("--advisories", "y", "--advisories", "z", "--format", "jsonl"),
    ]


def _advisory(folder: Path) -> Path:
    document = {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": "Example",
            "publisher": {
                "category": "vendor",
                "name": "Corvane Energy",
                "namespace": "https://corvane.example",
            },
            "tracking": {
                "id": "CW-EX-1",
                "status": "final",
                "version": "1",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-01-01T00:00:00Z",
                "revision_history": [
                    {"date": "2026-01-01T00:00:00Z", "number": "1", "summary": "first"}
                ],
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
                            "name": "CV-440 controller",
                            "branches": [
                                {
                                    "category": "product_version_range",
                                    "name": "< 2.4",
                                    "product": {"name": "CV-440 < 2.4", "product_id": "P1"},
                                }
                            ],
                        }
                    ],
                }
            ]
        },
        "vulnerabilities": [
            {
                "ids": [{"system_name": "Corvane", "text": "CV-SA-7"}],
                "product_status": {"known_affected": ["P1"]},
            }
        ],
    }
    path = folder / "cw-ex-1.json"
    path.write_text(json.dumps(document))
    return path


def test_match_needs_no_workspace_and_prints_a_line_of_json_for_each_match(tmp_path: Path) -> None:
    advisory = _advisory(tmp_path)
    inventory = tmp_path / "fleet.csv"
    inventory.write_text(
        "component_id,manufacturer,model,part,firmware\n"
        "a,Corvane Energy,CV-440 controller,controller,2.3\n"
        "b,Corvane Energy,CV-440 controller,controller,2.4\n"
        "c,Corvane Energy,CV-440 controller,controller,\n"
        "d,Aldermoor Power,AP-1,controller,2.3\n"
    )

    done = cellwarden(
        "match", "--inventory", str(inventory), "--advisories", str(advisory), "--format", "jsonl"
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert {line["component_id"]: line["state"] for line in lines} == {
        "a": "affected",
        "b": "fixed",
        "c": "undetermined",
    }
    assert set(lines[0]) == {
        *("component_id", "part", "advisory_id", "vulnerabilities", "state", "confidence"),
        *("candidate", "range", "version", "why", "fixed_in", "source"),
    }
    assert lines[0]["vulnerabilities"] == ["CV-SA-7"]
    assert done.stderr == ""


def test_an_inventory_can_come_through_a_pipe(tmp_path: Path) -> None:
    text = (
        "component_id,manufacturer,model,part,firmware\n"
        "a,Corvane Energy,CV-440 controller,controller,2.3\n"
    )

    done = subprocess.run(
        [
            *(sys.executable, "-m", "cellwarden", "match", "--inventory", "-"),
            *("--advisories", str(_advisory(tmp_path))),
        ],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["state"] == "affected"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("component_id,manufacturer\na,b\n", "line 1 has no column model, part, firmware"),
        ("component_id,manufacturer,model,part,firmware\n,b,c,d,e\n", "line 2: component_id"),
        (
            "component_id,manufacturer,model,part,firmware\na,b,c,d,e\na,b,c,d,f\n",
            "line 3: component_id 'a' is there twice",
        ),
        ("", "line 1 has no column"),
    ],
)
def test_an_inventory_that_cannot_be_used_is_refused_by_line(
    tmp_path: Path, text: str, says: str
) -> None:
    inventory = tmp_path / "fleet.csv"
    inventory.write_text(text)

    done = cellwarden(
        "match", "--inventory", str(inventory), "--advisories", str(_advisory(tmp_path))
    )

    assert done.returncode == exits.CANNOT_USE
    assert says in done.stderr


def test_every_command_of_the_readme_is_in_the_help_and_the_other_way_round(root: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    block = re.search(r"<!-- help -->\n```\n(.*?)```", readme, re.DOTALL)
    assert block, "the README has a block with the command's help"

    shown = cellwarden("--help", COLUMNS="80", TERMINAL_WIDTH="80").stdout

    assert block[1].split() == shown.split()
