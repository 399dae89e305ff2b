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
    """One demand of one framework. ``title`` is empty where its text is not free."""

    framework: str
    control_id: str
    title: str

    @property
    def name(self) -> str:
        """How a finding cites it: ``NIST CSF 2.0 ID.AM-08``."""
        if self.framework == GATHERED:
            return self.control_id
        return f"{self.framework} {self.control_id}"


@cache
def controls() -> dict[str, tuple[Control, ...]]:
    """The controls that each requirement serves, by requirement id, in reading order."""
    text = resources.files("cellwarden.frameworks").joinpath("controls.csv").read_text("utf-8")
    found: dict[str, list[Control]] = {}
    for row in csv.DictReader(text.splitlines()):
        control = Control(
            framework=row["framework"], control_id=row["control_id"], title=row["title"]
        )
        found.setdefault(row["requirement_id"], []).append(control)
    return {name: tuple(sorted(those, key=_reading_order)) for name, those in found.items()}


def controls_for(requirements: Sequence[str]) -> tuple[str, ...]:
    """The names of the controls that some requirements serve, each once, in reading order.

    A requirement that is not in the mapping serves none.
    """
    return _names(tuple(dict.fromkeys(requirements)))


@cache
def _names(requirements: tuple[str, ...]) -> tuple[str, ...]:
    found = {control for name in requirements for control in controls().get(name, ())}
    return tuple(control.name for control in sorted(found, key=_reading_order))


def _reading_order(control: Control) -> tuple[str, list[str | int]]:
    """Framework, then id with its numbers as numbers: AC-2 before AC-10."""
    parts = _DIGITS.split(control.control_id)
    return control.framework, [int(part) if part.isdigit() else part for part in parts]
