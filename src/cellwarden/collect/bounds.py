"""How large a document may be and how it is unpacked: imported files are hostile until read."""

from __future__ import annotations

import bz2
import io
import re
import zipfile
import zlib
from typing import Final

from cellwarden.model.errors import SourceError

DOCUMENT_BYTES: Final = 256 * 1024 * 1024
"""The largest document, also after unpacking."""

CELL_CHARACTERS: Final = 32_767
"""The longest cell; a spreadsheet's own limit."""

BARE_LINES: Final = 100_000
"""Lines of a configuration export without separators, each word of which is looked at."""

PATH_CHARACTERS: Final = 1_000
"""Characters of the path of a setting: every line of a section repeats it."""

TEXT_CHARACTERS: Final = 200
"""How much of what stood there an unreadable row keeps."""

NESTING: Final = 64
"""The deepest nesting of a JSON or YAML document, and of components in components."""

ALIASES: Final = 1_000
"""The most aliases in a YAML document."""

COLUMNS: Final = 1_000
"""The most columns of a table."""

ARCHIVE_MEMBERS: Final = 5_000
"""The most files inside a workbook."""

UNPACKING_RATIO: Final = 300
"""A workbook's member that unpacks to more than this times its size is a bomb."""

_CHUNK: Final = 1024 * 1024
_RATIO_MATTERS_FROM: Final = 8 * 1024 * 1024


def check_size(name: str, size: int) -> None:
    """Refuse a document that is larger than ``DOCUMENT_BYTES``.

    Raises:
        SourceError: it is.
    """
    if size > DOCUMENT_BYTES:
        raise SourceError(
            f"{name} holds more than {DOCUMENT_BYTES // 1024 // 1024} MiB",
            advice="split it into several files, for example one a site",
        )


def unpack_bz2(name: str, data: bytes) -> bytes:
    """What a bzip2 file holds, up to ``DOCUMENT_BYTES``.

    Raises:
        SourceError: it is damaged, or holds too much.
    """
    try:
        with bz2.open(io.BytesIO(data)) as packed:
            content = packed.read(DOCUMENT_BYTES + 1)
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(
            f"{name} is no whole bzip2 file: {error}", advice="fetch or pack the file again"
        ) from error
    check_size(name, len(content))
    return content


def unpack_workbook(name: str, data: bytes) -> dict[str, bytes]:
    """The XML members of an XLSX workbook by name, once they are known to be harmless.

    Nothing is written to disk, so a member's path leads nowhere.

    Raises:
        SourceError: no ZIP file, damaged, a bomb, or XML with a document type.
    """
    advice = "open it in the spreadsheet program and save it anew as .xlsx, or as CSV"
    members: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > ARCHIVE_MEMBERS:
                raise SourceError(f"{name} holds {len(infos)} files inside", advice=advice)
            for info in infos:
                content = _member(name, archive, info, DOCUMENT_BYTES - total)
                total += len(content)
                if info.filename.endswith((".xml", ".rels")):
                    if re.search(rb"<!(DOCTYPE|ENTITY)", content[:4096], re.IGNORECASE):
                        raise SourceError(
                            f"{name}: {info.filename} declares a document type", advice=advice
                        )
                    members[info.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise SourceError(f"{name} is no whole XLSX workbook: {error}", advice=advice) from error
    return members


def _member(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> bytes:
    limit = room
    if info.file_size > _RATIO_MATTERS_FROM:
        limit = min(room, max(info.compress_size, 1) * UNPACKING_RATIO)
    with archive.open(info) as packed:
        content = packed.read(limit + 1)
    if len(content) > limit:
        raise SourceError(
            f"{name} unpacks to far more than it should ({info.filename})",
            advice="do not open it elsewhere either; ask its sender for a plain CSV file",
        )
    return content
