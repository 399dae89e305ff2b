"""Is this component the product that the advisory names? One answer, explained in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from cellwarden.advisories.identity.answers import candidate, other, same
from cellwarden.advisories.identity.housed import (
    card_feature,
    card_refused,
    in_hosts,
    names,
    series,
    speaks_of_device,
)
from cellwarden.advisories.identity.naming import (
    compare,
    fits,
    order_number_contradiction,
    size_contradiction,
    variant_contradiction,
)
from cellwarden.advisories.identity.nouns import Answer, Claim, Evidence, Feature, Identity
from cellwarden.advisories.identity.vendors import (
    Relation,
    maker_names,
    relation,
    vendor_name,
)
from cellwarden.advisories.identity.words import folded, wildcard, word_lists

_BY_VENDOR: Final = {
    "same": 0.0,
    "group": 0.03,
    "longer": 0.05,
    "oem": 0.1,
    "unnamed": 0.1,
    "alike": 0.3,
}
_WHOLE_NAME: Final = 5
_CATALOGUE_NUMBER: Final = 7
_BRACKETED: Final = 4
"""Letters and digits from which a code in brackets names a product by itself."""
_ENOUGH_WORDS: Final = 2
_CARD_WORDS: Final = frozenset({"web", "snmp", "network", "management", "card", "ups", "agent"})


def judge(seen: Evidence, claim: Claim) -> Identity:
    """Say whether a component is the product of a claim.

    Same needs a maker that is the same, of one group or a known partner, and everything that
    names the product; a model code, series, card or order number that contradicts gives other.
    """
    maker = _maker(seen, claim)
    if maker is None:
        return other(f"{_who(seen)} is not {claim.vendor_text or 'the advisory’s maker'}", "maker")
    found = next(one for rule in _RULES if (one := rule(seen, claim)) is not None)
    if found.answer is Answer.OTHER:
        return found
    return _with_maker(seen, claim, maker, _lessened(seen, claim, found))


def _lessened(seen: Evidence, claim: Claim, found: Identity) -> Identity:
    """An answer made weaker by what the row or the advisory leaves open."""
    if found.answer is not Answer.SAME:
        return found
    if seen.is_thin:
        return candidate(f"{found.why}, but the register names no model", 0.45, found.features)
    if claim.requires and (rival := _unlike_required(seen, claim)):
        return other(rival, "variant")
    if claim.requires and not _has_required(seen, claim):
        needs = " or ".join(" ".join((*w.words, *w.codes, *w.generic)) for w in claim.requires[:3])
        why = f"{found.why}, but {needs} has to be there as well"
        return candidate(why, 0.45, found.features)
    return found


def _with_maker(seen: Evidence, claim: Claim, maker: Relation, found: Identity) -> Identity:
    """An answer weighed by how the two makers stand to each other."""
    shown = Feature("maker", maker.why, supports=True if seen.vendors else None)
    if maker.kind == "nobody":
        is_whole = found.specificity == _WHOLE_NAME or bool(claim.hosts)
        if found.answer is Answer.SAME and is_whole:
            why = "the name fits, but the register names no maker"
            return candidate(why, 0.5, (shown, *found.features))
        return other("the register names no maker, and the name does not fit as a whole", "maker")
    if maker.kind == "alike":
        if found.answer is Answer.SAME:
            return candidate(f"{found.why}; {maker.why}", 0.45, (shown, *found.features))
        return other(f"{found.why}; {maker.why}", "maker")
    if maker.kind == "unnamed" and found.answer is Answer.CANDIDATE:
        return other("the advisory names no single maker, and the name does not fit", "maker")
    return msgspec.structs.replace(
        found,
        confidence=round(max(found.confidence - _BY_VENDOR[maker.kind], 0.05), 2),
        why=found.why if maker.kind == "same" else f"{found.why}; {maker.why}",
        features=(shown, *found.features),
    )


def _has_required(seen: Evidence, claim: Claim) -> bool:
    """True where the row shows one of the things that the advisory wants to be present as well."""
    return any(
        all(w in seen.tokens for w in (*need.words, *need.codes))
        and all(fits(pattern, seen) for pattern in need.wildcards)
        for need in claim.requires
    )


def _unlike_required(seen: Evidence, claim: Claim) -> str:
    """What stands in the row instead of what has to be there: CP150 where CP100 has to."""
    needed = [code for need in claim.requires for code in need.codes]
    letters = {code.rstrip("0123456789") for code in needed} - {""}
    if _has_required(seen, claim):
        return ""
    rivals = (c for c in seen.codes if c not in needed and c.rstrip("0123456789") in letters)
    rival = next(rivals, "")
    return f"it has {rival.upper()}, not {' or '.join(needed).upper()}" if rival else ""


def _who(seen: Evidence) -> str:
    return ", ".join(vendor_name(v) for v in seen.vendors) or "the maker"


def _maker(seen: Evidence, claim: Claim) -> Relation | None:
    if not seen.vendors:
        return Relation(kind="nobody", why="the register names no maker")
    best: Relation | None = None
    for here in seen.vendors:
        for there in claim.vendors:
            found = relation(here, there)
            if found and (best is None or _BY_VENDOR[found.kind] < _BY_VENDOR[best.kind]):
                best = found
    return best


def _part_of_it(seen: Evidence, claim: Claim) -> Identity | None:
    if not seen.is_part or _names_a_part(claim):
        return None
    return other("it is a part in the device, not the device that the advisory names", "role")


def _order_number(seen: Evidence, claim: Claim) -> Identity | None:
    both = seen.order_numbers & claim.order_numbers
    if both:
        return same(f"the order number {min(both)} is the advisory's", 1.0, 5)
    for wanted in claim.wanted:
        for code in seen.order_numbers.intersection(wanted.codes):
            if len(wanted.codes) == 1 and len(code) >= _CATALOGUE_NUMBER and not code.isdigit():
                return same(f"the part number {code.upper()} is the advisory's", 0.97, 4)
    for pattern in claim.number_patterns:
        for number in (*sorted(seen.order_numbers), *seen.codes):
            if wildcard(pattern).fullmatch(number):
                shown = pattern.upper()
                return same(f"{number.upper()} is of the advisory's numbers {shown}", 0.97, 4)
    return None


def _other_card(seen: Evidence, claim: Claim) -> Identity | None:
    if claim.cards:
        return card_refused(seen, claim)
    if seen.is_card and claim.hosts and speaks_of_device(claim):
        why = "the advisory speaks of the device's own firmware, this is a network card"
        return other(why, "card")
    return None


def _other_series(seen: Evidence, claim: Claim) -> Identity | None:
    if not claim.series_ids or not seen.series_ids or claim.series_ids & seen.series_ids:
        return None
    own, wanted = (", ".join(sorted(ids)) for ids in (seen.series_ids, claim.series_ids))
    return other(f"its series is ID {own}, the advisory's {wanted}", "series")


def _names_a_part(claim: Claim) -> bool:
    """True where the advisory's product is itself a battery, sensor or board, as this part is."""
    return not word_lists().part_words.isdisjoint(
        w for one in claim.wanted for w in (*one.generic, *one.words)
    )


