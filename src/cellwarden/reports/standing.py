"""What stands at the top of every report: the standing, the age of the data, the coverage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.model.findings import Severity, Verdict
from cellwarden.reports.parts import doubtful_parts, weak
from cellwarden.reports.text import day, number, plural, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cellwarden.model.findings import Finding
    from cellwarden.model.report import Exposure, FeedAge, Report, SignedState

ROLES: Final = ("security", "facilities", "procurement", "auditor")
"""Who gets a list of what to do, in the order of the reports."""

VERDICT_WORDS: Final = {
    "fail": "The facts show that the demand is not met. The finding names them.",
    "pass": "The facts show that the demand is met. Only this is ever drawn green.",
    "unknown": "A fact that the judgement needs is missing, stale or unreadable. Not a pass.",
    "not applicable": "The demand does not concern this part, and the facts show it.",
    "affected": "The advisory names this product, and this version is in its range.",
    "undetermined": "The product or its version cannot be told with certainty. Not a clean result.",
    "not affected": "Product certain, version readable, and outside every affected range.",
    "fixed": "The version is one that the maker names as fixed, or a later one of its branch.",
    "accepted": "It fails, and a named person accepted that until a date.",
}
"""Each word of a verdict or a match and what it means; the footnote of the reports."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a run came out.

    ``kind`` is ``failing``; ``undecided`` where nothing failed and something is unknown;
    ``clear`` where everything was judged and passed; ``unseen`` where nothing was looked at.
    """

    kind: str
    sentence: str
    caution: str


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One share of the coverage with its denominator.

    ``gap`` says what the rest is; ``is_gap_unknown`` whether the rest is something not known.
    """

    label: str
    part: int
    whole: int
    gap: str
    is_gap_unknown: bool

    @property
    def words(self) -> str:
        """The share in words: ``340 of 366 (93 %)``."""
        return share(self.part, self.whole)


def judged(report: Report) -> dict[str, int]:
    """Verdict counts of the whole run under their four names, zero where none is given."""
    return {verdict.value: report.coverage.verdicts.get(verdict.value, 0) for verdict in Verdict}


def is_accepted(finding: Finding) -> bool:
    """Whether an exception in force accepts the finding."""
    return finding.exception_id is not None


def word_of(finding: Finding) -> str:
    """What a finding counts as: its verdict, or accepted."""
    return "accepted" if is_accepted(finding) else finding.verdict.value


def fails_by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Open failures by severity, worst first, with zeros; accepted ones are not counted."""
    counts: Counter[Severity] = Counter()
    for finding in findings:
        if finding.verdict is Verdict.FAIL and not is_accepted(finding):
            counts[finding.severity] += finding.count
    return {severity: counts[severity] for severity in Severity}


def unknowns(findings: Iterable[Finding]) -> int:
    """How many judgements could not be made, counted one by one."""
    return sum(finding.count for finding in findings if finding.verdict is Verdict.UNKNOWN)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Open failures, then unknowns, then accepted ones; each by severity and deadline."""
    order = {Verdict.FAIL: 0, Verdict.UNKNOWN: 1}
    return sorted(
        findings,
        key=lambda one: (
            is_accepted(one),
            order.get(one.verdict, 2),
            one.severity.rank,
            one.deadline_on or "9999",
            one.check,
            one.subject,
        ),
    )


def standing(report: Report) -> Standing:
    """Say in a sentence or two how the run came out, and what weakens that."""
    failing = sum(fails_by_severity(report.findings).values())
    unknown = max(unknowns(report.findings), judged(report)["unknown"])
    made = sum(judged(report).values())
    where = f"{plural(report.coverage.components, 'component')} at "
    where += plural(report.coverage.sites, "site")
    is_weak = bool(weak(report).parts)
    if failing or is_weak:
        kind, text = "failing", f"{_weakness(report, where)}. {_failures(report, failing)}"
    elif not made or not report.coverage.components:
        kind, text = "unseen", "Nothing was looked at: this run judged no component"
    elif not report.coverage.advisories:
        kind, text = "undecided", f"{_weakness(report, where)}. {_failures(report, failing)}"
    elif unknown:
        kind, text = "undecided", f"Nothing failed among {where}, but not everything was judged"
    else:
        kind = "clear"
        text = f"Every one of {plural(made, 'verdict')} on {where} passed or did not apply"
    return Standing(kind=kind, sentence=f"{text}.", caution=_caution(report, kind, unknown))


