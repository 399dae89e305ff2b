"""Names set against names: order numbers, sizes, model codes, words, details."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from cellwarden.advisories.identity.answers import candidate, other, same
from cellwarden.advisories.identity.nouns import Answer, Claim, Evidence, Identity, Wanted
from cellwarden.advisories.identity.words import is_short_wildcard, shortened, wildcard, word_lists

_STRONG_CODE: Final = 5
_CODE_LEAF: Final = 4
_SHORTEST_CODE: Final = 3
_CATALOGUE_NUMBER: Final = 7
"""Letters and digits from which a code is no other maker's and no other product's."""
_HALF: Final = 0.5


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
    found = [c for c in wanted.codes if c in tokens and _is_own(c, seen, wanted)]
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
        return _by_words(seen, wanted, shared)
    return _by_small_words(seen, wanted)


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


def _is_longer(code: str, seen: Evidence) -> str:
    """The row's own code that goes on with a number where the advisory's ends: ``XF204-2``."""
    if code in seen.codes:
        return ""
    rests = ((own, own.removeprefix(code)) for own in seen.codes if own.startswith(code))
    return next((own for own, rest in rests if rest.isdigit() and len(rest) < _SHORTEST_CODE), "")


def fits(pattern: str, seen: Evidence) -> str:
    """The row's model code that a wildcard stands for; empty where there is none."""
    shape = wildcard(pattern)
    for code in seen.codes:
        if shape.fullmatch(code):
            return code
    return next((t for t in sorted(seen.tokens) if shape.fullmatch(t)), "")


def _without_code(seen: Evidence, wanted: Wanted, missing: list[str], words: list[str]) -> Identity:
    own = [c for c in seen.codes if c not in wanted.codes]
    if len(missing) == 1 and shortened(missing[0]) in own:
        shown = missing[0].upper()
        return candidate(f"the register does not say whether it is the {shown}", 0.45)
    if own:
        return other(f"its model is {own[0]}, the advisory's {', '.join(missing)}", "model code")
    if wanted.words and len(words) == len(wanted.words) and not _extra(seen, wanted):
        return candidate(f"the register does not say whether it is the {', '.join(missing)}", 0.4)
    if wanted.line and set(wanted.line) <= seen.tokens and words and not _extra(seen, wanted):
        return candidate(f"the register does not say whether it is the {', '.join(missing)}", 0.3)
    return other(f"nothing in the register says {', '.join(missing)}", "model code")


def _extra(seen: Evidence, wanted: Wanted) -> list[str]:
    return [w for w in seen.words if w not in wanted.words and w not in wanted.line]


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
    if shared.codes[0] in word_lists().family_codes and (kind := _other_kind(seen, wanted)):
        return other(kind, "kind")
    is_bare = strong and not _extra(seen, wanted) and set(seen.codes) <= set(shared.codes)
    is_enough = is_bare or (strong and len(shared.words) * 2 >= len(wanted.words))
    if shared.lacking and not is_enough:
        if not shared.words and (not strong or _extra(seen, wanted)):
            return other(f"only {code} is shared, not {lacking}", "product")
        return candidate(f"{code} is shared, but the register does not say {lacking}", 0.5)
    lines = word_lists().line
    if not strong and wanted.line and not seen.tokens & set(wanted.line) and seen.tokens & lines:
        return other(f"only {code} is shared, not {' '.join(wanted.line)}", "product")
    return None


def _with_code(seen: Evidence, wanted: Wanted, shared: _Shared) -> Identity:
    code, wild = shared.codes[0], shared.wild
    known = {*shared.codes, *wild.values(), *seen.order_numbers}
    others = [c for c in seen.codes if c not in known]
    absent = [g for g in wanted.generic if g not in seen.tokens]
    shown = code.upper()
    longer = _is_longer(code, seen)
    if longer:
        return candidate(f"its model is {longer.upper()}, the advisory's {shown}", 0.4)
    if word := _software(seen, wanted):
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
    return _details(seen, wanted, found)


def _by_words(seen: Evidence, wanted: Wanted, shared: _Shared) -> Identity:
    if not shared.lacking:
        return _by_all_words(seen, wanted)
    words, lacking = shared.words, ", ".join(shared.lacking)
    covered = len(words) / (len(wanted.words) + len(wanted.editions))
    own = _extra(seen, wanted) or [e for e in seen.editions if e not in wanted.editions]
    if words and covered >= _HALF and not own:
        return candidate(f"the register does not say {lacking}", 0.35)
    return other(f"nothing in the register says {lacking}", "product")


def _by_all_words(seen: Evidence, wanted: Wanted) -> Identity:
    """All words are there: the edition may still be another one."""
    own_editions = [e for e in seen.editions if e not in wanted.editions]
    open_editions = [e for e in wanted.editions if e not in seen.tokens]
    if open_editions and own_editions:
        return other(f"it is the {own_editions[0]}, not the {open_editions[0]}", "edition")
    if open_editions:
        editions = " ".join(open_editions)
        return candidate(f"the register does not say whether it is {editions}", 0.45)
    name = " ".join((*wanted.line, *wanted.words))
    if own_editions:
        why = f"the advisory says {name}, the register {own_editions[0]} as well"
        return candidate(why, 0.45)
    found = _details(seen, wanted, same(f"it is named {name}", 0.9, 3))
    if found.answer is Answer.SAME and (strange := _strange(seen, wanted)):
        return other(f"the advisory says {name}, {strange}", "product")
    if found.answer is Answer.SAME and (unlike := _unlike(seen, wanted)):
        return candidate(f"the advisory says {name}, but {unlike}", 0.4)
    return found


