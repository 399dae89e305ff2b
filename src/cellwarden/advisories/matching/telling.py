"""Outcomes as matches, and explanations in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cellwarden.advisories.identity import Answer
from cellwarden.advisories.matching.nouns import Considered, Verdict
from cellwarden.advisories.matching.together import Outcome
from cellwarden.advisories.versions.plain import in_words as range_in_words
from cellwarden.model.matching import Component, Match

_SHOWN_RANGES: Final = 3


def match_of(component: Component, advisory_id: str, outcome: Outcome) -> Match:
    """One outcome as the line that everybody reads."""
    first = outcome.deciding[0]
    alike = (
        v.line.statement
        for v in outcome.deciding
        if v.line.statement.status == first.line.statement.status
    )
    ranges = dict.fromkeys(range_in_words(said.version_text) or "all versions" for said in alike)
    return Match(
        component_id=component.component_id,
        part=first.part or component.part,
        advisory_id=advisory_id,
        vulnerabilities=outcome.vulnerabilities,
        state=outcome.state,
        confidence=first.identity.confidence,
        candidate=first.identity.answer is Answer.CANDIDATE,
        range=" || ".join(list(ranges)[:_SHOWN_RANGES]),
        version=component.firmware,
        why=_why(first),
        fixed_in=outcome.fixed_in,
        source=first.line.place,
    )


def _why(found: Verdict) -> str:
    notes = "".join(f" {sentence(note)}" for note in found.line.notes)
    return f"{sentence(found.identity.why)} {sentence(found.why)}{notes}"


def sentence(text: str) -> str:
    """A thought as a sentence; a version or a model code at its start keeps its letters."""
    if not text:
        return ""
    first = text.split(" ", 1)[0]
    return f"{text[:1].upper()}{text[1:]}." if first.isalpha() else f"{text}."


def in_words(
    component: Component,
    advisory_id: str,
    matches: Sequence[Match],
    considered: Sequence[Considered],
) -> Iterator[str]:
    """An explanation, one thought a line."""
    name = " ".join(f"{component.manufacturer} {component.model} {component.part}".split())
    version = component.firmware or "not recorded"
    yield f"{component.component_id}: {name or 'no maker, no model'}, firmware {version}"
    if not considered:
        yield f"{advisory_id} names no product that we could read."
        return
    if not matches:
        yield f"No row: {advisory_id} speaks of another product."
    for match in matches:
        state = "candidate" if match.candidate else match.state.value.replace("_", " ")
        yield f"{advisory_id}: {state}, confidence {match.confidence}. {match.why}"
        if match.fixed_in:
            yield f"Fixed in {match.fixed_in}."
    for one in considered:
        yield from _one_considered(one)


def _one_considered(one: Considered) -> Iterator[str]:
    identity = one.identity
    yield f"{one.source} says {one.product} {range_in_words(one.range)}".rstrip()
    yield f"  product: {identity.answer.value} ({identity.confidence}): {identity.why}"
    for feature in identity.features:
        sign = {True: "+", False: "-", None: "?"}[feature.supports]
        yield f"  {sign} {feature.name}: {feature.words}"
    if one.state:
        yield f"  version: {one.state.value.replace('_', ' ')}, {one.why}"
    for note in one.notes:
        yield f"  correction: {note}"
