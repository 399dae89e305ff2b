"""Is this component the product that the advisory names? One answer, explained in words."""

from __future__ import annotations

from typing import Final

from cellwarden.advisories.identity.catalogue import catalogue, lineage
from cellwarden.advisories.identity.nouns import (
    Answer,
    Claim,
    Evidence,
    Feature,
    Identity,
    Wanted,
)
from cellwarden.advisories.identity.vendors import ANYONE, Relation, relation, vendor_name
from cellwarden.advisories.identity.words import compact, wildcard, word_lists

_BY_VENDOR: Final = {"same": 0.0, "group": 0.03, "oem": 0.1, "unnamed": 0.1}
_STRONG_CODE: Final = 5
_WHOLE_NAME: Final = 5
_CODE_LEAF: Final = 4
_ENOUGH_WORDS: Final = 2
_CARD_WORDS: Final = frozenset({"web", "snmp", "network", "management", "card", "ups", "agent"})


def judge(seen: Evidence, claim: Claim) -> Identity:
    """Say whether a component is the product of a claim.

    Same needs a maker that is the same, of one group or a known partner, and everything that
    names the product; a model code, series, card or order number that contradicts gives other.
    """
    maker = _maker(seen, claim)
    if maker is None:
        return _other(f"{_who(seen)} is not {claim.vendor_text or 'the advisory’s maker'}", "maker")
    shown = Feature("maker", maker.why, supports=None if maker.kind == "nobody" else True)
    answer = _product(seen, claim)
    if answer.answer is Answer.OTHER:
        return answer
    if maker.kind == "nobody":
        if answer.answer is Answer.SAME and (answer.specificity == _WHOLE_NAME or claim.hosts):
            why = "the name fits, but the register names no maker"
            return _candidate(why, 0.5, (shown, *answer.features))
        return _other("the register names no maker, and the name does not fit as a whole", "maker")
    if maker.kind == "unnamed" and answer.answer is Answer.CANDIDATE:
        return _other("the advisory names no single maker, and the name does not fit", "maker")
    if seen.is_thin and answer.answer is Answer.SAME:
        return _candidate(
            f"{answer.why}, but the register names no model", 0.45, (shown, *answer.features)
        )
    if answer.answer is Answer.SAME and claim.requires and not _has_required(seen, claim):
        needs = " or ".join(" ".join((*w.words, *w.codes, *w.generic)) for w in claim.requires[:3])
        answer = _candidate(f"{answer.why}, but {needs} has to be there as well", 0.45, answer.features)
    loss = _BY_VENDOR.get(maker.kind, 0.2)
    why = answer.why if maker.kind in {"same", "nobody"} else f"{answer.why}; {maker.why}"
    return Identity(
        answer=answer.answer,
        confidence=round(max(answer.confidence - loss, 0.05), 2),
        why=why,
        features=(shown, *answer.features),
        specificity=answer.specificity,
        is_series_open=answer.is_series_open,
    )


