"""Names of one document beside each other: the exact one counts before one with words too many."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cellwarden.advisories.identity import Answer, Claim, Identity


def exact_first(judged: Sequence[tuple[Claim, Identity]]) -> list[Identity]:
    """The answers, where a name with a word too many is but a candidate beside the exact one.

    ``VSN300 WiFi Logger Card for React`` is another product for who is a ``VSN300 WiFi Logger
    Card`` where one document names both.
    """
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
