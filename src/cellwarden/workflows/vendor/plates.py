"""Plates: the table of which parties each maker's name means, for everything that judges by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cellwarden.workflows.derived import fill
from cellwarden.workflows.vendor.dossier import facts_of
from cellwarden.workflows.vendor.party_rows import entity_of, link_of, makers_index

if TYPE_CHECKING:
    import duckdb


def register_plates(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table from the makers that stand on assets and parts."""
    plates = {
        str(plate)
        for (plate,) in connection.execute(
            "select distinct manufacturer from asset where manufacturer is not null"
            " union select distinct manufacturer from component where manufacturer is not null"
        ).fetchall()
    }
    index = makers_index(
        [entity_of(row) for row in facts_of(connection, "party")],
        [link_of(row) for row in facts_of(connection, "relationship") if row["party_id"]],
        plates,
    )
    fill(
        connection,
        "plate_row",
        [
            {"plate": plate, "party_id": party}
            for plate, parties in sorted(index.items())
            for party in parties
        ],
    )
