"""Importing files of the Global LEI System: what is kept, what ends, what waits for a person."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from tests.vendors.gleif.written import (
    DELTA,
    ULTIMATE,
    Entity,
    Link,
    Record,
    Silence,
    lei,
    put,
    sheet,
    xml,
)
from tests.workflows.desk import CLOCK, TODAY, desk_in, quiet, read_register
from typer.testing import CliRunner

from cellwarden.entry.cli import whole_app
from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.moments import Moment
from cellwarden.vendors.parties.graph import circular_ownership
from cellwarden.workflows.vendor.identify import candidates, identify
from cellwarden.workflows.vendor.import_gleif import Imported, import_gleif, import_if_changed
from cellwarden.workflows.vendor.parties import exposed_to, party_in, profile_in, read_field
from cellwarden.workflows.vendor.screen_register import hits, screen_register
from cellwarden.workflows.workspace import Workspace, open_workspace

HELIO: Final = lei("HELIO")
GROUP: Final = lei("HELIOGROUP")
TOP: Final = lei("TOPHOLDING")
FAR: Final = lei("FARAWAY")
BARGE: Final = lei("BARGE")
PARTIES: Final = f"""party_id,name,country,role,lei
HELIO,Helio Power GmbH,DE,manufacturer;firmware_maintainer,{HELIO}
BARGE,Barge Energy Ltd,GB,manufacturer,
RIGGER,Rigger Services Ltd,GB,service_partner,
"""
ENTITIES: Final[list[Record]] = [
    Entity(lei=HELIO, name="Helio Power GmbH"),
    Entity(lei=GROUP, name="Helio Group AG"),
    Entity(lei=TOP, name="Top Holding Ltd", country="KY"),
    Entity(lei=FAR, name="Far Away SA", country="FR"),
    Entity(lei=BARGE, name="Barge Energy Limited", country="GB"),
]
LINKS: Final[list[Record]] = [
    Link(child=HELIO, parent=GROUP),
    Link(child=HELIO, parent=TOP, type=ULTIMATE),
    Link(child=GROUP, parent=TOP),
    Link(child=FAR, parent=GROUP),
]


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    workspace = desk_in(tmp_path / "desk")
    (workspace.folder / "register" / "parties.csv").write_text(PARTIES, "utf-8")
    read_register(workspace)
    return workspace


def imported(workspace: Workspace, *paths: Path, **more: Any) -> Imported:
    return import_gleif(workspace, paths, clock_at=CLOCK, actor="tester", progress=quiet, **more)


def rows_of(workspace: Workspace, kind: str) -> list[dict[str, Any]]:
    with workspace.open_state() as state, closing(state.connect(as_of="9999")) as connection:
        cursor = connection.execute(f'select * from "{kind}" order by subject')
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def written(folder: Path, *, content: str = "GLEIF_FULL_PUBLISHED") -> tuple[Path, Path]:
    return (
        put(folder, "20261102-lei2.xml", xml(ENTITIES, content=content)),
        put(folder, "20261102-rr.xml", xml(LINKS, content=content)),
    )


def test_what_concerns_the_register_is_kept_with_all_that_stands_above(
    desk: Workspace, tmp_path: Path
) -> None:
    done = imported(desk, *written(tmp_path))

    parties = {row["party_id"] for row in rows_of(desk, "party")}
    assert parties == {"HELIO", "BARGE", "RIGGER", GROUP, TOP}, "Far Away concerns nobody here"
    assert done.above == 2
    assert done.parties == 1
    stakes = {(row["party_id"], row["owner_id"], row["kind"]) for row in rows_of(desk, "ownership")}
    assert stakes == {
        ("HELIO", GROUP, "direct"),
        ("HELIO", TOP, "ultimate"),
        (GROUP, TOP, "direct"),
    }


def test_consolidation_is_control_without_a_percentage(desk: Workspace, tmp_path: Path) -> None:
    imported(desk, *written(tmp_path))

    for row in rows_of(desk, "ownership"):
        assert (row["percent_low"], row["percent_high"]) == (None, None)
        assert row["is_controlling"] == "yes"
        assert (row["basis"], row["grade"]) == ("consolidation", "documented")
        assert row["since_on"] == "2019-07-01"
        assert row["known_from"].startswith("GLEIF level 2, 2026-11-02, sha256 ")
    field = read_field(desk, as_of=TODAY)
    found = exposed_to(field, "KY")
    assert found.sites_at_least == ("S1",), "who consolidates counts as who controls"
    assert field.graph.unaccounted("HELIO") == 100, "and no share is proven by it"


def test_the_registers_own_word_stands_and_blanks_are_filled(
    desk: Workspace, tmp_path: Path
) -> None:
    entities: list[Record] = [Entity(lei=HELIO, name="Helio Energie GmbH", country="AT")]
    imported(desk, put(tmp_path, "20261102-lei2.xml", xml(entities)))

    (helio,) = (row for row in rows_of(desk, "party") if row["party_id"] == "HELIO")
    assert (helio["name"], helio["country"]) == ("Helio Power GmbH", "DE")
    assert helio["registered_name"] == "Helio Energie GmbH"
    assert helio["registered_country"] == "AT"
    assert helio["lei_status"] == "ISSUED"
    assert helio["lei_grade"] == "documented"


@pytest.mark.parametrize("form", ["xml", "csv", "csv.zip"])
def test_a_second_import_of_the_same_files_records_nothing(
    desk: Workspace, tmp_path: Path, form: str
) -> None:
    make = xml if form == "xml" else sheet
    paths = (
        put(tmp_path, f"20261102-lei2-golden-copy.{form}", make(ENTITIES)),
        put(tmp_path, f"20261102-rr-golden-copy.{form}", make(LINKS)),
    )

    first, second = imported(desk, *paths), imported(desk, *paths)

    assert first.entry is not None
    assert second.entry is None
    with desk.open_state() as state:
        acts = [entry.act for _, entry in state.entries()]
        assert acts.count("import-gleif") == 1
        assert list(state.problems()) == []


def test_a_parent_that_a_newer_whole_file_leaves_out_has_ended(
    desk: Workspace, tmp_path: Path
) -> None:
    imported(desk, *written(tmp_path))
    (tmp_path / "new").mkdir()
    newer: list[Record] = [Link(child=HELIO, parent=FAR, since="2026-11-10")]

    done = imported(desk, put(tmp_path / "new", "20261112-rr.xml", xml(newer, day="2026-11-12")))

    assert done.entry is not None
    owners = {(row["party_id"], row["owner_id"]) for row in rows_of(desk, "ownership")}
    assert owners == {("HELIO", FAR)}
    assert {row["party_id"] for row in rows_of(desk, "party")} == {"HELIO", "BARGE", "RIGGER"}
    before = read_field(desk, as_of=date(2026, 11, 5))
    assert {stake.owner for stake in before.stakes} == {GROUP, TOP}, "it was so until then"


def test_a_file_of_changes_ends_only_what_it_names(desk: Workspace, tmp_path: Path) -> None:
    imported(desk, *written(tmp_path))
    changes: list[Record] = [Link(child=HELIO, parent=TOP, type=ULTIMATE, state="INACTIVE")]

    imported(
        desk,
        put(tmp_path, "20261103-rr.xml", xml(changes, content=DELTA, day="2026-11-03")),
    )

    stakes = {(row["party_id"], row["owner_id"]) for row in rows_of(desk, "ownership")}
    assert stakes == {("HELIO", GROUP), (GROUP, TOP)}


def test_an_older_file_than_what_is_on_record_is_refused(desk: Workspace, tmp_path: Path) -> None:
    imported(desk, *written(tmp_path))
    old = put(tmp_path, "20260901-rr.xml", xml(LINKS, day="2026-09-01"))

    with pytest.raises(InputError, match="on record already"):
        imported(desk, old)


def test_parents_in_a_circle_end_the_climb_and_are_told(desk: Workspace, tmp_path: Path) -> None:
    ring: list[Record] = [
        Link(child=HELIO, parent=GROUP),
        Link(child=GROUP, parent=TOP),
        Link(child=TOP, parent=HELIO),
        Link(child=TOP, parent=TOP, type=ULTIMATE),
    ]
    imported(desk, put(tmp_path, "20261102-rr.xml", xml(ring)))

    circles = circular_ownership(read_field(desk, as_of=TODAY).stakes)

    assert circles == (tuple(sorted(("HELIO", GROUP, TOP))),)


def test_a_parent_not_named_is_unknown_with_its_reason(desk: Workspace, tmp_path: Path) -> None:
    silence: list[Record] = [
        Silence(lei=HELIO, reason="NO_KNOWN_PERSON"),
        Silence(
            lei=HELIO,
            reason="NON_CONSOLIDATING",
            category="ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
        ),
        Silence(lei=FAR, reason="NATURAL_PERSONS"),
    ]
    imported(desk, put(tmp_path, "20261102-repex.xml", xml(silence)))

    field = read_field(desk, as_of=TODAY)
    profile = profile_in(field, party_in(field, "HELIO"))

    assert {(one.kind, one.reason) for one in profile.unnamed} == {
        ("direct", "NO_KNOWN_PERSON"),
        ("ultimate", "NON_CONSOLIDATING"),
    }
    assert any("100 %" in line for line in profile.unknown), "no owner is known, and none excluded"


def test_a_parent_that_is_named_later_ends_the_silence(desk: Workspace, tmp_path: Path) -> None:
    silence: list[Record] = [Silence(lei=HELIO, reason="NON_PUBLIC")]
    imported(desk, put(tmp_path, "20261101-repex.xml", xml(silence, day="2026-11-01")))

    imported(desk, *written(tmp_path))

    assert rows_of(desk, "unnamed_parent") == []


def test_an_lei_that_a_whole_file_does_not_hold_is_not_listed(
    desk: Workspace, tmp_path: Path
) -> None:
    done = imported(desk, put(tmp_path, "20261102-lei2.xml", xml(ENTITIES[1:])))

    (helio,) = (row for row in rows_of(desk, "party") if row["party_id"] == "HELIO")
    assert helio["lei_status"] == "NOT_LISTED"
    assert done.missing == (HELIO,)


def test_a_name_is_a_weak_candidate_until_a_person_says_so(desk: Workspace, tmp_path: Path) -> None:
    paths = written(tmp_path)
    imported(desk, *paths)
    moment = Moment(as_of=TODAY.isoformat())

    (one,) = candidates(desk, moment)
    assert (one["party_id"], one["lei"]) == ("BARGE", BARGE)
    assert "same legal form" in (one["why"] or "")
    assert not any(row["lei"] == BARGE for row in rows_of(desk, "party")), "nothing is taken over"

    identify(
        desk, "BARGE", BARGE, is_same=True, reason="register no. 0555", on=TODAY,
        clock_at=CLOCK, actor="ana",
    )  # fmt: skip
    imported(desk, *paths)

    (barge,) = (row for row in rows_of(desk, "party") if row["party_id"] == "BARGE")
    assert (barge["lei"], barge["lei_status"]) == (BARGE, "ISSUED")
    assert candidates(desk, moment) == []


def test_a_no_is_remembered(desk: Workspace, tmp_path: Path) -> None:
    paths = written(tmp_path)
    imported(desk, *paths)

    identify(
        desk, "BARGE", BARGE, is_same=False, reason="another register", on=TODAY,
        clock_at=CLOCK, actor="ana",
    )  # fmt: skip
    imported(desk, *paths)

    assert candidates(desk, Moment(as_of=TODAY.isoformat())) == []
    assert not any(row["lei"] == BARGE for row in rows_of(desk, "party"))


def test_a_no_takes_an_earlier_yes_back(desk: Workspace, tmp_path: Path) -> None:
    paths = written(tmp_path)
    for is_same in (True, False):
        identify(
            desk, "BARGE", BARGE, is_same=is_same, reason="register", on=TODAY,
            clock_at=CLOCK, actor="ana",
        )  # fmt: skip
        imported(desk, *paths)

    (barge,) = (row for row in rows_of(desk, "party") if row["party_id"] == "BARGE")
    assert barge["lei"] is None
    assert barge["registered_name"] is None


@pytest.mark.parametrize("bad", ["X", HELIO[:-2] + "00"])
def test_a_yes_needs_an_lei_and_a_reason(desk: Workspace, bad: str) -> None:
    with pytest.raises(InputError, match="is no LEI"):
        identify(desk, "BARGE", bad, is_same=True, reason="x", on=TODAY, clock_at=CLOCK, actor="a")
    with pytest.raises(InputError, match="no reason"):
        identify(
            desk, "BARGE", BARGE, is_same=True, reason=" ", on=TODAY, clock_at=CLOCK, actor="a"
        )


def test_records_that_cannot_be_used_are_unreadable_facts_and_stop_nothing(
    desk: Workspace, tmp_path: Path
) -> None:
    broken: list[Record] = [*ENTITIES, Entity(lei=HELIO[:-1] + "0", name="Wrong digits")]

    done = imported(desk, put(tmp_path, "20261102-lei2.xml", xml(broken)))

    (row,) = (r for r in rows_of(desk, "unreadable") if r["source"] == "gleif")
    assert row["file"] == "20261102-lei2.xml"
    assert "check digits" in row["reason"]
    assert [one.unusable for one in done.files] == [1]


def test_a_damaged_file_leaves_the_ledger_as_it_was(desk: Workspace, tmp_path: Path) -> None:
    entities, links = written(tmp_path)
    links.write_text(links.read_text("utf-8")[:-60], "utf-8")
    with desk.open_state() as state:
        before = state.log.size()

    with pytest.raises(SourceError):
        imported(desk, entities, links)

    with desk.open_state() as state:
        assert state.log.size() == before


def test_of_two_parties_with_one_lei_the_one_of_that_name_gets_the_parents(
    desk: Workspace, tmp_path: Path
) -> None:
    twice = PARTIES.replace("Barge Energy Ltd,GB,manufacturer,", f"Barge Energy Ltd,GB,,{HELIO}")
    (desk.folder / "register" / "parties.csv").write_text(twice, "utf-8")
    read_register(desk)

    imported(desk, *written(tmp_path))

    assert {row["party_id"] for row in rows_of(desk, "ownership")} == {"HELIO", GROUP}
    status = {row["party_id"]: row["registered_name"] for row in rows_of(desk, "party")}
    assert status["BARGE"] == "Helio Power GmbH", "so that everybody sees whose LEI that is"


def test_all_keeps_everybody_and_has_a_bound(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = imported(desk, *written(tmp_path), everything=True)
    assert FAR in {row["party_id"] for row in rows_of(desk, "party")}
    assert done.above == 4

    monkeypatch.setattr("cellwarden.workflows.vendor.read_gleif.MOST_KEPT", 2)
    with pytest.raises(InputError, match="more than 2"):
        imported(desk, *written(tmp_path), everything=True)


_IMPORTING: Final = """
    import sys
    from pathlib import Path
    from cellwarden.workflows.vendor.import_gleif import import_gleif
    from cellwarden.workflows.workspace import open_workspace
    print("ready", flush=True)
    import_gleif(open_workspace(Path(sys.argv[1])), [Path(p) for p in sys.argv[2:]],
        clock_at="2026-11-16T09:00:00Z", actor="t", progress=lambda s, d, t: None)
