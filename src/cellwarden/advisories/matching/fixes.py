"""Fixed versions that a document names for a statement's product, in its leaves and its prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from cellwarden.advisories.identity import Claim, read_claim
from cellwarden.advisories.identity.catalogue import name_of_number
from cellwarden.advisories.identity.words import folded, plain
from cellwarden.advisories.matching.nouns import Line
from cellwarden.advisories.matching.reached import (
    BEGIN,
    MOST_FIXES,
    ends_a_branch,
    is_at_least,
    is_without_end,
    refines_an_end,
    upper_ends,
)
from cellwarden.advisories.matching.remedies import (
    LONGEST,
    first_behind,
    lists_named,
    name_and_versions,
    offered,
    said_for,
    versions_in,
    versions_named,
)
from cellwarden.model.matching import Remedy, Statement

_INTRODUCES: Final = re.compile(
    r"\b(?:corrected|fixed|addressed|resolved)\b[^.;]{0,60}"
    r"\bin the following\b[^.;]{0,40}\bversions?:?\s*$",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_BARE: Final = frozenset(
    {"and", "or", "for", "in", "to", "of", "the", "all", "version", "versions", "firmware"}
    | {"later", "newer", "above", "higher", "update", "upgrade", "release", "revision", "fixed"}
    | {"sp", "hf", "upd", "hotfix", "patch", "service", "pack", "build", "download", "software"}
)
_MODEL: Final = re.compile(r"(?<![\w.-])(?=[a-z-]*\d{3})[a-z\d-]{3,}(?![\w.-]|\.\d)")
_REFERENCE: Final = re.compile(
    r"https?:\S+|\b(?:cve|cwe|icsa|icsma|ssa|kb|qa|pn|sevd|article|advisory|number|id|notice)"
    r"[\s:#-]*[\w-]*\d[\w-]*|\b(?:19|20)\d\d\b"
)
_LETTERS: Final = re.compile(r"[\W_]+")
_GENERIC: Final = re.compile(r"\b(?:firmware|software|fw|versions?|the)\b")
_HEAD: Final = re.compile(r"^\s*(?:For\s+)?([^:\n]{3,300}):(?=\s|[A-Z])")
_SLASHED: Final = re.compile(
    r"\b(?P<lead>[A-Z]{1,4})(?P<numbers>\d{1,4}(?:/\d{1,4}){1,9})(?P<behind>[A-Z]\w{0,9})"
)
_SEE: Final = re.compile(r"\(See [^()]*\)", re.IGNORECASE)
_MOST_PRODUCTS: Final = 200
"""Products of a document whose names are looked for inside sentences; of more, only heads count."""


class Around(msgspec.Struct, frozen=True):
    """What else one document says: its products, one claim for each name, and its ranges.

    ``leaves`` are the product names that each of its leaves stands for, ``affected`` the leaves
    that it calls affected.
    """

    products: tuple[Claim, ...]
    ranges: frozenset[str]
    leaves: dict[str, tuple[str, ...]] = {}
    affected: frozenset[str] = frozenset()


def around(lines: Sequence[Line]) -> Around:
    """What all statements of one document say together."""
    products = {line.claim.key: line.claim for line in lines}
    affected = [line for line in lines if line.statement.status == "affected"]
    ranges = frozenset(line.range_text for line in affected)
    leaves = {line.statement.leaf_id: line.claim.key for line in lines}
    of_them = frozenset(line.statement.leaf_id for line in affected)
    return Around(tuple(products.values()), ranges, leaves, of_them)


def fix_of(line: Line, remedies: Sequence[Remedy], document: Around) -> tuple[str, ...]:
    """The fixed versions that a document's leaves and texts name for one statement's product.

    A text that is for other leaves is not heard. One that is for leaves of this product alone
    counts, unless it names another of the document's products. Of the others, where the document
    speaks of several products, only those count that begin with the product's name, or name it and
    no other. A version that lies in the range itself, or whose place cannot be told, is no fix.
    """
    named = list(line.beside.fixed) if line.beside else []
    others = tuple(one for one in document.products if one.key != line.claim.key)
    own, shared = _for_leaf(line, remedies, others, document)
    is_listed = any(_INTRODUCES.search(one.text[:LONGEST]) for one in remedies)
    for text in dict.fromkeys((*own, *_for_product(line, shared, others, document.ranges))):
        named.extend(_named_for(line, text, others))
        if is_listed:
            named.extend(_behind_the_name(line, text))
    for text in (*own, *shared):
        named.extend(_after_the_name(line, text, others))
        named.extend(_offered(line, text, others))
    kept = [v for v in named if _is_after(line, v)]
    kept += _of_branches(line, (*own, *shared), kept)
    return tuple(dict.fromkeys(kept))[:MOST_FIXES]


def _of_branches(line: Line, texts: Sequence[str], kept: Sequence[str]) -> Iterator[str]:
    """Fixes of older branches that are named beside one behind the range: ``13.0.1 or 14.0.1``.

    They lie in the range, ``<= 14``, and all the same end it for their own branch.
    """
    if line.range.is_all or line.beside is not None:
        return
    for text in texts:
        for listed in lists_named(text):
            firsts = {version.partition(".")[0].lstrip("0") for version in listed}
            if len(firsts) == len(listed) > 1 and any(version in kept for version in listed):
                yield from (v for v in listed if v not in kept and line.range.place(v).inside)


def _for_leaf(
    line: Line, remedies: Sequence[Remedy], others: Sequence[Claim], document: Around
) -> tuple[list[str], list[str]]:
    """The texts for this product's leaves alone, and those that are for other leaves as well.

    A text without any name that is for some of the document's leaves, and not for all, was given
    to each of them.
    """
    own: list[str] = []
    shared: list[str] = []
    for remedy in remedies:
        if remedy.leaves and line.statement.leaf_id not in remedy.leaves:
            continue
        alone = all(document.leaves.get(leaf, ()) == line.claim.key for leaf in remedy.leaves)
        is_own = (
            bool(remedy.leaves)
            and (alone or _is_picked(line, remedy, document))
            and not _names_another(remedy.text, line, others)
        )
        (own if is_own else shared).append(remedy.text)
    return own, shared


def _is_picked(line: Line, remedy: Remedy, document: Around) -> bool:
    """True for a text without names that some of the affected leaves have, and others have not.

    Where the range itself says where it ends, nobody needs it.
    """
    if line.range.first_after or not document.affected - remedy.leaves:
        return False
    return _is_bare(remedy.text)


def _names_another(text: str, line: Line, others: Sequence[Claim]) -> bool:
    """True where a text names another product of the document, which is no part of this name."""
    if len(others) > _MOST_PRODUCTS:
        return False
    flat = plain(text[:LONGEST]).replace(plain(line.claim.text), " ")
    return any(plain(other.text) in flat for other in others)


def _for_product(
    line: Line, texts: Sequence[str], others: Sequence[Claim], ranges: frozenset[str]
) -> Sequence[str]:
    """The texts that speak of a statement's product: those that begin with its very name first."""
    if not others:
        return texts
    heads = [(text, _heads(text)) for text in texts]
    name = folded(line.claim.text)
    exact = [text for text, head in heads if name in {folded(one) for one in head}]
    if exact:
        return exact
    near = [text for text, head in heads if any(_is_head_of(one, line) for one in head)]
    if near:
        return near
    if len(others) > _MOST_PRODUCTS:
        return ()
    alone = [text for text in texts if _names_alone(text, line, others)]
    if alone:
        return alone
    return _for_all(line, texts, others) if len(ranges) == 1 else _for_branches(line, texts)


