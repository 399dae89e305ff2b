"""What in an answer can be checked: codes, releases, times, names, papers, ways; plain denials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from cellwarden.vendors.assessment.questions import Slot
from cellwarden.vendors.assessment.vagueness.phrases import places

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_UNIT: Final = (
    r"(?:second|minute|min|hour|hr|h|day|week|fortnight|month|year|quarter|engineer|technician|person|people|"
    r"unit|entr(?:y|ie)|event|case|report|finding|account|site|demand|command|row|"
    r"part|role|kva|kwh)s?"
)
_COUNT: Final = (
    r"(?:\d[\d,.]{0,9}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"thirty|sixty|ninety)"
)
_BOILERPLATE: Final = re.compile(
    r"99[.,]\d+\s?%|24[\s-]hours?(?=\s+(?:hotline|service|support|help)|,)|"
    r"(?:iso|iec|iso/iec|en|nist|soc|ul)[\s-]*(?:sp\s*)?\d[\w.-]*|24\s*(?:/|x|by)\s*7(?:x365)?|"
    r"tier[\s-]?\d|100\s?%|24h|365",
    re.IGNORECASE,
)
"""Numbers that say nothing about this product: standards, round the clock, everything."""

_PATTERNS: Final[dict[Slot, re.Pattern[str]]] = {
    "scope": re.compile(
        r"(?<![\w-])(?:[A-Z]{1,6}[a-z]{0,8}[ -]?\d{1,4}[A-Za-z]{0,2}(?![\w.])|"
        r"[A-Z][a-z]{1,20}[A-Z]\w{0,20} \d+|[A-Z]{1,6}-[A-Z]\w{1,20} \d+)|"
        r"(?<!\w)(?:hardware revision|rev(?:ision)?|lot|serial|SN)\s+\w+|(?<!\w)\d[\d.,]{0,5}\s?%|"
        r"(?<![\w-])(?:ltd|gmbh|inc|llc|pte|ab|s\.?a\.?|plc|b\.?v\.?)(?![\w])",
        re.MULTILINE,
    ),
    "version": re.compile(
        r"(?<![\w.])v?\d+\.\d+(?:\.[\dx]+)*(?:\.x)?(?!\w)|(?<![\w.])\d+\.x\b|"
        r"(?:firmware|fw|release|version|v)\s?\d+",
        re.IGNORECASE,
    ),
    "date": re.compile(
        rf"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b|\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)\d\d\b|"
        rf"(?:\d{{1,2}}\s+)?\b{_MONTH}\s+(?:\d{{1,2}},?\s+)?(?:19|20)\d\d\b|"
        rf"\b\d{{1,2}}\s+{_MONTH}\b|\bQ[1-4]\s?(?:19|20)\d\d\b|"
        rf"(?<![\w.]){_COUNT}[\s-]+(?:working\s+|business\s+|calendar\s+)?{_UNIT}(?!\w)|"
        r"(?<!\w)\d+\s?(?:ms|s|h|d|min|months?)(?!\w)|"
        r"\b(?:a|an|one|twice a|once a)\s(?:hour|day|week|fortnight|month|year)\b|"
        r"\b(?:quarterly|nightly|daily|weekly|hourly"
        r"|yearly|annually|monthly|twice yearly|"
        r"every (?:night|week|month|quarter|year|spring|autumn)|"
        r"same (?:day|night|morning|afternoon|evening|week)|weekdays|first monday|for ever)\b",
        re.IGNORECASE,
    ),
    "document": re.compile(
        r"(?<![\w-])[A-Z][A-Z0-9]{1,6}-(?:[A-Z]{1,6}-)?\d[\w.-]{0,40}|"
        r"\b(?i:clause|section|annex|chapter|appendix|report|policy|procedure|certificate|form|"
        r"ticket|document|agreement|permit|playbook|plan|schedule|manual|register)\s+(?:no\.?\s*)?(?=[\w.-]{0,40}\d|[A-Z]\b)[\w./-]{1,60}|"
        r"https?://\S{1,200}|\b[\w.-]{1,80}\.(?:xlsx?|pdf|csv|docx?|json|zip)\b|"
        r"\b[\w-]{1,63}\.(?:example|com|net|org|eu|de)/\S{1,200}|"
        r"(?<!\w)/[\w.{}-]{1,40}/[\w./{}-]{1,200}",
    ),
    "owner": re.compile(
        r"\b[Bb]y [A-Z][^\W\d_]{3,30}|\b[A-Z]\.\s?[A-Z][a-z]+|"
        r"(?i:\bowner\b|\bapprover\b)(?:\s+is)?:?\s+\w+|"
        r"\b[A-Z][\w&]{1,30}(?:\s{1,3}[A-Z&][\w&]{0,30}){0,3}\s{1,3}"
        r"(?:Ltd|GmbH|Inc|LLC|Pte|AB|SA|PLC|BV|Electronics|"
        r"Services|Analytics|Components|Europe|Rheinland)\b",
    ),
    "mechanism": re.compile(
        r"\b(?:RSA|AES|DSA|ECDSA|EdDSA|SHA|HMAC|CMAC|ECDH)-?\s?[A-Z]?\d{2,4}\b|"
        r"\b\w{0,12}(?:HSM|TPM|KMS)\b|0x[0-9A-Fa-f]+|\b\d+/(?:tcp|udp)\b|RFC \d+|"
        r"\b[A-Z]{2,}\d+[A-Z]?\b"
    ),
}

_STARTS: Final = re.compile(r"(?:[.!?;:\n|/(\"'-]|\d\.)\s*$")
_SEEN_BEFORE: Final = 12
"""Characters before a word in which a sentence would have begun."""

_PROPER: Final = re.compile(r"(?<![\w-])[A-Z][a-zà-ÿ][^\W\d_]{2,}(?![\w-])")
_HEADLINE: Final = re.compile(r"(?:\b[A-Z][a-z]{1,20}\s{1,3}){3,20}[A-Z][a-z]{1,20}\b")
_NO_NAMES: Final = (
    "Internet Ethernet Cloud Security Cyber Support Service Services Team Company Group Product"
    " Products System Systems Customer Customers Policy Management Quality Standard Standards"
    " Regulation Battery Directive Best Industry Global World Partner Partners Trust Secure By"
    " Design First Yes No Please Monday Tuesday Wednesday Thursday Friday Saturday Sunday English"
    " European Europe Asian African America American Asia Africa Western"
    " Annex Article Clause Section Our We The Initiative United States Kingdom Union Member"
    " North South East West Responsible Act Data Protection General Privacy Digital"
    " Access Control Plan"
)
"""Words with a capital that name neither a person, a firm nor a place to go to."""

_DENIAL: Final = re.compile(
    r"(?:^|(?<=[.;:] ))\W*(?:(?:no|none|nobody|nothing|never|neither|nowhere|zero)\b|"
    r"not\s+(?:on|for|yet|today|any|recorded|supported|available|signed|at all|tested|done|"
    r"checked|verified|encrypted|enforced|offered|possible|covered|written|agreed|published)\b|"
    r"(?:we|they|it|there|you|this|our own \w+|our \w+|the \w+|the \w+ \w+)\s+"
    r"(?:(?:do|does|did|is|are|has|have|was|were|can|will)(?:\s*not|n't)|cannot|can't|won't|"
    r"(?:is|are|was|were|has|have|keep|keeps|know|knows)\s+(?:no|none|nobody|nothing|only)|"
    r"(?:has|have)\s+never)\b)",
    re.IGNORECASE,
)
_ADMISSION: Final = re.compile(
    r"\b(?:(?:is|are|was|were|do|does|did|has|have|can|will)(?:\s+not|n't)|cannot|can't|nobody|"
    r"nothing|none|never|no(?!\s+(?:longer|matter|later|doubt|less|more|way|exceptions?|compromises?))|unknown|"
    r"unauthenticated|unencrypted|unsigned|only\s+(?:while|when|if|until|after|during))\b",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(r"\b(?:only|the same|without|ended)\b", re.IGNORECASE)
FILE: Final = re.compile(r"\b[\w.-]{1,80}\.(?:xlsx?|pdf|csv|docx?|json|zip)\b", re.IGNORECASE)
_RANGE: Final = re.compile(
    r"\b(\d{1,4})\s*(?:-|to|and|up to)\s*(\d{1,4})\s+(?:working\s+|business\s+|calendar\s+)?"
    r"(?:hour|day|week|month|year|minute)s?\b",
    re.IGNORECASE,
)
WIDE: Final = 6
"""Times the lower end from which a range of time promises nothing."""


@lru_cache(maxsize=1_024)
def anchors(text: str) -> Mapping[Slot, Sequence[tuple[int, int]]]:
    """Where a folded text names something checkable, by the slot that it fills.

    Standards' numbers and round-the-clock figures are passed over: every brochure has them.
    """
    skipped = [found.span() for found in _BOILERPLATE.finditer(text)]
    found: dict[Slot, Sequence[tuple[int, int]]] = {}
    for slot, pattern in _PATTERNS.items():
        spans = [hit.span() for hit in pattern.finditer(text)]
        if slot == "mechanism":
            spans += places("mechanism", text)
        if slot == "owner":
            spans += places("role", text)
        kept = [span for span in spans if not _touches(span, skipped)]
        if kept:
            found[slot] = kept
    return found


@cache
def _no_names() -> frozenset[str]:
    return frozenset(_NO_NAMES.split())


def proper_names(text: str) -> list[tuple[int, int]]:
    """Words with a capital inside a sentence: a person, a firm, a town; stock words left out.

    Four of them in a row are a headline, and tell nothing.
    """
    headlines = [found.span() for found in _HEADLINE.finditer(text)]
    return [
        found.span()
        for found in _PROPER.finditer(text)
        if found.group() not in _no_names()
        and not _begins(text, found.start())
        and not _touches(found.span(), headlines)
    ]


def _begins(text: str, at: int) -> bool:
    before = text[max(0, at - _SEEN_BEFORE) : at]
    return not before.strip() or bool(_STARTS.search(before))


_PLAIN_SPEECH: Final = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a dozen|half|both|each|a third|"
    r"a quarter|twice|once|the other|the first|the second|the last|"
    r"i|me|my|he|him|his|she|her|ours|yours|everyone|anyone|anything|somebody|"
    r"little|big|old|older|new ones|red|green|blue|black|yellow|morning|night|winter|summer)\b",
    re.IGNORECASE,
)


def speaks_plainly(text: str) -> bool:
    """True where a text counts, or speaks of persons, sizes, colours, times of day and year."""
    return bool(_PLAIN_SPEECH.search(text))


def wide_ranges(text: str) -> list[tuple[int, int]]:
    """Where a range of time is so wide that it promises nothing: 2 to 52 weeks."""
    return [
        found.span()
        for found in _RANGE.finditer(text)
        if int(found[2]) >= WIDE * max(1, int(found[1]))
    ]


def is_plain_denial(text: str) -> bool:
    """True where a sentence flatly says no, and the no is not in the vendor's own favour."""
    boasts = places("boast", text)
    return any(not _touches(hit.span(), boasts) for hit in _DENIAL.finditer(text))


def owns_up(text: str) -> bool:
    """True where a phrase says that what follows is a weakness."""
    return bool(places("confession", text))


def concedes(text: str, *, details: int) -> bool:
    """True where some words deny or own up, outside the phrases that boast by denying.

    Words that only limit (only, without) concede beside a detail alone.
    """
    boasts = places("boast", text)
    patterns = (_ADMISSION, _LIMIT) if details else (_ADMISSION,)
    return (
        bool(places("concession", text))
        or owns_up(text)
        or any(
            not _touches(hit.span(), boasts)
            for pattern in patterns
            for hit in pattern.finditer(text)
        )
    )


def _touches(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
