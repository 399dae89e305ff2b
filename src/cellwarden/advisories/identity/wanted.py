"""What a product's name asks a component to show: its codes, words, and the models it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

from cellwarden.advisories.identity.nouns import Wanted
from cellwarden.advisories.identity.words import (
    chunks,
    compact,
    is_code,
    is_kind,
    is_order_number,
    is_rating,
    is_short_wildcard,
    is_wildcard,
    word_lists,
)

BRANCH: Final = re.compile(r"(?:v|(?=\d[\d.]*\.x{1,3}$))(\d+(?:\.\d+)*)(?:\.x{1,3})?")
"""``V5``, ``V5.x``, ``10.x``."""
_STEP_OF_BRANCH: Final = re.compile(
    r"(\bv\d+(?:\.\d+)*)\s+(?:update|upd\.?|patch|hotfix|hf)\s?\d+\b"
)
"""``V4.0 Update 1``: the step is one of the version."""
_APP: Final = re.compile(r"\b(ios|android|mobile)(?= apps?\b)")
"""What runs on a telephone is no version of what it operates."""
_TAKES_OUT: Final = frozenset(
    {"without", "excl", "excluding", "except", "not", "no", "other", "all"}
)
_PARENTHESES: Final = re.compile(r"[(\[][^()\[\]]*[)\]]")
_OPEN_PARENTHESIS: Final = re.compile(r"[(\[][^()\[\]]*$")
_REVISION: Final = re.compile(r"rev\d{1,2}")
"""A revision of the hardware, which registers seldom say."""
_ENDS_IN_X: Final = re.compile(r"\dx$")
"""Beside other codes such an x is a letter: ``2212X/2112S``, ``RV50 RV50X``."""
_MIDDLES: Final = re.compile(
    r"\b(?P<head>[a-z]{1,4})(?P<first>\d{1,3})(?P<others>(?:/\d{1,3})+)(?P<tail>[a-z]{2}[a-z0-9-]*|-[a-z](?![a-z0-9])[a-z0-9.-]*)"
)
_ENDINGS: Final = re.compile(
    r"(?<![\w/-])(?P<head>[a-z0-9-]{4,}[a-z])(?P<last>[a-z])(?P<others>(?:/[a-z]{1,2}){2,})(?![\w/])"
)
_TAILED: Final = re.compile(r"(?<![\w/-])([a-z]{2,6})(\d{3,4})/(\d{3,4})([a-z]{1,2})(?![\w/-])")
"""``AFS660/665S``."""
_LETTERED: Final = re.compile(r"(?<![\w/-])([a-z]{0,4}\d{3,4})([a-d])/([a-d])(?![\w/-])")
"""``4351A/B``."""
_ROUND: Final = re.compile(r"([a-z]*)([1-9]\d??)(0{2,3})([a-z]{0,6})")
_STANDARD: Final = re.compile(r"iec[- ]?6\d{4}(?:-\d+)*|\dx\d{2,4}tx")
"""A protocol or a kind of port, which names no product: ``ETA4 IEC60870-5-104``."""
_SERIES_WORDS: Final = frozenset({"series", "family", "families"})
_FAR: Final = 3
_INCLUDED: Final = re.compile(r"[(\[]\s*incl(?:uding|\.)?\s+([^()\[\]]*)[)\]]")
_HYPHENED: Final = re.compile(r"(?<!\S)([a-z0-9-]*\d-)(\d+)((?:/-\d+)+)(?!\S)")
"""``SEL-787-2/-3/-4``."""
_ALIKE: Final = re.compile(r"(?<![\w/-])([a-z]{2,6})(\d{3,4})((?:/\d{3,4})+)(?![\w/-])")
"""``COM100/800``."""
_OPTIONAL: Final = re.compile(r"(?<!\S)([a-z]+\d[a-z0-9-]*)\(([a-z]{1,3})\)([a-z0-9-]+)")
"""``R08(EN)CPU`` is two models."""
_SLASHED: Final = re.compile(
    r"(?<!\S)(?:[a-z0-9-]*\d{3}[a-z0-9-]*/)+[a-z0-9-]*\d{3}[a-z0-9-]*(?!\S)"
)
_KINDS: Final = re.compile(r"(?<!\S)([a-z]{2,4})((?:/[a-z]{2,4}){2,})(?!\S)")
"""``ADS/ADX/OAS``."""
_LINES: Final = re.compile(r"(?<!\S)([a-z]{2,3})/([a-z]{2,3})[- ]series\b")
"""``NJ/NX-series``."""
_SHORTEST_LIST_NUMBER: Final = 2
_LIST_WORDS: Final = re.compile(r"\s+(?:and|or|&)\s+|[,/;]")
_STRONG_SEPARATOR: Final = re.compile(r"\s+/\s+|\s+&\s+|\s*;\s*")
_SEPARATOR: Final = re.compile(r"\s+/\s+|\s+&\s+|\s*;\s*|\s+and\s+|\s+or\s+|,\s+")


def wanted_in(text: str) -> tuple[Wanted, ...]:
    """The alternatives that a product text lists; usually one."""
    text = _STEP_OF_BRANCH.sub(r"\1", _OPTIONAL.sub(r"\1\3 / \1\2\3", text))
    main = spelled_out(_OPEN_PARENTHESIS.sub(" ", _PARENTHESES.sub(" ", text)).strip())
    pieces = [one for each in _each_kind(main or text) for one in _pieces(each)]
    out: list[Wanted] = []
    for piece in pieces:
        one = _one(piece)
        if out and not (one.words or one.line) and one.codes:
            one = Wanted(
                codes=one.codes, wildcards=one.wildcards, words=out[0].words, line=out[0].line,
                generic=one.generic, details=one.details, editions=one.editions,
            )  # fmt: skip
        out.extend(_each_number(one, piece))
    for inside in _INCLUDED.findall(text):
        codes = [compact(c) for c in chunks(inside) if is_code(c) and not is_order_number(c)]
        out.extend(Wanted(codes=(c,), line=out[0].line, words=out[0].words) for c in codes if out)
    aside = tuple(dict.fromkeys(_aside(text, main)))
    found = (one for one in out if one != Wanted())
    return tuple(msgspec.structs.replace(one, aside=aside) if aside else one for one in found)


def _aside(text: str, main: str) -> Iterator[str]:
    """The words in a name's brackets that a row may have: ``PCS neo (Administration Console)``.

    Of several brackets, which tell variants apart, those alone that shorten the name:
    ``MOSCAD IP gateway (IPGW)``; none of brackets that take something out.
    """
    parts = [chunks(part) for part in _PARENTHESES.findall(text)]
    for words in parts:
        is_only = len(parts) == 1 and _TAKES_OUT.isdisjoint(words)
        for word in words:
            letters = iter(main)
            shortens = is_only or all(one in letters for one in word)
            if word.isalpha() and len(word) > 2 and shortens:  # noqa: PLR2004 - IPGW
                yield word


def _each_kind(text: str) -> tuple[str, ...]:
    """``Metasys ADS/ADX/OAS`` and ``NJ/NX-series`` as one name for each."""
    if found := _KINDS.search(text):
        kinds = (found[1], *found[2].strip("/").split("/"))
    elif found := _LINES.search(text):
        kinds = (f"{found[1]} series", f"{found[2]} series")
    else:
        return (text,)
    return tuple(f"{text[: found.start()]}{kind}{text[found.end() :]}" for kind in kinds)


def spelled_out(text: str) -> str:
    """``R04/08/16ENCPU`` and ``XGK-CPUU/H/S`` as the whole names that they stand for."""

    def middles(found: re.Match[str]) -> str:
        numbers = (found["first"], *found["others"].strip("/").split("/"))
        return " / ".join(f"{found['head']}{number}{found['tail']}" for number in numbers)

    def endings(found: re.Match[str]) -> str:
        letters = (found["last"], *found["others"].strip("/").split("/"))
        return " / ".join(f"{found['head']}{letter}" for letter in letters)

    def alike(found: re.Match[str]) -> str:
        numbers = (found[2], *found[3].strip("/").split("/"))
        if len({len(number) for number in numbers}) > 1:
            return found[0]
        return " / ".join(found[1] + number for number in numbers)

    def lettered(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]} / {found[1]}{found[3]}"

    def hyphened(found: re.Match[str]) -> str:
        numbers = (found[2], *found[3].strip("/-").split("/-"))
        return " / ".join(found[1] + number for number in numbers)

    if "/" not in text:
        return text
    text = _TAILED.sub(r"\1\2\4 / \1\3\4", _LETTERED.sub(lettered, text))
    text = _ALIKE.sub(alike, _HYPHENED.sub(hyphened, text))
    return _ENDINGS.sub(endings, _MIDDLES.sub(middles, text))


def _each_number(one: Wanted, text: str) -> tuple[Wanted, ...]:
    """One product for each of the numbers of ``NPort 5210 5230`` or ``MRD-315 MRD-355``."""
    members = (*one.codes, *one.wildcards)
    if len(members) < 2 or not _is_list(one, text):  # noqa: PLR2004 - a list
        return (one,)
    literal = [wild for wild in one.wildcards if one.codes and _ENDS_IN_X.search(wild)]
    free = [wild for wild in one.wildcards if wild not in literal]
    return (
        *(msgspec.structs.replace(one, codes=(c,), wildcards=()) for c in (*one.codes, *literal)),
        *(msgspec.structs.replace(one, codes=(), wildcards=(wild,)) for wild in free),
    )


def _is_list(one: Wanted, text: str) -> bool:
    """True where a name's codes are alternatives: numbers alike, or codes of one shape in a row."""
    codes = one.codes
    if not one.wildcards and all(code.isdigit() for code in codes):
        return len({(len(code), code[0]) for code in codes}) == 1
    if not codes:
        return True
    if _is_slashed(codes, text):
        return True
    shape, *others = {_shape(code) for code in (*codes, *one.wildcards)}
    ends = {(code[0], code[-3:]) for code in codes}
    is_alike = not others or (len(ends) == 1 < len(codes) and not one.wildcards)
    if not is_alike or shape.count("0") < _SHORTEST_LIST_NUMBER:
        return False
    row = [
        compact(chunk) in {*codes, *one.wildcards} for chunk in _LIST_WORDS.sub(" ", text).split()
    ]
    if True not in row:
        return False
    first, last = row.index(True), len(row) - row[::-1].index(True)
    return all(row[first:last])


