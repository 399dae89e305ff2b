"""Cutting a tidied range into operators and bounds, and telling a version from other words."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from cellwarden.advisories.plain import LONGEST_VERSION
from cellwarden.advisories.versions.order import readings
from cellwarden.advisories.versions.schemes import scheme_named, schemes
from cellwarden.advisories.versions.spelling import MONTH, spell
from cellwarden.advisories.versions.wildcards import is_wild

UPPER: Final = frozenset({"<", "<="})
LOWER: Final = frozenset({">", ">="})

_SIGN: Final = re.compile(r"(<=|>=|!=|<|>|=)")
_LISTED: Final = re.compile(r"\s*(?:,|;|\band\b|\bor\b)\s*")
_LEVEL_PIECE: Final = re.compile(r"(?:SP|FP)\s?\d", re.IGNORECASE)
_SPAN: Final = re.compile(r"(?P<low>[vVrR]?\d[\w.]*|[A-Z])\s*-\s*(?P<high>[vVrR]?\d[\w.]*|[A-Z])")
_REVISIONS: Final = re.compile(r"^rev(?:ision)?s?[.\s]+(?=[A-Z]\s*-\s*[A-Z]$)", re.IGNORECASE)
_SEVERAL: Final = re.compile(r"[vV]?\d+(?:\.(?:\d+|[xX]))+(?: [vV]?\d+(?:\.(?:\d+|[xX]))+)+")
_TWO_NAMES: Final = re.compile(
    r"(?P<one>\S.*?)(?:_v(?=\d+\.\d)|_(?=\d+\.\d+\.)|\s[Vv]ersion\s+)(?P<other>\d\S*)"
)
_BRANCHES: Final = re.compile(r"[vV]\d[\w.]*(?:_[vV]\d[\w.]*)+")
_NUMBER_AND_VERSION: Final = re.compile(
    r"(?P<id>\d{3,})\s+(?:\w+\s+)?(?:version\s+)?(?P<bound>\d+\.[xX])"
)
_YEAR_AND_VERSION: Final = re.compile(r"(?P<one>(?:19|20)\d\d) (?P<other>\d+(?:\.\d+)+(?: SP\d+)?)")
_GLUED_AND: Final = re.compile(r"(?<=\d)and$")
_PRODUCT_NUMBER: Final = re.compile(
    r"\d{3,}-[A-Za-z0-9/-]*|[A-Za-z]{1,4}-?[A-Za-z]*\d{3,}[A-Za-z]?|\d{3,}[A-Za-z]?|[A-Za-z]{2,}\d{1,2}"
    r"|[A-Za-z]\d{4,}|\d{6,}[A-Za-z.]+[\w.]*"
)
_LOOSE: Final = frozenset({"shape", "suffixed"})
_STRICT: Final = tuple(
    position for position, scheme in enumerate(schemes()) if scheme.table.name not in _LOOSE
)
_EMPTY_LEAD: Final = re.compile(
    r"(?:\s*\b(?:firmware|software|versions?|releases?|ver|rev))+\.?", re.IGNORECASE
)
_OWN_NUMBER: Final = re.compile(r"[vV]?(?:19|20)\d\d|[rR]\d{3}|[vV]\d+")
_DOTTED_START: Final = re.compile(r"[vVrR]?\.?\d+\.\d")
_WORDS: Final = re.compile(r"[A-Za-z]{3}[^\d]*")
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
_WILD_END: Final = re.compile(r"[\s.]*[xX*]+$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class Item(msgspec.Struct):
    """One operator with its bound; ``op`` is empty where the text gives none.

    ``piece`` counts the pieces that bars part, so that two items know whether one lies between.
    """

    op: str
    bounds: tuple[str, ...]
    piece: int
    conditions: tuple[str, ...] = ()
    prefix: bool = False


class Cut(msgspec.Struct):
    """The items of a range in their order, and what was no item."""

    items: list[Item] = []
    conditions: list[str] = []
    doubt: str = ""
    is_interpreted: bool = False


def is_strict(text: str) -> bool:
    """Whether a scheme that knows its form reads a text, without a product's word before it."""
    if not text or len(text) > LONGEST_VERSION or spell(text).label:
        return False
    found = readings(text)
    return bool(found) and any(found[position] is not None for position in _STRICT)


