"""The example's vendors: who proves what, who is due, who may be signed, and what it may cost."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cellwarden.entry.cli import whole_app
from cellwarden.model.errors import InputError, PermissionRefused
from cellwarden.reports.paper import Paper, Section, Table, paper_html, paper_markdown
from cellwarden.reports.tornado import Swing, tornado
from cellwarden.reports.vendor_text import compare_text, due_text, score_text
from cellwarden.vendors.assessment.gates import GateState
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.vendor import onboard
from cellwarden.workflows.vendor.assess_score import side_by_side, standing_of
from cellwarden.workflows.vendor.case import case_of
from cellwarden.workflows.vendor.contracts import add_clause, contracts
from cellwarden.workflows.vendor.memo import memo_of
from cellwarden.workflows.vendor.reassess import vendors_due
from cellwarden.workflows.workspace import Workspace, open_workspace

TODAY = date(2026, 11, 16)
CLOCK = "2026-11-16T12:00:00.000000Z"
CAST = ("ALDERMOOR", "BRIGHTCELL", "CORVANE")

pytestmark = pytest.mark.usefixtures("scanned")


@pytest.fixture
def mine(northgate: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the scanned example that a test may write to."""
    shutil.copytree(northgate.folder, tmp_path / "mine")
    return open_workspace(tmp_path / "mine")


def findings(scanned: ScanOutcome, check: str) -> set[str]:
    return {f.subject for f in scanned.report.findings if f.check == check and f.evidence}


def test_aldermoor_may_be_signed_and_corvane_not(northgate: Workspace) -> None:
    aldermoor, corvane = (
        standing_of(northgate, name, as_of=TODAY).dossier for name in ("ALDERMOOR", "CORVANE")
    )

    assert aldermoor.decision.may_sign
    assert not corvane.decision.may_sign
    shut = {gate.gate for gate in corvane.gates if gate.state is GateState.SHUT}
    assert shut == {"unsigned-firmware", "standing-access"}


def test_corvanes_claim_of_signed_updates_is_contradicted_by_its_own_images(
    scanned: ScanOutcome,
) -> None:
    assert "CORVANE/signature-verified" in findings(scanned, "answer-contradicted")


def test_pattern_two_the_prime_is_fine_and_its_partner_is_unproven(
    scanned: ScanOutcome, northgate: Workspace
) -> None:
    standing = standing_of(northgate, "BRIGHTCELL", as_of=TODAY)

    (kestrel,) = standing.partners
    assert kestrel.low is None
    assert kestrel.says.startswith("unproven")
    assert standing.dossier.score.overall is not None
    assert standing.dossier.score.overall.low > Fraction(3, 5)
    assert findings(scanned, "partner-unproven") == {"SVC-KESTREL"}


def test_a_named_exception_passes_one_gate_and_ends(northgate: Workspace) -> None:
    def state(on: date) -> GateState:
        found = standing_of(northgate, "OSTRAVA", as_of=on).dossier
        return next(gate.state for gate in found.gates if gate.gate == "standing-access")

    assert state(TODAY) is GateState.EXCEPTED
    assert state(date(2027, 2, 1)) is GateState.SHUT


def test_vendors_of_different_tiers_are_compared_on_common_questions(northgate: Workspace) -> None:
    side = side_by_side(northgate, CAST, as_of=TODAY)

    assert {item.score.tier for item in side.dossiers} == {1, 3}
    assert len(side.comparison.common) == 25
    assert side.comparison.order[0] == ("ALDERMOOR",)
    pair = next(p for p in side.comparison.pairs if (p.first, p.second) == CAST[:2])
    assert pair.ahead is None
    assert pair.separating


def test_who_is_due_says_why(northgate: Workspace) -> None:
    items, run = vendors_due(northgate, as_of=TODAY)
    by_id = {item.party_id: item for item in items}

    assert run is not None
    assert not by_id["ALDERMOOR"].due.is_due
    corvane = {event.kind for event in by_id["CORVANE"].due.events}
    assert corvane >= {"finding", "clause", "firmware"}
    assert by_id["KESTREL"].due.because == ("never assessed: nothing is proven",)


