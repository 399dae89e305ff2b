"""The words of a range: prose turned into operators, and conditions, brackets and ids set aside."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from cellwarden.advisories.versions.order import is_readable
from cellwarden.advisories.versions.spelling import plain, spaced

_CVE: Final = re.compile(r"CVE-\d{1,4}-\d{4,}", re.IGNORECASE)
_SERIES: Final = re.compile(
    r"\(?(?P<series>\b[A-Z]\w* Series)?\s*\bID\s?=?\s?(?P<id>\d+)\b\)?\s*[:,]?", re.IGNORECASE
)
_BRACKET: Final = re.compile(r"\(([^()]*)\)")
_KEPT_BRACKET: Final = re.compile(
    r"\s*(?:build|bn)?\.?\s*\d+[a-z]?\s*|\s*(?:gold )?build\s+\d+(?:\.\d+)?\s*", re.IGNORECASE
)
_ALIAS: Final = re.compile(
    r"(?:aka|or|build nr|firmware|software|versions?|version|prior to|<=|<|\s|\.)*"
    r"(?P<bound>[vVrR]?\d+(?:\.\d+)+|\d{4} R\d)",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(
    r"formerly|including|included|also part|all editions|these products are sold|end[- ]of[- ]life"
    r"|eol|standard dc|integrated into|versions removed|\d+\.x series|part of|windows and linux"
    r"|pi sql client|rev [a-z]$|global|u\.s\.|\d+-?x\d*$",
    re.IGNORECASE,
)
_PLATFORM: Final = re.compile(
    r"(?:(?:microsoft )?windows(?: server)?|linux|macos|android|ios)(?: \d[\d.]*)?", re.IGNORECASE
)
_AND: Final = re.compile(r"\s*(?:,|&|\band\b)\s*")
_SERIAL_OR_DAY: Final = re.compile(
    r"serial (?:number|no)|production[ _]date|distributed|numbers ending|manufactured|shipped",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"\s*[-,;]?\s*\b(?:only (?:if|when|with|in|affected)|affected only|with(?:out)?|when|where|if"
    r"|in connection|in (?:non-)?default|installed|running|based on|on windows|using|utilizes"
    r"|packaged|of [a-z]+ software|for|model|deployed|controlling|and function state"
    r"|and [A-Z][a-z]+ [A-Z][a-z]+(?= <))\b.*$",
    re.IGNORECASE,
)
_AT_THE_BOUND: Final = re.compile(
    r"with (?!(?:version|serial)s?\b)[A-Za-z][^<>=|]*\d[^<>=|]*", re.IGNORECASE
)
"""What has to stand beside the first version behind a range: ``< V8.2 SP1 with WinCC V7.4``.

