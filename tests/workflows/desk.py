"""A small vendor desk: a workspace with two vendors, one partner and a few parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from cellwarden.entry.cli import run
from cellwarden.workflows.fleet.register import record_register
from cellwarden.workflows.workspace import Workspace, open_workspace

CLOCK: Final = "2026-11-16T09:00:00.000000Z"
TODAY: Final = date(2026, 11, 16)
ASKED: Final = date(2026, 10, 1)

REGISTER: Final = {
    "parties.csv": """party_id,name,country,role
HELIO,Helio Power GmbH,DE,manufacturer;firmware_maintainer
BARGE,Barge Energy Ltd,GB,manufacturer
RIGGER,Rigger Services Ltd,GB,service_partner
""",
    "sites.csv": "site_id,name,criticality\nS1,North,high\nS2,South,low\n",
    "assets.csv": """asset_id,site_id,manufacturer,model
S1-CAB,S1,Helio Power,H-9
S2-CAB,S2,Barge Energy,B-1
""",
    "components.csv": """component_id,asset_id,role,manufacturer,model,firmware,signed_updates,grade
S1-CAB/ctl,S1-CAB,controller,Helio Power,H-9 Controller,3.1,yes,tested
S2-CAB/ctl,S2-CAB,controller,Barge Energy,B-1 Controller,1.0,no,tested
""",
    "relationships.csv": """relationship_id,party_id,role,of_party_id,valid_from_on
R1,RIGGER,service_partner,HELIO,2025-01-01
""",
}


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def desk_in(folder: Path, **more: str) -> Workspace:
    """Make the workspace and read its register; ``more`` are further files by kind."""
    (folder / "register").mkdir(parents=True)
    (folder / "cellwarden.toml").write_text(
        '[workspace]\noperator = "Desk"\nas_of = "2026-11-16"\n', "utf-8"
    )
    files = REGISTER | {f"{kind}.csv": text for kind, text in more.items()}
    for name, text in files.items():
        (folder / "register" / name).write_text(text, "utf-8")
    workspace = open_workspace(folder)
    read_register(workspace)
    return workspace


def read_register(workspace: Workspace) -> None:
    """Record what is new in the register."""
    with workspace.open_state() as state:
        outcome = record_register(workspace, state, clock_at=CLOCK, actor="tester", progress=quiet)
    assert outcome.problems == ()


def empty(folder: Path, settings_text: str = "") -> Workspace:
    """A workspace as `init` makes it, with more settings behind its own."""
    assert run(["init", str(folder), "--operator", "Testers"]) == 0
    path = folder / "cellwarden.toml"
    path.write_text(path.read_text("utf-8") + settings_text, "utf-8")
    return open_workspace(folder)
