"""Commands that a remedy names are set as commands on a page, and nothing in them is markup."""

from __future__ import annotations

from cellwarden.reports.formats.html_page import _coded


def test_words_between_backticks_are_set_as_commands() -> None:
    assert (
        str(_coded("`cellwarden scan`, then look.")) == "<code>cellwarden scan</code>, then look."
    )


def test_markup_between_backticks_stays_text() -> None:
    shown = str(_coded("`<script>alert(1)</script>` & ` alone"))

    assert "<script>" not in shown
    assert shown.startswith("<code>&lt;script&gt;")
