"""Known products and the cards that sit in them, set against what a claim names."""

from __future__ import annotations

import msgspec

from cellwarden.advisories.identity.answers import candidate, other, same
from cellwarden.advisories.identity.catalogue import catalogue, code_fits, lineage
from cellwarden.advisories.identity.nouns import Answer, Claim, Evidence, Feature, Identity
from cellwarden.advisories.identity.words import compact, is_wildcard, word_lists


def names(products: frozenset[str] | tuple[str, ...]) -> str:
    """What known products are called, for people."""
    known = catalogue().products
    return ", ".join(sorted(known[p].name for p in products))


def card_refused(seen: Evidence, claim: Claim) -> Identity | None:
    """Why the row's card is not the claim's, or may not be; nothing where it is or may be."""
    known = catalogue().products
    if claim.cards & set(seen.cards):
        return None
    groups = {known[c].group for c in claim.cards if known[c].group}
    rivals = tuple(c for c in seen.cards if known[c].group in groups)
    if rivals:
        why = f"it is the {names(rivals)} ({seen.card_why}), not the {names(claim.cards)}"
        return other(why, "generation")
    family = tuple(c for c in seen.cards if any(c in lineage(wanted) for wanted in claim.cards))
    if family:
        return candidate(f"which {names(family)} it is, the register does not say", 0.45)
    if seen.is_device:
        return other(
            f"this is the device's own firmware; the advisory speaks of {names(claim.cards)}",
            "card",
        )
    return None


def card_feature(seen: Evidence, claim: Claim) -> tuple[Feature, ...] | None:
    """The feature that shows the claim's card; nothing at all where the card is not known."""
    if not claim.cards:
        return ()
    shared = claim.cards & set(seen.cards)
    if not shared:
        return None
    return (Feature("card", f"{names(frozenset(shared))}: {seen.card_why}", supports=True),)


def speaks_of_device(claim: Claim) -> bool:
    """True where the claim's product has a firmware of its own, beside that of its card."""
    known = catalogue().products
    device = word_lists().device_parts
    return any(part.lower() in device for host in claim.hosts for part in known[host].parts)


def in_hosts(seen: Evidence, claim: Claim) -> Identity | None:
    """Whether the row is one of the known products that the claim names."""
    if not claim.hosts:
        return None
    shared = claim.hosts & seen.lineage
    card = card_feature(seen, claim)
    if shared:
        return _in_host(seen, claim, shared, card)
    if any(seen.lineage & set(lineage(host)) for host in claim.hosts):
        return _less_known(seen, claim, card)
    elsewhere = _card_elsewhere(seen, claim) if card else None
    return elsewhere or other(f"nothing in the register says {names(claim.hosts)}", "product")


def _in_host(
    seen: Evidence, claim: Claim, shared: frozenset[str], card: tuple[Feature, ...] | None
) -> Identity:
    name = names(shared)
    member = _member(seen, claim, shared)
    if member is not None and member.answer is not Answer.SAME:
        return member
    if card is None:
        why = f"it is a {name}; whether it holds {names(claim.cards)} is not known"
        return candidate(why, 0.4)
    if member is not None:
        return series(seen, claim, same(member.why, member.confidence, member.specificity, *card))
    known = catalogue().products
    own = shared & set(seen.hosts)
    is_one = any(not any(is_wildcard(code) for code in known[host].codes) for host in own)
    return series(seen, claim, same(f"it is the {name}", 0.95, 3 if is_one else 2, *card))


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
    return candidate(f"it is a {names(shared)}; which model is not known", 0.4)


def _card_elsewhere(seen: Evidence, claim: Claim) -> Identity | None:
    """The advisory's card, but not in what the advisory names."""
    known = catalogue().products
    card, hosts = f"the card is the {names(claim.cards)}", names(claim.hosts)
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
        return other(f"it is the {names(tuple(rivals))}, not {names(claim.hosts)}", "series")
    if card is None:
        return candidate(f"it may be {names(claim.hosts)}; its card is not known either", 0.3)
    return Identity(
        answer=Answer.SAME,
        confidence=0.85,
        why=f"it is a {names(seen.hosts)}; which series is not known",
        features=(Feature("series", "the register names no series id", supports=None),),
        specificity=2,
        is_series_open=True,
    )


def series(seen: Evidence, claim: Claim, found: Identity) -> Identity:
    """An answer with what the firmware's series id adds to it."""
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
