"""The HTML report: self-contained, safe, accessible, and honest about what is unknown."""

from __future__ import annotations

import base64
import csv
import hashlib
import itertools
import re
from html.parser import HTMLParser
from importlib import resources
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.model.report import ExposureClock, Report
from cellwarden.reports.charts import WALL_CELLS, Part, bar, clock_bar, ticks, wall
from cellwarden.reports.formats import html_page, render

Attributes = dict[str, str | None]

VOID = {"meta", "input", "br", "path", "rect", "circle", "line", "use", "link", "img"}


class Page(HTMLParser):
    """A page as a list of elements: tag, attributes, the text inside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes, list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; a void one never closes."""
        words: list[str] = []
        self.elements.append((tag, dict(attrs), words))
        if tag not in VOID:
            self._open.append((tag, words))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element; anything else is a defect of the template."""
        if tag not in VOID:
            assert self._open, f"</{tag}> closes nothing"
            opened, _ = self._open.pop()
            assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        """Text belongs to every element that is open."""
        for _, words in self._open:
            words.append(data)

    def all(self, *tags: str) -> list[tuple[Attributes, str]]:
        """Attributes and text of all elements of some tags, in order."""
        return [(attrs, "".join(words)) for tag, attrs, words in self.elements if tag in tags]


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    """The page of the sample."""
    return render("html", report)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    """The same page, parsed."""
    return Page(text)


def _style() -> str:
    return resources.files("cellwarden.reports").joinpath("html/report.css").read_text("utf-8")


def test_the_page_loads_nothing_from_anywhere(page: Page, text: str) -> None:
    tags = {tag for tag, _, _ in page.elements}
    attributes = {name for _, attrs, _ in page.elements for name in attrs}

    assert not tags & {"link", "img", "iframe", "object", "embed", "base", "audio", "video"}
    assert not attributes & {"src", "srcset", "style", "action", "formaction", "xlink:href"}
    assert not [name for name in attributes if name.startswith("on")]
    assert "@import" not in text
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#hatch", "#stripe", "#dots"}


def test_every_link_stays_on_the_page_or_leads_to_the_web(page: Page) -> None:
    links = page.all("a")
    outside = [attrs for attrs, _ in links if not (attrs["href"] or "").startswith("#")]

    assert outside
    for attrs in outside:
        assert (attrs["href"] or "").startswith("https://")
        assert attrs["rel"] == "noopener noreferrer"


def test_a_link_with_a_script_scheme_is_withheld_in_words(text: str, sample: ModuleType) -> None:
    assert sample.HOSTILE_URL not in text
    assert "link withheld" in text


def test_the_policy_allows_exactly_the_style_and_the_script_of_the_page(page: Page) -> None:
    ((policy, _),) = [
        one for one in page.all("meta") if one[0].get("http-equiv") == "Content-Security-Policy"
    ]
    ((_, style),) = page.all("style")
    ((_, script),) = page.all("script")

    words = policy["content"] or ""
    assert words.startswith("default-src 'none'; ")
    assert "unsafe" not in words
    for name, body in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in words


def test_hostile_names_are_shown_and_never_obeyed(text: str, sample: ModuleType) -> None:
    assert "&lt;script&gt;" in text
    assert text.count("<script") == 1
    assert sample.HOSTILE_LONG not in text
    assert "9\u00a0005 characters" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "\\x1b[31mPDU" in text
    assert "invoice\\u202efdp.exe" in text


def test_every_drawing_has_a_text_alternative(page: Page) -> None:
    hidden_tags = [attrs for attrs, _ in page.all("svg") if attrs.get("aria-hidden") == "true"]
    images = [(attrs, words) for attrs, words in page.all("svg") if attrs.get("role") == "img"]
    nested = [attrs for attrs, _ in page.all("svg") if "overflow" in attrs]

    assert len(hidden_tags) + len(images) + len(nested) == len(page.all("svg"))
    assert len(images) > 20
    assert all(words.strip() for _, words in images)


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_page_has_landmarks_and_a_skip_link(page: Page) -> None:
    tags = [tag for tag, _, _ in page.elements]

    assert all(tags.count(tag) == 1 for tag in ("header", "nav", "main", "footer", "h1"))
    assert page.all("a")[0][0]["class"] == "skip"
    assert page.all("html")[0][0]["lang"] == "en"


def test_every_table_has_a_caption_and_its_headers_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(words.strip() for _, words in page.all("caption"))
    assert all(attrs.get("scope") in {"col", "row"} for attrs, _ in page.all("th"))


def test_ids_are_unique_and_every_reference_resolves(page: Page) -> None:
    ids = [attrs["id"] for _, attrs, _ in page.elements if "id" in attrs]
    named = [
        (attrs.get("href") or "").removeprefix("#")
        for tag, attrs, _ in page.elements
        if tag in {"a", "use"} and (attrs.get("href") or "").startswith("#")
    ]
    labels = [
        attrs["aria-labelledby"] for _, attrs, _ in page.elements if "aria-labelledby" in attrs
    ]

    assert len(ids) == len(set(ids))
    assert set(named) | set(labels) <= set(ids)


def test_every_finding_is_on_the_page_with_its_proof(page: Page, report: Report) -> None:
    rows = [(attrs, words) for attrs, words in page.all("tr") if "data-row" in attrs]
    ids = {attrs["id"] for _, attrs, _ in page.elements if "id" in attrs}

    assert sum(int(attrs["data-count"] or 0) for attrs, _ in rows) == len(report.findings)
    for one in report.findings:
        (told,) = [words for _, words in rows if one.id in words]
        assert one.evidence[0] in told
        assert f"f-{one.id}" in ids


def _weak_part(sample: ModuleType, count: int, part: str = "NG1-PDU-03/nmc") -> tuple[Any, ...]:
    """Findings of one check about some weaknesses of one part."""
    return tuple(
        sample.finding(
            "vulnerability-past-deadline", f"{part}/CVE-2030-{place}/A-1", sample.Verdict.FAIL,
            because=f"{part} is affected by CVE-2030-{place} since 2030.",
            witness={"component_id": part, "vulnerability": f"CVE-2030-{place}"},
            evidence=(f"7.{place}", "8.0"), site_id="NG1",
        )
        for place in range(count)
    )  # fmt: skip


def test_weaknesses_of_one_part_stand_in_one_row_that_names_each(
    report: Report, sample: ModuleType
) -> None:
    found = _weak_part(sample, 5)

    page = Page(render("html", msgspec.structs.replace(report, findings=found)))

    ((attrs, words),) = [one for one in page.all("tr") if "data-row" in one[0]]
    assert attrs["data-count"] == "5"
    assert words.count("is affected by") == 1
    assert all(one.id in words for one in found)
    assert all(f"CVE-2030-{place}" in words for place in range(5))


def test_rows_that_differ_in_the_part_alone_share_a_sentence_and_keep_their_weakness(
    report: Report, sample: ModuleType
) -> None:
    found = tuple(
        _weak_part(sample, place + 1, f"NG1-PDU-0{place}/nmc")[place] for place in range(3)
    )

    page = Page(render("html", msgspec.structs.replace(report, findings=found)))

    ((_, section),) = [one for one in page.all("section") if one[0].get("id") == "findings"]
    rows = [words for attrs, words in page.all("tr") if "data-row" in attrs]
    assert section.count("is affected by") == 1
    assert "and 2 others alike" in section
    assert [f"CVE-2030-{place}" in rows[place] for place in range(3)] == [True] * 3


def test_a_part_says_in_how_many_checks_it_fails(report: Report, sample: ModuleType) -> None:
    part = {"component_id": "NG1-PDU-03/nmc"}
    found = tuple(
        sample.finding(check, f"NG1-PDU-03/nmc/{check}", sample.Verdict.FAIL, witness=part)
        for check in ("owner-missing", "update-unsigned", "support-ended")
    )

    text = render("html", msgspec.structs.replace(report, findings=found))

    assert text.count("fails in 3 checks") == 3


def test_a_finding_and_an_exposure_show_place_serial_and_owners(page: Page) -> None:
    told = "Hall 2, rack 9; serial IDM-14; Leiden facilities"

    ((_, exposures),) = [one for one in page.all("section") if one[0].get("id") == "exposures"]
    ((_, findings),) = [one for one in page.all("section") if one[0].get("id") == "findings"]
    ((_, blasts),) = [one for one in page.all("section") if one[0].get("id") == "blast"]
    assert told in exposures
    assert told in findings
    assert told in blasts


def test_the_page_says_what_risk_means(page: Page) -> None:
    ((_, doing),) = [one for one in page.all("section") if one[0].get("id") == "doing"]

    assert "times 4 where attackers use it" in doing


def test_the_words_about_risk_are_those_of_the_table() -> None:
    path = resources.files("cellwarden.advisories.triage").joinpath("tables/risk.csv")
    weights = {
        (row["factor"], row["value"]): float(row["weight"])
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    }

    assert [weights["exploited", one] for one in ("yes", "unknown", "no")] == [4, 2, 1]
    assert [weights["exposure", one] for one in ("internet", "routed", "isolated")] == [3, 2, 1]
    assert [weights["criticality", one] for one in ("high", "medium", "low")] == [3, 2, 1]
    assert weights["certainty", "undetermined"] == 0.5


def test_the_head_shows_stale_feeds_and_every_denominator(page: Page) -> None:
    ((_, head),) = page.all("header")

    assert head.count("stale") >= 2
    assert "49 days" in head
    assert "377 of 418 (90 %)" in head
    assert "5c1d0d4a6a7b" in head


def test_every_role_has_its_list_and_every_weakness_its_page(page: Page, report: Report) -> None:
    titles = [words for _, words in page.all("h3")]
    blasts = [attrs for attrs, _ in page.all("article") if attrs.get("class") == "blast"]

    assert titles[:4] == ["Security", "Facilities", "Procurement", "Auditor"]
    assert len(blasts) == len(report.blast_radii)


def test_the_exposure_clock_says_whose_days_they_are_and_what_still_runs(text: str) -> None:
    assert "vendor 61 days, window 47 days, operator 12 days; operator still runs" in text


def test_unknown_is_hatched_and_never_green() -> None:
    rules = dict(re.findall(r"^(\.[km]-[^{]*?) \{([^}]*)\}", _style(), re.MULTILINE))
    green = [name for name, rule in rules.items() if "--pass" in rule]

    assert rules[".k-unknown"].strip() == "fill: url(#hatch);"
    assert not [name for name in green if "unknown" in name or "rest" in name]


def test_the_vendor_table_holds_nothing_green(text: str) -> None:
    start = text.index('id="vendors"')
    section = text[start : text.index("</section>", start)]

    assert "k-pass" not in section
    assert "m-pass" not in section


def test_nothing_looked_at_and_nothing_found_are_two_different_pages(
    empty: Report, clear: Report
) -> None:
    unseen, calm = render("html", empty), render("html", clear)

    assert "Nothing was looked at. No finding here means nothing" in unseen
    assert 'class="clear"' not in unseen
    assert "No feed has been imported" in unseen
    assert 'class="clear"' in calm
    assert "Nothing was looked at" not in calm


def test_pages_without_findings_are_well_formed(empty: Report, clear: Report) -> None:
    for report in (empty, clear):
        page = Page(render("html", report))

        assert not page._open


def test_no_change_since_the_last_run_is_said_in_words(clear: Report, empty: Report) -> None:
    assert "Nothing changed since the last run." in render("html", clear)
    assert "This is the first run" in render("html", empty)


def test_five_thousand_findings_make_a_small_page_that_counts_the_rest(
    sample: ModuleType,
) -> None:
    text = render("html", sample.large_report(5000))

    assert len(text.encode()) < 2_000_000
    assert "and 4\u00a0964 more of this check" in text
    assert "5\u00a0030 findings" in text


def test_five_thousand_vulnerabilities_and_vendors_stay_small(sample: ModuleType) -> None:
    report: Report = sample.sample_report()
    many = range(5000)
    big = msgspec.structs.replace(
        report,
        exposures=tuple(sample.exposure(f"NG1-P-{i}/nmc", f"CVE-2030-{i}") for i in many),
        vendors=tuple(msgspec.structs.replace(report.vendors[0], vendor=f"V{i}") for i in many),
        sites=tuple(msgspec.structs.replace(report.sites[0], site_id=f"S{i}") for i in many),
        blast_radii=tuple(
            msgspec.structs.replace(report.blast_radii[0], vulnerability=f"CVE-2030-{i}")
            for i in many
        ),
    )

    text = render("html", big)

    assert len(text.encode()) < 3_000_000
    assert "more weaknesses" in text
    assert "more vendors" in text


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_has_contrast_on_every_ground(scheme: str) -> None:
    place = 0 if scheme == "light" else 1
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", _style())
    tokens = {name: (light, dark)[place] for name, light, dark in pairs}

    for ground in ("paper", "sheet", "inset"):
        for ink in ("ink", "ink-2", "link", "critical", "high", "medium", "low", "pass", "unknown"):
            high, low = sorted((_luminance(tokens[ink]), _luminance(tokens[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{ink} on {ground}, {scheme}"


counts = st.integers(0, 10_000)


@given(st.lists(counts, min_size=1, max_size=6))
def test_whatever_is_not_nothing_fills_a_cell_of_the_wall(numbers: list[int]) -> None:
    parts = [Part(state=f"s{i}", count=count, word="x") for i, count in enumerate(numbers)]

    drawn, per_cell = wall(parts)

    assert drawn.count("<path") == sum(1 for count in numbers if count)
    assert drawn.count("M") <= WALL_CELLS + 2 * len(numbers)
    assert per_cell >= 1


@given(st.lists(counts, min_size=1, max_size=5))
def test_the_parts_of_a_bar_stand_side_by_side_and_end_at_its_end(numbers: list[int]) -> None:
    drawn = bar([Part(state="s", count=count, word="x") for count in numbers])

    spans = [
        (float(x), float(width))
        for x, width in re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', drawn)
    ]
    ends = [x + width for x, width in spans]
    assert ("unknown" in drawn) == (not any(numbers))
    assert len(spans) == sum(1 for count in numbers if count)
    assert all(width > 0 for _, width in spans)
    assert not ends or abs(ends[-1] - 100) < 0.01


@given(counts, counts, counts, st.sampled_from(["vendor", "window", "operator", None]))
def test_a_clock_bar_draws_every_part_and_marks_what_still_runs(
    vendor: int, window: int, operator: int, open_part: str | None
) -> None:
    total = vendor + window + operator
    clock = ExposureClock(
        total_days=total, vendor_days=vendor, window_days=window, operator_days=operator,
        open_part=open_part, published_on="2026-01-01", fix_available_on=None,
        window_closed_on=None, fixed_on=None, reason="",
    )  # fmt: skip

    drawn = clock_bar(clock, total)

    assert drawn.count("<rect") == sum(1 for days in (vendor, window, operator) if days)
    assert ("k-open" in drawn) == (open_part is not None)


@given(st.integers(0, 20_000))
def test_an_axis_has_few_ticks_and_begins_at_zero(longest: int) -> None:
    days = ticks(longest)

    assert days[0] == 0
    assert len(days) <= 11
    assert all(day <= max(longest, 1) for day in days)


def test_a_page_is_made_of_templates_that_can_all_be_compiled_beforehand(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    html_page.environment.cache_clear()
    try:
        assert html_page.compile_templates() > 10
        environment = html_page.environment()
        compiled: list[str | None] = []
        compile_one = environment.compile

        def compile_and_tell(source: Any, name: str | None = None, **words: Any) -> Any:
            compiled.append(name)
            return compile_one(source, name, **words)

        monkeypatch.setattr(environment, "compile", compile_and_tell)

        assert html_page.render(report)
        assert compiled == []
    finally:
        html_page.environment.cache_clear()
