from __future__ import annotations

import pytest

from cellwarden.ledger.keyring import KeyStatement, accept_statement, sign_statement
from cellwarden.ledger.keys import KeyType, SignerKey, generate_key
from cellwarden.ledger.notes import Note, decode_note, encode_note

ORIGIN = "northgate.example/ledger"


def log_key() -> SignerKey:
    """A new key of the log."""
    return generate_key(ORIGIN, KeyType.LOG)


def statement(*keys: SignerKey) -> KeyStatement:
    """These keys sign for the log."""
    return KeyStatement(origin=ORIGIN, keys=tuple(key.verifier for key in keys))


def test_keys_follow_each_other_with_an_overlap() -> None:
    old, new = log_key(), log_key()
    notes = [
        sign_statement(statement(old), [old]),
        sign_statement(statement(old, new), [old, new]),
        sign_statement(statement(new), [new]),
    ]

    in_force: KeyStatement | None = None
    seen = []
    for note in notes:
        in_force = accept_statement(decode_note(encode_note(note)), in_force)
        seen.append(len(in_force.keys))

    assert seen == [1, 2, 1]
    assert in_force == statement(new)


def test_a_key_that_the_old_one_did_not_name_cannot_follow() -> None:
    old, thief = log_key(), log_key()

    with pytest.raises(ValueError, match="none of the trusted keys"):
        accept_statement(sign_statement(statement(thief), [thief]), statement(old))


def test_a_key_cannot_be_named_by_those_who_do_not_hold_it() -> None:
    old, somebody = log_key(), log_key()

    with pytest.raises(ValueError, match="none of the trusted keys"):
        accept_statement(sign_statement(statement(old, somebody), [old]), statement(old))


def test_a_first_statement_that_nobody_of_its_keys_signed_is_refused() -> None:
    with pytest.raises(ValueError, match="none of the trusted keys"):
        accept_statement(sign_statement(statement(log_key()), [log_key()]), None)


def test_a_statement_of_another_log_cannot_follow() -> None:
    old = log_key()
    other = generate_key("other.example", KeyType.LOG)
    elsewhere = KeyStatement(origin="other.example", keys=(other.verifier,))

    with pytest.raises(ValueError, match="another log"):
        accept_statement(sign_statement(elsewhere, [other, old]), statement(old))


def test_a_cosigner_is_no_key_of_a_log() -> None:
    with pytest.raises(ValueError, match="signs logs"):
        statement(generate_key(ORIGIN, KeyType.COSIGNER))


def test_a_log_has_a_key_and_names_it_once() -> None:
    key = log_key()

    with pytest.raises(ValueError, match="1 to 8"):
        statement()
    with pytest.raises(ValueError, match="each once"):
        statement(key, key)


@pytest.mark.parametrize("text", ["", "cellwarden ledger keys v1\n", f"other\n{ORIGIN}\nkey\n"])
def test_a_text_that_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="begins with the line"):
        accept_statement(Note(text=text, signatures=()), None)
