from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden.ledger.keys import (
    KeyType,
    SignerKey,
    VerifierKey,
    decode_signer,
    decode_verifier,
    encode_signer,
    encode_verifier,
    generate_key,
)
from cellwarden.ledger.notes import (
    Note,
    Signature,
    decode_note,
    encode_note,
    merge_signatures,
    sign_note,
    verify_note,
)

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
TEXTS = st.lists(LINES, min_size=1, max_size=5).map(lambda lines: "\n".join(lines) + "\n")
NAMES = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"], exclude_characters="+"))
KEYS = st.builds(
    SignerKey,
    name=NAMES.filter(bool),
    type=st.sampled_from(KeyType),
    seed=st.binary(min_size=32, max_size=32),
)


@given(KEYS)
def test_both_halves_of_a_key_come_back_from_their_text(key: SignerKey) -> None:
    assert decode_signer(encode_signer(key)) == key
    assert decode_verifier(encode_verifier(key.verifier)) == key.verifier


def test_a_key_of_the_standard_gives_the_public_half_that_the_standard_says() -> None:
    # RFC 8032, section 7.1, test 1
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")

    key = SignerKey(name="a.example", type=KeyType.LOG, seed=seed)

    assert key.verifier.public == public


def test_a_signer_key_never_shows_its_seed() -> None:
    key = generate_key("a.example", KeyType.LOG)

    assert repr(key) == "SignerKey(name='a.example', type=<KeyType.LOG: 1>, seed=...)"


def broken_keys() -> dict[str, str]:
    """Wrong verifier keys by what is wrong with them."""
    good = encode_verifier(generate_key("a.example", KeyType.LOG).verifier)
    name, key_id, material = good.split("+", 2)
    unknown = base64.b64encode(b"\x09" + base64.b64decode(material)[1:]).decode()
    short = base64.b64encode(b"\x01" + bytes(31)).decode()
    return {
        "1 to 255 characters": f"+{key_id}+{material}",
        "no blanks": f"a example+{key_id}+{material}",
        "eight hex digits": f"{name}+{key_id.upper()}x+{material}",
        "id of another key": f"{name}+00000000+{material}",
        "not base64": f"{name}+{key_id}+!!!!",
        "canonical spelling": f"{name}+{key_id}+QR==",
        "unknown type": f"{name}+{key_id}+{unknown}",
        "not 32 bytes": f"{name}+{key_id}+{short}",
        "too long": good + "A" * 600,
    }


