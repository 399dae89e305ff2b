"""Components against statements: the matcher that every workflow uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from cellwarden.advisories.identity import (
    Answer,
    Claim,
    ClaimIndex,
    Evidence,
    Feature,
    Identity,
    columns_of,
    firmware_matters,
    judge,
    read_columns,
    with_firmware,
)
from cellwarden.advisories.matching import parts as firmware
from cellwarden.advisories.matching.decide import Outcome, together, verdict
from cellwarden.advisories.matching.fixes import fix_of
from cellwarden.advisories.matching.nouns import (
    Chosen,
    Considered,
    Correction,
    Decision,
    Explanation,
    Line,
    Verdict,
)
from cellwarden.advisories.matching.quick import Quick, compiled
from cellwarden.advisories.matching.statements import ready
from cellwarden.advisories.versions.order import version_key
from cellwarden.model.matching import Component, Match, MatchState, Statement

_SHOWN_RANGES: Final = 3


class Group(msgspec.Struct, frozen=True, eq=False):
    """One advisory's statements that may speak of one identity, each with its answer."""

    advisory_id: str
    lines: tuple[tuple[Line, Identity], ...]
    fixes: tuple[tuple[str, ...], ...]
    quick: Quick | None


class Plan(msgspec.Struct, frozen=True, eq=False):
    """What one identity has to be compared with; the same for all components alike."""

    seen: Evidence
    groups: tuple[Group, ...]


