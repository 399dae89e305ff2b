"""Names set against names: order numbers, sizes, model codes, words, details."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from cellwarden.advisories.identity.answers import candidate, other, same
from cellwarden.advisories.identity.nouns import Claim, Evidence, Identity, Wanted
from cellwarden.advisories.identity.wording import (
    by_small_words,
    by_words,
    details,
    extra,
    other_kind,
    own_codes,
    says_line_alone,
    software,
)
from cellwarden.advisories.identity.words import (
    is_short_wildcard,
    shortened,
    wildcard,
    word_lists,
)

_STRONG_CODE: Final = 5
_CODE_LEAF: Final = 4
_SHORTEST_CODE: Final = 3
_CATALOGUE_NUMBER: Final = 5
"""Letters and digits from which a code is no other maker's and no other product's."""
_HALF: Final = 0.5
_ENOUGH_SMALL: Final = 3
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_STEP: Final = re.compile(r"(?:sp|cu|hf|upd|update|r|rel|rev)\d{1,2}")


class _Shared(NamedTuple):
    """What a row and one wanted product have in common, and what is lacking."""

    codes: list[str]
    words: list[str]
    lacking: list[str]
    wild: dict[str, str]


def size_contradiction(seen: Evidence, claim: Claim) -> Identity | None:
    """Another size or version line: ``15kW`` is not ``5kW``, ``V8`` is not ``V9``."""
    line = claim.branch
    own_lines = seen.branches
    if line and own_lines and not any(b.startswith(line) or line.startswith(b) for b in own_lines):
        return other(f"it is of the V{own_lines[0]} line, not V{line}", "version line")
    own = dict(seen.ratings)
    for unit, sizes in claim.ratings:
        if unit in own and not own[unit] & sizes:
            return other(
                f"it is the {', '.join(sorted(own[unit]))}, not {', '.join(sorted(sizes))}", "size"
            )
    return None


def variant_contradiction(seen: Evidence, claim: Claim) -> Identity | None:
    """Another variant of one model: ``7SA82 (CP150)`` is not ``7SA82 (CP100)``."""
    if not claim.variants or not seen.tokens.isdisjoint(claim.variants):
        return None
    named = {code for wanted in claim.wanted for code in wanted.codes}
    for variant in claim.variants:
        letters = variant.rstrip("0123456789")
        rivals = (c for c in seen.codes if c not in named)
        rival = next((c for c in rivals if _differs_in_number(c, variant, letters)), "")
        if rival:
            return other(f"it is the {rival.upper()}, not the {variant.upper()}", "variant")
    return None


def _differs_in_number(code: str, variant: str, letters: str) -> bool:
    is_alike = len(code) == len(variant) and code != variant and bool(letters)
    return is_alike and code.rstrip("0123456789") == letters


def order_number_contradiction(seen: Evidence, claim: Claim) -> Identity | None:
    """Another product where both give order numbers of one scheme and none is shared."""
    rivals = {
        n for n in seen.order_numbers if any(_alike(n, other) for other in claim.order_numbers)
    }
    if not rivals:
        return None
    return other(
        f"its order number {min(rivals)} is not {', '.join(sorted(claim.order_numbers))}",
        "order number",
    )


def _alike(one: str, other: str) -> bool:
    """True for two order numbers of one scheme: same length, letters and digits at the start."""
    return len(one) == len(other) and [c.isdigit() for c in one[:5]] == [
        c.isdigit() for c in other[:5]
    ]


def compare(seen: Evidence, wanted: Wanted) -> Identity:
    """One alternative against the row: codes first, then words, then details."""
    tokens = seen.tokens
    wild = {pattern: fits(pattern, seen) for pattern in wanted.wildcards}
    found = [
        c
        for c in wanted.codes
        if c in tokens and _is_own(c, seen, wanted) and _is_of_line(c, seen, wanted)
    ]
    shared = _Shared(
        codes=found + [p for p, code in wild.items() if code],
        words=[w for w in wanted.words if w in tokens],
        lacking=[w for w in wanted.words if w not in tokens],
        wild=wild,
    )
    missing = [c for c in wanted.codes if c not in found]
    if missing and _is_catalogued(found, missing, seen):
        missing = []
    missing += [p for p, code in wild.items() if not code]
    if missing:
        return _without_code(seen, wanted, missing, shared.words)
    if shared.codes:
        return _unlike_in_words(seen, wanted, shared) or _with_code(seen, wanted, shared)
    if wanted.words:
        return by_words(seen, wanted, shared.words)
    return by_small_words(seen, wanted)


def _is_catalogued(found: list[str], missing: list[str], seen: Evidence) -> bool:
    """True where a catalogue number is shared and only its family's number is not: 2711R-T7T."""
    numbers = [c for c in found if len(c) >= _CATALOGUE_NUMBER and not c.isdigit()]
    return bool(numbers) and all(c.isdigit() for c in missing) and set(seen.codes) <= set(found)


