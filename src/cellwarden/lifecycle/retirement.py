"""Retirement: what has to be done before an asset may leave, and whether its file may be closed."""

from __future__ import annotations

from typing import Final

import msgspec

from cellwarden.model.retirements import Step, StepState


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one asset on its way out; nothing means that nobody said.

    The names and meanings are those of the subject ``retirement``; ``weak_wipes`` and ``unsigned``
    name wipes and hand-overs that do not hold.
    """

    asset_id: str
    chemistry: str | None = None
    has_file: bool | None = None
    is_closed: bool | None = None
    has_approval: bool | None = None
    retired_on: str | None = None
    leaves_the_house: bool | None = None
    has_cloud_data: bool | None = None
    cloud_data_is_settled: bool | None = None
    logs_are_returned: bool | None = None
    had_telemetry: bool | None = None
    telemetry_is_ended: bool | None = None
    is_read_after: bool | None = None
    last_read_on: str | None = None
    listed_parts: int | None = None
    holds_memory: bool | None = None
    unwiped_parts: int | None = None
    unwiped_names: str | None = None
    weak_wipes: tuple[str, ...] = ()
    open_accounts: int | None = None
    open_paths: int | None = None
    open_names: str | None = None
    papers_needed: str | None = None
    is_dangerous_goods: bool | None = None
    has_un_number: bool | None = None
    un_number: str | None = None
    un_number_fits: bool | None = None
    needs_un38_3: bool | None = None
    has_un38_3: bool | None = None
    damaged_goes_apart: bool | None = None
    is_damaged: bool | None = None
    is_packed_apart: bool | None = None
    has_handover: bool | None = None
    custody_gap_hours: int | None = None
    custody_gap_days: int | None = None
    custody_gap_from_on: str | None = None
    custody_gap_to_on: str | None = None
    holders_agree: bool | None = None
    handovers: int = 0
    unsigned: tuple[str, ...] = ()
    is_disposed: bool | None = None
    last_holder_is_recycler: bool | None = None
    has_certificate: bool | None = None
    permit_held: bool | None = None
    weight_out_kg: float | None = None
    weight_recycled_kg: float | None = None
    weight_difference_percent: int | None = None


TOLERATED_HOURS: Final = 4
TOLERATED_PERCENT: Final = 5

_Answer = tuple[StepState, str]
_DONE: Final = StepState.DONE
_NOT_NEEDED: Final = StepState.NOT_NEEDED
_UNKNOWN: Final = StepState.UNKNOWN
_MISSING: Final = StepState.MISSING
_WRONG: Final = StepState.WRONG


def steps(case: Case, accepted: frozenset[str] = frozenset()) -> tuple[Step, ...]:
    """Every step of a retirement, in the order in which people do them.

    Rules, which hold for every case:

    1. What nobody said is unknown, and an unknown step is as open as a missing one.
    2. A step is not needed only where somebody said so (no cloud, no memory, stays in the house),
       or where its chemistry says so; an unknown chemistry needs papers that nobody can name.
    3. What is known of the asset outweighs what was declared: an account that is open, a path that
       is listed, a part that answered after the retirement make a step wrong, whatever is recorded.
    4. A wipe counts where it passed, reaches far enough and was verified by another person.
    5. Custody counts where every hand-over is signed by both sides and no time lies between them.
    6. An exception in force for a check of a step makes the step accepted, never done.
    7. More knowledge can move a step to any state; learning nothing moves none. No step depends
       on the order in which facts came.

    ``accepted`` names the checks that exceptions in force cover for this asset.
    """
    made = []
    for name, title, judge, following, checks in _STEPS:
        state, because = judge(case)
        if state in {_UNKNOWN, _MISSING, _WRONG} and accepted.intersection(checks):
            names = ", ".join(sorted(accepted.intersection(checks)))
            state, because = StepState.ACCEPTED, f"{because}; accepted for {names}"
        made.append(
            Step(
                name=name,
                title=title,
                state=state,
                because=because,
                next=following.format(asset=case.asset_id),
                checks=checks,
            )
        )
    return tuple(made)


def _approval(case: Case) -> _Answer:
    if case.has_approval is None:
        return _UNKNOWN, "no approval on record"
    return (_DONE, "approved") if case.has_approval else (_MISSING, "nobody approved it")


def _service_end(case: Case) -> _Answer:
    if case.retired_on:
        return _DONE, f"out of service since {case.retired_on}"
    return _UNKNOWN, "when it stopped doing its job is not on record"


def _cloud(case: Case) -> _Answer:
    if case.has_cloud_data is False:
        return _NOT_NEEDED, "no cloud holds data of it"
    if case.cloud_data_is_settled:
        return _DONE, "returned or deleted"
    if case.cloud_data_is_settled is False:
        return _WRONG, "the cloud still holds its data"
    return _UNKNOWN, "whether its data in the cloud were returned or deleted is not on record"


def _logs(case: Case) -> _Answer:
    if case.has_cloud_data is False:
        return _NOT_NEEDED, "no cloud held logs of it"
    if case.logs_are_returned is None:
        return _UNKNOWN, "whether the logs were handed over is not on record"
    return (_DONE, "handed over") if case.logs_are_returned else (_MISSING, "not handed over")


def _telemetry(case: Case) -> _Answer:
    if case.is_read_after:
        return _WRONG, f"it still speaks: a part answered on {case.last_read_on}"
    if case.is_read_after is None and case.listed_parts != 0:
        return _UNKNOWN, "when its parts last answered, or when it was retired, is not known"
    if case.telemetry_is_ended:
        return _DONE, "ended, and somebody looked"
    if case.had_telemetry is False:
        return _NOT_NEEDED, "it sent nothing to anybody"
    if case.telemetry_is_ended is False:
        return _MISSING, "nothing shows that it ended"
    return _UNKNOWN, "whether it is silent is not on record"


def _wipe(case: Case) -> _Answer:
    if case.holds_memory is False:
        return _NOT_NEEDED, "nothing in it holds data"
    if case.weak_wipes:
        return _WRONG, f"does not hold: {', '.join(case.weak_wipes)}"
    if case.unwiped_parts:
        return _MISSING, f"not wiped: {case.unwiped_names}"
    if case.unwiped_parts == 0:
        return _DONE, "every memory-bearing part was wiped and verified"
    if case.unwiped_names:
        return _UNKNOWN, f"no wipe on record for {case.unwiped_names}"
    return _UNKNOWN, "no memory-bearing part is listed, and nobody said that there is none"


def _access(case: Case) -> _Answer:
    if case.open_accounts or case.open_paths:
        return _WRONG, f"still open: {case.open_names}"
    if case.open_accounts is None or case.open_paths is None:
        said = "accounts" if case.open_accounts is None else "paths"
        return _UNKNOWN, f"nobody declares that all {said} are listed, so others may exist"
    return _DONE, "no account and no path leads to it"


def _papers(case: Case) -> _Answer:  # noqa: PLR0911 - one line, one rule
    if case.leaves_the_house is False:
        return _NOT_NEEDED, "it stays in the house"
    if case.chemistry is None or case.papers_needed is None:
        return _UNKNOWN, "its chemistry is not known, so its papers are not"
    if case.is_dangerous_goods is False:
        if case.has_un38_3:
            return _WRONG, "a UN 38.3 paper went with it, and its chemistry has none"
        return _NOT_NEEDED, case.papers_needed
    wrong = _wrong_papers(case)
    if wrong:
        return _WRONG, f"{'; '.join(wrong)}. Needed: {case.papers_needed}"
    open_points = _open_papers(case)
    if open_points:
        return _UNKNOWN, f"not on record: {', '.join(open_points)}. Needed: {case.papers_needed}"
    return _DONE, f"{case.un_number}, with what its chemistry needs"


def _wrong_papers(case: Case) -> list[str]:
    found = []
    if case.un_number_fits is False:
        found.append(f"{case.un_number} does not fit {case.chemistry}")
    if case.has_un_number is False:
        found.append("no UN number on the papers")
    if case.needs_un38_3 and case.has_un38_3 is False:
        found.append("no UN 38.3 test summary")
    if case.needs_un38_3 is False and case.has_un38_3:
        found.append(f"a UN 38.3 paper, which {case.chemistry} does not have")
    if case.damaged_goes_apart and case.is_damaged and case.is_packed_apart is False:
        found.append("damaged cells not apart")
    return found


def _open_papers(case: Case) -> list[str]:
    found = []
    if not case.has_un_number:
        found.append("UN number")
    elif case.un_number_fits is None or case.is_dangerous_goods is None:
        found.append("whether the UN number fits")
    if case.needs_un38_3 is None or (case.needs_un38_3 and not case.has_un38_3):
        found.append("UN 38.3 test summary")
    if case.damaged_goes_apart is None or (case.damaged_goes_apart and case.is_damaged is None):
        found.append("whether cells are damaged")
    if case.damaged_goes_apart and case.is_damaged and case.is_packed_apart is None:
        found.append("whether damaged cells go apart")
    return found


def _custody(case: Case) -> _Answer:  # noqa: PLR0911 - one line, one rule
    if case.leaves_the_house is False and not case.handovers:
        return _NOT_NEEDED, "it stays in the house"
    if case.has_handover is False:
        return _MISSING, "it left without a hand-over"
    if not case.handovers:
        return _UNKNOWN, "no hand-over on record"
    if case.custody_gap_hours is not None and case.custody_gap_hours > TOLERATED_HOURS:
        return _WRONG, (
            f"nobody had custody from {case.custody_gap_from_on} to {case.custody_gap_to_on}"
            f" ({case.custody_gap_days} days)"
        )
    if case.holders_agree is False:
        return _WRONG, "a giver is not the last taker"
    if case.unsigned:
        return _WRONG, f"not signed by both sides: {', '.join(case.unsigned)}"
    if case.custody_gap_hours is None or (case.handovers > 1 and case.holders_agree is None):
        return _UNKNOWN, "times or holders of a hand-over are not all known"
    return _DONE, f"{case.handovers} signed hand-overs without a gap"


def _recycler(case: Case) -> _Answer:  # noqa: PLR0911 - one line, one rule
    if case.leaves_the_house is False:
        return _NOT_NEEDED, "it stays in the house"
    if not case.is_disposed:
        return _UNKNOWN, "no disposal on record"
    if case.permit_held is False:
        return _WRONG, "the recycler's permit had ended"
    if case.last_holder_is_recycler is False:
        return _WRONG, "the chain of custody does not end at the recycler"
    if case.has_certificate is False:
        return _MISSING, "no certificate number"
    if None in {case.has_certificate, case.permit_held, case.last_holder_is_recycler}:
        return _UNKNOWN, "certificate, permit or the hand-over to the recycler is not on record"
    return _DONE, "certificate on record, permit held on the day"


def _weight(case: Case) -> _Answer:
    if case.leaves_the_house is False:
        return _NOT_NEEDED, "it stays in the house"
    if case.weight_difference_percent is None:
        return _UNKNOWN, "one of the two weights is not on record"
    words = f"{case.weight_out_kg:g} kg left, {case.weight_recycled_kg:g} kg arrived"
    if case.weight_difference_percent > TOLERATED_PERCENT:
        return _WRONG, f"{words}: {case.weight_difference_percent} % differ"
    return _DONE, words


_STEPS: Final = (
    ("approval", "Approval", _approval,
     "cellwarden retire record approval {asset} requester=... approver=... answer=approved",
     ("retirement-without-approval",)),
    ("service_end", "Out of service", _service_end,
     "cellwarden retire record file {asset} retired_at=...", ()),
    ("cloud", "Cloud data", _cloud,
     "cellwarden retire record data {asset} outcome=deleted", ("cloud-data-kept",)),
    ("logs", "Logs", _logs,
     "cellwarden retire record data {asset} logs_returned=yes", ("logs-not-returned",)),
    ("telemetry", "Telemetry", _telemetry,
     "cellwarden retire record telemetry {asset} ended_at=... verified_by=...",
     ("telemetry-not-ended", "still-speaks")),
    ("wipe", "Memory", _wipe,
     "cellwarden retire record wipe {asset} component_id=... method=... verifier=...",
     ("not-wiped", "wipe-too-weak", "wipe-failed", "wipe-not-verified",
      "wipe-verified-by-operator")),
    ("access", "Access", _access,
     "cellwarden retire record access {asset} account_id=... verified_by=...",
     ("access-still-open", "paths-still-open")),
    ("papers", "Transport papers", _papers,
     "cellwarden retire record transport {asset} un_number=...",
     ("un-number-wrong", "un38-3-missing", "un38-3-on-other-chemistry", "damaged-not-apart")),
    ("custody", "Custody", _custody,
     "cellwarden retire record handover {asset} from_holder=... to_holder=...",
     ("custody-gap", "custody-broken", "custody-missing", "custody-unsigned")),
    ("recycler", "Recycler", _recycler,
     "cellwarden retire record disposal {asset} party_id=... certificate_number=...",
     ("recycler-permit-expired", "recycling-certificate-missing", "custody-ends-early")),
    ("weight", "Weight", _weight,
     "cellwarden retire record disposal {asset} weight_kg=...", ("weight-differs",)),
)  # fmt: skip
"""Name, title, rule, what to do next, checks that speak to it."""

STEP_NAMES: Final = tuple(name for name, *_ in _STEPS)
