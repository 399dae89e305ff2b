"""All statements made ready for components: their lines, their products, and how to find these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cellwarden.advisories.identity import Claim, ClaimIndex, Evidence
from cellwarden.advisories.matching.counted import has_own_way
from cellwarden.advisories.matching.fixes import Around, around, fix_of
from cellwarden.advisories.matching.nouns import Correction, Line
from cellwarden.advisories.matching.ranged import Answers, Ranged, cuts, ranged, unasked, wording
from cellwarden.advisories.matching.statements import ready
from cellwarden.model.matching import Remedy, Statement


class Prepared:
    """What a matcher has to know of the advisories; lines and claims have numbers from 0.

    ``lines_of`` gives the lines of each claim, ``about`` those of each advisory, ``texts`` the
    remedies of each. What is known of a line is worked out when it is first asked for.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        index: ClaimIndex,
        lines_of: Sequence[Sequence[int]],
        about: Mapping[str, Sequence[int]],
        texts: Mapping[str, Sequence[Remedy]],
    ) -> None:
        self._answers: list[Answers] = []
        self.lines = lines
        self.lines_of = lines_of
        self.about = about
        self.answers: Sequence[Answers] = self._answers
        self.index = index
        self.texts = texts
        self._ranged: dict[int, Ranged] = {}
        self._wordings: dict[tuple[Any, ...], int] = {}
        self._around: dict[str, Around] = {}

    @property
    def claims(self) -> Sequence[Claim]:
        """The distinct products that the statements speak of."""
        return self.index.claims

    def near(self, seen: Evidence) -> list[int]:
        """The numbers of the claims that are worth judging for one identity, in their order."""
        return self.index.near(seen)

    def ranged(self, number: int) -> Ranged:
        """What is known of one line."""
        found = self._ranged.get(number)
        if found is None:
            line = self.lines[number]
            named = self._named(line)
            found = self._ranged[number] = ranged(line, named, self._number_of(line, named))
        return found

    def _number_of(self, line: Line, named: tuple[str, ...]) -> int | None:
        """The number of the answers that statements of this wording share."""
        if line.part_words or line.claim.cards or has_own_way(line.claim):
            return None
        key = wording(line, named)
        found = self._wordings.get(key)
        if found is None:
            found = self._wordings[key] = len(self._answers)
            self._answers.append(unasked(cuts(line, named)))
        return found

    def _named(self, line: Line) -> tuple[str, ...]:
        """The fixed versions that the document names for a line's product."""
        advisory = line.statement.advisory_id
        texts = self.texts.get(advisory, ())
        has_some = bool(texts) or line.beside is not None
        return fix_of(line, texts, self._document(advisory)) if has_some else ()

    def _document(self, advisory: str) -> Around:
        found = self._around.get(advisory)
        if found is None:
            lines = [self.lines[number] for number in self.about[advisory]]
            found = self._around[advisory] = around(lines)
        return found


def prepare(
    statements: Iterable[Statement],
    fixes: Mapping[str, Sequence[Remedy]],
    corrections: Iterable[Correction] = (),
) -> Prepared:
    """Make statements ready; ``fixes`` maps an advisory to its remedies."""
    lines = ready(statements, corrections)
    lines_of: dict[Claim, list[int]] = {}
    about: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        lines_of.setdefault(line.claim, []).append(number)
        about.setdefault(line.statement.advisory_id, []).append(number)
    return Prepared(lines, ClaimIndex(tuple(lines_of)), list(lines_of.values()), about, dict(fixes))
