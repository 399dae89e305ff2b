"""Pages about checks: one in Markdown for each, an index, and rows for a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cellwarden.checks.check import Check, Example, mentioned
from cellwarden.checks.deadlines import days_for
from cellwarden.checks.subject import Subject, subject_named, subjects
from cellwarden.model.findings import Verdict

ControlsFor = Callable[[tuple[str, ...]], tuple[str, ...]]

_FORM: Final = """\
A check is one TOML file, named after its id, in a folder named after its topic.

| key | what it holds |
|---|---|
| `title` | what is wrong, as a headline |
| `subject` | what it is about; the subjects and their columns stand in [subjects](subjects.md) |
| `asks` | the question, ending in a question mark |
| `why` | why it matters, for the person who runs the building |
| `applies` | to which rows it applies; left out where it applies to all |
| `violates` | when a row fails |
| `says` | the sentence of a finding; `{column}` stands for a cell |
| `remedy` | what to do |
| `severity` | critical, high, medium, low or info |
| `unknown_severity` | that of an unknown; one step lower where it is left out |
| `requirements` | ids of requirements that it serves |
| `properties` | known_exploited, no_fix, support_ended, unknown |
| `deadline` | `{ days = 30 }` from the first sighting, or `{ column = "deadline_on" }` |
| `examples` | rows and the verdict that each must get |

`applies` and `violates` use columns, literals, comparisons, AND, OR, NOT, IN, BETWEEN, LIKE and
`+ - *`, and nothing else. A cell that is not known makes the answer *unknown* wherever it matters:
there is no way to write a check that takes an unknown for a yes or a no.

A workspace names folders with checks of its own in `cellwarden.toml`.
"""


def rows(checks: Sequence[Check]) -> tuple[tuple[str, str, str, str], ...]:
    """Id, severity, topic and question of each check, for a list."""
    return tuple((c.id, c.severity.value, c.topic, c.asks) for c in checks)


def page(check: Check, controls_for: ControlsFor = lambda _: ()) -> str:
    """One check whole, as Markdown."""
    subject = subject_named(check.subject)
    controls = controls_for(check.requirements)
    lines = [
        f"# {check.title}",
        "",
        f"`{check.id}` · {check.topic} · severity {check.severity.value}",
        "",
        check.asks,
        "",
        "## Why it matters",
        "",
        check.why,
        "",
        "## How it is decided",
        "",
        f"One row is {subject.one_row_is}.",
        "",
        f"- applies where: `{check.applies}`" if check.applies else "- applies to every row",
        f"- fails where: `{check.violates}`",
        f"- unknown, severity {check.unknown_severity.value}, where what decides is not known:",
        *(f"  - `{name}`: {subject.says[name]}" for name in mentioned(check)),
        f"- due: {_due(check, subject)}",
        f"- says: {check.says}",
        "",
        "## What to do",
        "",
        check.remedy,
        "",
        "## Examples",
        "",
        "| verdict | what is known |",
        "|---|---|",
        *(_example(example) for example in check.examples),
        "",
        "## What it serves",
        "",
        "Requirements: " + (", ".join(check.requirements) or "none") + ".",
    ]
    if check.properties:
        lines += ["", "A gate can ask for: " + ", ".join(check.properties) + "."]
    if controls:
        lines += ["", "Controls (our own mapping):", "", *(f"- {name}" for name in controls)]
    return "\n".join(lines) + "\n"


def pages(checks: Sequence[Check], controls_for: ControlsFor) -> dict[str, str]:
    """Every page of the folder ``docs/checks`` by file name."""
    found = {f"{check.id}.md": page(check, controls_for) for check in checks}
    found["README.md"] = _index(checks)
    found["subjects.md"] = _subjects()
    return found


def _index(checks: Sequence[Check]) -> str:
    lines = ["# Checks", "", f"{len(checks)} checks, by topic. These pages are generated.", ""]
    for topic in sorted({check.topic for check in checks}):
        lines += [f"## {topic.capitalize()}", "", "| check | severity | asks |", "|---|---|---|"]
        lines += [
            f"| [{check.id}]({check.id}.md) | {check.severity.value} | {check.asks} |"
            for check in checks
            if check.topic == topic
        ]
        lines.append("")
    return "\n".join([*lines, "## Writing your own", "", _FORM])


def _subjects() -> str:
    lines = ["# Subjects", "", "What a check can be about, and the columns that it may mention."]
    for subject in subjects().values():
        lines += ["", f"## {subject.name}", "", f"One row is {subject.one_row_is}.", ""]
        lines += ["| column | type | tells |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.type} | {c.says} |" for c in subject.columns]
    return "\n".join(lines) + "\n"


def _due(check: Check, subject: Subject) -> str:
    if check.deadline.column:
        return f"on {subject.says[check.deadline.column]} (`{check.deadline.column}`)"
    days = days_for(check, check.severity)
    return "at no set time" if days is None else f"{days} days after it was first seen"


def _example(example: Example) -> str:
    given = ", ".join(f"`{name}` = {_shown(cell)}" for name, cell in example.given.items())
    verdict = {Verdict.NOT_APPLICABLE: "not applicable"}.get(example.verdict, example.verdict.value)
    return f"| {verdict} | {given or 'nothing'} |"


def _shown(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell).replace("|", "\\|")
