from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cellwarden.ledger.checkpoints import decode_checkpoint
from cellwarden.ledger.keys import (
    KeyType,
    VerifierKey,
    decode_signer,
    encode_signer,
    encode_verifier,
    generate_key,
)
from cellwarden.ledger.merkle import leaf_hash
from cellwarden.ledger.notes import Note, decode_note, encode_note, sign_note, verify_note
from cellwarden.ledger.proofs import check_growth, decode_growth, decode_inclusion, encode_inclusion
from cellwarden.model.errors import InputError, IntegrityError, StoreError
from cellwarden.store.state import Draft
from cellwarden.workflows.ledger import checkpoints, cosign, ledger_keys
from cellwarden.workflows.ledger.trust import verify_ledger
from cellwarden.workflows.workspace import Workspace, open_workspace

ORIGIN = "northgate.example/ledger"
CLOCK = "2026-11-16T08:30:00.000000Z"
AT_S = 1_795_000_000


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ledger_keys.KEY_VARIABLE, raising=False)


BOTH = pytest.mark.parametrize("empty", ["sqlite", "postgresql"], indirect=True)
"""Runs a test once for each engine."""

_SCHEMAS = count()


def make_workspace(folder: Path, settings: str = "") -> Workspace:
    """A new workspace, on SQLite where the settings name nothing else."""
    folder.mkdir()
    (folder / "cellwarden.toml").write_text(
        f'[workspace]\noperator = "Northgate"\n{settings}', "utf-8"
    )
    return open_workspace(folder)


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """A workspace in which nothing was recorded, on SQLite where nothing else is asked."""
    settings = ""
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres_url")
        settings = f'[store]\nledger = "{url}"\nschema = "tampered_{next(_SCHEMAS)}"\n'
    return make_workspace(tmp_path / "northgate", settings)


@pytest.fixture
def workspace(empty: Workspace) -> Workspace:
    """A key, five decisions, and a checkpoint over all six entries."""
    init(empty)
    record(empty, 5)
    checkpoints.make_checkpoint(empty)
    return empty


def init(workspace: Workspace, origin: str | None = ORIGIN) -> VerifierKey:
    """Make the key of the ledger."""
    made = ledger_keys.init_ledger_key(workspace, origin=origin, actor="tester", clock_at=CLOCK)
    return made.keys[0]


def record(workspace: Workspace, count: int) -> None:
    """Record some decisions."""
    with workspace.open_state() as state:
        for _ in range(count):
            draft = Draft(
                act="decision",
                actor="tester",
                source="decisions",
                clock_at=CLOCK,
                note=f"decision {state.log.size()}",
            )
            state.record(draft, {})


def log_keys(workspace: Workspace) -> list[VerifierKey]:
    """The keys that sign for the ledger now."""
    return list(verify_ledger(workspace).keys)


def checkpoint_bytes(workspace: Workspace) -> bytes:
    """A checkpoint of the ledger as it is."""
    return encode_note(checkpoints.make_checkpoint(workspace).note)


def secret_of(signer: str) -> str:
    """The part of an encoded signer key that nobody may see."""
    return signer.split("+", 4)[4]


Tamper = Callable[[list[bytes]], list[bytes]]


@contextmanager
def database_tool(workspace: Workspace) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """What somebody with a database tool has: the table, and no trigger in the way.

    Yields a function that runs a statement; ``entry`` names the table, ``?`` stands for a value.
    """
    store = workspace.settings.store
    if not store.ledger:
        with closing(
            sqlite3.connect(workspace.state_folder / "ledger.sqlite", isolation_level=None)
        ) as lite:
            for trigger in ("entry_is_never_changed", "entry_is_never_removed"):
                lite.execute(f"drop trigger if exists {trigger}")
            yield lambda statement, *values: lite.execute(statement, values).fetchall()
        return
    with psycopg.connect(store.ledger, autocommit=True) as server:
        server.execute(f"set search_path = {store.schema}".encode())
        server.execute("alter table entry disable trigger all")

        def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
            done = server.execute(statement.replace("?", "%s").encode(), values or None)
            return done.fetchall() if done.description else []

        yield run


