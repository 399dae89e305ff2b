"""How long 1,000 names against 5,000 entries of OFAC's list take, whole process."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

from environments import CELLWARDEN, SHARED, scratch
from measure import several
from outcome import Outcome

NAMES = 1_000
ENTRIES = 5_000
SECONDS = 2.0
"""A fiftieth of what nomenklatura 4.17.4 took to cross-reference the same files."""

_SEED = 20_260_101
_WORDS = (
    "nord",
    "wind",
    "solar",
    "cell",
    "power",
    "grid",
    "volt",
    "tide",
    "amber",
    "stone",
    "river",
)
_FORMS = ("GmbH", "LLC", "Ltd", "S.p.A.", "Oy", "Co., Ltd.")


def bench() -> Outcome:
    """Measure ``vendor screen``: a third listed names in other order, a third misspelt."""
    folder = scratch("screening")
    lists = _lists(folder)
    names = _names(folder, lists[0])
    answers = folder / "answers.jsonl"
    command: list[str | Path] = [CELLWARDEN, "vendor", "screen", "--names", names, "--list", *lists]
    took = several(command, stdout=answers)
    lines = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    counts = dict.fromkeys(("match", "review", "none"), 0)
    for line in lines:
        counts[line["decision"]] += 1
    answered = len({line["id"] for line in lines})
    return Outcome(
        name="screening",
        title="Screening names against a list",
        target=f"{NAMES:,} names against {ENTRIES:,} entries within {SECONDS} s, all answered",
        verdict=f"{took.seconds:.2f} s",
        met=took.seconds <= SECONDS and answered == NAMES,
        lines=[
            ("Whole process", f"{took.seconds:.2f} s, {took.peak_mib:.0f} MiB"),
            ("Answers", ", ".join(f"{count} {word}" for word, count in counts.items())),
        ],
    )


def _lists(folder: Path) -> list[Path]:
    """The first entries of the list, and the aliases and addresses that belong to them."""
    source = SHARED / "data" / "sanctions"
    written = []
    numbers: set[str] = set()
    for name in ("sdn.csv", "alt.csv", "add.csv"):
        rows = (source / name).read_bytes().splitlines(keepends=True)
        if name == "sdn.csv":
            kept = rows[:ENTRIES]
            numbers = {row.split(b",")[0].decode() for row in kept}
        else:
            kept = [row for row in rows if row.split(b",")[0].decode("latin-1") in numbers]
        path = folder / name
        path.write_bytes(b"".join(kept))
        written.append(path)
    return written


def _names(folder: Path, listed: Path) -> Path:
    rng = random.Random(_SEED)  # noqa: S311 - the same made-up names in every run
    with listed.open(encoding="cp1252", newline="") as file:
        known = [row[1] for row in csv.reader(file) if len(row) > 1]
    path = folder / "names.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "country"])
        for at in range(NAMES):
            name = (_moved, _misspelt, _made_up)[at % 3](rng, rng.choice(known))
            writer.writerow([at, name, rng.choice(["", "DE", "RU", "US"])])
    return path


def _moved(rng: random.Random, name: str) -> str:
    words = name.split()
    rng.shuffle(words)
    return " ".join(words)


def _misspelt(rng: random.Random, name: str) -> str:
    at = rng.randrange(len(name))
    return name[:at] + rng.choice("abcdefgh") + name[at + 1 :]


def _made_up(rng: random.Random, _name: str) -> str:
    return " ".join([*rng.sample(_WORDS, 3), rng.choice(_FORMS)]).title()
