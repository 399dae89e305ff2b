"""Reads question banks from TOML, ours or a user's own, and names every fault by file and key."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from cellwarden.model.errors import InputError
from cellwarden.vendors.assessment.questions import AREA_OF_TOPIC, DOMAINS, Bank, Question

LARGEST_FILE: Final = 1_000_000
"""Bytes of one bank file; a longer one is refused unread."""
MOST_FILES: Final = 100
MOST_QUESTIONS: Final = 2_000
LONGEST_TEXT: Final = 2_000
"""Characters of one question, reason or objective."""
FEWEST_OBJECTIVES: Final = 2
MOST_OBJECTIVES: Final = 6
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REQUIREMENT: Final = re.compile(r"R(?:0[1-9]|[1-6][0-9]|7[0-2])")
_SHOWN: Final = 20
"""Faults that one message lists."""


def read_bank(files: Mapping[str, str]) -> Bank:
    """Make a bank of TOML texts by file name; the name up to its first dot is the domain.

    Raises:
        InputError: one message with every fault, each as ``file: key: what is wrong``.
    """
    questions: dict[str, Question] = {}
    homes: dict[str, str] = {}
    faults: list[str] = []
    for name in sorted(files, key=_place):
        for key, value in _tables(name, files[name], faults):
            question = _question(name, key, value, faults)
            if question is None:
                continue
            if key in homes:
                faults.append(f"{name}: {key}: stands in {homes[key]} too")
                continue
            homes[key] = name
            questions[key] = question
    for key, question in questions.items():
        faults.extend(f"{homes[key]}: {key}.{fault}" for fault in _faults(question, questions))
    if not questions and not faults:
        faults.append("no question in any file")
    if len(questions) > MOST_QUESTIONS:
        faults.append(f"{len(questions)} questions, more than {MOST_QUESTIONS}")
    if faults:
        more = f"\n  and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise InputError(
            "the question bank cannot be used:\n  " + "\n  ".join(faults[:_SHOWN]) + more,
            advice="put the named keys right; docs/assessment.md says what each key means",
        )
    return Bank(questions=questions)


def bank_in(folder: Path) -> Bank:
    """Read a user's own bank: every ``*.toml`` directly in a folder.

    Raises:
        InputError: the folder holds no such file, or one that is too large, no UTF-8, or faulty.
    """
    return read_bank(_texts_in(folder))


def _texts_in(folder: Path) -> dict[str, str]:
    advice = "give a folder with one TOML file a domain, such as firmware-trust.toml"
    paths = sorted(path for path in folder.glob("*.toml") if path.is_file())
    if not paths:
        raise InputError(f"{folder} holds no question bank", advice=advice)
    if len(paths) > MOST_FILES:
        raise InputError(f"{folder} holds more than {MOST_FILES} files", advice=advice)
    texts = {}
    for path in paths:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name} is larger than {LARGEST_FILE} bytes", advice=advice)
        try:
            texts[path.name] = path.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{path.name} is not UTF-8", advice="save it as UTF-8") from error
    return texts


@cache
def shipped_bank() -> Bank:
    """The bank that comes with the product: 25, 60 or 90 questions by tier."""
    return read_bank(_shipped_texts())


def bank_with(folders: Sequence[Path]) -> Bank:
    """Our questions and those of a user's own folders, as one bank; ids are unique in all of it.

    Raises:
        InputError: as for ``bank_in``; a file of a user's own is named with its folder.
    """
    if not folders:
        return shipped_bank()
    texts = dict(_shipped_texts())
    for folder in folders:
        texts |= {f"{name} in {folder.name}": text for name, text in _texts_in(folder).items()}
    return read_bank(texts)


def bank_sha256(bank: Bank) -> str:
    """Which questions were asked, in hex: a changed word gives another digest."""
    return hashlib.sha256(msgspec.json.encode(bank, order="sorted")).hexdigest()


def _shipped_texts() -> dict[str, str]:
    folder = resources.files("cellwarden.vendors.assessment").joinpath("bank")
    return {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")}


def _domain(name: str) -> str:
    return name.partition(".")[0]


def _place(name: str) -> tuple[int, str]:
    domain = _domain(name)
    return (DOMAINS.index(domain) if domain in DOMAINS else len(DOMAINS), name)


def _tables(name: str, text: str, faults: list[str]) -> Iterator[tuple[str, Any]]:
    if _domain(name) not in DOMAINS:
        faults.append(f"{name}: file name: begins with none of {', '.join(DOMAINS)}")
        return
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        faults.append(f"{name}: no TOML: {error}")
        return
    yield from table.items()


def _question(name: str, key: str, value: object, faults: list[str]) -> Question | None:
    if not isinstance(value, dict) or not _ID.fullmatch(key):
        faults.append(f"{name}: {key[:80]}: is no table with a name of a-z, 0-9 and hyphens")
        return None
    taken = value.keys() & {"id", "domain"}
    if taken:
        faults.append(f"{name}: {key}.{min(taken)}: is given by the table's or the file's name")
        return None
    try:
        return msgspec.convert({**value, "id": key, "domain": _domain(name)}, Question)
    except msgspec.ValidationError as error:
        said = str(error)
        what, _, where = said.partition(" - at `$")
        faults.append(f"{name}: {key}{where.rstrip('`')}: {what}")
        return None


def _faults(question: Question, bank: Mapping[str, Question]) -> Iterator[str]:
    yield from _faults_of_text(question)
    yield from _faults_of_options(question)
    if (question.gate is None) != (not question.gate_objectives):
        yield "gate: gate and gate_objectives belong together"
    for objective in question.gate_objectives:
        if objective not in question.objectives:
            yield f"gate_objectives: {objective} is no objective of this question"
    yield from _faults_of_branch(question, bank)


def _faults_of_text(question: Question) -> Iterator[str]:
    if not FEWEST_OBJECTIVES <= len(question.objectives) <= MOST_OBJECTIVES:
        yield (
            f"objectives: {len(question.objectives)} of them; "
            f"{FEWEST_OBJECTIVES} to {MOST_OBJECTIVES} are needed"
        )
    for where, text in (("asks", question.asks), ("why", question.why)):
        if not text.strip() or len(text) > LONGEST_TEXT:
            yield f"{where}: is empty or longer than {LONGEST_TEXT} characters"
    for objective, text in question.objectives.items():
        if not _ID.fullmatch(objective) or not text.strip() or len(text) > LONGEST_TEXT:
            yield f"objectives.{objective[:80]}: needs a plain name and a sentence"
    if question.topic not in AREA_OF_TOPIC:
        yield f"topic: {question.topic} is none of {', '.join(AREA_OF_TOPIC)}"
    if not question.slots or len(set(question.slots)) < len(question.slots):
        yield "slots: names none, or one twice"
    for requirement in question.requirements:
        if not _REQUIREMENT.fullmatch(requirement):
            yield f"requirements: {requirement} is none of R01 to R72"


def _faults_of_options(question: Question) -> Iterator[str]:
    if (question.type in {"single", "multiple"}) != bool(question.options):
        yield f"options: belong to single and multiple, and this is {question.type}"
    if len(set(question.options)) < len(question.options):
        yield "options: names one twice"
    for option, conceded in question.admits.items():
        if option not in question.options:
            yield f"admits: {option} is no option of this question"
        if not conceded:
            yield f"admits: {option} concedes no objective"
        for objective in conceded:
            if objective not in question.objectives:
                yield f"admits: {objective} is no objective of this question"


def _faults_of_branch(question: Question, bank: Mapping[str, Question]) -> Iterator[str]:
    branch = question.asked_if
    if branch is None:
        return
    parent = bank.get(branch.question)
    if parent is None:
        yield f"asked_if: no question {branch.question}"
        return
    if not branch.options or not set(branch.options) <= set(parent.options):
        yield f"asked_if: {branch.question} has no such option"
    if parent.tier > question.tier:
        yield f"asked_if: {branch.question} is not asked in tier {question.tier}"
    seen = {question.id}
    while parent is not None and parent.asked_if is not None:
        if parent.id in seen:
            yield "asked_if: the branches run in a circle"
            return
        seen.add(parent.id)
        parent = bank.get(parent.asked_if.question)
