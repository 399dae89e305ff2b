"""The check catalogue as people look at it: all checks, or one whole."""

from __future__ import annotations

from pathlib import Path

from cellwarden import checks, frameworks
from cellwarden.checks.pages import pages
from cellwarden.model.errors import InputError
from cellwarden.store.objects import write_durably
from cellwarden.workflows.fleet.scan import own_check_folders
from cellwarden.workflows.workspace import SETTINGS_NAME, open_workspace


def all_checks(folder: Path) -> tuple[checks.Check, ...]:
    """The catalogue, with a workspace's own checks where the folder is one."""
    if not (folder / SETTINGS_NAME).exists():
        return checks.load_catalogue()
    return checks.load_catalogue(extra=own_check_folders(open_workspace(folder)))


def check_page(folder: Path, wanted: str) -> str:
    """One check as its documentation page (Markdown).

    Raises:
        InputError: there is no such check; names close ones.
    """
    known = {str(check.id): check for check in all_checks(folder)}
    if wanted not in known:
        close = [name for name in known if wanted.casefold() in name][:5]
        raise InputError(
            f"there is no check {wanted!r}",
            advice="did you mean " + ", ".join(close) + "?" if close else "see `checks list`",
        )
    return checks.page(known[wanted], frameworks.controls_for)


def write_pages(folder: Path, target: Path) -> int:
    """Write a documentation page for every check, and an index; returns how many files.

    Raises:
        StoreError: the disk refused.
    """
    texts = pages(all_checks(folder), frameworks.controls_for)
    for name, text in texts.items():
        write_durably(target / name, text.encode("utf-8"))
    return len(texts)