def _is_slashed(codes: tuple[str, ...], text: str) -> bool:
    """True for codes of several shapes with strokes between them: ``670/650/SAM600-IO``."""
    lists = (found[0].split("/") for found in _SLASHED.finditer(text))
    return any({compact(piece) for piece in pieces} == set(codes) for pieces in lists)


def _shape(code: str) -> str:
    """Letters as A, digits as 0, without the letter of a variant: ``MP70E`` is as ``RV50``."""
    bare = re.sub(r"(?<=\d)[a-z]$", "", code)
    return re.sub(r"\d", "0", re.sub(r"[a-z]", "A", bare))


def _pieces(text: str) -> list[str]:
    for separator in (_SEPARATOR, _STRONG_SEPARATOR):
        pieces = [piece for piece in separator.split(text) if piece.strip()]
        if len(pieces) < 2:  # noqa: PLR2004 - a list has two members
            continue
        read = [_one(piece) for piece in pieces]
        if _is_list_of_codes(read):
            return pieces
        if separator is _STRONG_SEPARATOR and all(one.words or one.codes for one in read):
            return pieces
    return [text]


def _is_list_of_codes(pieces: list[Wanted]) -> bool:
    """True for ``AP7xxxx and AP8xxx``: codes all along, that begin alike."""
    codes = [(*one.codes, *one.wildcards) for one in pieces]
    if not all(codes):
        return False
    if len({_shape(code) for group in codes for code in group}) == 1:
        return True
    starts = {code[:2] for code in codes[0]}
    return all(any(code[:2] in starts for code in following) for following in codes[1:])


