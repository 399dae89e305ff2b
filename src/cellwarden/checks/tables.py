"""The tables that subjects read: their exact columns, and empty ones where a run has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cellwarden.model.facts import kinds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FACT: Final = {
    "entry": "BIGINT",
    "row": "BIGINT",
    "source": "VARCHAR",
    "subject": "VARCHAR",
    "valid_from": "VARCHAR",
    "valid_to": "VARCHAR",
}
"""What every relation of facts has before the columns of its kind, which are all VARCHAR."""

SUFFIXES: Final = ("", "_all", "_history")
"""One row per subject; one per source and subject; every row ever asserted."""

DERIVED: Final[dict[str, dict[str, str]]] = {
    "run": {"as_of": "TIMESTAMP"},
    "exposure_row": {
        "component_id": "VARCHAR",
        "asset_id": "VARCHAR",
        "site_id": "VARCHAR",
        "vendor": "VARCHAR",
        "product": "VARCHAR",
        "part": "VARCHAR",
        "firmware": "VARCHAR",
        "advisory_id": "VARCHAR",
        "vulnerability": "VARCHAR",
        "title": "VARCHAR",
        "state": "VARCHAR",
        "candidate": "BOOLEAN",
        "confidence": "DOUBLE",
        "range": "VARCHAR",
        "why": "VARCHAR",
        "fixed_in": "VARCHAR",
        "cvss_score": "DOUBLE",
        "cvss_vector": "VARCHAR",
        "is_known_exploited": "BOOLEAN",
        "exploited_due_on": "VARCHAR",
        "epss_score": "DOUBLE",
        "epss_percentile": "DOUBLE",
        "ssvc_decision": "VARCHAR",
        "patch_timeline": "VARCHAR",
        "deadline_on": "VARCHAR",
        "is_deadline_assumed": "BOOLEAN",
        "clock_total_days": "BIGINT",
        "clock_vendor_days": "BIGINT",
        "clock_window_days": "BIGINT",
        "clock_operator_days": "BIGINT",
        "clock_open_part": "VARCHAR",
        "next_window_on": "VARCHAR",
        "sites_sharing_path": "BIGINT",
        "shared_path": "VARCHAR",
        "url": "VARCHAR",
        "evidence": "VARCHAR[]",
    },
    "feed_row": {
        "feed": "VARCHAR",
        "documents": "BIGINT",
        "newest_at": "VARCHAR",
        "imported_at": "VARCHAR",
        "age_days": "BIGINT",
        "is_stale": "BOOLEAN",
        "evidence": "VARCHAR[]",
    },
    "known_product": {
        "manufacturer": "VARCHAR",
        "model": "VARCHAR",
        "firmware_parts": "BIGINT",
        "part_names": "VARCHAR",
        "source": "VARCHAR",
    },
    "known_framework": {
        "framework": "VARCHAR",
        "name": "VARCHAR",
        "controls": "BIGINT",
        "controls_without_check": "BIGINT",
    },
    "known_vendor": {"manufacturer": "VARCHAR", "advisories": "BIGINT"},
    "transport_rule": {
        "chemistry": "VARCHAR",
        "un_numbers": "VARCHAR",
        "needs_un38_3": "BOOLEAN",
        "damaged_apart": "BOOLEAN",
        "says": "VARCHAR",
    },
    "wipe_rule": {"media": "VARCHAR", "leaving_rank": "BIGINT", "staying_rank": "BIGINT"},
    "technique_rule": {"word": "VARCHAR", "reaches_rank": "BIGINT"},
    "notice_rule": {
        "regime": "VARCHAR",
        "regime_name": "VARCHAR",
        "stage": "VARCHAR",
        "audience": "VARCHAR",
        "hours": "BIGINT",
        "months": "BIGINT",
        "after_stage": "VARCHAR",
        "is_verified": "BOOLEAN",
    },
    "assessment_row": {
        "party_id": "VARCHAR",
        "name": "VARCHAR",
        "is_asked": "BOOLEAN",
        "is_answered": "BOOLEAN",
        "answers_due_on": "DATE",
        "answered_on": "DATE",
        "reassess_on": "DATE",
        "criticality": "VARCHAR",
        "tier": "BIGINT",
        "wanted_tier": "BIGINT",
        "proven": "DOUBLE",
        "not_disproven": "DOUBLE",
        "threshold": "DOUBLE",
        "gates_shut": "BIGINT",
        "gates_unknown": "BIGINT",
        "gates": "VARCHAR",
        "open_follow_ups": "BIGINT",
        "late_follow_ups": "BIGINT",
        "events": "BIGINT",
        "event": "VARCHAR",
        "is_signed": "BOOLEAN",
        "evidence": "VARCHAR[]",
    },
    "claim_row": {
        "party_id": "VARCHAR",
        "name": "VARCHAR",
        "question": "VARCHAR",
        "weight": "BIGINT",
        "known": "DOUBLE",
        "is_claimed": "BOOLEAN",
        "is_contradicted": "BOOLEAN",
        "contradicted_by": "VARCHAR",
        "evidence": "VARCHAR[]",
    },
    "dated_rule_row": {
        "rule_id": "VARCHAR",
        "rule": "VARCHAR",
        "about_id": "VARCHAR",
        "site_id": "VARCHAR",
        "name": "VARCHAR",
        "applies": "BOOLEAN",
        "is_broken": "BOOLEAN",
        "from_on": "DATE",
        "not_shown": "VARCHAR",
        "is_shown": "BOOLEAN",
        "is_verified": "BOOLEAN",
        "evidence": "VARCHAR[]",
    },
    "plate_row": {"plate": "VARCHAR", "party_id": "VARCHAR"},
    "supplier_row": {
        "party_id": "VARCHAR",
        "name": "VARCHAR",
        "is_supplier": "BOOLEAN",
        "is_behind_batteries": "BOOLEAN",
        "criticality": "VARCHAR",
        "tier": "BIGINT",
        "why": "VARCHAR",
        "roles": "VARCHAR",
        "has_role": "BOOLEAN",
        "tiers": "BIGINT",
        "has_flow_down": "BOOLEAN",
        "is_partner": "BOOLEAN",
        "is_consolidated": "BOOLEAN",
        "relationship_fact": "VARCHAR",
        "ownership_fact": "VARCHAR",
        "evidence": "VARCHAR[]",
    },
    "product_role_row": {
        "site_id": "VARCHAR",
        "manufacturer": "VARCHAR",
        "model": "VARCHAR",
        "assets": "BIGINT",
        "has_cells": "BOOLEAN",
        "has_firmware": "BOOLEAN",
        "missing": "VARCHAR",
        "missing_roles": "BIGINT",
        "disputed": "VARCHAR",
        "disputed_roles": "BIGINT",
        "evidence": "VARCHAR[]",
    },
    "site_role_row": {
        "site_id": "VARCHAR",
        "criticality": "VARCHAR",
        "role": "VARCHAR",
        "holders": "BIGINT",
        "groups_at_least": "BIGINT",
        "groups_at_most": "BIGINT",
        "names": "VARCHAR",
        "open": "VARCHAR",
        "is_single": "BOOLEAN",
        "evidence": "VARCHAR[]",
    },
    "promised_notice_row": {
        "incident_id": "VARCHAR",
        "site_id": "VARCHAR",
        "title": "VARCHAR",
        "party_id": "VARCHAR",
        "name": "VARCHAR",
        "contract_id": "VARCHAR",
        "clause_id": "VARCHAR",
        "hours": "BIGINT",
        "was_told": "BOOLEAN",
        "took_hours": "BIGINT",
        "is_late": "BOOLEAN",
        "says": "VARCHAR",
        "evidence": "VARCHAR[]",
    },
    "lei_row": {
        "party_id": "VARCHAR",
        "name": "VARCHAR",
        "lei": "VARCHAR",
        "lei_status": "VARCHAR",
        "is_in_force": "BOOLEAN",
        "is_active": "BOOLEAN",
        "checked_on": "DATE",
        "renewal_on": "DATE",
        "agrees": "BOOLEAN",
        "differences": "VARCHAR",
        "evidence": "VARCHAR[]",
    },
    "certificate_row": {
        "party_id": "VARCHAR",
        "name": "VARCHAR",
        "scheme": "VARCHAR",
        "is_held": "BOOLEAN",
        "covers_product": "BOOLEAN",
        "product": "VARCHAR",
        "expires_on": "DATE",
        "evidence": "VARCHAR[]",
    },
    "log_policy": {"reachable_days": "BIGINT", "kept_days": "BIGINT"},
    "paper_row": {
        "document_id": "VARCHAR",
        "holding": "VARCHAR",
        "is_held": "BOOLEAN",
        "holds": "VARCHAR",
        "rule_is_known": "BOOLEAN",
        "keep_days": "BIGINT",
        "due_on": "DATE",
    },
}
"""What the workflow works out before judging, by table.

