"""Package URLs, read leniently: what cannot be read is no product."""

from __future__ import annotations

from typing import NamedTuple


class Package(NamedTuple):
    """The parts of a package URL that name a product; empty where it has none."""

    namespace: str
    name: str
    version: str


def read_purl(text: str) -> Package | None:
    """Read a package URL; nothing where it is none."""
    if not text.startswith("pkg:") or len(text) > 2_000:  # noqa: PLR2004 - no real one is longer
        return None
    from packageurl import PackageURL

    try:
        found = PackageURL.from_string(text)
    except ValueError:
        return None
    return Package(found.namespace or "", found.name or "", found.version or "")
