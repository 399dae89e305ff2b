"""CSAF in detail: statuses, spans, relationships, justifications, and what 2.1 writes anew."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cellwarden.advisories.feeds import understand
from cellwarden.model.advisories import Document, Understood
from cellwarden.model.facts import kinds


def rows(understood: Understood, kind: str) -> list[dict[str, str | None]]:
    names = kinds()[kind].column_names
    return [dict(zip(names, row, strict=True)) for row in understood.tables.get(kind, [])]


def branch(category: str, name: str, *below: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "category": category,
        "name": name,
        **({"branches": list(below)} if below else {}),
        **more,
    }


def leaf(category: str, name: str, product_id: str, **helper: Any) -> dict[str, Any]:
    product: dict[str, Any] = {"name": f"C-200 {name}", "product_id": product_id}
    if helper:
        product["product_identification_helper"] = helper
    return branch(category, name, product=product)


def tree_of(*leaves: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A product tree with some leaves below Corvane and its C-200."""
    return {
        "branches": [branch("vendor", "Corvane", branch("product_name", "C-200", *leaves))]
    } | more


def csaf(
    tree: dict[str, Any], *weaknesses: dict[str, Any], version: str = "2.0", **more: Any
) -> Understood:
    content = {
        "document": {
            "csaf_version": version,
            "category": "csaf_security_advisory",
            "title": "Test",
            "publisher": {"name": "Corvane"},
            "tracking": {
                "id": "CORV-1",
                "version": "2",
                "status": "final",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-02-01T10:00:00+02:00",
            },
        }
        | more,
        "product_tree": tree,
        "vulnerabilities": [{"cve": "CVE-2026-10001"} | weakness for weakness in weaknesses],
    }
    return understand(Document(name="corv-1.json", data=json.dumps(content).encode()))


def statements(
    understood: Understood,
) -> dict[tuple[str | None, str | None], dict[str, str | None]]:
    return {(row["leaf_id"], row["status"]): row for row in rows(understood, "statement")}


@pytest.mark.parametrize(
    ("key", "status", "names_a_fix"),
    [
        ("known_affected", "affected", None),
        ("first_affected", "affected", None),
        ("last_affected", "affected", None),
        ("fixed", "fixed", None),
        ("first_fixed", "fixed", "yes"),
        ("recommended", "fixed", "yes"),
        ("known_not_affected", "not_affected", None),
        ("under_investigation", "under_investigation", None),
    ],
)
def test_every_status_list_has_its_status(key: str, status: str, names_a_fix: str | None) -> None:
    tree = tree_of(leaf("product_version", "1.0", "P1"))

    found = statements(csaf(tree, {"product_status": {key: ["P1"]}}))

    assert found["P1", status]["is_first_fixed"] == names_a_fix
    assert found["P1", status]["version_text"] == "1.0"


def test_product_that_no_status_list_names_is_under_investigation_with_that_reason() -> None:
    tree = tree_of(
        leaf("product_version_range", "<2.0", "P1"), leaf("product_version", "3.0", "P2")
    )

    found = statements(csaf(tree, {"product_status": {"known_affected": ["P1"]}}))

    assert set(found) == {("P1", "affected"), ("P2", "under_investigation")}
    silent = found["P2", "under_investigation"]
    assert silent["vulnerabilities"] == "CVE-2026-10001"
    assert "gives no status" in (silent["justification"] or "")


def test_product_that_is_only_part_of_a_relationship_is_not_said_to_be_open() -> None:
    tree = tree_of(
        leaf("product_version", "1.0", "P1"),
        leaf("product_version", "7", "P2"),
        relationships=[
            {
                "category": "installed_on",
                "product_reference": "P1",
                "relates_to_product_reference": "P2",
                "full_product_name": {"name": "1.0 on 7", "product_id": "P3"},
            }
        ],
    )

    found = statements(csaf(tree, {"product_status": {"known_affected": ["P3"]}}))

    assert set(found) == {("P3", "affected")}


def test_one_leaf_under_several_weaknesses_is_one_statement() -> None:
    tree = tree_of(leaf("product_version_range", "<2.0", "P1"))
    lists = {"product_status": {"known_affected": ["P1"]}}

    found = statements(csaf(tree, lists, lists | {"cve": "CVE-2026-10002"}))

    assert list(found) == [("P1", "affected")]
    assert found["P1", "affected"]["vulnerabilities"] == "CVE-2026-10001 CVE-2026-10002"