def rewrite(workspace: Workspace, change: Tamper) -> None:
    """Write all entries anew, with right hashes."""
    with database_tool(workspace) as run:
        before = [bytes(row[0]) for row in run("select data from entry order by seq")]
        run("delete from entry")
        for seq, data in enumerate(change(before)):
            run("insert into entry (seq, leaf, data) values (?, ?, ?)", seq, leaf_hash(data), data)


def edited(data: bytes) -> bytes:
    """An entry that says something else."""
    return data.replace(b"decision ", b"DECISION ")


REWRITES: dict[str, Tamper] = {
    "edit": lambda entries: [*entries[:3], edited(entries[3]), *entries[4:]],
    "delete": lambda entries: [*entries[:3], *entries[4:], edited(entries[5])],
    "reorder": lambda entries: [*entries[:3], entries[4], entries[3], *entries[5:]],
    "insert": lambda entries: [*entries[:3], edited(entries[3]), *entries[3:]],
}


@BOTH
@pytest.mark.parametrize("how", REWRITES)
def test_a_rewritten_history_is_caught_by_the_kept_checkpoint(
    workspace: Workspace, how: str
) -> None:
    rewrite(workspace, REWRITES[how])

    with pytest.raises(IntegrityError, match="rewritten between entry 0 and entry 5") as caught:
        verify_ledger(workspace)

    assert "caught by the kept checkpoint 000000000006.checkpoint" in str(caught.value)


@BOTH
@pytest.mark.parametrize("how", REWRITES)
def test_a_rewrite_is_placed_between_the_checkpoints_around_it(empty: Workspace, how: str) -> None:
    init(empty)
    for _ in range(5):
        record(empty, 1)
        checkpoints.make_checkpoint(empty)
    rewrite(empty, REWRITES[how])

    with pytest.raises(IntegrityError, match="rewritten at entry 3:"):
        verify_ledger(empty)


@BOTH
def test_a_truncated_ledger_is_caught_by_the_kept_checkpoint(workspace: Workspace) -> None:
    rewrite(workspace, lambda entries: entries[:4])

    with pytest.raises(IntegrityError, match="taken away from the end: the ledger has 4, and 6"):
        verify_ledger(workspace)


@BOTH
def test_an_entry_edited_without_its_hash_is_caught_by_the_hash(workspace: Workspace) -> None:
    with database_tool(workspace) as run:
        data = bytes(run("select data from entry where seq = 3")[0][0])
        run("update entry set data = ? where seq = 3", edited(data))

    with pytest.raises(IntegrityError, match=r"entry 3 was edited: .* leaf hash"):
        verify_ledger(workspace)


@BOTH
def test_an_entry_deleted_from_the_middle_is_caught_by_the_gap(workspace: Workspace) -> None:
    with database_tool(workspace) as run:
        run("delete from entry where seq = 3")

    with pytest.raises(IntegrityError, match="entry 3 is missing: the next one stored is 4"):
        verify_ledger(workspace)


@BOTH
def test_a_checkpoint_signed_by_a_foreign_key_is_caught_by_its_signature(
    workspace: Workspace,
) -> None:
    path = next((workspace.state_folder / "checkpoints").iterdir())
    bare = Note(text=decode_note(path.read_bytes()).text, signatures=())
    foreign = generate_key(ORIGIN, KeyType.LOG)
    path.write_bytes(encode_note(sign_note(bare, foreign, at_s=0)))

    with pytest.raises(IntegrityError, match="none of the trusted keys") as caught:
        verify_ledger(workspace)

    assert foreign.verifier.id.hex() in str(caught.value)


def test_a_kept_checkpoint_with_a_changed_byte_is_caught_by_its_signature(
    workspace: Workspace,
) -> None:
    path = next((workspace.state_folder / "checkpoints").iterdir())
    path.write_bytes(path.read_bytes().replace(b"\n6\n", b"\n5\n"))

    with pytest.raises(IntegrityError, match="not that key's over this text"):
        verify_ledger(workspace)


