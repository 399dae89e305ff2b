"""Readers: from documents of people, tools and devices to rows of the register's kinds."""

from __future__ import annotations

from cellwarden.collect.mapping import (
    Also,
    Mapping,
    file_name,
    kind_of_name,
    suggest_mapping,
)
from cellwarden.collect.mapping_file import (
    UnmappedError,
    dump_mapping,
    load_mapping,
    mapping_skeleton,
)
from cellwarden.collect.preview import Preview, PreviewRow, Problem, preview
from cellwarden.collect.readers.configuration import FOLDERS as CONFIGURATIONS
from cellwarden.collect.reading import read
from cellwarden.collect.template import template

__all__ = [
    "CONFIGURATIONS",
    "Also",
    "Mapping",
    "Preview",
    "PreviewRow",
    "Problem",
    "UnmappedError",
    "dump_mapping",
    "file_name",
    "kind_of_name",
    "load_mapping",
    "mapping_skeleton",
    "preview",
    "read",
    "suggest_mapping",
    "template",
]
