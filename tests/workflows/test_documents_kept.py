from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import anyone_may_act

from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError, IntegrityError, PermissionRefused, StoreError
from cellwarden.model.moments import Moment
from cellwarden.workflows.evidence.documents import (
    add_document,
    get_document,
    list_documents,
    replace_document,
    show_document,
)
from cellwarden.workflows.fleet.register import record_register
from cellwarden.workflows.ledger.redact import Asked, redact
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = "2026-11-20T09:00:00Z"
LATER = "2026-11-25T09:00:00Z"
AT = Moment(as_of=LATER)
TEXT = b"Measured by Wilhelmina Oduya-Strand on string 2"
CELLS = {
    "document_id": "DOC-1",
    "type": "record",
    "about_kind": "asset",
    "about_id": "U1",
    "grade": "tested",
    "came_from": "visit",
}
LIST = "document_id,title,type,about_kind,about_id,came_from,received_at,grade,file\n"


@pytest.fixture
def fleet(tmp_path: Path) -> Workspace:
    """A workspace with one asset, read once, and a paper that nobody listed yet."""
    folder = tmp_path / "fleet"
    assert run(["init", str(folder), "--operator", "Testers"]) == 0
    anyone_may_act(folder)
    for template in (folder / "register").iterdir():
        template.unlink()
    (folder / "register/assets.csv").write_text("asset_id,site_id\nU1,S1\n", "utf-8")
    (folder / "papers").mkdir()
    scan(folder)
    return open_workspace(folder)


def scan(folder: Path) -> None:
    """What a scan records of the register, without judging it."""
    opened = open_workspace(folder)
    with opened.open_state() as state, state.alone():
        record_register(opened, state, clock_at=NOW, actor="tester", progress=lambda *_: None)


def paper(tmp_path: Path, data: bytes = TEXT, name: str = "paper.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def listed(fleet: Workspace, *rows: str) -> None:
    (fleet.folder / "register/documents.csv").write_text(LIST + "\n".join(rows) + "\n", "utf-8")
    scan(fleet.folder)


def cells_of(fleet: Workspace, name: str = "DOC-1") -> dict[str, str]:
    return show_document(fleet, name, AT).cells


def faults(fleet: Workspace) -> list[tuple[Any, ...]]:
    with fleet.open_state() as state:
        found = state.connect(as_of="9999").sql('select "column", reason from unreadable')
        return found.fetchall()


def test_a_document_comes_back_as_it_came_and_proves_its_place(
    fleet: Workspace, tmp_path: Path
) -> None:
    kept = add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)

    shown = show_document(fleet, "DOC-1", AT)

    assert get_document(fleet, "DOC-1", AT) == TEXT
    assert kept.media_type == shown.cells["media_type"] == "text/plain"
    assert shown.cells["received_at"] == NOW
    assert shown.cells["title"] == "paper.txt"
    assert shown.proof.entry == kept.entry
    assert shown.standing["holding"] == "kept"
    verify_ledger(fleet)


def test_no_byte_of_a_kept_paper_lies_in_the_open(fleet: Workspace, tmp_path: Path) -> None:
    add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)

    assert not [
        path for path in fleet.folder.rglob("*") if path.is_file() and TEXT in path.read_bytes()
    ]


def test_when_a_document_came_is_never_changed(fleet: Workspace, tmp_path: Path) -> None:
    listed(fleet, "DOC-1,One,record,asset,U1,mail,2026-01-05,tested,")

    with pytest.raises(PermissionRefused, match="never changed"):
        add_document(
            fleet,
            paper(tmp_path),
            CELLS | {"received_at": "2026-02-01"},
            actor="t",
            clock_at=NOW,
        )
    add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)

    assert cells_of(fleet)["received_at"] == "2026-01-05"


def test_a_list_that_changes_when_a_document_came_is_told_and_not_followed(
    fleet: Workspace,
) -> None:
    listed(fleet, "DOC-1,One,record,asset,U1,mail,2026-01-05,tested,")

    listed(fleet, "DOC-1,One,record,asset,U1,mail,2025-01-05,tested,")

    assert cells_of(fleet)["received_at"] == "2026-01-05"
    assert [column for column, _ in faults(fleet)] == ["received_at of DOC-1"]


def test_a_listed_file_is_kept_and_stays_kept_when_it_goes(fleet: Workspace) -> None:
    file = paper(fleet.papers_folder)
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    digest = cells_of(fleet)["object_sha256"]

    file.unlink()
    scan(fleet.folder)

    assert cells_of(fleet)["object_sha256"] == digest
    assert get_document(fleet, "DOC-1", AT) == TEXT
    assert faults(fleet) == []