def _heads(text: str) -> tuple[str, ...]:
    """The product names before a text's first colon: the whole of it, and its pieces."""
    found = _HEAD.match(text)
    if found is None:
        return ()
    head = _SEE.sub("", found.group(1)).strip()
    pieces = [piece.strip() for piece in re.split(r",\s*(?:and\s+)?", head)]
    named = (head, *pieces) if len(pieces) > 1 else (head,)
    return (*named, *(one for name in named for one in _spelled_out(name)))


def _spelled_out(head: str) -> Iterator[str]:
    """Each model of a name that lists the numbers of several: ``R08/16/32/120SFCPU``."""
    found = _SLASHED.search(head)
    if found:
        for number in found["numbers"].split("/"):
            one = f"{found['lead']}{number}{found['behind']}"
            yield f"{head[: found.start()]}{one}{head[found.end() :]}"


def _is_head_of(head: str, line: Line) -> bool:
    if not head:
        return False
    if folded(line.claim.text).startswith(folded(head)):
        return True
    named = read_claim(
        Statement(
            advisory_id="", leaf_id="", status="", vulnerabilities=(),
            vendor=line.statement.vendor, product=head,
        )
    )  # fmt: skip
    return same_claim(named, line.claim)


def _names_alone(text: str, line: Line, others: Sequence[Claim]) -> bool:
    """True where a text names the statement's product in its words, and no other one."""
    flat, name = plain(text[:LONGEST]), plain(line.claim.text)
    if name not in flat:
        return _is_for(text, line, others)
    rest = flat.replace(name, " ")
    return not any(plain(other.text) in rest or name in plain(other.text) for other in others)


def _is_for(text: str, line: Line, others: Sequence[Claim]) -> bool:
    return any(_is_named_by(name, line, others) for name, _ in said_for(text))


def _is_named_by(name: str, line: Line, others: Sequence[Claim]) -> bool:
    """True where a name is the end of the statement's product text, and of no other's."""
    flat = plain(name)
    ends = plain(line.claim.text).endswith(flat)
    return ends and not any(plain(other.text).endswith(flat) for other in others)


def _for_branches(line: Line, texts: Sequence[str]) -> Sequence[str]:
    """The texts that name the very versions before which the product's branches are affected."""
    ends = {_plainly(end) for op, end in upper_ends(line) if op == "<"}
    if len(ends) <= 1:
        return ()
    return [text for text in texts if {_plainly(v) for v in versions_named(text)} == ends]


