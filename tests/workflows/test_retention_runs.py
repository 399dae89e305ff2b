from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.conftest import anyone_may_act

from cellwarden.entry.cli import run as cellwarden
from cellwarden.model.errors import InputError, PermissionRefused, StoreError
from cellwarden.model.facts import kinds
from cellwarden.model.moments import Moment
from cellwarden.workflows.evidence.documents import get_document, show_document
from cellwarden.workflows.fleet.register import record_register
from cellwarden.workflows.ledger.holds import lift_hold, list_holds, set_hold
from cellwarden.workflows.ledger.redact import Asked, redact
from cellwarden.workflows.ledger.retention import Item, plan, run
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = "2026-11-20T09:00:00Z"
AT = Moment(as_of=NOW)
NAME = "Wilhelmina Oduya-Strand"
POLICY = """
[retention.classes.report]
keep_years = 3
after = "effective_to"
basis = "house rule 4"
action = "erase"

[retention.classes.looked-at]
keep_days = 10
after = "received_at"
basis = "house rule 5"

[retention.kinds.ticket]
keep_days = 365
after = "closed_at"
basis = "works agreement"
action = "erase"
"""
DOCUMENTS = """document_id,title,type,received_at,effective_to,retention,file
DUE,Old,report,2019-01-01,2020-01-01,report,due.txt
OPEN,No end,report,2019-01-01,,report,open.txt
NEW,New,report,2019-01-01,2025-01-01,report,new.txt
LOOK,Look,report,2019-01-01,,looked-at,look.txt
STRAY,Stray,report,2019-01-01,,nowhere,stray.txt
"""
TICKETS = f"""ticket_id,type,done_by,opened_at,closed_at
T1,service,{NAME},2019-01-01,2019-01-02
T2,service,{NAME},2019-01-01,
T3,service,Ann Other,2026-10-01,2026-10-02
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five papers and three tickets under a policy, scanned; the files of people are clean since.

    What was written first names people; then the cells of T1 were emptied and the papers removed,
    as somebody does who follows the advice of a first run.
    """
    folder = tmp_path_factory.mktemp("retention") / "fleet"
    assert cellwarden(["init", str(folder), "--operator", "Testers"]) == 0
    anyone_may_act(folder)
    for template in (folder / "register").iterdir():
        template.unlink()
    with (folder / "cellwarden.toml").open("a", encoding="utf-8") as settings:
        settings.write(POLICY)
    (folder / "papers").mkdir()
    for name in ("due", "open", "new", "look", "stray"):
        (folder / f"papers/{name}.txt").write_text(f"the paper {name}", "utf-8")
    (folder / "register/documents.csv").write_text(DOCUMENTS, "utf-8")
    (folder / "register/tickets.csv").write_text(TICKETS, "utf-8")
    scan(folder)
    opened = open_workspace(folder)
    assert states(opened)["DUE"] == states(opened)["T1"] == "still_said"
    for path in (folder / "papers").iterdir():
        path.unlink()
    (folder / "register/tickets.csv").write_text(TICKETS.replace(NAME, "", 1), "utf-8")
    scan(folder)
    return folder