def _strange(seen: Evidence, wanted: Wanted) -> str:
    """Why one shared word is not enough, where each side says more; empty where it may be."""
    own = _extra(seen, wanted)
    absent = [g for g in wanted.generic if g not in seen.tokens]
    if wanted.line and seen.tokens.isdisjoint(wanted.line) and own:
        return f"the register {own[0]} and not {wanted.line[0]}"
    if own and absent and len(wanted.words) == 1:
        return f"the register {own[0]} and not {absent[0]}"
    codes = [c for c in seen.codes for w in wanted.words if w not in seen.words and c.startswith(w)]
    if codes and len(absent) > 1:
        return f"the register {codes[0].upper()} and not {absent[0]}"
    return ""


def _unlike(seen: Evidence, wanted: Wanted) -> str:
    """What tells two names apart that share the advisory's words; empty where nothing does."""
    numbers = {*wanted.words, *seen.order_numbers}
    more = [*_extra(seen, wanted), *(code for code in seen.codes if code not in numbers)]
    lines = word_lists().line - {"siplus"}
    more += [t for t in sorted(seen.tokens & lines) if wanted.line and t not in wanted.line]
    more += [d for d in seen.details if d.isalpha() and len(d) > 1 and d not in wanted.details]
    if more:
        return f"the register {more[0]} as well"
    own = [g for g in seen.generic if g not in wanted.generic]
    absent = [g for g in wanted.generic if g not in seen.tokens]
    if own and absent:
        return f"its kind is {own[0]}, not {absent[0]}"
    if len(own) > 1:
        return f"the register {' '.join(own)} as well"
    word = _software(seen, wanted)
    return f"the register does not say {word}" if word not in {"", "software"} else ""


def _software(seen: Evidence, wanted: Wanted) -> str:
    """The word by which the advisory's product is software, where the row shows no such word."""
    lists = word_lists()
    if not seen.tokens.isdisjoint(lists.software):
        return ""
    return next((g for g in wanted.generic if g in lists.software), "")


def _other_kind(seen: Evidence, wanted: Wanted) -> str:
    """Why a shared family code is not enough; empty where it may be the same kind of thing."""
    lacking = [w for w in (*wanted.words, *wanted.generic) if w not in seen.tokens]
    shared = [g for g in wanted.generic if g in seen.tokens]
    own = [g for g in seen.generic if g not in wanted.generic]
    if lacking and own and not shared:
        return f"its kind is {own[0]}, the advisory's {lacking[0]}"
    return ""


def _by_small_words(seen: Evidence, wanted: Wanted) -> Identity:
    small = (*wanted.line, *wanted.details, *wanted.editions, *wanted.generic)
    lacking = [w for w in small if w not in seen.tokens]
    bare = not (seen.codes or seen.words or seen.editions)
    if lacking and wanted.line and bare and set(lacking) <= set(wanted.editions):
        return candidate(f"the register does not say whether it is {' '.join(lacking)}", 0.4)
    if lacking or not small:
        return other("only words that many products share could be compared", "product")
    own = [*seen.codes, *seen.words, *(e for e in seen.editions if e not in wanted.editions)]
    tells = bool(wanted.details or wanted.line) and (len(small) > 1 or bool(wanted.line))
    if own:
        is_family = len(wanted.line) > 1
        if tells and len(small) > 1 and (is_family or not seen.codes):
            return candidate(
                f"the advisory says {' '.join(small)}, the register {own[0]} as well", 0.4
            )
        return other(f"only {' '.join(small)} is shared, and the register says {own[0]}", "product")
    if tells:
        return same(f"it is named {' '.join(small)}", 0.8, 3)
    return candidate("only words that many products share are the same", 0.35)


def _details(seen: Evidence, wanted: Wanted, found: Identity) -> Identity:
    """Short numbers and letters: they contradict where both sides have some of their own."""
    open_details = [d for d in wanted.details if d not in seen.tokens]
    if not open_details:
        return found
    rivals = [
        d
        for d in seen.details
        if d not in wanted.details and d.isdigit() == open_details[0].isdigit()
    ]
    if found.specificity < _CODE_LEAF:
        rivals += _extra(seen, wanted)
    if rivals:
        return other(f"it is the {rivals[0]}, not the {open_details[0]}", "detail")
    is_named = any(len(d) > 1 and d.isalpha() for d in open_details)
    if is_named:
        why = f"{found.why}, but the register does not say {', '.join(open_details)}"
        return candidate(why, 0.4)
    why = f"{found.why}; the register does not say {', '.join(open_details)}"
    specificity = max(found.specificity - 1, 2)
    return msgspec.structs.replace(found, confidence=0.85, specificity=specificity, why=why)
