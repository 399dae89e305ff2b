"""Configuration exports: order, paths, and above all secrets."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect.secrets import is_secret
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]

KEY = b"a key of this installation"
INI = b"""\
; exported by the card
[NetworkTCP/IP]
SystemIP=10.1.2.3
[SNMP]
Access = enabled
Community=hunter2
[Users]
Admin.Password: hunter2
"""
NAME = "register/configuration/NG1-UPS-01/nmc/2026-11-01.ini"


def test_settings_keep_their_order_and_section(rows_of: RowsOf) -> None:
    reading = collect.read(NAME, INI, digest_key=KEY)

    rows = rows_of(reading, "setting")
    assert reading.taken_at == "2026-11-01"
    assert [row["path"] for row in rows] == [
        "NetworkTCP/IP.SystemIP",
        "SNMP.Access",
        "SNMP.Community",
        "Users.Admin.Password",
    ]
    assert rows[0] == {
        "component_id": "NG1-UPS-01/nmc",
        "path": "NetworkTCP/IP.SystemIP",
        "position": "0",
        "value": "10.1.2.3",
        "is_secret": "no",
        "taken_at": "2026-11-01",
    }


def test_a_secret_is_digested_under_the_callers_key(rows_of: RowsOf) -> None:
    first = rows_of(collect.read(NAME, INI, digest_key=KEY), "setting")
    again = rows_of(collect.read(NAME, INI, digest_key=KEY), "setting")
    other_key = rows_of(collect.read(NAME, INI, digest_key=b"another"), "setting")
    changed = collect.read(NAME, INI.replace(b"Community=hunter2", b"Community=x"), digest_key=KEY)

    assert first[2]["value"].startswith("hmac-sha256:")
    assert first[2]["is_secret"] == "yes"
    assert first == again
    assert first[2]["value"] != other_key[2]["value"]
    assert first[2]["value"] != rows_of(changed, "setting")[2]["value"]


def test_the_same_secret_in_two_places_does_not_show_as_the_same(rows_of: RowsOf) -> None:
    rows = rows_of(collect.read(NAME, INI, digest_key=KEY), "setting")

    assert rows[2]["value"] != rows[3]["value"]


def test_without_a_key_a_secret_is_dropped_and_marked(rows_of: RowsOf) -> None:
    rows = rows_of(collect.read(NAME, INI), "setting")

    assert "value" not in rows[2]
    assert rows[2]["is_secret"] == "yes"


@pytest.mark.parametrize("key", [None, KEY])
def test_no_secret_is_left_anywhere_in_a_reading(key: bytes | None) -> None:
    broken = INI + b"hunter2 without a key\n"

    reading = collect.read(NAME, broken, digest_key=key)

    assert b"hunter2" not in msgspec.json.encode(reading)
    assert "unreadable" in reading.tables


def test_the_documents_digest_does_not_let_secrets_be_guessed() -> None:
    with_one = collect.read(NAME, INI)
    with_another = collect.read(NAME, INI.replace(b"hunter2", b"hunter3"))
    drifted = collect.read(NAME, INI.replace(b"enabled", b"disabled"))

    assert with_one.document_sha256 == with_another.document_sha256
    assert with_one.document_sha256 != drifted.document_sha256


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("SNMP.Community", "public"),
        ("wifi.psk", "x"),
        ("Users.adminPassword", "x"),
        ("snmp.v3.auth_phrase", "x"),
        ("api.accessToken", "x"),
        ("vpn.private key", "x"),
        ("radius.sharedKey", "x"),
        ("ntp.server.1.key", "x"),
        ("upload.url", "ftp://ops:geheim@10.0.0.1/x"),
        ("tls.blob", "-----BEGIN RSA PRIVATE KEY-----"),
        ("shadow.root", "$6$abc$def"),
        ("Kennwort", "x"),
    ],
)
def test_secrets_are_known_by_key_or_value(path: str, value: str) -> None:
    assert is_secret(path, value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("keyboard.layout", "de"),
        ("keys.count", "3"),
        ("SNMP.Access", "enabled"),
        ("compass.bearing", "north"),
        ("system.location", "https://example.org/rack"),
        ("author.name", "Kim"),
    ],
)
def test_what_only_sounds_like_a_secret_stays_readable(path: str, value: str) -> None:
    assert not is_secret(path, value)


@pytest.mark.parametrize(
    ("name", "component", "taken_at"),
    [
        ("configuration/NG1-UPS-01/nmc@2026-11-01.ini", "NG1-UPS-01/nmc", "2026-11-01"),
        ("config/pdu-7/2026-11-01T06:00:00Z.json", "pdu-7", "2026-11-01T06:00:00Z"),
        ("config/pdu-7.txt", "pdu-7", None),
        ("bms-1@2026-11-01.cfg", "bms-1", "2026-11-01"),
    ],
)
def test_the_path_names_component_and_time(
    name: str, component: str, taken_at: str | None, rows_of: RowsOf
) -> None:
    data = b'{"a": "1"}' if name.endswith(".json") else b"a=1\n"

    [row] = rows_of(collect.read(name, data), "setting")

    assert (row["component_id"], row.get("taken_at")) == (component, taken_at)


def test_remarks_at_the_top_name_component_and_time(rows_of: RowsOf) -> None:
    data = b"# component: NG1-UPS-01/nmc\n# taken_at: 2026-11-01\na: 1\n"

    [row] = rows_of(collect.read("export.cfg", data), "setting")

    assert (row["component_id"], row["taken_at"]) == ("NG1-UPS-01/nmc", "2026-11-01")


def test_json_is_flattened_in_its_order(rows_of: RowsOf) -> None:
    data = b'{"net": {"ip": "10.0.0.1", "dns": ["a", "b"]}, "on": true, "level": 2.50, "off": null}'

    rows = rows_of(collect.read("config/x.json", data), "setting")

    assert [(row["path"], row.get("value")) for row in rows] == [
        ("net.ip", "10.0.0.1"),
        ("net.dns[0]", "a"),
        ("net.dns[1]", "b"),
        ("on", "true"),
        ("level", "2.50"),
        ("off", None),
    ]


def test_a_key_that_stands_twice_is_kept_twice(rows_of: RowsOf) -> None:
    rows = rows_of(collect.read("config/x.ini", b"trap=a\ntrap=b\n"), "setting")

    assert [row["path"] for row in rows] == ["trap", "trap[2]"]


def test_a_line_without_a_value_is_unreadable_with_its_line(rows_of: RowsOf) -> None:
    reading = collect.read("config/x.ini", b"a=1\nwhat is this\nb=2\n")

    [bad] = rows_of(reading, "unreadable")
    assert bad["line"] == "2"
    assert "key=value" in bad["reason"]
    assert len(reading.tables["setting"]) == 2


def test_an_export_of_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="no key with a value"):
        collect.read("config/x.ini", b"# nothing\n")


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.dictionaries(
        st.from_regex(r"[a-z]{1,6}(\.[a-z]{1,6})?", fullmatch=True),
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 =:,/-]{0,12}[A-Za-z0-9]", fullmatch=True),
        min_size=1,
        max_size=6,
    )
)
def test_settings_come_back_as_they_were_written(pairs: dict[str, str], rows_of: RowsOf) -> None:
    text = "".join(f"{key}={value}\n" for key, value in pairs.items())

    rows = rows_of(collect.read("config/x.cfg", text.encode()), "setting")

    shown = {row["path"]: row.get("value") for row in rows}
    assert list(shown) == list(pairs)
    assert all(shown[key] == value or is_secret(key, value) for key, value in pairs.items())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("users.0.pw", "hunter2"),
        ("adminpassword", "hunter2"),
        ("snmpcommunity", "hunter2"),
        ("contraseña", "hunter2"),
        ("mot de passe", "hunter2"),
        ("passwords.0", "hunter2"),
        ("SMTPServerLogin", "mailer:hunter2@smtp"),
        ("snmp-server", "community hunter2 RO"),
        ("line", "enable secret 5 $1$hunter2"),
    ],
)
def test_a_secret_is_known_however_it_is_named(path: str, value: str) -> None:
    reading = collect.read("configuration/u1/a.ini", f"{path} = {value}\n".encode())

    assert "hunter2" not in str(reading.tables)


def test_the_name_beside_a_value_tells_a_secret() -> None:
    data = (
        b'{"settings": [{"name": "snmpCommunity", "value": "hunter2"},'
        b' {"name": "port", "value": 161}]}'
    )

    reading = collect.read("configuration/u1/a.json", data)

    assert "hunter2" not in str(reading.tables)
    assert "161" in str(reading.tables)


@pytest.mark.parametrize("key", [None, b"k" * 32])
def test_a_table_of_settings_shows_no_secret_either(rows_of: RowsOf, key: bytes | None) -> None:
    data = b"component_id,path,value\nu1,snmp.community,hunter2\nu1,port,161\nu1,,hunter2\n"

    reading = collect.read("settings.csv", data, digest_key=key)

    assert "hunter2" not in str(reading.tables)
    secret, plain = rows_of(reading, "setting")
    assert (secret["is_secret"], plain["value"]) == ("yes", "161")
    assert ("value" in secret) == (key is not None)
    assert len(rows_of(reading, "unreadable")) == 1
