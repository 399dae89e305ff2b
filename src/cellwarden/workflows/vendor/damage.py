"""Words of a vendor that a wrong encoding damaged on their way: mended where that is certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from cellwarden.collect.text import cut, is_mojibake, undamaged
from cellwarden.vendors.assessment.answers import Answer
from cellwarden.vendors.assessment.returned import Returned

_SHOWN: Final = 60


def mended(returned: Returned) -> Returned:
    """An answered questionnaire with its damaged words as they were, and a note for each.

    ``MÃ¼ller`` can only have been ``Müller``. Where a character is lost (U+FFFD) the words stay as
    they came and the note says so: what a vendor wrote is never thrown away, and nobody guesses.
    """
    notes: list[str] = []

    def mend(place: str, text: str) -> str:
        if not is_mojibake(text):
            return text
        found = undamaged(text) or "\n".join(undamaged(line) or line for line in text.split("\n"))
        if found == text or is_mojibake(found):
            notes.append(
                f"{place}: {cut(text, _SHOWN)!r} was damaged by a wrong encoding and cannot be"
                " brought back; it is kept as it came: ask the vendor to write it anew"
            )
            return text
        notes.append(
            f"{place}: {cut(text, _SHOWN)!r} was damaged by a wrong encoding and is read as"
            f" {cut(found, _SHOWN)!r}"
        )
        return found

    answers = {
        name: msgspec.convert(_walked(name, msgspec.to_builtins(answer), mend), Answer)
        for name, answer in returned.assessment.answers.items()
    }
    about = {key: mend(f"About, {key}", text) for key, text in returned.about.items()}
    replies = {key: mend(f"Follow-ups, {key}", text) for key, text in returned.replies.items()}
    if not notes:
        return returned
    return msgspec.structs.replace(
        returned,
        assessment=msgspec.structs.replace(
            returned.assessment,
            answers=answers,
            vendor=about.get("vendor", returned.assessment.vendor),
            entity=about.get("entity", returned.assessment.entity),
        ),
        about=about,
        replies=replies,
        notes=(*returned.notes, *notes),
    )


def _walked(place: str, value: Any, mend: Callable[[str, str], str]) -> Any:
    """The same value, every text in it mended; ``place`` is the path to it."""
    if isinstance(value, str):
        return mend(place, value)
    if isinstance(value, dict):
        return {key: _walked(f"{place}, {key}", one, mend) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(place, one, mend) for one in value]
    return value
