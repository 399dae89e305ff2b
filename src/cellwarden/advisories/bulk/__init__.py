"""Matching as sets: fleets too big for objects, in SQL over distinct products and versions."""

from __future__ import annotations

from cellwarden.advisories.bulk.fleet import FleetRange, FleetVerdicts, match_fleet

__all__ = ["FleetRange", "FleetVerdicts", "match_fleet"]
