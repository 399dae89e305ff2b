"""Tables of screening: legal forms, words, scripts, phrases and countries, read once from data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_STOP: Final = "stop"
_FOLDER: Final = Path(__file__).with_name("tables")


def rows(name: str) -> list[list[str]]:
    """The rows of a table below its header; cells are divided by commas, none is quoted."""
    text = (_FOLDER / name).read_text("utf-8")
    return [line.split(",") for line in text.splitlines()[1:]]


@cache
def forms() -> dict[tuple[str, ...], tuple[str, str]]:
    """Family and name of a legal form, by its spelling as folded tokens."""
    return {
        tuple(spelling.split()): (family, form)
        for family, form, spellings in rows("forms.csv")
        for spelling in spellings.split(";")
    }


@cache
def words() -> tuple[dict[str, str], dict[str, str], dict[tuple[str, ...], str]]:
    """The one spelling of each known word, the class of that spelling, and known phrases."""
    spelt: dict[str, str] = {}
    classes: dict[str, str] = {}
    phrases: dict[tuple[str, ...], str] = {}
    for kind, word, spellings in rows("words.csv"):
        canonical = word.replace(" ", "")
        for spelling in spellings.split(";"):
            if kind in {_STOP, "title"}:
                classes[spelling] = _STOP
            elif " " in spelling:
                phrases[tuple(spelling.split())] = canonical
            else:
                spelt[spelling] = canonical
        if kind not in {_STOP, "title"}:
            classes[canonical] = kind
    return spelt, classes, phrases


@cache
def letters() -> dict[str, str]:
    """Latin letters for each letter of another script, and for Latin's own special ones."""
    found: dict[str, str] = {}
    for _, text in rows("scripts.csv"):
        cells = text.split(" ")
        for letter, latin in zip(cells[::2], cells[1::2], strict=True):
            found[letter] = "" if latin == "-" else latin
    return found


@cache
def phrases() -> tuple[dict[str, str], int]:
    """English words for frequent words of names in scripts without capitals; the longest's length.

    Chinese, Japanese and Korean names translate these words where Latin spellings of the same
    names do; the rest of such a name is transliterated.
    """
    found = dict(rows("phrases.csv"))
    return found, max(map(len, found))


@cache
def translated() -> frozenset[str]:
    """The words that ``phrases`` translates to: whole words, with their vowels."""
    return frozenset(word for words in phrases()[0].values() for word in words.split())


@cache
def form_phrases() -> tuple[dict[str, str], int]:
    """Those of ``phrases`` that are a legal form; the longest's length."""
    known = forms()
    found = {text: word for text, word in phrases()[0].items() if (word,) in known}
    return found, max(map(len, found))


@cache
def japanese() -> tuple[dict[str, str], int]:
    """Japanese readings of frequent family names, given names and words; the longest's length."""
    found = dict(rows("japanese.csv"))
    return found, max(map(len, found))


@cache
def countries() -> dict[str, str]:
    """ISO 3166 alpha-2 codes by code and by folded name."""
    found: dict[str, str] = {}
    for two, three, names in rows("countries.csv"):
        found[two.lower()] = two
        found[three.lower()] = two
        for name in names.split(";"):
            found[name] = two
    return found


@cache
def pinyin() -> tuple[list[bytes], list[str]]:
    """First characters of each Mandarin syllable, as GB 2312 orders its level 1, and the syllables.

    GB 2312-80 sorts its 3,755 most frequent characters by their reading: 394 boundaries are a
    dictionary.
    """
    table = rows("pinyin.csv")
    return [first.encode("gb2312") for _, first in table], [syllable for syllable, _ in table]


@cache
def traditional() -> dict[str, str]:
    """Simplified characters by traditional ones."""
    return {pair[0]: pair[1] for row in rows("traditional.csv") for pair in row[0].split()}
