"""Names set against names where words decide: lines, editions, kinds, details."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from cellwarden.advisories.identity.answers import candidate, other, same
from cellwarden.advisories.identity.nouns import Answer, Evidence, Identity, Wanted
from cellwarden.advisories.identity.wanted import BRANCH
from cellwarden.advisories.identity.words import word_lists

_CODE_LEAF: Final = 4
_HALF: Final = 0.5
_ENOUGH_SMALL: Final = 3
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_STEP: Final = re.compile(r"(?:sp|cu|hf|upd|update|r|rel|rev)\d{1,2}")


def own_codes(seen: Evidence, wanted: Wanted) -> list[str]:
    """The row's model codes that the wanted product does not have.

    Not a number whose name is known, nor a piece of a shared code that was written apart, nor a
    year, an update or a version line, which are versions.
    """
    shared = [c for c in wanted.codes if c in seen.tokens]
    years = [c for c in wanted.codes if _YEAR.fullmatch(c)]
    return [
        code
        for code in seen.codes
        if code not in wanted.codes
        and code not in wanted.beside
        and code not in seen.catalogued
        and not any(code in one for one in shared)
        and not _STEP.fullmatch(code)
        and not BRANCH.fullmatch(code)
        and (years or not _YEAR.fullmatch(code))
    ]


def says_line_alone(seen: Evidence) -> bool:
    """True for a row that says a line and one kind of thing, and nothing that tells which one."""
    told = seen.codes or seen.words or seen.editions or seen.details or seen.hosts
    return not told and len(seen.generic) == 1 and not seen.tokens.isdisjoint(word_lists().line)


def extra(seen: Evidence, wanted: Wanted) -> list[str]:
    """The row's words that the wanted product does not have."""
    shared = [c for c in wanted.codes if c in seen.tokens]
    known = {*wanted.line, *wanted.words, *(word.removesuffix("s") for word in wanted.words)}
    known.update(wanted.aside)
    return [
        word
        for word in seen.words
        if word not in known
        and word.removesuffix("s") not in known
        and not any(word in code for code in shared)
    ]


def by_words(seen: Evidence, wanted: Wanted, words: list[str]) -> Identity:
    """A name without codes; ``words`` are those of it that the row has."""
    open_words = [w for w in wanted.words if w not in words]
    if not open_words:
        return _by_all_words(seen, wanted)
    lacking = ", ".join(open_words)
    if rival := _other_number(seen, wanted):
        return other(rival, "detail")
    covered = len(words) / (len(wanted.words) + len(wanted.editions))
    own = extra(seen, wanted) or [e for e in seen.editions if e not in wanted.editions]
    if words and covered >= _HALF and not own and not own_codes(seen, wanted):
        return candidate(f"the register does not say {lacking}", 0.35)
    if words and not own and not own_codes(seen, wanted) and _begins_it(seen, wanted, words):
        return candidate(f"the register does not say {lacking}", 0.3)
    numbered = [w + d for w in words for d in wanted.details if w + d in seen.tokens]
    if numbered and not own and not own_codes(seen, wanted) and set(wanted.details) <= seen.tokens:
        return candidate(f"the register does not say {lacking}", 0.35)
    return other(f"nothing in the register says {lacking}", "product")


def _other_number(seen: Evidence, wanted: Wanted) -> str:
    """Why a name that lacks a word is no candidate: ``LTS 16`` is not ``LTS 32 MEI``."""
    own, theirs = ([d for d in side if d.isdigit()] for side in (seen.details, wanted.details))
    if not own or not theirs or not set(own).isdisjoint(theirs):
        return ""
    return f"it is the {own[0]}, not the {theirs[0]}"


def _begins_it(seen: Evidence, wanted: Wanted, words: list[str]) -> bool:
    """True where the row says the beginning of a name of some line: ``SICAM GridEdge``."""
    is_line = bool(wanted.line) and set(wanted.line) <= seen.tokens
    return is_line and list(wanted.words[: len(words)]) == words and not seen.details


def _by_all_words(seen: Evidence, wanted: Wanted) -> Identity:
    """All words are there: the edition may still be another one."""
    own_editions = [e for e in seen.editions if e not in wanted.editions]
    open_editions = [e for e in wanted.editions if e not in seen.tokens]
    rivals = [*own_editions, *extra(seen, wanted)]
    if open_editions and rivals:
        return other(f"it is the {rivals[0]}, not the {open_editions[0]}", "edition")
    if open_editions:
        editions = " ".join(open_editions)
        return candidate(f"the register does not say whether it is {editions}", 0.45)
    name = " ".join((*wanted.line, *wanted.words))
    if own_editions:
        why = f"the advisory says {name}, the register {own_editions[0]} as well"
        return candidate(why, 0.45)
    found = details(seen, wanted, same(f"it is named {name}", 0.9, 3))
    if found.answer is Answer.SAME and (strange := _strange(seen, wanted)):
        return other(f"the advisory says {name}, {strange}", "product")
    if found.answer is Answer.SAME and (unlike := _unlike(seen, wanted)):
        return candidate(f"the advisory says {name}, but {unlike}", 0.4)
    return found


