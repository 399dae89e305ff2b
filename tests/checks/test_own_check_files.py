"""Check files of a customer's own: the same form, and errors by file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellwarden.checks.check import MOST_BYTES, catalogue_sha256, load_catalogue, mentioned
from cellwarden.model.errors import InputError
from cellwarden.model.findings import Severity

WHOLE = """
title = "A gateway without an owner"
subject = "component"
asks = "Does somebody own this gateway?"
why = "Gateways are where others come in."
applies = "role = 'gateway'"
violates = "not has_owner"
says = "{component_id} has no owner."
remedy = "Name one."
severity = "high"
"""


def written(folder: Path, text: str, name: str = "house/gateway-owner.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def test_a_folder_adds_its_checks_to_ours(tmp_path: Path) -> None:
    catalogue = load_catalogue(extra=[written(tmp_path, WHOLE)])

    (own,) = (check for check in catalogue if check.id == "gateway-owner")
    assert own.topic == "house"
    assert mentioned(own) == ("role", "has_owner")
    assert own.unknown_severity is Severity.MEDIUM
    assert len(catalogue) == len(load_catalogue()) + 1


def test_a_file_without_a_topic_folder_is_our_own_topic(tmp_path: Path) -> None:
    catalogue = load_catalogue(extra=[written(tmp_path, WHOLE, "gateway-owner.toml")])

    assert [check.topic for check in catalogue if check.id == "gateway-owner"] == ["own"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("not has_owner", "has_owner is null", "violates: may not use Is"),
        ("not has_owner", "not has_onwer", "violates: names 'has_onwer'.*has_owner"),
        ("role = 'gateway'", "role = 3", "applies: role = 3 compares"),
        ("not has_owner", "true", ""),
        ("{component_id} has", "{component} has", "says: names 'component'"),
        ("{component_id} has", "{component_id.__class__} has", "says: a brace"),
        ('"component"', '"gadget"', "subject: there is no subject 'gadget'"),
        ('"high"', '"dire"', "severity"),
        ('"high"', '"high"\nproperties = ["urgent"]', "properties: 'urgent'"),
        ('"high"', '"high"\ndeadline = { column = "role" }', "deadline: 'role' is no date"),
        ('"high"', '"high"\ndeadline = { days = -1 }', "deadline"),
        ('"high"', '"high"\ndeadline = { weeks = 1 }', "weeks"),
        ('"high"', '"high"\nseverty = "low"', "severty: no such key"),
        ('"high"', '"high"\ntopic = 3', ""),
        ('"high"', '"high"\nexamples = 3', "examples"),
        ('"high"', '"high"\nexamples = [{ verdict = "fail", given = { x = 1 } }]', "number 1"),
        ('remedy = "Name one."', "", "remedy: a text"),
        ('remedy = "Name one."', "remedy = 3", "remedy: a text"),
        ("title", "= = =", "line 2"),
    ],
)
def test_a_wrong_file_is_refused_by_place_and_key(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    folder = written(tmp_path, WHOLE.replace(old, new, 1))

    if key:
        with pytest.raises(InputError, match=rf"gateway-owner\.toml: .*{key}"):
            load_catalogue(extra=[folder])
    else:
        assert load_catalogue(extra=[folder])


def test_a_check_that_mentions_nothing_is_refused(tmp_path: Path) -> None:
    text = WHOLE.replace("not has_owner", "true").replace("role = 'gateway'", "true")

    with pytest.raises(InputError, match="violates: mentions no column"):
        load_catalogue(extra=[written(tmp_path, text)])


def test_one_id_twice_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, WHOLE, "house/internet-exposed.toml")

    with pytest.raises(InputError, match="internet-exposed"):
        load_catalogue(extra=[folder])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        load_catalogue(extra=[tmp_path / "nowhere"])


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_bytes(b"title = '\xff\xfe'")

    with pytest.raises(InputError, match=r"broken\.toml"):
        load_catalogue(extra=[tmp_path])


def test_a_file_of_a_size_that_no_check_has_is_not_read(tmp_path: Path) -> None:
    folder = written(tmp_path, WHOLE + "#" * MOST_BYTES)

    with pytest.raises(InputError, match="longer than"):
        load_catalogue(extra=[folder])


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    written(tmp_path, WHOLE, "elsewhere/secret.toml")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "own.toml").symlink_to(tmp_path / "elsewhere" / "secret.toml")

    with pytest.raises(InputError, match="leads out"):
        load_catalogue(extra=[inside])


def test_the_digest_tells_catalogues_apart_and_not_their_order(tmp_path: Path) -> None:
    ours = load_catalogue()
    more = load_catalogue(extra=[written(tmp_path, WHOLE)])

    assert catalogue_sha256(ours) == catalogue_sha256(ours[::-1])
    assert catalogue_sha256(ours) != catalogue_sha256(more)