def test_a_breach_that_is_recorded_makes_a_vendor_due_at_once(mine: Workspace) -> None:
    add_clause(
        mine,
        {
            "clause_id": "C-ALD-2026/sla",
            "breached_on": "2026-11-15",
            "document_id": "DOC-ALD-06",
        },
        as_of=TODAY,
        clock_at=CLOCK,
        actor="desk",
    )

    items, _ = vendors_due(mine, as_of=TODAY)
    before, _ = vendors_due(mine, as_of=TODAY, known_at=_size(mine) - 1)

    assert next(i for i in items if i.party_id == "ALDERMOOR").due.is_due
    assert not next(i for i in before if i.party_id == "ALDERMOOR").due.is_due


def _size(workspace: Workspace) -> int:
    with workspace.open_state() as state:
        return state.log.size()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"clause_id": "X", "contract_id": "NONE", "type": "sla"}, "no contract"),
        ({"clause_id": "X", "contract_id": "C-ALD-2026", "type": "vibes"}, "no type of clause"),
        ({"clause_id": "C-ALD-2026/sla", "breached_on": "2026-11-15"}, "needs what shows it"),
        ({"clause_id": None, "contract_id": "C-ALD-2026", "type": "sla"}, "has no id"),
    ],
)
def test_a_clause_that_says_too_little_is_refused(
    mine: Workspace, cells: dict[str, str | None], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        add_clause(mine, cells, as_of=TODAY, clock_at=CLOCK, actor="desk")


def test_contracts_say_what_they_lack(northgate: Workspace) -> None:
    (aldermoor,) = contracts(northgate, "ALDERMOOR", as_of=TODAY)
    (corvane,) = contracts(northgate, "CORVANE", as_of=TODAY)

    assert aldermoor.missing == ()
    assert "exit" in corvane.missing
    assert [where.value for _, where in corvane.clauses] == ["breached"]


def test_a_vendor_with_open_points_cannot_be_signed_and_each_is_named(mine: Workspace) -> None:
    with pytest.raises(PermissionRefused) as caught:
        onboard.sign(
            mine, "CORVANE", contract_id=None, as_of=TODAY, clock_at=CLOCK, actor="Dana Whitlock"
        )

    said = str(caught.value)
    assert "gate unsigned-firmware is shut" in said
    assert "follow-up" in said
    assert "security refused" in said
    assert "procurement has to approve again" in said


def test_the_requester_cannot_approve(mine: Workspace) -> None:
    with pytest.raises(PermissionRefused, match="cannot approve"):
        _approve(mine, "CORVANE", "procurement", "Tom Ashby")


def _approve(workspace: Workspace, vendor: str, side: str, actor: str) -> None:
    onboard.approve(
        workspace,
        vendor,
        side=side,
        answer="approved",
        conditions=None,
        as_of=TODAY,
        clock_at=CLOCK,
        actor=actor,
    )


def test_from_the_request_to_a_signature_with_its_memo(mine: Workspace) -> None:
    onboard.start(mine, "ALDERMOOR", as_of=TODAY, clock_at=CLOCK, actor="Leiden facilities")
    for side, actor in (("security", "Ann"), ("facilities", "Ben"), ("procurement", "Cem")):
        _approve(mine, "ALDERMOOR", side, actor)

    signed = onboard.sign(
        mine, "ALDERMOOR", contract_id="C-ALD-2026", as_of=TODAY, clock_at=CLOCK, actor="Cem"
    )

    with mine.open_state() as state:
        kept = state.sealed.get(signed.memo_sha256).decode()
    assert kept == paper_markdown(signed.memo)
    assert "Signed by Cem" in kept
    assert "EC-22-4071" in kept
    verify_ledger(mine)
    with pytest.raises(InputError, match="signed on"):
        _approve(mine, "ALDERMOOR", "security", "Ann")


def test_one_under_way_is_not_started_again(mine: Workspace) -> None:
    with pytest.raises(InputError, match="under way"):
        onboard.start(mine, "CORVANE", as_of=TODAY, clock_at=CLOCK, actor="Ann")
    with pytest.raises(InputError, match="nobody has asked"):
        onboard.way_of(mine, "DUNMERE", as_of=TODAY)


def test_the_memo_names_gates_partners_promises_and_evidence(northgate: Workspace) -> None:
    way = onboard.way_of(northgate, "BRIGHTCELL", as_of=TODAY)

    text = paper_markdown(memo_of(way, as_of=TODAY))

    for words in ("Kestrel", "unproven", "unsigned firmware", "C-BRI-2026", "fact "):
        assert words in text


def test_the_business_case_keeps_the_price_beside_it(northgate: Workspace) -> None:
    case, paper = case_of(northgate, CAST, as_of=TODAY)

    text = paper_markdown(paper)
    assert [item.offer.vendor for item in case.vendors] == list(CAST)
    assert "changes places with Brightcell" in case.with_price
    assert "148\N{NO-BREAK SPACE}000" in text
    assert "Tom Ashby" in text
    assert case_of(northgate, CAST, as_of=TODAY)[0] == case


def test_a_vendor_without_an_offer_has_no_case(northgate: Workspace) -> None:
    with pytest.raises(InputError, match="has no offer"):
        case_of(northgate, ["ALDERMOOR", "DUNMERE"], as_of=TODAY)


def test_a_paper_is_one_file_without_network_or_script(northgate: Workspace) -> None:
    _, paper = case_of(northgate, CAST, as_of=TODAY)

    html = paper_html(paper)

    assert "<svg" in html
    assert "<script" not in html
    assert not re.search(r"(?:src|href)=", html)
    assert "default-src 'none'" in html


def test_hostile_words_stay_words_on_paper() -> None:
    evil = "<script>alert(1)</script> [x](javascript:y) | \x1b[31m\u202e`z`"
    paper = Paper(
        kind="k",
        title=evil,
        dated="d",
        verdict=evil,
        is_good=None,
        sections=(
            Section(
                title="t",
                words=(evil,),
                points=(evil,),
                table=Table(heads=("a",), rows=((evil,),)),
                drawing=tornado(
                    [
                        Swing(
                            label=evil,
                            middle=1,
                            at_low=0,
                            at_high=2,
                            low_text=evil,
                            high_text=evil,
                        )
                    ],
                    unit="EUR",
                ),
            ),
        ),
        foot="f",
    )

    html, text = paper_html(paper), paper_markdown(paper)

    assert "<script>alert" not in html
    assert "\x1b" not in html + text
    assert "\u202e" not in html + text
    assert "<script>" not in text
    assert "\\[x\\]" in text


@pytest.mark.parametrize("name", ["ALDERMOOR", "BRIGHTCELL", "CORVANE", "OSTRAVA", "FENWICK"])
def test_a_score_fits_eighty_columns_and_shows_every_sum(northgate: Workspace, name: str) -> None:
    text = score_text(standing_of(northgate, name, as_of=TODAY), steps=True, width=80)

    assert max(map(len, text.splitlines())) <= 80
    assert "proven = " in text
    assert "20 % up and down" in text or "down 20 %" in text
    assert "Price, beside the score and never in it" in text


def test_side_by_side_and_due_fit_eighty_columns(northgate: Workspace) -> None:
    side = compare_text(side_by_side(northgate, CAST, as_of=TODAY), width=80)
    items, run = vendors_due(northgate, as_of=TODAY)
    due = due_text(items, run, width=80)

    assert max(map(len, (side + "\n" + due).splitlines())) <= 80
    assert "not separable" in side


def run(workspace: Workspace, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(whole_app(), ["vendor", *words, "-w", str(workspace.folder)])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("score", "ALDERMOOR", "--brief"), "may be signed"),
        (("score", "ALDERMOOR", "--format", "json"), '"exact"'),
        (("ask", "BRIGHTCELL"), "What to ask next"),
        (("compare", *CAST), "not separable"),
        (("follow-ups", "CORVANE"), "follow-ups to close"),
        (("due",), "vendors are due"),
        (("due", "--format", "json"), '"is_due"'),
        (("contract", "list"), "lacks"),
        (("onboard", "BRIGHTCELL", "status"), "signed"),
        (("attest", "ALDERMOOR"), '"specVersion": "1.6"'),
        (("score", "CORVANE", "--known-at", "0"), ""),
    ],
)
def test_the_commands_say_what_they_found(
    northgate: Workspace, words: tuple[str, ...], shown: str
) -> None:
    code, output = run(northgate, *words)

    if words[-1] == "0":
        assert code != 0
    else:
        assert code == 0, output
        assert shown in output


def test_every_assessed_vendor_of_the_example_has_an_answer_file(root: Path) -> None:
    folder = root / "examples" / "northgate"
    with (folder / "register" / "assessments.csv").open(encoding="utf-8") as text:
        rows: list[dict[str, Any]] = list(csv.DictReader(text))
    answered = {path.name.split("-")[0].upper() for path in (folder / "vendors").glob("*.json")}

    assert answered < {row["party_id"] for row in rows}
    assert {row["party_id"] for row in rows} - answered == {"KESTREL", "MARLOW"}
