"""What a heading means: compared by its words with the names and synonyms of ``headings.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any, Final

from cellwarden.model.facts import kinds

_KIND_OF_ANY: Final = 1_000
_FILLED: Final = 3_000
_LOOSE: Final = 4_000
_ALTERNATIVES: Final = 5_000
_GROUPED: Final = 6_000
BELOW: Final = " > "
"""Between a group of headings and the heading under it, where headings take several lines."""

_LONGEST: Final = 200
"""No heading is longer; what is longer is a text that somebody wrote above the table."""

_PLURAL: Final = 4
"""Only longer words lose the s of a plural."""

_NUMBERED = re.compile(r"(?:nummern?|number|nro|numero|nr)$")
_VERSION_WORDS: Final = ("version", "versione", "versie", "versio", "stand", "release", "ver")
_NUMBER_WORDS: Final = frozenset(
    {"nr", "no", "n", "num", "nro", "nbr", "number", "nummer", "numero", "numer"}
)


@cache
def _tables() -> dict[str, Any]:
    text = resources.files("cellwarden.collect").joinpath("headings.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def plain(heading: str) -> str:
    """A heading without case, accents, brackets and punctuation, for comparing."""
    without = re.sub(r"[(\[{].*?[)\]}]", " ", heading) or heading
    without = re.sub(r"(?<=\w)[.\s]*#", " no ", without)
    letters = unicodedata.normalize("NFKD", without.casefold())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", letters)).strip()
    return words or heading.strip().casefold()


@cache
def key(heading: str) -> str:
    """What two headings of one meaning share: their words joined, every word for number as one.

    ``Firmware-Stand`` and ``Firmwarestand`` are one, and so are ``Anlagen-Nr.``,
    ``Anlagennummer`` and ``Anlagen No``.
    """
    return _joined(plain(heading).split())


def _joined(words: list[str]) -> str:
    return "".join("no" if word in _NUMBER_WORDS else _NUMBERED.sub("no", word) for word in words)


@cache
def _loose(heading: str) -> str:
    """A heading's key without articles and prepositions, abbreviations and plurals written out.

    ``Fin garantie`` and ``Fin de garantie`` are one, and so are ``Batt. chem.`` and
    ``Battery chemistry``.
    """
    table = _tables()["fillers"]
    words = [
        table["abbreviations"].get(word, word)
        for word in plain(heading).split()
        if word not in table["small"] and word not in table["words"]
    ]
    return _joined([word.removesuffix("s") if len(word) > _PLURAL else word for word in words])


@cache
def _synonyms(kind: str) -> dict[str, tuple[int, str]]:
    """For each heading's key: how far it is from the column's own name, and the column."""
    found: dict[str, tuple[int, str]] = {}
    names = kinds()[kind].column_names
    for column in names:
        found[key(column)] = (0, column)
    for distance, table in ((1, _tables().get(kind, {})), (_KIND_OF_ANY, _tables()["any"])):
        for column in names:
            for rank, heading in enumerate(table.get(column, ())):
                found.setdefault(key(heading), (distance + rank, column))
    return found


@cache
def _loose_synonyms(kind: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    names = kinds()[kind].column_names
    for table in (_tables().get(kind, {}), _tables()["any"]):
        for column in names:
            for heading in (column, *table.get(column, ())):
                if loose := _loose(heading):
                    found.setdefault(loose, (_LOOSE, column))
    return found


@cache
def column_of(heading: str, kind: str) -> tuple[int, str] | None:
    """The column of a kind that a heading means, with its distance from the column's own name.

    ``Typ / Modell`` is understood where each of its words means the same column, and
    ``aktueller Firmwarestand`` as ``Firmwarestand``.
    """
    if len(heading) > _LONGEST:
        return None
    if BELOW in heading:
        return _under_its_group(heading, kind)
    known = _synonyms(kind)
    if kind == "component" and plain(heading) in _tables()["counts"]["words"]:
        return None
    if found := known.get(key(heading)):
        return found
    words = plain(heading).split()
    less = [word for word in words if word not in _tables()["fillers"]["words"]]
    if less and len(less) < len(words) and (found := known.get(_joined(less))):
        return found[0] + _FILLED, found[1]
    found = _loose_synonyms(kind).get(_loose(heading)) or _alternatives(heading, known)
    return found or _of_the_device(words, kind)


def _of_the_device(words: list[str], kind: str) -> tuple[int, str] | None:
    """The column of an asset that a heading means behind a word for the device: ``UPS S/N``."""
    if kind != "asset" or len(words) < 2 or words[0] not in _tables()["devices"]["words"]:  # noqa: PLR2004
        return None
    found = column_of(" ".join(words[1:]), kind)
    return None if found is None else (found[0] + _FILLED, found[1])


def _alternatives(heading: str, known: dict[str, tuple[int, str]]) -> tuple[int, str] | None:
    """The column that each part of ``Typ / Modell`` means, where it is one."""
    parts = [part for part in re.split(r"[/|]| oder | or | ou ", heading) if part.strip()]
    meant = [known.get(key(part)) for part in parts]
    if len(parts) > 1 and None not in meant and len({found[1] for found in meant if found}) == 1:
        return _ALTERNATIVES, next(found[1] for found in meant if found)
    return None


def _under_its_group(heading: str, kind: str) -> tuple[int, str] | None:
    """A heading of several lines: ``Serial > number`` is one text, ``Device > Model`` is a model.

    What stands under a group of firmware is a version of a part, whatever the part is called.
    """
    group, _, own = heading.rpartition(BELOW)
    if found := column_of(heading.replace(BELOW, " "), kind):
        return found
    if names_firmware(group):
        return None
    found = column_of(own, kind)
    return None if found is None else (found[0] + _GROUPED, found[1])


def is_maker_and_model(heading: str) -> bool:
    """Whether a heading asks for the maker and the model in one cell: ``Hersteller/Typ``."""
    if len(heading) > _LONGEST or column_of(heading, "asset"):
        return False
    parts = re.split(
        r"[/|&+,]| und | and | et | y | e | en | ja | i ", heading.rpartition(BELOW)[2]
    )
    if len(parts) == 1:
        parts = parts[0].split()
    meant = [found[1] for part in parts if (found := column_of(part.strip(), "asset"))]
    return len(meant) == len(parts) and sorted(meant) == ["manufacturer", "model"]


def firmware_and_hardware(heading: str) -> tuple[str, ...]:
    """The two columns that a heading such as ``FW / HW`` asks for in one cell, as it orders them.

    Nothing where it asks for something else.
    """
    parts = re.split(r"[/|&+,]| und | and | et | y | e | en | ja | i ", heading[:_LONGEST])
    own = [part.rpartition(BELOW)[2].strip(" -") for part in parts]
    meant = tuple(found[1] for part in own if (found := column_of(part, "component")))
    is_both = len(meant) == len(own) and sorted(meant) == ["firmware", "hardware"]
    return meant if is_both else ()


def names_firmware(heading: str) -> bool:
    """Whether a heading looks like firmware versions, in whatever words: ``BMS-Firmware``.

    ``Version logicielle onduleur`` and ``Version carte réseau`` speak of firmware as well: a
    version of software, and a version of a part.
    """
    words = plain(_open(heading)).split()
    table = _tables()["firmware"]
    if any(word.endswith(tuple(table["but_not"])) for word in words):
        return False
    if any(word.startswith(tuple(table["begins"])) or word in table["words"] for word in words):
        return True
    is_version = any(word in _VERSION_WORDS or word.endswith(_VERSION_WORDS) for word in words)
    is_software = any(word.startswith(tuple(table["software"])) for word in words)
    if not is_version:
        # "BMS SW": software of a part, whatever else is said of it.
        return is_software and len(words) > 1 and firmware_part_of(heading) is not None
    return is_software or firmware_part_of(heading) is not None


def firmware_part_of(heading: str) -> str | None:
    """The part that a firmware heading names beside the firmware: ``NMC`` in ``Firmware NMC``."""
    table = _tables()["firmware"]
    rest = [
        word
        for word in re.split(r"[\W_]+", _open(heading))
        if word and not _belongs_to_firmware(plain(word), table)
    ]
    is_part = all(plain(word) in table["parts"] for word in rest)
    return " ".join(rest) if rest and is_part else None


def is_card(part: str) -> bool:
    """Whether a heading's words for a part mean a network card."""
    return any(plain(word) in _tables()["firmware"]["cards"] for word in part.split())