def _whole_name(seen: Evidence, claim: Claim) -> Identity | None:
    if not claim.key or claim.key not in seen.keys:
        return None
    if claim.wanted and all(
        not (w.words or w.codes or w.wildcards or w.line) for w in claim.wanted
    ):
        small = {word for w in claim.wanted for word in (*w.generic, *w.details, *w.editions)}
        is_common = len(small) < _ENOUGH_WORDS or small <= _CARD_WORDS
        is_common = is_common and not _says_it_all(seen, claim)
        if is_common and not (claim.hosts or claim.cards):
            return candidate("only words that many products share are the same", 0.35)
    card = card_feature(seen, claim)
    if card is None:
        return candidate("the name is the advisory's, but which card it holds is not known", 0.5)
    return series(seen, claim, same("the register and the advisory name it alike", 0.98, 5, *card))


def _says_it_all(seen: Evidence, claim: Claim) -> bool:
    """True where the row has the advisory's very words, the maker's among them: ``Tyco AI``."""
    text = folded(claim.text)
    return text.count(" ") > 0 and text.split(" ")[0] in maker_names() and seen.text.endswith(text)


def _short_name(seen: Evidence, claim: Claim) -> Identity | None:
    """The register has the abbreviation that the advisory gives in brackets."""
    both = {key[0] for key in seen.keys}.intersection(claim.short)
    others = [word for word in seen.words if not any(word in short for short in both)]
    if not both or (claim.hosts and seen.hosts) or others:
        return None
    return candidate(f"{min(both).upper()} is what the advisory calls it in brackets", 0.5)


