"""A questionnaire as JSON: who is asked, what, by when, the answers, and the open follow-ups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.answers import LARGEST_ASSESSMENT, Assessment
from cellwarden.vendors.assessment.questions import Bank
from cellwarden.vendors.assessment.returned import Returned
from cellwarden.vendors.assessment.vagueness.follow_ups import FollowUp, still_open

SCHEMA: Final = "cellwarden-questionnaire-1"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question as the vendor reads it."""

    asks: str
    why: str
    options: tuple[str, ...]
    slots: tuple[str, ...]
    objectives: dict[str, str]
    asked_if: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One open follow-up with room for the reply."""

    question: str
    we_ask: str
    reply: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out and comes back; ``questions`` is only read by the vendor."""

    schema: str
    about: dict[str, str]
    assessment: Assessment
    follow_ups: dict[str, Reply] = {}
    questions: dict[str, Asked] = {}


def write_form(
    bank: Bank,
    assessment: Assessment,
    follow_ups: Iterable[FollowUp] = (),
    *,
    about: Mapping[str, str],
) -> bytes:
    """Write a questionnaire as JSON; :func:`read_form` gives assessment and replies back."""
    form = Form(
        schema=SCHEMA,
        about=dict(about),
        assessment=assessment,
        follow_ups={
            item.id: Reply(question=item.question, we_ask=item.text, reply=item.reply or "")
            for item in still_open(tuple(follow_ups))
        },
        questions={
            question.id: Asked(
                asks=question.asks,
                why=question.why,
                options=question.options,
                slots=question.slots,
                objectives=question.objectives,
                asked_if=f"{branch.question} is {' or '.join(branch.options)}"
                if (branch := question.asked_if)
                else "",
            )
            for question in bank.of_tier(assessment.tier)
        },
    )
    return msgspec.json.format(msgspec.json.encode(form), indent=2) + b"\n"


def read_form(data: bytes) -> Returned:
    """Read an answered questionnaire from JSON in UTF-8, or in UTF-16 with its mark.

    Raises:
        InputError: too large, another encoding, no JSON, or a key of the wrong kind.
    """
    advice = "answer in the JSON file as it was sent, in UTF-8, or use the XLSX file"
    if len(data) > LARGEST_ASSESSMENT:
        raise InputError(f"the form is over {LARGEST_ASSESSMENT} bytes", advice=advice)
    try:
        encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        form = msgspec.json.decode(data.decode(encoding), type=Form)
    except UnicodeDecodeError as error:
        raise InputError(
            f"the form is not in UTF-8: byte {error.start} cannot be read", advice=advice
        ) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"the form cannot be read: {error}", advice=advice) from error
    if form.schema != SCHEMA:
        raise InputError(f"the form is a {form.schema[:60]!r} and no {SCHEMA}", advice=advice)
    return Returned(
        assessment=form.assessment,
        replies={name: item.reply for name, item in form.follow_ups.items() if item.reply.strip()},
        notes=(),
        about={key.casefold(): value for key, value in form.about.items()},
        rows_of=frozenset(form.assessment.answers),
    )
