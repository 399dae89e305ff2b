"""Fixed versions in remediation texts."""

from __future__ import annotations

import pytest

from cellwarden.advisories.matching import versions_named


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("1-Phase UPS using NMC2: Update to v7.04 or later.", ("7.04",)),
        ("Delta states that this issue was fixed by version 1.0.11 released in 2023.", ("1.0.11",)),
        ("SOCOMEC has released Net Vision FW v7.42", ("7.42",)),
        ("v7.0.6 of the Rack PDU firmware includes a fix for this.", ("7.0.6",)),
        ("Phoenix has issued updated firmware v6.87 to address this.", ("6.87",)),
        ("Update to V2.5.4 or later version", ("2.5.4",)),
        ("When remote access is required, use VPNs updated to the most current version.", ()),
        ("The vulnerability was found in version 1.0.10.", ()),
        ("", ()),
    ],
)
def test_only_words_that_name_a_fix_are_read(text: str, versions: tuple[str, ...]) -> None:
    assert versions_named(text) == versions
