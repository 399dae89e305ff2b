"""CVE records: versions, changes, defaults, decision points, and what real records come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cellwarden.advisories.feeds import understand
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.facts import kinds


def rows(understood: Understood, kind: str) -> list[dict[str, str | None]]:
    names = kinds()[kind].column_names
    return [dict(zip(names, row, strict=True)) for row in understood.tables.get(kind, [])]


def record(affected: list[dict[str, Any]], *adp: dict[str, Any], **cna: Any) -> Understood:
    containers = {"cna": {"affected": affected, **cna}, "adp": list(adp)}
    content = {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": "CVE-2026-10001",
            "state": "PUBLISHED",
            "assignerShortName": "corvane",
            "datePublished": "2026-01-02T03:04:05",
            "dateUpdated": "2026-02-02T03:04:05.678Z",
        },
        "containers": containers,
    }
    return understand(Document(name="cve.json", data=json.dumps(content).encode()))


def said(
    versions: list[dict[str, Any]], default: str | None = None
) -> list[tuple[str | None, str | None, str | None]]:
    """(status, version text, version kind) of every statement of one product."""
    entry: dict[str, Any] = {"vendor": "Corvane", "product": "C-200", "versions": versions}
    if default is not None:
        entry["defaultStatus"] = default
    return [
        (row["status"], row["version_text"], row["version_kind"])
        for row in rows(record([entry]), "statement")
    ]


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ({"version": "1.0", "lessThan": "2.0"}, "vers:generic/>=1.0|<2.0"),
        ({"version": "1.0", "lessThanOrEqual": "2.0"}, "vers:generic/>=1.0|<=2.0"),
        ({"version": "0", "lessThan": "2.0"}, "vers:generic/<2.0"),
        ({"version": "unspecified", "lessThan": "2.0"}, "vers:generic/<2.0"),
        ({"version": "1.0", "lessThan": "*"}, "vers:generic/>=1.0"),
        ({"version": "0", "lessThan": "*"}, "vers:generic/*"),
        ({"version": "*"}, "vers:generic/*"),
        ({"version": "0", "lessThan": "V4.7 HF27"}, "vers:generic/<V4.7%20HF27"),
        (
            {"version": "a1b2c3d", "lessThan": "d4e5f6a", "versionType": "git"},
            "vers:git/>=a1b2c3d|<d4e5f6a",
        ),
    ],
)
def test_a_range_becomes_a_constraint(version: dict[str, Any], text: str) -> None:
    assert said([{"status": "affected", **version}], "unaffected") == [("affected", text, "vers")]


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("1.04.21353", "version"),
        ("v01.12.10", "version"),
        ("5.14.50-rc1", "version"),
        ("All versions < V4.1.1 Patch04", "range"),
        ("v9.3.3 and prior", "range"),
        ("<6.21.00.2", "range"),
        ("V3.X.14", "range"),
        ("n/a", "range"),
    ],
)
def test_a_single_version_stays_verbatim_and_prose_stays_a_range(version: str, kind: str) -> None:
    found = said([{"status": "affected", "version": version}], "unaffected")

    assert found == [("affected", version, kind)]


def test_affected_by_default_with_one_unaffected_version_is_everything_else() -> None:
    found = said([{"status": "unaffected", "version": "2.3"}], "affected")

    assert found == [
        ("not_affected", "2.3", "version"),
        ("affected", "vers:generic/!=2.3", "vers"),
    ]


def test_affected_by_default_and_unaffected_from_a_version_on_is_affected_before_it() -> None:
    versions = [{"status": "unaffected", "version": "2.3", "lessThan": "*"}]

    found = said(versions, "affected")

    assert found == [
        ("not_affected", "vers:generic/>=2.3", "vers"),
        ("affected", "vers:generic/<2.3", "vers"),
    ]


def test_affected_by_default_with_several_unaffected_ranges_is_the_gaps_between_them() -> None:
    versions = [
        {"status": "unaffected", "version": "3.0", "lessThan": "4.0"},
        {"status": "unaffected", "version": "1.0", "lessThanOrEqual": "1.9"},
    ]

    found = said(versions, "affected")

    assert found[-1] == ("affected", "vers:generic/<1.0|>1.9|<3.0|>=4.0", "vers")


def test_where_the_gaps_cannot_be_told_everything_is_affected() -> None:
    versions = [
        {"status": "unaffected", "version": "2.0 HF3"},
        {"status": "unaffected", "version": "build 9, see the manual"},
    ]

    found = said(versions, "affected")

    assert found[-1] == ("affected", "vers:generic/*", "vers")


def test_affected_by_default_without_versions_is_every_version() -> None:
    assert said([], "affected") == [("affected", "vers:generic/*", "vers")]


@pytest.mark.parametrize("default", ["unknown", None])
def test_what_an_unknown_default_leaves_over_is_under_investigation(default: str | None) -> None:
    found = said([{"status": "affected", "version": "0", "lessThan": "2.0"}], default)

    assert found == [
        ("affected", "vers:generic/<2.0", "vers"),
        ("under_investigation", "vers:generic/>=2.0", "vers"),
    ]


def test_beside_prose_an_unknown_default_leaves_every_version_under_investigation() -> None:
    found = said([{"status": "affected", "version": "All versions < V3"}], "unknown")

    assert found[-1] == ("under_investigation", "vers:generic/*", "vers")


def test_every_version_affected_leaves_nothing_over() -> None:
    found = said([{"status": "affected", "version": "0", "lessThan": "*"}], "unknown")

    assert found == [("affected", "vers:generic/*", "vers")]


def test_changes_split_a_range_in_their_order_and_a_return_to_unaffected_is_a_fix() -> None:
    version = {
        "status": "affected",
        "version": "1.0",
        "lessThan": "3.0",
        "versionType": "custom",
        "changes": [
            {"at": "1.10", "status": "affected"},
            {"at": "1.5", "status": "unaffected"},
        ],
    }

    found = rows(
        record(
            [{"vendor": "C", "product": "P", "versions": [version], "defaultStatus": "unaffected"}]
        ),
        "statement",
    )

    assert [(row["status"], row["version_text"]) for row in found] == [
        ("affected", "vers:generic/>=1.0|<1.5"),
        ("fixed", "vers:generic/>=1.5|<1.10"),
        ("affected", "vers:generic/>=1.10|<3.0"),
    ]
    assert found[1]["is_first_fixed"] == "yes"


def test_unaffected_from_where_affected_ends_is_the_fix() -> None:
    versions = [
        {"status": "affected", "version": "0", "lessThan": "2.0"},
        {"status": "unaffected", "version": "2.0"},
    ]

    assert ("fixed", "2.0", "version") in said(versions, "unaffected")


def test_an_unknown_version_is_under_investigation() -> None:
    assert said([{"status": "unknown", "version": "9"}], "unaffected") == [
        ("under_investigation", "9", "version")
    ]


def ssvc(exploitation: str, at: str) -> dict[str, Any]:
    options = [
        {"Exploitation": exploitation},
        {"Automatable": "yes"},
        {"Technical Impact": "total"},
    ]
    content = {"options": options, "timestamp": at}
    return {"metrics": [{"other": {"type": "ssvc", "content": content}}]}


def test_the_newest_decision_points_of_any_container_count() -> None:
    older, newer = ssvc("none", "2026-01-01T00:00:00Z"), ssvc("poc", "2026-03-01T00:00:00Z")

    cells = rows(record([], newer, older), "vulnerability")[0]

    assert cells["exploitation"] == "public poc"
    assert cells["automatable"] == "yes"
    assert cells["technical_impact"] == "total"
    assert cells["ssvc_at"] == "2026-03-01T00:00:00.000000Z"
    assert cells["is_exploited"] is None


@pytest.mark.parametrize(
    "container",
    [
        ssvc("active", "2026-01-01T00:00:00Z"),
        {"metrics": [{"other": {"type": "kev", "content": {"dateAdded": "2026-01-01"}}}]},
        {"exploits": [{"lang": "en", "value": "It is being exploited in the wild."}]},
    ],
)
def test_exploitation_that_a_container_reports_is_taken(container: dict[str, Any]) -> None:
    assert rows(record([], container), "vulnerability")[0]["is_exploited"] == "yes"


def test_a_denial_of_exploitation_is_no_report_of_it() -> None:
    text = "The vendor is not aware of this being exploited in the wild."

    cells = rows(record([], exploits=[{"lang": "en", "value": text}]), "vulnerability")[0]

    assert cells["is_exploited"] is None


def test_the_score_of_the_highest_version_in_any_container_counts() -> None:
    four = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    cna = [
        {
            "cvssV3_1": {
                "baseScore": 9.8,
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            }
        }
    ]
    adp = {"metrics": [{"cvssV4_0": {"baseScore": 9.3, "vectorString": four}}]}

    cells = rows(record([], adp, metrics=cna), "vulnerability")[0]

    assert (cells["cvss_vector"], cells["cvss_score"]) == (four, "9.3")


def test_solutions_and_workarounds_are_remediations() -> None:
    words = [{"lang": "en", "value": "Install 2.0."}]

    found = rows(record([], solutions=words, workarounds=words), "remediation")

    assert [row["category"] for row in found] == ["vendor_fix", "workaround"]


def test_a_rejected_record_says_nothing_of_products() -> None:
    content = {
        "cveMetadata": {"cveId": "CVE-2026-1", "state": "REJECTED"},
        "containers": {"cna": {"affected": [{"vendor": "a", "product": "b"}]}},
    }

    found = understand(Document(name="x", data=json.dumps(content).encode()))

    assert rows(found, "advisory")[0]["status"] == "rejected"
    assert "statement" not in found.tables


def test_cpe_applicability_is_read_as_nvd_reads_it() -> None:
    match = {
        "vulnerable": True,
        "criteria": "cpe:2.3:o:corvane:c-200_firmware:*:*:*:*:*:*:*:*",
        "versionEndExcluding": "2.0",
    }
    tree = [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": [match]}]}]

    found = rows(record([], cpeApplicability=tree), "statement")

    assert found[0]["version_text"] == "vers:generic/<2.0"
    assert found[0]["leaf_id"] == "cna/cpe/0/0/0"


def test_every_real_record_is_read_with_its_decision_points(shared: Path) -> None:
    folder = shared / "data" / "cve-vulnrichment"
    found = [
        understand(Document(name=path.name, data=path.read_bytes()))
        for path in sorted(folder.glob("*.json"))
    ]

    unreadable = [row for each in found for row in rows(each, "unreadable")]
    weaknesses = [row for each in found for row in rows(each, "vulnerability")]

    assert len(found) == 106
    assert unreadable == []
    assert {each.format for each in found} == {"cve 5.1"}
    assert all(row["exploitation"] and row["ssvc_at"] for row in weaknesses)
    assert all(row["published_at"] and row["published_at"].endswith("Z") for row in weaknesses)


def test_every_affected_version_of_the_real_records_is_in_an_affected_statement(
    shared: Path,
) -> None:
    missing = []
    for path in sorted((shared / "data" / "cve-vulnrichment").glob("*.json")):
        data = path.read_bytes()
        statements = rows(understand(Document(name=path.name, data=data)), "statement")
        affected = {row["leaf_id"] for row in statements if row["status"] == "affected"}
        containers = json.loads(data)["containers"]
        named = {"cna": containers["cna"]}
        named |= {f"adp{number}": each for number, each in enumerate(containers.get("adp", []))}
        for name, container in named.items():
            for place, entry in enumerate(container.get("affected", [])):
                for number, version in enumerate(entry.get("versions", [])):
                    leaf = f"{name}/{place}/{number}"
                    if version["status"] == "affected" and not affected & {leaf, f"{leaf}.0"}:
                        missing.append((path.name, leaf))

    assert missing == []
