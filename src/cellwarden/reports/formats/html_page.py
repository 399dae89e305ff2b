"""HTML: one self-contained file that loads nothing and runs only what it carries."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from cellwarden.reports.text import CELL_LIMIT, clip, listing, long_day, number, plural, printable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from cellwarden.model.report import Report

NAME: Final = "html"
SUFFIX: Final = ".html"

_PAGE: Final = "report.html.j2"
_NAMED: Final = re.compile(r"""\{%-? *(?:include|from) "([^"]+)\"""")


def render(report: Report) -> str:
    """The report as one HTML5 document.

    Every text is escaped, invisible characters are shown as codes, and the content security
    policy allows the one style sheet and the one script by their digests and nothing else.
    """
    from markupsafe import Markup

    from cellwarden.reports.page import context

    style, script = _own("report.css"), _own("report.js")
    template = environment().get_template(_PAGE)
    text = template.render(
        **context(report),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{digest(style)}'",
                f"script-src '{digest(script)}'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )
    return text.rstrip() + "\n"


def _own(name: str) -> str:
    return resources.files("cellwarden.reports").joinpath("html", name).read_text("utf-8")


def digest(text: str) -> str:
    """What a content security policy calls a style or a script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def compile_templates() -> int:
    """Compile what a page is made of, which takes as long as to fill it; returns how many."""
    own = environment()
    assert own.loader is not None  # noqa: S101 - told to the type checker
    found = [_PAGE]
    for name in found:
        own.get_template(name)
        source, _, _ = own.loader.get_source(own, name)
        found += [other for other in _NAMED.findall(source) if other not in found]
    return len(found)


@cache
def environment() -> Environment:
    """Our templates: every text escaped, nothing invisible, nothing undefined."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cellwarden.reports", "html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number, plural=plural, long_day=long_day, clip=clip, listing=listing, coded=_coded
    )
    return environment


def _coded(text: str) -> Markup:
    """Text whose words between backticks are commands or names of files, set as such."""
    from markupsafe import Markup, escape

    safe = str(escape(printable(clip(text))))
    return Markup(re.sub(r"`([^`]{1,200})`", r"<code>\1</code>", safe))  # noqa: S704 - it is escaped above


def _shown(value: Any) -> Any:
    """What an expression prints: nothing invisible, nothing endless, and never the word None."""
    if value is None:
        return "unknown"
    if type(value) is str:
        plain = len(value) <= CELL_LIMIT and value.isprintable()  # most are, and there are many
        return value if plain else printable(clip(value))
    return value
