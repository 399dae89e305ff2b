"""The command vendor rules: laws with dates, and whom they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cellwarden.entry.console import say, width
from cellwarden.entry.words import HERE, AsOfOption, KnownAtOption, WorkspaceOption, now
from cellwarden.model.errors import InputError

if TYPE_CHECKING:
    from cellwarden.workflows.vendor.dated_rules import Ruled


def rules(
    *,
    rule: Annotated[str | None, typer.Option("--rule", help="One rule; all, if not given.")] = None,
    output_format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Rules with dates: to whom each applies, to whom not and why, and what cannot be told."""
    if output_format not in {"text", "json"}:
        raise InputError(f"--format {output_format}: unknown", advice="use text or json")
    from cellwarden.reports.rules_text import rules_text
    from cellwarden.workflows.vendor.dated_rules import rules_at
    from cellwarden.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    found = [
        _plain(one)
        for one in rules_at(opened, opened.moment(now(), as_of=as_of, known_at=known_at), rule)
    ]
    if output_format == "json":
        import msgspec

        say(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    say(rules_text(found, width=width()))


def _plain(one: Ruled) -> dict[str, Any]:
    """One rule as it is shown: its source, the day looked at, and three lists."""
    day = [step for step in one.rule.steps if step.from_on <= one.on]
    step = day[-1] if day else one.rule.steps[0]
    made: dict[str, Any] = {
        "id": one.rule.id,
        "title": one.rule.title,
        "citation": one.rule.source.citation,
        "url": one.rule.source.url,
        "verified": one.rule.verified,
        "checked_on": one.rule.checked_on,
        "checked_by": one.rule.checked_by,
        "on": one.on,
        "from_on": step.from_on,
        "force": "in force" if day else f"in {(step.from_on - one.on).days} days, not in force",
        "step": step.says,
        "steps": [{"from_on": s.from_on, "says": s.says} for s in one.rule.steps],
    }
    for answer in ("yes", "unknown", "no"):
        made[answer] = [
            {
                "id": concerned.id,
                "name": concerned.name,
                "says": _says(judged),
                "broken": judged.broken.value,
                "why": judged.why,
                "missing": judged.missing,
                "not_shown": judged.not_shown,
            }
            for concerned, judged in one.judged
            if judged.applies.value == answer
        ]
    return made


def _says(judged: Any) -> str:
    if judged.applies.value == "no":
        return "; ".join(judged.why)
    parts = []
    if judged.broken.value == "yes":
        parts.append("BROKEN")
    if judged.missing:
        parts.append(f"not known: {', '.join(judged.missing)}")
    if judged.not_shown:
        parts.append(f"not on record: {', '.join(judged.not_shown)}")
    return "; ".join(parts) or "; ".join(judged.why)


def add_to(group: typer.Typer) -> None:
    """Put this command into the group vendor."""
    group.command()(rules)
