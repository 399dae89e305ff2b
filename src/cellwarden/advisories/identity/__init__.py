"""Is it this product? Makers, products, model codes and cards, compared and explained in words."""

from __future__ import annotations

from cellwarden.advisories.identity.catalogue import catalogue, known_parts, series_notices
from cellwarden.advisories.identity.claims import product_key, read_claim, spans_lines
from cellwarden.advisories.identity.evidence import (
    Columns,
    PartShown,
    columns_of,
    firmware_matters,
    read_columns,
    with_firmware,
)
from cellwarden.advisories.identity.index import ClaimIndex, claim_keys, evidence_keys
from cellwarden.advisories.identity.judge import judge
from cellwarden.advisories.identity.nouns import Answer, Claim, Evidence, Feature, Identity
from cellwarden.advisories.identity.vendors import maker_at_start, makers_named

__all__ = [
    "Answer",
    "Claim",
    "ClaimIndex",
    "Columns",
    "Evidence",
    "Feature",
    "Identity",
    "PartShown",
    "catalogue",
    "claim_keys",
    "columns_of",
    "evidence_keys",
    "firmware_matters",
    "judge",
    "known_parts",
    "maker_at_start",
    "makers_named",
    "product_key",
    "read_claim",
    "read_columns",
    "series_notices",
    "spans_lines",
    "with_firmware",
]
