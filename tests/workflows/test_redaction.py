from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.collect.test_text_within import LETTER, TABLE, coded, pdf, workbook, zipped
from tests.conftest import anyone_may_act

from cellwarden.advisories.answered import BOOKS
from cellwarden.advisories.books import bound, packed
from cellwarden.collect.text_within import search
from cellwarden.entry.cli import run
from cellwarden.ledger.commitments import commitment_to, is_commitment
from cellwarden.model.errors import InputError, IntegrityError, PermissionRefused, StoreError
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.model.times import format_time
from cellwarden.store.facts import read_committed
from cellwarden.workflows.evidence.documents import add_document, get_document
from cellwarden.workflows.ledger.redact import Asked, redact
from cellwarden.workflows.ledger.trust import show_fact, verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = format_time(datetime(2026, 11, 20, tzinfo=UTC))
MOMENT = Moment(as_of="9999")
NAME = "Wilhelmina Oduya-Strand"
EXCEPTIONS = (
    "exception_id,check,accepts,reason,requester,approver,measure,approved_on,expires_on\n"
    f"EX-1,serial-missing,U1,plate is painted over,Facilities,{NAME},label,2026-10-01,2027-01-01\n"
)


@pytest.fixture
def fleet(tmp_path: Path) -> Workspace:
    """A workspace whose register names a person, scanned once."""
    folder = tmp_path / "fleet"
    assert run(["init", str(folder), "--operator", "Testers"]) == 0
    anyone_may_act(folder)
    for template in (folder / "register").iterdir():
        template.unlink()
    (folder / "register/sites.csv").write_text("site_id,name\nS1,One\n", "utf-8")
    (folder / "register/assets.csv").write_text("asset_id,site_id\nU1,S1\n", "utf-8")
    (folder / "register/exceptions.csv").write_text(EXCEPTIONS, "utf-8")
    kev = '{"title": "x", "catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z", "count": 0'
    (folder / "advisories/kev.json").write_text(kev + ', "vulnerabilities": []}', "utf-8")
    run(["scan", str(folder), "--as-of", "2026-11-10", "--actor", "tester"])
    return open_workspace(folder)


def asked(**changes: str | None) -> Asked:
    words: dict[str, str | None] = {
        "value": NAME,
        "reason": "left the company and asked for it",
        "requester": "privacy office",
        "approver": "legal",
    }
    return Asked(**{**words, **changes})  # type: ignore[arg-type]  # words by name


def places_of(value: str, folder: Path) -> list[Path]:
    """Every file below a folder that holds a text in its raw bytes."""
    needle = value.encode()
    return [p for p in folder.rglob("*") if p.is_file() and needle in p.read_bytes()]


def test_a_name_of_the_register_is_never_in_what_the_ledger_commits_to(fleet: Workspace) -> None:
    with fleet.open_state() as state:
        index = next(i for i, e in state.entries() if "exceptions" in e.source)
        path = state.partitions.path("exception", index)
        row = read_committed(path, ["approver"])[0]
        seen = state.connect(as_of="9999").sql("select approver from exception").fetchall()
        value, salt = state.personal.read(kinds()["exception"], index)[0]["approver"]

    assert is_commitment(row[3])
    assert commitment_to(value.encode(), salt) == row[3]
    assert seen == [(NAME,)]


def test_after_a_redaction_the_value_is_nowhere_and_everything_verifies(fleet: Workspace) -> None:
    assert places_of(NAME, fleet.folder)
    before = verify_ledger(fleet)

    done = redact(fleet, asked(), clock_at=NOW, in_register=True)

    assert done.cells == 1
    assert done.papers == 1
    assert done.register == (fleet.folder / "register/exceptions.csv",)
    assert places_of(NAME, fleet.folder) == []
    assert places_of("Oduya", fleet.folder) == []
    assert verify_ledger(fleet).entries == before.entries + 1


def test_books_of_answers_go_with_a_redaction_for_nobody_can_search_them(fleet: Workspace) -> None:
    derived = fleet.state_folder / "derived"
    derived.mkdir(exist_ok=True)
    books = [derived / f"a{ending}" for ending in sorted(BOOKS)]
    for book in books:
        book.write_bytes(bound([(NAME, packed({"1.0": NAME.encode()}))]))
        assert NAME.encode() not in packed({"1.0": NAME.encode() * 9})

    redact(fleet, asked(), clock_at=NOW, in_register=True)

    assert len(books) == 2
    assert not any(book.exists() for book in books)


