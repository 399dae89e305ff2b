"""Commands about parties: vendor list, show, roles, behind, exposure, concentration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cellwarden.entry.commands.vendor_assessment import (
    FormatOption,
    VendorArgument,
    read_at,
    wants_json,
    write_json,
)
from cellwarden.entry.console import say, width
from cellwarden.entry.words import HERE, AsOfOption, KnownAtOption, WorkspaceOption


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group ``vendor``."""
    for command in (show, roles, behind, exposure, concentration):
        app.command()(command)
    app.command("list")(list_)


def list_(
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The parties of the register: tier with its reason, country and roles."""
    from cellwarden.reports.party_text import list_text
    from cellwarden.workflows.vendor.suppliers import suppliers

    opened, today, size = read_at(workspace, as_of, known_at)
    rows = suppliers(opened, as_of=today, known_at=size)
    if wants_json(output_format):
        write_json(rows)
        return
    say(list_text(rows, width=width()))


def show(
    vendor: VendorArgument,
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """One party: owners up to the last one known, what it touches here, what is unknown."""
    from cellwarden.reports.party_text import show_text
    from cellwarden.workflows.vendor.parties import party_in, profile_in

    field = _field(workspace, as_of, known_at)
    profile = profile_in(field, party_in(field, vendor))
    if wants_json(output_format):
        write_json(profile)
        return
    say(show_text(profile, width=width()))


def roles(
    about: Annotated[str | None, typer.Argument(help="A product, maker or party.")] = None,
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Whether the four roles of each product are filled, by whom, and who says so."""
    from cellwarden.reports.party_text import roles_text
    from cellwarden.workflows.vendor.parties import four_roles

    field = _field(workspace, as_of, known_at)
    found = four_roles(field, about)
    if wants_json(output_format):
        write_json(found)
        return
    say(roles_text(found, _names(field), width=width()))


def behind(
    name: Annotated[str, typer.Argument(help="A name on a logo, a product, or a party.")],
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Who stands behind a logo: its entities, their owners and suppliers, and what is unknown."""
    from cellwarden.reports.party_text import show_text
    from cellwarden.workflows.vendor.parties import profiles_behind

    field = _field(workspace, as_of, known_at)
    found = profiles_behind(field, name)
    if wants_json(output_format):
        write_json(found)
        return
    say("\n\n".join(show_text(one, width=width()) for one in found))


def exposure(
    *,
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, such as CN.")],
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Which sites depend on an entity in a country or owned from there, by which path."""
    from cellwarden.reports.party_text import exposure_text
    from cellwarden.workflows.vendor.parties import exposed_to

    field = _field(workspace, as_of, known_at)
    found = exposed_to(field, country)
    if wants_json(output_format):
        write_json(found)
        return
    say(exposure_text(found, _names(field), width=width()))


def concentration(
    *,
    output_format: FormatOption = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Who is shared by several vendors or sites; undisclosed tiers count as possibly shared."""
    from cellwarden.reports.party_text import concentration_text
    from cellwarden.workflows.vendor.parties import shared_in

    field = _field(workspace, as_of, known_at)
    found = shared_in(field)
    if wants_json(output_format):
        write_json(found)
        return
    say(concentration_text(found, _names(field), width=width()))


def _field(workspace: Path, as_of: str | None, known_at: str | None) -> Any:
    from cellwarden.workflows.vendor.parties import read_field

    opened, today, size = read_at(workspace, as_of, known_at)
    return read_field(opened, as_of=today, known_at=size)


def _names(field: Any) -> dict[str, str]:
    return {one.id: one.name for one in field.graph.entities.values()}
