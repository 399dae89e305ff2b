"""Compiled checks: what their files alone decide, worked out before there are rows to judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from cellwarden.checks import verdict_sql
from cellwarden.checks.check import Check, load_catalogue, mentioned
from cellwarden.checks.subject import subject_named
from cellwarden.model.ids import CheckId


class CompiledChecks(msgspec.Struct, frozen=True, kw_only=True):
    """Checks by topic and id, the columns that each mentions, and the SELECT of each subject.

    A SELECT gives the verdicts of the checks on its subject, in the order of their ids (see
    ``verdict_sql.verdicts_sql``). Reading predicates takes longer than judging a small fleet.
    """

    checks: tuple[Check, ...]
    mentioned: dict[CheckId, tuple[str, ...]]
    selects: dict[str, str]

    def about(self, subject: str) -> list[Check]:
        """The checks on one subject, in the order of their columns."""
        return _on(subject, self.checks)


def compile_checks(checks: Sequence[Check]) -> CompiledChecks:
    """Read the predicates of checks and put together what DuckDB is asked."""
    return CompiledChecks(
        checks=tuple(checks),
        mentioned={check.id: mentioned(check) for check in checks},
        selects={
            name: verdict_sql.verdicts_sql(subject_named(name), _on(name, checks))
            for name in sorted({check.subject for check in checks})
        },
    )


def _on(subject: str, checks: Sequence[Check]) -> list[Check]:
    return sorted((one for one in checks if one.subject == subject), key=lambda one: one.id)


def compiled_catalogue(extra: Sequence[Path] = ()) -> CompiledChecks:
    """Every check that we ship and those in further folders, compiled.

    Raises:
        InputError: as ``load_catalogue``.
    """
    return compile_checks(load_catalogue(extra))
