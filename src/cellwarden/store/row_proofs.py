"""Some rows of an entry with the proof that the entry commits to them, read as a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.ledger import merkle, partial
from cellwarden.ledger.entries import TableCommitment
from cellwarden.ledger.rows import ROWS_PER_LEAF, row_bytes
from cellwarden.model.errors import IntegrityError

_BATCH: Final = ROWS_PER_LEAF << 10


class ProvenRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one table: their committed bytes by place, in order, and what stands for all others.

    ``others`` are first and last row, and either the digest of a single row or the head of whole
    leaves of which no row is wanted.
    """

    rows: dict[int, bytes]
    others: tuple[partial.Piece, ...]


def prove_rows(path: Path, table: TableCommitment, wanted: Iterable[int]) -> ProvenRows:
    """The wanted rows of a partition with their proof; memory for one digest a leaf.

    Raises:
        IntegrityError: the partition is not what the entry commits to, or has no such row.
    """
    import pyarrow.parquet as pq

    asked = set(wanted)
    touched = {row // ROWS_PER_LEAF for row in asked}
    if table.rows % ROWS_PER_LEAF == 1:
        touched.add(table.rows // ROWS_PER_LEAF)  # a leaf of one row is told as its row's digest
    found: dict[int, bytes] = {}
    others: dict[int, bytes] = {}
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
                    others[row] = digest
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
    return ProvenRows(rows=found, others=tuple(_others(leaves, touched, others, table.rows)))


def _others(
    leaves: Sequence[bytes], touched: set[int], digests: Mapping[int, bytes], count: int
) -> Iterator[partial.Piece]:
    """What a table has beside the wanted rows, in the order of its rows."""
    for first, last, head in partial.pieces(leaves, touched):
        rows = range(first * ROWS_PER_LEAF, min(count, (last + 1) * ROWS_PER_LEAF))
        if first in touched:
            yield from ((row, row, digests[row]) for row in rows if row in digests)
        else:
            yield rows[0], rows[-1], head
