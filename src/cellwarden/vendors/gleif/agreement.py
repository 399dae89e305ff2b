"""Whether the register and the Global LEI System say the same of a party: name, country, parent."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cellwarden.vendors.gleif.likeness import same_name
from cellwarden.vendors.gleif.nouns import IN_FORCE


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """What both say of one party; empty and None where a side says nothing.

    ``owners`` are who controls it as the register says, ``parents`` whom level 2 names.
    """

    names: tuple[str, ...]
    registered_name: str | None
    country: str | None
    registered_country: str | None
    owners: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in which they differ, in words, with both sides."""

    about: str
    register: str
    gleif: str

    def __str__(self) -> str:
        """Both sides in one clause."""
        return f"{self.about}: the register says {self.register}, GLEIF says {self.gleif}"


def differences(sides: Sides) -> tuple[Difference, ...]:
    """In what they differ. Where one side is silent, nothing is said to differ."""
    found = []
    if sides.names and sides.registered_name and not same_name(sides.names, sides.registered_name):
        found.append(Difference(about="name", register=sides.names[0], gleif=sides.registered_name))
    if (
        sides.country
        and sides.registered_country
        and sides.country.upper() != sides.registered_country.upper()
    ):
        found.append(
            Difference(about="country", register=sides.country, gleif=sides.registered_country)
        )
    if sides.owners and sides.parents and not _share_one(sides.owners, sides.parents):
        found.append(
            Difference(
                about="parent",
                register=" and ".join(sides.owners),
                gleif=" and ".join(sides.parents),
            )
        )
    return tuple(found)


def agree(sides: Sides) -> bool | None:
    """Whether they say the same; None where there is no name to hold against the other."""
    if differences(sides):
        return False
    return True if sides.names and sides.registered_name else None


def is_in_force(status: str | None, *, renewal_on: str | None, on: str) -> bool | None:
    """Whether an LEI is kept up on a day (ISO).

    None where no record was looked up, or where it was to be renewed since and nobody has looked.
    """
    if status is None:
        return None
    if status not in IN_FORCE:
        return False
    return None if renewal_on and renewal_on < on else True


def _share_one(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    mine = tuple(ours)
    return any(other in mine or same_name(mine, other) for other in theirs)
