"""Bring a document of somebody else's into the register, after showing how it would be read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cellwarden import collect
from cellwarden.advisories.identity.vendors import maker_names
from cellwarden.collect.values import register_kinds
from cellwarden.model.errors import InputError, SourceError, StoreError
from cellwarden.store.objects import write_durably
from cellwarden.workflows.workspace import Workspace

_OWNER_ALONE: Final = 0o600
_HOLD_SECRETS: Final = "# They hold secrets as their devices wrote them: not for git.\n"
_SPECIAL: Final = re.compile(r"[*?\[\]\\ ]")
"""What means something in a line of a .gitignore."""
MAPPING_SUFFIX: Final = ".mapping.toml"
"""What is put behind the name of a register file for the name of its column mapping."""


def preview_file(
    file: Path, *, kind: str | None = None, mapping: Path | None = None
) -> collect.Preview:
    """How a document would be read; nothing is recorded.

    Where nobody understands its headings, a column mapping to be completed is written beside it.

    Raises:
        InputError: the file or the mapping cannot be used, or there is no such kind.
        SourceError: nothing in it can be read; says where the mapping to be completed lies.
    """
    if kind is not None and kind not in register_kinds():
        raise InputError(
            f"--kind {kind}: it is none of {', '.join(register_kinds())}",
            advice="`cellwarden register kinds` says what each of them is",
        )
    given = _mapping(mapping)
    try:
        return collect.preview(_name_of(file), _bytes(file), given, kind=kind, makers=maker_names())
    except collect.UnmappedError as error:
        if mapping is not None:
            raise SourceError(
                f"{error} (read with {mapping})",
                advice=f"correct the headings, header_line or sheet in {mapping}",
            ) from error
        raise _with_skeleton(file, error) from error


def require_rows(preview: collect.Preview) -> None:
    """Refuse a document that would bring nothing: an empty register looks like a healthy one.

    Raises:
        SourceError: it would not bring a single row.
    """
    if any(preview.counts.values()):
        return
    if preview.problems:
        advice = "mend what is listed above, or correct the column mapping and give it by --mapping"
        raise SourceError(f"{preview.file}: not one of its rows could be read", advice=advice)
    raise SourceError(
        f"{preview.file} holds no rows",
        advice="write rows under the headings, or look whether this is the right file or sheet",
    )


def bring_in(
    workspace: Workspace, file: Path, *, kind: str | None = None, mapping: Path | None = None
) -> tuple[Path, ...]:
    """Copy a document into the register, with its column mapping beside it where it has one.

    The mapping is a TOML file that people can correct; the next scan reads by it. One that is
    given is copied as it is. What holds secrets can be read by its owner alone, and the folder's
    ``.gitignore`` names it, because a register is kept in git.

    Raises:
        InputError: the register has another file of this name, or what is given cannot be used.
        SourceError: not one row of it can be read.
    """
    data = _bytes(file)
    # The folders of a configuration export say whose it is: they go with it.
    target = workspace.folder / workspace.settings.register.paths[0] / _name_of(file)
    if target.exists() and target.read_bytes() != data:
        raise InputError(
            f"{target} is there already with other content",
            advice="rename the new file, or remove the old one if this replaces it",
        )
    shown = preview_file(file, kind=kind, mapping=mapping)
    require_rows(shown)
    beside = target.with_name(target.name + MAPPING_SUFFIX)
    written = [target]
    target.parent.mkdir(parents=True, exist_ok=True)
    # The mapping first: a scan in between must not read the file by a guess.
    if mapping is not None:
        write_durably(beside, _bytes(mapping))
        written.append(beside)
    elif len(shown.mappings) == 1 and not beside.exists():
        write_durably(beside, collect.dump_mapping(shown.mappings[0]).encode("utf-8"))
        written.append(beside)
    if shown.holds_secrets:
        written.append(_ignored(target))
    write_durably(target, data, mode=_OWNER_ALONE if shown.holds_secrets else None)
    return tuple(written)


def _ignored(target: Path) -> Path:
    """Name a file in the ``.gitignore`` of its folder, and return that."""
    ignore = target.with_name(".gitignore")
    text = ignore.read_text("utf-8") if ignore.exists() else _HOLD_SECRETS
    line = "/" + _SPECIAL.sub(r"\\\g<0>", target.name)
    if line not in text.splitlines():
        write_durably(ignore, f"{text.rstrip()}\n{line}\n".encode())
    return ignore


def _name_of(file: Path) -> str:
    """The file's name, with the folders that tell of a configuration export whose it is."""
    parts = file.resolve().parts
    found = [i for i, part in enumerate(parts[:-1]) if part.casefold() in collect.CONFIGURATIONS]
    return "/".join(parts[found[-1] :]) if found else file.name


def _mapping(path: Path | None) -> collect.Mapping | None:
    if path is None:
        return None
    return collect.load_mapping(_bytes(path).decode("utf-8", errors="replace"), name=str(path))


def _with_skeleton(file: Path, error: collect.UnmappedError) -> SourceError:
    """The refusal of a document whose headings nobody knows, with a mapping to be completed."""
    skeleton = file.with_name(file.name + MAPPING_SUFFIX)
    found = "is there from before and was not changed"
    if not skeleton.exists():
        text = collect.mapping_skeleton(error, file.name)
        try:
            write_durably(skeleton, text.encode("utf-8"))
        except (OSError, StoreError):
            return SourceError(
                f"{error}; a column mapping could not be written to {skeleton}",
                advice="copy the file to a folder of your own and call this again",
            )
        found = "was written with the headings found"
    command = f"cellwarden register import {shlex.quote(str(file))}"
    return SourceError(
        f"{error}; {skeleton} {found}",
        advice=f"complete it, then `{command} --mapping {shlex.quote(str(skeleton))} --dry-run`",
    )


def refuse_one_mapping_for_all(files: Sequence[Path], mapping: Path | None) -> None:
    """Refuse a mapping for several documents: it speaks of the headings of one.

    Raises:
        InputError: there are several documents and a mapping.
    """
    if mapping is not None and len(files) > 1:
        raise InputError(
            f"{mapping} is the mapping of one file, and {len(files)} are named",
            advice="import that file by itself, and the others without --mapping",
        )


def _bytes(file: Path) -> bytes:
    if file.is_dir():
        raise InputError(
            f"{file} is a folder",
            advice=f"name the files in it, for example {file}/*",
        )
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: {error.strerror}", advice="check the path and that you may read it"
        ) from error
