"""Configuration lines without a separator: which words are the path, the value, or a secret.

Network cards and switches export commands: ``set system hostname ups-1``, or blocks told by
indentation or braces. Words with a digit, a quotation mark or a dot begin the value; where there
is none, the last word is it. What follows a word such as ``community`` is never part of a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cellwarden.collect import bounds
from cellwarden.collect.secrets import hidden_from, names_accounts

YES: Final = "yes"
"""The value of a line that is one word: it stands there."""

_TOKEN = re.compile(r'"[^"]*"|\'[^\']*\'|\S+')
_WORD = re.compile(r"[^\W\d_]+(?:[-_/][^\W\d_]+)*")
_GAP = re.compile(r"\s*\t\s*| {2,}")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,60})-----")
_SETS: Final = frozenset({"set"})
_TAKES_AWAY: Final = frozenset({"no", "undo", "unset", "delete", "default"})
_CLOSES: Final = frozenset({"exit", "end", "next", "quit", "}", "};", "exit-address-family"})
_PEM_LINES: Final = 500
_TAB: Final = 8


class Bare(NamedTuple):
    """One line as read: its number, path and value, whether that is a secret.

    Without a path the line cannot be read, and ``value`` says why.
    """

    number: int
    path: str
    value: str
    is_secret: bool = False


class _Section(NamedTuple):
    """A line that others stand below: how far in, and its path.

    It ``hides`` all that they say, or, where it ``names`` accounts, what is one word alone.
    """

    indent: int
    path: str
    hides: bool
    names: bool


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


def are_bare(text: str, count: int) -> bool:
    """Whether lines without separators prevail, where ``count`` lines have a separator."""
    if text.lstrip()[:1] == "<":
        return False
    return count * 2 < sum(1 for line in text.splitlines() if line.strip())


def bare_lines(text: str, remarks: Sequence[str]) -> Iterator[Bare]:
    """Every line of an export without separators, in its order; remarks are passed over."""
    lines = list(_lines(text, tuple(remarks)))
    has_braces = any(line.text.endswith("{") for line in lines)
    sections: list[_Section] = []
    for position, line in enumerate(lines):
        if line.text.casefold() in _CLOSES:
            if has_braces and sections and line.text.startswith("}"):
                sections.pop()
            continue
        following = lines[position + 1] if position + 1 < len(lines) else None
        if has_braces:
            opens = line.text.endswith("{")
            indent = len(sections)
        else:
            opens = following is not None and following.indent > line.indent
            indent = line.indent
            while sections and sections[-1].indent >= indent:
                sections.pop()
        words = line.text.rstrip("{").rstrip().removesuffix(";")
        yield from _read(line.number, words, sections, indent, opens=opens)


def pem_blocks(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Each line with its number from 1 and, where it begins a PEM block, the label of that.

    A block is one text with its lines; no line of it comes alone. One without an end is cut.
    """
    position = 0
    while position < len(lines):
        found = _PEM.search(lines[position])
        if found is None:
            yield position + 1, lines[position], ""
            position += 1
            continue
        closing = f"-----END {found[1]}-----"
        most = min(len(lines), position + _PEM_LINES)
        last = next((i for i in range(position, most) if closing in lines[i]), most - 1)
        yield position + 1, "\n".join(lines[position : last + 1]), found[1]
        position = last + 1


def _lines(text: str, remarks: tuple[str, ...]) -> Iterator[_Line]:
    """The lines that say something; one that ends in a backslash goes on in the next."""
    begun: _Line | None = None
    for number, raw, label in pem_blocks(text.splitlines()):
        margin = raw[: len(raw) - len(raw.lstrip())]
        indent = len(margin[: bounds.CELL_CHARACTERS].expandtabs(_TAB)) if not label else 0
        found = _Line(number, indent, raw.strip())
        if begun is not None:
            found = begun._replace(text=f"{begun.text} {found.text}")
            begun = None
        if not found.text or found.text.startswith(remarks):
            continue
        if found.text.endswith("\\") and len(found.text) <= bounds.CELL_CHARACTERS:
            begun = found._replace(text=found.text.rstrip("\\").rstrip())
        else:
            yield found
    if begun is not None:
        yield begun


def _read(
    number: int, words: str, sections: list[_Section], indent: int, *, opens: bool
) -> Iterator[Bare]:
    """What one line says below its sections; one that opens a section says it in their paths."""
    above = sections[-1] if sections else _Section(-1, "", hides=False, names=False)
    if len(words) > bounds.CELL_CHARACTERS:
        yield Bare(number, "", f"more than {bounds.CELL_CHARACTERS:,} characters in a line")
        return
    if len(sections) >= bounds.NESTING:
        yield Bare(number, "", f"nested deeper than {bounds.NESTING} levels")
        return
    tokens = _TOKEN.findall(words)
    if found := _PEM.search(words):
        tokens, hidden = [], len(tokens)
        line = Bare(number, found[1].casefold(), words, is_secret="PRIVATE" in found[1])
    elif above.hides or (above.names and len(tokens) == 1 and not opens):
        line, hidden = Bare(number, "", words, is_secret=True), 0
    else:
        hidden = hidden_from(tokens)
        line = _parted(number, words, tokens, hidden, is_below=bool(sections))
    shown = " ".join(tokens[:hidden])
    path = ".".join(part for part in (above.path, line.path) if part)
    if len(path) > bounds.PATH_CHARACTERS:
        yield Bare(number, "", f"its path has more than {bounds.PATH_CHARACTERS} characters")
        return
    if opens:
        below = ".".join(part for part in (above.path, shown) if part)[: bounds.PATH_CHARACTERS]
        hides = above.hides or hidden <= len(tokens)
        sections.append(_Section(indent, below, hides, above.names or names_accounts(tokens)))
    if not opens or line.is_secret:
        yield line._replace(path=path or "secret")


def _parted(number: int, words: str, tokens: list[str], hidden: int, *, is_below: bool) -> Bare:
    """Path and value of one line.

    ``hidden`` is the word where its secret begins, behind its end if none; ``is_below`` says that
    it stands in a section, where ``set`` has a path of one word, and not a path from the root.
    """
    verb = tokens[0].casefold() if tokens else ""
    first = 1 if len(tokens) > 1 and verb in _SETS | _TAKES_AWAY else 0
    if hidden < len(tokens):
        path = " ".join(tokens[first : max(hidden, first)])
        return Bare(number, path or verb, " ".join(tokens[hidden:]), is_secret=True)
    if first and verb in _TAKES_AWAY:
        return Bare(number, " ".join(tokens[first:]), verb)
    told = tokens[first:]
    if len(told) == 1:
        return Bare(number, told[0], YES)
    if not first and (gap := _GAP.search(words)):
        return Bare(number, words[: gap.start()], _unquoted(words[gap.end() :]))
    at = len(told) - 1
    if is_below or not first:
        at = next((i for i, word in enumerate(told) if i and not _WORD.fullmatch(word)), at)
    return Bare(number, " ".join(told[:at]), _unquoted(" ".join(told[at:])))


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted and value.count(value[0]) == len("''") else value
