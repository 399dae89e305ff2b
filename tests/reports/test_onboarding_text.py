"""Onboarding on a terminal: who approved, who refused, what is open."""

from __future__ import annotations

from types import SimpleNamespace

from cellwarden.reports.vendor_text import way_text


def test_a_refusal_never_carries_the_mark_of_an_approval() -> None:
    said = {"approver": "Priya Raman", "decided_on": "2026-11-10"}
    approvals = {
        "security": SimpleNamespace(answer="refused", **said),
        "facilities": SimpleNamespace(answer="approved_with_conditions", **said),
    }
    way = SimpleNamespace(
        party={"name": "Kestrel Ltd", "party_id": "KESTREL"},
        onboarding=SimpleNamespace(id="K-1", requester="Dana", started_on="2026-11-01"),
        open_points=("security refused: Priya Raman, 2026-11-10",),
        partners=(),
    )

    lines = way_text(way, "assessing", approvals, width=80).splitlines()

    assert "  ✗ security: refused by Priya Raman, 2026-11-10" in lines
    assert "  ✓ facilities: approved with conditions by Priya Raman, 2026-11-10" in lines
