"""Inventories of the CISA corpus's own products, and its ranges for tools that know only ranges.

Our matcher reads words; the tools that we compare ourselves with know a name and a range. They get
every help: products resolved beforehand, by exact name, to an id that stands in both inventory and
index; versions spelled plainly; ranges as we read them. What a range cannot say is left out.
"""

from __future__ import annotations

import csv
import hashlib
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from cellwarden.advisories.versions import Comparator, read_range
from cellwarden.advisories.versions.spelling import spell
from cellwarden.workflows import assemble
from cellwarden.workflows.workspace import open_workspace
from environments import CELLWARDEN, SHARED
from measure import run

CORPUS = SHARED / "data" / "csaf-cisa"
LEAVES = SHARED / "data" / "csaf_products.csv"
SEED = 20260429
AS_OF = "2026-11-16T00:00:00.000000Z"
BOUND = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "="}


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """One plain range of one product in one advisory: up to two comparators, none for all."""

    advisory_id: str
    product: str
    bounds: tuple[tuple[str, str], ...]


def imported(folder: Path) -> Path:
    """A workspace that has imported the corpus; made once."""
    workspace = folder / "workspace"
    if not (workspace / "done").is_file():
        shutil.rmtree(workspace, ignore_errors=True)
        run([CELLWARDEN, "init", workspace], stdout=folder / "init.out")
        words: list[str | Path] = [CELLWARDEN, "feeds", "import", CORPUS, "--workspace", workspace]
        run(words, stdout=folder / "import.out")
        (workspace / "done").touch()
    return workspace


def write_inventory(path: Path, count: int, *, seed: int = SEED) -> None:
    """A CSV of that many distinct (manufacturer, model, firmware), drawn with a fixed seed."""
    products: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    with LEAVES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            products[row["vendor"], row["product"]].append(row["version_text"])
    chance = random.Random(seed)  # noqa: S311 - a repeatable inventory, no secret
    drawn = [
        (vendor, product, version)
        for (vendor, product), texts in products.items()
        for version in islice(_versions(texts, chance), 24)
    ]
    chance.shuffle(drawn)
    if len(drawn) < count:
        raise RuntimeError(f"the corpus gives {len(drawn)} distinct components, not {count}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["component_id", "manufacturer", "model", "part", "firmware"])
        for number, (vendor, product, version) in enumerate(drawn[:count]):
            writer.writerow([f"C{number:06d}", vendor, product, "", version])


def _versions(texts: list[str], chance: random.Random) -> Iterator[str]:
    """Distinct plain versions: those that the words name, then neighbours, then some more."""
    named = {v for text in texts for v in re.findall(r"\d+(?:\.\d+)+", text)} or {"1.0", "2.4"}
    seen: set[str] = set()
    waiting = sorted(named)
    while True:
        for version in waiting:
            if version not in seen:
                seen.add(version)
                yield version
        head, _, last = chance.choice(waiting).rpartition(".")
        waiting = [f"{head}.{max(int(last) + chance.randint(-4, 9), 0)}", *waiting[:8]]


def write_plain(inventory: Path, path: Path) -> None:
    """The inventory for tools that know ids: component_id, product id, plainly spelled version."""
    with (
        inventory.open(encoding="utf-8", newline="") as file,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow(["component_id", "vendor", "product", "version"])
        for row in csv.DictReader(file):
            product = product_id(row["manufacturer"], row["model"])
            version = spell(row["firmware"]).text
            writer.writerow([row["component_id"], "corpus", product, version])


def product_id(vendor: str, product: str) -> str:
    """One id for one pair of names, in letters that every tool takes."""
    return "p" + hashlib.sha256(f"{vendor}\0{product}".encode()).hexdigest()[:16]


def plain_ranges(workspace: Path) -> list[Bounds]:
    """Every affected statement of the corpus that a plain range can say."""
    with open_workspace(workspace).open_state() as state:
        connection = state.connect(as_of=AS_OF)
        statements = assemble.statements(connection)
        connection.close()
    found: dict[Bounds, None] = {}
    for one in statements:
        if one.status != "affected":
            continue
        read = read_range(one.version_text, kind=one.version_kind)
        product = product_id(one.vendor, one.product)
        if read.is_all:
            found[Bounds(advisory_id=one.advisory_id, product=product, bounds=())] = None
        for alternative in read.alternatives:
            bounds = [_plain(comparator) for comparator in alternative.comparators]
            known = tuple(bound for bound in bounds if bound is not None)
            if alternative.is_certain and known and len(known) == len(bounds):
                key = Bounds(advisory_id=one.advisory_id, product=product, bounds=known)
                found[key] = None
    return list(found)


def _plain(comparator: Comparator) -> tuple[str, str] | None:
    if comparator.prefix or len(comparator.bounds) != 1 or comparator.op not in BOUND:
        return None
    version = spell(comparator.bounds[0]).text
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        return None
    return comparator.op, version