That version without it may still be affected, and so is what lies before it, with or without.
"""
_ENDS_IN_BOUND: Final = re.compile(r"<(?!=)[^<>=|]*\d[^<>=|]*$")
_HOTFIXES: Final = re.compile(r"\s*\bincluding hotfixes\b\s*", re.IGNORECASE)
_PLAIN_WITH_HOTFIXES: Final = re.compile(
    r"(?P<bound>(?<![\w.])[vV]?\d+(?:\.\d+)+)\s+including hotfixes\s*$", re.IGNORECASE
)
_ALL: Final = re.compile(
    r"\b(?:all|any)(?: (?P<what>bios|firmware|software))?"
    r" (?:versions?|releases?|deployments|installations)\b\s*(?P<between>between\b)?",
    re.IGNORECASE,
)
_VERSIONS: Final = re.compile(
    r"\bversions\b(?=\s*(?:[<>=]|[vVrR]?\d|prior|before))\s*", re.IGNORECASE
)

_NAME: Final = r"(?=\S*\d)[^\s<>=|,;]+(?: (?:SP|HF|R|Update|Upd|Patch|Build|build)\s?\d[\w.]*)*"
_ENDS: Final = re.compile(
    r"\b(?P<side>from|starting|since|up to|to|until|through|before|prior to)?\s*"
    r"\((?P<word>including|excluding|inclusive|exclusive)\)\s*(?=[vVrR]?\d)",
    re.IGNORECASE,
)
"""The National Vulnerability Database's way: ``From (including) 1.0 up to (excluding) 2.3``."""
_EXCEPT: Final = re.compile(
    rf"[\s,]*\b(?:except(?:ing)?(?: for)?|excluding|other than|apart from)\s+"
    rf"(?:versions?\s+|releases?\s+)?(?P<names>{_NAME}(?:\s*(?:,|and|or|&)+\s*(?:versions?\s+)?{_NAME})*)"
    r"(?P<side>\s+(?:and|or)\s+(?:later|newer|above|higher|earlier|older|below|lower|prior)\b)?"
    r"(?:\s+versions?)?\s*$",
    re.IGNORECASE,
)
_JOINS: Final = re.compile(r"^(?:and|between|to|through|until)\s+", re.IGNORECASE)
_LATER_WORD: Final = re.compile(r"later|newer|above|higher", re.IGNORECASE)
_PROSE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), becomes)
    for pattern, becomes in (
        (r"\(?\bup to and including\b", " <= "),
        (
            r"\b(?:prior to|before|earlier than|older than|lower than|less than|below)\b(?=\s*\S)",
            " < ",
        ),
        (r"[-\s]*\bbut not including\b", " < "),
        (
            rf"\b(?:between|from)\s+({_NAME})\s+(?:and|to|through|until)\s+({_NAME})",
            r" >= \1 <= \2 ",
        ),
        (rf"({_NAME})\s+(?:through|until|to|thru)\s+({_NAME})", r" >= \1 <= \2 "),
        (r"\b(?:later than|newer than|after|greater than)\b(?=\s*\S)", " > "),
        (r"\b(?:up to|through|until)\b(?=\s*\S)", " <= "),
        (r"=<", "<="),
        (r"=>", ">="),
        (r"==", "="),
    )
)
_AND_PRIOR: Final = re.compile(
    r"^(?P<bound>[^|<>=]*?\S)\s*(?:,\s*)?(?:and|or|&)?\s*\b(?:all\s+)?"
    r"(?:prior|earlier|below|older|lower|previous|before)(?:\s+versions?)?\s*$",
    re.IGNORECASE,
)
_AND_LATER: Final = re.compile(
    r"^(?P<bound>[^|<>=]*?\S)\s*(?:,\s*)?(?:and|or|&)\s+"
    r"(?:later|newer|above|higher|subsequent)(?:\s+versions?)?\s*$",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(r"\s*(?:,\s*(?:and|or)\b|,|\band\b|\bor\b)\s*")
_INCLUDING: Final = re.compile(
    r"(?P<bound>[^|<>=()]*?\S)\s*(?:\|\s*(?P<level>(?:SP|FP)[^|()]*?\S)\s*)?"
    r"\((?P<word>including|excluding|inclusive|exclusive)\)\s*(?:and\b)?",
    re.IGNORECASE,
)


class Tidied(msgspec.Struct):
    """A range's text on its way to operators and bounds, and what was set aside from it."""

    text: str
    qualifiers: list[str] = []
    conditions: list[str] = []
    vulnerabilities: list[str] = []
    aliases: list[str] = []
    excluded: list[str] = []
    possibly: list[str] = []
    doubt: str = ""
    is_all: bool = False
    is_interpreted: bool = False

    def require(self, words: str) -> None:
        """Set words aside that have to hold as well."""
        cleaned = words.strip(" ,;-|()\"'")
        if cleaned:
            self.qualifiers.append(cleaned)
            self.conditions.append(cleaned)


_CUT_OFF: Final = re.compile(r"[\s,]+affected only by\s*$")
"""The names of the vulnerabilities that should follow were cut off; they restrict nothing else."""


def tidy(text: str) -> Tidied:
    """Set conditions, brackets, ids and filler words aside and write prose as operators."""
    tidied = Tidied(text=_CUT_OFF.sub("", spaced(plain(text)).replace('"', " ")).strip())
    _set_aside_ids(tidied)
    _set_aside_series(tidied)
    if _SERIAL_OR_DAY.search(tidied.text) and not re.search(r"\bonly\b", tidied.text):
        tidied.require(tidied.text)
        tidied.text, tidied.is_all, tidied.is_interpreted = "", True, True
        return tidied
    _read_ends(tidied)
    _read_including(tidied)
    _read_exceptions(tidied)
    _set_aside_brackets(tidied)
    _set_aside_conditions(tidied)
    _drop_filler(tidied)
    _write_operators(tidied)
    tidied.text = " ".join(tidied.text.split()).strip(" ,;")
    return tidied


def _set_aside_ids(tidied: Tidied) -> None:
    found = _CVE.findall(tidied.text)
    if not found:
        return
    tidied.vulnerabilities.extend(name.upper() for name in found)
    tidied.qualifiers.append(", ".join(found))
    without = re.sub(r"\([^()]*CVE-\d[^()]*\)", " ", tidied.text)
    tidied.text = re.sub(r"\|?\s*CVE-\d{1,4}-\d{4,}(?:\s*(?:and|,|only))*", " ", without)
    tidied.is_interpreted = True


def _set_aside_series(tidied: Tidied) -> None:
    """``SMT Series ID=18: UPS 09.8 and prior``: the series and its id are a condition."""
    for match in _SERIES.finditer(tidied.text):
        if match["series"]:
            tidied.require(match["series"])
        tidied.require(f"ID={match['id']}")
        tidied.is_interpreted = True
    tidied.text = _SERIES.sub(" ", tidied.text)


def _read_ends(tidied: Tidied) -> None:
    def operator(match: re.Match[str]) -> str:
        is_in = match["word"].casefold().startswith("inclu")
        side = (match["side"] or "").casefold()
        sign = ">" if side in {"from", "starting", "since"} else "<"
        return f" {sign}{'=' if is_in else ''} "

    if any(match["side"] for match in _ENDS.finditer(tidied.text)):
        tidied.text = _ENDS.sub(operator, tidied.text).strip()
        tidied.is_interpreted = True


def _read_exceptions(tidied: Tidied) -> None:
    """``all versions except 4.2``: what is left out; ``except 4.2 and later`` is an upper end."""
    match = _EXCEPT.search(tidied.text)
    if not match or "(" in match.string[: match.start()].rpartition(")")[2]:
        return
    names = re.findall(_NAME, match["names"], re.IGNORECASE)
    rest = tidied.text[: match.start()]
    if match["side"]:
        sign = "<" if _LATER_WORD.search(match["side"]) else ">"
        is_every = not _ALL.sub(" ", rest).strip(" ,*") or rest.strip().casefold() == "all"
        tidied.text = f"{'' if is_every else rest} {sign} {names[0]}".strip()
    else:
        tidied.excluded.extend(names)
        tidied.text = "" if rest.strip().casefold() == "all" else rest
    tidied.is_interpreted = True


def _read_including(tidied: Tidied) -> None:
    """``V6.1 (including) and V6.1.1 (excluding)``: first a lower bound, then an upper one."""
    found = list(_INCLUDING.finditer(tidied.text))
    if not found:
        return
    lead = _ALL.sub(" ", tidied.text[: found[0].start()])
    written = []
    for position, match in enumerate(found):
        is_in = match["word"].casefold().startswith("inclu")
        sign = (
            (">=" if is_in else ">")
            if position == 0 and len(found) > 1
            else ("<=" if is_in else "<")
        )
        bound = _JOINS.sub("", _ALL.sub(" ", match["bound"]).strip())
        written.append(f"{sign} {bound} {match['level'] or ''}")
    tidied.text = f"{lead} {' '.join(written)} {tidied.text[found[-1].end() :]}".strip()
    tidied.is_interpreted = True


def _set_aside_brackets(tidied: Tidied) -> None:
    def decide(match: re.Match[str]) -> str:
        words, before = match[1].strip(), match.string[: match.start()]
        if not before.strip(" <>=") or re.match(r"release \d", words, re.IGNORECASE):
            return f" {re.sub('^release ', '', words, flags=re.IGNORECASE)} "
        if _KEPT_BRACKET.fullmatch(words) or match.string[match.end() :][:1].isalnum():
            return f"\1{match[1]}\2"
        _judge_bracket(tidied, words)
        return " "

    for _ in range(3):  # brackets inside brackets
        changed = _BRACKET.sub(decide, tidied.text)
        if changed == tidied.text:
            break
        tidied.text = changed
    opened = tidied.text.find("(")
    if opened >= 0:
        tidied.require(tidied.text[opened:])
        tidied.text, tidied.is_interpreted = tidied.text[:opened], True
    tidied.text = tidied.text.replace("\1", "(").replace("\2", ")")


def _judge_bracket(tidied: Tidied, words: str) -> None:
    """A second name, an exclusion, a maybe, something harmless, or a condition."""
    low = words.casefold()
    tidied.is_interpreted = True
    if alias := _ALIAS.fullmatch(words):
        tidied.aliases.append(alias["bound"])
        tidied.qualifiers.append(words)
    elif low.startswith("excluding"):
        names = re.findall(r"\d+(?:\.\d+)+", words)
        if "subsequent" in low or "minor" in low:
            tidied.doubt = "the words exclude versions in a way that is not understood"
        tidied.excluded.extend(names)
        tidied.qualifiers.append(words)
    elif "possibly" in low and "prior" in low:
        tidied.possibly.append("<=")
        tidied.qualifiers.append(words)
    elif "may also" in low:
        tidied.doubt = "the words say that others may be meant too"
        tidied.qualifiers.append(words)
    elif _HARMLESS.match(words) or _is_list_of_platforms(words):
        tidied.qualifiers.append(words)
    else:
        tidied.require(words)


def _is_list_of_platforms(words: str) -> bool:
    """True for ``Windows 10, 11, Windows Server 2019``: all that a program runs on.

    A single platform does narrow: ``on Windows Server 2008``.
    """
    pieces = [piece for piece in _AND.split(words) if piece]
    return (
        len(pieces) > 1
        and _PLATFORM.fullmatch(pieces[0]) is not None
        and all(_PLATFORM.fullmatch(one) or one.replace(".", "").isdigit() for one in pieces)
    )


def _set_aside_conditions(tidied: Tidied) -> None:
    if _PLAIN_WITH_HOTFIXES.search(tidied.text):
        tidied.text = _PLAIN_WITH_HOTFIXES.sub(r"\g<bound>.x", tidied.text)
        tidied.qualifiers.append("including hotfixes")
        tidied.is_interpreted = True
    elif _HOTFIXES.search(tidied.text):
        tidied.text = _HOTFIXES.sub(" ", tidied.text)
        tidied.qualifiers.append("including hotfixes")
        tidied.doubt = "the words include hot fixes that they do not name"
        tidied.is_interpreted = True
    match = _CONDITION.search(tidied.text)
    if not match:
        return
    before = tidied.text[: match.start()]
    if _AT_THE_BOUND.fullmatch(match.group().strip()) and _ENDS_IN_BOUND.search(before):
        tidied.qualifiers.append(match.group().strip())
        tidied.possibly.append("=")
    else:
        tidied.require(match.group())
    tidied.is_interpreted = True
    if not before.strip(" <>=*|"):
        tidied.is_all = True
    tidied.text = before.rstrip(" -|,")
    if re.fullmatch(r"[\s<>=]*", tidied.text):
        tidied.text = ""


def _drop_filler(tidied: Tidied) -> None:
    for match in _ALL.finditer(tidied.text):
        if match["what"] and match["what"].casefold() == "bios":
            tidied.require("BIOS")
            tidied.is_interpreted = True
    without = _ALL.sub(lambda match: " between " if match["between"] else " ", tidied.text)
    if without != tidied.text and not without.strip(" ,*."):
        tidied.is_all = True
    tidied.text = _VERSIONS.sub("", without)


def _write_operators(tidied: Tidied) -> None:
    before = tidied.text
    if match := _AND_PRIOR.match(tidied.text):
        tidied.text = f"<= {match['bound']}"
    elif match := _AND_LATER.match(tidied.text):
        *listed, last = _LISTED.split(match["bound"])
        tidied.text = " | ".join((*listed, f">= {last}"))
    for pattern, becomes in _PROSE:
        tidied.text = pattern.sub(becomes, tidied.text)
    if tidied.text != before and not is_readable(before):
        tidied.is_interpreted = True
