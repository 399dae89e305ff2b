"""Evidence packs of the example, made once; and what an attacker does to one."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from cellwarden.ledger.notes import Note, encode_note
from cellwarden.reports.evidence import packing, verify
from cellwarden.workflows.evidence.evidence_pack import Exported, Wanted, export_pack
from cellwarden.workflows.fleet.scan import scan
from cellwarden.workflows.ledger.ledger_keys import init_ledger_key
from cellwarden.workflows.workspace import Workspace, open_workspace

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SMALL = Wanted(framework="iec-62443-3-2", site_id="NG3")


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def export(workspace: Workspace, target: Path, wanted: Wanted = SMALL) -> Exported:
    return export_pack(
        workspace,
        target,
        wanted,
        as_of=workspace.as_of(NOW),
        now=NOW,
        actor="tester",
        progress=quiet,
    )


def files_of(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def manifest_text(pack: Mapping[str, bytes]) -> str:
    """What of a pack's manifest is signed."""
    return pack["manifest.note"].decode().rpartition("\n\n")[0] + "\n"


def unsigned(text: str) -> bytes:
    """A note without a signature."""
    return encode_note(Note(text=text, signatures=()))


def resealed(files: Mapping[str, bytes]) -> bytes:
    """The pack that an attacker makes of these files: manifest and zip fit them again."""
    _, origin, about = manifest_text(files).splitlines()[:3]
    rest = {name: data for name, data in files.items() if name != "manifest.note"}
    return packing.zipped(rest | {"manifest.note": unsigned(packing.manifest(origin, about, rest))})


def complaint(pack: bytes, folder: Path, *keys: str) -> str:
    """What the verifier says of a pack that doesn't hold."""
    path = folder / "changed.zip"
    path.write_bytes(pack)
    with pytest.raises(verify.Bad) as caught:
        verify.verify(str(path), keys)
    return str(caught.value)


class Packed(NamedTuple):
    """A pack, the workspace that made it, and the fingerprint of its ledger's key."""

    workspace: Workspace
    path: Path
    done: Exported

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def fingerprint(self) -> str:
        return self.done.keys[0].fingerprint


@pytest.fixture(scope="session")
def signed_fleet(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The example, scanned, with a key of its own."""
    folder = tmp_path_factory.mktemp("evidence") / "northgate"
    shutil.copytree(
        root / "examples" / "northgate", folder, ignore=shutil.ignore_patterns(".state", "reports")
    )
    workspace = open_workspace(folder)
    init_ledger_key(
        workspace,
        origin="northgate.example/ledger",
        actor="tester",
        clock_at="2026-11-23T09:00:00.000000Z",
    )
    scan(workspace, now=NOW, actor="tester", asked_as_of=None, progress=quiet)
    return workspace


@pytest.fixture(scope="session")
def small(signed_fleet: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """A pack about one framework at one site."""
    path = tmp_path_factory.mktemp("packs") / "small.zip"
    return Packed(signed_fleet, path, export(signed_fleet, path))


@pytest.fixture(scope="session")
def whole(
    signed_fleet: Workspace, small: Packed, tmp_path_factory: pytest.TempPathFactory
) -> Packed:
    """A pack of everything, which proves the export before it as well."""
    assert small.done.entry
    path = tmp_path_factory.mktemp("packs") / "whole.zip"
    return Packed(signed_fleet, path, export(signed_fleet, path, Wanted(with_sources=True)))
