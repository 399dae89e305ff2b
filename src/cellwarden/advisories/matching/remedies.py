"""The versions that a remediation text names as fixed, and for what it names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

# No two parts of these can take the same sign and all are bounded, so that a text of endless
# versions fails at once. (Possessive patterns would say it shorter; Python 3.11.2 gets them wrong.)
_LETTERS: Final = r"(?:[A-Za-z]{1,2}\d{0,4}(?![A-Za-z\d])|\(\d{1,3}\)[A-Za-z]{0,3}\d{0,4}[a-z]?)?"
_SUFFIX: Final = r"(?:[-_][A-Za-z0-9]{1,24}|\.[A-Za-z][A-Za-z0-9]{0,23}){0,6}"
_STEP: Final = (
    r"(?:[\s_]|,\s)(?:SP|FP|HF|CU|RU|PR|SR|MR|QU|TC|GMA|SIM|Beta|Alpha|RC|Hot\s?fix|Update|Upd|Patch|Build|(?:Service|Feature)\sPack)"
    r"[\s_#]{0,2}\d{1,9}(?!\d)|\s[UP]\d{1,2}(?!\d)"
)
_STEPS: Final = rf"(?:{_STEP}){{0,3}}"
_NUMBERS: Final = rf"\d{{1,12}}(?:\.\d{{1,12}}){{1,12}}(?!\d|\.\d){_LETTERS}{_SUFFIX}{_STEPS}"
_WITH_LETTER: Final = r"[vV]\d{1,12}(?![\d.])(?:\s(?:SP|Update|HF|Patch)\s?\d{1,6})?"
_YEAR: Final = rf"20\d\d(?:(?=\s\(\d{{1,3}}\.\d)|\s?R\d{{1,2}}(?!\d){_STEPS}|(?:{_STEP}){{1,3}})"
_VERSION: Final = rf"(?<![\d.])(?:(?:[vV]\.?\s?|\b[rR]|\.)?{_NUMBERS}|{_WITH_LETTER}|{_YEAR})"
_NEXT: Final = rf"(?:[vVrR]?{_NUMBERS}|{_WITH_LETTER}|{_YEAR})"
_LIST: Final = (
    rf"(?P<list>{_VERSION}(?:"
    r"(?:\s{0,3},\s{0,3}(?:(?:and|or)\s{1,3})?|\s{1,3}(?:and|or)\s{1,3})"
    rf"{_NEXT}){{0,16}})"
    r"(?!\s(?:and|or)\s(?:prior|earlier|older|below|lower)"
    r"|\s+with\s+(?:the\s+)?(?:update|patch|hotfix))"
)
_BEFORE: Final = (
    r"(?:(?:firmware|software|release|version|versions|revision|ver\.?|rev\.?|the|latest|new|of|FW"
    r"|FRN)[\s:]+)*"
)
_NO_NAME: Final = (
    r"(?!(?:and|or|with|without|on|using|running|from|for|if|when|before|after|which|that|in|by"
    r"|below|than|prior|until|via|at(?!\sleast)|is|are|to|not|as)\b"
    r"|(?:update|build|section|chapter|windows|server)\s+v?\d)"
)
_WORD: Final = (
    r"(?:[A-Za-z]|\d{1,4}(?:[A-Za-z]|-[A-Za-z\d]|(?=\sfirmware\b)))(?:[\w®™+/'’&-]|\.(?=\w)){0,40}"
)
_NAME: Final = rf"(?:{_NO_NAME}\(?{_WORD}\)?[,:]?\s{{1,2}}){{0,8}}?\(?"
"""Up to eight words of a product's name before its version."""
_LATER: Final = (
    r"\s{0,2},?\s{0,2}\(?(?:or|and)\s+(?:later|newer|above|higher|greater|up\b|subsequent)"
    r"(?!\s+(?:are|is)\s+(?:no|affected|vulnerable)\b)"
)
_FIXED: Final = (
    r"(?:fixed|corrected|remediated|resolved|patched|solved|eliminated|addressed|mitigated)"
)
_WEAKNESS: Final = (
    r"(?:(?:the|this|these|that|those|both|all|reported)\s){0,3}"
    r"(?:(?:vulnerabilit(?:y|ies)|issues?|problems?|flaws?|cve[\d-]{9,12})\s)?"
)
_RELEASED: Final = (
    r"(?:released?|issued?|provide[sd]?|produced|created|prepared|published|developed)"
)
_INSIDE_ANOTHER: Final = re.compile(
    r"\b(?:included|incorporated|bundled|contained|packaged|shipped|integrated)\s+(?:in|with|within|into)\b"
    r"[^.;\n]{0,80}$|\bincorporating\b[^.;\n]{0,80}$|\bcontained components?\b",
    re.IGNORECASE,
)
"""What stands before the version of something that brings the fix along, or is brought along."""
_NUMBER: Final = rf"(?P<list>\d{{1,6}})(?![\d.(-]?\w|{_STEP}|\s?R\d)"
"""A version that is one number, and nothing else begins so."""
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:updat|upgrad|migrat|mov)\w*\b[^.;:\n]{{0,100}}?\bto:?\s+{_NAME}{_BEFORE}(?:>=?\s?)?{_LIST}",
        rf"\b(?:apply|install)\s+(?:(?:the|new|update|version|firmware|release)\s+){{0,3}}(?=v\d){_LIST}",
        rf"^(?:update|upgrade|apply|install)\s+(?:version\s+)?(?=v\d){_LIST}",
        rf"\b{_FIXED}\s+{_WEAKNESS}(?:by\s+(?:{_WORD}\s){{1,4}}?in|by|in|with|from|as\sof|since|starting\swith)\s+{_NAME}{_BEFORE}{_LIST}",
        rf"\b(?:updat|upgrad|install)\w*\b(?:[^.;\n]|\.(?=\d)){{0,60}}?\bwith\s+(?:patch|hotfix|update)\s+{_LIST}",
        rf"\b(?:apply|install)\s+[^.;:()\n]{{0,60}}\(\s*{_BEFORE}{_LIST}\s*\)",
        (
            rf"{_BEFORE}{_LIST}(?:\s+of\s+[^.;\n]{{0,80}}?)?\s+(?:mitigates|fixes|resolves|corrects|remediates"
            r"|(?:includes?|contains?|provides?)\s+(?:a\s+|the\s+)?(?:fix|correction))"
        ),
        (
            rf"{_LIST}\s+(?:was|has\sbeen|is)\s+released\b[^.;\n]{{0,40}}"
            r"\bto\s+(?:remediate|fix|address|mitigate|resolve|correct)\b"
        ),
        rf"\bfix(?:es)?\b[^.;\n]{{0,40}}\bavailable\s+(?:in|with)\s+(?!the\sfollowing){_NAME}{_BEFORE}{_LIST}",
        rf"\bmitigation\s+measures\s+have\s+been\s+added\s+(?:in|to)\s+{_NAME}{_BEFORE}{_LIST}",
        rf"\bto\s+the\s+following\b[^:\n]{{0,120}}:\s{{0,3}}[^:;\n]{{0,60}}?\bversions?\s{{1,3}}{_LIST}",
        rf"{_LIST}{_LATER}",
        rf"\b(?:versions?|firmware|FW|revision)[\s:]+(?P<list>\d{{1,4}}){_LATER}",
        (
            rf"\b(?:updat|upgrad)\w*\s+(?:(?!database){_WORD}\s+){{0,3}}?to\s+"
            rf"(?:(?:the|latest|new|firmware|software)\s+){{0,4}}version\s+{_NUMBER}"
        ),
        rf"\b(?:latest|newest|new|updated)\s+(?:firmware|FW)[\s(,]{{1,3}}(?:FW|version)\s{_NUMBER}",
        rf"\b{_RELEASED}\s+(?:an?\s+)?(?:new|updated)\s+(?:firmware|software)\s+version\s+{_NUMBER}",
        rf"\b{_RELEASED}\s+(?:an?\s+)?(?:updated\s+)?[^.;\n]{{0,60}}?(?:firmware|versions?|FW|revision)\s+\(?{_LIST}",
        rf"\b{_RELEASED}\s+[^.;\n]{{0,60}}?\b(?=v\d){_LIST}",
        rf"\breleased\s+{_NAME}{_BEFORE}{_LIST}",
        rf"\b(?:updated|latest|new)\s+(?:(?:firmware|software)\s+)?version\s+{_NAME}{_BEFORE}{_LIST}",
        rf"\bFRN\s+{_LIST}",
    )
)
_ONE: Final = re.compile(rf"{_VERSION}|\d{{1,6}}(?![\d.])", re.IGNORECASE)
_FOR: Final = re.compile(
    rf"{_LIST}(?:{_LATER})?\s+for\s+(?P<name>[^,.;:()]{{3,80}}?)"
    rf"(?=\s*(?:[,.;:(]|$)|\s+and\s+(?:version|v?\d))",
    re.IGNORECASE,
)
_FOLLOWS: Final = re.compile(rf"\s+(?:version\s+)?(?P<list>{_VERSION})\s*(?:$|\()", re.IGNORECASE)
_NAME_AND_VERSION: Final = re.compile(
    r"(?P<name>[^:;]{2,120}?)[\s:,]+"
    r"(?:(?:firmware|FW|software|update|version|release|OS)[\s:]+){0,3}"
    rf"(?:{_LIST}|(?P<day>20\d{{6}}))(?:{_LATER})?\.?(?:\s\([^()]{{0,80}}\))?",
    re.IGNORECASE,
)
_WILD_END: Final = re.compile(r"x$|[.\s]X$")
"""What ends in a wildcard; the X of ``1.285X`` is a letter."""
_OFFERED: Final = re.compile(
    rf"{_LIST}(?:{_LATER}|,?\s+(?:(?:is|are|can\sbe)\s+)?(?:now\s+)?(?:available|downloaded|fix(?:es)?\b))",
    re.IGNORECASE,
)
_APPLIED: Final = re.compile(
    rf"\b(?:apply|install)\s+(?P<name>{_NAME}){_BEFORE}{_LIST}", re.IGNORECASE
)
_NAME_AT_END: Final = re.compile(rf"(?P<name>{_NAME}){_BEFORE}$", re.IGNORECASE)
_LONGEST_NAME: Final = 160
_HAS_VERSION: Final = re.compile(
    r"\d\.\d|[vV]\d|20\d\d|(?:version|FW|firmware|revision)s?[\s:]+\d", re.IGNORECASE
)
_BUILD_BEHIND: Final = re.compile(
    r"\s(?:[A-Za-z]{3,10}\s){0,2}(?P<build>\((?:Gold\s)?Build\s\d{1,8}(?:\.\d{1,8})?\))",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(
    rf"\s\((?:version\s|v(?=\d))?(?P<list>{_NUMBERS})\)", re.IGNORECASE
)
_QUOTES: Final = str.maketrans(dict.fromkeys('"“”„«»', None))
LONGEST: Final = 2000
"""Characters of a text that are read."""


@lru_cache(maxsize=16384)
def versions_named(text: str) -> tuple[str, ...]:
    """The versions that a remediation text names as fixed, verbatim without a leading v."""
    return tuple(dict.fromkeys(version for listed in lists_named(text) for version in listed))


@lru_cache(maxsize=16384)
def lists_named(text: str) -> tuple[tuple[str, ...], ...]:
    """The same, version by version as the text lists them together."""
    bare = text[:LONGEST].translate(_QUOTES)
    if not _HAS_VERSION.search(bare):
        return ()
    return tuple(
        tuple(dict.fromkeys(_versions_of(bare, match)))
        for pattern in _PATTERNS
        for match in pattern.finditer(bare)
        if not _INSIDE_ANOTHER.search(bare[: match.start("list")])
    )


@lru_cache(maxsize=16384)
def offered(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The versions that a text offers without saying that they are fixed, each with a name.

    *Install CBC-200 version 2.4*, or *CBC-200 version 2.4 is available*: only whoever knows the
    name can tell whether it is the product's own fix or something else that helps.
    """
    bare = text[:LONGEST].translate(_QUOTES)
    if not _HAS_VERSION.search(bare):
        return ()
    return tuple(_offers(bare))


def _offers(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for match in _APPLIED.finditer(text):
        yield match.group("name").strip(" ,:("), tuple(versions_in(match.group("list")))
    for match in _OFFERED.finditer(text):
        before = text[max(0, match.start() - _LONGEST_NAME) : match.start()]
        named = _NAME_AT_END.search(before)
        if named:
            yield named.group("name").strip(" ,:("), tuple(versions_in(match.group("list")))


def _versions_of(text: str, match: re.Match[str]) -> Iterator[str]:
    """The versions of a list, and what brackets behind the last one say of it.

    ``6.1 RU1 (6.1.00100.417)`` has two names, and ``2.0 Software Package (Build 683.003)`` is no
    other build of 2.0.
    """
    listed = list(versions_in(match.group("list")))
    end = match.end("list")
    if listed and (build := _BUILD_BEHIND.match(text, end)):
        listed[-1] = f"{listed[-1]} {build.group('build')}"
    yield from listed
    if other := _IN_BRACKETS.match(text, end):
        yield from versions_in(other.group("list"))


def versions_in(text: str) -> Iterator[str]:
    """Each version of a list, without its leading v; none that a wildcard ends."""
    for found in _ONE.findall(text):
        version = found.strip(" .").lstrip(" v.V")
        if version and not _WILD_END.search(version):
            yield version


@lru_cache(maxsize=16384)
def said_for(text: str) -> tuple[tuple[str, str], ...]:
    """What a text says is for what: a name, and the list of versions that is for it."""
    return tuple((m.group("name"), m.group("list")) for m in _FOR.finditer(text[:LONGEST]))


def first_behind(text: str) -> Iterator[str]:
    """The version that a text begins with and that nothing but a bracket follows."""
    found = _FOLLOWS.match(text)
    if found:
        yield from versions_in(found.group("list"))


def name_and_versions(text: str) -> tuple[str, tuple[str, ...]]:
    """A name and its versions where a text is these and no word more; else an empty name."""
    found = _NAME_AND_VERSION.fullmatch(" ".join(text[:LONGEST].split()))
    if found is None:
        return "", ()
    versions = (*versions_in(found.group("list") or ""), *filter(None, (found.group("day"),)))
    return found.group("name"), versions