def test_a_checkpoint_under_the_name_of_another_size_is_caught(workspace: Workspace) -> None:
    path = next((workspace.state_folder / "checkpoints").iterdir())
    path.rename(path.with_name("000000000004.checkpoint"))

    with pytest.raises(IntegrityError, match="of 6 entries, which is not what its name says"):
        verify_ledger(workspace)


@BOTH
def test_an_entry_that_names_a_foreign_key_is_caught_by_the_key_before_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    stolen = make_workspace(tmp_path / "thief")
    init(stolen)
    with workspace.open_state() as state, stolen.open_state() as other:
        statement = next(other.entries())[1].document_sha256
        assert statement
        state.objects.put(other.objects.get(statement))
        draft = Draft(
            act="key", actor="thief", source=ORIGIN, clock_at=CLOCK, document_sha256=statement
        )
        state.record(draft, {})

    with pytest.raises(IntegrityError, match=r"entry 6 names keys .* none of the trusted keys"):
        verify_ledger(workspace)


def signed_anew(workspace: Workspace, how: Tamper) -> None:
    """What the holder of the key does: rewrite, throw the old checkpoints away, sign again."""
    rewrite(workspace, how)
    shutil.rmtree(workspace.state_folder / "checkpoints")
    checkpoints.make_checkpoint(workspace)


@BOTH
@pytest.mark.parametrize("how", REWRITES)
def test_a_rewrite_signed_anew_is_missed_from_inside_and_caught_from_outside(
    workspace: Workspace, how: str
) -> None:
    outside = checkpoint_bytes(workspace)
    signed_anew(workspace, REWRITES[how])

    missed = verify_ledger(workspace)

    assert missed.signed_entries == missed.entries
    with pytest.raises(
        IntegrityError, match=r"rewritten .* caught by the checkpoint from elsewhere"
    ):
        checkpoints.compare(workspace, outside, ())


@BOTH
def test_a_truncation_signed_anew_is_caught_from_outside(workspace: Workspace) -> None:
    outside = checkpoint_bytes(workspace)
    signed_anew(workspace, lambda entries: entries[:4])

    assert verify_ledger(workspace).entries == 4
    with pytest.raises(IntegrityError, match="taken away from the end: the ledger has 4, and 6"):
        checkpoints.compare(workspace, outside, ())


@BOTH
def test_a_ledger_made_anew_with_a_foreign_key_is_caught_from_outside(
    workspace: Workspace,
) -> None:
    outside = checkpoint_bytes(workspace)
    ours = log_keys(workspace)
    with database_tool(workspace) as run:
        run("delete from entry")
    shutil.rmtree(workspace.state_folder)
    init(workspace)
    record(workspace, 5)
    checkpoints.make_checkpoint(workspace)

    with pytest.raises(IntegrityError, match="none of the trusted keys"):
        checkpoints.compare(workspace, outside, ())
    with pytest.raises(IntegrityError, match="rewritten between entry 0 and entry 5"):
        checkpoints.compare(workspace, outside, ours)


@BOTH
def test_a_ledger_that_only_grew_agrees_with_a_checkpoint_from_elsewhere(
    workspace: Workspace,
) -> None:
    outside = checkpoint_bytes(workspace)
    record(workspace, 3)

    found = checkpoints.compare(workspace, outside, log_keys(workspace))

    assert (found.checkpoint.size, found.entries) == (6, 9)
    assert [one.key for one in found.signed] == log_keys(workspace)


@BOTH
def test_a_checkpoint_of_another_log_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    southgate = make_workspace(tmp_path / "southgate")
    init(southgate, "southgate.example/ledger")

    with pytest.raises(IntegrityError, match=r"does not fit northgate.*southgate"):
        checkpoints.compare(workspace, checkpoint_bytes(southgate), ())


def test_a_file_that_is_no_checkpoint_is_the_callers_mistake(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="no signed checkpoint"):
        checkpoints.compare(workspace, b"hello", ())


@BOTH
def test_nothing_is_signed_or_proven_from_a_rewritten_ledger(workspace: Workspace) -> None:
    outside = checkpoint_bytes(workspace)
    rewrite(workspace, REWRITES["edit"])

    for attempt in (
        lambda: checkpoints.make_checkpoint(workspace),
        lambda: checkpoints.prove_entry(workspace, 0),
        lambda: checkpoints.prove_growth(workspace, outside),
        lambda: checkpoints.keep_cosigned(workspace, outside),
    ):
        with pytest.raises(IntegrityError, match="rewritten"):
            attempt()


