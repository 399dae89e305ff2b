"""Controls: the mapping from our requirements to framework controls, from ``controls.csv``.

The mapping is our own judgement. See the README beside the data.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec

GATHERED: Final = "Battery/energy law & standards"
"""A group of single laws and standards rather than a framework: its ids say whose they are."""

_DIGITS: Final = re.compile(r"(\d+)")


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """One demand of one framework, by the framework's label and its own identifier."""

    framework: str
    control_id: str

    @property
    def name(self) -> str:
        """How a finding cites it: ``NIST CSF 2.0 ID.AM-08``."""
        if self.framework == GATHERED:
            return self.control_id
        return f"{self.framework} {self.control_id}"


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the mapping: a requirement serves a control; ``source`` knows the identifier."""

    requirement: str
    control: Control
    source: str


@cache
def mapping() -> tuple[Mapped, ...]:
    """Every row of the mapping, as it stands in its file."""
    text = resources.files("cellwarden.frameworks").joinpath("controls.csv").read_text("utf-8")
    return tuple(
        Mapped(
            requirement=row["requirement_id"],
            control=Control(framework=row["framework"], control_id=row["control_id"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def controls() -> dict[str, tuple[Control, ...]]:
    """The controls that each requirement serves, by requirement id, in reading order."""
    found: dict[str, list[Control]] = {}
    for row in mapping():
        found.setdefault(row.requirement, []).append(row.control)
    return {name: tuple(sorted(those, key=_reading_order)) for name, those in found.items()}


@cache
def requirements_of(framework: str) -> dict[str, tuple[str, ...]]:
    """The controls of a framework (by its label) that are mapped, with our requirements for each.

    In reading order; empty where nothing is mapped to the framework.
    """
    found: dict[str, set[str]] = {}
    for row in mapping():
        if row.control.framework == framework:
            found.setdefault(row.control.control_id, set()).add(row.requirement)
    ordered = sorted(found, key=reading_order)
    return {name: tuple(sorted(found[name])) for name in ordered}


def controls_for(requirements: Sequence[str]) -> tuple[str, ...]:
    """The names of the controls that some requirements serve, each once, in reading order.

    A requirement that is not in the mapping serves none.
    """
    return _names(tuple(dict.fromkeys(requirements)))


@cache
def _names(requirements: tuple[str, ...]) -> tuple[str, ...]:
    found = {control for name in requirements for control in controls().get(name, ())}
    return tuple(control.name for control in sorted(found, key=_reading_order))


def reading_order(control_id: str) -> list[str | int]:
    """A key that sorts identifiers with their numbers as numbers: AC-2 before AC-10."""
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(control_id)]


def _reading_order(control: Control) -> tuple[str, list[str | int]]:
    return control.framework, reading_order(control.control_id)
