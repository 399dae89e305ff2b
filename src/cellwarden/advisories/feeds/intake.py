"""Documents from files, folders and archives that people name; hostile ones are refused."""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Final

from cellwarden.advisories.feeds.archives import Allowance, read_tar, read_zip
from cellwarden.advisories.feeds.beside import LARGEST, Verifier, checked
from cellwarden.advisories.feeds.decoding import Unreadable, unpacked
from cellwarden.advisories.feeds.limits import DEFAULT_LIMITS, Limits
from cellwarden.advisories.feeds.reading import UNKNOWN_FORMAT, Refused
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.errors import InputError, SourceError

TARS: Final = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
"""Endings of tar archives, packed or not."""

_DOCUMENTS: Final = (".json", ".xml", ".csv", ".json.gz", ".csv.gz", ".json.bz2", ".csv.bz2")
_OPENED: Final = (*_DOCUMENTS, *TARS, ".zip")
_CONTENTS: Final = frozenset(
    {
        "aggregator.json",
        "changes.csv",
        "index.txt",
        "provider-metadata.json",
        "security.txt",
    }
)
"""Names that CSAF gives to lists of documents; inside a folder they are no documents."""


def documents(
    paths: Iterable[Path], *, limits: Limits = DEFAULT_LIMITS, keys: Verifier | None = None
) -> Iterator[Document]:
    """Every document in some files, folders, ``.zip``, tar archives, ``.gz`` and ``.bz2``.

    Names are stable: the last part of the path given, then the path inside it. Folders are read
    in sorted order; of the files in them only those that can be documents are taken. What is
    refused (a link that leads out, a member above its folder, a bomb, an archive in an archive)
    comes as a ``Refused`` in its place and the rest goes on. What the files beside a document
    (``.sha256``, ``.sha512``, ``.asc``) say of it is looked at; one that they contradict comes as
    ``Tampered``. ``keys`` verify signatures.

    Raises:
        InputError: a path does not exist.
        SourceError: a path holds no document at all.
        IntegrityError: a bundle that was exported by us is not what its manifest lists.
    """
    allowance = Allowance(limits, keys)
    for path in paths:
        if not path.exists():
            raise InputError(
                f"{path} does not exist", advice="name a file, a folder or an archive of advisories"
            )
        count = 0
        for document in _of_path(path, allowance):
            count += 1
            yield document
        if not count:
            raise SourceError(
                f"{path} holds no advisory documents",
                advice="put CSAF, CVE, NVD, KEV, EPSS, OpenVEX or CycloneDX files there, "
                "or run a feed sync first",
            )


def refuse_if_nothing_understood(understood: Iterable[Understood], where: str) -> None:
    """Stop an import of which no document could be understood.

    Raises:
        SourceError: not one document is of a format that we read.
    """
    formats = {each.format for each in understood}
    if formats <= {UNKNOWN_FORMAT}:
        raise SourceError(
            f"nothing in {where} could be read as an advisory",
            advice="look at the reasons above; CSAF, CVE, NVD, KEV, EPSS, OpenVEX and CycloneDX "
            "with vulnerabilities are read, as UTF-8 JSON or CSV",
        )


def _of_path(path: Path, allowance: Allowance) -> Iterator[Document]:
    if path.is_dir():
        yield from _of_folder(path, allowance)
    elif not stat.S_ISREG(path.stat().st_mode):
        yield Refused(name=path.name, data=b"", reason="no regular file")
    else:
        yield from _of_file(path, path.name, allowance)


def _of_folder(folder: Path, allowance: Allowance) -> Iterator[Document]:
    """The documents of a folder and those below it; links that lead out are refused."""
    root = folder.resolve()
    own_name = root.name
    failed: list[OSError] = []
    for place, folders, files in os.walk(root, onerror=failed.append, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here, listed = Path(place), frozenset(files)
        shown_here = "/".join((own_name, *here.relative_to(root).parts))
        for name in sorted(filter(_can_be_document, files)):
            path, shown = here / name, f"{shown_here}/{name}"
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                reason = "a link that leads out of the folder; name its target instead"
                yield Refused(name=shown, data=b"", reason=reason)
            elif not path.is_file():
                yield Refused(name=shown, data=b"", reason="no regular file")
            else:
                yield from _of_file(path, shown, allowance, listed)
    for error in failed:
        shown = Path(str(error.filename)).name
        yield Refused(name=shown, data=b"", reason=f"cannot be listed: {error.strerror}")


def _can_be_document(name: str) -> bool:
    low = name.lower()
    if low.startswith(".") or low in _CONTENTS:
        return False
    return low.endswith(_OPENED)


def _of_file(
    path: Path, name: str, allowance: Allowance, listed: Container[str] | None = None
) -> Iterator[Document]:
    """The documents of one file; ``listed`` are the names in its folder, where they are known."""
    low = path.name.lower()
    try:
        if low.endswith(".zip"):
            yield from read_zip(path, name, allowance, _can_be_document)
        elif low.endswith(TARS):
            yield from read_tar(path, name, allowance, _can_be_document)
        else:
            raw = _raw(path, allowance)
            data = unpacked(raw, low, allowance.limits.document_bytes)
            allowance.take(len(data))

            def near(ending: str) -> bytes | None:
                is_known_absent = listed is not None and path.name + ending not in listed
                return None if is_known_absent else _beside(path, ending)

            yield checked(name, raw, data, near, allowance.keys)
    except Unreadable as error:
        yield Refused(name=name, data=b"", reason=str(error))
    except OSError as error:
        yield Refused(name=name, data=b"", reason=f"cannot be read: {error.strerror or error}")


def _raw(path: Path, allowance: Allowance) -> bytes:
    most = allowance.limits.document_bytes
    if path.stat().st_size > most:
        raise Unreadable(f"{path.stat().st_size:,} bytes; at most {most:,} are read")
    return path.read_bytes()


def _beside(path: Path, ending: str) -> bytes | None:
    """The file beside another one that has its name and an ending; nothing where it is none."""
    file = path.with_name(path.name + ending)
    try:
        is_small = file.is_file() and file.stat().st_size <= LARGEST
        return file.read_bytes() if is_small else None
    except OSError:
        return None