def test_no_cell_of_any_parquet_file_holds_the_value_after_a_redaction(fleet: Workspace) -> None:
    redact(fleet, asked(), clock_at=NOW, in_register=True)

    files = list(fleet.state_folder.rglob("*.parquet"))
    cells = [
        str(cell)
        for file in files
        for column in pq.read_table(file).columns
        for cell in column.to_pylist()
    ]
    assert len(files) > 5
    assert not [cell for cell in cells if "Oduya" in cell]


def test_a_scan_after_a_redaction_does_not_bring_the_value_back(fleet: Workspace) -> None:
    redact(fleet, asked(), clock_at=NOW, in_register=True)

    run(["scan", str(fleet.folder), "--as-of", "2026-11-10", "--actor", "tester"])

    assert places_of(NAME, fleet.folder) == []
    verify_ledger(fleet)


def test_a_redacted_cell_is_shown_as_redacted_and_counts_as_unknown(fleet: Workspace) -> None:
    with fleet.open_state() as state:
        index = next(i for i, e in state.entries() if "exceptions" in e.source)
    redact(fleet, asked(), clock_at=NOW, in_register=True)

    fact = next(one for one in show_fact(fleet, f"{index}.0") if one.kind == "exception")
    with fleet.open_state() as state:
        seen = state.connect(as_of="9999", known_at=index + 1).sql("select approver from exception")
        values = seen.fetchall()

    assert fact.redacted == ("approver",)
    assert "approver" not in fact.cells
    assert values == [(None,)]


def test_the_register_comes_first_and_nothing_is_erased_until_it_is_clean(fleet: Workspace) -> None:
    with pytest.raises(InputError, match=r"exceptions\.csv, line 2"):
        redact(fleet, asked(), clock_at=NOW, in_register=False)

    with fleet.open_state() as state:
        assert state.connect(as_of="9999").sql("select approver from exception").fetchall() == [
            (NAME,)
        ]


def test_a_workbook_that_holds_the_value_is_named_although_its_text_is_packed(
    fleet: Workspace,
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["asset_id", "owner"])
    book.active.append(["U9", NAME])
    book.save(fleet.folder / "register/more.xlsx")

    with pytest.raises(InputError, match=r"more\.xlsx"):
        redact(fleet, asked(), clock_at=NOW, in_register=True)