def _unspaced_name(seen: Evidence, claim: Claim) -> Identity | None:
    """The register writes the advisory's whole name as one word: ``ProficyiFIX``."""
    both = {key[0] for key in seen.keys}.intersection(claim.unspaced)
    if not both or claim.hosts or claim.cards:
        return None
    if not any(w.words or w.codes or w.wildcards for w in claim.wanted):
        return None
    return same("the register and the advisory name it alike, but for the spaces", 0.9, 4)


def _in_brackets(seen: Evidence, claim: Claim) -> Identity | None:
    """The register's code is one that the advisory gives in brackets: ``Router (NWL-25)``.

    Where a code stands outside of them, those inside are variants and name nothing alone.
    """
    codes = {c for w in claim.wanted for c in w.codes}
    if not claim.variants or any(len(c) >= _BRACKETED and not c.isdigit() for c in codes):
        return None
    if any(w.wildcards for w in claim.wanted):
        return None
    own, names = set(seen.codes), {key[0] for key in seen.keys}
    variants = [c for c in claim.variants if len(c) >= _BRACKETED and not c.isdigit()]
    named = [c for c in variants if c in own or (c.isalpha() and c in names)]
    if not named or not own <= {*claim.variants, *codes, *seen.catalogued, *seen.families}:
        return None
    return same(f"{named[0].upper()} is what the advisory gives in brackets", 0.9, 4)


def _named_by_firmware(seen: Evidence, claim: Claim) -> Identity | None:
    """The advisory's product is the firmware that the row says it runs: ``AirLink ALEOS``."""
    for wanted in claim.wanted if seen.firmware_words and not claim.hosts else ():
        named = [w for w in (*wanted.codes, *wanted.words) if w in seen.firmware_words]
        shown = seen.tokens | seen.firmware_words
        if not named or wanted.wildcards or not shown.issuperset(wanted.codes):
            continue
        is_code = named[0] in wanted.codes and len(named[0]) >= _BRACKETED
        if is_code or shown.issuperset((*wanted.words, *wanted.editions)):
            return same(f"its firmware {named[0].upper()} is the advisory's", 0.85, 3)
    return None


# ---- words and codes ----------------------------------------------------------------------


def _in_words(seen: Evidence, claim: Claim) -> Identity:
    card = card_feature(seen, claim)
    if claim.cards and not _decides(claim):
        if card:
            return same(f"it is the {names(claim.cards)}", 0.95, 3, *card)
        return other(f"nothing in the register says {names(claim.cards)}", "card")
    best = other("the names share nothing that decides", "product")
    for wanted in claim.wanted:
        found = compare(seen, wanted)
        if (found.answer is Answer.SAME, found.confidence) > (
            best.answer is Answer.SAME,
            best.confidence,
        ) or (best.answer is Answer.OTHER and found.answer is Answer.OTHER):
            best = found
    if claim.cards and best.answer is not Answer.OTHER and card is None:
        return candidate(f"{best.why}; whether it holds {names(claim.cards)} is not known", 0.4)
    if claim.cards and card and best.answer is Answer.SAME:
        return same(best.why, best.confidence, best.specificity, *card)
    return series(seen, claim, best) if best.answer is Answer.SAME else best


def _decides(claim: Claim) -> bool:
    return any(w.codes or w.wildcards or w.words or w.line for w in claim.wanted)


_RULES: Final[tuple[Callable[[Evidence, Claim], Identity | None], ...]] = (
    _part_of_it,
    _order_number,
    _other_card,
    _other_series,
    _whole_name,
    _short_name,
    size_contradiction,
    variant_contradiction,
    order_number_contradiction,
    _unspaced_name,
    _in_brackets,
    _named_by_firmware,
    in_hosts,
    _in_words,
)
"""What is asked of every pair, in this order; the first that answers decides."""