def test_between_the_first_and_the_last_affected_version_everything_is_affected() -> None:
    tree = tree_of(leaf("product_version", "1.2", "P1"), leaf("product_version", "1.9", "P2"))
    lists = {"first_affected": ["P1"], "last_affected": ["P2"]}

    found = statements(csaf(tree, {"product_status": lists}))

    assert found["P1..P2", "affected"]["version_text"] == "vers:generic/>=1.2|<=1.9"
    assert found["P1..P2", "affected"]["version_kind"] == "vers"


def test_a_first_affected_version_without_a_last_one_has_no_end() -> None:
    tree = tree_of(leaf("product_version", "1.2", "P1"))

    found = statements(csaf(tree, {"product_status": {"first_affected": ["P1"]}}))

    assert found["P1..", "affected"]["version_text"] == "vers:generic/>=1.2"


def test_branches_say_vendor_family_hardware_and_service_pack() -> None:
    pack = branch(
        "service_pack", "SP1", branch("architecture", "ARM", leaf("language", "de", "P1"))
    )
    tree = {
        "branches": [
            branch(
                "vendor",
                "Corvane",
                branch(
                    "product_family",
                    "C series",
                    branch("product_name", "C-200", branch("product_version", "1.0", pack)),
                ),
            )
        ]
    }

    found = statements(csaf(tree, {"product_status": {"known_affected": ["P1"]}}))

    cells = found["P1", "affected"]
    assert cells["vendor"] == "Corvane"
    assert cells["family"] == "C series"
    assert cells["version_text"] == "1.0 SP1"
    assert cells["hardware"] == "ARM"
    assert cells["requires"] == "language de"


def test_an_identification_helper_gives_part_numbers_cpe_and_purl() -> None:
    helper = {
        "model_numbers": ["AP7902*"],
        "skus": ["SKU-1"],
        "serial_numbers": ["1234*"],
        "cpe": "cpe:2.3:o:corvane:c-200:1.0:*:*:*:*:*:*:*",
        "purl": "pkg:generic/corvane/c-200@1.0",
    }

    found = statements(
        csaf(
            tree_of(leaf("product_version", "1.0", "P1", **helper)),
            {"product_status": {"known_affected": ["P1"]}},
        )
    )

    cells = found["P1", "affected"]
    assert cells["part_numbers"] == "AP7902*|SKU-1"
    assert cells["cpe"] == helper["cpe"]
    assert cells["purl"] == helper["purl"]
    assert cells["requires"] == "serial number 1234*"


def full_name(product_id: str, name: str, **helper: Any) -> dict[str, Any]:
    product: dict[str, Any] = {"product_id": product_id, "name": name}
    return product | ({"product_identification_helper": helper} if helper else {})


def test_a_full_name_alone_is_the_whole_product_only_where_that_cannot_clear_anything() -> None:
    tree = {"full_product_names": [full_name("P1", "Corvane C-200 2.0")]}

    affected = statements(csaf(tree, {"product_status": {"known_affected": ["P1"]}}))
    cleared = statements(csaf(tree, {"product_status": {"known_not_affected": ["P1"]}}))

    assert affected["P1", "affected"]["version_kind"] == "all"
    assert cleared["P1", "not_affected"]["version_kind"] == "range"
    assert cleared["P1", "not_affected"]["version_text"] == "Corvane C-200 2.0"


def test_a_full_name_takes_its_version_from_a_cpe_or_a_purl() -> None:
    names = [
        full_name("P1", "C-200 2.0", cpe="cpe:2.3:o:corvane:c-200:2.0:sp1:*:*:*:*:*:*"),
        full_name("P2", "C-300 3.0", purl="pkg:generic/c-300@3.0%2B1?x=y"),
    ]

    found = statements(
        csaf({"full_product_names": names}, {"product_status": {"fixed": ["P1", "P2"]}})
    )

    assert found["P1", "fixed"]["version_text"] == "2.0 sp1"
    assert found["P1", "fixed"]["vendor"] == "corvane"
    assert found["P2", "fixed"]["version_text"] == "3.0+1"


def related(
    category: str, status: str
) -> dict[tuple[str | None, str | None], dict[str, str | None]]:
    relationship = {
        "category": category,
        "product_reference": "P1",
        "relates_to_product_reference": "P9",
        "full_product_name": {"name": "both", "product_id": "R1"},
    }
    tree = tree_of(
        leaf("product_version", "1.0", "P1"),
        full_product_names=[full_name("P9", "Rack PDU")],
        relationships=[relationship],
    )
    return statements(csaf(tree, {"product_status": {status: ["R1"]}}))


