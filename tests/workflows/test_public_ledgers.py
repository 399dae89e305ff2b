"""A ledger exported without personal values and keys: it verifies, and says what it cannot open."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.workflows.desk import empty

from cellwarden.entry.cli import run
from cellwarden.model.errors import IntegrityError, StoreError
from cellwarden.model.facts import kinds
from cellwarden.store.closed import CLOSED
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.ledger.move import export_whole, import_whole
from cellwarden.workflows.ledger.trust import show_fact, verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

CLOCK = datetime(2026, 11, 23, 12, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture(scope="module")
def public(
    northgate: Workspace, scanned: ScanOutcome, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The example's ledger without what can be read only with keys."""
    assert scanned.report.findings
    target = tmp_path_factory.mktemp("public") / "public.zip"
    export_whole(northgate, target, with_private=False)
    return target


@pytest.fixture(params=["sqlite", "postgres"])
def imported(public: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Workspace:
    settings_text = ""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        schema = f"public_{abs(hash(str(tmp_path))) % 10**9}"
        settings_text = f'\n[store]\nledger = "{url}"\nschema = "{schema}"\n'
    workspace = empty(tmp_path / "new", settings_text)
    import_whole(workspace, public)
    return workspace


def a_person(workspace: Workspace) -> tuple[int, int]:
    """Entry and row of a fact that names somebody."""
    with workspace.open_state() as state:
        path = state.partitions.entries_of("party", state.log.size())[0]
        connection = state.connect(as_of="9999")
        row = connection.execute(
            'select "row" from party_history where entry = ? order by 1', [int(path.stem)]
        ).fetchall()[0][0]
    return int(path.stem), row


def test_it_verifies_and_tells_what_is_not_readable_here(
    imported: Workspace, northgate: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = verify_ledger(imported), verify_ledger(northgate)

    assert (here.root, here.rows) == (there.root, there.rows)
    assert there.unreadable is not None
    assert there.unreadable.entries == there.unreadable.cells == there.unreadable.objects == 0
    assert here.unreadable is not None
    with northgate.open_state() as state:
        cells = sum(
            len(columns) for _, _, rows in state.personal.everywhere() for columns in rows.values()
        )
        sealed = len(state.sealed.keys())
    assert here.unreadable.entries == here.entries
    assert here.unreadable.cells == cells > 100
    assert here.unreadable.objects == sealed > 10
    capsys.readouterr()
    assert run(["ledger", "verify", "-w", str(imported.folder)]) == 0
    told = capsys.readouterr().out
    assert f"not readable here: {cells} personal cells, {sealed} sealed files" in told
    assert max(map(len, told.splitlines()[:2])) <= 80


def test_a_fact_says_which_of_its_cells_are_elsewhere(
    imported: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    found = None
    with imported.open_state() as state:
        for kind in kinds().values():
            if kind.personal:
                for path in state.partitions.entries_of(kind.name, state.log.size()):
                    found = found or f"{int(path.stem)}.0"
    assert found is not None

    shown = show_fact(imported, found)

    closed = [column for one in shown for column in one.closed]
    assert closed
    assert not any(one.redacted for one in shown)
    capsys.readouterr()
    assert run(["ledger", "show", found, "-w", str(imported.folder)]) == 0
    assert f"{closed[0]}: (not readable here" in capsys.readouterr().out


def test_a_sealed_file_of_it_is_told_as_not_readable_and_not_as_erased(
    imported: Workspace,
) -> None:
    with imported.open_state() as state:
        digest = next(
            entry.document_sha256
            for _, entry in state.entries()
            if entry.document_sha256 and state.sealed.is_erased(entry.document_sha256)
        )
        with pytest.raises(StoreError, match="left out of an export"):
            state.sealed.get(digest)


def test_a_changed_sealed_byte_or_row_is_still_damage(imported: Workspace) -> None:
    with imported.open_state() as state:
        digest = next(
            entry.document_sha256
            for _, entry in state.entries()
            if entry.document_sha256 and state.sealed.is_erased(entry.document_sha256)
        )
        path = state.objects.path(digest)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))

    with pytest.raises(IntegrityError, match="other bytes than were kept"):
        verify_ledger(imported)


def test_what_is_recorded_after_the_import_has_to_be_readable(imported: Workspace) -> None:
    shape = kinds()["party"]
    cells = shape.row({"party_id": "NEW", "name": "New Ltd", "contact": "Ida Berg"})
    with imported.open_state() as state:
        entry = state.record(
            Draft(act="import", actor="operator", source="s", clock_at=CLOCK),
            {"party": [Fact(cells=cells)]},
        )
        kept = state.personal.path("party", entry)

    whole = verify_ledger(imported)
    kept.unlink()

    assert whole.unreadable is not None
    assert whole.unreadable.entries == entry
    with pytest.raises(IntegrityError, match="gone, and no redaction says why"):
        verify_ledger(imported)


def test_a_lost_key_is_not_excused_by_a_word_about_another_ledger(
    northgate: Workspace, scanned: ScanOutcome, tmp_path: Path
) -> None:
    assert scanned.report.findings
    folder = tmp_path / "northgate"
    shutil.copytree(northgate.folder, folder)
    workspace = open_workspace(folder)
    shutil.rmtree(workspace.state_folder / "keys")
    with pytest.raises(IntegrityError, match="cannot be opened here"):
        verify_ledger(workspace)

    (workspace.state_folder / CLOSED).write_text(json.dumps({"entries": 5, "root": "00" * 32}))

    with pytest.raises(IntegrityError, match="another ledger"):
        verify_ledger(workspace)


def test_an_archive_made_from_it_says_what_it_never_had(
    imported: Workspace, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    made = export_whole(imported, again, with_private=True)
    third = empty(tmp_path / "third")

    import_whole(third, again)

    here = verify_ledger(third)
    assert made.is_private
    assert here.unreadable is not None
    assert here.unreadable.entries == here.entries
    with zipfile.ZipFile(again) as opened:
        assert not [n for n in opened.namelist() if n.startswith(("keys/", "personal/"))]


def test_an_archive_that_hides_what_it_left_out_is_refused(public: Path, tmp_path: Path) -> None:
    """Its maker calls it whole, yet keys are missing: that is what damage looks like."""
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(public) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                data = json.dumps(json.loads(data) | {"is_private": True}).encode()
            new.writestr(name, data)
    target = empty(tmp_path / "new")

    with pytest.raises(IntegrityError, match=r"forged\.zip: "):
        import_whole(target, forged)

    with target.open_state() as state:
        assert state.log.size() == 0
