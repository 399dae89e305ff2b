"""From records to rows of the register: who is meant, what is said of them, and what ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from cellwarden.model.facts import Row, kinds
from cellwarden.vendors.gleif.files import GleifFile
from cellwarden.vendors.gleif.likeness import Known, Likeness, same_name
from cellwarden.vendors.gleif.nouns import NOT_LISTED, LeiRecord, Level, NotNamed, Parent, Problem
from cellwarden.vendors.gleif.parents import stands

MOST_PROBLEMS: Final = 50
"""Records that could not be used and are recorded one by one, of each file; all are counted."""
GRADE: Final = "documented"
CONSOLIDATION: Final = "consolidation"
_FILLED: Final = ("name", "country", "legal_form", "registration")
"""What an LEI record says of a party only where the register says nothing."""
KINDS_OF: Final = {
    Level.ENTITIES: "party",
    Level.PARENTS: "ownership",
    Level.NOT_NAMED: "unnamed_parent",
}

Cells = Mapping[str, str | None]
Rows = dict[str, dict[str, Row]]
"""Rows by kind and subject."""


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """The parties as everybody but GLEIF describes them, and their LEIs.

    ``lei_of`` holds the LEIs that are written down or that a person confirmed, ``refused`` the
    pairs of party and LEI that a person said are not the same, ``by_lei`` the parties by LEI.
    """

    parties: Mapping[str, Cells]
    lei_of: Mapping[str, str]
    refused: AbstractSet[tuple[str, str]] = frozenset()
    by_lei: Mapping[str, tuple[str, ...]] = {}

    def __post_init__(self) -> None:
        """Index the LEIs once: files ask for millions."""
        found: dict[str, list[str]] = {}
        for party, lei in sorted(self.lei_of.items()):
            found.setdefault(lei, []).append(party)
        msgspec.structs.force_setattr(
            self, "by_lei", {lei: tuple(held) for lei, held in found.items()}
        )

    def parties_of(self, lei: str) -> tuple[str, ...]:
        """The parties that carry an LEI; where it is nobody's, the LEI is the party's own name."""
        return self.by_lei.get(lei) or (lei,)

    @property
    def leis(self) -> AbstractSet[str]:
        """Every LEI that the register knows."""
        return self.by_lei.keys()

    @property
    def without_lei(self) -> tuple[Known, ...]:
        """The parties that have a name and no LEI."""
        return tuple(
            Known(party=party, names=names_in(cells), country=cells["country"])
            for party, cells in sorted(self.parties.items())
            if party not in self.lei_of and cells["name"]
        )


class FileRead(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was read to its end."""

    file: GleifFile
    records: int
    kept: int
    unusable: int
    problems: tuple[Problem, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the files say of everybody who matters; later files have replaced older ones.

    ``keep`` are the LEIs that matter: the register's, and those above them.
    """

    files: tuple[FileRead, ...]
    keep: frozenset[str]
    entities: Mapping[str, tuple[LeiRecord, GleifFile]]
    parents: tuple[Parent, ...]
    not_named: tuple[tuple[NotNamed, GleifFile], ...]
    likes: tuple[tuple[Likeness, GleifFile], ...]

    def newest(self, level: Level) -> GleifFile | None:
        """The newest file of a level, or nothing."""
        files = [one.file for one in self.files if one.file.header.level is level]
        return files[-1] if files else None

    def is_whole(self, level: Level) -> bool:
        """Whether a file of this level holds all there is, so that what is not in it is not."""
        return any(one.file.header.is_whole for one in self.files if one.file.header.level is level)


def bearers(lei: str, found: Found, register: Register) -> tuple[str, ...]:
    """The parties of whom an LEI's parents are said.

    Where several carry it, only the one whose name is the record's: the others' LEI is wrong.
    """
    parties = register.parties_of(lei)
    if len(parties) == 1 or lei not in found.entities:
        return parties
    name = found.entities[lei][0].name
    named = tuple(p for p in parties if same_name(names_in(register.parties[p]), name))
    return named if len(named) == 1 else parties


def names_in(cells: Cells) -> tuple[str, ...]:
    """The names that a party's row gives it: its own and its aliases."""
    aliases = (cells.get("aliases") or "").split(";")
    return tuple(name for one in (cells.get("name") or "", *aliases) if (name := one.strip()))


def rows_of(found: Found, register: Register, *, inputs_sha256: str) -> Rows:
    """What these files say, as rows by kind and subject; what they leave open is not among them."""
    rows: Rows = {
        "lei_file": dict(_keyed("lei_file", _files(found, inputs_sha256))),
        "unreadable": dict(_keyed("unreadable", _unreadable(found))),
    }
    if found.newest(Level.ENTITIES):
        rows["party"] = dict(_keyed("party", _parties(found, register)))
        rows["lei_candidate"] = dict(_keyed("lei_candidate", _candidates(found, register)))
    if file := found.newest(Level.PARENTS):
        rows["ownership"] = dict(_keyed("ownership", _ownership(found, register, file)))
    if found.newest(Level.NOT_NAMED):
        rows["unnamed_parent"] = dict(_keyed("unnamed_parent", _unnamed(found, register)))
    return rows


def ended(before: Rows, now: Rows, found: Found, register: Register) -> dict[str, list[Row]]:
    """The rows that were said before and do not hold any more.

    What a whole file leaves out is gone. A file of changes ends only what it names.
    """
    gone: dict[str, list[Row]] = {}
    for kind, rows in before.items():
        for subject, row in rows.items():
            if subject in now.get(kind, {}):
                continue
            cells = dict(zip(kinds()[kind].column_names, row, strict=True))
            if _has_ended(kind, cells, now, found, register):
                gone.setdefault(kind, []).append(row)
    return gone


def _has_ended(kind: str, cells: Cells, now: Rows, found: Found, register: Register) -> bool:
    if kind == "party":
        return _party_has_ended(cells, found, register)
    if kind == "ownership":
        return _stake_has_ended(cells, found, register)
    if kind == "unnamed_parent":
        party = cells["party_id"] or ""
        named = any(
            stake[0] == party and stake[2] == cells["kind"]
            for stake in now.get("ownership", {}).values()
        )
        withdrawn = any(
            one.is_withdrawn and party in register.parties_of(one.lei) and one.kind == cells["kind"]
            for one, _ in found.not_named
        )
        return named or withdrawn or found.is_whole(Level.NOT_NAMED)
    if kind == "lei_candidate":
        return cells["party_id"] in register.lei_of or found.is_whole(Level.ENTITIES)
    if kind == "lei_file":
        return found.is_whole(Level(cells["level"] or Level.ENTITIES))
    read = {KINDS_OF[one.file.header.level] for one in found.files}
    return cells["kind"] in read


def _party_has_ended(cells: Cells, found: Found, register: Register) -> bool:
    party, lei = cells["party_id"] or "", cells["lei"] or ""
    if party not in register.parties_of(lei):
        return True  # the register has given this LEI to somebody else, or taken it back
    return lei not in found.keep and found.is_whole(Level.PARENTS)


def _stake_has_ended(cells: Cells, found: Found, register: Register) -> bool:
    if found.is_whole(Level.PARENTS):
        return True
    party, owner = cells["party_id"] or "", cells["owner_id"] or ""
    return any(
        one.kind == cells["kind"]
        and party in register.parties_of(one.child)
        and owner in register.parties_of(one.parent)
        for one in found.parents
    )


def _keyed(kind: str, cells: Iterable[Cells]) -> Iterator[tuple[str, Row]]:
    shape = kinds()[kind]
    for one in cells:
        row = shape.row({name: cell or None for name, cell in one.items()})
        yield shape.subject_of(row), row


def _parties(found: Found, register: Register) -> Iterator[Cells]:
    newest = found.newest(Level.ENTITIES)
    for lei in sorted(found.keep):
        record, file = found.entities.get(lei, (None, newest))
        if file is None:
            continue
        for party in register.parties_of(lei):
            if record is not None:
                yield _party(party, record, file, register.parties.get(party))
            elif found.is_whole(Level.ENTITIES):
                yield _not_listed(party, lei, file)


def _party(party: str, record: LeiRecord, file: GleifFile, own: Cells | None) -> Cells:
    said = {
        "name": record.name,
        "country": record.country,
        "legal_form": record.form,
        "registration": record.registration,
    }
    return {
        "party_id": party,
        "lei": record.lei,
        **{name: said[name] for name in _FILLED if _is_filled(own, name, record)},
        "registered_name": record.name,
        "registered_country": record.country,
        "other_names": "; ".join(name.replace(";", ",") for name in record.names),
        "entity_status": record.entity_status,
        "lei_status": record.status,
        "lei_renewal_on": record.renewal_on,
        "lei_successor": record.successor,
        **_from(file),
    }


def _is_filled(own: Cells | None, column: str, record: LeiRecord) -> bool:
    """Whether a blank of the register is filled: never from a record of another name."""
    if own is None:
        return True
    names = names_in(own)
    return not own[column] and (not names or same_name(names, record.name))


def _not_listed(party: str, lei: str, file: GleifFile) -> Cells:
    return {"party_id": party, "lei": lei, "lei_status": NOT_LISTED, **_from(file)}


def _from(file: GleifFile) -> dict[str, str | None]:
    return {
        "lei_checked_on": file.header.dated_on.isoformat() if file.header.dated_on else None,
        "lei_grade": GRADE,
        "lei_known_from": file.says,
    }


def _ownership(found: Found, register: Register, file: GleifFile) -> Iterator[Cells]:
    on = file.header.dated_on.isoformat() if file.header.dated_on else ""
    for one in found.parents:
        if not stands(one, on=on):
            continue
        for party in bearers(one.child, found, register):
            yield {
                "party_id": party,
                "owner_id": bearers(one.parent, found, register)[0],
                "kind": one.kind,
                "is_controlling": "yes",
                "since_on": one.since_on,
                "until_on": one.until_on,
                "known_from": file.says,
                "basis": CONSOLIDATION,
                "grade": GRADE,
            }


def _unnamed(found: Found, register: Register) -> Iterator[Cells]:
    for one, file in found.not_named:
        if one.is_withdrawn:
            continue
        for party in bearers(one.lei, found, register):
            yield {
                "party_id": party,
                "kind": one.kind,
                "reason": one.reason,
                "reference": one.reference,
                "grade": GRADE,
                "known_from": file.says,
            }


def _candidates(found: Found, register: Register) -> Iterator[Cells]:
    for like, file in found.likes:
        if (like.party, like.record.lei) in register.refused:
            continue
        yield {
            "party_id": like.party,
            "lei": like.record.lei,
            "name": like.record.name,
            "country": like.record.country,
            "legal_form": like.record.form,
            "lei_status": like.record.status,
            "why": like.why,
            "known_from": file.says,
        }


def _files(found: Found, inputs_sha256: str) -> Iterator[Cells]:
    for one in found.files:
        header = one.file.header
        yield {
            "sha256": one.file.sha256,
            "level": header.level.value,
            "dated_on": header.dated_on.isoformat() if header.dated_on else None,
            "is_whole": "yes" if header.is_whole else "no",
            "records": str(one.records),
            "kept": str(one.kept),
            "unusable": str(one.unusable),
            "inputs_sha256": inputs_sha256,
        }


def _unreadable(found: Found) -> Iterator[Cells]:
    for one in found.files:
        for problem in _first(one.problems):
            yield {
                "file": one.file.path.name,
                "line": str(problem.line),
                "kind": KINDS_OF[one.file.header.level],
                "reason": problem.reason,
                "text": problem.text[:200],
            }


def _first(problems: Sequence[Problem]) -> Sequence[Problem]:
    return problems[:MOST_PROBLEMS]
