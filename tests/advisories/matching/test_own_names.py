"""Who writes a product as an advisory does, in a version that it calls affected, is answered."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

from tests.matched import matched

from cellwarden.model.matching import MatchState

YEAR = "ICSA-24-"
FEWEST = 1000
_BOUND = re.compile(r"(?:vers:all/|All versions )?\s*(<=?)\s*[vV]?(\d+(?:\.\d+)*)")
_ALL = frozenset({"*", "vers:all/*", "All versions"})
SAFE = {MatchState.FIXED, MatchState.NOT_AFFECTED}


def _inside(text: str) -> str:
    """A version that lies in a range with one end, or in all versions; empty for other ranges."""
    if text in _ALL:
        return "1.0"
    found = _BOUND.fullmatch(text)
    if found is None:
        return ""
    numbers = [int(number) for number in found[2].split(".")]
    if found[1] == "<":
        last = max((at for at, number in enumerate(numbers) if number), default=None)
        if last is None:
            return ""
        numbers[last] -= 1
    return ".".join(map(str, numbers))


def _affected(shared: Path, advisories: set[str]) -> dict[str, set[str]]:
    """The products that each advisory calls affected, by their ids."""
    found: dict[str, set[str]] = {}
    for name in advisories:
        file = shared / "data" / "csaf-cisa" / f"{name.lower()}.json"
        said = json.loads(file.read_bytes())["vulnerabilities"]
        ids = (one.get("product_status", {}).get("known_affected", ()) for one in said)
        found[name] = {product for some in ids for product in some}
    return found


def leaves_inside(shared: Path, years: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    """Advisory, maker, product, version: one for each leaf of some years with a version inside."""
    with (shared / "data" / "csaf_products.csv").open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["advisory"].startswith(years)]
    affected = _affected(shared, {row["advisory"] for row in rows})
    rows = [row for row in rows if row["product_id"] in affected[row["advisory"]]]
    found = ((r["advisory"], r["vendor"], r["product"], _inside(r["version_text"])) for r in rows)
    return list(dict.fromkeys(leaf for leaf in found if leaf[3]))


def test_product_in_the_advisorys_own_words_has_a_row_and_is_not_called_safe(
    shared: Path, tmp_path: Path
) -> None:
    leaves = leaves_inside(shared, (YEAR,))
    inventory = tmp_path / "inventory.csv"
    with inventory.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["component_id", "manufacturer", "model", "part", "firmware"])
        writer.writerows([at, maker, name, "", v] for at, (_, maker, name, v) in enumerate(leaves))
    documents = sorted((shared / "data" / "csaf-cisa").glob(f"{YEAR.lower()}*.json"))

    found: defaultdict[tuple[str, str], set[MatchState]] = defaultdict(set)
    for one in matched(inventory, documents):
        found[one.component_id, one.advisory_id].add(one.state)

    states = {leaf: found[str(at), leaf[0]] for at, leaf in enumerate(leaves)}
    assert len(leaves) >= FEWEST
    assert [leaf for leaf, said in states.items() if not said] == []
    assert [leaf for leaf, said in states.items() if said <= SAFE] == []
