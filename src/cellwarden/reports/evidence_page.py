"""Pages about evidence: the coverage of a framework, and the first page of a pack."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from cellwarden.model.coverage import ControlState
from cellwarden.reports.charts import Part, bar
from cellwarden.reports.coverage_text import (
    JUDGEMENT,
    count_words,
    fresh_words,
    grade_words,
    missing_words,
    scope_words,
    whole_words,
)
from cellwarden.reports.formats.html_page import digest, environment
from cellwarden.reports.text import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cellwarden.model.coverage import FrameworkCoverage


def coverage_page(found: FrameworkCoverage) -> str:
    """The coverage of one framework as one HTML5 document that loads nothing and runs nothing."""
    return render("coverage.html.j2", found=coverage_context(found), judgement=JUDGEMENT)


def coverage_context(found: FrameworkCoverage) -> dict[str, Any]:
    """What a template shows of coverage; plain values, no rule left to the template."""
    whole = len(found.controls)
    return {
        "coverage": found,
        "scope": scope_words(found),
        "whole": whole_words(found),
        "shares": [(one.value, share(found.states[one], whole)) for one in ControlState],
        "bar": state_bar({one.value: found.states[one] for one in ControlState}),
        "rows": [
            {
                "control": one,
                "counts": count_words(one),
                "grades": grade_words(one.grades),
                "fresh": fresh_words(one, found.as_of),
                "missing": missing_words(one),
            }
            for one in found.controls
        ],
    }


def state_bar(states: Mapping[str, int]) -> Any:
    """The states of controls side by side, worst first; the bar is all of them."""
    parts = [
        Part(state=word.replace(" ", "-"), count=count, word=word) for word, count in states.items()
    ]
    return bar(parts)


def render(name: str, **context: Any) -> str:
    """A template of ours with the style sheet for evidence, allowed by its digest alone."""
    from markupsafe import Markup

    style = (
        resources.files("cellwarden.reports").joinpath("html", "evidence.css").read_text("utf-8")
    )
    policy = f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'"
    text = (
        environment()
        .get_template(name)
        .render(
            **context,
            style=Markup(style),  # noqa: S704 - our own file
            policy=policy,
        )
    )
    return text.rstrip() + "\n"
