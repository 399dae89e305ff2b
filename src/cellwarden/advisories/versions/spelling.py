"""Unifying how a version is spelled: signs, prefixes that say nothing, and product labels."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from cellwarden.advisories.plain import LONGEST_VERSION

_SIGNS: Final = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2264": "<=",
        "\u2265": ">=",
        "\u00a0": " ",
        "\u200b": "",
        "\ufeff": "",
        "\u2026": "...",
        "\u201c": '"',
        "\u201d": '"',
        "\u2018": "'",
        "\u2019": "'",
    }
)
_KEPT_UNDERSCORE: Final = re.compile(r"(?<=\d)_(?=[vV]?\d)|(?<=\d[A-Za-z])_(?=[vV]?\d)")
_EMPTY_WORD: Final = (
    "firmware|fw|frn|software|sw|versions|version|vers|ver|release|rel|revision|rev|build"
)
_EMPTY_PREFIX: Final = re.compile(rf"(?:{_EMPTY_WORD})(?![a-z])[\s.:_=-]*(?=[a-z]{{0,4}}[\s.]?\d)")
_NUMBER_PREFIX: Final = re.compile(rf"(?:{_EMPTY_WORD}|v|r|sv)[\s.:_-]*(?=\d)")
_PACK_LEAD: Final = re.compile(r"(?:service pack |mp(?=\d))(?=r?\d+\.\d)")
_REVISION_LETTER: Final = re.compile(r"rev(?:ision)?[\s.:]+(?=[a-z]$)")
_LINED: Final = re.compile(r"v?\d{1,3}(?:_\d+){2,}$")
"""Numbers with underscores for points: 5_7_04_6469."""
_VERSION_WORD: Final = re.compile(rf"(?:{_EMPTY_WORD}|v|r)?[.:-]?\d")
_POINTED: Final = re.compile(r"v?\d+\.\d")
_ATTACHED_LABEL: Final = re.compile(r"([a-z][a-z/.+&-]*[a-z])[._-]*(?=\d)")
_LEVEL_WORD: Final = re.compile(
    r"(?:sp|service|hf|hotfix|hotfixrev|hot|update|upd|u|patch|p|fp|feature|qu|cu|tc|tcu|uc|ru|mp|ip"
    r"|sr|security|ir|build|bn|r|q)(?![a-z])"
)
MONTH: Final = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]*)(?![a-z])[\s./_-]+\d"
)
BLANK: Final = frozenset(
    {"", "-", "--", "?", "n/a", "na", "n.a.", "none", "null", "(null)", "nil", "unknown", "tbd"}
    | {"not available", "not applicable", "not known", "undefined", "no version", "not read"}
    | {"no", "x", "xx", "xxx", "fw", "firmware", "sw", "software", "version", "latest", "#n/a"}
)


_HEDGED: Final = re.compile(
    r"[?~<>\u2248\u2264\u2265\ufffd]|->|\u2192"
    r"|\b(?:or|and) (?:older|earlier|below|lower|less|prior)\b"
    r"|\b(?:planned|pending|target|assumed|approx|about|probably|maybe|presumably|unsure|unverified"
    r"|unconfirmed|to be (?:confirmed|checked|verified)|tbc|tbd|soon|required|needed|scheduled"
    r"|available|latest|newest|expected|intended|ordered|recommended|future|acc\.|according|per|label|sticker|docs?"
    r"|documentation|manual|datasheet)(?!\w)",
    re.IGNORECASE,
)


class Spelled(NamedTuple):
    """A version in one spelling: ``text`` in lower case without prefix and label.

    ``label`` is the product line's word that stood before the numbers (``nvr``, ``mx``), empty
    where there is none. ``whole`` is the text before label and prefix were taken off.
    """

    text: str
    label: str
    whole: str


def plain(text: str) -> str:
    """One line of text with one kind of dash, quote, comparison sign and space."""
    return " ".join(text.translate(_SIGNS).split())


def spaced(text: str) -> str:
    """Replace underscores that stand for a space; those between two numbers join and stay."""
    marked = _KEPT_UNDERSCORE.sub("\0", text)
    return " ".join(marked.replace("_", " ").replace("\0", "_").split())


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, ``n/a``, ``unknown``."""
    return plain(text).casefold() in BLANK


@lru_cache(maxsize=65536)
def is_hedged(text: str) -> bool:
    """Whether who wrote a version was not sure of it: ``4.0?``, ``4.0 or older``, ``3 -> 4``."""
    return _HEDGED.search(text[: LONGEST_VERSION + 1]) is not None


@lru_cache(maxsize=65536)
def spell(text: str) -> Spelled:
    """Spell one version text in one way; one longer than a version can be says nothing."""
    if len(text) > LONGEST_VERSION:
        return Spelled("", "", "")
    whole = spaced(plain(text)).casefold().strip(" ,;:'\"=")
    whole = _WRAPPED.sub(r"\1", whole)
    whole = whole.replace("gold build", "build")
    whole = _SETTINGS_TAIL.sub("", _FAMILY_LEAD.sub("", whole))
    whole = _LINED.sub(lambda match: match[0].replace("_", "."), whole.rstrip("."))
    bare = _without_prefix(whole)
    label = _label_of(bare)
    rest = _without_prefix(bare[len(label) :].lstrip(" ._:-")) if label else bare
    label = re.sub(r"[\s._-]+(?:version|ver|v|r)$|(?<=[a-z])-v$", "", label)
    return Spelled(rest, label, whole)


_WRAPPED: Final = re.compile(r"^[(\[]([^()\[\]]+)[)\]]$")
"""A whole version in brackets: (6.7.2)."""
_FAMILY_LEAD: Final = re.compile(
    r"[a-z]{3}[a-z0-9]{0,3} r (?=\d\d\.\d\d)|sel-[\w-]+?-(?=r\d{3}-v\d)"
)
"""The device's family before its version: RUT9_R_00.07.03, SEL-751-R302-V2."""
_SETTINGS_TAIL: Final = re.compile(r"(?<=\d)-z\d{6}-d\d{8}$")
"""Which settings fit a relay's firmware, and its day: R302-V2-Z011003-D20221011."""


def _without_prefix(text: str) -> str:
    """Take off words that stand before every version and tell none from another."""
    text = _REVISION_LETTER.sub("", _PACK_LEAD.sub("", text, count=1), count=1)
    before = ""
    while text != before:
        before = text
        text = _EMPTY_PREFIX.sub("", text, count=1) if _EMPTY_PREFIX.match(text) else text
        text = _NUMBER_PREFIX.sub("", text, count=1) if _NUMBER_PREFIX.match(text) else text
    return text


def _label_of(text: str) -> str:
    """The words before the first one that begins like a version, or letters that touch it."""
    if not text or text[0].isdigit() or MONTH.match(text):
        return ""
    words = text.split(" ")
    if _LEVEL_WORD.match(text):
        is_product = len(words) > 1 and bool(_POINTED.match(words[1]))
        return words[0] if is_product else ""
    for position, word in enumerate(words):
        if position and (_VERSION_WORD.match(word) or word in {"version", "ver", "v"}):
            return " ".join(words[:position])
        if _LEVEL_WORD.match(word):
            break
    attached = _ATTACHED_LABEL.match(text)
    return attached.group(1) if attached else ""
