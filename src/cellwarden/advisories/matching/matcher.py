"""Components against statements: the matcher that every workflow uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cellwarden.advisories.identity import (
    Answer,
    Claim,
    ClaimIndex,
    Columns,
    Evidence,
    Identity,
    columns_of,
    firmware_matters,
    judge,
    maker_at_start,
    makers_named,
    read_columns,
    with_firmware,
)
from cellwarden.advisories.matching import parts as firmware
from cellwarden.advisories.matching.decide import verdict
from cellwarden.advisories.matching.fixes import Around, around, fix_of
from cellwarden.advisories.matching.nouns import (
    Chosen,
    Considered,
    Correction,
    Decision,
    Explanation,
    Line,
    Verdict,
)
from cellwarden.advisories.matching.people import (
    by_subject,
    is_yes,
    refused,
    rows_as,
    subjects,
    sure,
)
from cellwarden.advisories.matching.quick import Quick, compiled
from cellwarden.advisories.matching.statements import ready
from cellwarden.advisories.matching.telling import in_words, match_of
from cellwarden.advisories.matching.together import Outcome, together
from cellwarden.advisories.versions.order import version_key
from cellwarden.model.matching import Component, Match, Statement


class Group(msgspec.Struct, frozen=True, eq=False):
    """One advisory's statements that may speak of one identity, each with its answer."""

    seen: Evidence
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
        self._decisions = rows_as(Decision, decisions)
        self._corrections = rows_as(Correction, corrections)
        self._decided = by_subject(self._decisions)
        lines = ready(self._statements, self._corrections)
        self._lines_of: dict[Claim, list[Line]] = {}
        self._by_advisory: dict[str, list[Line]] = {}
        for line in lines:
            self._lines_of.setdefault(line.claim, []).append(line)
            self._by_advisory.setdefault(line.statement.advisory_id, []).append(line)
        self._index = ClaimIndex(self._lines_of)
        self._makers = makers_named(v for claim in self._lines_of for v in claim.vendors)
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._fixes_of: dict[int, tuple[str, ...]] = {}
        self._around: dict[str, Around] = {}

    def match(self, components: Iterable[Component]) -> Iterator[Match]:
        """Every component x advisory x state, components in their order, then by advisory."""
        for component in components:
            plan = self._plan(component)
            groups = plan.groups
            if self._decided:
                groups = tuple(self._with_decisions(component, plan))
            if groups:
                yield from self._match_groups(component, groups)

    def _match_groups(self, component: Component, groups: Sequence[Group]) -> Iterator[Match]:
        """One component against the advisories that speak of it; the short way where it serves."""
        parts = firmware.firmware_parts(component.firmware, component.part)
        key = version_key(parts[0].version) if len(parts) == 1 else None
        version = parts[0].version if parts else ""
        part = (parts[0].name if parts else "") or component.part
        for group in groups:
            quick = group.quick
            if quick is None or (key is None and quick.constant is None):
                for outcome in self._outcomes(component, group):
                    yield match_of(component, group.advisory_id, outcome)
                continue
            for told in quick.tell(key or b"", version, part, group.seen):
                yield Match(
                    component_id=component.component_id,
                    part=part,
                    advisory_id=group.advisory_id,
                    vulnerabilities=told.vulnerabilities,
                    state=told.state,
                    confidence=told.confidence,
                    candidate=quick.is_candidate,
                    range=told.range,
                    version=component.firmware,
                    why=told.why,
                    fixed_in=told.fixed_in,
                    source=told.source,
                )

    def explain(self, component: Component, advisory_id: str) -> Explanation:
        """Everything that was compared for one component and one advisory, in words."""
        plan = self._plan(component)
        considered: list[Considered] = []
        lines = self._by_advisory.get(advisory_id, ())
        judged = exact_first([(line, judge(plan.seen, line.claim)) for line in lines])
        for line, found_identity in judged:
            identity = self._decided_identity(component, line) or found_identity
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
            lines=tuple(in_words(component, advisory_id, matches, considered)),
        )

    def evidence(self, component: Component) -> Evidence:
        """What a component's row shows of its identity, its firmware texts included."""
        return self._plan(component).seen

    def alone(
        self, advisory_id: str, statements: Iterable[Statement], fixes: Sequence[str] = ()
    ) -> Matcher:
        """A matcher of one advisory's new statements, with the same decisions and corrections."""
        alone = Matcher(
            statements,
            fixes={advisory_id: tuple(fixes)},
            decisions=(d for d in self._decisions if d.advisory_id == advisory_id),
            corrections=(c for c in self._corrections if c.advisory_id == advisory_id),
        )
        alone._makers |= self._makers
        return alone

    def claims(self) -> tuple[Claim, ...]:
        """The distinct products that the statements speak of."""
        return self._index.claims

    def decided_subjects(self, advisory_id: str) -> frozenset[str]:
        """The components, or kinds of component, on which people decided for an advisory."""
        return frozenset(d.component_id for d in self._decisions if d.advisory_id == advisory_id)

    # ---- one identity ---------------------------------------------------------------------

    def _outcomes(self, component: Component, group: Group) -> tuple[Outcome, ...]:
        said = []
        for (line, identity), fixes in zip(group.lines, group.fixes, strict=True):
            chosen = self._choose(component, group.seen, line)
            found = verdict(line, identity, chosen, group.seen, fixes)
            if found is not None:
                said.append(found)
        return together(said)

    def _plan(self, component: Component) -> Plan:
        columns = self._with_maker(columns_of(component))
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

    def _with_maker(self, columns: Columns) -> Columns:
        """The columns, with a maker of the statements that only begins the model's text."""
        if columns.manufacturer.strip():
            return columns
        maker = maker_at_start(columns.model, self._makers)
        return msgspec.structs.replace(columns, manufacturer=maker) if maker else columns

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

    def _group(self, advisory_id: str, pairs: list[tuple[Line, Identity]], seen: Evidence) -> Group:
        pairs = exact_first(pairs)
        ordered = tuple(sorted(pairs, key=lambda pair: (-pair[1].specificity, pair[0].place)))
        fixes = tuple(self._fix(line) for line, _ in ordered)
        quick = compiled(ordered, fixes, seen)
        return Group(seen, advisory_id, ordered, fixes, quick)

    def _fix(self, line: Line) -> tuple[str, ...]:
        found = self._fixes_of.get(id(line))
        if found is None:
            advisory = line.statement.advisory_id
            texts = self._fixes.get(advisory, ())
            has_some = bool(texts) or line.beside is not None
            found = fix_of(line, texts, self._document(advisory)) if has_some else ()
            self._fixes_of[id(line)] = found
        return found

    def _document(self, advisory: str) -> Around:
        found = self._around.get(advisory)
        if found is None:
            found = self._around[advisory] = around(self._by_advisory[advisory])
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
        decided = {
            a: d for s in reversed(subjects(component)) for a, d in self._decided.get(s, {}).items()
        }
        if not decided:
            yield from plan.groups
            return
        known = {group.advisory_id: group for group in plan.groups}
        for advisory_id in sorted(known.keys() | decided.keys()):
            decision = decided.get(advisory_id)
            if decision is None:
                yield known[advisory_id]
            elif is_yes(decision):
                group = self._as_decided(advisory_id, known.get(advisory_id), plan.seen, decision)
                if group is not None:
                    yield group

    def _as_decided(
        self, advisory_id: str, group: Group | None, seen: Evidence, decision: Decision
    ) -> Group | None:
        certain = sure(decision)
        pairs = list(group.lines) if group else []
        if not pairs:
            pairs = [(line, certain) for line in self._by_advisory.get(advisory_id, ())]
        texts = {text.strip() for text in decision.product.split(";") if text.strip()}
        named = [pair for pair in pairs if pair[0].claim.text in texts] if texts else []
        kept = [(line, certain) for line, _ in named or pairs]
        cards = {card for line, _ in kept for card in line.claim.cards}
        seen = msgspec.structs.replace(seen, cards=tuple(sorted({*seen.cards, *cards})))
        return self._group(advisory_id, kept, seen) if kept else None

    def _decided_identity(self, component: Component, line: Line) -> Identity | None:
        for subject in subjects(component):
            decision = self._decided.get(subject, {}).get(line.statement.advisory_id)
            if decision is not None:
                return sure(decision) if is_yes(decision) else refused(decision)
        return None


