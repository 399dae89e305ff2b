"""Components against statements: the matcher that every workflow uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from cellwarden.advisories.identity import (
    Answer,
    Claim,
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
from cellwarden.advisories.matching.exact import exact_first
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
from cellwarden.advisories.matching.prepared import Prepared, prepare
from cellwarden.advisories.matching.quick import Asked, Pair, Quick, compiled
from cellwarden.advisories.matching.telling import in_words, match_of
from cellwarden.advisories.matching.together import Outcome, together
from cellwarden.advisories.plain import read_plain
from cellwarden.advisories.versions.order import version_key
from cellwarden.model.matching import Component, Match, Remedy, Statement

_CODE_LEAF: Final = 4
"""The specificity of an answer by a model code; see :class:`Identity`."""


class Group(msgspec.Struct, frozen=True, eq=False):
    """One advisory's statements that may speak of one identity, each with its answer."""

    seen: Evidence
    advisory_id: str
    pairs: tuple[Pair, ...]
    quick: Quick | None


class Plan(msgspec.Struct, frozen=True, eq=False):
    """What one identity has to be compared with; the same for all components alike."""

    seen: Evidence
    groups: tuple[Group, ...]


class Matcher:
    """Matches components against statements; pure, it holds no clock and reads no file.

    ``fixes`` maps an advisory to its remedies. ``decisions`` and ``corrections`` are
    rows of the kinds ``match_decision`` and ``correction``, as structs or as mappings. The answer
    depends neither on the order of the statements nor on that of the components.
    """

    def __init__(
        self,
        statements: Iterable[Statement] | Prepared,
        *,
        fixes: Mapping[str, Sequence[Remedy]] | None = None,
        decisions: Iterable[Decision | Mapping[str, Any]] = (),
        corrections: Iterable[Correction | Mapping[str, Any]] = (),
    ) -> None:
        self._decisions = rows_as(Decision, decisions)
        self._corrections = rows_as(Correction, corrections)
        self._decided = by_subject(self._decisions)
        if not isinstance(statements, Prepared):
            statements = prepare(statements, fixes or {}, self._corrections)
        self._prepared = statements
        self._makers = makers_named(statements.index.vendors)
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._bare: dict[Columns, Plan] = {}  # where firmware says nothing of identity

    def match(self, components: Iterable[Component]) -> Iterator[Match]:
        """Every component x advisory x state, components in their order, then by advisory."""
        for component in components:
            asked, groups = self.look(component)
            for group in groups:
                if asked is None or group.quick is None:
                    yield from self.one(component, group)
                else:
                    yield from group.quick.span(asked).of(component, asked)

    def look(self, component: Component) -> tuple[Asked | None, Sequence[Group]]:
        """The version that a component is asked about, and the advisories that speak of it.

        Nothing is asked where it shows several parts; then, and where a group is not compiled,
        :meth:`one` has to look.
        """
        plan = self._plan(component)
        groups: Sequence[Group] = plan.groups
        if self._decided:
            groups = tuple(self._with_decisions(component, plan))
        return (self._asked(component) if groups else None), groups

    def one(self, component: Component, group: Group) -> Iterator[Match]:
        """What one advisory says of one component, the long way."""
        for outcome in self._outcomes(component, group):
            yield match_of(component, group.advisory_id, outcome)

    def _asked(self, component: Component) -> Asked | None:
        """What a component is asked about; nothing where it shows several parts."""
        parts = firmware.firmware_parts(_firmware(component), component.part)
        if not parts:
            return Asked("", None, Chosen(component.part, ()))
        if len(parts) > 1:
            return None
        version, part = parts[0].version, parts[0].name or component.part
        is_weak = not component.firmware.strip()
        key = None if is_weak else version_key(version)
        plain = None if key is None else read_plain(version)
        chosen = Chosen(part, (version,), is_weak=is_weak)
        return Asked(version, key, chosen, plain.tame if plain else 0)

    def explain(self, component: Component, advisory_id: str) -> Explanation:
        """Everything that was compared for one component and one advisory, in words."""
        plan = self._plan(component)
        considered: list[Considered] = []
        numbers = self._prepared.about.get(advisory_id, ())
        claims = [self._prepared.lines[number].claim for number in numbers]
        judged = exact_first(plan.seen, [(claim, judge(plan.seen, claim)) for claim in claims])
        for number, found_identity in zip(numbers, judged, strict=True):
            line = self._prepared.lines[number]
            identity = self._decided_identity(component, line) or found_identity
            found = None
            if identity.answer is not Answer.OTHER:
                found = self._verdict(component, plan.seen, number, identity)
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
        self, advisory_id: str, statements: Iterable[Statement], fixes: Sequence[Remedy] = ()
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

    def claims(self) -> Sequence[Claim]:
        """The distinct products that the statements speak of."""
        return self._prepared.claims

    def is_bare(self, component: Component) -> bool:
        """True where a plain firmware version says nothing of which product this is."""
        self._plan(component)
        return columns_of(component) in self._bare

    def decided_subjects(self, advisory_id: str) -> frozenset[str]:
        """The components, or kinds of component, on which people decided for an advisory."""
        return frozenset(d.component_id for d in self._decisions if d.advisory_id == advisory_id)

    # ---- one identity ---------------------------------------------------------------------

    def _outcomes(self, component: Component, group: Group) -> tuple[Outcome, ...]:
        verdicts = (
            self._verdict(component, group.seen, number, identity)
            for number, _, identity in group.pairs
        )
        return together([one for one in verdicts if one is not None])

    def _plan(self, component: Component) -> Plan:
        own = columns_of(component)
        shown = firmware.shown(_firmware(component), component.part)
        named = tuple(
            part if part.name or part.series_id else msgspec.structs.replace(part, version="")
            for part in shown
            if part.name or part.series_id or part.lead
        )
        plan = None if named else self._bare.get(own)
        if plan is not None:
            return plan
        columns = self._with_maker(own)
        base = read_columns(columns)
        matters = firmware_matters(base)
        key = (columns, shown if matters else named)
        plan = self._plans.get(key)
        if plan is None:
            seen = with_firmware(base, key[1])
            plan = self._plans[key] = Plan(seen, tuple(self._groups(seen)))
        if not (named or matters):
            self._bare[own] = plan
        return plan

    def _with_maker(self, columns: Columns) -> Columns:
        """The columns, with a maker of the statements that only begins the model's text."""
        if columns.manufacturer.strip():
            return columns
        maker = maker_at_start(columns.model, self._makers)
        return msgspec.structs.replace(columns, manufacturer=maker) if maker else columns

    def _groups(self, seen: Evidence) -> Iterator[Group]:
        known = self._prepared
        found: dict[str, list[Pair]] = {}
        for claim in known.near(seen):
            identity = judge(seen, known.claims[claim])
            if identity.answer is Answer.OTHER:
                continue
            for number in known.lines_of[claim]:
                one = known.ranged(number)
                found.setdefault(one.advisory_id, []).append((number, one, identity))
        for advisory_id in sorted(found):
            yield self._group(advisory_id, found[advisory_id], seen)

    def _group(self, advisory_id: str, pairs: list[Pair], seen: Evidence) -> Group:
        if len(pairs) > 1:
            pairs = self._exact_first(pairs, seen)
            pairs.sort(key=lambda pair: (-pair[2].specificity, pair[1].source))
        quick = compiled(pairs, self._prepared, seen)
        return Group(seen, advisory_id, tuple(pairs), quick)

    def _exact_first(self, pairs: list[Pair], seen: Evidence) -> list[Pair]:
        if not any(i.is_partial or i.specificity == _CODE_LEAF for _, _, i in pairs):
            return pairs
        lines = self._prepared.lines
        asked = [(lines[number].claim, identity) for number, _, identity in pairs]
        judged = exact_first(seen, asked)
        return [
            (*pair[:2], identity)
            for pair, identity in zip(pairs, judged, strict=True)
            if identity.answer is not Answer.OTHER
        ]

    def _choose(self, component: Component, seen: Evidence, line: Line) -> Chosen:
        shown = firmware.firmware_parts(_firmware(component), component.part)
        found = firmware.choose(line, shown, component.part, seen)
        if not found.versions or component.firmware.strip():
            return found
        return Chosen(found.part, found.versions, found.doubt, is_weak=True)

    def _verdict(
        self, component: Component, seen: Evidence, number: int, identity: Identity
    ) -> Verdict | None:
        line = self._prepared.lines[number]
        named = self._prepared.ranged(number).named
        return verdict(line, identity, self._choose(component, seen, line), seen, named)

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
        certain, known = sure(decision), self._prepared
        numbers = (
            [number for number, _, _ in group.pairs] if group else known.about.get(advisory_id)
        )
        texts = {text.strip() for text in decision.product.split(";") if text.strip()}
        claims = {number: known.lines[number].claim for number in numbers or ()}
        named = [number for number, claim in claims.items() if claim.text in texts]
        kept = named or list(claims)
        cards = {card for number in kept for card in claims[number].cards}
        seen = msgspec.structs.replace(seen, cards=tuple(sorted({*seen.cards, *cards})))
        pairs = [(number, known.ranged(number), certain) for number in kept]
        return self._group(advisory_id, pairs, seen) if pairs else None

    def _decided_identity(self, component: Component, line: Line) -> Identity | None:
        for subject in subjects(component):
            decision = self._decided.get(subject, {}).get(line.statement.advisory_id)
            if decision is not None:
                return sure(decision) if is_yes(decision) else refused(decision)
        return None


def _firmware(component: Component) -> str:
    """The firmware cell; where it is blank, a version that stands in the model cell."""
    return (
        component.firmware if component.firmware.strip() else firmware.firmware_in_model(component)
    )