class Matcher:
    """Matches components against statements; pure, it holds no clock and reads no file.

    ``fixes`` maps an advisory to its remediation texts. ``decisions`` and ``corrections`` are
    rows of the kinds ``match_decision`` and ``correction``, as structs or as mappings. The answer
    depends neither on the order of the statements nor on that of the components.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        *,
        fixes: Mapping[str, Sequence[str]] | None = None,
        decisions: Iterable[Decision | Mapping[str, Any]] = (),
        corrections: Iterable[Correction | Mapping[str, Any]] = (),
    ) -> None:
        self._statements = tuple(statements)
        self._fixes = dict(fixes or {})
        self._decisions = tuple(_as(Decision, row) for row in decisions)
        self._corrections = tuple(_as(Correction, row) for row in corrections)
        self._decided = _by_subject(self._decisions)
        lines = ready(self._statements, self._corrections)
        self._lines_of: dict[Claim, list[Line]] = {}
        self._by_advisory: dict[str, list[Line]] = {}
        for line in lines:
            self._lines_of.setdefault(line.claim, []).append(line)
            self._by_advisory.setdefault(line.statement.advisory_id, []).append(line)
        self._index = ClaimIndex(self._lines_of)
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._fixes_of: dict[int, tuple[str, ...]] = {}
        self._products_of: dict[str, int] = {}

    def match(self, components: Iterable[Component]) -> Iterator[Match]:
        """Every component x advisory x state, components in their order, then by advisory."""
        for component in components:
            plan = self._plan(component)
            groups = plan.groups
            if self._decided:
                groups = tuple(self._with_decisions(component, plan))
            if groups:
                yield from self._match_groups(component, plan.seen, groups)

    def _match_groups(
        self, component: Component, seen: Evidence, groups: Sequence[Group]
    ) -> Iterator[Match]:
        """One component against the advisories that speak of it; the short way where it serves."""
        parts = firmware.firmware_parts(component.firmware, component.part)
        key = version_key(parts[0].version) if len(parts) == 1 else None
        for group in groups:
            quick = group.quick
            said = quick.say(key, parts[0].version) if quick is not None and key is not None else None
            if said is None or quick is None:
                for outcome in self._outcomes(component, seen, group):
                    yield _match(component, group.advisory_id, outcome)
                continue
            state, why, fixed_in = said
            yield Match(
                component_id=component.component_id,
                part=parts[0].name or component.part,
                advisory_id=group.advisory_id,
                vulnerabilities=quick.vulnerabilities,
                state=state,
                confidence=quick.confidence,
                candidate=False,
                range=quick.range,
                version=component.firmware,
                why=why,
                fixed_in=fixed_in,
                source=quick.source,
            )

    def explain(self, component: Component, advisory_id: str) -> Explanation:
        """Everything that was compared for one component and one advisory, in words."""
        plan = self._plan(component)
        considered: list[Considered] = []
        for line in self._by_advisory.get(advisory_id, ()):
            identity = self._decided_identity(component, line) or judge(plan.seen, line.claim)
            found = self._verdict(component, plan.seen, line, identity)
            considered.append(
                Considered(
                    source=line.place,
                    product=line.claim.text,
                    range=line.statement.version_text,
                    identity=identity,
                    state=found.state if found else None,
                    why=found.why if found else "",
                    notes=line.notes,
                )
            )
        matches = tuple(m for m in self.match([component]) if m.advisory_id == advisory_id)
        return Explanation(
            component_id=component.component_id,
            advisory_id=advisory_id,
            matches=matches,
            considered=tuple(considered),
            lines=tuple(_in_words(component, advisory_id, matches, considered)),
        )

    def evidence(self, component: Component) -> Evidence:
        """What a component's row shows of its identity, its firmware texts included."""
        return self._plan(component).seen

    def alone(
        self, advisory_id: str, statements: Iterable[Statement], fixes: Sequence[str] = ()
    ) -> Matcher:
        """A matcher of one advisory's new statements, with the same decisions and corrections."""
        return Matcher(
            statements,
            fixes={advisory_id: tuple(fixes)},
            decisions=(d for d in self._decisions if d.advisory_id == advisory_id),
            corrections=(c for c in self._corrections if c.advisory_id == advisory_id),
        )

    def claims(self) -> tuple[Claim, ...]:
        """The distinct products that the statements speak of."""
        return self._index.claims

    def decided_subjects(self, advisory_id: str) -> frozenset[str]:
        """The components, or kinds of component, on which people decided for an advisory."""
        return frozenset(d.component_id for d in self._decisions if d.advisory_id == advisory_id)

    # ---- one identity ---------------------------------------------------------------------

    def _outcomes(
        self, component: Component, seen: Evidence, group: Group
    ) -> tuple[Outcome, ...]:
        said = []
        for (line, identity), fixes in zip(group.lines, group.fixes, strict=True):
            found = verdict(line, identity, self._choose(component, seen, line), seen, fixes)
            if found is not None:
                said.append(found)
        return together(said)

    def _plan(self, component: Component) -> Plan:
        columns = columns_of(component)
        base = read_columns(columns)
        shown = firmware.shown(_firmware(component), component.part)
        if not firmware_matters(base):
            shown = tuple(part for part in shown if part.name or part.series_id)
        key = (columns, shown)
        plan = self._plans.get(key)
        if plan is None:
            seen = with_firmware(base, shown)
            plan = self._plans[key] = Plan(seen, tuple(self._groups(seen)))
        return plan

    def _groups(self, seen: Evidence) -> Iterator[Group]:
        found: dict[str, list[tuple[Line, Identity]]] = {}
        for number in self._index.near(seen):
            claim = self._index.claims[number]
            identity = judge(seen, claim)
            if identity.answer is Answer.OTHER:
                continue
            for line in self._lines_of[claim]:
                found.setdefault(line.statement.advisory_id, []).append((line, identity))
        for advisory_id in sorted(found):
            yield self._group(advisory_id, found[advisory_id], seen)

    def _group(
        self, advisory_id: str, pairs: list[tuple[Line, Identity]], seen: Evidence
    ) -> Group:
        ordered = tuple(sorted(pairs, key=lambda pair: (-pair[1].specificity, pair[0].place)))
        fixes = tuple(self._fix(line) for line, _ in ordered)
        quick = compiled(ordered, fixes, seen, _sentence(ordered[0][1].why))
        return Group(advisory_id, ordered, fixes, quick)

    def _fix(self, line: Line) -> tuple[str, ...]:
        found = self._fixes_of.get(id(line))
        if found is None:
            advisory = line.statement.advisory_id
            texts = self._fixes.get(advisory, ())
            found = fix_of(line, texts, products=self._products(advisory)) if texts else ()
            self._fixes_of[id(line)] = found
        return found

    def _products(self, advisory: str) -> int:
        found = self._products_of.get(advisory)
        if found is None:
            found = len({one.claim.key for one in self._by_advisory[advisory]})
            self._products_of[advisory] = found
        return found

    def _choose(self, component: Component, seen: Evidence, line: Line) -> Chosen:
        shown = firmware.firmware_parts(_firmware(component), component.part)
        found = firmware.choose(line, shown, component.part, seen)
        if not found.versions or component.firmware.strip():
            return found
        return Chosen(found.part, found.versions, found.doubt, is_weak=True)

    def _verdict(
        self, component: Component, seen: Evidence, line: Line, identity: Identity
    ) -> Verdict | None:
        if identity.answer is Answer.OTHER:
            return None
        return verdict(line, identity, self._choose(component, seen, line), seen, self._fix(line))

    # ---- people ---------------------------------------------------------------------------

    def _with_decisions(self, component: Component, plan: Plan) -> Iterator[Group]:
        """The plan's groups as people decided: no takes a row away, yes makes it certain."""
        subjects = _subjects(component)
        decided = {a: d for s in reversed(subjects) for a, d in self._decided.get(s, {}).items()}
        if not decided:
            yield from plan.groups
            return
        known = {group.advisory_id: group for group in plan.groups}
        for advisory_id in sorted(known.keys() | decided.keys()):
            decision = decided.get(advisory_id)
            if decision is None:
                yield known[advisory_id]
            elif _is_yes(decision):
                group = self._as_decided(advisory_id, known.get(advisory_id), plan.seen, decision)
                if group is not None:
                    yield group

    def _as_decided(
        self, advisory_id: str, group: Group | None, seen: Evidence, decision: Decision
    ) -> Group | None:
        sure = _sure(decision)
        pairs = list(group.lines) if group else []
        if not pairs:
            pairs = [(line, sure) for line in self._by_advisory.get(advisory_id, ())]
        texts = {text.strip() for text in decision.product.split(";") if text.strip()}
        named = [pair for pair in pairs if pair[0].claim.text in texts] if texts else []
        kept = [(line, sure) for line, _ in named or pairs]
        return self._group(advisory_id, kept, seen) if kept else None

    def _decided_identity(self, component: Component, line: Line) -> Identity | None:
        for subject in _subjects(component):
            decision = self._decided.get(subject, {}).get(line.statement.advisory_id)
            if decision is not None:
                return _sure(decision) if _is_yes(decision) else _refused(decision)
        return None


