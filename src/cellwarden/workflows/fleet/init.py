"""Make a new workspace: settings, register templates with their columns, an advisory folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from cellwarden import collect
from cellwarden.collect.values import register_kinds
from cellwarden.model.errors import InputError
from cellwarden.workflows.workspace import SETTINGS_NAME, Workspace

_TEMPLATES: Final = (
    "site",
    "asset",
    "component",
    "product",
    "party",
    "release",
    "dependency",
    "support",
    "declaration",
    "window",
    "exception",
)

_SETTINGS: Final = """\
# Settings of this workspace. docs/workspace.md explains each of them.

[workspace]
operator = "{operator}"
# as_of = "2026-11-16"        # fix the time that scans speak for; without it, now

[register]
paths = ["register"]          # files that people edit: CSV, XLSX, YAML, CycloneDX, NUT, SNMP ...

[feeds]
paths = ["advisories"]        # CSAF, CVE, NVD, KEV, EPSS, OpenVEX; folders, files, archives
required = ["advisories"]     # a scan ends with 3 where one of these never came or is too old

[feeds.max_age_days]          # an older feed is stale, and says so
advisories = 30
exploited = 7
likelihood = 7
ssvc = 30

[ledger]                      # entries are never changed, so who acted is a pseudonym, not a name;
actors = ["operator"]         # actors.csv says who is behind each, and that can be erased. Any
                              # other word is refused; without --actor it is the operator

[gate]
fail_on = []                  # for example ["critical", "known_exploited"]
"""

_IGNORED: Final = (
    "# Derived from the register and the feeds, or private to this machine.\n.state/\nreports/\n"
)


def init_workspace(folder: Path, *, operator: str) -> tuple[Path, ...]:
    """Make a workspace in a new or empty-of-settings folder and return the files made.

    Raises:
        InputError: there is a workspace already, or the folder cannot be written.
    """
    if (folder / SETTINGS_NAME).exists():
        raise InputError(
            f"{folder} is a workspace already",
            advice=f"scan it with `cellwarden scan {folder}`, or choose another folder",
        )
    files = {
        folder / SETTINGS_NAME: _SETTINGS.format(operator=_quoted(operator)),
        folder / ".gitignore": _IGNORED,
        **{
            folder / "register" / collect.file_name(kind): collect.template(kind)
            for kind in _TEMPLATES
        },
    }
    try:
        (folder / "register").mkdir(parents=True, exist_ok=True)
        (folder / "advisories").mkdir(exist_ok=True)
        for path, text in files.items():
            if not path.exists():
                path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(
            f"cannot make a workspace in {folder}: {error.strerror}",
            advice="choose a folder that you may write to",
        ) from error
    return tuple(files)


def write_templates(workspace: Workspace, wanted: Sequence[str]) -> tuple[Path, ...]:
    """Write an empty register file for each kind, named as people name it; returns the files.

    A kind may be named as itself or as its file: ``document`` or ``documents``. Nothing is written
    where one of them is no kind or its file is there already.

    Raises:
        InputError: there is no such kind, a file is there already, or the disk refused.
    """
    known = {kind: kind for kind in register_kinds()}
    known |= {collect.file_name(kind).removesuffix(".csv"): kind for kind in known}
    made: dict[Path, str] = {}
    for name in wanted:
        kind = known.get(name.strip().casefold())
        if kind is None:
            close = get_close_matches(name, known, n=3)
            raise InputError(
                f"the register knows no kind {name!r}",
                advice=f"did you mean {', '.join(close)}?"
                if close
                else "`cellwarden register kinds` lists them",
            )
        path = workspace.folder / workspace.settings.register.paths[0] / collect.file_name(kind)
        if path.exists():
            raise InputError(
                f"{path} is there already", advice="add rows to it, or give it another name first"
            )
        made[path] = collect.template(kind)
    try:
        for path, text in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write {error.filename}: {error.strerror}",
            advice="choose a workspace that you may write to",
        ) from error
    return tuple(made)


def _quoted(text: str) -> str:
    """Text as the inside of a TOML basic string; JSON writes controls and quotes as TOML does."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
