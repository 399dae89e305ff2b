"""Readers: from documents of people, tools and devices to rows of the register's kinds."""

from __future__ import annotations

from cellwarden.collect.mapping import (
    Mapping,
    dump_mapping,
    file_name,
    kind_of_name,
    load_mapping,
    suggest_mapping,
)
from cellwarden.collect.preview import Preview, PreviewRow, Problem, preview
from cellwarden.collect.reading import read
from cellwarden.collect.template import template

__all__ = [
    "Mapping",
    "Preview",
    "PreviewRow",
    "Problem",
    "dump_mapping",
    "file_name",
    "kind_of_name",
    "load_mapping",
    "preview",
    "read",
    "suggest_mapping",
    "template",
]