def test_a_key_is_made_once_for_its_owner_only_and_stands_in_the_ledger(empty: Workspace) -> None:
    made = init(empty)
    path = empty.state_folder / "ledger.key"
    before = path.read_bytes()

    with pytest.raises(InputError, match="has a key already"):
        init(empty)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == before
    assert decode_signer(before.decode().strip()).verifier == made
    assert log_keys(empty) == [made]


def test_a_stopped_init_is_finished_with_the_key_that_it_made(empty: Workspace) -> None:
    with empty.open_state() as state:
        key = generate_key(ORIGIN, KeyType.LOG)
        ledger_keys.write_private(state.folder / "ledger.key", encode_signer(key))

    assert init(empty) == key.verifier


@pytest.mark.parametrize("origin", [None, "", "north gate", "a+b"])
def test_an_origin_that_cannot_be_used_leaves_nothing_behind(
    empty: Workspace, origin: str | None
) -> None:
    with pytest.raises(InputError, match="cannot be the origin"):
        init(empty, origin)

    assert not (empty.state_folder / "ledger.key").exists()
    assert verify_ledger(empty).entries == 0


def test_a_key_from_the_environment_is_used_and_never_written(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = generate_key(ORIGIN, KeyType.LOG)
    monkeypatch.setenv(ledger_keys.KEY_VARIABLE, encode_signer(key))

    init(empty, None)
    made = checkpoints.make_checkpoint(empty)

    assert [one.key for one in verify_note(made.note, [key.verifier])] == [key.verifier]
    seed = secret_of(encode_signer(key)).encode()
    for path in empty.folder.rglob("*"):
        assert path.is_dir() or seed not in path.read_bytes(), path


def test_a_key_of_another_origin_is_not_taken_for_ours(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = generate_key("southgate.example/ledger", KeyType.LOG)
    monkeypatch.setenv(ledger_keys.KEY_VARIABLE, encode_signer(key))

    with pytest.raises(InputError, match=r"southgate.* and not one of northgate"):
        init(empty)


@BOTH
def test_a_lost_key_is_named_and_what_was_signed_stays_provable(workspace: Workspace) -> None:
    wanted = log_keys(workspace)[0].id.hex()
    (workspace.state_folder / "ledger.key").unlink()

    with pytest.raises(InputError, match=f"not here: wanted is {wanted}"):
        checkpoints.make_checkpoint(workspace)

    assert decode_inclusion(checkpoints.prove_entry(workspace, 2)).index == 2


def test_a_key_that_others_may_read_is_refused(workspace: Workspace) -> None:
    (workspace.state_folder / "ledger.key").chmod(0o644)

    with pytest.raises(InputError, match="others may read"):
        checkpoints.make_checkpoint(workspace)


def test_a_damaged_key_is_refused_and_not_repeated(workspace: Workspace) -> None:
    path = workspace.state_folder / "ledger.key"
    secret = secret_of(path.read_text("ascii").strip())
    path.write_text(path.read_text("ascii").replace("northgate", "southgate"), "ascii")

    with pytest.raises(InputError, match="holds no signer key") as refused:
        checkpoints.make_checkpoint(workspace)

    assert secret not in str(refused.value) + refused.value.advice


def test_without_a_key_nothing_is_signed(empty: Workspace) -> None:
    with pytest.raises(InputError, match="no key to sign with"):
        checkpoints.make_checkpoint(empty)
    with pytest.raises(InputError, match="no key yet"):
        ledger_keys.begin_rotation(empty, actor="tester", clock_at=CLOCK)


def test_a_checkpoint_is_the_same_at_the_same_size(workspace: Workspace) -> None:
    first, second = checkpoint_bytes(workspace), checkpoint_bytes(workspace)

    assert first == second
    assert verify_ledger(workspace).checkpoints == 1


def test_every_entry_is_proven_with_nothing_but_the_logs_key(workspace: Workspace) -> None:
    keys = log_keys(workspace)

    for index in range(6):
        found = cosign.check_proof(checkpoints.prove_entry(workspace, index), keys)
        with workspace.open_state() as state:
            stored = next(state.log.read(index, index + 1)).data

        assert (found.index, found.data) == (index, stored)


def test_a_proof_of_an_entry_that_is_not_there_or_not_signed_says_so(workspace: Workspace) -> None:
    record(workspace, 1)

    with pytest.raises(InputError, match="no signed checkpoint covers entry 6"):
        checkpoints.prove_entry(workspace, 6)
    for index in (7, -1):
        with pytest.raises(InputError, match=f"no entry {index}: it has 7"):
            checkpoints.prove_entry(workspace, index)


def test_a_proof_with_another_entry_in_it_does_not_hold(workspace: Workspace) -> None:
    data = checkpoints.prove_entry(workspace, 3)
    proof = decode_inclusion(data)
    assert proof.extra
    forged = encode_inclusion(
        type(proof)(index=proof.index, path=proof.path, note=proof.note, extra=edited(proof.extra))
    )

    with pytest.raises(IntegrityError, match="another leaf"):
        cosign.check_proof(forged, log_keys(workspace))
    with pytest.raises(InputError, match="no proof"):
        cosign.check_proof(b"x" + data, log_keys(workspace))


def test_growth_is_proven_to_whoever_holds_an_older_checkpoint(workspace: Workspace) -> None:
    held = checkpoint_bytes(workspace)
    record(workspace, 3)
    checkpoints.make_checkpoint(workspace)

    proof = decode_growth(checkpoints.prove_growth(workspace, held))

    older = decode_checkpoint(decode_note(held).text)
    assert check_growth(proof, older, log_keys(workspace)).size == 9


def test_keys_are_rotated_with_an_overlap_in_which_both_are_believed(workspace: Workspace) -> None:
    old = log_keys(workspace)[0]

    both = ledger_keys.begin_rotation(workspace, actor="tester", clock_at=CLOCK)
    during = checkpoint_bytes(workspace)
    alone = ledger_keys.finish_rotation(workspace, actor="tester", clock_at=CLOCK)
    after = checkpoint_bytes(workspace)

    new = alone.keys[0]
    assert both.keys == (old, new)
    for key in (old, new):
        assert checkpoints.compare(workspace, during, [key]).checkpoint.size == 7
    assert checkpoints.compare(workspace, after, [new]).checkpoint.size == 8
    with pytest.raises(IntegrityError, match="none of the trusted keys"):
        checkpoints.compare(workspace, after, [old])
    assert verify_ledger(workspace).checkpoints == 3


def test_a_retired_key_is_gone_and_signs_nothing_more(workspace: Workspace) -> None:
    path = workspace.state_folder / "ledger.key"
    old = path.read_text("ascii")
    ledger_keys.begin_rotation(workspace, actor="tester", clock_at=CLOCK)
    ledger_keys.finish_rotation(workspace, actor="tester", clock_at=CLOCK)
    assert old not in path.read_text("ascii")
    path.write_text(old, "ascii")

    with pytest.raises(InputError, match="not here: wanted is"):
        checkpoints.make_checkpoint(workspace)


def test_a_retired_key_that_was_left_behind_is_not_taken_for_a_new_one(
    workspace: Workspace,
) -> None:
    path = workspace.state_folder / "ledger.key"
    old = path.read_text("ascii")
    ledger_keys.begin_rotation(workspace, actor="tester", clock_at=CLOCK)
    ledger_keys.finish_rotation(workspace, actor="tester", clock_at=CLOCK)
    path.write_text(path.read_text("ascii") + old, "ascii")

    both = ledger_keys.begin_rotation(workspace, actor="tester", clock_at=CLOCK)

    assert decode_signer(old.strip()).verifier not in both.keys
    assert len(both.keys) == 2


def test_rotation_goes_step_by_step(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="no old key to retire"):
        ledger_keys.finish_rotation(workspace, actor="tester", clock_at=CLOCK)

    ledger_keys.begin_rotation(workspace, actor="tester", clock_at=CLOCK)

    with pytest.raises(InputError, match="brought in already"):
        ledger_keys.begin_rotation(workspace, actor="tester", clock_at=CLOCK)


def test_keys_from_the_environment_are_rotated_there(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (generate_key(ORIGIN, KeyType.LOG) for _ in range(2))
    monkeypatch.setenv(ledger_keys.KEY_VARIABLE, encode_signer(old))
    init(empty)

    with pytest.raises(InputError, match="holds no new key"):
        ledger_keys.begin_rotation(empty, actor="tester", clock_at=CLOCK)
    monkeypatch.setenv(ledger_keys.KEY_VARIABLE, f"{encode_signer(old)} {encode_signer(new)}")
    both = ledger_keys.begin_rotation(empty, actor="tester", clock_at=CLOCK)

    assert both.keys == (old.verifier, new.verifier)
    assert not (empty.state_folder / "ledger.key").exists()


@pytest.fixture
def auditor(tmp_path: Path) -> Path:
    """The file with an auditor's key."""
    path = tmp_path / "auditor" / "anna.key"
    cosign.make_key(path, "auditor.example/anna", KeyType.COSIGNER)
    return path


def auditor_key(path: Path) -> VerifierKey:
    """The public half of an auditor's key."""
    return decode_signer(path.read_text("ascii").strip()).verifier


def test_an_auditor_cosigns_and_the_next_proof_carries_the_signature(
    workspace: Workspace, auditor: Path
) -> None:
    keys, anna = log_keys(workspace), auditor_key(auditor)
    done = cosign.cosign_bytes(
        checkpoint_bytes(workspace), key_file=auditor, log_keys=keys, at_s=AT_S
    )

    checkpoints.keep_cosigned(workspace, done.data)
    found = checkpoints.compare(workspace, checkpoint_bytes(workspace), [*keys, anna])
    proof = decode_inclusion(checkpoints.prove_entry(workspace, 3))

    assert done.held_size is None
    assert [checkpoints.checkpoint_time(one) is None for one in found.signed] == [True, False]
    assert verify_note(proof.note, [anna])[0].at_s == AT_S


def test_a_checkpoint_without_the_auditors_signature_is_not_taken_for_cosigned(
    workspace: Workspace, auditor: Path
) -> None:
    keys = [*log_keys(workspace), auditor_key(auditor)]

    with pytest.raises(IntegrityError, match="none of the trusted keys"):
        checkpoints.compare(workspace, checkpoint_bytes(workspace), keys)


def test_an_auditor_needs_a_proof_of_growth_and_then_signs(
    workspace: Workspace, auditor: Path
) -> None:
    keys = log_keys(workspace)
    first = cosign.cosign_bytes(
        checkpoint_bytes(workspace), key_file=auditor, log_keys=keys, at_s=AT_S
    )
    record(workspace, 3)
    bare = checkpoint_bytes(workspace)

    with pytest.raises(InputError, match="proof of growth from 6 entries"):
        cosign.cosign_bytes(bare, key_file=auditor, log_keys=keys, at_s=AT_S)
    second = cosign.cosign_bytes(
        checkpoints.prove_growth(workspace, first.data),
        key_file=auditor,
        log_keys=keys,
        at_s=AT_S + 1,
    )

    assert (second.held_size, second.checkpoint.size) == (6, 9)


def test_an_auditor_whose_clock_jumped_back_does_not_sign(
    workspace: Workspace, auditor: Path
) -> None:
    keys, data = log_keys(workspace), checkpoint_bytes(workspace)
    cosign.cosign_bytes(data, key_file=auditor, log_keys=keys, at_s=AT_S)

    with pytest.raises(InputError, match="the clock says 2026-11-18T11:06:39Z, and you cosigned"):
        cosign.cosign_bytes(data, key_file=auditor, log_keys=keys, at_s=AT_S - 1)
    again = cosign.cosign_bytes(data, key_file=auditor, log_keys=keys, at_s=AT_S)

    assert again.held_size == again.checkpoint.size


def test_a_full_disk_leaves_no_half_key_and_the_next_try_makes_one(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"cannot write .*ledger\.sqlite: No space left"):
            init(empty)
    with empty.open_state():
        pass
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"cannot write .*ledger\.key: No space left"):
            init(empty)
    left = sorted(path.name for path in empty.state_folder.glob("*ledger.key*"))

    assert left == []
    assert init(empty).name == ORIGIN


@pytest.mark.parametrize("shorter", [True, False])
def test_an_auditor_never_cosigns_a_rewritten_log(
    workspace: Workspace, auditor: Path, *, shorter: bool
) -> None:
    keys = log_keys(workspace)
    cosign.cosign_bytes(checkpoint_bytes(workspace), key_file=auditor, log_keys=keys, at_s=AT_S)
    signed_anew(workspace, (lambda entries: entries[:4]) if shorter else REWRITES["edit"])

    with pytest.raises(IntegrityError, match=r"does not follow .*(fewer|two different roots)"):
        cosign.cosign_bytes(checkpoint_bytes(workspace), key_file=auditor, log_keys=keys, at_s=AT_S)


def test_an_auditor_does_not_cosign_what_another_key_signed(
    workspace: Workspace, auditor: Path
) -> None:
    foreign = generate_key(ORIGIN, KeyType.LOG).verifier

    with pytest.raises(IntegrityError, match="not a checkpoint of the log that you know"):
        cosign.cosign_bytes(
            checkpoint_bytes(workspace), key_file=auditor, log_keys=[foreign], at_s=AT_S
        )


def test_an_auditors_memory_that_was_changed_is_refused(
    workspace: Workspace, auditor: Path
) -> None:
    keys = log_keys(workspace)
    data = checkpoint_bytes(workspace)
    cosign.cosign_bytes(data, key_file=auditor, log_keys=keys, at_s=AT_S)
    held = next(auditor.with_name("anna.key.seen").glob("*.checkpoint"))
    held.write_bytes(data)

    with pytest.raises(IntegrityError, match="not what you cosigned last"):
        cosign.cosign_bytes(data, key_file=auditor, log_keys=keys, at_s=AT_S)


def test_the_logs_own_key_does_not_cosign_and_no_key_is_overwritten(
    workspace: Workspace, auditor: Path
) -> None:
    keys = log_keys(workspace)
    data = checkpoint_bytes(workspace)

    with pytest.raises(InputError, match="signs a log"):
        cosign.cosign_bytes(
            data, key_file=workspace.state_folder / "ledger.key", log_keys=keys, at_s=AT_S
        )
    with pytest.raises(InputError, match="no checkpoint to cosign"):
        cosign.cosign_bytes(b"old 5\n", key_file=auditor, log_keys=keys, at_s=AT_S)
    with pytest.raises(InputError, match="is there already"):
        cosign.make_key(auditor, "auditor.example/anna", KeyType.COSIGNER)


def test_a_cosigned_checkpoint_of_another_history_is_not_kept(
    workspace: Workspace, auditor: Path
) -> None:
    data = checkpoint_bytes(workspace)
    done = cosign.cosign_bytes(data, key_file=auditor, log_keys=log_keys(workspace), at_s=AT_S)
    signed_anew(workspace, REWRITES["edit"])

    with pytest.raises(IntegrityError, match="rewritten"):
        checkpoints.keep_cosigned(workspace, done.data)


def test_a_verifier_key_is_read_as_it_is_written_or_from_a_file(tmp_path: Path) -> None:
    key = generate_key(ORIGIN, KeyType.LOG).verifier
    path = tmp_path / "northgate.vkey"
    path.write_text(encode_verifier(key) + "\n", "utf-8")

    assert cosign.read_verifier(encode_verifier(key)) == key
    assert cosign.read_verifier(str(path)) == key
    with pytest.raises(InputError, match="is no verifier key"):
        cosign.read_verifier(str(tmp_path / "missing"))


def test_the_newest_checkpoint_is_there_for_reports_to_print(
    workspace: Workspace, empty: Workspace
) -> None:
    record(workspace, 1)
    made = checkpoints.make_checkpoint(workspace)

    assert checkpoints.newest_checkpoint(workspace) == made
    shutil.rmtree(empty.state_folder / "checkpoints")
    assert checkpoints.newest_checkpoint(empty) is None
