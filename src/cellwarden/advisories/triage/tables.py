"""The decision tables beside this file, read once; each is a CSV that a person can check."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``tables/<name>.csv`` by column name."""
    folder = resources.files("cellwarden.advisories.triage").joinpath("tables")
    text = folder.joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


@cache
def weights(factor: str) -> dict[str, float]:
    """The weights of one factor of the risk sum, by value; from ``tables/risk.csv``."""
    return {row["value"]: float(row["weight"]) for row in table("risk") if row["factor"] == factor}