def _is_own(code: str, seen: Evidence, wanted: Wanted) -> bool:
    """True unless a number was only cut out of another code: 670 out of ``AFS670``."""
    if not code.isdigit() or code in seen.codes:
        return True
    holders = [own for own in seen.codes if code in own and not own.startswith(code)]
    names = (*wanted.words, *wanted.line, *wanted.generic, *wanted.details)
    members = word_lists().family_members
    return not holders or any(
        own in members or any(f"{name}{code}" in own for name in names) for own in holders
    )


def _is_of_line(code: str, seen: Evidence, wanted: Wanted) -> bool:
    """True unless a code is that of the row's family alone, and the product is of another line.

    The X-200 of SCALANCE is not the X200 of a fire alarm.
    """
    if code not in seen.families or not seen.family_words:
        return True
    return not seen.family_words.isdisjoint((*wanted.words, *wanted.line))


def _is_longer(code: str, seen: Evidence) -> str:
    """The row's own code that goes on with a number where the advisory's ends: ``XF204-2``."""
    if code in seen.codes:
        return ""
    rests = ((own, own.removeprefix(code)) for own in seen.codes if own.startswith(code))
    return next((own for own, rest in rests if rest.isdigit() and len(rest) < _SHORTEST_CODE), "")


def fits(pattern: str, seen: Evidence) -> str:
    """The row's model code that a wildcard stands for; empty where there is none."""
    shape = wildcard(pattern)
    is_series = "#" in pattern
    own = seen.families if is_series and seen.families else seen.codes
    found = next((code for code in own if shape.fullmatch(code)), "")
    if found or (is_series and seen.families):
        return found
    return next((t for t in sorted(seen.tokens) if shape.fullmatch(t)), "")


def _without_code(seen: Evidence, wanted: Wanted, missing: list[str], words: list[str]) -> Identity:
    own = own_codes(seen, wanted)
    if len(missing) == 1 and shortened(missing[0]) in set(own) - set(seen.families):
        shown = missing[0].upper()
        return candidate(f"the register does not say whether it is the {shown}", 0.45)
    if not own and _is_line_alone(seen, wanted, missing):
        why = f"the register says no more than {' '.join(wanted.line)}"
        return candidate(f"{why}, the advisory {', '.join(missing).upper()}", 0.3)
    if own:
        return other(f"its model is {own[0]}, the advisory's {', '.join(missing)}", "model code")
    if wanted.words and len(words) == len(wanted.words) and not extra(seen, wanted):
        return candidate(f"the register does not say whether it is the {', '.join(missing)}", 0.4)
    if wanted.line and set(wanted.line) <= seen.tokens and words and not extra(seen, wanted):
        return candidate(f"the register does not say whether it is the {', '.join(missing)}", 0.3)
    return other(f"nothing in the register says {', '.join(missing)}", "model code")


def _is_line_alone(seen: Evidence, wanted: Wanted, missing: list[str]) -> bool:
    """True for *SCALANCE switch*, *PowerLogic ION meter*: a line and a kind, and no model.

    A further line of the row has to begin the model that is asked for.
    """
    if not says_line_alone(seen) or not set(wanted.line) <= seen.tokens or not wanted.line:
        return False
    lines = seen.tokens & (word_lists().line - set(wanted.line))
    return all(any(code.startswith(line) for code in missing) for line in lines)


def _is_strong(codes: list[str]) -> bool:
    """True where a code is enough by itself: letters with digits, or many digits."""
    return any(
        len(c) >= _STRONG_CODE or (len(c) >= _SHORTEST_CODE and not c.isdigit()) for c in codes
    )


def _nameless(seen: Evidence, wanted: Wanted) -> str:
    """A word that the row lacks of the name before a short wildcard; empty where it has enough.

    Half of the words that decide are enough; where there are none, all others have to be there.
    """
    names = wanted.words or (*wanted.line, *wanted.generic)
    absent = [word for word in names if word not in seen.tokens]
    is_enough = bool(wanted.words) and len(absent) * 2 <= len(wanted.words)
    return absent[0] if absent and not is_enough else ""


