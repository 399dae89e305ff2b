"""The risk sum that orders today's actions: a product of weights that stand in one table.

risk of an open weakness on one part = severity x criticality x exploited x exposure x certainty.
Severity is the CVSS score itself. Criticality is the higher of asset and site. What is unknown
weighs like the worst, apart from exploitation, which lies between. ``tables/risk.csv`` gives every
weight and its reason. The numbers order a list; they measure nothing.

risk of a finding = severity x criticality of its site x certainty x (1 + log10 of its count).
"""

from __future__ import annotations

from math import log10

from cellwarden.advisories.triage.facts import TriageFacts
from cellwarden.advisories.triage.tables import weights
from cellwarden.model.findings import Finding
from cellwarden.model.report import Exposure


def exposure_risk(exposure: Exposure, facts: TriageFacts) -> float:
    """The risk of one open weakness on one part; 0 where the state is closed."""
    certainty = weights("certainty").get(exposure.state.value, 0.0)
    severity = exposure.cvss_score
    if severity is None:
        severity = weights("severity")["unknown"]
    exploited = {True: "yes", False: "no", None: "unknown"}[exposure.is_known_exploited]
    reach = facts.components.get(exposure.component_id, {}).get("exposure")
    criticality = max(
        _weight("criticality", facts.assets.get(exposure.asset_id, {}).get("criticality")),
        _weight("criticality", facts.sites.get(exposure.site_id, {}).get("criticality")),
    )
    return (
        severity
        * criticality
        * weights("exploited")[exploited]
        * _weight("exposure", reach)
        * certainty
    )


def finding_risk(finding: Finding, facts: TriageFacts) -> float:
    """The risk of one finding; 0 for a verdict that asks nobody to act."""
    site = facts.sites.get(finding.site_id or "", {})
    return (
        weights("severity")[finding.severity.value]
        * _weight("criticality", site.get("criticality"))
        * weights("certainty").get(finding.verdict.value, 0.0)
        * (1 + log10(max(finding.count, 1)))
    )


def _weight(factor: str, value: str | None) -> float:
    known = weights(factor)
    return known.get(value or "unknown", known["unknown"])
