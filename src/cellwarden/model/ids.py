"""Names for identifiers, so that one cannot stand where another belongs."""

from __future__ import annotations

from typing import NewType

CheckId = NewType("CheckId", str)
"""The file name of a check without its ending: ``firmware-unknown``."""

SubjectId = NewType("SubjectId", str)
"""The key columns of one judgeable thing joined by ``/``: ``NG1-UPS-01/nmc``."""

FactId = NewType("FactId", str)
"""``<entry>.<row>``: one row of one ledger entry, both counted from 0."""

FindingId = NewType("FindingId", str)
"""Stable over runs: twelve hex digits of SHA-256 over check and subject."""

RunId = NewType("RunId", str)
"""``<as_of date>-<eight hex digits>``; the digits digest ledger size, catalogue and as_of."""

AdvisoryId = NewType("AdvisoryId", str)
"""The publisher's tracking id, verbatim: ``ICSA-21-348-02``."""

VulnerabilityId = NewType("VulnerabilityId", str)
"""A CVE id where there is one, else the publisher's own."""
