"""What stands beside documents: digest files and signatures, as errors, facts and words."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cellwarden.advisories import feeds
from cellwarden.model.advisories import Checked, Document, Understood
from cellwarden.model.errors import IntegrityError

_FEED_OF: Final = {"kev": "exploited", "epss": "likelihood"}


class Contradicted(msgspec.Struct, frozen=True, kw_only=True):
    """A document that its digest file or signature contradicts: refused, and never silently."""

    feed: str
    name: str
    reason: str

    @property
    def error(self) -> IntegrityError:
        """The same as an error, with what to do."""
        return IntegrityError(
            f"{self.name} was not imported: {self.reason}",
            advice="fetch the document and the files beside it once more; if they still differ,"
            " ask the provider before anybody relies on it",
        )


@contextlib.contextmanager
def key_ring(keys: Sequence[Path]) -> Iterator[feeds.Verifier | None]:
    """The keys of the settings, ready to verify; nobody where there are none.

    Raises:
        InputError: a file cannot be read, or holds no key.
    """
    if not keys:
        yield None
        return
    from cellwarden.advisories.feeds.signatures import KeyRing

    with KeyRing(keys) as ring:
        yield ring


def checks_in_words(digests: int, signatures: int, unchecked: Sequence[str]) -> Iterator[str]:
    """What digest files and signatures said, one line each; nothing where there were none."""
    if digests:
        yield f"{digests} documents agree with the digest files beside them"
    if signatures:
        yield f"{signatures} signatures checked against the keys of the settings"
    for why, count in Counter(unchecked).items():
        yield f"{count} documents are signed, not checked: {why}"


def contradicted_by(document: feeds.Tampered) -> Contradicted:
    """Which feed a refused document would have been of: its bytes are looked at, not believed."""
    seen = feeds.understand(Document(name=document.name, data=document.data))
    return Contradicted(feed=feed_of(seen), name=document.name, reason=document.reason)


def feed_of(understood: Understood) -> str:
    """The feed that a document belongs to, by its format."""
    return _FEED_OF.get(understood.format.split(" ", maxsplit=1)[0], "advisories")


def check_cells(digest: str, name: str, checked: Checked) -> dict[str, str | None]:
    """The row of the kind ``feed_check`` for one document."""
    return {
        "sha256": digest,
        "name": name,
        "digests": " ".join(checked.digests) or None,
        "signature": checked.signature.state or None,
        "signer": checked.signature.signer or None,
        "why": checked.signature.why or None,
    }
