"""Rows by the million: Arrow tables become one entry's rows without a Python object for each."""

from __future__ import annotations

import binascii
import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cellwarden.ledger import merkle
from cellwarden.ledger.entries import TableCommitment
from cellwarden.ledger.rows import ROWS_PER_LEAF, row_bytes, row_digest
from cellwarden.model.errors import InputError
from cellwarden.model.facts import ASSERT, Kind
from cellwarden.store.objects import disk_refused, make_durably, sync_folder

if TYPE_CHECKING:
    from concurrent.futures import Future

    import duckdb
    import pyarrow as pa

_CHUNK: Final = ROWS_PER_LEAF << 12
"""Rows that are held at a time, 524,288: a whole number of leaves, some 200 MiB."""

_DIGEST_BYTES: Final = 32


def write_bulk(
    target: Path,
    kind: Kind,
    tables: Iterable[pa.Table],
    *,
    entry: int,
    source: str,
    valid_from: str | None,
) -> TableCommitment:
    """Write rows durably to a Parquet file and return what the entry commits to.

    The tables hold columns of the kind, all text; a column that none has is unknown in every row.
    Hashing and writing run side by side: DuckDB makes the committed bytes and their digests on
    all cores, while another thread writes the chunk before. The result is that of
    :func:`cellwarden.ledger.rows.rows_root` over the same rows, to the bit.

    Raises:
        InputError: a table has a column that the kind lacks, or one that isn't text.
        StoreError: the disk refused.
    """
    from concurrent.futures import ThreadPoolExecutor

    import duckdb
    import pyarrow.parquet as pq

    count = 0
    leaves: list[bytes] = []
    connection = duckdb.connect(":memory:")
    try:
        make_durably(target.parent)
        with target.open("wb") as file, ThreadPoolExecutor(1) as pool:
            schema = partition_schema(kind, source)
            waiting: Future[None] | None = None
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                for framed in framed_chunks(
                    tables, kind, entry=entry, source=source, valid_from=valid_from
                ):
                    if waiting is not None:
                        waiting.result()
                    waiting = pool.submit(writer.write_table, framed)
                    cells = framed.select(kind.column_names)
                    leaves += _leaves(_digests(connection, cells, valid_from))
                    count += framed.num_rows
                if waiting is not None:
                    waiting.result()
            file.flush()
            os.fsync(file.fileno())
        sync_folder(target.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            target.unlink()
        raise disk_refused(target, error) from error
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink()
        raise
    finally:
        connection.close()
    return TableCommitment(
        kind=kind.name, columns=kind.column_names, rows=count, root=merkle.root(leaves).hex()
    )


def _chunks(tables: Iterable[pa.Table], kind: Kind) -> Iterator[pa.Table]:
    """The same rows in whole chunks, in the kind's columns; the last one may be shorter."""
    import pyarrow as pa

    held: list[pa.Table] = []
    rows = 0
    for table in tables:
        held.append(_fitted(table, kind))
        rows += table.num_rows
        while rows >= _CHUNK:
            joined = pa.concat_tables(held)
            yield joined.slice(0, _CHUNK).combine_chunks()
            held, rows = [joined.slice(_CHUNK)], rows - _CHUNK
    if rows:
        yield pa.concat_tables(held).combine_chunks()


def _fitted(table: pa.Table, kind: Kind) -> pa.Table:
    import pyarrow as pa

    strange = set(table.column_names) - set(kind.column_names)
    if strange:
        raise InputError(
            f"{kind.name} has no column {', '.join(sorted(strange))}",
            advice="`cellwarden register kinds` lists the columns of every kind",
        )
    columns = []
    for name in kind.column_names:
        if name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, pa.string()))
        elif pa.types.is_string(table.schema.field(name).type):
            columns.append(table.column(name))
        else:
            raise InputError(
                f"{kind.name}.{name} is {table.schema.field(name).type}, not text",
                advice="write quantities as decimal text and times as RFC 3339",
            )
    return pa.table(columns, names=list(kind.column_names))


