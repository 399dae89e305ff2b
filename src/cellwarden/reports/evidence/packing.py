"""The container of an evidence pack: a manifest over named bytes, and a zip with nothing left free.

Equal bytes give an equal zip: names in order, no times, no owners. Its comment is the digest of all
that stands before it, so that no byte of the zip can change unseen, not even one that no file owns.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Final

FORMAT: Final = "cellwarden evidence pack v2"
MANIFEST: Final = "manifest.note"
_FIRST: Final = ("README.txt", "index.html", "verify.py", MANIFEST, "checkpoint.note")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_PLAIN_FILE: Final = 0o100644 << 16
_PREFIX: Final = b"sha256:"
_COMMENT_BYTES: Final = len(_PREFIX) + 64


def manifest(origin: str, about: str, files: Mapping[str, bytes]) -> str:
    """The manifest's text, to be signed: format, log, what the pack is about, then every file.

    A file is a line as `sha256sum` writes and checks it: digest, two blanks, name. No checkpoint
    begins with this format, so that none can be taken for the other.
    """
    listed = (f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items()))
    return "".join(f"{line}\n" for line in (FORMAT, origin, " ".join(about.split()), *listed))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The zip, those files first that a person looks for."""
    order = [name for name in _FIRST if name in files]
    order += sorted(files.keys() - set(order))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for name in order:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = _PLAIN_FILE
            pack.writestr(info, files[name])
        pack.comment = b" " * _COMMENT_BYTES
    body = out.getvalue()[:-_COMMENT_BYTES]
    return body + _PREFIX + hashlib.sha256(body).hexdigest().encode("ascii")
