"""The cloud and remote-support paths behind a part, and how many sites share a weakness by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from cellwarden.advisories.triage.facts import Cells

SHARED_KINDS: Final = ("cloud_service", "remote_support")
"""Dependencies that can carry an attacker, or a bad update, from one site to the next."""


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """One service that several sites may hang on: the same kind, operator and name."""

    kind: str
    party_id: str
    name: str

    @property
    def words(self) -> str:
        """As a report names it."""
        return f"{self.kind.replace('_', ' ')} {self.name or self.party_id}"


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """Paths by asset, and by site where the whole site depends."""

    by_asset: Mapping[str, tuple[Path, ...]]
    by_site: Mapping[str, tuple[Path, ...]]

    def behind(self, asset_id: str, site_id: str) -> tuple[Path, ...]:
        """Every path that this asset hangs on, in a stable order."""
        found = {*self.by_asset.get(asset_id, ()), *self.by_site.get(site_id, ())}
        return tuple(sorted(found, key=lambda path: path.words))


def paths(dependencies: Iterable[Cells], kinds: tuple[str, ...] = SHARED_KINDS) -> Paths:
    """Index the rows of the kind ``dependency``; a row without name and operator is no path."""
    by_asset: defaultdict[str, list[Path]] = defaultdict(list)
    by_site: defaultdict[str, list[Path]] = defaultdict(list)
    for row in dependencies:
        kind, party, name = (row.get(key) or "" for key in ("kind", "party_id", "name"))
        asset_id, site_id = row.get("asset_id") or "", row.get("site_id") or ""
        if kind in kinds and (party or name):
            path = Path(kind=kind, party_id=party, name=name)
            (by_asset[asset_id] if asset_id else by_site[site_id]).append(path)
    return Paths(
        by_asset={key: tuple(found) for key, found in by_asset.items()},
        by_site={key: tuple(found) for key, found in by_site.items() if key},
    )