def exact_first(pairs: Sequence[tuple[Line, Identity]]) -> list[tuple[Line, Identity]]:
    """The pairs, where a name with a word too many is but a candidate beside the exact one.

    ``VSN300 WiFi Logger Card for React`` is another product for who is a ``VSN300 WiFi Logger
    Card`` where one document names both.
    """
    exact = {
        code
        for line, identity in pairs
        if identity.answer is Answer.SAME
        and not identity.is_partial
        and len(line.claim.wanted) == 1
        for wanted in line.claim.wanted
        for code in wanted.codes
    }
    return [(line, _beside_exact(line, identity, exact)) for line, identity in pairs]


def _beside_exact(line: Line, identity: Identity, exact: set[str]) -> Identity:
    codes = {code for wanted in line.claim.wanted for code in wanted.codes}
    if not identity.is_partial or codes.isdisjoint(exact):
        return identity
    why = f"{identity.why}, but the advisory also names it more exactly"
    return msgspec.structs.replace(
        identity, answer=Answer.CANDIDATE, confidence=0.4, why=why, is_partial=False
    )


def _firmware(component: Component) -> str:
    """The firmware cell; where it is blank, a version that stands in the model cell."""
    return (
        component.firmware if component.firmware.strip() else firmware.firmware_in_model(component)
    )
