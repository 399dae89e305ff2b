"""Catalogues: every mapped control has words, NIST's words are NIST's, all others are ours."""

from __future__ import annotations

import csv
import json
import re
from difflib import SequenceMatcher
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cellwarden.frameworks import (
    catalogue_named,
    catalogues,
    mapping,
    read_catalogue,
    requirements_of,
    wording,
)
from cellwarden.model.errors import InputError

OSCAL = "{http://csrc.nist.gov/ns/oscal/1.0}"
HEAD = """label = "X 1"
name = "X"
about = "y"
publisher = "z"
version = "1"
date = "2026-01"
source = "there"
text = "own words"
"""


def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "frameworks" / "control_map.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["verified"] == "yes"]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_every_label_of_the_map_is_a_catalogue_and_every_control_has_words(shared: Path) -> None:
    labels = {one.label: one for one in catalogues().values()}

    assert len({row["framework"] for row in rows(shared)}) == 20
    for row in rows(shared):
        assert labels[row["framework"]].controls[row["control_id"]].title


def test_every_mapped_row_keeps_its_source(shared: Path) -> None:
    said = {
        (row["requirement_id"], row["framework"], row["control_id"]): re.sub(
            r"stored (third-party summary id|files?) [\d/]+", "a stored copy", row["source"]
        )
        for row in rows(shared)
    }

    kept = {
        (row.requirement, row.control.framework, row.control.control_id): row.source
        for row in mapping()
    }

    assert kept == said


def test_what_we_worded_ourselves_is_mapped_and_nothing_else() -> None:
    for catalogue in catalogues().values():
        if not catalogue.is_whole:
            assert set(catalogue.controls) == set(requirements_of(catalogue.label)), catalogue.id


def test_our_words_are_not_the_publishers(shared: Path) -> None:
    labels = {one.label: one for one in catalogues().values() if one.text == "own words"}
    for row in rows(shared):
        ours = labels.get(row["framework"])
        theirs = row["control_title"]
        if ours is None or ours.id == "battery-law" or len(theirs.split()) < 6:
            continue
        own = ours.controls[row["control_id"]].title
        alike = SequenceMatcher(None, own.casefold(), theirs.casefold()).ratio()
        assert alike < 0.75, (row["control_id"], own, theirs)


def test_sp_800_53_is_the_shared_catalogue_without_what_was_withdrawn(shared: Path) -> None:
    text = (shared / "frameworks" / "sp800-53_r5.2.0_controls.json").read_text("utf-8")
    theirs = json.loads(text)["controls"]

    ours = catalogues()["sp-800-53"].controls

    assert {key: (one.title, one.text) for key, one in ours.items()} == {
        key: (one["title"], one["statement"]) for key, one in theirs.items() if not one["withdrawn"]
    }


def test_every_statement_of_csf_is_the_shared_catalogues(shared: Path) -> None:
    root = ET.parse(shared / "frameworks" / "NIST_CSF_v2.0_catalog.xml").getroot()  # noqa: S314 - a file of ours
    statements = {
        part.attrib["id"].removesuffix("_statement"): words("".join(part.itertext()))
        for part in root.iter(f"{OSCAL}part")
        if part.get("name") == "statement"
    }

    ours = catalogues()["csf-2.0"].controls

    assert sum("-" in key for key in ours) == 106
    for key, one in ours.items():
        assert statements[key] == (one.text or one.title)


def test_every_sentence_of_sp_800_171_is_the_shared_catalogues(shared: Path) -> None:
    root = ET.parse(shared / "frameworks" / "NIST_SP800-171_rev3_catalog.xml").getroot()  # noqa: S314 - a file of ours
    ours = catalogues()["sp-800-171"].controls
    seen = 0
    for control in root.iter(f"{OSCAL}control"):
        if control.get("class") != "security_requirement":
            continue
        key = control.attrib["id"].removeprefix("SP_800_171_SR-")
        shipped = words(re.sub(r"\[[^]]*]", "", ours[key].text))
        for paragraph in control.iter(f"{OSCAL}p"):
            seen += 1
            pieces = [paragraph.text or "", *(part.tail or "" for part in paragraph)]
            assert words(" ".join(pieces)) in shipped, key

    assert seen > 250
    assert len(ours) == 97


def test_every_catalogue_names_its_source_version_and_date() -> None:
    for one in catalogues().values():
        assert all((one.publisher, one.version, one.date, one.source, one.about)), one.id


def test_the_regulation_that_names_data_centers_stands_first() -> None:
    assert next(iter(catalogues())) == "nis2-implementing"


@pytest.mark.parametrize(
    ("head", "texts", "problem"),
    [
        (HEAD + '[controls]\n"a" = " "\n', None, "blank"),
        (HEAD + '[controls]\n" a" = "b"\n', None, "blank"),
        (HEAD.replace("2026-01", "soon") + '[controls]\n"a" = "b"\n', None, "date"),
        (HEAD.replace("own words", "theirs") + '[controls]\n"a" = "b"\n', None, "text"),
        (HEAD.replace('"there"', '""') + '[controls]\n"a" = "b"\n', None, "source"),
        (HEAD, None, "controls"),
        (HEAD, b'{"a": {"title": "b"}}', "controls"),
        (HEAD, b'{"a": {"titel": 1}}', "title"),
        (HEAD + "colour = 1\n", None, "colour"),
        (HEAD + '[controls]\n"a" = "b"\n"a" = "c"\n', None, "overwrite"),
        ("label", None, "catalogues/x"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_the_place(
    head: str, texts: bytes | None, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        read_catalogue("x", head.encode(), texts)

    assert "catalogues/x" in str(caught.value)


def test_a_framework_is_found_by_id_label_or_beginning() -> None:
    assert catalogue_named("DORA").id == "dora"
    assert catalogue_named("ISO/IEC 27001:2022").id == "iso-27001"
    assert catalogue_named("nerc").id == "nerc-cip"


def test_what_does_not_exist_is_told_with_what_does() -> None:
    with pytest.raises(InputError) as several:
        catalogue_named("iec")
    with pytest.raises(InputError) as none:
        wording(catalogue_named("dora"), "Art. 30")

    assert "iec-62443-4-1" in several.value.advice
    assert "Art. 30.1" in none.value.advice
