"""Spelling: one plain Latin spelling for a name in any script."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from cellwarden.vendors.screening import tables

_Phrases = Callable[[], tuple[dict[str, str], int]]

LONGEST: Final = 1_000
"""Characters of a name that are read; what lies behind them is no name."""

_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\^_])?")
"""What steers a terminal is no part of a name."""

_READ_SHARE: Final = 0.7

_HANGUL: Final = 0xAC00
_INITIALS: Final = [
    "k",
    "kk",
    "n",
    "t",
    "tt",
    "r",
    "m",
    "p",
    "pp",
    "s",
    "ss",
    "-",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
_VOWELS: Final = [
    "a",
    "ae",
    "ya",
    "yae",
    "o",
    "e",
    "yo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "u",
    "ui",
    "i",
]
_FINALS: Final = [
    "-",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
_SEEN_AS: Final = dict(
    zip(
        "асеорхуікмтвнјѕԁԛԝһԍАВЕКМНОРСТХУІЈЅαοενυικρτχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aceopxyikmtbhjsdqwhgabekmhopctxyijsaoevuikptxabezhikmnoptyx",
        strict=True,
    )
)
"""Letters of Cyrillic and Greek that look like a Latin one (confusables, UTS 39)."""

_ARTICLE: Final = re.compile(r"(?<!\S)ال(?=\S{2})")
"""The Arabic article, which Latin spellings write as al, el, an, as or not at all."""

_AND: Final = re.compile(r"(?<!\S)(?:و|ו)(?!\S)")
_PERSIAN_ONLY: Final = frozenset("پچژگکی")
_PERSIAN: Final = str.maketrans("ثذضظ", "سززز")
"""Arabic letters that Persian says as s and z."""

_BARE_H: Final = "هہה"
_BEFORE_H: Final = frozenset("cdgkpstz")
"""An h of its own behind these would be read as one letter with them: a vowel parts the two."""

_GREEK: Final = {"ντ": "d", "μπ": "b", "γκ": "g", "ου": "u", "αυ": "av", "ευ": "ev", "τσ": "ts"}
_GREEK_PAIRS: Final = re.compile("(?<!\\S)ντ|(?<!\\S)μπ|(?<!\\S)γκ|ου|αυ|ευ|τσ")

_QUOTES: Final = "'`\""
_SIGNS: Final = [char for char in map(chr, range(128)) if not char.isalnum() and char != "."]
_CUT: Final = str.maketrans(dict.fromkeys(_SIGNS, " ") | dict.fromkeys(_QUOTES, ""))
"""Quotes fall away, other signs divide; dots wait for their word."""


class Spelling:
    """A name in plain lower-case Latin letters, and what had to be done to it.

    ``is_abjad``: written without short vowels (Arabic, Hebrew), or with a vowel behind each
    consonant (katakana), so only consonants compare.
    ``has_lookalikes``: letters of other scripts stood among Latin ones. ``is_cut``: it was longer
    than what is compared. ``is_unread``: a good part of its letters has no Latin spelling here.
    """

    __slots__ = (
        "has_hidden",
        "has_lookalikes",
        "is_abjad",
        "is_cut",
        "is_unread",
        "script",
        "text",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.script = "latin"
        self.is_abjad = False
        self.has_lookalikes = False
        self.has_hidden = False
        self.is_cut = False
        self.is_unread = False


def spell(name: str) -> Spelling:
    """Spell a name in plain Latin letters: NFKD, no marks, no controls, one script.

    Words of the trade in scripts without other spellings become English ones.
    """
    return _spelt(name, tables.phrases)


def spell_by_letter(name: str) -> Spelling:
    """Spell a name as ``spell`` does, but translate nothing except legal forms."""
    return _spelt(name, tables.form_phrases)


def _spelt(name: str, known: _Phrases) -> Spelling:
    is_cut = len(name) > LONGEST
    if is_cut:
        name = name[:LONGEST]
    name = _ESCAPES.sub("", name)
    if name.isascii() and name.isprintable():
        spelt = Spelling(name.lower())
    else:
        spelt = _from_scripts(name, known)
    spelt.is_cut = is_cut
    return spelt


def _from_scripts(name: str, known: _Phrases) -> Spelling:
    spelt = Spelling("")
    clean = []
    for char in unicodedata.normalize("NFKC", name):
        category = unicodedata.category(char)
        if category in {"Cf", "Cc", "Co", "Cn", "Cs"}:
            spelt.has_hidden |= category != "Cc"
            clean.append(" " if category == "Cc" else "")
        else:
            clean.append(char)
    words = []
    text = "".join(clean)
    any_latin = any("a" <= char <= "z" or "A" <= char <= "Z" for char in text)
    for word in text.split():
        plain = _as_seen(word, any_latin=any_latin)
        if plain is not word:
            spelt.has_lookalikes = True
        words.append(plain)
    text = " ".join(words)
    spelt.script = _script(text)
    spelt.is_abjad = spelt.script in {"arabic", "hebrew", "katakana"}
    spelt.text = _latin(text, known)
    letters = sum(map(str.isalpha, text))
    readable = sum(char.isalpha() and _is_read(char) for char in text)
    spelt.is_unread = readable < _READ_SHARE * letters
    return spelt


def _is_read(char: str) -> bool:
    if char.isascii() or "가" <= char <= "힣" or "ぁ" <= char <= "ゖ":
        return True
    if "一" <= char <= "鿿":
        return not _hanzi(char).isspace()
    letters = tables.letters()
    return char.lower() in letters or bool(_base(char, letters).strip())


def _as_seen(word: str, *, any_latin: bool) -> str:
    """The word with look-alikes as Latin letters, where it mixes scripts or only looks Latin."""
    if word.isascii():
        return word
    foreign = [char for char in word if not char.isascii() and char.isalpha()]
    looks = [char for char in foreign if char in _SEEN_AS]
    if not looks:
        return word
    is_mixed = any(char.isascii() and char.isalpha() for char in word)
    if is_mixed or (any_latin and len(looks) == len(foreign) and len(foreign) > 1):
        return "".join(_SEEN_AS.get(char, char) for char in word)
    return word


def _script(text: str) -> str:
    """The script of most letters that are not ASCII: the first word of its Unicode name."""
    counts: dict[str, int] = {}
    for char in text:
        if char.isalpha():
            word = (
                "latin" if char.isascii() else unicodedata.name(char, "unknown").split()[0].lower()
            )
            counts[word] = counts.get(word, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else "latin"


def _latin(text: str, known: _Phrases) -> str:
    if any(char >= "\u0590" for char in text):
        is_persian = not _PERSIAN_ONLY.isdisjoint(text)
        text = _AND.sub(" and ", _ARTICLE.sub("", _known_phrases(text, known)))
        text = text.translate(_PERSIAN) if is_persian else text
    text = text.lower()
    if any("\u0370" <= char <= "\u03ff" for char in text):
        text = _GREEK_PAIRS.sub(lambda found: _GREEK[found[0]], _unmarked(text))
    letters = tables.letters()
    out: list[str] = []
    for char in text:
        if char.isascii():
            out.append(char)
        elif char in letters:
            if out and _needs_vowel(char, letters[char], out[-1]):
                out.append("a")
            out.append(letters[char])
        elif "가" <= char <= "힣":
            out.append(_hangul(char))
        elif "一" <= char <= "鿿":
            out.append(_hanzi(char))
        else:
            out.append(_base(char, letters))
    return "".join(out)


def _needs_vowel(char: str, latin: str, before: str) -> bool:
    """Whether an unwritten vowel parts a letter of an abjad from the one before it."""
    if char in _BARE_H:
        return before[-1:] in _BEFORE_H
    return "\u0590" <= char <= "\u06ff" and latin == before and latin not in "aeiouwyl"


def _unmarked(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _base(char: str, letters: dict[str, str]) -> str:
    """The letter below the marks; hiragana as katakana; other signs divide words."""
    if "ぁ" <= char <= "ゖ":
        return letters.get(chr(ord(char) + 0x60), "")
    plain = ""
    for part in unicodedata.normalize("NFKD", char):
        if part.isascii():
            plain += part.lower()
        elif not unicodedata.combining(part):
            plain += letters.get(part.lower(), "" if part.isalpha() else " ")
    return plain


def _hangul(char: str) -> str:
    """A Korean syllable, spelt as in the north: 김 is kim."""
    number = ord(char) - _HANGUL
    parts = (_INITIALS[number // 588], _VOWELS[number % 588 // 28], _FINALS[number % 28])
    return " " + "".join(parts).replace("-", "") + " "


def _hanzi(char: str) -> str:
    """The Mandarin reading of a character, a token of its own; empty beyond the frequent ones."""
    try:
        code = tables.traditional().get(char, char).encode("gb2312")
    except UnicodeEncodeError:
        return " "
    firsts, syllables = tables.pinyin()
    if not firsts[0] <= code <= b"\xd7\xf9":
        return " "
    return f" {syllables[bisect_right(firsts, code) - 1]} "


def _known_phrases(text: str, phrases: _Phrases) -> str:
    """Words of the trade in English, the longest first, where a script has no other spelling."""
    known, longest = phrases()
    out: list[str] = []
    at = 0
    while at < len(text):
        if text[at] < "\u0590":
            out.append(text[at])
            at += 1
            continue
        for size in range(min(longest, len(text) - at), 1, -1):
            found = known.get(text[at : at + size])
            if found and (text[at] > "\u1100" or _is_word(text, at, at + size)):
                out.append(f" {found} ")
                at += size
                break
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def _is_word(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1] == " ") and (end == len(text) or text[end] == " ")


def tokens(text: str) -> list[str]:
    """The tokens of a plain text: dots of abbreviations fall away, signs divide."""
    words = text.translate(_CUT).split()
    if "." not in text:
        return words
    found: list[str] = []
    for word in words:
        if "." not in word:
            found.append(word)
            continue
        parts = [part for part in word.split(".") if part]
        if parts and all(len(part) == 1 for part in parts):
            found.append("".join(parts))
        else:
            found += parts
    return found
