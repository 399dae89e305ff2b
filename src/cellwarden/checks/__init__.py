"""The checks: subjects as SQL, one predicate a file, and the engine that judges them."""

from cellwarden.checks.check import Check, catalogue_sha256, load_catalogue
from cellwarden.checks.compiled import CompiledChecks, compile_checks, compiled_catalogue
from cellwarden.checks.deadlines import set_deadlines
from cellwarden.checks.exceptions import accept
from cellwarden.checks.judge import CheckCount, Judgement, judge, uncovered
from cellwarden.checks.pages import page, rows
from cellwarden.checks.standing import counted, evidence_of, standings, with_accepted
from cellwarden.checks.subject import Subjects

__all__ = [
    "Check",
    "CheckCount",
    "CompiledChecks",
    "Judgement",
    "Subjects",
    "accept",
    "catalogue_sha256",
    "compile_checks",
    "compiled_catalogue",
    "counted",
    "evidence_of",
    "judge",
    "load_catalogue",
    "page",
    "rows",
    "set_deadlines",
    "standings",
    "uncovered",
    "with_accepted",
]
