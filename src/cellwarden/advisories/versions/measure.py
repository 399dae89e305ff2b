"""Measuring how much of a corpus of advisory leaves is read, read with loss, or not understood."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.advisories.versions.grammar import read_range
from cellwarden.advisories.versions.nouns import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KIND_OF_LEAF: Final = {
    "product_version": "version",
    "product_version_range": "range",
    "product_name": "all",
    "product_family": "all",
}
"""A CSAF leaf's category, with the kind of statement that it makes."""

_DIGITS: Final = re.compile(r"\d+")


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many leaves, distinct texts and shapes were read with one quality.

    A shape is a text with every run of digits written as one nought.
    """

    quality: Quality
    leaves: int
    texts: int
    shapes: int


def shape_of(text: str) -> str:
    """A text with every run of digits written as one nought."""
    return _DIGITS.sub("0", text)


def measure(leaves: Iterable[tuple[str, str]]) -> tuple[Share, ...]:
    """The shares of a corpus, one for each quality; a leaf is (kind, text).

    A shape counts with the worst quality of its texts.
    """
    counts: Counter[Quality] = Counter()
    texts: dict[tuple[str, str], Quality] = {}
    shapes: dict[str, Quality] = {}
    order = list(Quality)
    for kind, text in leaves:
        quality = read_range(text, kind=kind).quality
        counts[quality] += 1
        texts[kind, text] = quality
        before = shapes.get(shape_of(text), Quality.READ)
        shapes[shape_of(text)] = max(quality, before, key=order.index)
    of_texts, of_shapes = Counter(texts.values()), Counter(shapes.values())
    return tuple(
        Share(quality=one, leaves=counts[one], texts=of_texts[one], shapes=of_shapes[one])
        for one in Quality
    )


def read_leaves(path: Path) -> list[tuple[str, str]]:
    """The (kind, text) of every row of a CSV with the columns leaf_category and version_text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            (KIND_OF_LEAF.get(row["leaf_category"], "range"), row["version_text"])
            for row in csv.DictReader(lines)
        ]


def table(shares: tuple[Share, ...]) -> str:
    """The shares as a Markdown table, with their sums."""
    lines = [
        "| quality | leaves | share of leaves | distinct texts | shapes | share of shapes |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    leaves, texts = sum(one.leaves for one in shares), sum(one.texts for one in shares)
    shapes = sum(one.shapes for one in shares)
    lines.extend(
        f"| {one.quality.value.replace('_', ' ')}"
        f" | {one.leaves:,} | {_percent(one.leaves, leaves)}"
        f" | {one.texts:,} | {one.shapes:,} | {_percent(one.shapes, shapes)} |"
        for one in shares
    )
    lines.append(f"| sum | {leaves:,} | | {texts:,} | {shapes:,} | |")
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none"
