from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger.checkpoints import (
    Checkpoint,
    cosign,
    decode_checkpoint,
    encode_checkpoint,
    open_checkpoint,
    sign_checkpoint,
)
from cellwarden.ledger.keys import KeyType, SignerKey, generate_key
from cellwarden.ledger.notes import Note, encode_note, sign_note, verify_note
from cellwarden.ledger.proofs import (
    check_growth,
    check_inclusion,
    decode_growth,
    decode_inclusion,
    encode_growth,
    encode_inclusion,
)

if TYPE_CHECKING:
    from tests.ledger.conftest import SignedLog

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
CHECKPOINTS = st.builds(
    Checkpoint,
    origin=LINES,
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(LINES, max_size=2).map(tuple),
)
ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@given(CHECKPOINTS)
def test_a_checkpoint_comes_back_from_its_text(checkpoint: Checkpoint) -> None:
    assert decode_checkpoint(encode_checkpoint(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"a\n1\n{ROOT}", "three lines"),
        ("a\n1\n", "three lines"),
        (f"\n1\n{ROOT}\n", "none of them empty"),
        (f"a\n1\n{ROOT}\n\n", "none of them empty"),
        (f"a\n01\n{ROOT}\n", "decimal"),
        (f"a\n+1\n{ROOT}\n", "decimal"),
        (f"a\n\u0661\n{ROOT}\n", "decimal"),
        (f"a\n9223372036854775808\n{ROOT}\n", "decimal"),
        (f"a\n{'9' * 5000}\n{ROOT}\n", "decimal"),
        ("a\n1\nAAAA\n", "32 bytes"),
        (f"a\n1\n{ROOT[:-2]}V=\n", "canonical"),
    ],
)
def test_a_malformed_checkpoint_is_refused_for_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        decode_checkpoint(text)


def test_a_checkpoint_is_opened_by_any_key_of_the_log_while_one_takes_over(log: SignedLog) -> None:
    newer = generate_key(log.key.name, KeyType.LOG)
    note = sign_checkpoint(log.head(13), log.key, newer)

    assert open_checkpoint(note, [log.key.verifier]) == log.head(13)
    assert open_checkpoint(note, [newer.verifier]) == log.head(13)


def test_a_checkpoint_signed_by_a_foreign_key_is_refused(log: SignedLog) -> None:
    foreign = generate_key(log.key.name, KeyType.LOG)

    with pytest.raises(ValueError, match=f"none of the trusted keys.*{foreign.verifier.id.hex()}"):
        open_checkpoint(sign_checkpoint(log.head(13), foreign), [log.key.verifier])


def test_a_checkpoint_of_another_log_is_refused_even_when_our_key_signed_it(log: SignedLog) -> None:
    other = msgspec.structs.replace(log.head(13), origin="other.example/ledger")

    with pytest.raises(ValueError, match=r"another log: other\.example"):
        open_checkpoint(sign_checkpoint(other, log.key), [log.key.verifier])


def test_a_cosignature_alone_does_not_make_a_checkpoint_the_logs(
    log: SignedLog, auditor: SignerKey
) -> None:
    bare = Note(text=encode_checkpoint(log.head(13)), signatures=())
    note = sign_note(bare, auditor, at_s=1)

    with pytest.raises(ValueError, match="none of the trusted keys"):
        open_checkpoint(note, [log.key.verifier, auditor.verifier])


def test_every_entry_is_proven_in_a_file_of_its_own(log: SignedLog) -> None:
    for index, entry in enumerate(log.entries):
        proof = msgspec.structs.replace(log.inclusion(index, 13), extra=entry)
        data = encode_inclusion(proof)

        read = decode_inclusion(data)

        assert read == proof
        assert encode_inclusion(read) == data
        assert check_inclusion(read, entry, [log.key.verifier]) == log.head(13)


def test_a_proof_for_another_leaf_is_refused(log: SignedLog) -> None:
    proof = log.inclusion(4, 13)

    with pytest.raises(ValueError, match="another leaf"):
        check_inclusion(proof, log.entries[5], [log.key.verifier])
    with pytest.raises(ValueError, match="another leaf"):
        check_inclusion(msgspec.structs.replace(proof, index=5), log.entries[4], [log.key.verifier])


def test_a_proof_under_a_foreign_checkpoint_is_refused(log: SignedLog) -> None:
    proof = log.inclusion(4, 13)

    with pytest.raises(ValueError, match="none of the trusted keys"):
        check_inclusion(proof, log.entries[4], [generate_key(log.key.name, KeyType.LOG).verifier])


