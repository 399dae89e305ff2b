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
        found = (check for check in self.checks if check.subject == subject)
        return sorted(found, key=lambda check: check.id)


def compile_checks(checks: Sequence[Check]) -> CompiledChecks:
    """Read the predicates of checks and put together what DuckDB is asked."""
    by_subject: dict[str, list[Check]] = {}
    for check in sorted(checks, key=lambda one: one.id):
        by_subject.setdefault(check.subject, []).append(check)
    return CompiledChecks(
        checks=tuple(checks),
        mentioned={check.id: mentioned(check) for check in checks},
        selects={
            name: verdict_sql.verdicts_sql(subject_named(name), by_subject[name])
            for name in sorted(by_subject)
        },
    )


def compiled_catalogue(extra: Sequence[Path] = ()) -> CompiledChecks:
    """Every check that we ship and those in further folders, compiled.

    Raises:
        InputError: as ``load_catalogue``.
    """
    return compile_checks(load_catalogue(extra))