"""


def test_an_import_that_is_killed_leaves_all_or_nothing(desk: Workspace, tmp_path: Path) -> None:
    paths = written(tmp_path)
    rest = random.Random(5)  # noqa: S311 - when to kill, nothing secret
    whole = 0
    for turn in range(6):
        folder = tmp_path / f"turn{turn}"
        shutil.copytree(desk.folder, folder)
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_IMPORTING), str(folder), *map(str, paths)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rest.uniform(0, 0.2) * turn)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        again = Workspace(folder=folder, settings=desk.settings)

        done = imported(again, *paths)

        whole += done.entry is None
        with again.open_state() as state:
            assert [e.act for _, e in state.entries()].count("import-gleif") == 1
            assert list(state.problems()) == []
        assert len(rows_of(again, "ownership")) == 3
    assert whole < 6, "at least one was killed before it had recorded"


_WHOLE_IMPORT: Final = """
    import resource, sys
    from pathlib import Path
    from cellwarden.workflows.vendor.import_gleif import import_gleif
    from cellwarden.workflows.workspace import open_workspace
    def run(*paths):
        return import_gleif(open_workspace(Path(sys.argv[1])), [Path(p) for p in paths],
            clock_at="2026-11-16T09:00:00Z", actor="t", progress=lambda s, d, t: None)
    run(*sys.argv[2:4])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = run(*sys.argv[4:])
    print(sum(one.records for one in done.files),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_files(desk: Workspace, tmp_path: Path) -> None:
    some: list[Record] = [Link(child=lei(f"C{n}"), parent=lei(f"P{n}")) for n in range(1_000)]
    others: list[Record] = [Entity(lei=lei(f"C{n}"), name=f"Somebody {n}") for n in range(1_000)]
    head, first, rest = sheet([*LINKS, *some]).partition(f'"{lei("C0")}"')
    links = put(tmp_path, "20261103-rr-golden-copy.csv", head + (first + rest) * 100)
    head, first, rest = sheet([*ENTITIES, *others]).partition(f'"{lei("C0")}"')
    entities = put(tmp_path, "20261103-lei2-golden-copy.csv", head + (first + rest) * 100)
    small = [str(path) for path in written(tmp_path)]

    files = [*small, str(links), str(entities)]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_WHOLE_IMPORT), str(desk.folder), *files],
        capture_output=True,
        text=True,
        check=True,
    )

    records, grown_kib = map(int, done.stdout.split())
    assert records > 200_000
    assert grown_kib < 60_000, f"{grown_kib} KiB more"