@pytest.fixture
def fleet(prepared: Path, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    return open_workspace(Path(shutil.copytree(prepared, tmp_path / "fleet")))


def scan(folder: Path) -> None:
    """What a scan records of the register, without judging it."""
    opened = open_workspace(folder)
    with opened.open_state() as state, state.alone():
        record_register(opened, state, clock_at=NOW, actor="tester", progress=lambda *_: None)


def items(fleet: Workspace, moment: Moment = AT) -> dict[str, Item]:
    return {one.subject: one for one in plan(fleet, moment)}


def states(fleet: Workspace, moment: Moment = AT) -> dict[str, str]:
    return {name: one.state for name, one in items(fleet, moment).items()}


def hold(fleet: Workspace, scope: str) -> str:
    return set_hold(fleet, scope, reason="claim 7", approver="legal", actor="desk", clock_at=NOW)[1]


def erase(fleet: Workspace) -> None:
    run(fleet, approver="legal", actor="desk", clock_at=NOW)


def test_each_thing_stands_as_the_policy_says(fleet: Workspace) -> None:
    assert states(fleet) == {
        "DUE": "due",
        "OPEN": "unknown",
        "NEW": "waiting",
        "LOOK": "review",
        "STRAY": "no_rule",
        "T1": "due",
        "T2": "unknown",
        "T3": "waiting",
    }


def test_the_future_is_asked_about_without_waiting(fleet: Workspace) -> None:
    later = states(fleet, Moment(as_of="2028-01-02T00:00:00Z"))

    assert later["NEW"] == "due"
    assert later["T3"] == "still_said"
    assert later["T2"] == later["OPEN"] == "unknown"


def test_a_dry_run_changes_nothing(fleet: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with fleet.open_state() as state:
        before = state.root()
    capsys.readouterr()

    assert cellwarden(["retention", "run", "--dry-run", "-w", str(fleet.folder)]) == 0

    out = capsys.readouterr().out
    assert "document DUE" in out
    assert "works agreement" in out
    assert max(map(len, out.splitlines())) <= 80
    with fleet.open_state() as state:
        assert state.root() == before


def test_a_run_erases_what_is_due_and_nothing_else(fleet: Workspace) -> None:
    erase(fleet)

    with pytest.raises(StoreError, match="erased"):
        get_document(fleet, "DUE", AT)
    assert get_document(fleet, "NEW", AT) == b"the paper new"
    assert get_document(fleet, "LOOK", AT) == b"the paper look"
    assert show_document(fleet, "DUE", AT).standing["holding"] == "erased"
    with fleet.open_state() as state:
        people = state.connect(as_of="9999").sql(
            "select ticket_id, done_by from ticket_history where done_by is not null"
        )
        assert {row[0] for row in people.fetchall()} == {"T2", "T3"}
    verify_ledger(fleet)


def test_a_run_is_one_entry_with_its_basis_and_its_approver(fleet: Workspace) -> None:
    done = run(fleet, approver="legal", actor="desk", clock_at=NOW)

    with fleet.open_state() as state:
        rows = state.connect(as_of="9999").sql(
            "select distinct entry, reason, requester, approver from redaction"
        )
        found = rows.fetchall()
    assert len(found) == 1
    entry, reason, requester, approver = found[0]
    assert (entry, requester, approver) == (done.entry, "desk", "legal")
    assert "house rule 4" in reason
    assert "works agreement" in reason
    assert NAME not in reason


def test_older_copies_of_the_register_that_hold_what_went_go_too(fleet: Workspace) -> None:
    with fleet.open_state() as state:
        copies = [e.document_sha256 for _, e in state.entries() if "tickets" in e.source]

    erase(fleet)

    with fleet.open_state() as state:
        assert state.sealed.is_erased(str(copies[0]))
        assert not state.sealed.is_erased(str(copies[-1]))


def test_a_second_run_and_a_scan_find_nothing_more_to_do(fleet: Workspace) -> None:
    erase(fleet)
    scan(fleet.folder)

    assert "due" not in states(fleet).values()
    assert run(fleet, approver="legal", actor="desk", clock_at=NOW).entry is None


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("everything", {"DUE", "LOOK", "T1"}),
        ("document", {"DUE", "LOOK"}),
        ("document/DUE", {"DUE"}),
        ("ticket/T1", {"T1"}),
        ("ticket/T2", {"T1"}),  # an older copy of the list that names both
        ("party", set()),
    ],
)
def test_nothing_under_a_hold_is_erased(fleet: Workspace, scope: str, held: set[str]) -> None:
    hold(fleet, scope)

    assert {name for name, state in states(fleet).items() if state == "held"} == held
    erase(fleet)

    if "DUE" in held:
        assert get_document(fleet, "DUE", AT) == b"the paper due"
    else:
        assert show_document(fleet, "DUE", AT).standing["holding"] == "erased"
    verify_ledger(fleet)


def test_a_hold_stops_a_redaction_of_a_paper_that_is_found_by_its_text(fleet: Workspace) -> None:
    hold(fleet, "document/DUE")

    with pytest.raises(PermissionRefused, match="HOLD-"):
        redact(
            fleet,
            Asked(value="the paper due", reason="asked", requester="a", approver="b"),
            clock_at=NOW,
            in_register=False,
        )

    assert get_document(fleet, "DUE", AT) == b"the paper due"


