"""Is this component the product that the advisory names? One answer, explained in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from cellwarden.advisories.identity.answers import candidate, other, same
from cellwarden.advisories.identity.catalogue import catalogue, code_fits, lineage
from cellwarden.advisories.identity.naming import (
    compare,
    fits,
    order_number_contradiction,
    size_contradiction,
    variant_contradiction,
)
from cellwarden.advisories.identity.nouns import Answer, Claim, Evidence, Feature, Identity
from cellwarden.advisories.identity.vendors import Relation, relation, vendor_name
from cellwarden.advisories.identity.words import compact, is_wildcard, wildcard, word_lists

_BY_VENDOR: Final = {"same": 0.0, "group": 0.03, "oem": 0.1, "unnamed": 0.1, "alike": 0.3}
_WHOLE_NAME: Final = 5
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
    for pattern in claim.number_patterns:
        for number in (*sorted(seen.order_numbers), *seen.codes):
            if wildcard(pattern).fullmatch(number):
                shown = pattern.upper()
                return same(f"{number.upper()} is of the advisory's numbers {shown}", 0.97, 4)
    return None


def _other_card(seen: Evidence, claim: Claim) -> Identity | None:
    if claim.cards:
        return _card_refused(seen, claim)
    if seen.is_card and claim.hosts and _speaks_of_device(claim):
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
        if is_common and not (claim.hosts or claim.cards):
            return candidate("only words that many products share are the same", 0.35)
    card = _card_feature(seen, claim)
    if card is None:
        return candidate("the name is the advisory's, but which card it holds is not known", 0.5)
    return _series(seen, claim, same("the register and the advisory name it alike", 0.98, 5, *card))


def _short_name(seen: Evidence, claim: Claim) -> Identity | None:
    """The register has the abbreviation that the advisory gives in brackets."""
    both = {key[0] for key in seen.keys}.intersection(claim.short)
    if not both:
        return None
    return candidate(f"{min(both).upper()} is what the advisory calls it in brackets", 0.5)


# ---- cards --------------------------------------------------------------------------------


def _names(products: frozenset[str] | tuple[str, ...]) -> str:
    known = catalogue().products
    return ", ".join(sorted(known[p].name for p in products))


def _card_refused(seen: Evidence, claim: Claim) -> Identity | None:
    known = catalogue().products
    if claim.cards & set(seen.cards):
        return None
    groups = {known[c].group for c in claim.cards if known[c].group}
    rivals = tuple(c for c in seen.cards if known[c].group in groups)
    if rivals:
        why = f"it is the {_names(rivals)} ({seen.card_why}), not the {_names(claim.cards)}"
        return other(why, "generation")
    family = tuple(c for c in seen.cards if any(c in lineage(wanted) for wanted in claim.cards))
    if family:
        return candidate(f"which {_names(family)} it is, the register does not say", 0.45)
    if seen.is_device:
        return other(
            f"this is the device's own firmware; the advisory speaks of {_names(claim.cards)}",
            "card",
        )
    return None


def _card_feature(seen: Evidence, claim: Claim) -> tuple[Feature, ...] | None:
    """The feature that shows the claim's card; nothing at all where the card is not known."""
    if not claim.cards:
        return ()
    shared = claim.cards & set(seen.cards)
    if not shared:
        return None
    return (Feature("card", f"{_names(frozenset(shared))}: {seen.card_why}", supports=True),)


def _speaks_of_device(claim: Claim) -> bool:
    known = catalogue().products
    device = word_lists().device_parts
    return any(part.lower() in device for host in claim.hosts for part in known[host].parts)


# ---- known products -----------------------------------------------------------------------


def _in_hosts(seen: Evidence, claim: Claim) -> Identity | None:
    if not claim.hosts:
        return None
    shared = claim.hosts & seen.lineage
    card = _card_feature(seen, claim)
    if shared:
        return _in_host(seen, claim, shared, card)
    if any(seen.lineage & set(lineage(host)) for host in claim.hosts):
        return _less_known(seen, claim, card)
    elsewhere = _card_elsewhere(seen, claim) if card else None
    return elsewhere or other(f"nothing in the register says {_names(claim.hosts)}", "product")


def _in_host(
    seen: Evidence, claim: Claim, shared: frozenset[str], card: tuple[Feature, ...] | None
) -> Identity:
    name = _names(shared)
    member = _member(seen, claim, shared)
    if member is not None and member.answer is not Answer.SAME:
        return member
    if card is None:
        why = f"it is a {name}; whether it holds {_names(claim.cards)} is not known"
        return candidate(why, 0.4)
    if member is not None:
        return _series(seen, claim, same(member.why, member.confidence, member.specificity, *card))
    known = catalogue().products
    own = shared & set(seen.hosts)
    is_one = any(not any(is_wildcard(code) for code in known[host].codes) for host in own)
    return _series(seen, claim, same(f"it is the {name}", 0.95, 3 if is_one else 2, *card))


