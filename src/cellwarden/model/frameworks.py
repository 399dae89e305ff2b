"""Frameworks and their controls as people read them: whose words, what is mapped, what speaks."""

from __future__ import annotations

import msgspec


class FrameworkWords(msgspec.Struct, frozen=True, kw_only=True):
    """One framework: ``titles`` of all controls that are held, ids of those that are mapped.

    ``text`` says whose words they are: publisher, titles or own words. Where not ``is_whole``, the
    framework has controls that are not held.
    """

    id: str
    name: str
    about: str
    publisher: str
    version: str
    date: str
    source: str
    text: str
    titles: dict[str, str]
    mapped: tuple[str, ...]
    is_whole: bool


class ControlWords(msgspec.Struct, frozen=True, kw_only=True):
    """One control: what it asks, the requirements it is mapped to, the checks that speak to it.

    ``sources`` know the identifier; ``checks`` are ids with their questions.
    """

    framework: FrameworkWords
    control_id: str
    title: str
    body: str
    requirements: tuple[str, ...]
    sources: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]