def is_version(text: str) -> bool:
    """Whether a text with an operator before it can be a version: any scheme reads it."""
    if is_wild(text):
        return True
    found = readings(text)
    if _ORDINAL.match(text) or (MONTH.match(spell(text).text) and not is_strict(text)):
        return False
    return any(parsed is not None for parsed in found)


def is_listed_version(text: str) -> bool:
    """Whether a text that stands alone is a version rather than a product's number.

    Product numbers stand where versions should: 1766-L32BXBA, HEN04103L, 7900. A number of three
    digits and more that is no year is taken for one.
    """
    word = text.strip()
    bare = _WILD_END.sub("", word)
    if _ORDINAL.match(word) or (
        _PRODUCT_NUMBER.fullmatch(bare) and not _OWN_NUMBER.fullmatch(bare)
    ):
        return False
    if is_wild(word):
        return "." in word or not spell(bare).label
    if _DOTTED_START.match(word):
        return is_version(word)
    if word.isalpha() and not word.islower():
        return len(word) == 1
    spelled = spell(word)
    if spelled.label and any(character.isdigit() for character in spelled.label):
        return False
    behind = spelled.text
    return is_strict(behind) and (not spelled.label or "." in behind or not behind.isdigit())


def cut(text: str) -> Cut:
    """Cut a tidied text at bars, operators, commas and words that join."""
    result = Cut()
    for number, piece in enumerate(text.split("|")):
        stripped = piece.strip(" -,;")
        if _LEVEL_PIECE.match(stripped) and result.items:
            last = result.items[-1]
            last.bounds = (f"{last.bounds[-1]} {stripped}",)
            result.is_interpreted = True
        elif stripped == "*":
            result.items.append(Item("*", (), number))
            result.is_interpreted = True
        elif stripped:
            _cut_piece(stripped, number, result)
    return result


def _cut_piece(piece: str, number: int, result: Cut) -> None:
    lead, *rest = _SIGN.split(piece)
    signs = list(zip(rest[::2], rest[1::2], strict=True))
    lead = lead.strip(" :,;")
    if lead and signs:
        _take_lead(lead, signs[0][0], number, result)
    elif lead:
        _take_listed(lead, number, result)
    for op, words in signs:
        _take_bound(op, words.strip(" :;-."), number, result)


def _take_lead(lead: str, op: str, number: int, result: Cut) -> None:
    """Words before an operator: a lower bound, versions of their own, or a condition."""
    lead = re.sub(r"\s*\b(?:and|or)$", "", lead).strip(" ,/-")
    if not lead or _EMPTY_LEAD.fullmatch(lead):
        return
    result.is_interpreted = True
    if op in UPPER and is_strict(lead):
        result.items.append(Item(">=", (lead,), number))
    elif op in UPPER and is_wild(lead) and not spell(lead).label:
        result.items.append(Item(">=", (lead,), number, prefix=True))
    elif is_strict(lead):
        result.items.append(Item("", (lead,), number))
    else:
        result.conditions.append(lead)


def _take_bound(op: str, words: str, number: int, result: Cut) -> None:
    first, *others = [part for part in _LISTED.split(words) if part] or [""]
    if re.search(r",\s*(?:19|20)\d\d", words) and is_strict(words):
        first, others = words, []
    if not first:
        result.doubt = "an operator stands without a version"
        return
    if _BRANCHES.fullmatch(first):
        result.items.extend(Item(op, (name,), number) for name in reversed(first.split("_")))
        result.is_interpreted = True
    elif " /" in first or "/ " in first:
        _take_either(op, first, number, result)
    else:
        result.items.append(_item(op, first, number, result))
    for other in others:
        _take_listed(other, number, result)


def _take_either(op: str, words: str, number: int, result: Cut) -> None:
    """``7.03 /7.04``: two bounds with a stroke between, one for each branch."""
    result.is_interpreted = True
    for name in re.split(r"\s*/\s*", words):
        result.items.append(_item(op, name, number, result))


