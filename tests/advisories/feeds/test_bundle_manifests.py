"""Bundles that have lost their manifest, and archives that never had one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.conftest import anyone_may_act

from cellwarden.advisories.feeds import BundleMeta, documents, export_bundle, is_bundle
from cellwarden.model.advisories import Document
from cellwarden.model.errors import IntegrityError
from cellwarden.workflows.fleet.init import init_workspace

VEX = json.dumps(
    {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://corvane.example/vex/1",
        "author": "Corvane Energy",
        "timestamp": "2026-11-01T00:00:00Z",
        "version": 1,
        "statements": [
            {
                "vulnerability": {"name": "CV-1"},
                "products": [{"@id": "pkg:generic/corvane/cv-1@1.0"}],
                "status": "affected",
            }
        ],
    }
).encode()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with one document."""
    meta = BundleMeta(exported_at="2026-11-16T08:00:00Z", made_by="cellwarden", feeds=())
    path = tmp_path / "bundle.zip"
    path.write_bytes(export_bundle([Document(name="1.json", data=VEX)], meta))
    return path


def without(bundle: Path, *names: str) -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
    path = bundle.with_name("stripped.zip")
    path.write_bytes(packed.getvalue())
    return path


@pytest.mark.parametrize("names", [("MANIFEST.json",), ("MANIFEST.json", "SHA256SUMS")])
def test_a_bundle_that_has_lost_its_manifest_is_no_plain_archive(
    bundle: Path, names: tuple[str, ...]
) -> None:
    stripped = without(bundle, *names)

    with pytest.raises(IntegrityError, match=r"has lost its MANIFEST\.json"):
        list(documents([stripped]))


def test_an_archive_of_others_with_a_readme_of_its_own_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "csaf.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "advisories of the maker")
        archive.writestr("SHA256SUMS", "")
        archive.writestr("1.json", VEX)

    assert not is_bundle(path)
    assert [document.name for document in documents([path])] == ["csaf.zip/1.json"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cellwarden", "feeds", "import", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_an_import_tells_of_a_bare_archive_and_refuses_it_where_a_manifest_is_asked_for(
    bundle: Path, tmp_path: Path
) -> None:
    fleet = tmp_path / "fleet"
    init_workspace(fleet, operator="Northgate")
    anyone_may_act(fleet)
    bare = str(without(bundle, "MANIFEST.json", "SHA256SUMS", "README.txt"))

    refused = run("-w", str(fleet), "--require-manifest", bare)
    taken = run("-w", str(fleet), "--require-manifest", str(bundle))
    told = run("-w", str(fleet), bare)

    assert [done.returncode for done in (refused, taken, told)] == [2, 0, 0]
    assert "stripped.zip is no bundle with a manifest" in refused.stderr
    assert "manifest" not in taken.stderr
    assert "stripped.zip: without a manifest" in told.stderr