def _member(seen: Evidence, claim: Claim, shared: frozenset[str]) -> Identity | None:
    """What model codes say within a family; nothing where the advisory means all of it."""
    patterns = [p for host in shared for p in catalogue().products[host].codes if is_wildcard(p)]

    def in_family(code: str) -> bool:
        return any(code_fits(pattern, code) for pattern in patterns)

    codes = {c for w in claim.wanted for c in w.codes if in_family(c)}
    wild = {p for w in claim.wanted for p in w.wildcards}
    if not codes and not wild:
        return None
    for code in (c for c in seen.codes if in_family(c)):
        if any(code.startswith(wanted) for wanted in codes):
            return same(f"the model code {code.upper()} is the advisory's", 0.95, 4)
        if any(code_fits(pattern, code) for pattern in wild):
            return same(f"{code.upper()} is of the models that the advisory names", 0.93, 3)
        wanted = ", ".join(sorted(codes | wild)).upper()
        return other(f"its model is {code.upper()}, the advisory's {wanted}", "model code")
    return candidate(f"it is a {_names(shared)}; which model is not known", 0.4)


def _card_elsewhere(seen: Evidence, claim: Claim) -> Identity | None:
    """The advisory's card, but not in what the advisory names."""
    known = catalogue().products
    card, hosts = f"the card is the {_names(claim.cards)}", _names(claim.hosts)
    if any(known[c].one_product for c in claim.cards & set(seen.cards)):
        return candidate(f"{card}, but the advisory names it in {hosts}", 0.45)
    if not seen.hosts and not _host_words(seen):
        return candidate(f"{card}; what it sits in is not known ({hosts}?)", 0.4)
    return None


def _host_words(seen: Evidence) -> bool:
    """True where the row names something that is not the card itself."""
    known = catalogue().products
    of_cards = {compact(code) for c in seen.cards for code in known[c].codes}
    return bool(set(seen.codes) - of_cards - {"nmc1", "nmc2", "nmc3"}) and not seen.is_card


def _less_known(seen: Evidence, claim: Claim, card: tuple[Feature, ...] | None) -> Identity:
    """The register names the family, the advisory a member of it."""
    known = catalogue().products
    rivals = [h for h in seen.hosts if known[h].parent and h not in claim.hosts]
    if rivals:
        return other(f"it is the {_names(tuple(rivals))}, not {_names(claim.hosts)}", "series")
    if card is None:
        return candidate(f"it may be {_names(claim.hosts)}; its card is not known either", 0.3)
    return Identity(
        answer=Answer.SAME,
        confidence=0.85,
        why=f"it is a {_names(seen.hosts)}; which series is not known",
        features=(Feature("series", "the register names no series id", supports=None),),
        specificity=2,
        is_series_open=True,
    )


def _series(seen: Evidence, claim: Claim, found: Identity) -> Identity:
    if not claim.series_ids:
        return found
    both = claim.series_ids & seen.series_ids
    if both:
        return msgspec.structs.replace(
            found,
            confidence=0.98,
            why=f"{found.why}, series ID {min(both)}",
            features=(*found.features, Feature("series", f"ID {min(both)}", supports=True)),
            specificity=4,
        )
    why = f"{found.why}, but which series id it has is not known"
    return msgspec.structs.replace(found, confidence=0.85, why=why, is_series_open=True)


# ---- words and codes ----------------------------------------------------------------------


def _in_words(seen: Evidence, claim: Claim) -> Identity:
    card = _card_feature(seen, claim)
    if claim.cards and not _decides(claim):
        if card:
            return same(f"it is the {_names(claim.cards)}", 0.95, 3, *card)
        return other(f"nothing in the register says {_names(claim.cards)}", "card")
    best = other("the names share nothing that decides", "product")
    for wanted in claim.wanted:
        found = compare(seen, wanted)
        if (found.answer is Answer.SAME, found.confidence) > (
            best.answer is Answer.SAME,
            best.confidence,
        ) or (best.answer is Answer.OTHER and found.answer is Answer.OTHER):
            best = found
    if claim.cards and best.answer is not Answer.OTHER and card is None:
        return candidate(f"{best.why}; whether it holds {_names(claim.cards)} is not known", 0.4)
    if claim.cards and card and best.answer is Answer.SAME:
        return same(best.why, best.confidence, best.specificity, *card)
    return _series(seen, claim, best) if best.answer is Answer.SAME else best


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
    _in_hosts,
    _in_words,
)
"""What is asked of every pair, in this order; the first that answers decides."""