def test_the_command_tells_what_came_and_what_waits(desk: Workspace, tmp_path: Path) -> None:
    where = ["-w", str(desk.folder)]
    files = [str(path) for path in written(tmp_path)]

    done = CliRunner().invoke(whole_app(), ["vendor", "import-gleif", *files, *where])
    waiting = CliRunner().invoke(whole_app(), ["vendor", "candidates", *where])
    said = CliRunner().invoke(
        whole_app(), ["vendor", "identify", "BARGE", BARGE, "--reason", "register no. 0555", *where]
    )

    assert done.exit_code == waiting.exit_code == said.exit_code == 0, done.output
    assert "level 2 of 2026-11-02 (whole): 4 records" in done.stdout
    assert BARGE in waiting.stdout
    assert max(map(len, done.stdout.splitlines() + waiting.stdout.splitlines())) <= 80


def test_a_scan_imports_what_the_settings_name_and_only_what_is_new(desk: Workspace) -> None:
    (desk.folder / "identifiers").mkdir()
    written(desk.folder / "identifiers")
    settings = (desk.folder / "cellwarden.toml").read_text("utf-8")
    (desk.folder / "cellwarden.toml").write_text(
        settings + '[vendors]\nidentifiers = ["identifiers"]\n', "utf-8"
    )
    opened = open_workspace(desk.folder)
    with opened.open_state() as state:
        sizes = []
        for _ in range(2):
            problems = import_if_changed(opened, state, clock_at=CLOCK, actor="t", progress=quiet)
            assert problems == ()
            sizes.append(state.log.size())
        assert sizes[0] == sizes[1]
        (opened.folder / "identifiers" / "20261109-rr.xml").write_text("<broken", "utf-8")
        (problem,) = import_if_changed(opened, state, clock_at=CLOCK, actor="t", progress=quiet)
        assert "20261109-rr.xml" in str(problem)