def test_firmware_installed_on_a_device_is_bound_to_the_device() -> None:
    found = related("installed_on", "known_affected")

    assert found["R1", "affected"]["version_text"] == "1.0"
    assert found["R1", "affected"]["hardware"] == "Rack PDU"
    assert found["R1", "affected"]["requires"] == "Rack PDU"


def test_the_whole_is_affected_with_its_component_and_never_cleared_by_it() -> None:
    affected = related("default_component_of", "known_affected")
    cleared = related("default_component_of", "known_not_affected")

    assert affected["R1~whole", "affected"]["product"] == "Rack PDU"
    assert affected["R1~whole", "affected"]["requires"] == "C-200 1.0"
    assert list(cleared) == [("R1", "not_affected")]


def test_relationships_that_build_on_each_other_are_resolved_and_circles_are_noted() -> None:
    def link(part: str, whole: str, own: str) -> dict[str, Any]:
        name = {"name": own, "product_id": own}
        pair = {"product_reference": part, "relates_to_product_reference": whole}
        return {"category": "installed_with", "full_product_name": name} | pair

    links = [
        link("R1", "P1", "R2"),
        link("P1", "P1", "R1"),
        link("R8", "P1", "R9"),
        link("R9", "P1", "R8"),
    ]
    tree = tree_of(leaf("product_version", "1.0", "P1"), relationships=links)

    found = csaf(tree, {"product_status": {"known_affected": ["R2", "R8", "R9"]}})

    assert {key[0] for key in statements(found)} == {"R2", "R8", "R9"}
    assert len(rows(found, "unreadable")) == 2


def test_flags_and_impacts_of_groups_justify_what_is_not_affected() -> None:
    groups = [{"group_id": "G1", "product_ids": ["P1"]}]
    weakness = {
        "product_status": {"known_not_affected": ["P1", "P2"]},
        "flags": [{"label": "component_not_present", "group_ids": ["G1"]}],
        "threats": [{"category": "impact", "details": "No such part.", "product_ids": ["P2"]}],
    }
    leaves = (leaf("product_version", f"{number}.0", f"P{number}") for number in (1, 2))

    found = statements(csaf(tree_of(*leaves, product_groups=groups), weakness))

    assert found["P1", "not_affected"]["justification"] == "component_not_present"
    assert found["P2", "not_affected"]["justification"] == "No such part."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exploitation of this issue was detected: exploited in the wild.", "yes"),
        (
            "Publicly Disclosed:No;Exploited:Yes;Latest Software Release:Exploitation Detected",
            "yes",
        ),
        ("No known public exploitation specifically targets this.", None),
        ("The vendor is not aware of it being exploited.", None),
    ],
)
def test_exploit_status_says_whether_it_is_exploited(text: str, expected: str | None) -> None:
    threats = [{"category": "exploit_status", "details": text}]

    found = rows(csaf(tree_of(), {"threats": threats}), "vulnerability")

    assert found[0]["is_exploited"] == expected