def _plainly(version: str) -> str:
    return version.casefold().lstrip("v. ")


def _for_all(line: Line, texts: Sequence[str], others: Sequence[Claim]) -> Sequence[str]:
    """The texts, where they name no product and one fixed version, or one for each branch.

    All products of the document have one range. Of several versions each has to stand in a text
    without a word that may be a name.
    """
    texts = [text for text in texts if versions_named(text)]
    versions = {version for text in texts for version in versions_named(text)}
    firsts = {version.partition(".")[0] for version in versions}
    if len(versions) != 1 and (len(firsts) != len(versions) or not all(map(_is_bare, texts))):
        return ()
    products = [plain(line.claim.text), *(plain(other.text) for other in others)]
    if any(product in plain(text[:LONGEST]) for text in texts for product in products):
        return ()
    return [text for text in texts if not _names_other_model(text, line)]


def _is_bare(text: str) -> bool:
    """True where a text holds nothing but versions and words that every such text has."""
    words = _WORD.findall(_REFERENCE.sub(" ", text[:LONGEST].casefold()))
    return all(word in _BARE for word in words)


def _names_other_model(text: str, line: Line) -> bool:
    """True where a text names a model by its number, MicroLogix 1400, and not this product's."""
    named = set(_MODEL.findall(_REFERENCE.sub(" ", text[:LONGEST].casefold())))
    number = name_of_number(next(iter(line.claim.key), ""), line.claim.vendors).casefold()
    own = f"{plain(line.claim.text)} {number}"
    return bool(named) and not any(model in own for model in named)


def _named_for(line: Line, text: str, others: Sequence[Claim]) -> Iterator[str]:
    """The versions of a text; of a text that says which is for what, those for this product."""
    known = said_for(text)
    if others and any(
        plain(one.text).endswith(plain(name)) for name, _ in known for one in (line.claim, *others)
    ):
        for name, listed in known:
            if _is_named_by(name, line, others):
                yield from versions_in(listed)
        return
    yield from versions_named(text)


def _behind_the_name(line: Line, text: str) -> Iterator[str]:
    """The version that stands behind the product's name, in a list of corrected versions."""
    flat = " ".join(text[:LONGEST].split())
    for name in (line.claim.text, line.statement.product):
        if name and flat.casefold().startswith(name.casefold()):
            yield from first_behind(flat[len(name) :])


def _after_the_name(line: Line, text: str, others: Sequence[Claim]) -> Iterator[str]:
    """The version of a text that is the product's name and a version, and no word more.

    The name may be that of its family, where no other product of the document has it.
    """
    said, versions = name_and_versions(text)
    name = _lettered(said)
    if not name:
        return
    is_family = plain(line.claim.text).startswith(plain(said)) and not any(
        _lettered(other.text) == name for other in others
    )
    if is_family or name in map(_lettered, _names_of(line)):
        yield from versions


def _offered(line: Line, text: str, others: Sequence[Claim]) -> Iterator[str]:
    """The versions that a text offers under the product's very name."""
    found = offered(text)
    names = {name for one in _names_of(line) if (name := _lettered(one))} if found else set()
    for said, versions in found:
        if _lettered(said) in names or _is_named_by(said, line, others):
            yield from versions


def _lettered(name: str) -> str:
    """A name's letters and digits, without the words that name no product."""
    return _LETTERS.sub("", _GENERIC.sub("", folded(name)))


def _names_of(line: Line) -> tuple[str, ...]:
    said = line.statement
    return line.claim.text, said.product, f"{said.vendor} {said.product}"


def _is_after(line: Line, version: str) -> bool:
    """True where a version certainly lies behind the range, behind its coarse end, or ends it."""
    if line.range.is_all or not _is_begun(line, version):
        return False
    inside = line.range.place(version).inside
    if inside:
        return is_without_end(line) or ends_a_branch(line, version)
    return inside is False or refines_an_end(line, version)


def _is_begun(line: Line, version: str) -> bool:
    """True unless a version lies before all that the range says."""
    starts = [
        [b for c in one.comparators if c.op in BEGIN for b in c.bounds]
        for one in line.range.alternatives
    ]
    return any(not begin or any(is_at_least(version, b) for b in begin) for begin in starts)


def same_claim(one: Claim, other: Claim) -> bool:
    """True where two texts of one document name the same product, or one lists the other's."""
    if one.cards and other.cards and not one.cards & other.cards:
        return False
    if one.key == other.key:
        return True
    if one.hosts or other.hosts:
        return bool(one.hosts & other.hosts) and one.cards == other.cards
    ours = {c for w in one.wanted for c in (*w.codes, *w.wildcards)}
    theirs = {c for w in other.wanted for c in (*w.codes, *w.wildcards)}
    if ours or theirs:
        return bool(_shapes(ours) & _shapes(theirs))
    words = {w for one_wanted in one.wanted for w in one_wanted.words}
    return bool(words) and words == {w for wanted in other.wanted for w in wanted.words}


def _shapes(codes: set[str]) -> set[str]:
    return {code.rstrip("x") for code in codes}
