"""What help texts say: a word for every value, whole sentences, the formats that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cellwarden.entry.cli import run, whole_app
from cellwarden.entry.commands.fleet import FORMATS
from cellwarden.entry.help_texts import polish
from cellwarden.reports.formats import formats


def commands() -> Iterator[tuple[str, Any]]:
    """Every command, groups too, with its words."""
    root = typer.main.get_command(whole_app())
    polish(root)
    waiting: list[tuple[str, Any]] = [("cellwarden", root)]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        waiting += [
            (f"{words} {name}", inner) for name, inner in getattr(command, "commands", {}).items()
        ]


def test_every_parameter_has_a_word_for_its_value() -> None:
    for words, command in commands():
        for parameter in command.params:
            if getattr(parameter, "is_flag", False) or getattr(parameter.type, "choices", None):
                continue
            assert parameter.metavar, f"{words}: {parameter.name}"
            assert not re.search(r"<|\bSTRING\b|\bINT\b|\bstr\b", parameter.metavar), (
                f"{words}: {parameter}"
            )


def test_no_command_is_told_in_half_a_sentence() -> None:
    for words, command in commands():
        for name, inner in getattr(command, "commands", {}).items():
            assert inner.get_short_help_str(), f"{words} {name}"
            assert not inner.get_short_help_str().endswith("..."), f"{words} {name}"


def test_the_formats_of_the_help_are_those_that_there_are() -> None:
    assert sorted(re.split(r", | or ", FORMATS)) == sorted(formats())


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["scan", "--bogus"], "cellwarden scan --help"),
        (["feeds", "imprt"], "cellwarden feeds --help"),
        (["nothing"], "cellwarden --help"),
    ],
)
def test_misuse_points_at_the_help_of_its_own_command(
    words: list[str], asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    assert f"`{asked}`" in capsys.readouterr().err


def test_arguments_are_written_as_manuals_do(capsys: pytest.CaptureFixture[str]) -> None:
    run(["diff", "--help"])

    assert "cellwarden diff [OPTIONS] RUN RUN" in capsys.readouterr().out
