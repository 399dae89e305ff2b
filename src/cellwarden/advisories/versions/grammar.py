"""Reading an advisory's words on versions into alternatives, conditions and how well they read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from cellwarden.advisories.versions.branches import join_items
from cellwarden.advisories.versions.intervals import plan_of
from cellwarden.advisories.versions.items import Cut, Item, cut, is_listed_version, is_version
from cellwarden.advisories.versions.nouns import Alternative, Comparator, Quality
from cellwarden.advisories.versions.ranges import VersionRange
from cellwarden.advisories.versions.spelling import plain, spaced, spell
from cellwarden.advisories.versions.words import Tidied, tidy

LONGEST_RANGE: Final = 1000
"""Characters; longer words are no range, and hostile cells are."""

_VERS: Final = re.compile(r"vers:(?P<scheme>[A-Za-z0-9.+-]+)/(?P<body>.*)", re.DOTALL)
_CONSTRAINT: Final = re.compile(r"(?P<op><=|>=|!=|<|>|=|)(?P<bound>[^<>=!|]+)")
_GENERATION: Final = re.compile(r"(nmc\d|hw\s?\d[\w.]*)\b")
_INTERVAL: Final = re.compile(
    r"(?P<open>[\[(])(?P<low>[^,()\[\]]*),(?P<high>[^,()\[\]]*)(?P<close>[\])])"
)
_AT_LEAST_SAME: Final = re.compile(r"^(?:vers:all/)?[<>]=\s*")
"""What includes its own bound: the very same text lies inside."""
_EVERY: Final = frozenset({"", "*", "all", "any", "all versions", "vers:all/*"})
_NOTHING: Final = re.compile(
    r"no versions?$|versions including affected|\W*(?:ICSA|SSA)-\d|(?:not|except)\b", re.IGNORECASE
)


def read_range(text: str, *, kind: str = "range") -> VersionRange:
    """Read what an advisory writes of versions.

    ``kind`` is the statement's: ``version`` (one or a list), ``range``, ``all`` (the whole
    product), ``vers`` (a constraint of the vers grammar). Whatever the kind, words that cannot be
    read are kept, equal text lies inside them, and nothing lies outside.
    """
    if kind == "all":
        return VersionRange(text=text, quality=Quality.READ, is_all=True)
    if len(text) > LONGEST_RANGE:
        return _not_understood(text[:LONGEST_RANGE], "the text is longer than a range can be")
    return _read(text)


@lru_cache(maxsize=32768)
def _read(text: str) -> VersionRange:
    words = spaced(plain(text))
    if words.casefold().strip(" .") in _EVERY:
        return VersionRange(text=text, quality=Quality.READ, is_all=True)
    if match := _VERS.fullmatch(plain(text)):
        return _read_vers(text, match["scheme"].casefold(), match["body"])
    if (interval := _INTERVAL.fullmatch(words)) and (interval["low"] + interval["high"]).strip():
        return _read_words(text, _as_words(interval))
    if _NOTHING.match(words):
        return _not_understood(text, "the words name no version")
    return _read_words(text, plain(text))


def _as_words(interval: re.Match[str]) -> str:
    """``[1.0,2.0)`` as operators: a square bracket takes its bound in."""
    low, high = interval["low"].strip(), interval["high"].strip()
    below = f"{'>=' if interval['open'] == '[' else '>'} {low}" if low else ""
    above = f"{'<=' if interval['close'] == ']' else '<'} {high}" if high else ""
    return f"{below} | {above}" if below and above else below or above


def _read_vers(text: str, scheme: str, body: str) -> VersionRange:
    """The vers grammar: constraints between bars, each bound percent-encoded.

    ``vers:all/`` takes nothing but an asterisk; what makers write behind it (``vers:all/<V1.3``)
    is read as the words that they mean.
    """
    if scheme == "all" or not body.strip():
        return _read_words(text, unquote(body))
    alternatives = _vers_alternatives(body)
    if alternatives is None:
        return _read_words(text, unquote(body))
    if alternatives == ():
        return VersionRange(text=text, quality=Quality.READ, is_all=True)
    return VersionRange(
        text=text,
        quality=Quality.READ,
        alternatives=alternatives,
        first_after=_first_after(alternatives),
        plan=plan_of(alternatives),
    )


def _vers_alternatives(body: str) -> tuple[Alternative, ...] | None:
    """The intervals of sorted constraints; empty for all, nothing where the grammar is broken."""
    if body.strip() == "*":
        return ()
    excluded: list[Comparator] = []
    bounds: list[Comparator] = []
    for constraint in body.split("|"):
        match = _CONSTRAINT.fullmatch(constraint.strip())
        if not match:
            return None
        one = Comparator(op=match["op"] or "=", bounds=(unquote(match["bound"]).strip(),))
        (excluded if one.op == "!=" else bounds).append(one)
    spans: list[list[Comparator]] = []
    for one in bounds:
        closes = one.op in {"<", "<="} and spans and spans[-1][-1].op in {">", ">="}
        if closes:
            spans[-1].append(one)
        else:
            spans.append([one])
    if not spans:
        spans = [[]]
    return tuple(Alternative(comparators=(*span, *excluded)) for span in spans)


def _read_words(text: str, words: str) -> VersionRange:
    tidied = tidy(words)
    if tidied.excluded and (tidied.is_all or tidied.text in {"", "*"}):
        return _everything_but(text, tidied)
    if tidied.is_all or tidied.text in {"", "*"}:
        return _everything(text, tidied)
    if is_all_noted(tidied.text):
        tidied.is_interpreted = True
        return _everything(text, tidied)
    found = cut(tidied.text)
    unread = [item for item in found.items if not _is_read(item)]
    found.items = [item for item in found.items if _is_read(item)]
    if not found.items:
        return _not_understood(text, found.doubt or "no version is read in its words", tidied)
    for item in unread:
        found.conditions.extend(item.bounds)
        found.doubt = found.doubt or "part of the words is not understood"
    if any(item.op == "*" for item in found.items):
        tidied.is_interpreted = True
        return _everything(text, tidied)
    return _assemble(text, tidied, found)


def is_all_noted(text: str) -> bool:
    """An asterisk with words behind it that set no bound: ``* and > could be affected``."""
    return text.startswith("*") and "|" not in text


def _is_read(item: Item) -> bool:
    if item.op == "?":
        return False
    if item.op == "*" or (item.op and item.prefix):
        return True
    if item.op:
        return any(is_version(bound) for bound in item.bounds)
    return any(is_listed_version(bound) for bound in item.bounds)


def _everything(text: str, tidied: Tidied) -> VersionRange:
    quality = Quality.LOSSY if tidied.is_interpreted or tidied.qualifiers else Quality.READ
    return VersionRange(
        text=text,
        quality=quality,
        is_all=True,
        qualifiers=tuple(tidied.qualifiers),
        conditions=tuple(tidied.conditions),
        vulnerabilities=tuple(tidied.vulnerabilities),
    )


def _everything_but(text: str, tidied: Tidied) -> VersionRange:
    """All versions except those that the words leave out."""
    left_out = tuple(Comparator(op="!=", bounds=(name,)) for name in tidied.excluded)
    return VersionRange(
        text=text,
        quality=Quality.LOSSY,
        alternatives=(Alternative(comparators=left_out),),
        qualifiers=tuple(tidied.qualifiers),
        conditions=tuple(tidied.conditions),
        vulnerabilities=tuple(tidied.vulnerabilities),
        doubt=tidied.doubt,
    )


def _assemble(text: str, tidied: Tidied, found: Cut) -> VersionRange:
    _add_names(tidied, found)
    joined = join_items(found.items)
    excluded = (
        *joined.excluded,
        *(Comparator(op="!=", bounds=(name,)) for name in tidied.excluded),
    )
    alternatives = tuple(
        Alternative(comparators=(*one.comparators, *excluded), is_certain=one.is_certain)
        for one in joined.alternatives
    )
    found.conditions.extend(_generations(found.items))
    doubt = tidied.doubt or found.doubt or joined.doubt or _nought(found.items)
    conditions = (*tidied.conditions, *found.conditions)
    set_aside = (*tidied.qualifiers, *found.conditions)
    lossy = tidied.is_interpreted or found.is_interpreted or joined.is_interpreted or doubt
    return VersionRange(
        text=text,
        quality=Quality.LOSSY if lossy or set_aside else Quality.READ,
        alternatives=alternatives,
        qualifiers=set_aside,
        conditions=conditions,
        vulnerabilities=tuple(tidied.vulnerabilities),
        first_after=_first_after(alternatives),
        doubt=doubt,
        plan=None if doubt else plan_of(alternatives),
    )


def _generations(items: list[Item]) -> list[str]:
    """The hardware generations that stand before a bound's numbers: NMC2 in ``NMC2 AOS 6.9``."""
    labels = [spell(bound).label for item in items for bound in item.bounds]
    return [match[1].upper() for label in labels if (match := _GENERATION.match(label))]