``run`` has one row: the time that the run speaks for, UTC. ``exposure_row`` is a flat
``model.report.Exposure``. ``feed_row`` has one row per feed that the workspace expects, NULLs where
it was never imported. ``known_product`` says how many firmware parts a product holds, from data
that we ship. ``known_vendor`` says how many imported advisories speak of a maker in the register,
aliases included, 0 where none does. The four tables that end in ``_rule`` hold the data of
``lifecycle``: papers by chemistry, wiping by medium and technique (ranks: clear 1, purge 2,
destroy 3), notices by law. ``known_framework`` has one row per catalogue that we ship:
how many of its controls are mapped, and to how many no check of this run speaks.
``assessment_row`` has one row per party that is to be
assessed, ``claim_row`` one per answered question of weight 5, ``certificate_row`` one per
certification that a vendor claims or that we hold a certificate of. ``paper_row`` has one row per
document: what is kept of it, what holds it, what the retention policy says of it. ``log_policy``
has one row: for how many days the records of a log have to open at once, and to be kept.
``plate_row`` says which parties a maker's name on a plate (lower case) means. ``supplier_row`` has
one row per party: whether a site depends on it, how critical that is and why, and the declarations
that speak for its sites. ``product_role_row`` has one row per product and site, ``site_role_row``
per site and role, ``lei_row`` per party of the register with an LEI, ``promised_notice_row`` per
incident and vendor whose contract promises notice.
``dated_rule_row`` has one row per rule with dates and battery or vendor that it may concern.
"""


def definitions() -> dict[str, dict[str, str]]:
    """Every table by name, with its columns and their DuckDB types."""
    tables = {
        name + suffix: FACT | dict.fromkeys(kind.column_names, "VARCHAR")
        for name, kind in kinds().items()
        for suffix in SUFFIXES
    }
    return tables | DERIVED


def create_missing(connection: DuckDBPyConnection) -> None:
    """Create every table that is not there yet, empty; what is there is left as it is."""
    there = {
        str(name)
        for (name,) in connection.execute(
            "select table_name from information_schema.tables"
        ).fetchall()
    }
    for name, columns in definitions().items():
        if name not in there:
            listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'create table "{name}" ({listed})')
