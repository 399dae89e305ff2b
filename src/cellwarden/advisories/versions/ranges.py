"""A range of versions as an advisory writes it, and the question whether a version lies in it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from cellwarden.advisories.plain import LONGEST_VERSION
from cellwarden.advisories.versions.bounds import Evaluation, holds
from cellwarden.advisories.versions.firmware import read_firmware
from cellwarden.advisories.versions.intervals import Plan
from cellwarden.advisories.versions.nouns import Alternative, Placement, Quality
from cellwarden.advisories.versions.order import version_key
from cellwarden.advisories.versions.spelling import is_blank, is_hedged, spell

_PART_SIGNS: Final = frozenset("/:;=(,")
LONGEST_IN_WORDS: Final = 80
NOUGHT: Final = re.compile(r"[vV]?0+(?:\.0+)*")
"""What a device reports, or a person fills in, where there is no version."""


class VersionRange(msgspec.Struct, frozen=True, kw_only=True):
    """What an advisory's words say of versions.

    ``qualifiers`` are words that are no version; ``conditions`` those among them that must hold
    before inside may be called affected; ``vulnerabilities`` the ids to which the words restrict
    the statement. ``first_after`` is the first version that the words name as no longer in the
    range, verbatim, one for each branch with bars between, empty where they name none.
    ``doubt`` says why what lies outside must stay undetermined, empty where outside is certain.
    ``plan`` decides plain numbers by key alone; nothing where a closer look is needed.
    """

    text: str
    quality: Quality
    is_all: bool = False
    alternatives: tuple[Alternative, ...] = ()
    qualifiers: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    vulnerabilities: tuple[str, ...] = ()
    first_after: str = ""
    doubt: str = ""
    plan: Plan | None = None

    def place(self, version: str) -> Placement:
        """Say whether a version text lies in this range; nothing where that cannot be told.

        Every version, also a blank or unreadable one, lies in a range of all versions.
        """
        if self.is_all:
            return Placement(
                inside=True, why="every version is meant", scheme="all", conditions=self.conditions
            )
        if len(version) > LONGEST_VERSION:
            return self._say(None, version, "", "the text is longer than a version can be")
        if self.plan is not None and (key := version_key(version)) is not None:
            return self._say(self.plan.decide(key), version, "dotted", "")
        if is_blank(version):
            return self._say(None, version, "", "the version is not known")
        return self._look(version)

    def _look(self, version: str) -> Placement:
        """Place a version, or each of the parts that its text names, by exact comparison."""
        first = self._weigh(self._without_condition(version))
        if is_hedged(version) and first[1] != "text":
            return self._say(None, version, "", "who wrote it was not sure of it")
        if first[1] == "text" or _PART_SIGNS.isdisjoint(version):
            return self._say(first[0], version, first[1], first[2])
        names = [part.version for part in read_firmware(version)] or [version]
        found = [self._weigh(name) for name in names]
        first = found[0]
        if any(other[0] is not first[0] for other in found[1:]):
            return self._say(None, version, "", "its parts lie differently")
        return self._say(first[0], version, first[1], first[2])

    def _without_condition(self, version: str) -> str:
        """The version without a word before it that the range has as a condition: ``BIOS``."""
        spelled = spell(version)
        bounds = (b for a in self.alternatives for c in a.comparators for b in c.bounds)
        if not any(spelled.label == word.casefold() for word in self.conditions):
            return version
        return version if any(spell(bound).label for bound in bounds) else spelled.text

    def _weigh(self, version: str) -> tuple[bool | None, str, str]:
        """Inside, scheme and reason, over all alternatives: one that holds is enough."""
        open_because, scheme = "", ""
        for alternative in self.alternatives:
            found = _conjunction(alternative, version)
            scheme = scheme or found.scheme
            if found.inside and alternative.is_certain:
                return True, found.scheme, ""
            if found.inside is not False:
                unsure = "the words do not say for certain whether it is meant"
                open_because = open_because or found.doubt or unsure
        if open_because or not self.alternatives:
            return None, scheme, open_because or "the range is not understood"
        return (None, scheme, self.doubt) if self.doubt else (False, scheme, "")

    def _say(self, inside: bool | None, version: str, scheme: str, because: str) -> Placement:  # noqa: FBT001 - the answer itself
        if inside is not None and self.doubt and not inside:
            inside, because = None, self.doubt
        if inside is False and NOUGHT.fullmatch(version):
            inside, because = None, "a nought may stand for a version that nobody read"
        shown, words = version[:LONGEST_IN_WORDS], self.text[:LONGEST_IN_WORDS]
        if inside is None:
            why = f"whether {shown or 'it'} lies in {words} cannot be told"
            why = f"{why}: {because}" if because else why
        else:
            why = f"{shown} lies {'in' if inside else 'outside'} {words}"
        return Placement(inside=inside, why=why, scheme=scheme, conditions=self.conditions)


def _conjunction(alternative: Alternative, version: str) -> Evaluation:
    """One false comparator decides; else one open one; else all hold."""
    result = Evaluation(True, "", "")  # noqa: FBT003 - the answer itself
    for comparator in alternative.comparators:
        found = holds(comparator, version)
        if found.inside is False:
            return found
        if found.inside is None or not result.scheme:
            result = found if result.inside is not None else result
    return result
