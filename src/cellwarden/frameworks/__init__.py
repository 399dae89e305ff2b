"""Frameworks: which numbered demands of which catalogues each of our requirements serves."""

from cellwarden.frameworks.catalogues import (
    Catalogue,
    Wording,
    catalogue_named,
    catalogues,
    read_catalogue,
    wording,
)
from cellwarden.frameworks.controls import (
    Control,
    Mapped,
    controls,
    controls_for,
    mapping,
    requirements_of,
)
from cellwarden.frameworks.coverage import coverage, state_of, summaries

__all__ = [
    "Catalogue",
    "Control",
    "Mapped",
    "Wording",
    "catalogue_named",
    "catalogues",
    "controls",
    "controls_for",
    "coverage",
    "mapping",
    "read_catalogue",
    "requirements_of",
    "state_of",
    "summaries",
    "wording",
]
