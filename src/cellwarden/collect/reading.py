"""Read one document: find its reader, let it read, hand back a reading."""

from __future__ import annotations

import hashlib
import json

from cellwarden.collect import bounds
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import Mapping
from cellwarden.collect.readers import Reader, Request, readers
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

_HEAD = 64 * 1024


def choose_reader(name: str, data: bytes) -> Reader:
    """The reader that is surest that a document is its own.

    Raises:
        SourceError: none is.
    """
    head = data[:_HEAD]
    sure, module = max((reader.claim(name, head), module) for module, reader in readers().items())
    if sure <= 0:
        known = ", ".join(sorted(reader.FORMAT for reader in readers().values()))
        raise SourceError(
            f"{name} is in no format that is read here ({known})",
            advice="export it as CSV with a line of headings, or give it its right ending",
        )
    return readers()[module]


def take_in(request: Request) -> tuple[Reader, Intake]:
    """Let the right reader put a document into an intake.

    Raises:
        SourceError: the document is too large, of no known format, or wholly unreadable.
    """
    name = request.name
    bounds.check_size(name, len(request.data))
    if not request.data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SourceError(
            f"{name} is empty", advice="fill it, or delete the file if nothing is meant"
        )
    reader = choose_reader(name, request.data)
    intake = Intake(name, makers=request.makers)
    intake.taken_at = request.taken_at
    intake.digest_key = request.digest_key
    try:
        reader.read(request, intake)
        intake.tell_blanks()
    except (RecursionError, MemoryError) as error:
        raise SourceError(
            f"{name} is nested deeper than {bounds.NESTING} levels",
            advice="ask its sender for a flat export; a register needs no such depth",
        ) from error
    return reader, intake


def read(
    name: str,
    data: bytes,
    *,
    mapping: Mapping | None = None,
    makers: frozenset[str] = frozenset(),
    digest_key: bytes | None = None,
    taken_at: str | None = None,
) -> Reading:
    """Read one document into rows by kind.

    A bad row never raises: it stands in the kind ``unreadable``, with file, line, column, what is
    wrong and what would be right.

    Args:
        name: the document's path as people know it; its last part tells format and kind, and for
            a device's dump the asset.
        data: its bytes.
        mapping: what a table's headings mean; without it they are understood by their names.
        makers: the names of known makers, in lower case; they part a maker from the model where
            both stand in one cell.
        digest_key: the key under which secrets of configuration exports are digested; without it
            they are left out.
        taken_at: when the source spoke (RFC 3339), where the caller knows and the document does
            not say.

    Returns:
        The reading; its ``source`` is the name. Where a configuration export held secrets,
        ``document_sha256`` is the digest of the rows as read: the raw digest would let anybody
        who knows the rest of the file try passwords against it.

    Raises:
        SourceError: nothing of the document can be read; says why, where, and what to do.
    """
    request = Request(
        name=name,
        data=data,
        mapping=mapping,
        makers=makers,
        digest_key=digest_key,
        taken_at=taken_at,
    )
    _, intake = take_in(request)
    digested = data
    if intake.holds_secrets:
        digested = json.dumps(intake.tables, ensure_ascii=False, sort_keys=True).encode()
    return Reading(
        source=name,
        document_sha256=hashlib.sha256(digested).hexdigest(),
        taken_at=intake.taken_at,
        tables=intake.tables,
    )
