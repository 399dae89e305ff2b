"""Exceptions: which accepted findings are in force, which have expired, and which never held."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.model.findings import Finding
from cellwarden.model.report import AcceptedException
from cellwarden.model.times import parse_time

IN_FORCE: Final = "in_force"
EXPIRED: Final = "expired"
REFUSED: Final = "refused"

EVERY: Final = "*"
"""As the subject of an exception: every subject of its check."""

_NEEDED: Final = {
    "check": "it names no check and no vulnerability",
    "accepts": "it names no subject; an asterisk would mean every one",
    "reason": "it gives no reason",
    "requester": "nobody is named who asked for it",
    "approver": "nobody is named who approved it",
    "expires_on": "it has no last day",
}
"""Cells without which nothing is accepted, and what is said where one is empty."""

_EMAIL: Final = re.compile(r"[^\s<>()\"',;]+@[^\s<>()\"',;]+")


def accept(
    findings: Sequence[Finding],
    exceptions: Sequence[Mapping[str, str | None]],
    *,
    as_of: datetime | str,
) -> tuple[list[Finding], tuple[AcceptedException, ...]]:
    """Mark the findings that an exception in force covers, and say what became of each exception.

    ``exceptions`` are rows of the kind ``exception``, with the ``retired_asset`` that the part in
    them belongs to, where it does (``part_gone``). An exception needs a reason, a requester, an
    approver who is somebody else, and a last day; without one of them it is refused, and after
    that day it is expired: either way its findings stand as if it were not there. It covers
    findings of its check id, or of its vulnerability id, on its subject or on every one. What an
    exception says about exceptions never counts.
    """
    moment = parse_time(as_of) if isinstance(as_of, str) else as_of
    judged = [_judged(row, moment.date()) for row in exceptions]
    judged.sort(key=lambda one: (one.expires_on or "", one.exception_id), reverse=True)
    holding = [one for one in judged if one.state == IN_FORCE]
    accepted = [_covered(finding, holding) for finding in findings]
    used = {finding.exception_id for finding in accepted}
    told = [
        one if one.state != IN_FORCE or one.exception_id in used else _idle(one) for one in judged
    ]
    return accepted, tuple(sorted(told, key=lambda one: one.exception_id))


def _idle(one: AcceptedException) -> AcceptedException:
    """An exception in force that covers nothing: a typing error looks just like this."""
    words = f"{one.because}; it covers no finding of this run"
    return msgspec.structs.replace(one, because=words)


def _covered(finding: Finding, holding: Sequence[AcceptedException]) -> Finding:
    """The finding with the exception that holds longest, where one covers it."""
    for one in holding:
        if covers(one, finding):
            return msgspec.structs.replace(finding, exception_id=one.exception_id)
    return finding


def covers(one: AcceptedException, finding: Finding) -> bool:
    """Whether an exception speaks of this finding; whether it is in force is another question."""
    if finding.subject_kind == "exception":
        return False
    if one.check not in (finding.check, finding.witness.get("vulnerability")):
        return False
    component = finding.witness.get("component_id")
    return one.subject in (EVERY, finding.subject) or (
        finding.subject_kind == "exposure" and one.subject == component
    )


def _judged(row: Mapping[str, str | None], today: date) -> AcceptedException:
    cells = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str)}
    state, because, expires_on = _state(cells, today)
    return AcceptedException(
        exception_id=cells.get("exception_id", ""),
        check=cells.get("check", ""),
        subject=cells.get("accepts", ""),
        state=state,
        reason=cells.get("reason", ""),
        requester=cells.get("requester", ""),
        approver=cells.get("approver", ""),
        measure=cells.get("measure") or None,
        expires_on=expires_on.isoformat() if expires_on else None,
        because=because,
    )


def _state(cells: Mapping[str, str], today: date) -> tuple[str, str, date | None]:
    """State, sentence, last day."""
    expires_on = _day(cells.get("expires_on", ""))
    refusal = _refusal(cells, today)
    if refusal or expires_on is None:
        return REFUSED, f"refused: {refusal or 'its last day is no date'}", expires_on
    gone = cells.get("retired_asset")
    if today > expires_on:
        after = (
            f"it covered a part of {gone}, which is retired: nothing of it is judged any more"
            if gone
            else "what it covered stands again"
        )
        return EXPIRED, f"expired on {expires_on}; {after}", expires_on
    words = f"in force to {expires_on}, {(expires_on - today).days} more days"
    return (
        IN_FORCE,
        f"{words}; {gone} is retired, so it can be ended" if gone else words,
        expires_on,
    )


def _refusal(cells: Mapping[str, str], today: date) -> str | None:
    """Why an exception never holds, whatever the day; nothing where it may."""
    for column, words in _NEEDED.items():
        if not cells.get(column):
            return words
    if cells["check"] == EVERY:
        return "an exception names one check or one vulnerability"
    if is_same_person(cells["requester"], cells["approver"]):
        return "it was approved by the person who asked for it"
    approved_on = _day(cells.get("approved_on", ""))
    if approved_on is not None and approved_on > today:
        return f"it is approved only from {approved_on} on"
    return None


def is_same_person(one: str, other: str) -> bool:
    """Whether two texts name one person: by name or by e-mail address, however they are written.

    Two addresses under one name count as one person: a second mailbox is not a second opinion.
    """
    shared_address = _addresses(one) & _addresses(other)
    return bool(shared_address) or bool(_names(one) & _names(other))


def _addresses(text: str) -> set[str]:
    return {address.casefold() for address in _EMAIL.findall(_plain(text))}


def _names(text: str) -> set[str]:
    """The name without its address, as letters and digits only, first name first or last."""
    name = _EMAIL.sub(" ", _plain(text)).casefold()
    words = sorted("".join(c for c in word if c.isalnum()) for word in re.split(r"[\s,;.]+", name))
    joined = "".join(words)
    return {joined} if joined else set()


def _plain(text: str) -> str:
    """Compatibility forms folded and invisible characters gone, so that looks are what counts."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")


def _day(text: str) -> date | None:
    try:
        return parse_time(text).date()
    except InputError:
        return None
