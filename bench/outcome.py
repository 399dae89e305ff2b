"""What one benchmark says, and the page that keeps what all of them said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmark's result, as it stands in the page.

    ``target`` is what we promise, ``verdict`` what came out, with a number; ``met`` is nothing
    where it could not be measured. ``lines`` are the measured values as (what, value).
    """

    name: str
    title: str
    target: str
    verdict: str
    met: bool | None
    lines: list[tuple[str, str]] = []
    notes: list[str] = []
    measured_on: str = ""
    machine: list[str] = []


def keep(outcome: Outcome, folder: Path, machine: list[str]) -> None:
    """Store one outcome beside the others, so that a run of one benchmark keeps the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    dated = msgspec.structs.replace(
        outcome, measured_on=datetime.now(UTC).date().isoformat(), machine=machine
    )
    encoded = msgspec.json.format(msgspec.json.encode(dated))
    (folder / f"{outcome.name}.json").write_bytes(encoded)


def write_page(folder: Path, page: Path, order: list[str]) -> None:
    """Write every outcome that is kept here into the page; what it says of others stays."""
    kept = [folder / f"{name}.json" for name in order]
    outcomes = [
        msgspec.json.decode(path.read_bytes(), type=Outcome) for path in kept if path.is_file()
    ]
    said = _said(page.read_text("utf-8")) if page.is_file() else {}
    said |= {outcome.title: (_row(outcome), _section(outcome)) for outcome in outcomes}
    parts = [
        "# Benchmarks",
        "",
        "Written by `make bench`; do not edit. Ratios come from one run on one machine, times are",
        "medians of five runs unless a line says otherwise, peak memory is the highest of them.",
        "Nothing here is a test: a slow machine fails no build.",
        "",
        "| benchmark | promise | result | kept |",
        "|---|---|---|---|",
        *(row for row, _ in said.values()),
        *(section for _, section in said.values()),
    ]
    page.write_text("\n".join(parts) + "\n", "utf-8")


def _row(outcome: Outcome) -> str:
    return f"| {outcome.title} | {outcome.target} | {outcome.verdict} | {_kept(outcome.met)} |"


def _section(outcome: Outcome) -> str:
    parts = ["", f"## {outcome.title}", "", f"Promise: {outcome.target}."]
    parts += ["", "| what | value |", "|---|---|"]
    parts += [f"| {what} | {value} |" for what, value in outcome.lines]
    parts += [f"\n{note}" for note in outcome.notes]
    parts += ["", f"Measured on {outcome.measured_on}: {'; '.join(outcome.machine)}."]
    return "\n".join(parts)


def _said(text: str) -> dict[str, tuple[str, str]]:
    """What a page says of each benchmark: its row and its section, by title, in their order."""
    head, *sections = text.split("\n## ")
    titled = {section.partition("\n")[0]: section.rstrip("\n") for section in sections}
    rows = {line.split("|")[1].strip(): line for line in head.splitlines() if line.startswith("| ")}
    return {
        title: (rows[title], f"\n## {section}")
        for title, section in titled.items()
        if title in rows
    }


def _kept(met: bool | None) -> str:  # noqa: FBT001 - unknown is its third value
    return {True: "yes", False: "**no**", None: "not measured"}[met]
