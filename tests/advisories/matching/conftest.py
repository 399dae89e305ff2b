"""Real advisories as statements, and short ways to build made-up ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from cellwarden.advisories.feeds.reading import understand
from cellwarden.advisories.matching import Matcher
from cellwarden.model.advisories import Document
from cellwarden.model.facts import Row, kinds
from cellwarden.model.matching import Remedy, Statement

Loaded = tuple[list[Statement], dict[str, tuple[Remedy, ...]]]


def _statement(row: Row) -> Statement:
    cells = dict(zip(kinds()["statement"].column_names, row, strict=True))
    texts = {key: value or "" for key, value in cells.items()}
    return Statement(
        **{key: texts[key] for key in _TEXTS},
        version_kind=texts["version_kind"] or "range",
        vulnerabilities=tuple(texts["vulnerabilities"].split()),
        part_numbers=tuple(filter(None, texts["part_numbers"].split("|"))),
        requires=tuple(filter(None, texts["requires"].split("|"))),
        is_first_fixed=texts["is_first_fixed"] == "yes",
    )


_TEXTS = (
    "advisory_id",
    "leaf_id",
    "status",
    "vendor",
    "product",
    "family",
    "version_text",
    "full_name",
    "hardware",
    "cpe",
    "purl",
    "justification",
)


def load(paths: Iterable[Path]) -> Loaded:
    """The statements and remedies of advisory documents."""
    remediation = kinds()["remediation"].column_names
    advisory, text, leaves = (remediation.index(c) for c in ("advisory_id", "text", "leaf_ids"))
    statements: list[Statement] = []
    fixes: defaultdict[str, list[Remedy]] = defaultdict(list)
    for path in paths:
        understood = understand(Document(name=path.name, data=path.read_bytes()))
        statements += [_statement(row) for row in understood.tables.get("statement", ())]
        for row in understood.tables.get("remediation", ()):
            named = frozenset((row[leaves] or "").split())
            fixes[row[advisory] or ""].append(Remedy(row[text] or "", named))
    return statements, {key: tuple(texts) for key, texts in fixes.items()}


@pytest.fixture(scope="session")
def documents(shared: Path) -> Callable[..., Loaded]:
    """Loads real documents by id: CISA's advisories and CVE records."""

    def of(*names: str) -> Loaded:
        folders = {True: "cve-vulnrichment", False: "csaf-cisa"}
        return load(
            shared
            / "data"
            / folders[name.startswith("CVE")]
            / f"{name if name.startswith('CVE') else name.lower()}.json"
            for name in names
        )

    return of


@pytest.fixture(scope="session")
def advised(documents: Callable[..., Loaded]) -> Callable[..., Matcher]:
    """A matcher over real documents."""

    def of(*names: str) -> Matcher:
        statements, fixes = documents(*names)
        return Matcher(statements, fixes=fixes)

    return of


@pytest.fixture(scope="session")
def power(shared: Path) -> Loaded:
    """All documents of the corpus whose ids begin with 2021 to 2024, and all CVE records."""
    data = shared / "data"
    recent = [p for year in ("21", "22", "23", "24") for p in data.glob(f"csaf-cisa/icsa-{year}-*")]
    return load(sorted([*recent, *data.glob("cve-vulnrichment/*.json")]))