def test_papers_that_pack_the_value_are_erased_and_it_is_found_nowhere(
    fleet: Workspace, tmp_path: Path
) -> None:
    papers = {
        "letter.docx": zipped(word__document=LETTER.replace("Wilhel", NAME[:6]).encode()),
        "list.xlsx": workbook("U1", NAME),
        "signed.pdf": pdf(coded(NAME), TABLE),
        "other.pdf": pdf(coded("Somebody Else"), TABLE),
        "photo.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    }
    kept = {}
    for name, data in papers.items():
        (tmp_path / name).write_bytes(data)
        cells = {"title": name, "type": "record", "about_kind": "asset", "about_id": "U1"}
        kept[name] = add_document(
            fleet, tmp_path / name, cells, actor="desk", clock_at=NOW
        ).document_id

    done = redact(fleet, asked(), clock_at=NOW, in_register=True)

    assert done.papers >= 3
    assert any("pictures or sound" in one and kept["photo.png"] in one for one in done.unread)
    for name in ("letter.docx", "list.xlsx", "signed.pdf"):
        with pytest.raises(StoreError, match="key is gone"):
            get_document(fleet, kept[name], MOMENT)
    assert get_document(fleet, kept["other.pdf"], MOMENT) == papers["other.pdf"]
    left = [path for path in fleet.folder.rglob("*") if path.is_file()]
    assert not [path for path in left if search(path.read_bytes(), NAME).holds]
    with fleet.open_state() as state:
        opened = [state.sealed.get(digest) for digest in sorted(state.sealed.keys())]
    assert len(opened) > 1
    assert not [data for data in opened if search(data, NAME).holds]
    verify_ledger(fleet)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"approver": "Privacy Office"}, PermissionRefused, "cannot approve"),
        ({"reason": " "}, InputError, "reason"),
        ({"reason": f"{NAME} asked"}, InputError, "holds the value"),
        ({"value": "Nobody Known"}, InputError, "no such personal cell"),
        ({"value": None}, InputError, "say what"),
        ({"value": None, "fact": "x", "column": "approver"}, InputError, "names no cell"),
        ({"value": None, "document": "DOC-9"}, InputError, "DOC-9"),
        ({"value": "painted"}, InputError, "in the clear"),
    ],
)
def test_what_cannot_be_erased_is_refused_with_the_reason(
    fleet: Workspace, changes: dict[str, str | None], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        redact(fleet, asked(**changes), clock_at=NOW, in_register=True)

    verify_ledger(fleet)


def test_a_value_that_stands_in_free_text_too_is_told_and_nothing_is_erased(
    fleet: Workspace,
) -> None:
    text = EXCEPTIONS.replace("plate is painted over", f"{NAME} says so")
    (fleet.folder / "register/exceptions.csv").write_text(text, "utf-8")
    run(["scan", str(fleet.folder), "--as-of", "2026-11-10", "--actor", "tester"])

    with pytest.raises(InputError, match="column reason"):
        redact(fleet, asked(), clock_at=NOW, in_register=True)


def test_a_redaction_that_is_killed_after_it_was_recorded_is_finished_by_the_next(
    fleet: Workspace,
) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from cellwarden.store.personal import PersonalCells
        from cellwarden.workflows.ledger import redact as work
        from cellwarden.workflows.workspace import open_workspace
        PersonalCells.erase = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        asked = work.Asked(value={NAME!r}, reason="gone", requester="a", approver="b")
        work.redact(open_workspace(Path({str(fleet.folder)!r})), asked, clock_at={NOW!r},
                    in_register=True)
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=False, env=dict(os.environ)
    )
    with pytest.raises(IntegrityError, match="still here") as told:
        verify_ledger(fleet)
    assert "interrupted: `cellwarden ledger redact --resume` ends it" in told.value.advice

    assert run(["ledger", "redact", "--resume", "-w", str(fleet.folder)]) == 0

    assert killed.returncode == -signal.SIGKILL
    assert places_of(NAME, fleet.state_folder / "personal") == []
    verify_ledger(fleet)


def test_a_personal_value_that_was_changed_or_lost_is_found(fleet: Workspace) -> None:
    with fleet.open_state() as state:
        index = next(i for i, e in state.entries() if "exceptions" in e.source)
        path = state.personal.path("exception", index)
        cells = state.personal.read(kinds()["exception"], index)
        changed = {0: {**cells[0], "approver": ("Somebody Else", cells[0]["approver"][1])}}
        state.personal.write(kinds()["exception"], index, changed)
    with pytest.raises(IntegrityError, match="approver of exception"):
        verify_ledger(fleet)

    path.unlink()
    with pytest.raises(IntegrityError, match="no redaction says why"):
        verify_ledger(fleet)


def test_a_sealed_paper_opens_with_its_key_and_with_no_other(tmp_path: Path) -> None:
    from cellwarden.store.state import State

    with State(tmp_path) as state:
        one, two = state.sealed.put(b"paper"), state.sealed.put(b"paper")
        opened = state.sealed.get(one.sha256)
        keys = tmp_path / "keys"
        mode = (keys / one.sha256).stat().st_mode & 0o777
        (keys / one.sha256).write_bytes((keys / two.sha256).read_bytes())
        with pytest.raises(IntegrityError, match="not the one"):
            state.sealed.get(one.sha256)
        gone = state.sealed.erase(two.sha256)
        with pytest.raises(StoreError, match="erased"):
            state.sealed.get(two.sha256)

    assert opened == b"paper"
    assert one.sha256 != two.sha256
    assert mode == 0o600
    assert gone
    assert places_of("paper", tmp_path / "objects") == []


def test_a_lost_key_is_no_redaction(fleet: Workspace) -> None:
    with fleet.open_state() as state:
        digest = next(e.document_sha256 for _, e in state.entries() if e.document_sha256)
    (fleet.state_folder / "keys" / str(digest)).unlink()

    with pytest.raises(IntegrityError, match="key is gone"):
        verify_ledger(fleet)