def _take_listed(words: str, number: int, result: Cut) -> None:
    """Versions without an operator: alone, in a list, or as a span with a dash."""
    if re.search(r"\b(?:and|or)$|,$", words):
        result.doubt = "the list of versions breaks off"
    words = _REVISIONS.sub("", words)
    parts = [words] if is_strict(words) else [part for part in _LISTED.split(words) if part]
    for part in parts:
        if _SEVERAL.fullmatch(part):
            result.items.extend(_item("", name, number, result) for name in part.split(" "))
            result.is_interpreted = True
        elif (span := _SPAN.fullmatch(part)) and _is_span(span["low"], span["high"]):
            result.items.append(Item(">=", (span["low"],), number))
            result.items.append(Item("<=", (span["high"],), number))
            result.is_interpreted = True
        else:
            result.items.append(_item("", part, number, result))


def _is_span(low: str, high: str) -> bool:
    """Whether ``12.4.1-12.4.11`` means all between: two of one form, the first one lower."""
    if low.isdigit() and high.isdigit():
        years = bool(_YEAR.fullmatch(low) and _YEAR.fullmatch(high))
        return (years or max(len(low), len(high)) <= 2) and int(low) < int(high)  # noqa: PLR2004 - small numbers only: 750-852 is a product
    if low.isalpha() != high.isalpha() or low.count(".") != high.count("."):
        return False
    name = "letters" if low.isalpha() or low[-1].isalpha() or high[-1].isalpha() else "decimal"
    scheme = scheme_named(name)
    a, b = scheme.read(spell(low).text), scheme.read(spell(high).text)
    return a is not None and b is not None and scheme.compare(a, b) == -1


def _item(op: str, words: str, number: int, result: Cut) -> Item:
    """One bound: its names, whether a wildcard ends it, and words behind it as a condition."""
    words = _GLUED_AND.sub("", words.strip(" :;,-/"))
    if not op and words.endswith("+") and is_strict(words[:-1]):
        return Item(">=", (words[:-1],), number)
    if special := _NUMBER_AND_VERSION.fullmatch(words):
        result.is_interpreted = True
        result.conditions.append(special["id"])
        return Item(op, (special["bound"],), number, prefix=True)
    for pattern in (_YEAR_AND_VERSION, _TWO_NAMES):
        two = pattern.fullmatch(words)
        if two and _has_numbers(two["one"]) and not _is_pair(two["one"], two["other"]):
            result.is_interpreted = True
            return Item(op, (two["one"].strip(), two["other"].strip()), number)
    if is_wild(words):
        result.is_interpreted = True
        return Item(op, (words,), number, prefix=True)
    if is_strict(words):
        return Item(op, (words,), number)
    return _with_words_behind(op, words, number, result)


def _has_numbers(name: str) -> bool:
    """Whether a name is a version of its own: a year, or numbers with a point."""
    text = spell(name).text
    return is_strict(text) and ("." in text or bool(_YEAR.match(text)))


def _is_pair(one: str, other: str) -> bool:
    """Whether two numbers joined by an underscore are versions of two parts, not two names."""
    return one.count(".") == other.count(".") and other[-1:].isdigit() and one[-1:].isdigit()


def _with_words_behind(op: str, words: str, number: int, result: Cut) -> Item:
    """Take words off the end until a version is left; without one the text stays whole.

    Only words without digits are taken off: ``595 T2-Patch`` is later than ``595``.
    """
    if op and spell(words).label and is_strict(spell(words).text):
        result.is_interpreted = True
        return Item(op, (words,), number)
    parts = words.split(" ")
    for end in range(len(parts) - 1, 0, -1):
        head, tail = " ".join(parts[:end]), " ".join(parts[end:])
        if _WORDS.fullmatch(tail) and (is_strict(head) or (op and is_strict(spell(head).text))):
            result.is_interpreted = True
            result.conditions.append(tail)
            return Item(op, (head,), number)
    if not op and not is_listed_version(words):
        return Item("?", (words,), number)
    result.is_interpreted = True
    return Item(op, (words,), number)
