"""What a screening of the register reads: every name there is, stakes, decisions, list files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.screening import Holding, Party
from cellwarden.workflows.vendor.dossier import Cells, facts_of

if TYPE_CHECKING:
    import duckdb


class Further(msgspec.Struct, frozen=True, kw_only=True):
    """A further name of a party: whose it is, and who says so."""

    party_id: str
    says: str


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """What a screening reads: names, those without one, stakes, decisions, and list files.

    ``further`` tells of the ids of ``parties`` that are no party's own: another name of one.
    """

    parties: tuple[Party, ...]
    further: dict[str, Further]
    unnamed: tuple[str, ...]
    holdings: tuple[Holding, ...]
    decisions: tuple[Cells, ...]
    lists: tuple[Path, ...]
    sha256: str


def inputs_of(connection: duckdb.DuckDBPyConnection, files: tuple[Path, ...]) -> Inputs:
    """Everything that a screening depends on, with its digest.

    Raises:
        InputError: a list file cannot be read.
    """
    parties, unnamed, further = _names(connection)
    holdings = tuple(_holdings(connection, {p.id for p in parties} | set(unnamed)))
    decisions = tuple(facts_of(connection, "screening_decision"))
    digest = hashlib.sha256()
    digest.update(msgspec.json.encode([parties, unnamed]))
    digest.update(msgspec.json.encode([[h.owner, h.owned, str(h.percent)] for h in holdings]))
    digest.update(
        msgspec.json.encode(
            [[d["name_digest"], d["entry_digest"], d["is_same"]] for d in decisions]
        )
    )
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(
                f"{path}: {error.strerror}", advice="give the path of a list file"
            ) from error
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(data).digest())
    return Inputs(
        parties=parties,
        further=further,
        unnamed=unnamed,
        holdings=holdings,
        decisions=decisions,
        lists=files,
        sha256=digest.hexdigest(),
    )


def _names(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[tuple[Party, ...], tuple[str, ...], dict[str, Further]]:
    """Every name to screen, by its id; the parties that have no name; whose further names are."""
    found: dict[str, Party] = {}
    further: dict[str, Further] = {}
    unnamed: list[str] = []
    for row in facts_of(connection, "party"):
        key = row["party_id"] or ""
        if row["name"]:
            found[key] = Party(id=key, name=row["name"], country=row["country"] or "")
        else:
            unnamed.append(key)
        for also, party, says in _further(row):
            found[also] = party
            further[also] = says
    known = (set(found) | set(unnamed)) - set(further)
    for row in facts_of(connection, "ownership"):
        owner = row["owner_id"] or ""
        if owner not in known:
            found[f"owner:{owner}"] = Party(id=f"owner:{owner}", name=owner)
    for row in facts_of(connection, "origin"):
        for name in (row["made_by"], row["factory"]):
            if name and name not in known:
                key = f"origin:{name}"
                found[key] = Party(id=key, name=name, country=row["country"] or "")
    return tuple(found[key] for key in sorted(found)), tuple(sorted(unnamed)), further


def _further(row: Cells) -> Iterator[tuple[str, Party, Further]]:
    """A party's aliases, and the names that its LEI record gives it beside its own, each once."""
    key = row["party_id"] or ""
    source = row["lei_known_from"] or "its LEI record"
    seen = {(row["name"] or "").casefold()}
    told = (
        ("aliases", row["country"], "the register"),
        ("registered_name", row["registered_country"] or row["country"], source),
        ("other_names", row["registered_country"] or row["country"], source),
    )
    for column, country, who in told:
        for text in (
            (row[column] or "").split(";") if column != "registered_name" else [row[column]]
        ):
            name = (text or "").strip()
            if not name or name.casefold() in seen:
                continue
            seen.add(name.casefold())
            also = f"also:{key}:{name}"
            says = f"by the name {name!r}, which {who} gives it"
            party = Party(id=also, name=name, country=country or "")
            yield also, party, Further(party_id=key, says=says)


def _holdings(connection: duckdb.DuckDBPyConnection, parties: set[str]) -> list[Holding]:
    """Stakes in force, direct ones; ultimate ones only of a company without a direct one.

    The two say the same shares twice. A share between bounds counts with its lower one: what lies
    above it is a share that nobody has accounted for.
    """
    rows = [row for row in facts_of(connection, "ownership") if not row["until_on"]]
    direct = {row["party_id"] for row in rows if row["kind"] != "ultimate"}
    made = []
    for row in rows:
        if row["kind"] == "ultimate" and row["party_id"] in direct:
            continue
        owner = row["owner_id"] or ""
        owner = owner if owner in parties else f"owner:{owner}"
        made.append(
            Holding(owner=owner, owned=row["party_id"] or "", percent=_percent(row["percent_low"]))
        )
    return made


def _percent(text: str | None) -> Decimal | None:
    """A share; one that cannot be is no share that anybody has accounted for."""
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return value if value is not None and 0 <= value <= 100 else None  # noqa: PLR2004 - percent