def _firmware(component: Component) -> str:
    """The firmware cell; where it is blank, a version that stands in the model cell."""
    return component.firmware if component.firmware.strip() else firmware.firmware_in_model(component)


def _as(kind: type[Any], row: Any) -> Any:
    if isinstance(row, kind):
        return row
    names = set(kind.__struct_fields__)
    return kind(**{key: value or "" for key, value in row.items() if key in names})


def _by_subject(decisions: Iterable[Decision]) -> dict[str, dict[str, Decision]]:
    """Decisions by component or by kind of component; the later one of two holds."""
    found: dict[str, dict[str, Decision]] = {}
    for decision in sorted(decisions, key=lambda one: one.decided_at):
        found.setdefault(decision.component_id, {})[decision.advisory_id] = decision
    return found


def _subjects(component: Component) -> tuple[str, str]:
    return component.component_id, f"{component.manufacturer}|{component.model}"


def _is_yes(decision: Decision) -> bool:
    return decision.answer.strip().casefold() == "yes"


def _sure(decision: Decision) -> Identity:
    why = _decision_words(decision, "confirmed that it is this product")
    feature = Feature("decision", why, supports=True)
    return Identity(answer=Answer.SAME, confidence=1.0, why=why, features=(feature,), specificity=5)


def _refused(decision: Decision) -> Identity:
    why = _decision_words(decision, "said that it is another product")
    feature = Feature("decision", why, supports=False)
    return Identity(answer=Answer.OTHER, confidence=1.0, why=why, features=(feature,))


def _decision_words(decision: Decision, act: str) -> str:
    when = f" on {decision.decided_at[:10]}" if decision.decided_at else ""
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{decision.decided_by or 'somebody'} {act}{when}{reason}"


# ---- words --------------------------------------------------------------------------------


def _match(component: Component, advisory_id: str, outcome: Outcome) -> Match:
    first = outcome.deciding[0]
    alike = (v.line.statement for v in outcome.deciding if v.line.statement.status == first.line.statement.status)
    ranges = dict.fromkeys(said.version_text or "all versions" for said in alike)
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
    notes = "".join(f" {_sentence(note)}" for note in found.line.notes)
    return f"{_sentence(found.identity.why)} {_sentence(found.why)}{notes}"


def _sentence(text: str) -> str:
    if not text:
        return ""
    first = text.split(" ", 1)[0]
    return f"{text[:1].upper()}{text[1:]}." if first.isalpha() else f"{text}."


def _in_words(
    component: Component,
    advisory_id: str,
    matches: Sequence[Match],
    considered: Sequence[Considered],
) -> Iterator[str]:
    name = " ".join(f"{component.manufacturer} {component.model} {component.part}".split())
    yield f"{component.component_id}: {name or 'no maker, no model'}, firmware {component.firmware or 'not recorded'}"
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
        yield f"{one.source} says {one.product} {one.range}".rstrip()
        state = f"; {one.state.value.replace('_', ' ')}" if one.state else ""
        yield f"  product: {one.identity.answer.value} ({one.identity.confidence}): {one.identity.why}{state}"
        for feature in one.identity.features:
            sign = {True: "+", False: "-", None: "?"}[feature.supports]
            yield f"  {sign} {feature.name}: {feature.words}"
        if one.why:
            yield f"  version: {one.why}"
        for note in one.notes:
            yield f"  correction: {note}"