def _unlike_in_words(seen: Evidence, wanted: Wanted, shared: _Shared) -> Identity | None:
    """What the words say against a shared code; nothing where they do not."""
    code, lacking = shared.codes[0], ", ".join(shared.lacking)
    if is_short_wildcard(code) and (absent := _nameless(seen, wanted)):
        return other(f"only {code} is shared, not {absent}", "product")
    strong = _is_strong(shared.codes)
    if shared.codes[0] in word_lists().family_codes and (kind := other_kind(seen, wanted)):
        return other(kind, "kind")
    strong = strong or _stands_behind_its_name(seen, shared)
    own = set(own_codes(seen, wanted)) - set(shared.wild.values())
    is_bare = strong and not extra(seen, wanted) and not own
    is_enough = is_bare or (strong and len(shared.words) * 2 >= len(wanted.words))
    if shared.lacking and not is_enough:
        is_weak = not shared.words and (not strong or extra(seen, wanted))
        if is_weak and not _says_nothing_else(code, seen):
            return other(f"only {code} is shared, not {lacking}", "product")
        why = f"{code} is shared, but the register does not say {lacking}"
        return candidate(why, 0.4 if is_weak else 0.5)
    lines = word_lists().line
    if not strong and wanted.line and not seen.tokens & set(wanted.line) and seen.tokens & lines:
        return other(f"only {code} is shared, not {' '.join(wanted.line)}", "product")
    return _named_otherwise(seen, wanted, shared)


def _named_otherwise(seen: Evidence, wanted: Wanted, shared: _Shared) -> Identity | None:
    """Where a year or a short code is all that is shared, and each side has another name for it.

    *Vision 2020* is not *Edge 2020*, nor the X300 of a fire alarm that of a switch.
    """
    code, tokens = shared.codes[0], seen.tokens
    names = (*wanted.words, *wanted.line, *wanted.generic)
    if all(_YEAR.fullmatch(one) for one in shared.codes):
        absent = next((name for name in names if name not in tokens), "")
        why = f"only the year {code} is shared, not {absent}"
        return other(why, "product") if absent else None
    if not wanted.line or not tokens.isdisjoint((*wanted.words, *wanted.line)):
        return None
    if any(len(one) >= _STRONG_CODE and not one.isdigit() for one in shared.codes):
        return None
    missing = " ".join(wanted.line)
    if own := sorted(tokens & (word_lists().line - {*names, "siplus"})):
        return other(f"only {code} is shared, the register says {own[0]}, not {missing}", "product")
    own = extra(seen, wanted)
    if not own and wanted.generic and tokens.isdisjoint(wanted.generic):
        own = [*seen.generic, *seen.editions]
    shown = code.upper().replace("#", "x")
    why = f"{shown} is shared, but the register says {own[0]}, not {missing}" if own else ""
    return candidate(why, 0.4) if why else None


def _says_nothing_else(code: str, seen: Evidence) -> bool:
    """True for a row that is the number alone: the ``369`` of a maker."""
    said = (*seen.words, *seen.generic, *seen.editions, *(seen.tokens & word_lists().line))
    return seen.codes == (code,) and not said


def _stands_behind_its_name(seen: Evidence, shared: _Shared) -> bool:
    """True where both write a number behind the same word: ``Stratix 8000``."""
    return any(word + code in seen.tokens for word in shared.words for code in shared.codes)


def _with_code(seen: Evidence, wanted: Wanted, shared: _Shared) -> Identity:
    code, wild = shared.codes[0], shared.wild
    known = {*shared.codes, *wild.values(), *seen.order_numbers}
    others = [c for c in own_codes(seen, wanted) if c not in known]
    absent = [g for g in wanted.generic if g not in seen.tokens]
    shown = code.upper().replace("#", "x")
    longer = _is_longer(code, seen)
    if longer:
        return candidate(f"its model is {longer.upper()}, the advisory's {shown}", 0.4)
    if word := software(seen, wanted):
        return candidate(f"{shown} is shared, but the register does not say {word}", 0.4)
    if others and absent and not wild:
        own = others[0].upper()
        return candidate(f"{shown} is shared, but the register says {own} and not {absent[0]}", 0.4)
    if code in wild:
        found = same(f"{wild[code].upper()} is of the models {shown}", 0.93, 3)
    else:
        found = same(f"the model code {shown} is the advisory's", 0.95, 4)
    if shared.lacking:
        found = msgspec.structs.replace(found, is_partial=True)
    return details(seen, wanted, found)
