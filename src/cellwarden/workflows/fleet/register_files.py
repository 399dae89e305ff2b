"""The register's files: which there are, and what lies there that nobody can look into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.model.errors import SourceError
from cellwarden.workflows.workspace import Workspace

_PASSED_OVER: Final = frozenset({".md", ".toml"})


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in the register: files that can be opened, in order, and what hides from us.

    ``shut`` are the sources, or the folders of sources, behind ``problems``: what they said before
    goes on holding, since nobody can tell that they say something else now.
    """

    files: tuple[Path, ...]
    problems: tuple[SourceError, ...]
    shut: tuple[str, ...]

    def may_hold(self, source: str) -> bool:
        """Whether a source may still be there, in what could not be looked into."""
        return any(source == one or source.startswith(f"{one}/") for one in self.shut)


def list_register(workspace: Workspace) -> Listing:
    """Look through the folders of ``register.paths``; hidden files, notes and mappings stay out.

    Links to files are followed, links to folders are not: one that leads out of the register is
    told, one that leads back into it loses nothing.
    """
    files: list[Path] = []
    problems: dict[str, SourceError] = {}
    for name in workspace.settings.register.paths:
        folder = workspace.folder / name
        for path, problem in sorted(_looked_through(folder), key=lambda one: one[0]):
            source = path.relative_to(workspace.folder).as_posix()
            error = _shut(source, problem) if problem else _why_not(path, source)
            if error is None:
                files.append(path)
            else:
                problems[source] = error
    return Listing(files=tuple(files), problems=tuple(problems.values()), shut=tuple(problems))


def _looked_through(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Every file below a folder, and every folder that cannot be listed, with the reason."""
    refused: list[OSError] = []
    for here, folders, names in os.walk(folder, onerror=refused.append):
        links = [Path(here, one) for one in folders if Path(here, one).is_symlink()]
        folders[:] = [one for one in folders if not _is_hidden(one)]
        for link in links:
            if not _is_hidden(link.name) and not _leads_back(link, folder):
                yield link, "it is a link to a folder, which is not followed"
        for one in names:
            if not _is_hidden(one) and Path(one).suffix not in _PASSED_OVER:
                yield Path(here, one), None
    for error in refused:
        yield Path(error.filename or folder), error.strerror or str(error)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~"))


def _leads_back(link: Path, folder: Path) -> bool:
    target, own = link.resolve(), folder.resolve()
    return target.is_relative_to(own) or own.is_relative_to(target)


def _shut(source: str, reason: str) -> SourceError:
    return SourceError(
        f"{source} cannot be looked into: {reason}",
        advice="mount it, let this user read it, or lay its files themselves into the register; "
        "what it said before goes on holding until then",
    )


def _why_not(path: Path, source: str) -> SourceError | None:
    """Why a file cannot be opened; a pipe is not tried, since nobody may ever write into it."""
    try:
        if path.is_symlink() and not path.exists():
            return SourceError(
                f"{source} is a link to a file that is not there",
                advice="bring back what it leads to, or delete the link and end what it said",
            )
        if path.is_file():
            path.open("rb").close()
            return None
    except OSError as error:
        return SourceError(
            f"{source} cannot be opened: {error.strerror or error}",
            advice="let this user read it, or take it out of the register",
        )
    return SourceError(
        f"{source} is no file but a pipe, a socket or a device",
        advice="write what comes out of it into a file, and take it out of the register",
    )
