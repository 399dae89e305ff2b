"""Check files: what a check is made of, and how the catalogue is read, every error by its place."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from cellwarden.checks.predicates import Predicate, PredicateError, parse_predicate
from cellwarden.checks.sentences import places
from cellwarden.checks.subject import Subject, subject_named
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Severity, Verdict
from cellwarden.model.ids import CheckId

Cell = bool | int | float | str
"""One named value of an example."""

PROPERTIES: Final = ("known_exploited", "no_fix", "support_ended", "unknown")
"""What a gate may ask for beside severity."""

DAYS: Final = {
    Severity.CRITICAL: 14,
    Severity.HIGH: 30,
    Severity.MEDIUM: 90,
    Severity.LOW: 180,
}
"""Days from the first sighting within which a finding is due, unless its check says otherwise."""

MOST_BYTES: Final = 64 * 1024
"""The longest check file that is read."""

_FORM: Final = "docs/checks/README.md shows the form of a check"
_TEXTS: Final = ("title", "subject", "asks", "why", "violates", "says", "remedy", "severity")


class Deadline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a finding is due: so many days after it was first seen, or the day in a column."""

    days: int | None = None
    column: str | None = None


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row, cells not given being unknown, and what the check says of it."""

    verdict: Verdict
    given: dict[str, Cell] = {}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One question about one subject, as its file asks it.

    ``applies`` is empty where the check applies to every row. ``unknown_severity`` is that of a
    finding that nobody could answer: one step below ``severity`` unless the file says otherwise,
    because an unknown weighs less than the failure that it may hide, but it weighs.
    """

    id: CheckId
    topic: str
    title: str
    subject: str
    asks: str
    why: str
    applies: str
    violates: str
    says: str
    remedy: str
    severity: Severity
    unknown_severity: Severity
    requirements: tuple[str, ...]
    properties: tuple[str, ...]
    deadline: Deadline
    examples: tuple[Example, ...]


def load_catalogue(extra: Sequence[Path] = ()) -> tuple[Check, ...]:
    """Every check that we ship and those in further folders, by topic and id.

    A folder holds ``<topic>/<check>.toml`` or ``<check>.toml`` (topic ``own``).

    Raises:
        InputError: a folder is not there, a file is wrong, or two checks have one id.
    """
    found = {check.id: check for check in _shipped()}
    for folder in extra:
        if not folder.is_dir():
            raise InputError(
                f"there is no folder of checks at {folder}",
                advice="correct the path in cellwarden.toml, or make the folder",
            )
        for place, topic, name, data in _files(folder):
            check = read_check(data, topic=topic, name=name, place=place)
            if check.id in found:
                raise InputError(
                    f"{place}: there is a check {check.id!r} already, on {found[check.id].topic}",
                    advice="give the file another name: it is the check's id",
                )
            found[check.id] = check
    return tuple(sorted(found.values(), key=lambda check: (check.topic, check.id)))


def catalogue_sha256(checks: Sequence[Check]) -> str:
    """Which checks were asked, in hex: the same files give the same digest in any order."""
    ordered = sorted(checks, key=lambda check: check.id)
    return hashlib.sha256(msgspec.json.encode(ordered)).hexdigest()


def predicates_of(check: Check) -> tuple[Predicate | None, Predicate]:
    """A check's ``applies`` (or nothing) and ``violates``, read.

    Raises:
        PredicateError: one of them is outside the allow-list.
    """
    applies = _parsed(check.subject, check.applies) if check.applies else None
    return applies, _parsed(check.subject, check.violates)


@cache
def _parsed(subject: str, text: str) -> Predicate:
    return parse_predicate(text, subject_named(subject).types)


def mentioned(check: Check) -> tuple[str, ...]:
    """The columns of both predicates, in the order of first mention."""
    applies, violates = predicates_of(check)
    return tuple(dict.fromkeys((*(applies.columns if applies else ()), *violates.columns)))