def test_a_file_that_comes_after_its_list_is_kept_by_the_next_scan(fleet: Workspace) -> None:
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    assert [column for column, _ in faults(fleet)] == ["file of DOC-1"]

    paper(fleet.papers_folder)
    scan(fleet.folder)

    assert get_document(fleet, "DOC-1", AT) == TEXT
    assert faults(fleet) == []


def test_scanning_again_records_no_paper_anew(fleet: Workspace) -> None:
    paper(fleet.papers_folder)
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    with fleet.open_state() as state:
        before = state.log.size(), state.sealed.keys()

    scan(fleet.folder)

    with fleet.open_state() as state:
        assert (state.log.size(), state.sealed.keys()) == before


def test_a_changed_file_is_a_new_object_and_the_old_one_is_still_proven(fleet: Workspace) -> None:
    file = paper(fleet.papers_folder)
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    with fleet.open_state() as state:
        size = state.log.size()

    file.write_bytes(b"corrected")
    scan(fleet.folder)

    assert get_document(fleet, "DOC-1", AT) == b"corrected"
    assert get_document(fleet, "DOC-1", Moment(as_of=LATER, known_at=size)) == TEXT
    verify_ledger(fleet)


@pytest.mark.parametrize(
    "name", ["../cellwarden.toml", "/etc/hostname", "link", "folder", "pipe", "empty"]
)
def test_a_listed_name_that_is_no_file_of_the_folder_is_refused_and_the_rest_goes_on(
    fleet: Workspace, name: str
) -> None:
    folder = fleet.papers_folder
    (folder / "link").symlink_to(fleet.folder / "cellwarden.toml")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "empty").touch()
    paper(folder, name="good.txt")

    listed(
        fleet,
        f"DOC-1,One,record,asset,U1,mail,,tested,{name}",
        "DOC-2,Two,record,asset,U1,mail,,tested,good.txt",
    )

    assert "object_sha256" not in cells_of(fleet)
    assert [column for column, _ in faults(fleet)] == ["file of DOC-1"]
    assert get_document(fleet, "DOC-2", AT) == TEXT


def test_a_list_cannot_claim_what_is_kept(fleet: Workspace) -> None:
    head = "document_id,title,type,received_at,object_sha256,plain_commitment\n"
    row = f"DOC-1,One,record,2026-01-01,{'a' * 64},salted-sha256:{'b' * 64}\n"
    (fleet.folder / "register/documents.csv").write_text(head + row, "utf-8")

    scan(fleet.folder)

    assert "plain_commitment" not in cells_of(fleet)
    assert show_document(fleet, "DOC-1", AT).standing["holding"] == "missing"
    verify_ledger(fleet)


