"""What a pack holds, how narrow it can be, and that making one is recorded."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.evidence.conftest import Packed, export, files_of, manifest_text

from cellwarden.entry.cli import run
from cellwarden.model.errors import InputError
from cellwarden.reports.evidence import verify
from cellwarden.workflows.evidence.evidence_pack import Wanted, period_of
from cellwarden.workflows.evidence.evidence_verify import verify_pack
from cellwarden.workflows.ledger.redact import Asked, redact
from cellwarden.workflows.workspace import Workspace, open_workspace


def proven_ids(files: dict[str, bytes]) -> set[str]:
    """The ids of all rows in a pack."""
    return {line.split(b"\t")[0].decode() for line in files["rows.txt"].splitlines()}


def opened_of(files: dict[str, bytes]) -> list[dict[str, str]]:
    return [json.loads(line) for line in files["opened.jsonl"].splitlines()]


def test_a_pack_of_everything_holds_every_entry_and_the_rows_behind_every_verdict(
    whole: Packed,
) -> None:
    files = files_of(whole.data)
    findings = json.loads(files["findings.json"])
    rows = proven_ids(files)

    assert len(files["entries.txt"].splitlines()) == whole.done.checkpoint_size
    assert len(findings) > 500
    for finding in findings:
        for fact in finding["evidence"]:
            assert fact in rows


def test_a_pack_of_everything_holds_coverage_of_every_mapped_framework(whole: Packed) -> None:
    files = files_of(whole.data)
    names = {name for name in files if name.startswith("coverage/") and name.endswith(".json")}

    assert len(names) == 20
    for name in names:
        value = json.loads(files[name])
        assert sum(value["states"].values()) == value["mapped"] == len(value["controls"]) > 0


def test_a_pack_for_one_framework_and_site_speaks_of_nothing_else(small: Packed) -> None:
    files = files_of(small.data)

    assert {one["site_id"] for one in json.loads(files["findings.json"])} == {"NG3"}
    assert [name for name in files if name.startswith("coverage/")] == [
        "coverage/iec-62443-3-2.csv",
        "coverage/iec-62443-3-2.json",
    ]
    assert small.done.entries < small.done.checkpoint_size
    assert small.done.rows < 400


def test_making_a_pack_is_recorded_after_the_checkpoint_that_it_carries(small: Packed) -> None:
    with small.workspace.open_state() as state:
        entry = dict(state.entries())[small.done.entry]
        connection = state.connect(as_of="9999")
        own = f"select * from evidence_pack where pack_id = '{small.done.manifest_sha256[:12]}'"
        rows, names = connection.sql(own).fetchall(), connection.sql(own).columns
        kept = state.objects.get(entry.document_sha256 or "")
    first = dict(zip(names, rows[0], strict=True))

    assert small.done.entry >= small.done.checkpoint_size
    assert (entry.act, entry.actor) == ("export", "tester")
    assert first["manifest_sha256"] == small.done.manifest_sha256
    assert first["framework"] == "iec-62443-3-2"
    assert first["site_id"] == "NG3"
    assert kept.decode() == manifest_text(files_of(small.data))


def test_the_next_pack_proves_the_export_before_it(small: Packed, whole: Packed) -> None:
    lines = files_of(whole.data)["entries.txt"].decode().splitlines()
    entry = next(line for line in lines if line.startswith(f"{small.done.entry}\t"))

    assert small.done.manifest_sha256[:12] in json.loads(entry.partition("\t")[2])["note"]


def test_equal_states_give_equal_packs(signed_fleet: Workspace, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        shutil.copytree(signed_fleet.folder, tmp_path / name / "northgate")
        workspace = open_workspace(tmp_path / name / "northgate")
        target = tmp_path / f"{name}.zip"
        export(workspace, target)
        made.append(target.read_bytes())

    assert made[0] == made[1]


def test_the_page_says_everything_opens_offline_and_runs_nothing(whole: Packed) -> None:
    page = html.unescape(files_of(whole.data)["index.html"].decode())

    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "<details" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")[:9000]
    assert whole.fingerprint in page
    assert "Northgate" in page
    for finding in json.loads(files_of(whole.data)["findings.json"])[:50]:
        assert finding["id"] in page


def test_the_page_begins_with_a_summary_and_every_link_on_it_leads_somewhere(
    whole: Packed,
) -> None:
    page = files_of(whole.data)["index.html"].decode()
    findings = json.loads(files_of(whole.data)["findings.json"])
    critical = sum(
        one["count"]
        for one in findings
        if one["severity"] == "critical" and one["verdict"] == "fail"
    )
    ids = re.findall(r' id="([^"]+)"', page)
    links = set(re.findall(r'href="#([^"]+)"', page))

    assert len(ids) == len(set(ids))
    assert links <= set(ids)
    assert {f"e-{one}" for one in range(whole.done.checkpoint_size)} <= set(ids)
    short = page[page.index('id="short"') : page.index('id="verify"')]
    assert f"</span>{critical}</dd>" in short
    assert page.index('id="short"') < page.index('id="verify"') < page.index('id="findings"')


def test_an_evidence_id_of_a_finding_is_followed_down_to_who_said_what(
    whole: Packed, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = json.loads(files_of(whole.data)["findings.json"])
    finding = next(one for one in findings if one["check"] == "log-reach-too-short")

    words = [str(whole.path), "--key", whole.fingerprint, "--show", finding["evidence"][0]]
    code = verify.main(words)

    told = " ".join(capsys.readouterr().out.split())
    assert code == 0
    assert "by tester, register, from register/logs.csv" in told
    assert "log_id = LOG-NG1-BASTION" in told
    assert "read_by = Priya Raman" in told, "a disclosed name stands in the place of its commitment"
    assert told.endswith("verified")
    assert verify.main([str(whole.path), "--show", "999.1", "--show", "no fact"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "999.1 is no fact that this pack proves" in told
    assert "no fact is no fact that this pack proves" in told


def test_documents_that_entries_were_read_from_go_along_when_asked_for(
    small: Packed, whole: Packed
) -> None:
    files = files_of(whole.data)
    sealed = {one["file"] for one in opened_of(files) if "file" in one}
    plain = {name for name in files if name.startswith("documents/")} - sealed

    assert sealed
    assert plain
    assert any(b"asset_id" in files[name] for name in sealed)
    assert not any(name.startswith("documents/") for name in files_of(small.data))
    assert any("--with-sources" in words for words in small.done.left_out)


def test_a_redacted_name_is_in_no_pack_and_everything_still_verifies(
    signed_fleet: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(signed_fleet.folder, tmp_path / "northgate")
    workspace = open_workspace(tmp_path / "northgate")
    with workspace.open_state() as state:
        found = state.personal.everywhere()
        kind, entry, cells = next(one for one in found if one[0].name == "party")
        row, column = next(iter(cells)), "contact"
        value = cells[row][column][0]
    before = tmp_path / "before.zip"
    export(workspace, before, Wanted())

    redact(
        workspace,
        Asked(value=value, reason="asked by the person", requester="A", approver="B"),
        clock_at="2026-11-23T10:00:00.000000Z",
        in_register=True,
    )
    after = tmp_path / "after.zip"
    done = export(workspace, after, Wanted())

    report = verify_pack(after, [done.keys[0].fingerprint])
    files = files_of(after.read_bytes())
    rows = files["rows.txt"].decode().splitlines()
    erased = next(line for line in rows if line.startswith(f"{entry}.{row}\t{kind.name}\t["))
    commitment = re.findall("salted-sha256:[0-9a-f]{64}", erased)
    assert report.verdict == "verified"
    assert value in files_of(before.read_bytes())["opened.jsonl"].decode()
    assert all(value.encode() not in data for data in files.values())
    assert commitment
    assert not {one["commitment"] for one in opened_of(files)} & set(commitment)


def test_a_period_narrows_the_entries_to_those_recorded_in_it(
    signed_fleet: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(signed_fleet.folder, tmp_path / "northgate")
    workspace = open_workspace(tmp_path / "northgate")

    done = export(workspace, tmp_path / "p.zip", Wanted(period=("2020-01-01", "2020-12-31")))
    files = files_of((tmp_path / "p.zip").read_bytes())

    assert done.entries <= done.checkpoint_size
    assert json.loads(files["pack.json"])["period"] == ["2020-01-01", "2020-12-31"]
    assert verify_pack(tmp_path / "p.zip", ()).verdict == "consistent, origin unproven"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    assert period_of(("2026-01-01", "2026-06-30")) == ("2026-01-01", "2026-06-30")
    assert period_of(None) is None
    with pytest.raises(InputError, match="before it begins"):
        period_of(("2026-06-30", "2026-01-01"))


def test_findings_as_a_sheet_are_the_findings(small: Packed) -> None:
    files = files_of(small.data)
    text = files["findings.csv"].decode()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("".join(lines))))

    assert {row["finding"] for row in rows} == {
        one["id"] for one in json.loads(files["findings.json"])
    }


def test_the_program_in_the_pack_is_the_one_in_the_source(root: Path, small: Packed) -> None:
    source = root / "src/cellwarden/reports/evidence/verify.py"

    assert files_of(small.data)["verify.py"] == source.read_bytes()
    listed = f"{hashlib.sha256(source.read_bytes()).hexdigest()}  verify.py"
    assert listed in manifest_text(files_of(small.data)).splitlines()


def test_a_contract_goes_along_opened_and_a_personal_paper_never_does(
    signed_fleet: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(signed_fleet.folder, tmp_path / "northgate")
    workspace = open_workspace(tmp_path / "northgate")
    for name, words, classification in (
        ("DOC-SLA", b"The supplier answers within four hours.", "confidential"),
        ("DOC-CV", b"Born in a town of which nothing is told.", "personal"),
    ):
        path = tmp_path / f"{name}.txt"
        path.write_bytes(words)
        said = ["--type", "contract", "--about-kind", "site", "--about", "NG3"]
        said += ["--grade", "documented", "--from", "mail", "--id", name, "--retention", "contract"]
        said += ["--classification", classification, "-w", str(workspace.folder)]
        assert run(["document", "add", str(path), *said]) == 0

    target = tmp_path / "papers.zip"
    done = export(workspace, target, Wanted(with_sources=True))
    files = files_of(target.read_bytes())

    assert any(data == b"The supplier answers within four hours." for data in files.values())
    assert not any(b"of which nothing is told" in data for data in files.values())
    assert any(one.get("title") == "DOC-SLA.txt" and one["salt"] for one in opened_of(files))
    assert any("DOC-CV" in words for words in done.left_out)
    assert verify_pack(target, [done.keys[0].fingerprint]).verdict == "verified"


def test_the_lives_of_assets_stand_in_the_pack_with_facts_that_are_proven(whole: Packed) -> None:
    files = files_of(whole.data)
    lives = json.loads(files["histories.json"])
    proven = proven_ids(files)

    assert lives
    for life in lives:
        assert life["asset_id"] in files["index.html"].decode()
        for event in life["events"]:
            assert event["fact"] in proven


@pytest.mark.parametrize("stop", ["_record", "name_durably"])
def test_a_killed_export_leaves_no_pack_that_the_ledger_does_not_tell_of(
    signed_fleet: Workspace, tmp_path: Path, stop: str
) -> None:
    shutil.copytree(signed_fleet.folder, tmp_path / "northgate")
    workspace = open_workspace(tmp_path / "northgate")
    with workspace.open_state() as state:
        before = state.log.size()
    script = f"""
        import os, signal
        from pathlib import Path
        from tests.evidence.conftest import export
        from cellwarden.workflows.evidence import evidence_pack
        from cellwarden.workflows.workspace import open_workspace
        evidence_pack.{stop} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        export(open_workspace(Path({str(workspace.folder)!r})), Path({str(tmp_path / "p.zip")!r}))
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)

    with workspace.open_state() as state:
        recorded = state.log.size() - before
    done = export(workspace, tmp_path / "p.zip")

    assert killed.returncode == -signal.SIGKILL
    assert recorded == (0 if stop == "_record" else 1)
    assert verify_pack(tmp_path / "p.zip", [done.keys[0].fingerprint]).verdict == "verified"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["p.zip"]
