"""Of several revisions of one advisory the newest counts, however they come."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import anyone_may_act

from cellwarden.model.advisories import Understood
from cellwarden.model.facts import kinds
from cellwarden.workflows.advisory import newest
from cellwarden.workflows.advisory.feeds import ImportOutcome, import_feeds
from cellwarden.workflows.fleet.init import init_workspace
from cellwarden.workflows.workspace import Workspace, open_workspace

EPSS = (
    "#model_version:v1,score_date:2026-03-20T12:55:00Z\ncve,epss,percentile\nCVE-2026-1,0.9,0.99\n"
)
CHANGED = st.sampled_from([None, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"])
NUMBER = st.sampled_from([None, "1", "2", "9", "10"])


def one(*advisories: tuple[str, str | None, str | None]) -> Understood:
    """A document that speaks of advisories: id, when it was changed, revision."""
    rows = [
        kinds()["advisory"].row({"advisory_id": name, "updated_at": at, "revision": number})
        for name, at, number in advisories
    ]
    return Understood(format="csaf 2.0", tables={"advisory": rows})


def advisory(version: str, day: str, product: str) -> dict[str, Any]:
    """A small CSAF document of one advisory."""
    return {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": f"revision {version}",
            "publisher": {"category": "vendor", "name": "A", "namespace": "https://a.example"},
            "tracking": {
                "id": "A-1",
                "version": version,
                "status": "final",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": f"{day}T00:00:00Z",
                "revision_history": [],
            },
        },
        "product_tree": {"full_product_names": [{"product_id": product, "name": product}]},
        "vulnerabilities": [{"cve": "CVE-2026-1", "product_status": {"known_affected": [product]}}],
    }


@given(st.lists(st.tuples(CHANGED, NUMBER), min_size=1, max_size=6))
def test_exactly_one_document_counts_and_none_that_is_dated_is_newer(
    revisions: list[tuple[str | None, str | None]],
) -> None:
    understood = [one(("A-1", at, number)) for at, number in revisions]

    outdated = newest.outdated({}, understood)

    counted = [each for each, old in zip(revisions, outdated, strict=True) if not old]
    assert len(counted) == 1
    if all(at for at, _ in revisions):
        assert counted[0][0] == max(at or "" for at, _ in revisions)


def test_one_old_advisory_of_a_page_costs_the_others_nothing() -> None:
    recorded: dict[str, newest.Revision] = {"A-1": ("2026-02-01T00:00:00Z", None)}
    page = one(("A-1", "2026-01-01T00:00:00Z", None), ("A-2", "2026-01-01T00:00:00Z", None))

    assert newest.outdated(recorded, [page]) == [frozenset({"A-1"})]


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    """A new workspace."""
    init_workspace(tmp_path / "fleet", operator="Tester")
    anyone_may_act(tmp_path / "fleet")
    return open_workspace(tmp_path / "fleet")


def bring(workspace: Workspace, *paths: Path) -> ImportOutcome:
    """Import paths as a user would."""
    with workspace.open_state() as state:
        return import_feeds(
            state,
            paths,
            clock_at="2026-11-01T06:00:00.000000Z",
            actor="tester",
            progress=lambda *_: None,
        )


def test_the_newer_of_two_in_one_archive_counts_whatever_their_names(
    empty: Workspace, tmp_path: Path
) -> None:
    pack = tmp_path / "both.zip"
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("a.json", json.dumps(advisory("2", "2026-02-01", "new")))
        archive.writestr("z.json", json.dumps(advisory("1", "2026-01-01", "old")))

    outcome = bring(empty, pack)

    assert (outcome.documents, outcome.older) == (1, 1)
    with empty.open_state() as state:
        connection = state.connect(as_of="2026-11-01T00:00:00Z")
        titles = connection.sql("select title from advisory").fetchall()
        products = connection.sql("select product from statement").fetchall()
        connection.close()
    assert titles == [("revision 2",)]
    assert products == [("new",)]


def test_a_packed_document_is_the_same_in_a_folder_and_in_an_archive(
    empty: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "epss"
    folder.mkdir()
    (folder / "epss.csv.gz").write_bytes(gzip.compress(EPSS.encode()))
    pack = tmp_path / "epss.zip"
    with zipfile.ZipFile(pack, "w") as archive:
        archive.write(folder / "epss.csv.gz", "epss.csv.gz")

    first, second = bring(empty, pack), bring(empty, folder)

    assert (first.documents, second.documents, second.known) == (1, 0, 1)
