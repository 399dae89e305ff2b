"""Names of one document beside each other: the exact one counts before one with words too many."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from cellwarden.advisories.identity import Answer, Claim, Evidence, Identity
from cellwarden.advisories.identity.answers import other

_CODE: Final = 4
"""The specificity of a model code; above it stand order numbers and whole names."""


def exact_first(seen: Evidence, judged: Sequence[tuple[Claim, Identity]]) -> list[Identity]:
    """The answers, where a name with a word too many is but a candidate beside the exact one.

    ``VSN300 WiFi Logger Card for React`` is another product for who is a ``VSN300 WiFi Logger
    Card`` where one document names both; and the other way round for who says *React*.
    """
    judged = _closest(seen, judged)
    exact = {
        code
        for claim, identity in judged
        if identity.answer is Answer.SAME and not identity.is_partial and len(claim.wanted) == 1
        for wanted in claim.wanted
        for code in wanted.codes
    }
    return [_beside_exact(claim, identity, exact) for claim, identity in judged]


def _beside_exact(claim: Claim, identity: Identity, exact: set[str]) -> Identity:
    codes = {code for wanted in claim.wanted for code in wanted.codes}
    named = any(one in other or other in one for one in codes for other in exact)
    if not identity.is_partial or not named:
        return identity
    why = f"{identity.why}, but the advisory also names it more exactly"
    return msgspec.structs.replace(
        identity, answer=Answer.CANDIDATE, confidence=0.4, why=why, is_partial=False
    )


def _closest(
    seen: Evidence, judged: Sequence[tuple[Claim, Identity]]
) -> Sequence[tuple[Claim, Identity]]:
    """The answers, without a name that says less where one of the same code says what the row does.

    Only words beside one code tell names apart here, and all that the longer name has too many
    have to stand in the row.
    """
    named = {
        (wanted.codes, frozenset(wanted.words))
        for claim, identity in judged
        if identity.answer is Answer.SAME and len(claim.wanted) == 1
        for wanted in claim.wanted
        if wanted.codes
    }
    if len(named) <= 1:
        return judged
    return [(claim, _less_said(seen, claim, one, named)) for claim, one in judged]


def _less_said(
    seen: Evidence,
    claim: Claim,
    identity: Identity,
    named: AbstractSet[tuple[tuple[str, ...], frozenset[str]]],
) -> Identity:
    if identity.answer is not Answer.SAME or len(claim.wanted) != 1 or claim.hosts:
        return identity
    codes, words = claim.wanted[0].codes, frozenset(claim.wanted[0].words)
    closer = (
        longer - words
        for theirs, longer in named
        if theirs == codes and words < longer and longer - words <= seen.tokens
    )
    missed = next(closer, frozenset())
    if not missed or identity.specificity > _CODE:
        return identity
    return other(f"the advisory also names the one with {', '.join(sorted(missed))}", "product")
