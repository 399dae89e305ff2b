"""Catalogues: what each framework is, whose it is, and what its controls ask.

NIST's texts are in the public domain and shipped; every other control stands under its identifier
with our own words. See the README beside the data.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec

from cellwarden.model.errors import InputError

FOLDER: Final = "catalogues"
TEXTS: Final = ("publisher", "titles", "own words")
"""Whose words a catalogue holds: the publisher's, its titles alone, or ours."""

_DATE: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_LONGEST: Final = 20_000


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What one control asks: a line that names it, and its text where that is shipped."""

    title: str
    text: str = ""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One framework. ``label`` is how the mapping cites it, ``id`` how people type it.

    ``date`` is that of the version (a day or a month), ``source`` where its identifiers come from.
    """

    id: str
    label: str
    name: str
    about: str
    publisher: str
    version: str
    date: str
    source: str
    text: str
    controls: dict[str, Wording]

    @property
    def is_whole(self) -> bool:
        """Whether every control of the framework stands here, not only those that we map."""
        return self.text == "publisher"


@cache
def catalogues() -> dict[str, Catalogue]:
    """Every catalogue by its id, the one that names data centers first."""
    folder = resources.files("cellwarden.frameworks").joinpath(FOLDER)
    found = {}
    for file in folder.iterdir():
        if not file.name.endswith(".toml"):
            continue
        name = file.name.removesuffix(".toml")
        beside = folder.joinpath(f"{name}.json")
        texts = beside.read_bytes() if beside.is_file() else None
        found[name] = read_catalogue(name, file.read_bytes(), texts)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "nis2-implementing", item[0])))


def catalogue_named(wanted: str) -> Catalogue:
    """The catalogue with this id or label, or the only one whose id begins so.

    Raises:
        InputError: there is none; names those that there are.
    """
    known = catalogues()
    close = [one for one in known.values() if one.id.startswith(wanted.casefold())]
    exact = known.get(wanted.casefold()) or next(
        (one for one in known.values() if one.label.casefold() == wanted.casefold()), None
    )
    if exact or len(close) == 1:
        return exact or close[0]
    raise InputError(
        f"there is no framework {wanted!r}" if not close else f"{wanted!r} means several",
        advice=f"choose one of {', '.join(one.id for one in close or known.values())}",
    )


def wording(catalogue: Catalogue, control_id: str) -> Wording:
    """What one control asks.

    Raises:
        InputError: the catalogue has no such control; names close ones.
    """
    folded = {key.casefold(): key for key in catalogue.controls}
    if key := folded.get(control_id.casefold()):
        return catalogue.controls[key]
    close = [key for key in catalogue.controls if key.casefold().startswith(control_id.casefold())]
    held = "" if catalogue.is_whole else "; it holds those that our mapping names"
    raise InputError(
        f"{catalogue.name} has no control {control_id!r} here{held}",
        advice=f"did you mean {', '.join(close[:8])}?"
        if close
        else f"`cellwarden comply show {catalogue.id}` lists them",
    )


def read_catalogue(name: str, head: bytes, texts: bytes | None) -> Catalogue:
    """One catalogue from the bytes of its files; a wrong one cannot be built.

    Raises:
        ValueError: names the file and what is wrong in it.
    """
    place = f"{FOLDER}/{name}"
    try:
        cells: dict[str, Any] = tomllib.loads(head.decode("utf-8"))
        own = cells.pop("controls", {})
        shipped = json.loads(texts) if texts is not None else {}
        worded = {key: Wording(title=words) for key, words in own.items()}
        worded |= {key: msgspec.convert(cell, Wording) for key, cell in shipped.items()}
        made = msgspec.convert(cells | {"id": name, "controls": worded}, Catalogue)
    except (UnicodeDecodeError, ValueError, msgspec.ValidationError) as error:
        raise ValueError(f"{place}: {error}") from error
    if problem := _problem(made, is_shipped=bool(shipped), is_own=bool(own)):
        raise ValueError(f"{place}: {problem}")
    return made


def _problem(made: Catalogue, *, is_shipped: bool, is_own: bool) -> str | None:
    for key in ("label", "name", "about", "publisher", "version", "source"):
        if not getattr(made, key).strip():
            return f"{key}: a text is needed here"
    if not _DATE.fullmatch(made.date):
        return f"date: {made.date!r} is no day and no month"
    if made.text not in TEXTS:
        return f"text: {made.text!r} is none of {', '.join(TEXTS)}"
    if is_shipped == is_own or is_shipped != made.is_whole:
        return "controls: the publisher's texts stand in JSON, all others in TOML"
    return next((found for item in made.controls.items() if (found := _fault(*item))), None)


def _fault(key: str, words: Wording) -> str | None:
    if key != key.strip() or not key or not words.title.strip():
        return f"controls: {key!r} is blank or has no words"
    if len(words.title) + len(words.text) > _LONGEST:
        return f"controls: {key!r} is longer than {_LONGEST} characters"
    return None
