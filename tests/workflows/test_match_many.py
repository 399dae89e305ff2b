"""An inventory as lines of JSON: kept or fresh, by one process or by two, always the same lines."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwarden.advisories import matching
from cellwarden.advisories.answered import Answered, Answers, Seen
from cellwarden.advisories.books import ALWAYS, Times, open_book, reading
from cellwarden.entry.cli import run
from cellwarden.model.matching import Component, Remedy, Statement
from cellwarden.reports.lines import match_line
from cellwarden.workflows.advisory import match_index, match_many
from cellwarden.workflows.advisory.match_files import OfWorkspace, encoded, keep_met
from cellwarden.workflows.advisory.match_index import Index
from cellwarden.workflows.advisory.match_many import lines_of, match_lines
from cellwarden.workflows.workspace import open_workspace

FIRMWARE = ("2.4.0", "2.4.1", "v2.5", "2.4 SP1", "", "?", 'BIOS "1\\x"', "AOS v3.9.4 / App v3.9.3")


def statements() -> list[Statement]:
    texts = ("<= 2.4.0", "vers:all/*", "< 2.4 SP2", "2.4.1", "<= 2.4.1 with Web Server")
    return [
        Statement(
            advisory_id=f"A{at % 4}",
            leaf_id=str(at),
            status="affected" if at % 5 else "fixed",
            vulnerabilities=(f"CVE-2026-{at:04}",),
            vendor="Corvane Energy",
            product=f"CBC-{at % 7}00 Cabinet Controller",
            version_text=texts[at % len(texts)],
        )
        for at in range(40)
    ]


def fleet(count: int) -> list[Component]:
    return [
        Component(
            component_id=f"C{at}\t\u00fc",
            manufacturer="Corvane Energy",
            model=f"CBC-{at % 9}00 Cabinet Controller",
            part="" if at % 3 else "controller",
            firmware=FIRMWARE[at % len(FIRMWARE)],
        )
        for at in range(count)
    ]


def one_by_one(components: list[Component]) -> bytes:
    matches = matching.Matcher(statements()).match(components)
    return "".join(map(match_line, matches)).encode()


def silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def write_csv(path: Path, components: list[Component]) -> None:
    names = ("component_id", "manufacturer", "model", "part", "firmware")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([getattr(one, name) for name in names] for one in components)


def test_lines_are_those_of_single_matches() -> None:
    components = fleet(200)

    lines = b"".join(lines_of(Index(lambda: matching.Matcher(statements())), components))

    assert lines == one_by_one(components)
    assert lines.count(b"\n") > 400


def test_two_processes_write_what_one_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    components = fleet(5000)
    monkeypatch.setattr(match_many, "_can_fork", lambda: True)

    lines = b"".join(lines_of(Index(lambda: matching.Matcher(statements())), components))

    assert lines == one_by_one(components)


def test_second_process_that_dies_leaves_its_part_to_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    components = fleet(5000)
    monkeypatch.setattr(match_many, "_can_fork", lambda: True)
    monkeypatch.setattr(match_many, "_serve", lambda *_: os._exit(9))

    lines = b"".join(lines_of(Index(lambda: matching.Matcher(statements())), components))

    assert lines == one_by_one(components)


def test_kept_statements_say_what_fresh_ones_say() -> None:
    components = fleet(200)
    data = matching.dump(matching.prepare(statements(), {}))

    kept = matching.load(data)

    assert kept is not None
    assert b"".join(lines_of(Index(lambda: matching.Matcher(kept)), components)) == one_by_one(
        components
    )


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_statements_worked_out_in_parts_say_what_fresh_ones_say(parts: int) -> None:
    components = fleet(200)
    remedies = {
        f"A{at}": [
            Remedy(f"CBC-{product}00 Cabinet Controller: update to version 2.6.{product} or later")
            for product in range(7)
        ]
        for at in range(4)
    }
    fresh = matching.prepare(statements(), remedies)
    said = matching.draft(fresh, ALWAYS)

    shares = [matching.worked_out(said, part=part, parts=parts) for part in range(parts)]
    kept = matching.load(matching.joined(said, shares))

    assert kept is not None
    lines = b"".join(lines_of(Index(lambda: matching.Matcher(kept)), components))
    assert lines == b"".join(lines_of(Index(lambda: matching.Matcher(fresh)), components))
    assert b"2.6.1" in lines


def test_kept_statements_that_are_damaged_or_of_another_time_are_made_again() -> None:
    times = Times(since="2026-01-01T00:00:00Z", until="2026-02-01T00:00:00Z")
    data = matching.dump(matching.prepare(statements(), {}), times)
    damaged = data[:-3] + b"abc"

    found = [matching.load(data, as_of=f"2026-0{month}-01T00:00:00Z") for month in (1, 2)]

    assert [one is not None for one in found] == [True, False]
    assert matching.load(damaged, as_of="2026-01-15T00:00:00Z") is None
    assert matching.load(b"", as_of="2026-01-15T00:00:00Z") is None


PLAIN = (
    *("2.4.0", "2.4", "2.4.1", "2.5", "2.3.9", "3.0", "1.0", "0.1", "20.1", "2.4.0.1", "v2.4.1"),
    *("2.40", "2.04", "2.400", "2.4.00", "2016.3", "2.4.2000", "02.4.0", "2.4.0.0", "999.999"),
)


def answered_beforehand(folder: Path) -> Answered:
    prepared = matching.prepare(statements(), {})
    pages = matching.answered(prepared, matching.named(prepared), encoded)
    file = folder / "book"
    file.write_bytes(matching.book_of(pages, ALWAYS))
    return Answered(open_book(file, reading(Answers)))


def test_what_is_answered_beforehand_is_what_matching_says(tmp_path: Path) -> None:
    known = answered_beforehand(tmp_path)
    components = [
        Component(
            component_id=f"C{at}",
            manufacturer="Corvane Energy",
            model=f"CBC-{at % 7}00 Cabinet Controller",
            firmware=version,
        )
        for at, version in enumerate(PLAIN * 7)
    ]

    index = Index(lambda: matching.Matcher(statements()), known)

    assert b"".join(map(index.lines, components)) == one_by_one(components)
    assert sum(known.lines(one) is not None for one in components) > len(components) / 2


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_stay_the_same_whatever_byte_of_a_book_is_damaged(
    tmp_path: Path, data: st.DataObject
) -> None:
    file = tmp_path / "book"
    if not file.exists():
        answered_beforehand(tmp_path)
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = tmp_path / "damaged"
    other.write_bytes(whole[:at] + bytes((whole[at] ^ 1 << at % 8,)) + whole[at + 1 :])
    components = [one for one in fleet(80) if not one.part]

    book = open_book(other, reading(Answers))
    index = Index(lambda: matching.Matcher(statements()), Answered(book))

    head_ends = 40 + int.from_bytes(whole[32:40], "big")
    assert (book is None) == (at < head_ends)
    assert b"".join(map(index.lines, components)) == one_by_one(components)


def test_book_that_was_cut_short_is_no_book(tmp_path: Path) -> None:
    answered_beforehand(tmp_path)
    file = tmp_path / "book"
    whole = file.read_bytes()

    for size in (0, 20, 39, 60, len(whole) - 300, len(whole) - 1):
        file.write_bytes(whole[:size])
        assert open_book(file, reading(Answers)) is None


def test_what_a_run_met_is_known_to_the_next_one_with_other_ids(tmp_path: Path) -> None:
    file = tmp_path / "a.prepared"
    keep = partial(keep_met, file, Answered(), lambda: ALWAYS)
    index = Index(lambda: matching.Matcher(statements()), keep=keep)
    first = b"".join(lines_of(index, fleet(200)))
    book = open_book(file.with_suffix(".met"), reading(Seen))
    again = Index(lambda: pytest.fail("it was looked at again"), Answered(None, book))

    others = [
        msgspec.structs.replace(one, component_id=f'"{one.component_id}"') for one in fleet(200)
    ]

    assert b"".join(map(again.lines, fleet(200))) == first
    assert b"".join(map(again.lines, others)) == one_by_one(others)


def test_what_people_decided_on_is_not_taken_from_what_was_found_beforehand(tmp_path: Path) -> None:
    known = answered_beforehand(tmp_path)
    component = Component(
        component_id="C1",
        manufacturer="Corvane Energy",
        model="CBC-100 Cabinet Controller",
        firmware="2.4.0",
    )
    decisions = [
        {"component_id": subject, "advisory_id": "A1", "answer": "no", "decided_at": "2026-01-01"}
        for subject in ("C1", "Corvane Energy|CBC-100 Cabinet Controller")
    ]
    assert b'"A1"' in (known.lines(component) or b"")

    for decision in decisions:
        matcher = matching.Matcher(statements(), decisions=[decision])
        index = Index(repeat(matcher).__next__, known, decisions=[decision])

        assert b'"A1"' not in index.lines(component)


def test_documents_are_prepared_once_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(match_index, "FEWEST_TO_KEEP", 1)
    advisory = tmp_path / "record.json"
    advisory.write_text(json.dumps(_record("2.4.1")), "utf-8")
    inventory = tmp_path / "fleet.csv"
    write_csv(inventory, fleet(20))

    first = b"".join(match_lines(inventory, [advisory], moment=None, progress=silent))
    monkeypatch.setattr(
        match_index, "make_files", lambda *_, **__: pytest.fail("it was read again")
    )
    again = b"".join(match_lines(inventory, [advisory], moment=None, progress=silent))
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    advisory.write_text(json.dumps(_record("2.6")), "utf-8")
    changed = b"".join(match_lines(inventory, [advisory], moment=None, progress=silent))

    assert first == again
    assert b"CVE-2026-0001" in first
    assert changed != first


def test_what_a_digest_file_objected_to_is_told_where_it_lies_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(match_index, "FEWEST_TO_KEEP", 1)
    inventory = tmp_path / "fleet.csv"
    write_csv(inventory, fleet(20))
    folders = [tmp_path / name / "advisories" for name in ("contradicted", "plain")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(json.dumps(_record("2.4.1")), "utf-8")
    (folders[0] / "record.json.sha256").write_text(f"{'0' * 64}  record.json\n", "utf-8")
    told = []

    for folder in (*folders, *folders):
        words: list[str] = []
        list(match_lines(inventory, [folder], moment=None, progress=silent, tell=words.append))
        told.append([word for word in words if "sha256" in word])

    assert [bool(words) for words in told] == [True, False, True, False]


def test_few_components_leave_nothing_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder, inventory = tmp_path / "advisories", tmp_path / "fleet.csv"
    folder.mkdir()
    (folder / "record.json").write_text(json.dumps(_record("2.4.1")), "utf-8")
    (folder / "other.json").write_text("[1", "utf-8")
    write_csv(inventory, fleet(20))

    words: list[str] = []
    list(match_lines(inventory, [folder], moment=None, progress=silent, tell=words.append))

    assert any("other.json" in word for word in words)
    assert not list((tmp_path / "cache").rglob("*.*"))


def test_workspace_keeps_what_it_prepared_until_something_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(match_index, "FEWEST_TO_KEEP", 1)
    workspace, inventory = tmp_path / "w", tmp_path / "fleet.csv"
    write_csv(inventory, fleet(20))
    for name, end in (("one", "2.4.1"), ("two", "2.6")):
        (tmp_path / f"{name}.json").write_text(json.dumps(_record(end)), "utf-8")
    match = ["match", "--inventory", str(inventory), "--workspace", str(workspace)]
    run(["init", str(workspace)])
    found = []

    for name in ("one", "two"):
        run(["feeds", "import", str(tmp_path / f"{name}.json"), "--workspace", str(workspace)])
        for _ in range(2):
            capfdbinary.readouterr()
            assert run(match) == 0
            found.append(capfdbinary.readouterr().out)

    assert found[0] == found[1] != found[2] == found[3]
    assert len(list((workspace / ".state" / "derived").glob("*.prepared"))) == 2


def test_few_components_of_a_workspace_are_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, inventory = tmp_path / "w", tmp_path / "fleet.csv"
    write_csv(inventory, fleet(20))
    record = _record("2.4.1", datePublished="2026-01-01T00:00:00.000Z")
    (tmp_path / "one.json").write_text(json.dumps(record), "utf-8")
    run(["init", str(workspace)])
    run(["feeds", "import", str(tmp_path / "one.json"), "--workspace", str(workspace)])
    opened = open_workspace(workspace)
    early, late = (
        opened.moment(datetime(year, 11, 16, tzinfo=UTC), as_of=None, known_at=None)
        for year in (2020, 2030)
    )

    first = b"".join(match_lines(inventory, opened, moment=late, progress=silent))
    before = b"".join(match_lines(inventory, opened, moment=early, progress=silent))
    again = b"".join(match_lines(inventory, opened, moment=late, progress=silent))
    kept = {path.suffix for path in (workspace / ".state" / "derived").iterdir()}
    monkeypatch.setattr(OfWorkspace, "__call__", lambda _: pytest.fail("it was read again"))
    last = b"".join(match_lines(inventory, opened, moment=late, progress=silent))

    assert b"CVE-2026-0001" in first
    assert b"CVE-2026-0001" not in before
    assert first == again == last
    assert kept == {".met"}


def test_cache_that_cannot_be_written_costs_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(match_index, "FEWEST_TO_KEEP", 1)
    advisory = tmp_path / "record.json"
    advisory.write_text(json.dumps(_record("2.4.1")), "utf-8")
    inventory = tmp_path / "fleet.csv"
    write_csv(inventory, fleet(20))

    lines = b"".join(match_lines(inventory, [advisory], moment=None, progress=silent))

    assert b"CVE-2026-0001" in lines


def _record(end: str, **about: str) -> dict[str, object]:
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {"cveId": "CVE-2026-0001", "state": "PUBLISHED", **about},
        "containers": {
            "cna": {
                "providerMetadata": {"orgId": "0"},
                "descriptions": [{"lang": "en", "value": "A weakness of the cabinet."}],
                "affected": [
                    {
                        "vendor": "Corvane Energy",
                        "product": "CBC-100 Cabinet Controller",
                        "versions": [
                            {
                                "version": "0",
                                "lessThan": end,
                                "status": "affected",
                                "versionType": "custom",
                            }
                        ],
                    }
                ],
            }
        },
    }
