"""Configuration exports without separators: commands, blocks by indentation, by braces, by tabs."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwarden import collect
from cellwarden.collect import bounds
from cellwarden.model.errors import SourceError
from cellwarden.model.facts import Reading

RowsOf = Callable[[Reading, str], list[dict[str, str]]]
NAME = "configuration/NG1-SW-01/2026-11-01.cfg"
KEY = b"a key of this installation"
HIDDEN = "(hidden)"


@pytest.fixture
def settings_of(rows_of: RowsOf) -> Callable[[str], list[tuple[str, str]]]:
    def read(text: str) -> list[tuple[str, str]]:
        reading = collect.read(NAME, text.encode(), digest_key=KEY)
        return [
            (row["path"], HIDDEN if row["is_secret"] == "yes" else row["value"])
            for row in rows_of(reading, "setting")
        ]

    return read


SettingsOf = Callable[[str], list[tuple[str, str]]]


def test_commands_from_the_root_have_their_last_word_as_value(settings_of: SettingsOf) -> None:
    assert settings_of(
        "set system hostname ups-sw\n"
        "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\n"
        'set system location "Harrow, hall 1"\n'
        "delete system services telnet\n"
    ) == [
        ("system hostname", "ups-sw"),
        ("interfaces ge-0/0/0 unit 0 family inet address", "10.0.0.1/24"),
        ("system location", "Harrow, hall 1"),
        ("system services telnet", "delete"),
    ]


def test_blocks_by_indentation_are_sections(settings_of: SettingsOf) -> None:
    assert settings_of(
        "hostname sw-ups-1\n"
        "!\n"
        "interface GigabitEthernet0/1\n"
        " description uplink: core\n"
        " ip address 10.0.0.1 255.255.255.0\n"
        " no shutdown\n"
        "!\n"
        "interface Vlan1\n"
        " shutdown\n"
        "ntp server 10.1.1.1\n"
        "end\n"
    ) == [
        ("hostname", "sw-ups-1"),
        ("interface GigabitEthernet0/1.description", "uplink: core"),
        ("interface GigabitEthernet0/1.ip address", "10.0.0.1 255.255.255.0"),
        ("interface GigabitEthernet0/1.shutdown", "no"),
        ("interface Vlan1.shutdown", "yes"),
        ("ntp server", "10.1.1.1"),
    ]


def test_columns_parted_by_blanks_or_tabs_are_key_and_value(settings_of: SettingsOf) -> None:
    assert settings_of(
        "Network\n  System Name     ups-ng1-07\n  Web Timeout\t3 min\nDHCP\tdisabled\n"
    ) == [
        ("Network.System Name", "ups-ng1-07"),
        ("Network.Web Timeout", "3 min"),
        ("DHCP", "disabled"),
    ]


def test_blocks_in_braces_are_sections(settings_of: SettingsOf) -> None:
    assert settings_of(
        "system {\n  host-name ups-sw;\n  services {\n    ssh;\n  }\n}\n"
        "snmp {\n  location hall;\n}\n"
    ) == [("system.host-name", "ups-sw"), ("system.services.ssh", "yes"), ("snmp.location", "hall")]


SECRETS = """\
enable secret 5 $1$abcd$hunter2
username admin privilege 15 password 7 hunter2
username bob hunter2
user add kim hunter2 admin
snmp-server community hunter2 RO
no snmp-server community hunter2
snmp-server host 10.0.0.9 hunter2
snmp-server host 10.0.0.9 version 2c hunter2
snmp-server user mon grp v3 auth sha hunter2 priv aes 128 hunter2
snmp trap receiver 10.0.0.9 hunter2
trapsink 10.0.0.1 hunter2
com2sec readonly default hunter2
createUser mon SHA hunter2 AES hunter2
set snmp community hunter2 authorization read-only
set snmp trap-group hunter2 targets 10.0.0.9
set system login user bob authentication encrypted-password "$6$hunter2"
set security ike policy p pre-shared-key ascii-text "$9$hunter2"
set wifi wpa psk hunter2
ntp authentication-key 1 md5 hunter2
ip ospf message-digest-key 1 md5 hunter2
standby 1 authentication hunter2
radius-server host 10.1.1.1 key hunter2
tacacs-server key 7 hunter2
copy ftp://ops:hunter2@10.0.0.1/x
mail relay smtp.example bob pass hunter2
banner motd the password is hunter2
license ABCD1234EFGH5678IJKL9012hunter2
AdminPw\thunter2
Read Community      hunter2
snmp-server community \\
  hunter2
