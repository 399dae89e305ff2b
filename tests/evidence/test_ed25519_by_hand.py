"""The verifier's own Ed25519: RFC 8032's vectors, agreement with OpenSSL, one spelling each."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.reports.evidence import verify

VECTORS = [
    tuple(line.split("|"))
    for line in [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a||e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c|72|92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025|af82|6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf|ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f|dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ]
]
"""RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc)."""


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold(public: str, message: str, signature: str) -> None:
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)

    assert verify.signed_by(key, text, sign)
    assert not verify.signed_by(key, text + b"\x00", sign)
    assert not verify.signed_by(key, text, bytes([sign[0] ^ 1]) + sign[1:])


def test_the_program_tests_itself_before_it_believes_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify.self_test()
    monkeypatch.setattr(verify, "signed_by", lambda *_: True)

    with pytest.raises(verify.Bad, match="believes"):
        verify.self_test()


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_it_agrees_with_openssl_about_true_and_damaged_signatures(
    seed: bytes, message: bytes, bit: int
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    damaged = bytearray(signature)
    damaged[bit // 8] ^= 1 << bit % 8

    assert verify.signed_by(public, message, signature)
    assert not verify.signed_by(public, message, bytes(damaged))


def test_a_signature_with_a_second_spelling_is_refused() -> None:
    public, message, signature = (bytes.fromhex(one) for one in VECTORS[1])
    s = int.from_bytes(signature[32:], "little") + verify.L

    assert not verify.signed_by(public, message, signature[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize("public", [b"\xff" * 32, b"\x02" + b"\x00" * 31, b"short", b"\x00" * 33])
def test_what_is_no_point_on_the_curve_signs_nothing(public: bytes) -> None:
    assert not verify.signed_by(public, b"", b"\x00" * 64)
