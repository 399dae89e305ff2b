"""What stands beside documents: digest files and signatures, as errors, facts and words."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cellwarden.advisories import feeds
from cellwarden.model.advisories import Checked, Document, Signature, Understood
from cellwarden.model.errors import IntegrityError
from cellwarden.model.facts import Row, kinds

if TYPE_CHECKING:
    import duckdb

CHECK_COLUMNS: Final = "sha256, digests, signature, signer, why"
"""The columns of a recorded check, as :func:`as_checks` reads them."""

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


class Settled:
    """Verifies what is open.

    A signature that one of our keys confirmed is not asked about again, nor one by a key that is
    still lacking: a folder of thousands is looked at by every scan.
    """

    def __init__(self, ring: feeds.Verifier, recorded: Mapping[str, Checked]) -> None:
        self._ring = ring
        self._recorded = recorded

    def verify(self, data: bytes, signature: bytes) -> Signature:
        """What a detached signature over some bytes is worth."""
        from cellwarden.advisories.feeds.signatures import is_by, lacking_key

        before = self._recorded.get(hashlib.sha256(data).hexdigest(), Checked()).signature
        if before.state == "checked" and self._ring.knows(before.signer):
            return before
        key = lacking_key(before)
        if key and not self._ring.knows(key) and is_by(signature, key):
            return before
        return self._ring.verify(data, signature)

    def knows(self, key: str) -> bool:
        """Whether a fingerprint or key id is of one of the keys."""
        return self._ring.knows(key)

    def mark(self) -> str:
        """What stands for the keys as they are now."""
        return self._ring.mark()


def recorded_checks(connection: duckdb.DuckDBPyConnection) -> dict[str, Checked]:
    """What is on record of the files beside each document, by the document's digest."""
    return as_checks(connection.sql(f"select {CHECK_COLUMNS} from feed_check").fetchall())


def as_checks(rows: Iterable[tuple[Any, ...]]) -> dict[str, Checked]:
    """Rows of :data:`CHECK_COLUMNS` as checks, by the document's digest."""
    return {
        sha256: _as_recorded(digests or "", Signature(state=state or "", signer=signer or ""), why)
        for sha256, digests, state, signer, why in rows
    }


def _as_recorded(digests: str, signature: Signature, why: str | None) -> Checked:
    """The reverse of ``_row``: a check that lacks nothing leaves ``why`` to the digests."""
    agreed = tuple(digests.split())
    if signature.state in {"", "checked"}:
        return Checked(digests=agreed, signature=signature, contradiction=why or "")
    return Checked(digests=agreed, signature=msgspec.structs.replace(signature, why=why or ""))


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What one import saw beside one document: its digest, where it lay, whether it was known."""

    sha256: str
    name: str
    checked: Checked
    is_known: bool


def check_rows(
    before: Mapping[str, Checked], seen: Iterable[Beside]
) -> tuple[dict[str, Row], dict[str, Checked]]:
    """What is new in what was seen beside documents: rows of ``feed_check``, and the same read.

    Where one document lay in several places, the worst counts.
    """
    names: dict[str, str] = {}
    found: dict[str, Checked] = {}
    for one in seen:
        names.setdefault(one.sha256, one.name)
        found[one.sha256] = _worse(found.get(one.sha256, Checked()), one.checked)
    new = {}
    for digest, now in found.items():
        known = before.get(digest, Checked())
        outcome = after(known, now)
        if outcome != known:
            new[digest] = outcome
    rows = {digest: _row(digest, names[digest], outcome) for digest, outcome in new.items()}
    return rows, new


def _row(digest: str, name: str, checked: Checked) -> Row:
    cells = {
        "sha256": digest,
        "name": name,
        "digests": " ".join(checked.digests) or None,
        "signature": checked.signature.state or None,
        "signer": checked.signature.signer or None,
        "why": checked.contradiction or checked.signature.why or None,
    }
    return kinds()["feed_check"].row(cells)


def _worse(one: Checked, other: Checked) -> Checked:
    return Checked(
        digests=_both(one.digests, other.digests),
        signature=max(one.signature, other.signature, key=_weight),
        contradiction=one.contradiction or other.contradiction,
    )


def after(before: Checked, now: Checked) -> Checked:
    """What is known of a document once more was seen beside it.

    Rules: what could not be looked at now changes nothing. A digest that disagrees objects until
    one agrees; a wrong signature until another one is there. A signature that was checked counts
    no longer where its key was taken out of the settings.
    """
    signature = before.signature if _says_less(now.signature, before.signature) else now.signature
    if now.contradiction:
        kept = signature if signature.state == "checked" else Signature()
        return Checked(digests=now.digests, signature=kept, contradiction=now.contradiction)
    objection = "" if now.digests else before.contradiction
    return Checked(
        digests=_both(before.digests, now.digests), signature=signature, contradiction=objection
    )


def _says_less(now: Signature, before: Signature) -> bool:
    if now.state != "not checked":
        return not now.state
    if now.why in {feeds.NO_GNUPG, feeds.NOT_JUDGED}:
        return before.state in {"checked", "wrong"}
    return now.why == feeds.NO_KEYS and before.state == "wrong"


def _weight(signature: Signature) -> int:
    return ("", "not checked", "checked", "wrong").index(signature.state)


def _both(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))


def checks_in_words(
    digests: int, signatures: int, unchecked: Sequence[str], rechecked: int
) -> Iterator[str]:
    """What digest files and signatures said, one line each; nothing where there were none."""
    if rechecked:
        yield f"{_some(rechecked, 'known document')} with something new beside them"
    if digests:
        yield f"{_some(digests, 'document')} agreed with the digest files beside them"
    if signatures:
        yield f"{_some(signatures, 'signature')} checked against the keys of the settings"
    for why, count in Counter(unchecked).items():
        yield f"{_some(count, 'document')} signed, not checked: {why}"


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def contradicted_by(document: feeds.Tampered) -> Contradicted:
    """Which feed a refused document would have been of: its bytes are looked at, not believed."""
    seen = feeds.understand(Document(name=document.name, data=document.data))
    return Contradicted(feed=feed_of(seen), name=document.name, reason=document.reason)


def feed_of(understood: Understood) -> str:
    """The feed that a document belongs to, by its format."""
    return _FEED_OF.get(understood.format.split(" ", maxsplit=1)[0], "advisories")
