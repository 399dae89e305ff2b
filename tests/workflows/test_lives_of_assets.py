"""Lives out of the example's ledger: whole where they are, with proofs that can be recomputed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.ledger.rows import row_digest, rows_root
from cellwarden.model.errors import InputError
from cellwarden.model.moments import Moment
from cellwarden.store.facts import read_committed
from cellwarden.workflows.fleet.scan import ScanOutcome
from cellwarden.workflows.life.lives import asset_life
from cellwarden.workflows.workspace import Workspace

NOW = Moment(as_of="2026-11-16T23:59:59.000000Z")


@pytest.fixture(autouse=True)
def _scanned_before(scanned: ScanOutcome) -> None:
    assert scanned.report.lives


def test_one_serial_of_the_example_is_whole_from_approval_to_recycling(
    northgate: Workspace,
) -> None:
    life = asset_life(northgate, "AMC3-1180", NOW)

    phases = {event.phase for event in life.events}
    assert phases >= {
        "approval", "contract", "delivery", "installation", "firmware", "service", "warranty",
        "exception", "incident", "retirement", "data", "access", "custody", "transport", "disposal",
    }  # fmt: skip
    assert life.gaps == ()
    assert life.findings == (), "an exception about a part of what was recycled is no finding"
    days = [event.at[:10] for event in life.events]
    assert days == sorted(days)


def test_a_custody_gap_of_nine_days_is_told_and_found(northgate: Workspace) -> None:
    life = asset_life(northgate, "qs 0424210077", NOW)

    assert any("9 days" in gap.says for gap in life.gaps)
    assert any("9 days" in finding.because for finding in life.findings)


def test_a_retired_asset_that_is_still_polled_speaks(northgate: Workspace) -> None:
    life = asset_life(northgate, "NG1-OLD-2", NOW)

    assert any("it still speaks" in gap.says for gap in life.gaps)


@pytest.mark.parametrize("serial", ["AMM8-2309-4C", "amm8 2309 4c", "AMM8-2106-11", "AMC3-1180-G"])
def test_a_part_leads_to_its_asset_even_where_it_was_taken_out(
    northgate: Workspace, serial: str
) -> None:
    assert asset_life(northgate, serial, NOW).asset_id == "NG1-OLD-3"


def test_a_serial_of_two_assets_names_both(northgate: Workspace) -> None:
    with pytest.raises(InputError, match="NG2-UPS-A1, NG2-UPS-A2"):
        asset_life(northgate, "G202J14088", NOW)


@pytest.mark.parametrize("wanted", ["NO-SUCH", "", "' or 1=1 --", "\x1b[2J"])
def test_a_serial_that_nobody_has_is_refused(northgate: Workspace, wanted: str) -> None:
    with pytest.raises(InputError):
        asset_life(northgate, wanted, NOW)


def test_the_digests_of_a_line_are_those_that_the_entry_commits_to(northgate: Workspace) -> None:
    life = asset_life(northgate, "AMC3-1180", NOW)

    with northgate.open_state() as state:
        entries = dict(state.entries())
        for event in life.events:
            proof = event.proof
            assert proof is not None
            table = next(t for t in entries[proof.entry].tables if t.kind == proof.kind)
            rows = read_committed(state.partitions.path(proof.kind, proof.entry), table.columns)
            assert rows_root(rows).hex() == proof.rows_root == table.root
            assert row_digest(rows[proof.row]).hex() == proof.row_sha256
            leaf = next(state.log.read(proof.entry, proof.entry + 1)).leaf
            assert leaf.hex() == proof.leaf_sha256
            assert proof.checkpoint_size is None, "nothing was signed, so nothing says so"


def test_a_life_as_of_an_earlier_day_ends_there(northgate: Workspace) -> None:
    life = asset_life(northgate, "AMC3-1180", Moment(as_of="2023-12-31T23:59:59.000000Z"))

    assert life.events
    assert max(event.at[:10] for event in life.events) <= "2023-12-31"
    assert not [event for event in life.events if event.phase == "disposal"]


def test_a_life_by_a_smaller_ledger_knows_only_what_was_known(northgate: Workspace) -> None:
    with northgate.open_state() as state:
        first = next(
            index for index, entry in state.entries()
            if any(table.kind == "handover" for table in entry.tables)
        )  # fmt: skip

    life = asset_life(northgate, "NG1-OLD-3", Moment(as_of=NOW.as_of, known_at=first))

    assert life.ledger_size == first
    assert not [event for event in life.events if event.kind == "handover"]
    assert any(gap.phase == "custody" for gap in life.gaps)


def test_the_report_holds_lives_retired_ones_first(scanned: ScanOutcome) -> None:
    lives = scanned.report.lives

    assert lives[0].lifecycle == "retired"
    assert {"NG1-OLD-1", "NG1-OLD-3", "NG3-CAB-D1"} <= {life.asset_id for life in lives}
    assert all(event.proof is None for life in lives for event in life.events)


def test_pattern_three_opens_its_revalidation(scanned: ScanOutcome) -> None:
    found = {one.check for one in scanned.report.findings if one.subject == "SUB-26-05"}

    assert found == {
        "substitution-not-validated", "substitution-papers-old", "substitution-attestation-old",
        "substitution-not-approved",
    }  # fmt: skip


def test_the_page_of_the_example_shows_the_gap(scanned: ScanOutcome, tmp_path: Path) -> None:
    from cellwarden.reports.formats import render

    page = tmp_path / "page.html"
    page.write_text(render("html", scanned.report), "utf-8")

    assert "nobody had custody for 9 days" in page.read_text("utf-8")
