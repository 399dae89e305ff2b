"""What a table's headings mean: guessed from ``headings.toml``, for one kind or for two at once."""

from __future__ import annotations

from collections.abc import Mapping as Named
from collections.abc import Sequence
from functools import cache

import msgspec

from cellwarden.collect.date_order import ORDERS
from cellwarden.collect.headings import (
    column_of,
    describes,
    firmware_and_hardware,
    firmware_part_of,
    is_card,
    is_card_model,
    is_inside,
    is_maker_and_model,
    names_firmware,
    plain,
)
from cellwarden.collect.values import register_kinds, required
from cellwarden.model.facts import kinds

BUILT_FROM = {"component": ("asset_id", "serial"), "asset": ("serial",)}
"""From what ids are built where no heading gives them: a component's from its asset's and its part,
an asset's from its serial."""

_DEVICE = frozenset({"serial", "site_id", "location", "installed_on", "warranty_until", "made_on"})
"""Columns that tell a list of devices from one of products or parties."""

MAKER_AND_MODEL = "manufacturer+model"
"""What a heading leads to whose cells hold the maker and the model; known makers split them."""

FIRMWARE_AND_HARDWARE = "firmware+hardware"
"""What a heading leads to whose cells hold the firmware and the revision of the hardware."""

IN_ONE_CELL = {
    MAKER_AND_MODEL: frozenset({"manufacturer", "model"}),
    FIRMWARE_AND_HARDWARE: frozenset({"firmware", "hardware"}),
}
"""Pairs of columns that one cell may hold, by what they are called in a mapping."""

_MAKES_A_COMPONENT = frozenset(
    {
        "part",
        "hardware",
        "firmware",
        FIRMWARE_AND_HARDWARE,
        "validated_firmware",
        "has_firmware",
        "exposure",
        "segment",
        "update_channel",
        "sbom",
        "secure_boot",
        "signed_updates",
        "rollback_protection",
    }
)
"""Columns that only a component has: an asset with one of them is listed with its component."""

_MAKES_AN_ASSET = frozenset({"site_id", "criticality", "owner_facility", "owner_security"})
"""Columns of the asset that a table of components may repeat in every row."""

_SHARED = ("asset_id", "manufacturer", "model", MAKER_AND_MODEL, "part_number", "serial")


