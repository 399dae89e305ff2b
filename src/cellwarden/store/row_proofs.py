"""Some rows of an entry with the proof that the entry commits to them, read as a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.ledger import merkle, partial
from cellwarden.ledger.entries import TableCommitment
from cellwarden.ledger.rows import ROWS_PER_LEAF, row_bytes
from cellwarden.model.errors import IntegrityError

_BATCH: Final = ROWS_PER_LEAF << 10


class ProvenRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one table: their committed bytes by place, in order, and what leads to the root.

    ``digests`` are those of the other rows in the leaves that are touched, ``beside`` the heads
    of the subtrees that are not.
    """

    rows: dict[int, bytes]
    digests: tuple[bytes, ...]
    beside: tuple[bytes, ...]

    @property
    def runs(self) -> list[partial.Run]:
        """The places of the rows."""
        return partial.runs_of(self.rows)


def prove_rows(path: Path, table: TableCommitment, wanted: Iterable[int]) -> ProvenRows:
    """The wanted rows of a partition with their proof; memory for one digest a leaf.

    Raises:
        IntegrityError: the partition is not what the entry commits to, or has no such row.
    """
    import pyarrow.parquet as pq

    asked = set(wanted)
    touched = {row // ROWS_PER_LEAF for row in asked}
    found: dict[int, bytes] = {}
    digests: list[bytes] = []
    leaves: list[bytes] = []
    held: list[bytes] = []
    row = 0
    with pq.ParquetFile(path) as file:
        columns = ["op", "valid_from", "valid_to", *table.columns]
        for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
            ordered = [batch.column(name).to_pylist() for name in columns]
            for cells in zip(*ordered, strict=True):
                data = row_bytes(cells)
                digest = hashlib.sha256(b"\x00" + data).digest()
                if row in asked:
                    found[row] = data
                elif row // ROWS_PER_LEAF in touched:
                    digests.append(digest)
                held.append(digest)
                row += 1
                if len(held) == ROWS_PER_LEAF:
                    leaves.append(merkle.leaf_hash(b"".join(held)))
                    held = []
    if held:
        leaves.append(merkle.leaf_hash(b"".join(held)))
    if merkle.root(leaves).hex() != table.root or asked - found.keys():
        raise IntegrityError(
            f"the {table.kind} rows in {path} are not those that their entry commits to",
            advice="`cellwarden ledger verify` names everything that differs",
        )
    beside = partial.beside(leaves, partial.runs_of(touched))
    return ProvenRows(rows=found, digests=tuple(digests), beside=tuple(beside))
