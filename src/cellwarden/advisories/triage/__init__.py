"""How bad it is, for this part at this site, and until when: scores, decisions, clocks, acts."""

from __future__ import annotations

from cellwarden.advisories.triage.actions import actions
from cellwarden.advisories.triage.blast import blast_radii
from cellwarden.advisories.triage.exposures import triage
from cellwarden.advisories.triage.facts import TriageFacts, TriagePolicy

__all__ = ["TriageFacts", "TriagePolicy", "actions", "blast_radii", "triage"]
