"""Rules as data: transport papers by chemistry, wiping by medium, notices by law."""

from __future__ import annotations

import calendar
import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import msgspec

METHODS: Final = ("clear", "purge", "destroy")
"""The methods of NIST SP 800-88, weakest first."""

HOUSE: Final = "house"
"""The rule that holds for every incident."""


class TransportRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which papers one chemistry needs on the road. ``verified`` is false where in doubt."""

    chemistry: str
    un_numbers: tuple[str, ...]
    un_38_3: Literal["needed", "never"]
    damaged_apart: bool
    says: str
    source: str
    checked_on: date
    verified: bool


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One notice that a rule demands: who is told, and how long after what.

    The time counts from when we became aware, or from the notice ``after`` of the same rule.
    """

    stage: str
    audience: str
    hours: int = 0
    months: int = 0
    after: str = ""


class NoticeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One law or house rule about telling others of an incident."""

    regime: str
    name: str
    binds: str
    source: str
    checked_on: date
    verified: bool
    stages: tuple[Stage, ...]


class WipeRules(msgspec.Struct, frozen=True, kw_only=True):
    """The least method by medium, for parts that leave and that stay, and what techniques reach."""

    leaving: dict[str, str]
    staying: dict[str, str]
    techniques: dict[str, str]
    source: str
    verified: bool


@cache
def transport_rules() -> dict[str, TransportRule]:
    """The rule of each chemistry; an unknown chemistry has none."""
    return {
        name: msgspec.convert({"chemistry": name} | table, TransportRule)
        for name, table in _table("transport").items()
    }


@cache
def notice_rules() -> dict[str, NoticeRule]:
    """Every rule about notices, by its id."""
    return {
        name: msgspec.convert({"regime": name} | table, NoticeRule)
        for name, table in _table("notices").items()
    }


@cache
def wipe_rules() -> WipeRules:
    """Which method is enough, and what a technique reaches."""
    table = _table("sanitization")
    return WipeRules(
        leaving={name: cells["leaving"] for name, cells in table["media"].items()},
        staying={name: cells["staying"] for name, cells in table["media"].items()},
        techniques=table["techniques"],
        source=table["methods"]["source"],
        verified=table["methods"]["verified"],
    )


def due_at(stage: Stage, start: datetime) -> datetime:
    """The moment until which a stage is due, counted from ``start`` (aware).

    A month ends on the same day of the next month, or on its last day where it is shorter.
    """
    moment = start + timedelta(hours=stage.hours)
    for _ in range(stage.months):
        year, month = (moment.year + moment.month // 12, moment.month % 12 + 1)
        day = min(start.day, calendar.monthrange(year, month)[1])
        moment = moment.replace(year=year, month=month, day=day)
    return moment


def transport_rows() -> list[dict[str, Any]]:
    """The transport rules as rows of the derived table ``transport_rule``."""
    return [
        {
            "chemistry": rule.chemistry,
            "un_numbers": " ".join(rule.un_numbers),
            "needs_un38_3": rule.un_38_3 == "needed",
            "damaged_apart": rule.damaged_apart,
            "says": rule.says,
        }
        for rule in transport_rules().values()
    ]


def wipe_rows() -> list[dict[str, Any]]:
    """The media as rows of the derived table ``wipe_rule``: the rank of the least method."""
    rules = wipe_rules()
    return [
        {
            "media": media,
            "leaving_rank": METHODS.index(method) + 1,
            "staying_rank": METHODS.index(rules.staying[media]) + 1,
        }
        for media, method in rules.leaving.items()
    ]


def technique_rows() -> list[dict[str, Any]]:
    """The techniques as rows of the derived table ``technique_rule``."""
    return [
        {"word": word, "reaches_rank": METHODS.index(method) + 1}
        for word, method in wipe_rules().techniques.items()
    ]


def notice_rows() -> list[dict[str, Any]]:
    """The stages of every rule as rows of the derived table ``notice_rule``."""
    return [
        {
            "regime": rule.regime,
            "regime_name": rule.name,
            "stage": stage.stage,
            "audience": stage.audience,
            "hours": stage.hours,
            "months": stage.months,
            "after_stage": stage.after or None,
            "is_verified": rule.verified,
        }
        for rule in notice_rules().values()
        for stage in rule.stages
    ]


def _table(name: str) -> dict[str, Any]:
    folder = resources.files("cellwarden.lifecycle").joinpath("rules")
    return tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))
