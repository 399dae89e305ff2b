"""What the agreements of two names amount to: a score, what speaks against it, what for it."""

from __future__ import annotations

from collections.abc import Container
from math import sqrt
from typing import Final

from cellwarden.vendors.screening import tables
from cellwarden.vendors.screening.comparing import Compared
from cellwarden.vendors.screening.nouns import Quality
from cellwarden.vendors.screening.patronymics import other_patronymic
from cellwarden.vendors.screening.romanised import CHINESE_COUNTRIES, from_pinyin

MATCH: Final = 0.86
REVIEW: Final = 0.74

_EXACT: Final = 0.985
_TELLING: Final = 0.7
"""Weight from which one matched token tells two names apart from most others."""

_LONG: Final = 5
_MOSTLY: Final = 0.8
_WHOLE: Final = 0.9
_WITH_INITIALS: Final = 0.8
_SURE: Final = 1.7
_SURE_PERSON: Final = 2.3
"""Weight of words spelt alike from which it is the same one, whatever the country."""

_MIDDLE_NAMES: Final = 0.8
"""How much of a person's unmentioned names is forgiven where all that was mentioned agrees."""

_TELLING_PERSON: Final = 1.25
"""Weight of matched names from which all of it is forgiven: Kim Chol tells little."""

_OTHER_FAMILY: Final = 0.75
_UNSAID_FAMILY: Final = 0.92
_CHAIN: Final = 3
"""Names from which a person is told without the family name: Rana Saddam Hussein."""
_CLEARLY: Final = 0.1
_TELLS_LITTLE: Final = 0.4
_NOT_THE_TELLING_WORD: Final = 0.9
"""Where the word that tells a company most from others has no counterpart."""

_COUNTRY: Final = {"agrees": 0.03, "differs": -0.06, "unknown": 0.0}
_OTHER_FORM: Final = 0.03
_COMPANY_OF_THAT_NAME: Final = 0.15
"""Where a company has words and a form beside a ship's or a person's name."""

_OTHER_NUMBERS: Final = 0.25
_WEAK_ALIAS: Final = 0.08
_A: Final = dict.fromkeys("aeio", "an")
_FORMLESS: Final = frozenset({"vessel", "aircraft", "individual"})


_DROPPED: Final = {"fluff": 0.6, "trade": 0.3, "place": 0.3}
"""How much of a company's unmentioned words is forgiven, by the most telling class of them."""

_OTHER_PATRONYMIC: Final = 0.75
_OTHER_INITIAL: Final = 0.85
_SAYS_LITTLE: Final = 0.35
"""Weight up to which a word that the other name has not says nothing: branch, group."""

_ALIKE: Final = 0.87
_ALIKE_IN_PINYIN: Final = 0.9
"""How alike the telling words of companies have to be: a syllable apart is another company."""

_ABOUT: Final = 0.8
"""Part of the heaviest word's weight from which a word is as telling as it."""

_SOUNDS: Final = 0.93
_ITS_OWN: Final = 0.92
"""Weight of a word that one or two names of the list hold."""


def score(compared: Compared, features: dict[str, str]) -> tuple[float, str]:
    """The score, 0 to 1, and the patronymic that is another one; empty for none."""
    entry = compared.listed.entry
    is_person = entry.kind == "individual"
    share = _entry_share(compared, is_person=is_person, form=features["legal_form"])
    value = sqrt(compared.asked_share * share)
    if not compared.family_met:
        value *= _UNSAID_FAMILY if _leaves_family_out(compared) else _OTHER_FAMILY
    if not is_person and compared.heaviest_left > compared.heaviest + _CLEARLY:
        value *= _NOT_THE_TELLING_WORD
    if compared.heaviest < _TELLS_LITTLE:
        value *= _NOT_THE_TELLING_WORD
    patronymic = other_patronymic(entry, compared.left_asked) if is_person else ""
    if patronymic:
        value *= _OTHER_INITIAL if len(patronymic) == 1 else _OTHER_PATRONYMIC
    value += _COUNTRY[features["country"]]
    if features["legal_form"] == "differs":
        value -= _OTHER_FORM
        if entry.kind in _FORMLESS and compared.left_asked:
            value -= _COMPANY_OF_THAT_NAME
    if features["numbers"] == "differs":
        value -= _OTHER_NUMBERS
    if compared.listed.quality is Quality.WEAK:
        value -= _WEAK_ALIAS
    if not is_person and features["country"] == "agrees" and _is_its_own_word(compared):
        value = max(value, REVIEW)
    return max(0.0, min(1.0, value)), patronymic


def _is_its_own_word(compared: Compared) -> bool:
    """Whether all that was asked is one word that hardly another name holds: Coalsa."""
    if len(compared.pairs) != 1 or compared.left_asked or compared.least_alike < _EXACT:
        return False
    _, theirs, _ = compared.pairs[0]
    return len(theirs) >= _LONG and compared.heaviest >= _ITS_OWN