@lru_cache(maxsize=65536)
def _one(text: str) -> Wanted:
    lists = word_lists()
    into: dict[str, list[str]] = {
        name: []
        for name in ("codes", "wildcards", "words", "generic", "details", "line", "editions")
    }
    series = _series_of(text)
    for chunk in chunks(text):
        if chunk in series:
            into["wildcards"].append(series[chunk])
            continue
        if chunk in lists.noise or is_rating(chunk) or BRANCH.fullmatch(chunk):
            continue
        if not compact(chunk).strip("x"):
            continue  # 750-880/xxx-xxx: any variant
        if (is_order_number(chunk) and chunk[0].isdigit()) or _STANDARD.fullmatch(chunk):
            continue
        if _REVISION.fullmatch(chunk):
            into["details"].append(chunk)
            continue
        into[_class_of(chunk)].append(compact(chunk))
    into["words"] += _APP.findall(text)
    if into["words"] or into["line"]:
        short = [code for code in into["codes"] if is_short_wildcard(code)]
        into["wildcards"] += short
        into["codes"] = [code for code in into["codes"] if code not in short]
    return Wanted(**{name: tuple(dict.fromkeys(found)) for name, found in into.items()})


def _series_of(text: str) -> dict[str, str]:
    """The round codes of a name that stand for a series, as patterns: ``X-200 family``, x2##."""
    words = [chunk for chunk in chunks(text) if chunk]
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        first = word.split("-")[0]
        shape = _ROUND.fullmatch(first) or _ROUND.fullmatch(compact(word))
        near = words[at + 1 : at + 1 + _FAR]
        is_told = not _SERIES_WORDS.isdisjoint(near) or word in word_lists().series_codes
        if shape and len(shape[1] + shape[2]) > 1 and is_told:
            found[word] = f"{shape[1]}{shape[2]}{'#' * len(shape[3])}{shape[4]}"
    others = [w for w in words if w not in found and is_code(w) and not is_rating(w)]
    return {} if others or len(found) > 1 else found


def _class_of(chunk: str) -> str:  # noqa: PLR0911 - one return for each class of word
    lists = word_lists()
    if chunk in lists.line:
        return "line"
    if chunk in lists.edition:
        return "editions"
    if is_kind(chunk):
        return "generic"
    if is_wildcard(chunk):
        return "wildcards"
    if is_code(chunk):
        return "codes"
    if len(chunk) <= 2 or chunk.isdigit():  # noqa: PLR2004 - pn, ex, 20
        return "details"
    return "words"
