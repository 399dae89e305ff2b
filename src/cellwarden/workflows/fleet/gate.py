"""The gate: which findings make a scan end with 1, by severity, by property, or by policy file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.findings import Finding, Severity, Verdict
from cellwarden.model.report import FeedAge, Report
from cellwarden.workflows.fleet.sources import what_is_wrong

PROPERTIES: Final = ("known_exploited", "no_fix", "support_ended", "unknown")
"""What ``--fail-on`` takes beside severities; ``unknown`` means any verdict that is unknown."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of a policy file: a finding that meets everything that it names fails the gate.

    ``severity`` means this one and worse. ``sites``, ``checks`` and ``vendors`` name the ones
    meant; empty means all. ``because`` is shown when the rule fails.
    """

    because: str
    severity: Severity | None = None
    properties: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule that names nothing or a property that nothing has."""
        if self.severity is None and not (self.properties or self.checks):
            raise ValueError("a rule needs a severity, properties or checks")
        for name in self.properties:
            if name not in PROPERTIES:
                raise ValueError(f"{name!r} is no property; there are {', '.join(PROPERTIES)}")


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy file: rules, any of which can fail the gate."""

    rule: tuple[Rule, ...]


class GateFailure(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that failed and the findings that made it fail."""

    because: str
    findings: tuple[Finding, ...]


def rules_from_words(words: Sequence[str]) -> tuple[Rule, ...]:
    """Rules for ``--fail-on high --fail-on known-exploited``.

    Raises:
        InputError: a word is neither a severity nor a property.
    """
    rules = []
    for word in words:
        name = word.strip().lower().replace("-", "_")
        if name in PROPERTIES:
            rules.append(Rule(because=f"--fail-on {word}", properties=(name,)))
        elif name in {severity.value for severity in Severity}:
            rules.append(Rule(because=f"--fail-on {word}", severity=Severity(name)))
        else:
            severities = ", ".join(severity.value for severity in Severity)
            raise InputError(
                f"--fail-on {word}: no severity and no property has this name",
                advice=f"use one of {severities}, {', '.join(PROPERTIES).replace('_', '-')}",
            )
    return tuple(rules)


def load_policy(path: Path) -> tuple[Rule, ...]:
    """The rules of a policy file (TOML, a table ``[[rule]]`` for each).

    Raises:
        InputError: the file cannot be read; says where and why.
    """
    try:
        policy = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Policy)
    except msgspec.ValidationError as error:
        severities = ", ".join(severity.value for severity in Severity)
        raise InputError(
            f"policy {path}: {_in_words(str(error))}",
            advice=f"a severity is one of {severities}; docs/workspace.md shows a policy file",
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"policy {path}: {error}", advice="docs/workspace.md shows a policy file"
        ) from error
    return policy.rule


def _in_words(message: str) -> str:
    """What is wrong and where, as people count: ``rule 2, severity``."""
    told, sign, path = message.partition(" - at `$")
    found = re.fullmatch(r"\.rule\[(\d+)\]\.?(\w*).*`", path)
    if not sign or found is None:
        return message
    place = f"rule {int(found[1]) + 1}" + (f", {found[2]}" if found[2] else "")
    return f"{place}: {told}"


def refuse_unknown_names(rules: Sequence[Rule], report: Report, checks: Collection[str]) -> None:
    """Stop where a rule names a check or a site that does not exist: it could never fail.

    Raises:
        InputError: names the first one, and what there is.
    """
    sites = {site.site_id for site in report.sites}
    for rule in rules:
        for kind, named, known in (("check", rule.checks, checks), ("site", rule.sites, sites)):
            for name in named:
                if name not in known:
                    raise InputError(
                        f"the policy rule {rule.because!r} names the {kind} {name!r}, which does"
                        " not exist",
                        advice=f"correct the name; {_named(kind, known)}",
                    )


def _named(kind: str, known: Collection[str]) -> str:
    """The names that there are, as far as they fit: ``sites are NG1, NG2``."""
    shown = ", ".join(sorted(known)[:12])
    if not known:
        return f"the register names no {kind}"
    return f"{kind}s are {shown}{' ...' if len(known) > 12 else ''}"  # noqa: PLR2004 - as shown


def failures(rules: Sequence[Rule], findings: Sequence[Finding]) -> tuple[GateFailure, ...]:
    """The rules that fail; an accepted finding never fails one."""
    failed = []
    for rule in rules:
        met = tuple(finding for finding in findings if _meets(finding, rule))
        if met:
            failed.append(GateFailure(because=rule.because, findings=met))
    return tuple(failed)


_RESTS_ON: Final = {"known_exploited": "exploited"}
"""The feed that a property needs; every other rule needs the advisories."""


def unjudged(
    rules: Sequence[Rule], feeds: Sequence[FeedAge], *, told: Collection[str] = ()
) -> SourceError | None:
    """Why a gate that found nothing has not passed: what it rests on is stale or never came.

    A green gate on old data is worse than a red one. Feeds in ``told`` have been refused already.
    """
    ages = {age.feed: age for age in feeds if age.feed not in told}
    wanted = {_RESTS_ON.get(name, "advisories") for rule in rules for name in rule.properties}
    wanted |= {"advisories" for rule in rules if rule.severity is not None}
    for feed in sorted(wanted & ages.keys()):
        if why := what_is_wrong(ages[feed]):
            return SourceError(
                f"the gate cannot be judged: {why}",
                advice="bring it up to date with `cellwarden feeds import` or `feeds sync`, or"
                " change feeds.max_age_days in cellwarden.toml",
            )
    return None


def _meets(finding: Finding, rule: Rule) -> bool:
    if finding.exception_id or finding.verdict not in {Verdict.FAIL, Verdict.UNKNOWN}:
        return False
    if rule.severity is not None and (
        finding.verdict is not Verdict.FAIL or finding.severity.rank > rule.severity.rank
    ):
        return False
    named = set(finding.properties)
    if finding.verdict is Verdict.UNKNOWN:
        named.add("unknown")
    if rule.properties and not named.intersection(rule.properties):
        return False
    return (
        (not rule.sites or finding.site_id in rule.sites)
        and (not rule.checks or finding.check in rule.checks)
        and (not rule.vendors or finding.vendor in rule.vendors)
    )