def _has_required(seen: Evidence, claim: Claim) -> bool:
    """True where the row shows one of the things that the advisory wants to be present as well."""
    return any(
        all(w in seen.tokens for w in (*need.words, *need.codes))
        and all(_fits(pattern, seen) for pattern in need.wildcards)
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


def _other(why: str, feature: str) -> Identity:
    return Identity(
        answer=Answer.OTHER,
        confidence=0.0,
        why=why,
        features=(Feature(feature, why, supports=False),),
    )


def _candidate(
    why: str, confidence: float, features: tuple[Feature, ...] = (), specificity: int = 2
) -> Identity:
    return Identity(
        answer=Answer.CANDIDATE,
        confidence=confidence,
        why=why,
        features=features,
        specificity=specificity,
    )


def _same(why: str, confidence: float, specificity: int, *features: Feature) -> Identity:
    return Identity(
        answer=Answer.SAME, confidence=confidence, why=why, specificity=specificity,
        features=(*features, Feature("product", why, supports=True)),
    )  # fmt: skip


def _product(seen: Evidence, claim: Claim) -> Identity:
    if seen.is_part and not _names_a_part(claim):
        return _other("it is a part in the device, not the device that the advisory names", "role")
    both = seen.order_numbers & claim.order_numbers
    if both:
        return _same(f"the order number {sorted(both)[0]} is the advisory's", 1.0, 5)
    if claim.cards:
        refused = _card_refused(seen, claim)
        if refused:
            return refused
    elif seen.is_card and claim.hosts and _speaks_of_device(claim):
        return _other(
            "the advisory speaks of the device's own firmware, this is a network card", "card"
        )
    if claim.series_ids and seen.series_ids and not claim.series_ids & seen.series_ids:
        ids = ", ".join(sorted(seen.series_ids))
        return _other(
            f"its series is ID {ids}, the advisory's {', '.join(sorted(claim.series_ids))}",
            "series",
        )
    if claim.key and claim.key in seen.keys:
        return _whole_name(seen, claim)
    size = _size_contradiction(seen, claim)
    if size:
        return size
    contradiction = _order_number_contradiction(seen, claim)
    if contradiction:
        return contradiction
    if claim.hosts:
        return _in_hosts(seen, claim)
    return _in_words(seen, claim)


def _names_a_part(claim: Claim) -> bool:
    """True where the advisory's product is itself a battery, sensor or board, as this part is."""
    return not word_lists().part_words.isdisjoint(w for one in claim.wanted for w in (*one.generic, *one.words))


def _whole_name(seen: Evidence, claim: Claim) -> Identity:
    if claim.wanted and all(
        not (w.words or w.codes or w.wildcards or w.line) for w in claim.wanted
    ):
        small = {
            word for w in claim.wanted for word in (*w.generic, *w.details, *w.editions)
        }
        is_common = len(small) < _ENOUGH_WORDS or small <= _CARD_WORDS
        if is_common and not (claim.hosts or claim.cards):
            return _candidate("only words that many products share are the same", 0.35)
    card = _card_feature(seen, claim)
    if card is None:
        return _candidate("the name is the advisory's, but which card it holds is not known", 0.5)
    return _series(seen, claim, _same("the register and the advisory name it alike", 0.98, 5, *card))


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
        why = f"it is the {_names(rivals)} ({seen.card_why}); the advisory speaks of {_names(claim.cards)}"
        return _other(why, "generation")
    if seen.is_device:
        return _other(
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


def _in_hosts(seen: Evidence, claim: Claim) -> Identity:
    shared = claim.hosts & seen.lineage
    narrower = not shared and any(seen.lineage & set(lineage(host)) for host in claim.hosts)
    card = _card_feature(seen, claim)
    known = catalogue().products
    if shared:
        name = _names(frozenset(shared))
        if card is None:
            return _candidate(
                f"it is a {name}; whether it holds {_names(claim.cards)} is not known", 0.4
            )
        own = shared & set(seen.hosts)
        return _series(seen, claim, _same(f"it is the {name}", 0.95, 3 if own else 2, *card))
    if narrower:
        return _less_known(seen, claim, card)
    if card:
        if any(known[c].one_product for c in claim.cards & set(seen.cards)):
            return _candidate(
                f"the card is the {_names(claim.cards)}, but the advisory names it in {_names(claim.hosts)}",
                0.45,
            )
        if not seen.hosts and not _host_words(seen):
            return _candidate(
                f"the card is the {_names(claim.cards)}; what it sits in is not known ({_names(claim.hosts)}?)",
                0.4,
            )
    return _other(f"nothing in the register says {_names(claim.hosts)}", "product")


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
        return _other(f"it is the {_names(tuple(rivals))}, not {_names(claim.hosts)}", "series")
    if card is None:
        return _candidate(f"it may be {_names(claim.hosts)}; its card is not known either", 0.3)
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
        return Identity(
            answer=Answer.SAME, confidence=0.98, why=f"{found.why}, series ID {sorted(both)[0]}",
            features=(*found.features, Feature("series", f"ID {sorted(both)[0]}", supports=True)),
            specificity=4,
        )  # fmt: skip
    return Identity(
        answer=Answer.SAME, confidence=0.85, why=f"{found.why}, but which series id it has is not known",
        features=found.features, specificity=found.specificity, is_series_open=True,
    )  # fmt: skip


# ---- words and codes ----------------------------------------------------------------------


def _order_number_contradiction(seen: Evidence, claim: Claim) -> Identity | None:
    rivals = {
        n for n in seen.order_numbers if any(_alike(n, other) for other in claim.order_numbers)
    }
    if not rivals:
        return None
    return _other(
        f"its order number {sorted(rivals)[0]} is not {', '.join(sorted(claim.order_numbers))}",
        "order number",
    )


def _size_contradiction(seen: Evidence, claim: Claim) -> Identity | None:
    """Two sizes in one unit, or two version lines: ``15kW`` is not ``5kW``, ``V8`` is not ``V9``."""
    if claim.branch and seen.branches:
        if not any(b.startswith(claim.branch) or claim.branch.startswith(b) for b in seen.branches):
            return _other(f"it is of the V{seen.branches[0]} line, not V{claim.branch}", "version line")
    own = dict(seen.ratings)
    for unit, sizes in claim.ratings:
        if unit in own and not own[unit] & sizes:
            return _other(f"it is the {', '.join(sorted(own[unit]))}, not {', '.join(sorted(sizes))}", "size")
    return None


def _alike(one: str, other: str) -> bool:
    """True for two order numbers of one scheme: same length, letters and digits at the start."""
    return len(one) == len(other) and [c.isdigit() for c in one[:5]] == [
        c.isdigit() for c in other[:5]
    ]


def _in_words(seen: Evidence, claim: Claim) -> Identity:
    card = _card_feature(seen, claim)
    if claim.cards and not _decides(claim):
        if card:
            return _same(f"it is the {_names(claim.cards)}", 0.95, 3, *card)
        return _other(f"nothing in the register says {_names(claim.cards)}", "card")
    best = _other("the names share nothing that decides", "product")
    for wanted in claim.wanted:
        found = _compare(seen, wanted, claim)
        if (found.answer is Answer.SAME, found.confidence) > (
            best.answer is Answer.SAME,
            best.confidence,
        ):
            best = found
        elif best.answer is Answer.OTHER and found.answer is Answer.OTHER:
            best = found
    if claim.cards and best.answer is not Answer.OTHER and card is None:
        return _candidate(f"{best.why}; whether it holds {_names(claim.cards)} is not known", 0.4)
    if claim.cards and card and best.answer is Answer.SAME:
        return _same(best.why, best.confidence, best.specificity, *card)
    return _series(seen, claim, best) if best.answer is Answer.SAME else best


def _decides(claim: Claim) -> bool:
    return any(w.codes or w.wildcards or w.words or w.line for w in claim.wanted)


def _compare(seen: Evidence, wanted: Wanted, claim: Claim) -> Identity:
    """One alternative against the row: codes first, then words, then details."""
    tokens = seen.tokens
    wild = {pattern: _fits(pattern, seen) for pattern in wanted.wildcards}
    missing = [c for c in wanted.codes if c not in tokens] + [
        p for p, code in wild.items() if not code
    ]
    hit = [c for c in wanted.codes if c in tokens] + [p for p, code in wild.items() if code]
    words = [w for w in wanted.words if w in tokens]
    lacking = [w for w in wanted.words if w not in tokens]
    if missing:
        return _without_code(seen, wanted, missing, words)
    if hit:
        return _with_code(seen, wanted, hit, words, lacking, wild)
    if wanted.words:
        return _by_words(seen, wanted, words, lacking)
    return _by_small_words(seen, wanted)


def _fits(pattern: str, seen: Evidence) -> str:
    shape = wildcard(pattern)
    for code in seen.codes:
        if shape.fullmatch(code):
            return code
    return next((t for t in sorted(seen.tokens) if shape.fullmatch(t)), "")


def _without_code(seen: Evidence, wanted: Wanted, missing: list[str], words: list[str]) -> Identity:
    own = [c for c in seen.codes if c not in wanted.codes]
    if own:
        return _other(f"its model is {own[0]}, the advisory's {', '.join(missing)}", "model code")
    if wanted.words and len(words) == len(wanted.words) and not _extra(seen, wanted):
        return _candidate(f"the register does not say whether it is the {', '.join(missing)}", 0.4)
    if wanted.line and set(wanted.line) <= seen.tokens and words and not _extra(seen, wanted):
        return _candidate(f"the register does not say whether it is the {', '.join(missing)}", 0.3)
    return _other(f"nothing in the register says {', '.join(missing)}", "model code")


def _extra(seen: Evidence, wanted: Wanted) -> list[str]:
    return [w for w in seen.words if w not in wanted.words and w not in wanted.line]


def _with_code(
    seen: Evidence,
    wanted: Wanted,
    hit: list[str],
    words: list[str],
    lacking: list[str],
    wild: dict[str, str],
) -> Identity:
    strong = any(len(c) >= _STRONG_CODE or not c.isdigit() for c in hit if len(c) >= 3)  # noqa: PLR2004
    if lacking and not (strong and len(words) * 2 >= len(wanted.words)):
        if strong and not words and _extra(seen, wanted):
            return _other(f"only {hit[0]} is shared, not {', '.join(lacking)}", "product")
        if not strong and not words:
            return _other(f"only {hit[0]} is shared, not {', '.join(lacking)}", "product")
        return _candidate(
            f"{hit[0]} is shared, but the register does not say {', '.join(lacking)}", 0.5
        )
    lines = word_lists().line
    if not strong and wanted.line and not seen.tokens & set(wanted.line) and seen.tokens & lines:
        return _other(f"only {hit[0]} is shared, not {' '.join(wanted.line)}", "product")
    others = [c for c in seen.codes if c not in hit and c not in wild.values()]
    absent = [g for g in wanted.generic if g not in seen.tokens]
    if others and absent and not wild:
        why = f"{hit[0].upper()} is shared, but the register says {others[0].upper()} and not {absent[0]}"
        return _candidate(why, 0.4)
    if hit[0] in wild:
        return _details(seen, wanted, _same(f"{wild[hit[0]].upper()} is of the models {hit[0].upper()}", 0.93, 3))
    return _details(seen, wanted, _same(f"the model code {hit[0].upper()} is the advisory's", 0.95, 4))


def _by_words(seen: Evidence, wanted: Wanted, words: list[str], lacking: list[str]) -> Identity:
    own_editions = [e for e in seen.editions if e not in wanted.editions]
    open_editions = [e for e in wanted.editions if e not in seen.tokens]
    if not lacking:
        if open_editions and own_editions:
            return _other(f"it is the {own_editions[0]}, not the {open_editions[0]}", "edition")
        if open_editions:
            return _candidate(
                f"the register does not say whether it is {' '.join(open_editions)}", 0.45
            )
        name = " ".join((*wanted.line, *words))
        if own_editions:
            return _candidate(
                f"the advisory says {name}, the register {own_editions[0]} as well", 0.45
            )
        return _details(seen, wanted, _same(f"it is named {name}", 0.9, 3))
    covered = len(words) / max(len(wanted.words) + len(wanted.editions), 1)
    if words and covered >= 0.5 and not _extra(seen, wanted) and not own_editions:  # noqa: PLR2004
        return _candidate(f"the register does not say {', '.join(lacking)}", 0.35)
    return _other(f"nothing in the register says {', '.join(lacking)}", "product")


def _by_small_words(seen: Evidence, wanted: Wanted) -> Identity:
    small = (*wanted.line, *wanted.details, *wanted.editions, *wanted.generic)
    if not small or not all(w in seen.tokens for w in small):
        return _other("only words that many products share could be compared", "product")
    own = [*seen.codes, *seen.words, *(e for e in seen.editions if e not in wanted.editions)]
    tells = bool(wanted.details or wanted.line) and (len(small) > 1 or bool(wanted.line))
    if own:
        if tells and len(small) > 1 and not seen.codes:
            return _candidate(f"the advisory says {' '.join(small)}, the register {own[0]} as well", 0.4)
        return _other(f"only {' '.join(small)} is shared, and the register says {own[0]}", "product")
    if tells:
        return _same(f"it is named {' '.join(small)}", 0.8, 3)
    return _candidate("only words that many products share are the same", 0.35)


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
        return _other(f"it is the {rivals[0]}, not the {open_details[0]}", "detail")
    is_named = any(len(d) > 1 and d.isalpha() for d in open_details)
    if is_named and found.specificity < _CODE_LEAF:
        why = f"{found.why}, but the register does not say {', '.join(open_details)}"
        return _candidate(why, 0.4)
    return Identity(
        answer=Answer.SAME, confidence=0.85, specificity=max(found.specificity - 1, 2),
        why=f"{found.why}; the register does not say {', '.join(open_details)}", features=found.features,
    )  # fmt: skip


def names_anyone(claim: Claim) -> bool:
    """True where the advisory names no single maker."""
    return ANYONE in claim.vendors
