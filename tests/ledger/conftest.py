"""A small signed log, and keys that are the same in every run."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from cellwarden.ledger import merkle
from cellwarden.ledger.checkpoints import Checkpoint, sign_checkpoint
from cellwarden.ledger.keys import KeyType, SignerKey
from cellwarden.ledger.notes import Note
from cellwarden.ledger.proofs import GrowthProof, InclusionProof


def made_up_key(name: str, kind: KeyType = KeyType.LOG) -> SignerKey:
    """A key whose seed follows from its name."""
    return SignerKey(name=name, type=kind, seed=hashlib.sha256(name.encode()).digest())


class SignedLog(msgspec.Struct, frozen=True, kw_only=True):
    """Entries in memory and the key that signs for them."""

    entries: tuple[bytes, ...]
    key: SignerKey

    @property
    def leaves(self) -> list[bytes]:
        return [merkle.leaf_hash(entry) for entry in self.entries]

    def head(self, size: int) -> Checkpoint:
        root = merkle.root(self.leaves[:size])
        return Checkpoint(origin=self.key.name, size=size, root=root)

    def checkpoint(self, size: int) -> Note:
        return sign_checkpoint(self.head(size), self.key)

    def inclusion(self, index: int, size: int) -> InclusionProof:
        path = merkle.inclusion_proof(self.leaves[:size], index)
        return InclusionProof(index=index, path=tuple(path), note=self.checkpoint(size))

    def growth(self, old_size: int, size: int) -> GrowthProof:
        path = merkle.consistency_proof(self.leaves[:size], old_size)
        return GrowthProof(old_size=old_size, path=tuple(path), note=self.checkpoint(size))


@pytest.fixture
def log() -> SignedLog:
    """Thirteen entries of a log at Northgate."""
    return SignedLog(
        entries=tuple(f"entry {number}".encode() for number in range(13)),
        key=made_up_key("northgate.example/ledger"),
    )


@pytest.fixture
def auditor() -> SignerKey:
    """The key of somebody who cosigns."""
    return made_up_key("auditor.example/anna", KeyType.COSIGNER)
