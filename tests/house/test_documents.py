from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from cellwarden.checks import load_catalogue

MUST_BE_MET = ("R13", *(f"R{n}" for n in range(18, 24)), "R44", "R51", "R61", "R63", "R70")


@pytest.fixture(scope="module")
def requirements(root: Path) -> dict[str, tuple[str, str, set[str]]]:
    """State, words and checks by requirement, as docs/requirements.md tells them."""
    found = {}
    for line in (root / "docs" / "requirements.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"R\d\d", cells[0]):
            found[cells[0]] = (cells[2], cells[3], set(re.findall(r"`([^`]+)`", cells[4])))
    return found


def test_all_72_requirements_have_a_line(
    requirements: dict[str, tuple[str, str, set[str]]],
) -> None:
    assert sorted(requirements) == [f"R{number:02d}" for number in range(1, 73)]


def test_the_checks_of_a_requirement_are_those_that_name_it(
    requirements: dict[str, tuple[str, str, set[str]]],
) -> None:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for check in load_catalogue():
        for requirement in check.requirements:
            named[requirement].add(check.id)

    for requirement, (_, _, checks) in requirements.items():
        assert checks == named[requirement], requirement


@pytest.mark.parametrize("requirement", MUST_BE_MET)
def test_a_requirement_of_the_foundation_is_met_and_says_how(
    requirements: dict[str, tuple[str, str, set[str]]], requirement: str
) -> None:
    state, words, checks = requirements[requirement]

    assert state == "met"
    assert words
    assert checks


def test_nothing_in_the_tree_names_a_machine_or_a_registry(root: Path) -> None:
    secret = re.compile(
        "|".join(
            ("/" + "work/", "/" + "root/", "pypi" + r"\.org", "python" + "hosted", "npm" + "js")
        )
    )
    skipped = {".git", ".venv", ".bench", ".state", "reports", "__pycache__"}

    for path in root.rglob("*"):
        parts = set(path.relative_to(root).parts)
        if path.is_file() and not parts & skipped and not any(p.startswith(".") for p in parts):
            text = path.read_bytes().decode("utf-8", errors="ignore")
            assert not secret.search(text), path.relative_to(root)


def test_no_file_has_a_name_that_says_nothing(root: Path) -> None:
    empty = re.compile(r"(core|common|utils?|helpers?|manager|misc)(\.py)?")

    for path in (root / "src").rglob("*"):
        assert not empty.fullmatch(path.name), path


def test_every_decision_record_is_listed(root: Path) -> None:
    folder = root / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")

    for record in sorted(folder.glob("0*.md")):
        assert record.name in index, record.name
        assert re.search(
            r"^\*\*Decided\.\*\*|^\*\*Asked\.\*\*", record.read_text("utf-8"), re.MULTILINE
        )