def _weakness(report: Report, where: str) -> str:
    """How many parts have an open weakness, and whether attackers use any."""
    found = weak(report)
    if not found.parts:
        if not report.coverage.advisories:
            return f"Whether any of {where} has a known weakness was not looked at"
        return f"No open weakness is known on {where}"
    whole = plural(report.coverage.components, "part")
    verb = "has" if len(found.parts) == 1 else "have"
    text = f"{number(len(found.parts))} of {whole} {verb} open weaknesses"
    if found.exploited:
        return f"{text}; attackers already use {number(len(found.exploited))} of them"
    rest = (
        "none of them is on the list of exploited ones"
        if found.is_told
        else "whether attackers use them is not known"
    )
    return f"{text}; {rest}"


def _failures(report: Report, failing: int) -> str:
    """How often a check failed, and how often with the worst severity that occurs."""
    if not failing:
        return "No check failed"
    fails = fails_by_severity(report.findings)
    severity, count = next((one, count) for one, count in fails.items() if count)
    how_bad = "all" if count == failing else number(count)
    of_them = (
        f"{how_bad} of them {severity.value}" if failing > 1 else f"and it is {severity.value}"
    )
    return f"Checks failed {plural(failing, 'time')}, {of_them}"


def _caution(report: Report, kind: str, unknown: int) -> str:
    absent = [feed.feed for feed in report.feeds if not feed.documents]
    stale = [feed.feed for feed in report.feeds if feed.is_stale and feed.documents]
    cautions = []
    if not report.coverage.advisories:
        cautions.append("No advisory has been imported, so no known weakness could be found.")
    if kind == "unseen":
        cautions.append("This is not a clean result.")
    if doubtful := len(doubtful_parts(report)):
        cautions.append(
            f"Of {plural(doubtful, 'more part')} it cannot be told whether a weakness is "
            f"{'its own' if doubtful == 1 else 'theirs'}."
        )
    if unknown:
        cautions.append(f"{plural(unknown, 'judgement')} could not be made for lack of facts.")
    if absent:
        cautions.append(f"Never imported: {', '.join(absent)}.")
    if stale:
        cautions.append(f"Stale data: {', '.join(stale)}.")
    return " ".join(cautions)


def feed_words(feed: FeedAge) -> str:
    """One feed's age in words; an unknown age is said to be unknown."""
    if not feed.documents:
        return "NEVER IMPORTED"
    age = _age(feed)
    mark = ", STALE" if feed.is_stale else ""
    newest = f"newest {day(feed.newest_at)}"
    return f"{plural(feed.documents, 'document')}, {newest}, {age}{mark}"


def _age(feed: FeedAge) -> str:
    return "of unknown age" if feed.age_days is None else f"{plural(feed.age_days, 'day')} old"


def data_age_line(report: Report) -> str:
    """The age of the data in one line: the newest and the oldest feed, and what is stale."""
    dated = sorted(
        (feed for feed in report.feeds if feed.newest_at), key=lambda f: f.newest_at or ""
    )
    absent = [feed.feed for feed in report.feeds if not feed.documents]
    lacking = f"; NEVER IMPORTED: {', '.join(absent)}" if absent else ""
    if not dated:
        return f"no feed with a date has been imported{lacking}"
    old = dated[0]
    words = f"newest {day(dated[-1].newest_at)}"
    if len(dated) > 1:
        words += f", oldest {day(old.newest_at)} ({old.feed}, {_age(old)})"
    stale = [feed.feed for feed in report.feeds if feed.is_stale and feed.documents]
    return (f"{words}; STALE: {', '.join(stale)}" if stale else words) + lacking


def data_age(report: Report) -> tuple[str, ...]:
    """The age of the data, one line a feed; one line that says so where there is none."""
    if not report.feeds:
        return ("No feed has been imported.",)
    return tuple(f"{feed.feed}: {feed_words(feed)}" for feed in report.feeds)


