"""Dated rules over the register: what applies to which battery or vendor, and what is untold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.moments import Moment
from cellwarden.model.times import parse_time
from cellwarden.vendors import rules
from cellwarden.vendors.rules.judging import Value
from cellwarden.workflows.derived import fill
from cellwarden.workflows.vendor.decided_rows import day_of
from cellwarden.workflows.vendor.dossier import Cells, facts_of, makers_of
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

DECLARATION_OF_CONFORMITY: Final = ("declaration of conformity", "cyber resilience", "2024/2847")


class Concerned(msgspec.Struct, frozen=True, kw_only=True):
    """One battery or vendor with the facts that rules ask about, and the ids of those facts.

    ``is_told`` says that somebody wrote down what there is to show of it: then what is not there is
    missing, and not only unknown.
    """

    about: str
    id: str
    name: str
    site_id: str | None
    facts: dict[str, Value]
    evidence: tuple[str, ...]
    is_told: bool


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """One rule with what it says of everybody, and the day that was looked at."""

    rule: rules.Rule
    on: date
    judged: tuple[tuple[Concerned, rules.Judged], ...]


def rules_at(workspace: Workspace, moment: Moment, rule_id: str | None = None) -> list[Ruled]:
    """Every rule, or one, judged for the register of a moment.

    Raises:
        InputError: there is no such rule, or ``[rules]`` names what no rule asks about.
    """
    chosen = [rule for rule in rules.load_rules() if rule_id in {None, rule.id}]
    if not chosen:
        known = ", ".join(rule.id for rule in rules.load_rules())
        raise InputError(f"there is no rule {rule_id!r}", advice=f"the rules are {known}")
    on = parse_time(moment.as_of).date()
    with workspace.open_state() as state, closing(state.connect_at(moment)) as connection:
        concerned = list(concerned_by(connection, workspace))
    return [
        Ruled(
            rule=rule,
            on=on,
            judged=tuple(
                (one, rules.judge(rule, one.facts, on=on))
                for one in concerned
                if one.about == rule.about
            ),
        )
        for rule in chosen
    ]


def register_dated_rules(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, *, on: date
) -> None:
    """Fill the table of who is concerned by which rule: one row for each that may apply.

    It stays empty where the settings say nothing of the operator: nobody set rules up here yet, and
    ``vendor rules`` names what is missing.
    """
    if not workspace.settings.rules:
        return
    concerned = list(concerned_by(connection, workspace))
    found: list[dict[str, Any]] = []
    for rule in rules.load_rules():
        for one in concerned:
            if one.about != rule.about:
                continue
            judged = rules.judge(rule, one.facts, on=on)
            if judged.applies is rules.Answer.NO:
                continue
            found.append(
                {
                    "rule_id": rule.id,
                    "rule": rule.title,
                    "about_id": one.id,
                    "site_id": one.site_id,
                    "name": one.name,
                    "applies": _flag(judged.applies),
                    "is_broken": _flag(judged.broken),
                    "from_on": judged.from_on,
                    "not_shown": ", ".join(judged.not_shown).replace("_", " ") or None,
                    "is_shown": True if not judged.not_shown else False if one.is_told else None,
                    "is_verified": rule.verified,
                    "evidence": list(one.evidence),
                }
            )
    fill(connection, "dated_rule_row", found)


def _flag(answer: rules.Answer) -> bool | None:
    return None if answer is rules.Answer.UNKNOWN else answer is rules.Answer.YES


def concerned_by(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Iterator[Concerned]:
    """Every battery and every maker of the register, with the facts that rules ask about.

    Raises:
        InputError: ``[rules]`` of the settings names what no rule asks about.
    """
    operator: dict[str, Value] = {}
    for name, value in workspace.settings.rules.items():
        if name not in rules.operator_facts():
            raise InputError(
                f"[rules] {name}: no rule asks about it",
                advice=f"the rules ask about {', '.join(rules.operator_facts())}",
            )
        operator[f"operator.{name}"] = value
    yield from _batteries(connection, operator)
    yield from _vendors(connection, operator)


def _batteries(
    connection: duckdb.DuckDBPyConnection, operator: Mapping[str, Value]
) -> Iterator[Concerned]:
    """Batteries as ordered or installed: passports on record, and assets with cells without one."""
    cells = _cell_origins(connection)
    passports = facts_of(connection, "passport")
    held = {row["asset_id"] for row in passports}
    assets = {row["asset_id"]: row for row in facts_of(connection, "asset")}
    for row in passports:
        asset = assets.get(row["asset_id"], {})
        yield _battery(row["battery_id"] or "", row, asset, cells, operator)
    for name, asset in assets.items():
        bare = asset["lifecycle"] == "retired" or asset["chemistry"] in {None, "none"}
        if name not in held and not bare:
            yield _battery(name or "", {}, asset, cells, operator)


def _battery(
    name: str,
    passport: Mapping[str, str | None],
    asset: Mapping[str, str | None],
    cells: Mapping[tuple[str, str], Cells],
    operator: Mapping[str, Value],
) -> Concerned:
    def said(column: str) -> str | None:
        return passport.get(column) or asset.get(column)

    maker, model = said("manufacturer") or "", said("model") or ""
    origin = cells.get(_key(maker, model)) or cells.get(_key(maker, ""))
    # Nothing is placed on the market after it was installed: where only that day is on record, it
    # stands for the other one, and errs to the side of a duty.
    placed = passport.get("placed_on") or asset.get("batteries_on") or asset.get("installed_on")
    capacity = _number(said("capacity_kwh"))
    words = f"{asset.get('name') or ''} {model}"
    facts = dict(operator) | {
        "maker": maker or None,
        "chemistry": said("chemistry"),
        "capacity_kwh": capacity,
        "category": rules.category_of(passport.get("category"), words, capacity),
        "placed_on": day_of(placed),
        "passport_id": passport.get("passport_id"),
        "due_diligence_id": passport.get("due_diligence_id"),
        "cell_maker": origin["made_by"] if origin else None,
        "cell_country": origin["country"] if origin else None,
    }
    took = (passport.get("fact_id"), asset.get("fact_id"), origin["fact_id"] if origin else None)
    return Concerned(
        about="battery",
        id=name,
        name=f"{maker} {model}".strip(),
        site_id=said("site_id"),
        facts=facts,
        evidence=tuple(fact for fact in took if fact),
        is_told=bool(passport),
    )


def _vendors(
    connection: duckdb.DuckDBPyConnection, operator: Mapping[str, Value]
) -> Iterator[Concerned]:
    papers: dict[str, Cells] = {}
    for paper in facts_of(connection, "document"):
        title = f"{paper['title'] or ''} {paper['reference'] or ''}".casefold()
        if any(word in title for word in DECLARATION_OF_CONFORMITY):
            papers[paper["about_id"] or ""] = paper
    asked = {row["party_id"] for row in facts_of(connection, "assessment")}
    makes = _makers(connection)
    for row in facts_of(connection, "party"):
        name = row["party_id"] or ""
        declared = papers.get(name)
        yield Concerned(
            about="vendor",
            id=name,
            name=row["name"] or name,
            site_id=None,
            facts=dict(operator)
            | {
                "is_manufacturer": makes.get(name),
                "contact": row["contact"],
                "conformity_document": declared["document_id"] if declared else None,
            },
            evidence=tuple(
                fact for fact in (row["fact_id"], declared["fact_id"] if declared else None) if fact
            ),
            # Of whom nobody was asked, nobody knows what there is to show.
            is_told=name in asked,
        )


def _makers(connection: duckdb.DuckDBPyConnection) -> dict[str, bool]:
    """Whether each party makes products that stand here, where anything is known of what it does.

    Who only owns others, or only feeds parts into them, makes no product of its own here.
    """
    found: dict[str, bool] = {}
    for stake in facts_of(connection, "ownership"):
        found.setdefault(stake["owner_id"] or "", False)
    for origin in facts_of(connection, "origin"):
        found.setdefault(origin["made_by"] or "", False)
    for link in facts_of(connection, "relationship"):
        party = link["party_id"] or ""
        found[party] = found.get(party, False) or link["role"] == "manufacturer"
    for row in facts_of(connection, "party"):
        party, roles = row["party_id"] or "", (row["role"] or "").split(";")
        if "manufacturer" in roles or makers_of(connection, row):
            found[party] = True
        elif roles != [""]:
            found.setdefault(party, False)
    return found


def _cell_origins(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Cells]:
    return {
        _key(row["manufacturer"] or "", row["model"] or ""): row
        for row in facts_of(connection, "origin")
        if row["part"] == "cell"
    }


def _key(maker: str, model: str) -> tuple[str, str]:
    return maker.strip().casefold(), model.strip().casefold()


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