class Also(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the same row says of a second thing: its kind, and its own columns and constants.

    A component without a heading for ``component_id`` is called after its asset, with ``/`` and
    its part behind it where the row or a constant names one.
    """

    kind: str
    columns: dict[str, str]
    constants: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse a kind or a column that does not exist."""
        _check(self.kind, self.columns, self.constants)

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns that a row of this kind needs and nothing here gives."""
        return _missing(self.kind, self.columns, self.constants)


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read one table.

    ``kind`` is what its rows are; ``columns`` leads from a heading, as the document writes it, to
    a column of the kind; ``constants`` are cells that hold for every row and stand nowhere in it,
    such as the site; ``header_line`` is the line of the headings, where it must be said, and the
    first of ``header_lines`` where they take several: those are one text with " > "; ``sheet``
    the worksheet that is meant, where a workbook has several; ``also`` what else each row tells,
    for example the component of an asset; ``ignored`` the headings that are left out on purpose;
    ``dates`` says of headings whether their dates have the day first (``dmy``) or the month.
    """

    kind: str
    columns: dict[str, str]
    constants: dict[str, str] = {}
    header_line: int | None = None
    header_lines: int = 1
    sheet: str | None = None
    also: tuple[Also, ...] = ()
    ignored: tuple[str, ...] = ()
    dates: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse a kind, a column or an order of dates that does not exist."""
        _check(self.kind, self.columns, self.constants)
        for order in self.dates.values():
            if order not in ORDERS:
                raise ValueError(
                    f"{order!r} is no order of dates; write one of {', '.join(ORDERS)}"
                )

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns that a row of this kind needs and nothing here gives."""
        return _missing(self.kind, self.columns, self.constants)

    @property
    def understood(self) -> frozenset[str]:
        """Every heading that something is read from."""
        return frozenset((*self.columns, *(name for also in self.also for name in also.columns)))

    @property
    def read_columns(self) -> frozenset[str]:
        """Every column, of whatever kind, that a heading leads to."""
        further = (column for also in self.also for column in also.columns.values())
        return frozenset((*self.columns.values(), *further))


def _check(kind: str, columns: Named[str, str], constants: Named[str, str]) -> None:
    if kind not in register_kinds():
        raise ValueError(f"{kind!r} is none of {', '.join(register_kinds())}")
    names = kinds()[kind].column_names
    pairs = {pair for pair, both in IN_ONE_CELL.items() if both <= set(names)}
    for column in (*columns.values(), *constants):
        if column not in names and column not in pairs:
            raise ValueError(f"{kind} has no column {column!r}, but {', '.join(names)}")


def _missing(kind: str, columns: Named[str, str], constants: Named[str, str]) -> tuple[str, ...]:
    given = {*columns.values(), *constants}
    if kind in BUILT_FROM and not given.isdisjoint(BUILT_FROM[kind]):
        given.add(required(kind)[0])
    return tuple(column for column in required(kind) if column not in given)


def suggest_mapping(header: Sequence[str], kind: str) -> Mapping:
    """Guess what the headings of a table mean for rows of a kind.

    Each column of the kind is given to the one heading that is nearest to it; what is left over is
    in no mapping, and a preview names it. A table of assets that has columns of firmware is read
    as assets and their components.
    """
    columns = _nearest(header, kind)
    if kind == "asset":
        columns = _called_by_name(columns)
    if kind == "component":
        columns |= _only_firmware(header, columns)
    mapping = Mapping(kind=kind, columns=columns)
    if kind == "asset" and not mapping.missing:
        return msgspec.structs.replace(mapping, also=_components_of(header, columns))
    return mapping


def _called_by_name(columns: dict[str, str]) -> dict[str, str]:
    """Where a list of devices has no heading for ids, their names are what they are called by."""
    names = [heading for heading, column in columns.items() if column == "name"]
    read = set(columns.values())
    if "asset_id" in read or not names or describes(names[0]) or read.isdisjoint(_DEVICE):
        return columns
    if not read & {"manufacturer", "model", MAKER_AND_MODEL}:
        return columns
    return columns | {names[0]: "asset_id"}


def with_assets(mapping: Mapping, header: Sequence[str]) -> Mapping:
    """The mapping of a table of components, with the assets that it names and places.

    For a table that stands alone: in a register with files for each kind, the assets have a file.
    """
    found = _nearest(header, "asset")
    own = {
        heading: column
        for heading, column in found.items()
        if heading not in mapping.columns and column in _MAKES_AN_ASSET
    }
    asset = [heading for heading, column in mapping.columns.items() if column == "asset_id"]
    if mapping.kind != "component" or not own or not asset:
        return mapping
    also = Also(kind="asset", columns={asset[0]: "asset_id", **own})
    return msgspec.structs.replace(mapping, also=(also,))


def present(headings: Sequence[str], mapping: Mapping) -> Mapping:
    """A mapping without the headings that a line does not have."""
    also = tuple(
        msgspec.structs.replace(
            one, columns={key: column for key, column in one.columns.items() if key in headings}
        )
        for one in mapping.also
    )
    present = {key: column for key, column in mapping.columns.items() if key in headings}
    return msgspec.structs.replace(mapping, columns=present, also=also)


def _nearest(header: Sequence[str], kind: str) -> dict[str, str]:
    nearest: dict[str, tuple[int, int, str]] = {}
    for position, heading in enumerate(header):
        if found := column_of(heading, kind):
            distance, column = found
            candidate = (distance, position, heading)
            nearest[column] = min(nearest.get(column, candidate), candidate)
    columns = {heading: column for column, (_, _, heading) in sorted(nearest.items())}
    if {"manufacturer", "model"} <= set(kinds()[kind].column_names):
        told = set(columns.values()) & {"manufacturer", "model"}
        both = [text for text in header if text not in columns and is_maker_and_model(text)]
        if both and not told:
            columns[both[0]] = MAKER_AND_MODEL
    if kind == "component" and not {"firmware", "hardware"} & set(columns.values()):
        both = [text for text in header if text not in columns and firmware_and_hardware(text)]
        if len(both) == 1:
            columns[both[0]] = FIRMWARE_AND_HARDWARE
    return columns


def _components_of(header: Sequence[str], columns: dict[str, str]) -> tuple[Also, ...]:
    """What a table of assets tells of their components, where it has columns for that."""
    left = [heading for heading in header if heading not in columns]
    firmware = [heading for heading in left if names_firmware(heading)]
    of_parts = {heading for heading in firmware if firmware_part_of(heading)}
    several = of_parts if len(firmware) > 1 else set()
    own = _nearest([heading for heading in left if heading not in several], "component")
    # A category or function of the asset is not the role of its part.
    own = {
        heading: column
        for heading, column in own.items()
        if column not in _SHARED and (column != "role" or "role" in plain(heading))
    }
    if "part" in own.values():
        own |= _only_firmware(left, own)
    shared = {heading: column for heading, column in columns.items() if column in _SHARED}
    found = []
    if _MAKES_A_COMPONENT & set(own.values()):
        found.append(Also(kind="component", columns={**shared, **own}))
    if "part" not in own.values():
        asset = {heading: column for heading, column in shared.items() if column != "serial"}
        inside = _of_cards(asset, [h for h in left if is_card_model(h) and h not in own])
        for heading in left:
            part = firmware_part_of(heading) if names_firmware(heading) else None
            if part and heading not in own:
                further = {**(inside if inside and is_card(part) else asset), heading: "firmware"}
                constants = {"part": part} | ({"role": "network_card"} if is_card(part) else {})
                found.append(Also(kind="component", columns=further, constants=constants))
    return tuple(found)


def _only_firmware(header: Sequence[str], columns: dict[str, str]) -> dict[str, str]:
    """The one heading of firmware, whatever part it names, where no other tells the firmware."""
    named = [heading for heading in header if names_firmware(heading) and heading not in columns]
    is_told = {"firmware", FIRMWARE_AND_HARDWARE} & set(columns.values())
    return {named[0]: "firmware"} if len(named) == 1 and not is_told else {}


def _of_cards(asset: dict[str, str], named: list[str]) -> dict[str, str]:
    """What a component that is a card takes from a row where one heading names the card itself.

    The card has a model of its own then, and not that of the device that it sits in.
    """
    if len(named) != 1:
        return {}
    return {h: column for h, column in asset.items() if column == "asset_id"} | {named[0]: "model"}


def _is_of_parts(guess: Mapping | None) -> bool:
    """Whether headings without ids of components tell where each part belongs."""
    if guess is None:
        return False
    told = set(guess.columns.values())
    return "asset_id" in told and not told.isdisjoint({"firmware", FIRMWARE_AND_HARDWARE})


def _tells_things(kind: str, guess: Mapping) -> bool:
    """Whether headings tell more of a thing than its name: a list of names is one of people."""
    return kind not in BUILT_FROM or len(guess.understood) > 1


@cache
def _file_names() -> dict[str, str]:
    names = {}
    for kind in register_kinds():
        plural = kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
        for name in (kind, plural):
            names[plain(name)] = kind
    return names


def likely_kinds(header: Sequence[str]) -> list[tuple[int, str]]:
    """The kinds that the headings could be of, with the number of columns understood, best first.

    Only kinds whose required columns are all there. A table that gives its rows the id of a
    component and that of an asset is a table of components.
    """
    guesses = {kind: suggest_mapping(header, kind) for kind in register_kinds()}
    guesses = {
        kind: guess for kind, guess in guesses.items() if guess.columns and not guess.missing
    }
    guesses = {kind: guess for kind, guess in guesses.items() if _tells_things(kind, guess)}
    own_ids = {kind: required(kind)[0] in guess.columns.values() for kind, guess in guesses.items()}
    is_inner = any(is_inside(heading) for heading in header)
    if (own_ids.get("asset") and not is_inner) or not _is_of_parts(guesses.get("component")):
        guesses = {k: guess for k, guess in guesses.items() if k != "component" or own_ids[k]}
    elif not own_ids.get("component"):
        guesses.pop("asset", None)
    if any(own_ids[kind] for kind in guesses if kind in BUILT_FROM):
        guesses = {k: guess for k, guess in guesses.items() if k not in BUILT_FROM or own_ids[k]}
    if "component" in guesses and is_inner:
        guesses.pop("asset", None)
    if {"asset", "component"} <= guesses.keys():
        own = [h for h, c in guesses["component"].columns.items() if c == "component_id"]
        if own and own[0] not in guesses["asset"].columns:
            del guesses["asset"]
    found = []
    for kind, guess in guesses.items():
        named = sum(plain(heading) == plain(column) for heading, column in guess.columns.items())
        # Devices with firmware, and ends of support, before a list of releases with those headings.
        is_whole = (kind == "asset" and own_ids[kind] and bool(guess.also)) or (
            kind == "support" and "ends_on" in guess.columns.values()
        )
        found.append((len(guess.understood) * 2 + named + is_whole, kind))
    return sorted(found, key=lambda pair: (-pair[0], register_kinds().index(pair[1])))


def kind_of_name(name: str) -> str | None:
    """The kind that a file's or a worksheet's name begins with: ``register/assets-ng1.csv``."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0]
    words = plain(stem).split()
    for length in (2, 1):
        if found := _file_names().get(" ".join(words[:length])):
            return found
    return None


def is_kinds_own(name: str) -> bool:
    """Whether a file or worksheet is called like a kind and nothing else: ``sites.csv``."""
    return plain(name.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0]) in _file_names()


def file_name(kind: str) -> str:
    """What a register file of a kind is called: ``assets.csv``."""
    uncounted = {"support"}
    stem = kind if kind in uncounted else (kind[:-1] + "ies" if kind.endswith("y") else kind + "s")
    return f"{stem}.csv"