def _leaves_family_out(compared: Compared) -> bool:
    """Whether everything that was asked is a chain of given names, and the family name unsaid."""
    return not compared.left_asked and len(compared.pairs) >= _CHAIN


def _entry_share(compared: Compared, *, is_person: bool, form: str) -> float:
    """The share of the listed name that was met, with what people leave out forgiven."""
    theirs = compared.listed_share
    if is_person:
        whole = _WITH_INITIALS if compared.initials else _WHOLE
        if len(compared.pairs) > 1 and compared.asked_share > whole and compared.family_met:
            is_telling = compared.telling >= _TELLING_PERSON
            theirs += (_MIDDLE_NAMES if is_telling else _MIDDLE_NAMES / 4) * (1 - theirs)
    elif compared.asked_share > _WHOLE and compared.heaviest >= _TELLING and form != "differs":
        classes = tables.words()[1]
        left = [_DROPPED.get(classes.get(token, ""), 0.0) for token in compared.left_listed]
        theirs += min(left, default=0.0) * (1 - theirs)
    return theirs


def against(
    compared: Compared, features: dict[str, str], value: float, patronymic: str
) -> list[str]:
    """What forbids a match, whatever the score."""
    entry = compared.listed.entry
    is_alike = compared.least_alike >= _EXACT
    sure = _SURE_PERSON if entry.kind == "individual" else _SURE
    is_sure = is_alike and compared.telling >= sure and value >= MATCH
    one_short = len(compared.pairs) == 1 and len(compared.pairs[0][1]) < _LONG
    agrees = features["country"] == "agrees"
    form_agrees = features["legal_form"] == "agrees"
    says_little = compared.said_beside <= _SAYS_LITTLE and compared.heaviest >= _TELLING
    says_more = compared.asked_share < _MOSTLY and not says_little
    found = {
        "the country differs": features["country"] == "differs" and not is_sure,
        "the numbers differ": features["numbers"] == "differs",
        "a weak alias": compared.listed.quality is Quality.WEAK and not (agrees and is_alike),
        "an acronym stands for words": compared.acronym,
        f"the entry is {_A.get(entry.kind[:1], 'a')} {entry.kind}": entry.kind in _FORMLESS
        and features["legal_form"] == "differs",
        "one short word": one_short and not (is_alike and (agrees or form_agrees)),
        "each has words of its own": bool(compared.left_asked and compared.left_listed),
        "the name says more": says_more,
        "an initial is all of the given name": entry.kind == "individual"
        and _only_initials(compared, agrees=agrees),
        "another patronymic": bool(patronymic),
        "its telling word is another one": not compared.initials
        and not (agrees and entry.kind == "individual")
        and _is_another_word(compared),
    }
    return [reason for reason, holds in found.items() if holds]


def _only_initials(compared: Compared, *, agrees: bool) -> bool:
    """Whether a person's given names met only in initials, beside a name that many have."""
    if not compared.initials:
        return False
    names = len(compared.pairs) - compared.initialled
    rest = any(len(token) == 1 for token in compared.left_asked)
    few = compared.initials == 1 and not agrees
    return names < 2 and (rest or few or compared.heaviest < _TELLING)  # noqa: PLR2004 - one name alone


def _is_another_word(compared: Compared) -> bool:
    """Whether no telling word of a company, no given name, pairs with one nearly the same."""
    if compared.listed.entry.kind == "individual":
        name = compared.listed.name
        known: Container[str] = name.tokens[: name.family_size()]
    else:
        known = tables.words()[1]
    least = _ABOUT * compared.heaviest
    telling = [
        (theirs, value)
        for (_, theirs, value), weight in zip(compared.pairs, compared.pair_weights, strict=True)
        if theirs not in known and weight >= least
    ]
    is_chinese = not CHINESE_COUNTRIES.isdisjoint(compared.listed.entry.countries)
    return bool(telling) and not any(
        value >= (_ALIKE_IN_PINYIN if is_chinese and from_pinyin(theirs) else _ALIKE)
        for theirs, value in telling
    )


def supporting(compared: Compared, features: dict[str, str]) -> list[str]:
    """The agreements of different kinds."""
    found = []
    if compared.asked_share >= MATCH and compared.listed_share >= MATCH:
        found.append("each covers the other")
    count = len(compared.pairs)
    if count > 1 and compared.telling >= _TELLING:
        found.append("several words")
    if compared.least_alike >= _EXACT and count:
        found.append("spelt alike")
    elif compared.least_alike >= _SOUNDS and count > 1:
        found.append("sounds alike")
    if features["country"] == "agrees":
        found.append("country")
    if features["legal_form"] == "agrees":
        found.append("legal form")
    longest = max((len(theirs) for _, theirs, _ in compared.pairs), default=0)
    if longest >= 2 * _LONG and compared.telling >= _TELLING:
        found.append("a long rare word")
    return found
