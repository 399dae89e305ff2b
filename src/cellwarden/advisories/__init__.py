"""Advisories: feeds, version schemes, product identity, matching and triage."""