def test_a_listed_parent_that_consolidates_is_a_review_and_never_a_match_or_nothing(
    desk: Workspace, tmp_path: Path
) -> None:
    imported(desk, *written(tmp_path))
    listed = tmp_path / "list-2026-11-01.csv"
    listed.write_text("id,name,country,list\nT-1,Top Holding Ltd,KY,Test list\n", "utf-8")

    screen_register(desk, [listed], on=TODAY, clock_at=CLOCK, actor="tester")

    found = {
        row["party_id"]: (row["decision"], row["low_percent"], row["high_percent"])
        for row in hits(desk, Moment(as_of=TODAY.isoformat()))
        if row["list"] == "ownership"
    }
    assert found == {"HELIO": ("review", "0", "100"), GROUP: ("review", "0", "100")}


def test_an_owner_that_consolidates_leaves_no_room_for_a_country_nobody_named(
    desk: Workspace, tmp_path: Path
) -> None:
    before = {
        way.why
        for way in exposed_to(read_field(desk, as_of=TODAY), "AQ").possible
        if way.path[0].entity == "HELIO"
    }
    imported(desk, *written(tmp_path))

    after = exposed_to(read_field(desk, as_of=TODAY), "AQ").possible

    assert before == {"owner of 100 % not known"}
    doubts = {way.path[-1].entity: way.why for way in after if way.path[0].entity == "HELIO"}
    partner = doubts.pop("RIGGER")
    assert partner == "owner of 100 % not known", "its owners are another question"
    assert doubts == {TOP: "owner of 100 % not known"}, "only who owns the top is open"


