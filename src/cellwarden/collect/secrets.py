"""Which settings are secrets, and what is kept of them: a keyed digest, or nothing at all."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

_SETS: Final = ("words", "last_words", "followed", "named", "receivers", "trap_words")
_OPAQUE = re.compile(r"(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+=]{24,}")


@cache
def _table() -> dict[str, Any]:
    text = resources.files("cellwarden.collect").joinpath("secrets.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return table | {name: frozenset(table[name]) for name in _SETS}


@lru_cache(maxsize=4096)
def _words(path: str) -> tuple[str, ...]:
    letters = unicodedata.normalize("NFKD", path)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", letters)
    return tuple(word.casefold() for word in re.findall(r"[^\W\d_]+", parted))


def is_secret(path: str, value: str) -> bool:
    """Whether a setting is a secret, by its key or by its value."""
    table = _table()
    words = _words(path)
    known = table["words"]
    if any(word in known or word.endswith(tuple(table["endings"])) for word in words):
        return True
    together = [first + second for first, second in pairwise(words)]
    together += [a + b + c for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    if any(word in known for word in together):
        return True
    if words and words[-1] in table["last_words"]:
        return True
    return any(re.search(pattern, value) for pattern in table["values"])


def hidden_from(tokens: Sequence[str]) -> int:
    """From which word on a line without separators must not be shown.

    A word such as ``community`` hides what follows it, ``username`` what follows the name behind
    it, the receiver of traps what follows its address; a long run of letters and digits is itself
    taken for a key. One behind the last word where nothing is hidden; the number of words where
    the line ends in a word that hides what stands below it.
    """
    table = _table()
    is_about_traps = False
    for index, token in enumerate(tokens):
        if _OPAQUE.fullmatch(token):
            return index
        words = _words(token)
        alone = (*words, "".join(words))
        near = _words(" ".join(tokens[max(0, index - 2) : index + 1]))
        if _marks(words, near) or not table["followed"].isdisjoint(alone):
            return index + 1
        names = table["named"] | (table["receivers"] if is_about_traps else frozenset())
        if not names.isdisjoint(alone):
            return min(index + 2, len(tokens))
        is_about_traps = is_about_traps or not table["trap_words"].isdisjoint(words)
        if any(re.search(pattern, token) for pattern in table["values"]):
            return index
    return len(tokens) + 1


def names_accounts(tokens: Sequence[str]) -> bool:
    """Whether a line names an account, below which one word alone may be its password."""
    named = _table()["named"]
    words = [_words(token) for token in tokens]
    return any(not named.isdisjoint((*each, "".join(each))) for each in words)


def _marks(words: Sequence[str], near: Sequence[str]) -> bool:
    """Whether a word says that what follows is secret, alone or with the words before it."""
    table = _table()
    if any(word in table["words"] or word.endswith(tuple(table["endings"])) for word in words):
        return True
    if any(word in table["last_words"] for word in words):
        return True
    joined = {"".join(near[-size:]) for size in (2, 3)} | {"".join(words)}
    joined |= {first + second for first, second in pairwise(words)}
    return not joined.isdisjoint(table["words"])


def digest(value: str, *, about: str, key: bytes) -> str:
    """What is recorded instead of a secret: HMAC-SHA256 (RFC 2104) under the caller's key.

    The digest changes when the secret does, so drift shows. Nobody without the key can try
    passwords against it, which a plain or salted digest would allow. It also covers ``about``,
    the component and path: the same password on two devices gives two digests, so the ledger does
    not tell who shares one.
    """
    message = f"{about}\0{value}".encode()
    return "hmac-sha256:" + hmac.new(key, message, hashlib.sha256).hexdigest()