def _digests(connection: duckdb.DuckDBPyConnection, chunk: pa.Table, since: str | None) -> bytes:
    """The row digests of a chunk, one after the other.

    RFC 8785 writes control characters in lower-case hex and DuckDB in upper-case; a chunk that
    holds any goes the long way, row by row.
    """
    line = _line_sql(chunk, row_bytes((ASSERT, since, None)).decode()[:-1])
    connection.register("chunk", chunk)
    found = connection.sql(
        f"""
        select sha256(concat(chr(0), line)) as digest, contains(line, '\\u00') as is_odd
        from (select {line} as line from chunk)
        """
    ).to_arrow_table()
    connection.unregister("chunk")
    import pyarrow.compute as pc

    if pc.any(found.column("is_odd")).as_py():
        columns = [column.to_pylist() for column in chunk.columns]
        return b"".join(
            row_digest((ASSERT, since, None, *row)) for row in zip(*columns, strict=True)
        )
    return b"".join(_bytes_of_hex(part) for part in found.column("digest").chunks)


def _line_sql(chunk: pa.Table, head: str) -> str:
    """The committed text of a row as SQL; what is the same in every row is one literal."""
    parts: list[str] = []
    literal = head
    for name in chunk.column_names:
        literal += ","
        if chunk.column(name).null_count == chunk.num_rows:
            literal += "null"
        else:
            parts += [_quoted(literal), f"""coalesce(to_json("{name}"), 'null')"""]
            literal = ""
    return f"concat({', '.join([*parts, _quoted(literal + ']')])})"


def _bytes_of_hex(texts: pa.StringArray) -> bytes:
    """Hex texts of one length as bytes, straight from the column's buffer."""
    first = texts.offset * 2 * _DIGEST_BYTES
    data = memoryview(texts.buffers()[2])[first : first + len(texts) * 2 * _DIGEST_BYTES]
    return binascii.unhexlify(data)


def _leaves(digests: bytes) -> Iterator[bytes]:
    step = ROWS_PER_LEAF * _DIGEST_BYTES
    for at in range(0, len(digests), step):
        yield merkle.leaf_hash(digests[at : at + step])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def partition_schema(kind: Kind, source: str) -> pa.Schema:
    """The columns of a partition; its one source stands in the metadata."""
    import pyarrow as pa

    text, whole = pa.string(), pa.int64()
    frame = [("entry", whole), ("row", whole), ("source", text), ("subject", text), ("op", text)]
    frame += [("valid_from", text), ("valid_to", text)]
    fields = [*frame, *((name, text) for name in kind.column_names)]
    return pa.schema(fields, metadata={"source": source})


def framed_chunks(
    tables: Iterable[pa.Table], kind: Kind, *, entry: int, source: str, valid_from: str | None
) -> Iterator[pa.Table]:
    """The rows as the partition holds them, chunk by chunk: the frame before the kind's columns."""
    count = 0
    for chunk in _chunks(tables, kind):
        yield _framed(chunk, kind, entry=entry, source=source, since=valid_from, first=count)
        count += chunk.num_rows


def _framed(
    chunk: pa.Table, kind: Kind, *, entry: int, source: str, since: str | None, first: int
) -> pa.Table:
    """A chunk as the partition holds it: the frame's columns before those of the kind."""
    import pyarrow as pa
    import pyarrow.compute as pc

    count = chunk.num_rows

    def same(value: Any, of: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, of), count)

    parts = [pc.fill_null(chunk.column(name), "") for name in kind.key]
    subject = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "/")
    frame = [
        same(entry, pa.int64()),
        pa.array(range(first, first + count), pa.int64()),
        same(source, pa.string()),
        subject,
        same(ASSERT, pa.string()),
        same(since, pa.string()),
        pa.nulls(count, pa.string()),
    ]
    return pa.Table.from_arrays([*frame, *chunk.columns], schema=partition_schema(kind, source))