def test_names_that_only_an_lei_record_gives_are_screened_and_their_source_is_said(
    desk: Workspace, tmp_path: Path
) -> None:
    entities: list[Record] = [
        Entity(lei=HELIO, name="Okavara Energie AG", others=("Grünfeld Batterie", "Zorbex Cells")),
    ]
    imported(desk, put(tmp_path, "20261102-lei2.xml", xml(entities)))
    listed = put(
        tmp_path,
        "denied-2026-11-01.csv",
        "list,id,name,country\nDenied,D-1,Okavara Energie AG,DE\nDenied,D-2,ZORBEX CELLS,DE\n",
    )

    screen_register(desk, (listed,), on=TODAY, clock_at=CLOCK, actor="tester")

    found = {row["list_id"]: row for row in hits(desk, Moment(as_of="9999"))}
    assert {row["party_id"] for row in found.values()} == {"HELIO"}
    assert found["D-1"]["name"] == "Okavara Energie AG"
    assert "which GLEIF level 1, 2026-11-02, sha256 " in (found["D-1"]["features"] or "")
    assert found["D-2"]["decision"] == "match"
    (screened,) = (row for row in rows_of(desk, "screened_name") if "Grünfeld" in row["name"])
    assert screened["name_id"] == "also:HELIO:Grünfeld Batterie"
