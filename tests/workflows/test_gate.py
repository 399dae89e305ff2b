from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding, Severity, Verdict, finding_id
from cellwarden.model.ids import CheckId, FactId, SubjectId
from cellwarden.model.report import FeedAge
from cellwarden.workflows.fleet.gate import failures, load_policy, rules_from_words, unjudged


def finding(
    verdict: Verdict = Verdict.FAIL,
    severity: Severity = Severity.HIGH,
    *,
    properties: tuple[str, ...] = (),
    site: str = "NG1",
    exception_id: str | None = None,
) -> Finding:
    return Finding(
        id=finding_id("a-check", site),
        check=CheckId("a-check"),
        topic="components",
        title="A check",
        subject_kind="component",
        subject=SubjectId("x"),
        verdict=verdict,
        severity=severity,
        because="it is so",
        why_it_matters="it matters",
        remedy="mend it",
        site_id=site,
        vendor="Corvane Energy",
        evidence=(FactId("0.0"),),
        witness={},
        properties=properties,
        exception_id=exception_id,
    )


def test_a_severity_means_this_one_and_worse() -> None:
    rules = rules_from_words(["high"])

    assert failures(rules, [finding(severity=Severity.CRITICAL)])
    assert failures(rules, [finding(severity=Severity.HIGH)])
    assert not failures(rules, [finding(severity=Severity.MEDIUM)])


def test_an_unknown_fails_the_gate_only_where_unknowns_were_asked_for() -> None:
    unknown = finding(Verdict.UNKNOWN, Severity.CRITICAL)

    assert not failures(rules_from_words(["critical"]), [unknown])
    assert failures(rules_from_words(["unknown"]), [unknown])


def test_a_property_is_written_with_a_dash_or_an_underscore() -> None:
    exploited = finding(severity=Severity.LOW, properties=("known_exploited",))

    assert failures(rules_from_words(["known-exploited"]), [exploited])
    assert failures(rules_from_words(["known_exploited"]), [exploited])
    assert not failures(rules_from_words(["no-fix"]), [exploited])


def test_an_accepted_finding_never_fails_the_gate() -> None:
    accepted = finding(severity=Severity.CRITICAL, exception_id="EX-1")

    assert not failures(rules_from_words(["info", "unknown"]), [accepted])


def test_a_word_that_means_nothing_is_refused_with_the_words_that_do() -> None:
    with pytest.raises(InputError, match="--fail-on sever") as caught:
        rules_from_words(["sever"])

    assert "critical" in caught.value.advice
    assert "known-exploited" in caught.value.advice


def test_a_policy_rule_is_met_only_by_what_meets_all_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(
        '[[rule]]\nbecause = "exploited at NG1"\n'
        'properties = ["known_exploited"]\nsites = ["NG1"]\n'
    )
    rules = load_policy(path)
    exploited = ("known_exploited",)

    at_ng1 = failures(rules, [finding(properties=exploited)])

    assert [failure.because for failure in at_ng1] == ["exploited at NG1"]
    assert not failures(rules, [finding(properties=exploited, site="NG2")])
    assert not failures(rules, [finding()])


@pytest.mark.parametrize(
    "text",
    [
        "[[rule]]\nbecause = 'names nothing'\n",
        "[[rule]]\nbecause = 'x'\nproperties = ['pretty']\n",
        "[[rule]]\nseverity = 'high'\n",
        "[[rule]\n",
    ],
)
def test_a_wrong_policy_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(text)

    with pytest.raises(InputError, match=r"gate\.toml"):
        load_policy(path)


def age(feed: str, documents: int, days: int | None, *, is_stale: bool) -> FeedAge:
    return FeedAge(
        feed=feed,
        documents=documents,
        newest_at="2026-11-01T00:00:00Z",
        imported_at="2026-11-02T00:00:00Z",
        age_days=days,
        is_stale=is_stale,
    )


def test_a_gate_on_stale_or_absent_data_has_not_passed() -> None:
    fresh = [
        age("advisories", 9, 3, is_stale=False),
        age("exploited", 1, 2, is_stale=False),
        age("ssvc", 1, 900, is_stale=True),
    ]
    old = [fresh[0], age("exploited", 1, 454, is_stale=True)]
    never = [fresh[0], age("exploited", 0, None, is_stale=True)]

    assert unjudged(rules_from_words(["known-exploited", "high"]), fresh) is None
    assert unjudged(rules_from_words(["high"]), old) is None
    assert unjudged((), never) is None
    assert "454 days" in str(unjudged(rules_from_words(["known-exploited"]), old))
    assert "never imported" in str(unjudged(rules_from_words(["known-exploited"]), never))
