"""How the report of a run is kept: what many findings say alike stands in it once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from cellwarden.model.findings import Finding
from cellwarden.model.report import Exposure, Report

_BARE_FINDING: Final = {
    "topic": "",
    "title": "",
    "subject_kind": "",
    "why_it_matters": "",
    "remedy": "",
    "requirements": (),
    "controls": (),
}
"""What a check says in each of its findings, which is most of their size."""
_BARE_EXPOSURE: Final = {"title": "", "arithmetic": ()}
"""What an advisory says in each of its exposures, and the lines of their arithmetic."""


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the place of the bare parts of a finding."""

    topic: str
    title: str
    subject_kind: str
    why_it_matters: str
    remedy: str
    requirements: tuple[str, ...]
    controls: tuple[str, ...]


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A report with bare findings and exposures, and what belongs to each of them, by number.

    ``of_findings`` are places in ``words``, ``of_exposures`` places in ``lines``: of the title
    and of each line of the arithmetic.
    """

    report: Report
    words: tuple[_Words, ...]
    of_findings: tuple[int, ...]
    lines: tuple[str, ...]
    of_exposures: tuple[tuple[int, ...], ...]


def packed(report: Report) -> bytes:
    """A report as it is kept."""
    words: dict[_Words, int] = {}
    lines: dict[str, int] = {}
    of_findings = tuple(words.setdefault(_words(one), len(words)) for one in report.findings)
    of_exposures = tuple(
        tuple(lines.setdefault(line, len(lines)) for line in (one.title, *one.arithmetic))
        for one in report.exposures
    )
    bare = msgspec.structs.replace(
        report,
        findings=tuple(msgspec.structs.replace(one, **_BARE_FINDING) for one in report.findings),
        exposures=tuple(msgspec.structs.replace(one, **_BARE_EXPOSURE) for one in report.exposures),
    )
    return msgspec.json.encode(
        _Kept(
            report=bare,
            words=tuple(words),
            of_findings=of_findings,
            lines=tuple(lines),
            of_exposures=of_exposures,
        )
    )


def _words(finding: Finding) -> _Words:
    return _Words(**{name: getattr(finding, name) for name in _BARE_FINDING})


def unpacked(data: bytes) -> Report:
    """What :func:`packed` made.

    Raises:
        msgspec.ValidationError: it is of another version.
    """
    kept = msgspec.json.decode(data, type=_Kept)
    return msgspec.structs.replace(
        kept.report,
        findings=tuple(_findings(kept.report.findings, kept.of_findings, kept.words)),
        exposures=tuple(_exposures(kept.report.exposures, kept.of_exposures, kept.lines)),
    )


def _findings(
    bare: Sequence[Finding], of_findings: Sequence[int], words: Sequence[_Words]
) -> Iterable[Finding]:
    cells = [msgspec.structs.asdict(one) for one in words]
    for one, at in zip(bare, of_findings, strict=True):
        yield msgspec.structs.replace(one, **cells[at])


def _exposures(
    bare: Sequence[Exposure], of_exposures: Sequence[tuple[int, ...]], lines: Sequence[str]
) -> Iterable[Exposure]:
    for one, (title, *arithmetic) in zip(bare, of_exposures, strict=True):
        yield msgspec.structs.replace(
            one,
            title=lines[title],
            arithmetic=tuple(lines[at] for at in arithmetic),
        )