def _nought(items: list[Item]) -> str:
    """A listed nought is more often a cell that somebody had to fill than a version."""
    exact = {bound.strip("vV .") for item in items if not item.op for bound in item.bounds}
    return "a nought may stand for a version that nobody gave" if exact == {"0"} else ""


def _add_names(tidied: Tidied, found: Cut) -> None:
    """Second names from brackets join the last bound; a maybe adds what it may mean."""
    last = found.items[-1]
    if tidied.aliases and last.bounds:
        last.bounds = (*last.bounds, *tidied.aliases)
    for op in tidied.possibly:
        found.items.append(Item(f"maybe {op}", last.bounds, last.piece))


def _first_after(alternatives: tuple[Alternative, ...]) -> str:
    """The exclusive upper bounds that the words name, each once."""
    names: dict[str, None] = {}
    for alternative in alternatives:
        for comparator in alternative.comparators:
            if comparator.op == "<" and alternative.is_certain and not comparator.prefix:
                names[comparator.bounds[0]] = None
    return " | ".join(names)


def _not_understood(text: str, because: str, tidied: Tidied | None = None) -> VersionRange:
    """Only the very same text lies inside; everything else is undetermined."""
    bound = _AT_LEAST_SAME.sub("", text.strip()) or text.strip()
    same = Alternative(comparators=(Comparator(op="is", bounds=(bound,)),))
    return VersionRange(
        text=text,
        quality=Quality.NOT_UNDERSTOOD,
        alternatives=(same,) if text.strip() else (),
        qualifiers=tuple(tidied.qualifiers) if tidied else (),
        conditions=tuple(tidied.conditions) if tidied else (),
        vulnerabilities=tuple(tidied.vulnerabilities) if tidied else (),
        doubt=because,
    )