def test_issues_form_one_chain_and_a_grade_does_not_go_over(
    fleet: Workspace, tmp_path: Path
) -> None:
    add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)
    newer = paper(tmp_path, b"issue two", "two.txt")
    given = {"came_from": "mail"}

    two = replace_document(fleet, "DOC-1", newer, given, actor="t", clock_at=LATER)
    three = replace_document(fleet, two.document_id, newer, given, actor="t", clock_at=LATER)

    shown = show_document(fleet, "DOC-1", AT)
    assert shown.versions == ("DOC-1", "DOC-1-r2", "DOC-1-r3")
    assert shown.standing["replaced_by"] == "DOC-1-r2"
    assert cells_of(fleet, "DOC-1-r3")["about_id"] == "U1"
    assert "grade" not in cells_of(fleet, "DOC-1-r3")
    assert three.also == ("DOC-1-r2",)
    with pytest.raises(InputError, match="replaced already"):
        replace_document(fleet, "DOC-1", newer, given, actor="t", clock_at=LATER)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"document_id": "DOC 1"}, "no id"),
        ({"document_id": "\x1b[31mDOC"}, "no id"),
        ({"type": "novel"}, "none that is known"),
        ({"about_kind": "planet"}, "none that is known"),
        ({"grade": "certain"}, "does not fit"),
        ({"classification": "cosmic"}, "does not fit"),
        ({"received_at": "2027-01-01"}, "still to come"),
        ({"effective_from": "2026-02-01", "effective_to": "2026-01-01"}, "before it begins"),
        ({"object_sha256": "a" * 64}, "by the ledger itself"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_and_leaves_nothing(
    fleet: Workspace, tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    with fleet.open_state() as state:
        before = state.log.size(), state.sealed.keys()

    with pytest.raises(InputError, match=says):
        add_document(fleet, paper(tmp_path), CELLS | changes, actor="t", clock_at=NOW)

    with fleet.open_state() as state:
        assert (state.log.size(), state.sealed.keys()) == before


def test_a_name_that_could_steer_a_terminal_is_shown_as_signs(
    fleet: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = paper(tmp_path, name="in\x1b[2Jvoice.txt")
    add_document(fleet, file, CELLS, actor="t", clock_at=NOW)
    capsys.readouterr()

    assert run(["document", "list", "-w", str(fleet.folder)]) == 0

    assert "\x1b" not in capsys.readouterr().out
    assert cells_of(fleet)["title"] == "in?[2Jvoice.txt"


def test_getting_a_document_never_writes_over_a_file(fleet: Workspace, tmp_path: Path) -> None:
    add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)
    out = tmp_path / "out"
    words = ["document", "get", "DOC-1", "-o", str(out), "-w", str(fleet.folder)]

    assert run(words) == 0
    assert run(words) == 2

    assert out.read_bytes() == TEXT
    assert out.stat().st_mode & 0o777 == 0o600


def test_an_object_that_was_changed_or_lost_is_found(fleet: Workspace, tmp_path: Path) -> None:
    kept = add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)
    with fleet.open_state() as state:
        path = state.objects.path(kept.sha256)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(IntegrityError, match=kept.sha256):
        verify_ledger(fleet)
    with pytest.raises(IntegrityError):
        get_document(fleet, "DOC-1", AT)

    path.unlink()

    with pytest.raises(IntegrityError, match=kept.sha256):
        verify_ledger(fleet)
    assert show_document(fleet, "DOC-1", AT).standing["holding"] == "missing"


def test_erasing_a_document_takes_every_issue_of_its_file_and_keeps_the_proofs(
    fleet: Workspace,
) -> None:
    file = paper(fleet.papers_folder)
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    file.write_bytes(b"second " + TEXT)
    scan(fleet.folder)
    asked = Asked(document="DOC-1", reason="asked for", requester="a", approver="b")
    with pytest.raises(InputError, match=r"papers/paper\.txt"):
        redact(fleet, asked, clock_at=NOW, in_register=False)

    done = redact(fleet, asked, clock_at=NOW, in_register=True)

    assert done.papers == 2
    assert not file.exists()
    with pytest.raises(StoreError, match="erased"):
        get_document(fleet, "DOC-1", AT)
    assert show_document(fleet, "DOC-1", AT).standing["holding"] == "erased"
    verify_ledger(fleet)


def test_an_erased_paper_does_not_come_back_with_its_file(fleet: Workspace) -> None:
    file = paper(fleet.papers_folder)
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    asked = Asked(document="DOC-1", reason="asked for", requester="a", approver="b")
    redact(fleet, asked, clock_at=NOW, in_register=True)

    file.write_bytes(TEXT)
    scan(fleet.folder)

    assert show_document(fleet, "DOC-1", AT).standing["holding"] == "erased"
    assert [column for column, _ in faults(fleet)] == ["file of DOC-1"]
    with fleet.open_state() as state:
        erased = state.redacted_objects()
        assert not erased & state.sealed.keys()


def test_a_value_in_a_paper_of_the_folder_stops_its_redaction(fleet: Workspace) -> None:
    paper(fleet.papers_folder)
    listed(fleet, "DOC-1,One,record,asset,U1,mail,,tested,paper.txt")
    asked = Asked(value="Oduya-Strand", reason="asked for", requester="a", approver="b")

    with pytest.raises(InputError, match=r"paper\.txt, line 1"):
        redact(fleet, asked, clock_at=NOW, in_register=True)


def test_a_death_between_sealing_and_recording_leaves_nothing_that_can_be_read_for_ever(
    fleet: Workspace, tmp_path: Path
) -> None:
    add_document(fleet, paper(tmp_path), CELLS, actor="t", clock_at=NOW)
    script = f"""
        import os, signal
        from pathlib import Path
        from cellwarden.workflows.evidence import documents
        from cellwarden.workflows.workspace import open_workspace
        documents.record = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        documents.add_document(open_workspace(Path({str(fleet.folder)!r})),
            Path({str(paper(tmp_path, b"never recorded", "n.txt"))!r}),
            {CELLS | {"document_id": "DOC-2"}!r}, actor="t", clock_at={NOW!r})
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=False, env=dict(os.environ)
    )
    with fleet.open_state() as state:
        left = len(state.sealed.keys())
        swept = state.sweep_keys()

    assert killed.returncode == -signal.SIGKILL
    assert swept == 1
    assert left >= 2
    assert get_document(fleet, "DOC-1", AT) == TEXT
    assert [row["document_id"] for row in list_documents(fleet, AT)] == ["DOC-1"]
    verify_ledger(fleet)