def _strange(seen: Evidence, wanted: Wanted) -> str:
    """Why one shared word is not enough, where each side says more; empty where it may be."""
    own = extra(seen, wanted)
    absent = [g for g in wanted.generic if g not in seen.tokens]
    if wanted.line and seen.tokens.isdisjoint(wanted.line) and own:
        return f"the register {own[0]} and not {wanted.line[0]}"
    opposed = word_lists().opposed
    kinds = opposed.intersection(seen.generic), opposed.intersection(wanted.generic)
    is_said = len(set(seen.generic).intersection(wanted.generic)) > 1
    if is_said and all(kinds) and kinds[0].isdisjoint(kinds[1]):
        return f"the register {min(kinds[0])} and not {min(kinds[1])}"
    if own and absent and len(wanted.words) == 1:
        return f"the register {own[0]} and not {absent[0]}"
    codes = [c for c in seen.codes for w in wanted.words if w not in seen.words and c.startswith(w)]
    if codes and len(absent) > 1:
        return f"the register {codes[0].upper()} and not {absent[0]}"
    return ""


def _unlike(seen: Evidence, wanted: Wanted) -> str:
    """What tells two names apart that share the advisory's words; empty where nothing does."""
    numbers = {*wanted.words, *wanted.beside, *seen.order_numbers}
    more = [*extra(seen, wanted), *(code for code in seen.codes if code not in numbers)]
    lines = word_lists().line - {"siplus"}
    is_other_kind = any(g not in seen.tokens for g in wanted.generic)
    if wanted.line or is_other_kind:
        more += [t for t in sorted(seen.tokens & lines) if t not in wanted.line]
    known = {*wanted.details, *wanted.editions}
    more += [d for d in seen.details if d.isalpha() and len(d) > 1 and d not in known]
    if more:
        return f"the register {more[0]} as well"
    own = [g for g in seen.generic if g not in wanted.generic]
    absent = [g for g in wanted.generic if g not in seen.tokens]
    if own and absent:
        return f"its kind is {own[0]}, not {absent[0]}"
    if len(own) > 1:
        return f"the register {' '.join(own)} as well"
    word = software(seen, wanted)
    return f"the register does not say {word}" if word not in {"", "software"} else ""


def software(seen: Evidence, wanted: Wanted) -> str:
    """The word by which the advisory's product is software, where the row shows no such word."""
    lists = word_lists()
    if not seen.tokens.isdisjoint(lists.software):
        return ""
    return next((g for g in wanted.generic if g in lists.software), "")


def other_kind(seen: Evidence, wanted: Wanted) -> str:
    """Why a shared family code is not enough; empty where it may be the same kind of thing."""
    lacking = [w for w in (*wanted.words, *wanted.generic) if w not in seen.tokens]
    shared = [g for g in wanted.generic if g in seen.tokens]
    own = [g for g in seen.generic if g not in wanted.generic]
    if lacking and own and not shared:
        return f"its kind is {own[0]}, the advisory's {lacking[0]}"
    return ""


def by_small_words(seen: Evidence, wanted: Wanted) -> Identity:
    """A name of nothing but lines, short numbers, editions and common words."""
    small = (*wanted.line, *wanted.details, *wanted.editions, *wanted.generic)
    lacking = [w for w in small if w not in seen.tokens]
    codes = own_codes(seen, wanted)
    bare = not (codes or seen.words or seen.editions)
    own_editions = [e for e in seen.editions if e not in wanted.editions]
    is_edition = wanted.line and bare and set(lacking) <= set(wanted.editions)
    is_most = len(small) - len(lacking) >= _ENOUGH_SMALL and set(lacking) <= set(wanted.line)
    is_numbered = (
        bool(seen.catalogued)
        and any(detail.isalpha() for detail in wanted.details)
        and set(lacking) <= set(wanted.generic)
        and set(wanted.details) <= seen.tokens
        and not codes
    )
    if lacking and (
        is_edition or is_numbered or (is_most and not (codes or seen.words or own_editions))
    ):
        return candidate(f"the register does not say whether it is {' '.join(lacking)}", 0.4)
    if lacking or not small:
        return other("only words that many products share could be compared", "product")
    own = [*codes, *seen.words, *(e for e in seen.editions if e not in wanted.editions)]
    tells = bool(wanted.details or wanted.line) and (len(small) > 1 or bool(wanted.line))
    if own:
        is_family = len(wanted.line) > 1
        if tells and len(small) > 1 and (is_family or not codes):
            return candidate(
                f"the advisory says {' '.join(small)}, the register {own[0]} as well", 0.4
            )
        return other(f"only {' '.join(small)} is shared, and the register says {own[0]}", "product")
    if tells:
        return same(f"it is named {' '.join(small)}", 0.8, 3)
    return candidate("only words that many products share are the same", 0.35)


def details(seen: Evidence, wanted: Wanted, found: Identity) -> Identity:
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
        rivals += extra(seen, wanted)
    if rivals:
        return other(f"it is the {rivals[0]}, not the {open_details[0]}", "detail")
    is_named = any(len(d) > 1 and d.isalpha() for d in open_details)
    if is_named and found.specificity < _CODE_LEAF and (own := own_codes(seen, wanted)):
        return other(f"it is the {own[0].upper()}, not the {open_details[0]}", "detail")
    if is_named:
        why = f"{found.why}, but the register does not say {', '.join(open_details)}"
        return candidate(why, 0.4)
    why = f"{found.why}; the register does not say {', '.join(open_details)}"
    specificity = max(found.specificity - 1, 2)
    return msgspec.structs.replace(found, confidence=0.85, specificity=specificity, why=why)
