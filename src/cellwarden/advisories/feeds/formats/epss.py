"""EPSS scores as the daily CSV: a comment with model and date, then CVE, score, percentile.

Source: the data page of the FIRST EPSS special interest group.
"""

from __future__ import annotations

import re
from typing import Any, Final

from cellwarden.advisories.feeds.cells import Tables, day, moment
from cellwarden.advisories.feeds.decoding import Decoded
from cellwarden.model.advisories import Understood

_COMMENT: Final = "#model_version:"
_HEADER: Final = "cve,epss"
_PROBABILITY: Final = r"(?:0(?:\.\d{1,30})?|1(?:\.0{1,30})?|\.\d{1,30})"
_LINE: Final = re.compile(rf"(CVE-\d{{4}}-\d{{4,19}}),({_PROBABILITY})(?:,({_PROBABILITY}))?,?")
_EXPONENT: Final = re.compile(r"(\d(?:\.\d{1,20})?)[eE]-0?(\d{1,2})(?=,|$)")


def recognises(head: Any) -> bool:
    """Text that begins with the model comment or the column names."""
    return isinstance(head, str) and head.lstrip()[:20].lower().startswith((_COMMENT, _HEADER))


def understand(source: Decoded) -> Understood:
    """Read the scores; a line that is no score is noted with its number."""
    tables = Tables(source)
    lines = source.content.splitlines()
    model, scored_at = "", None
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith("#"):
            model, scored_at = _comment(text)
            continue
        found = _LINE.fullmatch(text) or _LINE.fullmatch(_EXPONENT.sub(_decimal, text))
        if found:
            cells: dict[str, str | None] = {
                "vulnerability": found[1],
                "score": found[2],
                "percentile": found[3],
                "model": model,
                "scored_on": day(scored_at),
            }
            tables.add("likelihood", cells)
        elif text and not text.lower().startswith(_HEADER):
            reason = "not a line of CVE id, score and percentile between 0 and 1"
            tables.note(reason, kind="likelihood", line=number, text=text)
    return tables.finish(format_name=f"epss {model}".strip(), newest_at=scored_at)


def _comment(text: str) -> tuple[str, str | None]:
    """Model version and date of ``#model_version:v2025.03.14,score_date:2025-...``."""
    parts = dict(part.split(":", 1) for part in text.removeprefix("#").split(",") if ":" in part)
    return parts.get("model_version", "").strip()[:40], moment(parts.get("score_date", ""))


def _decimal(found: re.Match[str]) -> str:
    """A number with an exponent, which some days' files hold, as a plain decimal."""
    digits = found[1].replace(".", "")
    return "0." + "0" * (int(found[2]) - 1) + digits
