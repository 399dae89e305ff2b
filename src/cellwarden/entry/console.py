"""The terminal: results on stdout, messages and progress on stderr, colour only where wanted."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cellwarden.model.errors import CellwardenError
from cellwarden.reports.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cellwarden.workflows.workspace import Progress

_NARROWEST: Final = 60
_WIDEST: Final = 120


def width() -> int:
    """Columns to write to: the terminal's, between 60 and 120; 80 where there is none."""
    return max(_NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))


def wants_colour() -> bool:
    """Whether stdout is a terminal that takes colour (https://no-color.org)."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def say(text: str) -> None:
    """Write a result to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def show(renderable: RenderableType) -> None:
    """Write a result that has a shape to stdout: in colour on a terminal, else as plain text."""
    if not wants_colour():
        from cellwarden.reports.terminal import plain

        say(plain(renderable, width=width()))
        return
    from rich.console import Console

    Console(width=width(), highlight=False, markup=False, emoji=False).print(renderable)


def tell(text: str) -> None:
    """Write a message to stderr."""
    sys.stderr.write(text + "\n")


def complain(error: CellwardenError) -> None:
    """Write an error: cause and place, then the next step; nothing in it can steer a terminal."""
    lines = [printable(line) for line in str(error).splitlines()] or [""]
    tell("\n".join([f"cellwarden: {lines[0]}", *lines[1:]]))
    tell(f"  next: {printable(error.advice)}")


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on stderr for long work; silent where stderr is no terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda stage, done, total: None  # noqa: ARG005 - the names are the protocol
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]  # TaskID is an int

        yield report