@pytest.mark.parametrize("wrong", broken_keys())
def test_a_broken_verifier_key_is_refused_for_what_is_wrong(wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        decode_verifier(broken_keys()[wrong])


def test_a_broken_signer_key_is_refused_and_its_secret_not_repeated() -> None:
    text = encode_signer(generate_key("a.example", KeyType.LOG))
    secret = text.split("+", 4)[4]

    with pytest.raises(ValueError, match="another key") as refused:
        decode_signer(text.replace("a.example", "b.example"))

    assert secret not in str(refused.value)
    with pytest.raises(ValueError, match="begins with PRIVATE"):
        decode_signer(text.removeprefix("PRIVATE"))


@given(TEXTS, st.lists(KEYS, min_size=1, max_size=3, unique_by=lambda key: key.name))
def test_a_note_comes_back_byte_for_byte_and_every_key_is_verified(
    text: str, keys: list[SignerKey]
) -> None:
    note = sign_note(Note(text=text, signatures=()), *keys, at_s=1_795_000_000)

    data = encode_note(note)
    read = decode_note(data)
    verified = verify_note(read, [key.verifier for key in keys])

    assert encode_note(read) == data
    assert [one.key for one in verified] == [key.verifier for key in keys]
    assert {one.at_s for one in verified if one.key.type is KeyType.COSIGNER} <= {1_795_000_000}


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_refused_or_come_back_as_they_were(data: bytes) -> None:
    try:
        note = decode_note(data)
    except ValueError:
        return

    assert encode_note(note) == data


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_note_with_any_changed_byte_is_not_verified(at: int, flip: int) -> None:
    key = SignerKey(name="a.example", type=KeyType.LOG, seed=bytes(32))
    data = bytearray(encode_note(sign_note(Note(text="one\ntwo\n", signatures=()), key, at_s=0)))
    data[at % len(data)] ^= flip

    with pytest.raises(ValueError, match=r".+"):
        verify_note(decode_note(bytes(data)), [key.verifier])


def test_a_signature_of_an_unknown_key_is_kept_and_proves_nothing() -> None:
    known, stranger = (generate_key(f"{name}.example", KeyType.LOG) for name in ("a", "b"))
    note = sign_note(Note(text="text\n", signatures=()), known, stranger, at_s=0)

    read = decode_note(encode_note(note))
    verified = verify_note(read, [known.verifier])

    assert [one.key.name for one in verified] == ["a.example"]
    assert [one.name for one in read.signatures] == ["a.example", "b.example"]
    with pytest.raises(ValueError, match="none of the trusted keys"):
        verify_note(read, [generate_key("a.example", KeyType.LOG).verifier])


def test_a_false_signature_of_a_known_key_spoils_the_note_even_beside_a_true_one() -> None:
    key, other = (generate_key(f"{name}.example", KeyType.LOG) for name in ("a", "b"))
    note = sign_note(Note(text="text\n", signatures=()), key, at_s=0)
    forged = Signature(name="b.example", key_id=other.verifier.id, data=note.signatures[0].data)
    spoiled = msgspec.structs.replace(note, signatures=(*note.signatures, forged))

    with pytest.raises(ValueError, match=r"b\.example.* is not that key's"):
        verify_note(spoiled, [key.verifier, other.verifier])


def test_signing_again_replaces_the_signature_of_the_same_key_only() -> None:
    log = generate_key("a.example", KeyType.LOG)
    cosigner = generate_key("b.example", KeyType.COSIGNER)
    note = sign_note(Note(text="text\n", signatures=()), log, cosigner, at_s=1)

    again = sign_note(note, cosigner, at_s=2)
    verified = verify_note(again, [log.verifier, cosigner.verifier])

    assert [one.at_s for one in verified] == [None, 2]


def test_the_time_of_a_cosignature_cannot_be_changed() -> None:
    cosigner = generate_key("b.example", KeyType.COSIGNER)
    note = sign_note(Note(text="text\n", signatures=()), cosigner, at_s=1_795_000_000)
    data = note.signatures[0].data
    later = msgspec.structs.replace(note.signatures[0], data=bytes(8) + data[8:])

    with pytest.raises(ValueError, match="not that key's"):
        verify_note(Note(text="text\n", signatures=(later,)), [cosigner.verifier])


def test_one_public_key_cannot_stand_for_both_types() -> None:
    key = generate_key("a.example", KeyType.LOG)
    note = sign_note(Note(text="text\n", signatures=()), key, at_s=0)
    as_cosigner = VerifierKey(name="a.example", type=KeyType.COSIGNER, public=key.verifier.public)

    with pytest.raises(ValueError, match="none of the trusted keys"):
        verify_note(note, [as_cosigner])


GOOD = "text\n\n\u2014 a.example AAAAAQE=\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("text\n", "blank line"),
        (GOOD[:-1], "blank line"),
        (GOOD.replace("text", "te\rxt"), "control characters"),
        (GOOD.replace("text", "te\u009bxt"), "control characters"),
        (GOOD.replace("\u2014", "-"), "long dash"),
        (GOOD.replace("a.example", "a+example"), "no plus"),
        (GOOD.replace("a.example", ""), "1 to 255"),
        (GOOD.replace("AAAAAQE=", "AAAAAQ=="), "too short"),
        (GOOD.replace("AAAAAQE=", "AAAAAQF="), "canonical spelling"),
        (GOOD.replace("AAAAAQE=", "AAAA AQE="), "not base64"),
        ("text\n\n" + "\u2014 a.example AAAAAQE=\n" * 101, "at most 100 signatures"),
        ("x" * 1_000_000 + "\n\n\u2014 a.example AAAAAQE=\n", "at most 1000000 bytes"),
    ],
)
def test_a_malformed_note_is_refused_for_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        decode_note(text.encode())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="UTF-8"):
        decode_note(b"\xff\n\n")


@pytest.mark.parametrize("text", ["no newline", "a\tb\n"])
def test_a_text_that_no_one_could_read_back_is_not_signed(text: str) -> None:
    key = generate_key("a.example", KeyType.LOG)

    with pytest.raises(ValueError, match="without control characters"):
        sign_note(Note(text=text, signatures=()), key, at_s=0)


def test_a_time_that_cannot_be_written_is_not_signed() -> None:
    key = generate_key("a.example", KeyType.COSIGNER)

    with pytest.raises(ValueError, match="no time"):
        sign_note(Note(text="text\n", signatures=()), key, at_s=-1)


def test_signatures_of_two_copies_of_a_note_are_joined_each_once() -> None:
    first, second = (generate_key(f"{name}.example", KeyType.LOG) for name in ("a", "b"))
    note = sign_note(Note(text="text\n", signatures=()), first, at_s=0)

    merged = merge_signatures(note, sign_note(note, second, at_s=0))

    assert [one.name for one in merged.signatures] == ["a.example", "b.example"]
    with pytest.raises(ValueError, match="different texts"):
        merge_signatures(note, Note(text="another\n", signatures=()))
