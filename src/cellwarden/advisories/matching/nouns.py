"""The words of matching: a statement made ready, a firmware part chosen, a verdict, an answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity import Claim, Identity
from cellwarden.advisories.versions import VersionRange, read_range
from cellwarden.model.matching import Match, MatchState, Statement


@lru_cache(maxsize=65536)
def read(text: str, kind: str) -> VersionRange:
    """A range's words, read once for all statements that use them."""
    return read_range(text, kind=kind)


@lru_cache(maxsize=65536)
def _lists_versions(text: str, kind: str) -> bool:
    words = read(text, kind)
    return bool(words.alternatives) and all(
        comparator.op == "=" for one in words.alternatives for comparator in one.comparators
    )


@lru_cache(maxsize=65536)
def _has_two_ends(text: str) -> bool:
    ends = [end.strip() for end in text.split("|")]
    return len(set(ends)) > 1 and all(end.startswith("<") for end in ends)


@lru_cache(maxsize=65536)
def _lists_lines(text: str, kind: str) -> bool:
    return _lists_versions(text, kind) and all(
        comparator.prefix for one in read(text, kind).alternatives for comparator in one.comparators
    )


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word whether a component is the product of an advisory; kind match_decision.

    ``component_id`` may be manufacturer and model joined by a bar, for all components alike.
    """

    component_id: str
    advisory_id: str
    answer: str
    product: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_at: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A local correction of what an advisory says; kind correction."""

    advisory_id: str
    leaf_id: str
    field: str
    value: str
    reason: str = ""
    author: str = ""


GENERATION: Final = "v"
"""Stands before a version line that may be a generation of the hardware."""


class Beside(msgspec.Struct, frozen=True):
    """What one document says of one product and some vulnerabilities.

    ``affected`` are the ranges: text, kind, and the version line of the product's name, behind
    ``GENERATION`` where it may be the hardware's. ``fixed``
    are the versions that its leaves list as fixed. ``is_cut`` is true where there were more ranges
    than anybody reads.
    """

    affected: tuple[tuple[str, str, str], ...]
    fixed: tuple[str, ...]
    is_cut: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One statement made ready: its product and its range are read, its corrections applied.

    ``notes`` say who corrected what. ``part_words`` are the firmware parts that its words name.
    ``range_text`` is what is read as a range of ``range_kind``; ``contradicts`` is true where the
    document elsewhere ends the range that this line leaves open. ``besides`` are words behind the
    full name that hold versions which the range leaves out. ``beside`` is what the document
    says of the same product, this line included; nothing where it says no more than this line.
    """

    statement: Statement
    claim: Claim
    range_text: str
    range_kind: str
    notes: tuple[str, ...] = ()
    part_words: tuple[str, ...] = ()
    contradicts: bool = False
    besides: str = ""
    beside: Beside | None = None

    @property
    def range(self) -> VersionRange:
        """The range that the words mean; read when it is first needed."""
        return read(self.range_text, self.range_kind)

    @property
    def has_two_ends(self) -> bool:
        """True where the words end twice without a beginning: ``<= 2.22 | <= 1.01``."""
        return _has_two_ends(self.range_text)

    @property
    def lists_versions(self) -> bool:
        """True where the words list single versions, so that older ones are not said to be safe."""
        return _lists_versions(self.range_text, self.range_kind)

    @property
    def is_open_ended(self) -> bool:
        """True where only single versions are listed, so that newer ones are not said to be safe.

        Not where the list is of version lines (``1.5.x``), nor where the document elsewhere gives
        a range of the same product.
        """
        if not self.lists_versions or _lists_lines(self.range_text, self.range_kind):
            return False
        return self.beside is None or not any(
            branch == self.claim.branch and not _lists_versions(text, kind)
            for text, kind, branch in self.beside.affected
        )

    @property
    def place(self) -> str:
        """Where the statement stands: advisory and leaf."""
        return f"{self.statement.advisory_id}#{self.statement.leaf_id}"


class Chosen(msgspec.Struct, frozen=True):
    """The versions of a component that a statement may speak of, and the part they belong to.

    ``doubt`` says why it cannot be told which part is meant, empty where it can. ``is_weak`` is
    true for a version that stood in another column than firmware.
    """

    part: str
    versions: tuple[str, ...]
    doubt: str = ""
    is_weak: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What one statement says of one component.

    ``is_listed`` where the document lists it so; ``is_off_line`` where the statement speaks of
    another version line than the component's.
    """

    state: MatchState
    line: Line
    identity: Identity
    part: str
    version: str
    why: str
    fixed_in: str = ""
    is_listed: bool = False
    is_off_line: bool = False


class Considered(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of the advisory as it was judged, for those who ask why."""

    source: str
    product: str
    range: str
    identity: Identity
    state: MatchState | None
    why: str
    notes: tuple[str, ...] = ()


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why an advisory touches a component, or why it speaks of another product.

    ``lines`` is the whole of it in words, one thought a line.
    """

    component_id: str
    advisory_id: str
    matches: tuple[Match, ...]
    considered: tuple[Considered, ...]
    lines: tuple[str, ...]
