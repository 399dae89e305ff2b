"""Which settings are secrets, and what is kept of them: a keyed digest, or nothing at all."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any


@cache
def _table() -> dict[str, Any]:
    text = resources.files("cellwarden.collect").joinpath("secrets.toml").read_text("utf-8")
    return tomllib.loads(text)


def _words(path: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", path)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", letters)
    return [word.casefold() for word in re.findall(r"[^\W\d_]+", parted)]


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


def digest(value: str, *, about: str, key: bytes) -> str:
    """What is recorded instead of a secret: HMAC-SHA256 (RFC 2104) under the caller's key.

    The digest changes when the secret does, so drift shows. Nobody without the key can try
    passwords against it, which a plain or salted digest would allow. It also covers ``about``,
    the component and path: the same password on two devices gives two digests, so the ledger does
    not tell who shares one.
    """
    message = f"{about}\0{value}".encode()
    return "hmac-sha256:" + hmac.new(key, message, hashlib.sha256).hexdigest()