def coverage(report: Report) -> tuple[Measure, ...]:
    """What was looked at, each share with its denominator, from the register to the verdict."""
    seen, verdicts = report.coverage, judged(report)
    decided = verdicts["fail"] + verdicts["pass"]
    named, about = seen.components_named_by_an_advisory, seen.advisories_of_fleet_vendors
    rows = (
        ("components that hold firmware, or may", seen.components_with_firmware, seen.components,
         "said to hold none", False),
        ("firmware versions read", seen.components_read, seen.components_with_firmware,
         "never read", True),
        ("versions understood", seen.components_understood, seen.components_read,
         "no scheme reads them", True),
        ("components named by an advisory", named, seen.components,
         "named by none of those imported", not seen.advisories),
        ("advisories about vendors of this fleet", about, seen.advisories,
         "about other vendors", False),
        ("judgements made", decided, decided + verdicts["unknown"], "unknown", True),
    )  # fmt: skip
    return tuple(
        Measure(label=label, part=part, whole=whole, gap=gap, is_gap_unknown=is_unknown)
        for label, part, whole, gap, is_unknown in rows
    )


def coverage_lines(report: Report) -> tuple[str, ...]:
    """The coverage as lines of text, counts first."""
    seen = report.coverage
    counts = (
        f"{plural(seen.sites, 'site')}, {plural(seen.assets, 'asset')}, "
        f"{plural(seen.components, 'component')}, {plural(seen.checks, 'check')}, "
        f"{plural(seen.statements, 'advisory statement')}; "
        f"{plural(seen.unreadable_rows, 'row')} unreadable"
    )
    return (counts, *(f"{one.label}: {one.words}" for one in coverage(report)))


def ledger_lines(report: Report) -> tuple[str, ...]:
    """The ledger that a report rests on, and who else can hold us to it; unsigned is told."""
    run, signed = report.run, report.run.checkpoint
    held = f"{plural(run.ledger_size, 'entry', 'entries')}, root {run.ledger_root[:16]}"
    if signed is None:
        return (held, "unsigned: no checkpoint, so nobody else can hold us to it")
    lines = [held, f"signed at {plural(signed.size, 'entry', 'entries')} as {signed.origin}"]
    if signed.size < run.ledger_size:
        since = plural(run.ledger_size - signed.size, "entry", "entries")
        lines.append(f"{since} since then not signed yet")
    return (*lines, *_witness_lines(signed))


def _witness_lines(signed: SignedState) -> Iterator[str]:
    """Who else vouches for a checkpoint; what nobody here can check is never told as a fact."""
    claimed = [name for name in signed.cosigners if name not in signed.checked_cosigners]
    if signed.checked_cosigners:
        yield f"cosigned by {', '.join(signed.checked_cosigners)}, checked"
    if claimed:
        yield f"says that {', '.join(claimed)} cosigned it, unchecked: no key known here"
    if not signed.cosigners:
        yield "cosigned by nobody"
    if signed.stamped_at:
        times = ", ".join(f"{at[:19]}Z" for at in signed.stamped_at)
        how = "checked" if signed.are_stamps_checked else "unchecked: no certificates known here"
        yield f"timestamp of {times}, {how}"


def machine_head(report: Report) -> dict[str, str]:
    """The head of a report as names and texts, for formats that hold properties or comments."""
    run = report.run
    state = standing(report)
    return {
        "operator": run.operator,
        "as_of": run.as_of,
        "run": run.id,
        "previous_run": report.previous_run or "none",
        "ledger": f"size {run.ledger_size}, root {run.ledger_root}",
        "checkpoint": run.checkpoint.note if run.checkpoint else "none: unsigned",
        "catalogue_sha256": run.catalogue_sha256,
        "standing": f"{state.sentence} {state.caution}".strip(),
        "data_age": "; ".join(data_age(report)),
        "coverage": "; ".join(coverage_lines(report)),
    }


def waiting(report: Report) -> list[Exposure]:
    """What only a person can decide: parts and advisories where the product is not certain.

    One exposure stands for each pair, however many weaknesses the advisory speaks of.
    """
    found: dict[tuple[str, str], Exposure] = {}
    for one in report.exposures:
        if one.candidate:
            found.setdefault((one.component_id, one.advisory_id), one)
    return list(found.values())
