"""Bring a document of somebody else's into the register, after showing how it would be read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cellwarden import collect
from cellwarden.model.errors import InputError
from cellwarden.store.objects import write_durably
from cellwarden.workflows.workspace import Workspace


def preview_file(
    file: Path, *, kind: str | None = None, mapping: Path | None = None
) -> collect.Preview:
    """How a document would be read; nothing is recorded.

    Raises:
        InputError: the file cannot be opened, or there is no such kind.
        SourceError: nothing in it can be read.
    """
    return collect.preview(file.name, _bytes(file), _mapping(file, kind, mapping))


def bring_in(
    workspace: Workspace, file: Path, *, kind: str | None = None, mapping: Path | None = None
) -> tuple[Path, ...]:
    """Copy a document into the register, with its column mapping beside it where it has one.

    The mapping is a TOML file that people can correct; the next scan reads by it.

    Raises:
        InputError: the register has another file of this name.
    """
    data = _bytes(file)
    target = workspace.folder / workspace.settings.register.paths[0] / file.name
    if target.exists() and target.read_bytes() != data:
        raise InputError(
            f"{target} is there already with other content",
            advice="rename the new file, or remove the old one if this replaces it",
        )
    shown = collect.preview(file.name, data, _mapping(file, kind, mapping))
    write_durably(target, data)
    written = [target]
    if len(shown.mappings) == 1:
        beside = target.with_name(target.name + ".mapping.toml")
        if not beside.exists():
            write_durably(beside, collect.dump_mapping(shown.mappings[0]).encode("utf-8"))
            written.append(beside)
    return tuple(written)


def _mapping(file: Path, kind: str | None, mapping: Path | None) -> collect.Mapping | None:
    """The mapping that was given, or one that only forces the kind."""
    if mapping is not None:
        return collect.load_mapping(_bytes(mapping).decode("utf-8", errors="replace"))
    if kind is None:
        return None
    shown = collect.preview(file.name, _bytes(file))
    guess = shown.mappings[0].columns if shown.mappings else {}
    header = [*guess, *shown.unmapped]
    try:
        suggested = collect.suggest_mapping(header, kind)
    except (KeyError, ValueError, msgspec.ValidationError) as error:
        raise InputError(
            f"--kind {kind}: {error}", advice="`cellwarden register kinds` lists the kinds"
        ) from error
    return suggested


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: {error.strerror}", advice="check the path and that you may read it"
        ) from error