"""


@pytest.mark.parametrize("key", [None, KEY])
def test_no_secret_of_a_command_is_left_anywhere_in_a_reading(key: bytes | None) -> None:
    reading = collect.read(NAME, SECRETS.encode(), digest_key=key)

    assert b"hunter2" not in msgspec.json.encode(reading)
    assert len(reading.tables["setting"]) == len(SECRETS.splitlines()) - 1
    assert "unreadable" not in reading.tables


@pytest.mark.parametrize("line", SECRETS.replace("\\\n", "").splitlines())
@pytest.mark.parametrize("block", ["{0}", "section a\n {0}", "users\n {0}", "a {{\n {0};\n}}"])
def test_a_secret_is_hidden_in_whatever_block_it_stands(line: str, block: str) -> None:
    text = "hostname x\nlocation y\n" + block.format(line) + "\n"

    reading = collect.read(NAME, text.encode(), digest_key=KEY)

    assert b"hunter2" not in msgspec.json.encode(reading)
    assert any(row[4] == "yes" for row in reading.tables["setting"])


@pytest.mark.parametrize(
    "text",
    [
        "snmp\n community\n  hunter2\n",
        "snmp\n community hunter2\n  read-only\n",
        "snmp {\n community hunter2 {\n  clients 10.0.0.0/8;\n }\n}\n",
        "users\n guest\n  hunter2\n",
        "key chain ups\n key 1\n  key-string hunter2\n",
        "login\n hunter2\n",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2\nhunter2==\n-----END RSA PRIVATE KEY-----\n",
        "tls\n -----BEGIN PRIVATE KEY-----\n hunter2\n hunter2=\n -----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nhunter2 without an end\n",
    ],
)
def test_a_secret_below_its_name_is_hidden_and_is_in_no_path(text: str) -> None:
    reading = collect.read(NAME, f"hostname x\n{text}".encode(), digest_key=KEY)

    assert b"hunter2" not in msgspec.json.encode(reading)
    assert any(row[4] == "yes" for row in reading.tables["setting"])


def test_a_private_key_among_pairs_is_one_secret(rows_of: RowsOf) -> None:
    text = (
        "[tls]\nname=card\n-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2\nhunter2==\n"
        "-----END RSA PRIVATE KEY-----\nport=443\n"
    )

    reading = collect.read(NAME, text.encode(), digest_key=KEY)

    rows = rows_of(reading, "setting")
    assert [row["path"] for row in rows] == ["tls.name", "tls.rsa private key", "tls.port"]
    assert rows[1]["is_secret"] == "yes"
    assert b"hunter2" not in msgspec.json.encode(reading)


def test_a_changed_secret_shows_and_what_is_beside_it_does_not_move(rows_of: RowsOf) -> None:
    before, after = (
        rows_of(collect.read(NAME, text.encode(), digest_key=KEY), "setting")
        for text in ("hostname a\nsnmp community one RO\n", "hostname a\nsnmp community two RO\n")
    )

    assert before[0] == after[0]
    assert before[1]["path"] == after[1]["path"] == "snmp community"
    assert before[1]["value"] != after[1]["value"]


def test_the_preview_says_how_lines_without_separators_were_read() -> None:
    found = collect.preview(NAME, b"hostname sw-1\nsnmp-server community public RO\n")

    assert any("have no separators" in note for note in found.notes)
    assert any("secrets are not shown" in note for note in found.notes)


@pytest.mark.parametrize("text", ["<config>\n <host>x</host>\n</config>\n", "<!DOCTYPE html>\n<p>"])
def test_markup_is_no_configuration_without_separators(text: str) -> None:
    with pytest.raises(SourceError, match="no key with a value"):
        collect.read(NAME, text.encode())


def test_deep_nesting_long_lines_and_long_paths_are_bounded_and_told(rows_of: RowsOf) -> None:
    deep = "".join(f"{' ' * level}level{level} a\n" for level in range(bounds.NESTING + 3))
    long = "banner " + "x" * (bounds.CELL_CHARACTERS + 1) + "\n"
    wide = "".join(f"{' ' * level}{'s' * 600} 1\n" for level in range(3))

    reading = collect.read(NAME, f"hostname x\n{deep}{long}{wide}".encode())

    reasons = [row["reason"] for row in rows_of(reading, "unreadable")]
    assert [row["path"] for row in rows_of(reading, "setting")] == ["hostname"]
    assert any("nested deeper than" in reason for reason in reasons)
    assert any("characters in a line" in reason for reason in reasons)
    assert any("its path has more than" in reason for reason in reasons)
    assert all("text" not in row for row in rows_of(reading, "unreadable"))


def test_an_endless_export_is_refused_with_the_next_step() -> None:
    text = "hostname x\n" * (bounds.BARE_LINES + 1)

    with pytest.raises(SourceError, match="lines without separators") as refused:
        collect.read(NAME, text.encode())

    assert "key=value" in refused.value.advice


WORDS = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,5})?", fullmatch=True)
MARKS = st.sampled_from(
    ["password", "community", "secret", "psk", "snmp-community", "AdminPassword", "wpa-key", "pin"]
)


@given(before=st.lists(WORDS, max_size=4), mark=MARKS, after=st.lists(WORDS, max_size=3))
def test_nothing_behind_a_telling_word_is_ever_shown(
    before: list[str], mark: str, after: list[str]
) -> None:
    line = " ".join([*before, mark, *after, "Geheim9"])

    reading = collect.read(NAME, f"hostname x\n{line}\n".encode(), digest_key=KEY)

    assert b"Geheim9" not in msgspec.json.encode(reading)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=20))
def test_no_text_breaks_the_reader(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        reading = collect.read(NAME, f"hostname x\n{text}".encode(), digest_key=KEY)
    except SourceError:
        return

    assert reading.tables