def read_check(data: bytes, *, topic: str, name: str, place: str) -> Check:
    """One check from the bytes of its file; ``place`` names it in errors.

    Raises:
        InputError: names the file, the key and what would be right.
    """
    try:
        cells = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{place}: {error}", advice=_FORM) from error
    for key in _TEXTS:
        if not isinstance(cells.get(key), str) or not cells[key].strip():
            raise InputError(f"{place}: {key}: a text is needed here", advice=_FORM)
    severity = cells["severity"]
    cells.setdefault("unknown_severity", _one_step_down(severity))
    cells = {"applies": "", "requirements": [], "properties": [], "deadline": {}} | cells
    cells |= {"id": name, "topic": topic, "examples": _plain_days(cells.get("examples", []))}
    strange = cells.keys() - set(Check.__struct_fields__)
    if strange:
        raise InputError(f"{place}: {min(strange)}: no such key", advice=_FORM)
    try:
        check = msgspec.convert(cells, Check)
    except msgspec.ValidationError as error:
        raise InputError(f"{place}: {error}", advice=_FORM) from error
    for key, problem in _problems(check):
        raise InputError(f"{place}: {key}: {problem}", advice=_FORM)
    return check


def _problems(check: Check) -> Iterator[tuple[str, str]]:
    """What is wrong with a check whose shape is right: key and sentence."""
    try:
        subject = subject_named(check.subject)
    except InputError as error:
        yield "subject", f"{error}; {error.advice}"
        return
    for key in ("applies", "violates"):
        text = getattr(check, key)
        try:
            if text:
                _parsed(check.subject, text)
        except PredicateError as error:
            yield key, str(error)
            return
    if not mentioned(check):
        yield "violates", "mentions no column, so it says the same of everything"
    for key, template in (("says", check.says), ("remedy", check.remedy)):
        try:
            unknown_places = set(places(template)) - set(subject.types)
        except ValueError as error:
            yield key, str(error)
        else:
            if unknown_places:
                yield key, f"names {min(unknown_places)!r}, which the subject does not have"
    yield from _field_problems(check, subject)


def _field_problems(check: Check, subject: Subject) -> Iterator[tuple[str, str]]:
    for name in check.properties:
        if name not in PROPERTIES:
            yield "properties", f"{name!r} is none of {', '.join(PROPERTIES)}"
    days, column = check.deadline.days, check.deadline.column
    if column is not None and subject.types.get(column) != "date":
        yield "deadline", f"{column!r} is no date of the subject {check.subject}"
    if days is not None and (column is not None or days < 0):
        yield "deadline", "takes days, or a column, and days are not negative"
    for number, example in enumerate(check.examples, 1):
        strange = example.given.keys() - set(mentioned(check))
        if strange:
            yield f"examples, number {number}", f"gives {min(strange)!r}, which nothing mentions"


def _one_step_down(severity: str) -> str:
    order = [item.value for item in Severity]
    lowest = order.index(Severity.LOW)
    if severity not in order:
        return severity
    place = order.index(severity)
    return order[max(place, min(place + 1, lowest))]


def _plain_days(examples: Any) -> Any:
    """Examples with TOML's own dates as ISO text; a wrong shape is left for the conversion."""
    if not isinstance(examples, list):
        return examples
    return [
        item | {"given": {k: v.isoformat() if isinstance(v, date) else v for k, v in given.items()}}
        if isinstance(item, dict) and isinstance(given := item.get("given"), dict)
        else item
        for item in examples
    ]


@cache
def _shipped() -> tuple[Check, ...]:
    catalogue = resources.files("cellwarden.checks").joinpath("catalogue")
    return tuple(
        read_check(
            file.read_bytes(),
            topic=topic.name,
            name=file.name.removesuffix(".toml"),
            place=f"{topic.name}/{file.name}",
        )
        for topic in sorted(catalogue.iterdir(), key=lambda item: item.name)
        for file in sorted(topic.iterdir(), key=lambda item: item.name)
        if file.name.endswith(".toml")
    )


def _files(folder: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """The check files of a folder: place, topic, name, bytes; links out of it are not followed."""
    root = folder.resolve()
    for path in sorted({*folder.glob("*.toml"), *folder.glob("*/*.toml")}):
        if not path.resolve().is_relative_to(root):
            raise InputError(
                f"{path} leads out of {folder}", advice="put the check itself into the folder"
            )
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: longer than {MOST_BYTES} bytes", advice=_FORM)
        topic = path.parent.name if path.parent != folder else "own"
        yield str(path), topic, path.stem, path.read_bytes()