def test_the_highest_cvss_version_counts_and_of_those_the_worst() -> None:
    scores = [
        {
            "cvss_v2": {
                "version": "2.0",
                "baseScore": 10.0,
                "vectorString": "AV:N/AC:L/Au:N/C:C/I:C/A:C",
            }
        },
        {
            "cvss_v3": {
                "baseScore": 5.3,
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
            }
        },
        {
            "cvss_v3": {
                "baseScore": 9.8,
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            }
        },
        {
            "cvss_v3": {
                "baseScore": 10,
                "vectorString": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            }
        },
    ]

    found = rows(csaf(tree_of(), {"scores": scores}), "vulnerability")

    assert found[0]["cvss_score"] == "9.8"
    assert found[0]["cvss_vector"] == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def test_what_version_2_1_writes_anew_is_read() -> None:
    four = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    selections = [{"name": "Exploitation", "namespace": "ssvc", "values": ["Active"]}]
    content = {
        "cvss_v4": {"version": "4.0", "baseScore": 9.3, "vectorString": four},
        "ssvc_v1": {"selections": selections, "timestamp": "2026-01-05T00:00:00Z"},
        "epss": {"probability": "0.4", "percentile": "0.9", "timestamp": "2026-01-06T00:00:00Z"},
    }
    weakness = {
        "cwes": [{"id": "CWE-20"}, {"id": "CWE-22"}],
        "disclosure_date": "2026-01-03T00:00:00Z",
        "first_known_exploitation_dates": [{"date": "2026-01-04T00:00:00Z"}],
        "metrics": [{"content": content, "products": ["P1"]}],
        "product_status": {"unknown": ["P1"]},
    }
    tree = tree_of(
        leaf("product_version", "1.0", "P1", purls=["pkg:generic/a@1", "pkg:generic/b@1"])
    )

    found = csaf(tree, weakness, version="2.1")

    cells = rows(found, "vulnerability")[0]
    assert found.format == "csaf 2.1"
    assert (cells["cvss_vector"], cells["cvss_score"]) == (four, "9.3")
    assert cells["cwe"] == "CWE-20 CWE-22"
    assert cells["published_at"] == "2026-01-03T00:00:00.000000Z"
    assert cells["is_exploited"] == "yes"
    assert cells["exploitation"] == "active"
    assert rows(found, "likelihood")[0]["scored_on"] == "2026-01-06"
    assert statements(found)["P1", "under_investigation"]["purl"] == "pkg:generic/a@1"


def test_decision_points_of_a_wrong_shape_stay_unknown() -> None:
    selections = [{"name": "Exploitation", "values": True}, {"name": 1, "values": [[]]}]
    metrics = [{"content": {"ssvc_v1": {"selections": selections}}}]

    found = rows(csaf(tree_of(), {"metrics": metrics}, version="2.1"), "vulnerability")

    assert found[0]["exploitation"] is None


def test_remedies_name_their_products_groups_date_and_address() -> None:
    groups = [{"group_id": "G1", "product_ids": ["P2"]}]
    remedy = {
        "category": "vendor_fix",
        "details": "Install 2.0.",
        "date": "2026-01-09T00:00:00Z",
        "url": "https://corvane.example/2.0",
        "product_ids": ["P1"],
        "group_ids": ["G1"],
    }
    leaves = (leaf("product_version", f"{number}.0", f"P{number}") for number in (1, 2))

    found = rows(
        csaf(tree_of(*leaves, product_groups=groups), {"remediations": [remedy]}), "remediation"
    )

    assert found[0]["leaf_ids"] == "P1 P2"
    assert found[0]["available_on"] == "2026-01-09"
    assert found[0]["url"] == "https://corvane.example/2.0"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//x",
        "https://a b",
    ],
)
def test_an_address_with_another_scheme_is_dropped_and_noted(url: str) -> None:
    remedy = {"category": "vendor_fix", "details": "x", "url": url}

    found = csaf(
        tree_of(), {"remediations": [remedy]}, references=[{"category": "self", "url": url}]
    )

    assert rows(found, "remediation")[0]["url"] is None
    assert rows(found, "advisory")[0]["url"] is None
    assert [row["column"] for row in rows(found, "unreadable")] == ["url", "url[2]"]


def test_times_come_out_in_utc_and_the_newest_is_the_documents_own() -> None:
    found = csaf(tree_of())

    assert found.newest_at == "2026-02-01T08:00:00.000000Z"
    assert rows(found, "advisory")[0]["released_at"] == "2026-01-01T00:00:00.000000Z"


def test_a_withdrawn_document_is_rejected() -> None:
    found = csaf(tree_of(), category="csaf_withdrawn", version="2.1")

    assert rows(found, "advisory")[0]["status"] == "rejected"


def test_a_document_without_a_tracking_id_is_unreadable() -> None:
    data = b'{"document": {"csaf_version": "2.0"}}'

    found = understand(Document(name="x.json", data=data))

    assert "tracking id" in str(rows(found, "unreadable")[0]["reason"])
    assert found.format == "unknown"


def test_fields_of_a_wrong_type_are_noted_and_the_rest_is_read() -> None:
    tree = tree_of(leaf("product_version", "1.0", "P1"))
    lists = {"product_status": {"known_affected": ["P1", 7]}, "scores": "none", "notes": [1]}

    found = csaf(tree, lists, title=["not", "a", "text"])

    columns = {row["column"] for row in rows(found, "unreadable")}
    assert columns == {"title", "known_affected", "scores", "notes"}
    assert list(statements(found)) == [("P1", "affected")]
