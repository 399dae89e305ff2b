"""Pages: one for each check, generated, and what stands in docs/checks is what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.checks import load_catalogue, page, rows
from cellwarden.checks.pages import pages
from cellwarden.checks.subject import subjects
from cellwarden.frameworks import controls_for

CATALOGUE = load_catalogue()


def test_the_pages_in_docs_are_the_generated_ones(root: Path) -> None:
    folder = root / "docs" / "checks"

    written = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}

    assert written == pages(CATALOGUE, controls_for)


@pytest.mark.parametrize("check", CATALOGUE, ids=[check.id for check in CATALOGUE])
def test_a_page_says_everything_that_decides(check: object) -> None:
    (one,) = (known for known in CATALOGUE if known is check)

    text = page(one, controls_for)

    for part in (one.title, one.asks, one.why, one.violates, one.applies, one.remedy):
        assert part in text
    assert text.count("\n| fail |") >= 1
    assert "NIST CSF 2.0 " in text


def test_the_index_links_every_check_and_every_subject_is_described() -> None:
    found = pages(CATALOGUE, controls_for)

    assert all(f"]({check.id}.md)" in found["README.md"] for check in CATALOGUE)
    assert all(f"## {name}\n" in found["subjects.md"] for name in subjects())


def test_a_list_has_a_row_for_each_check() -> None:
    assert [row[0] for row in rows(CATALOGUE)] == [check.id for check in CATALOGUE]
