"""NVD pages, the KEV catalogue, EPSS scores, OpenVEX and CycloneDX VEX."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cellwarden.advisories.feeds import understand
from cellwarden.advisories.feeds.applicability import read_cpe
from cellwarden.advisories.feeds.formats import formats
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.facts import kinds

FIRMWARE = "cpe:2.3:o:corvane:c-200_firmware:*:*:*:*:*:*:*:*"
DEVICE = "cpe:2.3:h:corvane:c-200:-:*:*:*:*:*:*:*"


def rows(understood: Understood, kind: str) -> list[dict[str, str | None]]:
    names = kinds()[kind].column_names
    return [dict(zip(names, row, strict=True)) for row in understood.tables.get(kind, [])]


def read(content: Any) -> Understood:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return understand(Document(name="x", data=data))


def test_formats_are_found_by_listing_their_package() -> None:
    names = [str(each.__name__).rpartition(".")[2] for each in formats()]  # type: ignore[attr-defined]  # modules have names

    assert names == ["csaf", "cve", "cyclonedx", "epss", "kev", "nvd", "openvex"]


def match(criteria: str = FIRMWARE, *, vulnerable: bool = True, **span: Any) -> dict[str, Any]:
    return {"vulnerable": vulnerable, "criteria": criteria, **span}


def node(*matches: dict[str, Any], operator: str = "OR", negate: bool = False) -> dict[str, Any]:
    return {"operator": operator, "negate": negate, "cpeMatch": list(matches)}


def nvd(*configurations: dict[str, Any], **more: Any) -> Understood:
    cve = {
        "id": "CVE-2026-10001",
        "published": "2026-01-01T00:00:00.000",
        "lastModified": "2026-02-01T00:00:00.000",
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "es", "value": "no"}, {"lang": "en", "value": "yes"}],
        "configurations": list(configurations),
    }
    return read(
        {
            "format": "NVD_CVE",
            "version": "2.0",
            "totalResults": 1,
            "vulnerabilities": [{"cve": cve | more}],
        }
    )


@pytest.mark.parametrize(
    ("criteria", "span", "text", "kind"),
    [
        (FIRMWARE, {"versionEndExcluding": "2.0"}, "vers:generic/<2.0", "vers"),
        (FIRMWARE, {"versionEndIncluding": "2.0"}, "vers:generic/<=2.0", "vers"),
        (
            FIRMWARE,
            {"versionStartIncluding": "1.0", "versionEndExcluding": "2.0"},
            "vers:generic/>=1.0|<2.0",
            "vers",
        ),
        (FIRMWARE, {"versionStartExcluding": "1.0"}, "vers:generic/>1.0", "vers"),
        (FIRMWARE, {}, "vers:generic/*", "vers"),
        (FIRMWARE.replace(":*:", ":1.0:", 1), {}, "1.0", "version"),
        (FIRMWARE.replace(":*:*:", ":1.0:sp2:", 1), {}, "1.0 sp2", "version"),
        (FIRMWARE.replace(":*:", ":1.*:", 1), {}, "1.*", "range"),
        (DEVICE, {}, None, "all"),
    ],
)
def test_a_cpe_match_becomes_a_statement(
    criteria: str, span: dict[str, Any], text: str | None, kind: str
) -> None:
    found = rows(nvd({"nodes": [node(match(criteria, **span))]}), "statement")

    assert len(found) == 1
    assert (found[0]["status"], found[0]["version_text"], found[0]["version_kind"]) == (
        "affected",
        text,
        kind,
    )
    assert found[0]["vendor"] == "corvane"


def test_firmware_and_hardware_joined_by_and_needs_the_hardware() -> None:
    other = DEVICE.replace("c-200", "c-300")
    tree = {
        "operator": "AND",
        "nodes": [
            node(match(versionEndExcluding="2.0")),
            node(match(DEVICE, vulnerable=False), match(other, vulnerable=False)),
        ],
    }

    found = rows(nvd(tree), "statement")

    assert len(found) == 1
    assert found[0]["requires"] == f"{DEVICE} or {other}"
    assert found[0]["hardware"] == "c-200 or c-300"


def test_two_vulnerable_sides_of_an_and_need_each_other() -> None:
    second = FIRMWARE.replace("c-200", "c-300")
    tree = {
        "operator": "AND",
        "nodes": [node(match()), node(match(second, versionEndExcluding="3"))],
    }

    found = {row["full_name"]: row["requires"] for row in rows(nvd(tree), "statement")}

    assert found == {FIRMWARE: f"{second} vers:generic/<3", second: FIRMWARE}


def test_a_negated_node_beside_an_and_is_what_must_be_absent() -> None:
    tree = {"operator": "AND", "nodes": [node(match()), node(match(DEVICE), negate=True)]}

    found = rows(nvd(tree), "statement")

    assert found[0]["requires"] == f"not {DEVICE}"


def test_a_negated_range_affects_what_lies_outside_it() -> None:
    found = rows(
        nvd({"nodes": [node(match(versionStartIncluding="2.0"), negate=True)]}), "statement"
    )

    assert found[0]["version_text"] == "vers:generic/<2.0"


def test_a_negated_bare_cpe_affects_nothing() -> None:
    assert rows(nvd({"nodes": [node(match(), negate=True)]}), "statement") == []


def test_an_and_of_too_many_parts_is_noted_and_the_rest_of_the_page_is_read() -> None:
    crowd = node(*[match(versionEndExcluding=str(n)) for n in range(400)], operator="AND")

    found = nvd({"nodes": [crowd]}, {"nodes": [node(match())]})

    assert len(rows(found, "statement")) == 1
    assert "one AND joins 400 parts" in str(rows(found, "unreadable")[0]["reason"])


def test_nvd_speaks_under_its_own_id_and_names_the_cve_as_alias() -> None:
    cvss = {
        "version": "3.1",
        "baseScore": 9.8,
        "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    }
    found = nvd(
        metrics={"cvssMetricV31": [{"type": "Primary", "cvssData": cvss}]},
        weaknesses=[
            {"description": [{"lang": "en", "value": "CWE-787"}, {"value": "NVD-CWE-noinfo"}]}
        ],
        cisaExploitAdd="2026-01-05",
    )

    advisory, weakness = rows(found, "advisory")[0], rows(found, "vulnerability")[0]
    assert (advisory["advisory_id"], advisory["aliases"]) == (
        "NVD:CVE-2026-10001",
        "CVE-2026-10001",
    )
    assert (weakness["summary"], weakness["cwe"], weakness["cvss_score"]) == (
        "yes",
        "CWE-787",
        "9.8",
    )
    assert weakness["is_exploited"] == "yes"
    assert found.newest_at == "2026-02-01T00:00:00.000000Z"


def test_a_rejected_nvd_entry_says_nothing_of_products() -> None:
    found = nvd({"nodes": [node(match())]}, vulnStatus="Rejected")

    assert rows(found, "advisory")[0]["status"] == "rejected"
    assert rows(found, "statement") == []


def test_escaped_signs_in_a_cpe_come_out_plain() -> None:
    cpe = read_cpe(r"cpe:2.3:o:a\:b:c\-d:1\.0:*:*:*:*:*:x86:*")

    assert cpe is not None
    assert (cpe.vendor, cpe.product, cpe.version, cpe.target_hw) == ("a:b", "c-d", "1.0", "x86")


def test_the_real_catalogue_of_exploited_vulnerabilities_is_read_whole(shared: Path) -> None:
    data = (shared / "data" / "kev" / "known_exploited_vulnerabilities.json").read_bytes()

    found = read(data)

    listed = rows(found, "exploited")
    assert len(listed) == 1_404
    assert found.newest_at == "2025-08-25T17:04:19.979600Z"
    assert "unreadable" not in found.tables
    assert {row["ransomware"] for row in listed} == {"known", "unknown"}
    assert any(row["vulnerability"] == "CVE-2023-46604" and row["due_on"] for row in listed)


def test_a_catalogue_shorter_than_it_says_is_noted() -> None:
    found = read({"catalogVersion": "1", "count": 9, "vulnerabilities": []})

    assert "says 9 entries and holds 0" in str(rows(found, "unreadable")[0]["reason"])


EPSS = (
    "#model_version:v2025.03.14,score_date:2026-11-15T00:00:00+0000\n"
    "cve,epss,percentile\n"
    "CVE-2022-0715,0.05043,0.89\n"
    "CVE-2022-22805,1.0,1.0\n"
    "CVE-1999-0001,4.3e-05,0.1\n"
)


@pytest.mark.parametrize("data", [EPSS.encode(), gzip.compress(EPSS.encode(), mtime=0)])
def test_scores_are_read_with_model_and_date(data: bytes) -> None:
    found = read(data)

    listed = rows(found, "likelihood")
    assert [row["score"] for row in listed] == ["0.05043", "1.0", "0.000043"]
    assert {row["model"] for row in listed} == {"v2025.03.14"}
    assert {row["scored_on"] for row in listed} == {"2026-11-15"}
    assert found.newest_at == "2026-11-15T00:00:00.000000Z"


def test_a_line_that_is_no_score_is_noted_by_its_number() -> None:
    found = read((EPSS + "CVE-2022-1,2.5,0.1\n=cmd|calc,0.1,0.1\n").encode())

    noted = rows(found, "unreadable")
    assert [row["line"] for row in noted] == ["6", "7"]
    assert len(rows(found, "likelihood")) == 3


def openvex(*statements: dict[str, Any]) -> Understood:
    head = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://corvane.example/vex/1",
        "author": "Corvane",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 3,
    }
    return read(head | {"statements": list(statements)})


def test_openvex_statements_keep_status_and_justification() -> None:
    found = openvex(
        {
            "vulnerability": {"name": "GHSA-x", "aliases": ["CVE-2026-10001"]},
            "products": [{"@id": "pkg:generic/corvane/c-200@2.0"}],
            "status": "not_affected",
            "justification": "component_not_present",
            "impact_statement": "It was never built in.",
        }
    )

    cells = rows(found, "statement")[0]
    assert found.format == "openvex 0.2.0"
    assert cells["vulnerabilities"] == "CVE-2026-10001"
    assert (cells["vendor"], cells["product"], cells["version_text"]) == ("corvane", "c-200", "2.0")
    assert cells["justification"] == "component_not_present: It was never built in."


def test_the_newest_openvex_statement_on_a_pair_counts() -> None:
    pair = {"vulnerability": {"name": "CVE-2026-10001"}, "products": [{"@id": "pkg:generic/c@1"}]}

    found = openvex(
        pair | {"status": "fixed", "timestamp": "2026-03-01T00:00:00Z"},
        pair | {"status": "affected", "timestamp": "2026-02-01T00:00:00Z"},
    )

    assert [row["status"] for row in rows(found, "statement")] == ["fixed"]
    assert found.newest_at == "2026-03-01T00:00:00.000000Z"


def test_an_openvex_status_that_nobody_knows_is_under_investigation() -> None:
    found = openvex(
        {"vulnerability": "CVE-2026-10001", "products": ["pkg:generic/c"], "status": "fine"}
    )

    assert [row["status"] for row in rows(found, "statement")] == ["under_investigation"]
    assert len(rows(found, "unreadable")) == 1


def cyclonedx(weakness: dict[str, Any], **more: Any) -> Understood:
    component = {"bom-ref": "c", "name": "C-200", "version": "2.0", "supplier": {"name": "Corvane"}}
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:1"}
    named = {"id": "CVE-2026-10001", "affects": [{"ref": "c"}]} | weakness
    return read(head | {"components": [component], "vulnerabilities": [named]} | more)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (None, "affected"),
        ("exploitable", "affected"),
        ("in_triage", "under_investigation"),
        ("resolved", "fixed"),
        ("resolved_with_pedigree", "fixed"),
        ("false_positive", "not_affected"),
        ("not_affected", "not_affected"),
        ("invented", "under_investigation"),
    ],
)
def test_an_analysis_becomes_a_status(state: str | None, status: str) -> None:
    found = rows(cyclonedx({"analysis": {"state": state}} if state else {}), "statement")

    assert [(row["status"], row["version_text"], row["vendor"]) for row in found] == [
        (status, "2.0", "Corvane")
    ]


@pytest.mark.parametrize(
    ("state", "stated", "status"),
    [
        ("resolved", "affected", "affected"),
        ("resolved", "unaffected", "fixed"),
        ("not_affected", "affected", "under_investigation"),
        ("exploitable", "unaffected", "not_affected"),
        ("exploitable", "unknown", "under_investigation"),
    ],
)
def test_versions_that_contradict_the_analysis_are_never_cleared(
    state: str, stated: str, status: str
) -> None:
    affects = [{"ref": "c", "versions": [{"range": "vers:semver/<2.0", "status": stated}]}]

    found = rows(cyclonedx({"analysis": {"state": state}, "affects": affects}), "statement")

    assert [(row["status"], row["version_text"]) for row in found] == [(status, "vers:semver/<2.0")]


def test_a_part_of_a_product_is_judged_inside_that_product() -> None:
    subject = {"bom-ref": "root", "name": "Rack PDU", "version": "7"}

    found = rows(cyclonedx({}, metadata={"component": subject}), "statement")

    assert found[0]["requires"] == "Rack PDU 7"


def test_a_link_into_another_bom_is_followed_by_its_fragment() -> None:
    link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Ageneric%2Fc-300%403.1"

    found = rows(cyclonedx({"affects": [{"ref": link}]}), "statement")

    assert (found[0]["product"], found[0]["version_text"]) == ("c-300", "3.1")


def test_remedies_of_cyclonedx_are_kept() -> None:
    weakness = {
        "recommendation": "Upgrade.",
        "workaround": "Unplug.",
        "analysis": {"state": "exploitable", "response": ["will_not_fix"]},
    }

    found = rows(cyclonedx(weakness), "remediation")

    assert [(row["category"], row["text"]) for row in found] == [
        ("vendor_fix", "Upgrade."),
        ("workaround", "Unplug."),
        ("no_fix_planned", "will_not_fix"),
    ]


@pytest.mark.parametrize("version", ["1.4", "1.5", "1.6", "1.7"])
def test_published_examples_of_every_version_are_read(shared: Path, version: str) -> None:
    path = shared / "suites" / "cyclonedx" / version / f"valid-vulnerability-{version}.json"

    found = read(path.read_bytes())

    cells = rows(found, "vulnerability")[0]
    assert found.format == f"cyclonedx {version}"
    assert cells["vulnerability"] == "CVE-2018-7489"
    assert cells["cvss_vector"] == "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert cells["cvss_score"] == "9.8"
    assert cells["cwe"] == "CWE-184 CWE-502"


def test_no_published_example_makes_a_reader_fail(shared: Path) -> None:
    paths = sorted((shared / "suites" / "cyclonedx").glob("*/*.json"))

    found = [understand(Document(name=path.name, data=path.read_bytes())) for path in paths]

    assert len(found) > 200
    assert not any("our reader failed" in str(each.tables) for each in found)