def test_a_lifted_hold_lets_the_policy_go_on_and_stays_on_record(fleet: Workspace) -> None:
    name = hold(fleet, "document/DUE")

    lift_hold(fleet, name, reason="settled", approver="court", actor="desk", clock_at=NOW)

    assert states(fleet)["DUE"] == "due"
    (one,) = list_holds(fleet, AT)
    assert (one["set_by"], one["approver"]) == ("desk", "legal")
    assert (one["lifted_by"], one["lift_approver"]) == ("desk", "court")
    with pytest.raises(InputError, match="was lifted"):
        lift_hold(fleet, name, reason="again", approver="court", actor="desk", clock_at=NOW)


def test_a_hold_is_set_lifted_and_a_run_approved_by_two_people(fleet: Workspace) -> None:
    with pytest.raises(PermissionRefused):
        set_hold(fleet, "everything", reason="x", approver="Desk", actor="desk", clock_at=NOW)
    name = hold(fleet, "everything")
    with pytest.raises(PermissionRefused):
        lift_hold(fleet, name, reason="x", approver="desk", actor="desk", clock_at=NOW)
    with pytest.raises(PermissionRefused):
        run(fleet, approver="DESK", actor="desk", clock_at=NOW)
    with pytest.raises(InputError):
        run(fleet, approver=" ", actor="desk", clock_at=NOW)


@pytest.mark.parametrize("scope", ["", "tickets", "ticket/", "ticket/T9", "document/NONE"])
def test_a_hold_on_what_is_not_there_is_refused(fleet: Workspace, scope: str) -> None:
    with pytest.raises(InputError):
        hold(fleet, scope)


@pytest.mark.parametrize(
    "policy",
    [
        '[retention.classes.a]\nkeep_days = 1\nafter = "title"\nbasis = "x"\n',
        '[retention.classes.a]\nafter = "received_at"\nbasis = "x"\n',
        '[retention.classes.a]\nkeep_days = 1\nafter = "received_at"\n',
        '[retention.classes.a]\nkeep_days=1\nafter="received_at"\nbasis="x"\naction="burn"\n',
        '[retention.kinds.site]\nkeep_days = 1\nafter = "x"\nbasis = "x"\n',
        '[retention.kinds.tickets]\nkeep_days = 1\nafter = "closed_at"\nbasis = "x"\n',
    ],
)
def test_a_policy_that_could_not_work_is_refused_when_it_is_read(
    tmp_path: Path, policy: str
) -> None:
    (tmp_path / "cellwarden.toml").write_text(f'[workspace]\noperator = "T"\n{policy}', "utf-8")

    with pytest.raises(InputError, match="retention"):
        open_workspace(tmp_path)


def test_one_cell_is_erased_alone_and_not_while_its_file_says_it(fleet: Workspace) -> None:
    with fleet.open_state() as state:
        (entry, row), other = [
            (int(e), int(r))
            for e, r in state.connect(as_of="9999")
            .sql("select entry, row from ticket_history where done_by is not null order by all")
            .fetchall()
        ][:2]
    asked = Asked(
        fact=f"{entry}.{row}", column="done_by", reason="asked", requester="a", approver="b"
    )

    done = redact(fleet, asked, clock_at=NOW, in_register=False)

    assert done.cells == 1
    with fleet.open_state() as state:
        assert state.personal.read(kinds()["ticket"], other[0])[other[1]]["done_by"][0] == NAME
    with pytest.raises(InputError, match=r"tickets\.csv"):
        redact(
            fleet,
            Asked(
                fact=f"{other[0]}.{other[1]}",
                column="done_by",
                reason="asked",
                requester="a",
                approver="b",
            ),
            clock_at=NOW,
            in_register=False,
        )


def test_a_run_that_is_killed_is_finished_by_the_next(fleet: Workspace) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from cellwarden.store.sealed import SealedObjects
        from cellwarden.workflows.ledger.retention import run
        from cellwarden.workflows.workspace import open_workspace
        SealedObjects.erase = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        run(open_workspace(Path({str(fleet.folder)!r})), approver="b", actor="a", clock_at={NOW!r})
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=False, env=dict(os.environ)
    )
    assert get_document(fleet, "DUE", AT) == b"the paper due"

    assert cellwarden(["ledger", "redact", "--resume", "-w", str(fleet.folder)]) == 0

    assert killed.returncode == -signal.SIGKILL
    assert show_document(fleet, "DUE", AT).standing["holding"] == "erased"
    verify_ledger(fleet)