def is_inside(heading: str) -> bool:
    """Whether a heading asks for a place inside a device, as NetBox's ``module_bay``."""
    return plain(heading) in _tables()["inside"]["words"]


def is_card_model(heading: str) -> bool:
    """Whether a heading asks which network card there is: ``Karte``, ``NMC model``."""
    words = [plain(word) for word in re.split(r"[\W_]+", heading[:_LONGEST]) if word]
    cards, others = _tables()["firmware"]["cards"], _tables()["card_models"]["words"]
    is_named = any(word in cards for word in words)
    return is_named and all(word in cards or word in others for word in words)


def describes(heading: str) -> bool:
    """Whether a heading asks for a description, by which nothing can be called."""
    return not set(plain(heading).split()).isdisjoint(_tables()["descriptions"]["words"])


def _open(heading: str) -> str:
    """A heading whose brackets count: what stands in them may name a part."""
    return re.sub(r"[(\[{)\]}]", " ", heading[:_LONGEST])


def _belongs_to_firmware(word: str, table: dict[str, Any]) -> bool:
    return (
        word.startswith((*table["begins"], *table["software"]))
        or word in table["words"]
        or word in table["version_words"]
        or word in _tables()["fillers"]["words"]
        or word in _tables()["fillers"]["small"]
    )


def is_total(text: str) -> bool:
    """Whether a cell begins as the line under a table does: ``Summe``, ``Total``."""
    return first_word(text) in _tables()["titles"]["totals"]


def is_section(text: str) -> bool:
    """Whether a cell begins as a title between rows does: ``Halle 1``."""
    return first_word(text) in _tables()["titles"]["sections"]


def first_word(text: str) -> str:
    """The first word of a cell without case and accents; empty where it has no letter or digit."""
    letters = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    found = re.search(r"[^\W_]+", letters)
    return found[0] if found else ""