def test_the_only_entry_of_a_log_needs_no_digest(log: SignedLog) -> None:
    data = encode_inclusion(log.inclusion(0, 1))

    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + log.key.name.encode())
    assert check_inclusion(decode_inclusion(data), log.entries[0], [log.key.verifier]) == log.head(
        1
    )


@pytest.mark.parametrize("old_size", range(1, 14))
def test_growth_is_proven_from_every_size(log: SignedLog, old_size: int) -> None:
    data = encode_growth(log.growth(old_size, 13))

    proof = decode_growth(data)

    assert encode_growth(proof) == data
    assert check_growth(proof, log.head(old_size), [log.key.verifier]) == log.head(13)


def test_a_proof_of_growth_from_another_size_is_refused(log: SignedLog) -> None:
    with pytest.raises(ValueError, match="from 5 entries, not from 6"):
        check_growth(log.growth(5, 13), log.head(6), [log.key.verifier])


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ((b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"), "begins with the line"),
        ((b"index 4", b"index 04"), "decimal"),
        ((b"index 4", b"entry 4"), "index before its digests"),
        ((b"index 4\n", b"extra !!\nindex 4\n"), "extra data .* not base64"),
        ((b"index 4\n", b"index 4\nAAAA\n"), "32 bytes"),
        ((b"index 4\n", b"index 4\n" + (ROOT.encode() + b"\n") * 63), "at most 63"),
        ((b"index 4\n", b"index 4\n\xc3\xa9\n"), "ASCII"),
        ((b"\n\n", b"\n"), "empty line|blank line"),
        ((b"index", b"x" * 4_000_000), "at most 4000000"),
    ],
)
def test_a_malformed_proof_is_refused_for_what_is_wrong(
    log: SignedLog, change: tuple[bytes, bytes], wrong: str
) -> None:
    data = encode_inclusion(log.inclusion(4, 13)).replace(*change)

    with pytest.raises(ValueError, match=wrong):
        decode_inclusion(data)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ((b"old 5", b"new 5"), "begins with the old size"),
        ((b"old 5", b"old -5"), "decimal"),
        ((b"old 5", b"old 0"), "empty tree"),
    ],
)
def test_a_malformed_proof_of_growth_is_refused_for_what_is_wrong(
    log: SignedLog, change: tuple[bytes, bytes], wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        decode_growth(encode_growth(log.growth(5, 13)).replace(*change))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_proof_and_no_trouble(data: bytes) -> None:
    for decode in (decode_inclusion, decode_growth):
        with pytest.raises(ValueError, match=r".+"):
            decode(data)


def test_an_auditor_signs_what_grew_from_what_they_hold(log: SignedLog, auditor: SignerKey) -> None:
    proof = log.growth(5, 13)

    note = cosign(
        proof.note,
        key=auditor,
        log_keys=[log.key.verifier],
        held=log.head(5),
        path=proof.path,
        at_s=1_795_000_000,
    )

    assert encode_note(note).startswith(encode_note(proof.note))
    assert [one.at_s for one in verify_note(note, [auditor.verifier])] == [1_795_000_000]


def refused_cosigning(log: SignedLog) -> dict[str, tuple[Checkpoint, Note, tuple[bytes, ...]]]:
    """What an auditor holds, is shown, and is given as proof; by why they refuse."""
    rewritten = msgspec.structs.replace(log, entries=(b"another", *log.entries[1:]))
    elsewhere = msgspec.structs.replace(log.head(5), origin="other.example/ledger")
    return {
        "another root at 5": (log.head(5), rewritten.checkpoint(13), rewritten.growth(5, 13).path),
        "two different roots at 13": (log.head(13), rewritten.checkpoint(13), ()),
        "fewer than the 13": (log.head(13), log.checkpoint(5), ()),
        "proof is empty": (log.head(5), log.checkpoint(13), ()),
        "another log": (elsewhere, log.checkpoint(13), log.growth(5, 13).path),
    }


REASONS = ("another root at 5", "two different roots at 13", "fewer than the 13")


@pytest.mark.parametrize("why", [*REASONS, "proof is empty", "another log"])
def test_an_auditor_refuses_a_log_that_broke_its_word(
    log: SignedLog, auditor: SignerKey, why: str
) -> None:
    held, note, path = refused_cosigning(log)[why]

    with pytest.raises(ValueError, match=why):
        cosign(note, key=auditor, log_keys=[log.key.verifier], held=held, path=path, at_s=1)


def test_the_key_of_a_log_cannot_cosign(log: SignedLog) -> None:
    with pytest.raises(ValueError, match="key of its own type"):
        cosign(
            log.checkpoint(13),
            key=log.key,
            log_keys=[log.key.verifier],
            held=None,
            path=(),
            at_s=1,
        )
