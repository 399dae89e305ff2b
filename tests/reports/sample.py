"""Builders of reports: the fictional operator Northgate, an empty run, a clear run, a large run."""

from __future__ import annotations

from typing import Any

import msgspec

from cellwarden.model.coverage import ControlState, FrameworkSummary
from cellwarden.model.findings import Finding, Severity, Verdict, finding_id
from cellwarden.model.ids import CheckId, FactId, RunId, SubjectId
from cellwarden.model.lives import Life, LifeEvent, LifeFinding, LifeGap, RowProof
from cellwarden.model.matching import MatchState
from cellwarden.model.report import (
    REPORT_SCHEMA,
    AcceptedException,
    Action,
    BlastRadius,
    Change,
    Coverage,
    Exposure,
    ExposureClock,
    FeedAge,
    Place,
    Report,
    Run,
    SiteSummary,
    VendorSummary,
)

HOSTILE_SCRIPT = "<script>alert('x')</script>"
HOSTILE_URL = "javascript:alert(document.domain)"
HOSTILE_ANSI = "\x1b[31mPDU\x1b[0m\x07"
HOSTILE_RTL = "invoice\u202efdp.exe"
HOSTILE_LONG = "Über-" + "long-name-" * 900
HOSTILE_FORMULA = "=HYPERLINK(A1)"
HOSTILES = (HOSTILE_SCRIPT, HOSTILE_ANSI, HOSTILE_RTL, HOSTILE_FORMULA)

RUN = Run(
    id=RunId("2026-11-16-9f3c21ab"),
    operator="Northgate",
    workspace="examples/northgate",
    as_of="2026-11-16T23:59:59.000000Z",
    started_at="2026-11-16T17:20:04.000000Z",
    version="0.1.0",
    ledger_size=38,
    ledger_root="5c1d0d4a6a7b3f0c9e2f88a1b7d4430e6d1f90a2c4be7715d08e6fa3317c2b9e",
    catalogue_sha256="b10ea1f5c3d27796f1aa04e2c0de51f29b8c6a43ce2f7d90514f7e6ab8c9d012",
)

CONTROLS = {
    "firmware": ("NIST CSF 2.0 ID.AM-02", "NIST SP 800-53 r5 CM-8"),
    "vulnerabilities": ("NIST CSF 2.0 ID.RA-01", "NIST SP 800-53 r5 SI-2"),
    "support": ("NIST SP 800-53 r5 SA-22",),
    "inventory": ("NIST CSF 2.0 ID.AM-01", "NIST SP 800-53 r5 CM-8"),
    "freshness": ("NIST CSF 2.0 DE.CM-09",),
    "access": ("NIST SP 800-53 r5 MA-4", "NIST SP 800-53 r5 AC-2"),
    "vendors": ("NIST CSF 2.0 GV.SC-04", "NIST SP 800-53 r5 SR-4"),
    "configuration": ("NIST SP 800-53 r5 CM-3",),
}

CHECKS = {
    "vulnerability-known-exploited": (
        "vulnerabilities", Severity.CRITICAL, "A weakness that is used in attacks is open",
        "Somebody attacks with this weakness already. The clock is days, not quarters.",
        "Install the fix, or take the console off every routed network until it is installed.",
    ),
    "vulnerability-past-deadline": (
        "vulnerabilities", Severity.HIGH, "An affected part is past its patch deadline",
        "A fix exists and the agreed time to take it is over.",
        "Install the fixed version in the next window, or record an exception with a measure.",
    ),
    "vulnerability-without-fix": (
        "vulnerabilities", Severity.HIGH, "An affected part has no fix",
        "Waiting does not help: the maker names no version that removes the weakness.",
        "Isolate the management interface and ask the maker for a date.",
    ),
    "firmware-unknown": (
        "firmware", Severity.MEDIUM, "The firmware version was never read",
        "What was not read cannot be matched: every advisory about it stays open.",
        "Read the version at the device or in its web page and add it to the register.",
    ),
    "firmware-not-validated": (
        "firmware", Severity.HIGH, "Firmware in service was never validated here",
        "Thresholds and alarms of the string were set for another branch.",
        "Validate the branch on the bench, or put the validated version back.",
    ),
    "update-unsigned": (
        "firmware", Severity.HIGH, "Updates of this part are not signed",
        "Whoever can send it a file can change what it does with the cells.",
        "Ask for signed images; until then, two people and a digest for each update.",
    ),
    "support-ended": (
        "support", Severity.MEDIUM, "The maker's support has ended",
        "The next weakness in it will stay.",
        "Plan the replacement; reserve spares from a second source.",
    ),
    "cabinet-listed-as-one": (
        "inventory", Severity.MEDIUM, "A cabinet is listed as one asset",
        "Its product holds several firmware-bearing parts; none of them is watched.",
        "List its modules, controller and card as components.",
    ),
    "owner-missing": (
        "inventory", Severity.LOW, "Nobody answers for the firmware of this part",
        "A finding without an owner stays a finding.",
        "Name a role on the facility side and one on the security side.",
    ),
    "configuration-drift": (
        "configuration", Severity.MEDIUM, "The configuration changed without a ticket",
        "A changed trap receiver or charge limit looks like nothing until it matters.",
        "Compare with the change record; restore, or record the change.",
    ),
    "feed-stale": (
        "freshness", Severity.MEDIUM, "Advisory data is older than policy allows",
        "A report on old data is calm for the wrong reason.",
        "Import a newer bundle.",
    ),
    "session-without-approval": (
        "access", Severity.CRITICAL, "A vendor's technician was on the system unapproved",
        "A session that nobody approved cannot be told from an intrusion.",
        "End the account, collect the recording, and check the parts that it touched.",
    ),
}  # fmt: skip

_ROWS: tuple[tuple[str, str, str, str | None, str | None, str, str | None], ...] = (
    # check, kind, subject, site, vendor, because, deadline
    ("session-without-approval", "session", "NG1/kestrel-0412", "NG1", "Kestrel Field Service",
     ("A technician of Kestrel Field Service was on NG1-UPS-02 on 2026-11-09 for 41 minutes; "
     "the contract ended on 2026-10-31 and no approval names him."), "2026-11-17"),
    ("vulnerability-known-exploited", "vulnerability", "NG2-DCIM-01/infrasuite/CVE-2023-46604",
     "NG2", "Delta Electronics",
     ("InfraSuite Device Master 1.0.10 holds Apache ActiveMQ that CVE-2023-46604 is about; "
     "the catalogue of exploited weaknesses lists it."), "2026-11-14"),
    ("vulnerability-past-deadline", "vulnerability", "NG1-PDU-03/nmc/CVE-2021-22810", "NG1",
     "Schneider Electric", "AP7902B runs v6.7.2, inside the range up to 6.9.6; fixed in 7.0.4.",
     "2026-10-30"),
    ("vulnerability-past-deadline", "vulnerability", "NG1-PDU-07/nmc/CVE-2021-22810", "NG1",
     "Schneider Electric", "AP8641 runs v6.7.2, inside the range up to 6.9.6; fixed in 7.0.4.",
     "2026-10-30"),
    ("vulnerability-past-deadline", "vulnerability", "NG2-BM-01/nmc2/CVE-2021-22814", "NG2",
     "Schneider Electric", "BM4 runs 6.9.6 on NMC2; the range ends at 6.9.6.", "2026-11-12"),
    ("vulnerability-past-deadline", "vulnerability", "NG1-UPS-01/main/CVE-2022-22805", "NG1",
     "Schneider Electric", "Smart-UPS 3000, series id 18, runs UPS 08.8; fixed in UPS 15.0.",
     "2026-11-09"),
    ("vulnerability-without-fix", "vulnerability", "NG3-UPS-02/netman/CVE-2022-47891", "NG3",
     "Riello", "All versions of Netman 204 are affected; the version was not read.",
     "2026-12-01"),
    ("firmware-not-validated", "component", "NG3-STR-02/controller", "NG3", "Corvane Energy",
     "Controller rev C replaced rev B on 2026-09-30 and runs branch 5; branch 4 was validated.",
     "2026-11-30"),
    ("update-unsigned", "component", "NG1-STR-01/controller", "NG1", "Corvane Energy",
     "Corvane claims no signature for its images (grade: tested, by us).", "2027-01-15"),
    ("update-unsigned", "component", "NG2-STR-04/controller", "NG2", "Corvane Energy",
     "Corvane claims no signature for its images (grade: tested, by us).", "2027-01-15"),
    ("support-ended", "component", "NG1-UPS-05/nmc", "NG1", "Schneider Electric",
     "Support for the AP9617 card ended on 2013-12-31.", None),
    ("support-ended", "component", "NG2-UPS-03/cs121", "NG2", "Generex",
     "Support for CS121 ended; the maker gives no date.", None),
    ("cabinet-listed-as-one", "asset", "NG2-CAB-11", "NG2", "Brightcell Systems",
     "BC-480 is known to hold 18 firmware-bearing parts; the register lists none.", None),
    ("configuration-drift", "component", "NG1-UPS-04/nmc", "NG1", "Eaton",
     "snmp.trap.receiver.1 changed between 2026-11-02 and 2026-11-15; no ticket names it.", None),
    ("configuration-drift", "component", HOSTILE_RTL, "NG2", HOSTILE_SCRIPT,
     f"upsIdentName reads {HOSTILE_ANSI} where it read UPS-A.", None),
    ("owner-missing", "component", "NG3-SEN-09/firmware", "NG3", "Socomec",
     "No role is recorded on the security side.", None),
    ("owner-missing", "component", HOSTILE_LONG, "NG3", HOSTILE_FORMULA,
     "No role is recorded on either side.", None),
    ("owner-missing", "component", "NG3-SEN-10/firmware", "NG3", "Socomec",
     "No role is recorded on the security side.", None),
)  # fmt: skip

_UNKNOWN: tuple[tuple[str, str, str | None, str | None, str, int], ...] = (
    ("firmware-unknown", "NG1/Vertiv", "NG1", "Vertiv", "firmware was not read on 6 parts", 6),
    ("firmware-unknown", "NG3/Riello", "NG3", "Riello", "firmware was not read on 4 parts", 4),
    ("firmware-unknown", "NG3/Dunmere Storage", "NG3", "Dunmere Storage",
     "firmware was not read on 21 parts", 21),
    ("update-unsigned", "NG3/Dunmere Storage", "NG3", "Dunmere Storage",
     "signed_updates was never asked for 21 parts", 21),
    ("update-unsigned", "NG2/Brightcell Systems", "NG2", "Brightcell Systems",
     "signed_updates is claimed, not documented, for 36 parts", 36),
    ("support-ended", "NG1/Vertiv", "NG1", "Vertiv", "support status is unknown for 6 parts", 6),
    ("support-ended", "NG2/Socomec", "NG2", "Socomec", "support status is unknown for 9 parts", 9),
    ("vulnerability-past-deadline", "NG1/Schneider Electric", "NG1", "Schneider Electric",
     "UPS 09.8 carries no series id, so no range can be chosen, for 2 parts", 2),
    ("vulnerability-past-deadline", "NG3/Riello", "NG3", "Riello",
     "firmware of Netman 204 is unread; the range of CVE-2024-8877 ends at 4.05", 4),
    ("configuration-drift", "NG3", "NG3", None, "only one reading exists for 40 parts", 40),
    ("owner-missing", "NG2/unknown", "NG2", None,
     "no source declares that it lists every owner at NG2", 31),
    ("feed-stale", "feed/epss", None, None, "the feed gives no time for its own content", 1),
)  # fmt: skip


def finding(check: str, subject: str, verdict: Verdict, **more: Any) -> Finding:
    """One finding of a check that the sample knows; ``more`` overrides any field."""
    topic, severity, title, why, remedy = CHECKS[check]
    made = Finding(
        id=finding_id(check, subject),
        check=CheckId(check),
        topic=topic,
        title=title,
        subject_kind="component",
        subject=SubjectId(subject),
        verdict=verdict,
        severity=severity,
        because="",
        why_it_matters=why,
        remedy=remedy,
        site_id=None,
        vendor=None,
        evidence=(FactId("4.17"), FactId("12.0")),
        witness={"firmware": "v6.7.2", "fixed_in": None},
        requirements=("R18", "R21"),
        controls=CONTROLS[topic],
        first_seen_on="2026-09-16",
    )
    return msgspec.structs.replace(made, **more)


def _findings() -> tuple[Finding, ...]:
    fails = [
        finding(
            check, subject, Verdict.FAIL, subject_kind=kind, site_id=site, vendor=vendor,
            because=because, deadline_on=deadline,
            deadline_reason="14 days, from the exploited list" if deadline else None,
        )
        for check, kind, subject, site, vendor, because, deadline in _ROWS
    ]  # fmt: skip
    fails[8] = msgspec.structs.replace(fails[8], exception_id="EX-2026-004")
    unknown = [
        finding(
            check, subject, Verdict.UNKNOWN, subject_kind="group", site_id=site, vendor=vendor,
            because=because, count=count, witness={},
        )
        for check, subject, site, vendor, because, count in _UNKNOWN
    ]  # fmt: skip
    return (*fails, *unknown)


def clock(vendor: int, window: int, operator: int, open_part: str | None = None) -> ExposureClock:
    """A clock whose parts sum to its total."""
    return ExposureClock(
        total_days=vendor + window + operator,
        vendor_days=vendor,
        window_days=window,
        operator_days=operator,
        open_part=open_part,
        published_on="2026-07-19",
        fix_available_on="2026-09-18" if open_part != "vendor" else None,
        window_closed_on="2026-11-04" if open_part != "window" else None,
        fixed_on=None if open_part else "2026-11-16",
        reason="The first approved window after the fix ended on 2026-11-04.",
    )


def exposure(component: str, vulnerability: str, **more: Any) -> Exposure:
    """One affected part; ``more`` overrides any field."""
    asset, _, part = component.partition("/")
    made = Exposure(
        component_id=component,
        asset_id=asset,
        site_id=asset[:3],
        vendor="Schneider Electric",
        product="AP7902B",
        part=part,
        firmware="v6.7.2",
        advisory_id="ICSA-21-348-02",
        vulnerability=vulnerability,
        title="Cross-site scripting in Network Management Card 2",
        state=MatchState.AFFECTED,
        candidate=False,
        confidence=0.97,
        range="<= 6.9.6",
        why="AP7902B is in the family AP7xxx of the advisory; 6.7.2 sorts before 6.9.6.",
        fixed_in="7.0.4",
        cvss_score=7.5,
        cvss_vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:L/A:N",
        is_known_exploited=False,
        exploited_due_on=None,
        epss_score=0.0021,
        epss_percentile=0.58,
        ssvc_decision="scheduled",
        patch_timeline="30 days",
        deadline_on="2026-10-30",
        is_deadline_assumed=False,
        arithmetic=("score 7.5", "reach: routed x 1.2", "asset criticality: high x 1.5"),
        clock=clock(0, 47, 12, "operator"),
        next_window_on="2026-11-21",
        sites_sharing_path=None,
        shared_path=None,
        url="https://www.cisa.gov/news-events/ics-advisories/icsa-21-348-02",
        evidence=("4.17", "22.103"),
    )
    return msgspec.structs.replace(made, **more)


def _exposures() -> tuple[Exposure, ...]:
    corvane = {
        "vendor": "Corvane Energy", "product": "CX string controller", "firmware": "4.1.7",
        "advisory_id": "CORVANE-2026-03", "title": "Standing tunnel accepts any client",
        "range": "< 4.2.0", "fixed_in": "4.2.0", "cvss_score": 9.1, "ssvc_decision": "out of cycle",
        "why": "4.1.7 sorts before 4.2.0.", "clock": clock(61, 47, 12, "operator"),
        "sites_sharing_path": 2, "shared_path": "Ostrava Cloudworks telemetry",
        "deadline_on": "2026-10-18", "url": None,
    }  # fmt: skip
    riello = {
        "vendor": "Riello", "product": "Netman 204", "firmware": "", "range": "all versions",
        "advisory_id": "ICSA-24-268-01", "title": "Missing authorisation in the web interface",
        "why": "All versions are affected, so the unread version is too.", "fixed_in": "",
        "clock": clock(640, 0, 0, "vendor"), "deadline_on": "2026-12-01", "cvss_score": None,
        "is_deadline_assumed": True, "epss_score": None, "epss_percentile": None,
    }  # fmt: skip
    return (
        exposure("NG2-DCIM-01/infrasuite", "CVE-2023-46604", vendor="Delta Electronics",
                 product="InfraSuite Device Master", firmware="1.0.10", cvss_score=9.8,
                 advisory_id="ICSA-23-331-02", title="Deserialisation in Apache ActiveMQ",
                 is_known_exploited=True, exploited_due_on="2023-11-23", epss_score=0.944,
                 epss_percentile=0.999, ssvc_decision="immediate", patch_timeline="3 days",
                 deadline_on="2026-11-14", range="< 1.0.11", fixed_in="1.0.11",
                 why="1.0.10 sorts before 1.0.11.", clock=clock(33, 28, 1029, "operator"),
                 arithmetic=("score 9.8", "known exploited: x 2", "reach: routed x 1.2")),
        exposure("NG1-STR-01/controller", "CORVANE-2026-03-A", **corvane),
        exposure("NG2-STR-04/controller", "CORVANE-2026-03-A", **corvane),
        exposure("NG1-UPS-01/main", "CVE-2022-22805", product="Smart-UPS 3000",
                 firmware="UPS 08.8 / ID=18", advisory_id="ICSA-22-069-01", cvss_score=9.0,
                 title="TLStorm: buffer overflow in packet reassembly", range="ID=18: <= 14.x",
                 fixed_in="UPS 15.0", why="Series id 18; 08.8 sorts before 15.0.",
                 clock=clock(0, 91, 240, "operator"), deadline_on="2026-11-09"),
        exposure("NG1-PDU-03/nmc", "CVE-2021-22810"),
        exposure("NG1-PDU-07/nmc", "CVE-2021-22810", product="AP8641"),
        exposure("NG2-BM-01/nmc2", "CVE-2021-22814", product="AP9922 BM4", firmware="6.9.6",
                 advisory_id="ICSA-21-313-01", clock=clock(0, 120, 0, "window")),
        exposure("NG3-UPS-02/netman", "CVE-2022-47891", **riello),
        exposure("NG3-UPS-02/netman", "CVE-2024-8877",
                 **{**riello, "state": MatchState.UNDETERMINED, "range": "<= 4.05",
                    "why": "The range ends at 4.05 and the version was not read."}),
        exposure("NG1-UPS-03/main", "CVE-2022-22805", product="Smart-UPS 750", clock=None,
                 firmware="UPS 09.8", state=MatchState.UNDETERMINED, deadline_on=None,
                 why="The range needs a series id, and UPS 09.8 carries none."),
        exposure("NG2-UPS-06/netvision", "CVE-2019-10990", vendor="Socomec", clock=None,
                 product="MASTERYS", firmware="Net Vision v4.11", candidate=True, confidence=0.55,
                 state=MatchState.UNDETERMINED, advisory_id="ICSA-24-114-01", url=HOSTILE_URL,
                 title=f"Weak session in {HOSTILE_SCRIPT}", deadline_on=None, range="<= 7.20",
                 why="The card is the same; the advisory names MODULYS GP, not MASTERYS."),
        exposure("NG1-PDU-09/main", "CVE-2022-47311", vendor="Dataprobe", product="iBoot-PDU",
                 firmware="1.42.06162022", state=MatchState.FIXED, clock=clock(10, 20, 0),
                 advisory_id="ICSA-22-263-03", deadline_on=None, fixed_in="1.42.06162022",
                 why="The version is the one that the maker names as fixed."),
        exposure("NG1-PDU-10/nmc3", "CVE-2021-22810", state=MatchState.NOT_AFFECTED, clock=None,
                 firmware="1.0.0.29", product="APDU9xxx", fixed_in="", deadline_on=None,
                 why="1.0.0.29 is an NMC3 version and lies outside every affected range."),
    )  # fmt: skip


def _blast_radii() -> tuple[BlastRadius, ...]:
    return (
        BlastRadius(
            vulnerability="CVE-2023-46604", title="Deserialisation in Apache ActiveMQ",
            advisory_ids=("ICSA-23-331-02",), cvss_score=9.8, is_known_exploited=True,
            states={"affected": 1}, components=("NG2-DCIM-01/infrasuite",), sites=("NG2",),
            paths=("routed management network NG2-MGMT", "DCIM console reads NG1 and NG2"),
            fix="Install InfraSuite Device Master 1.0.11.",
            next_window="2026-11-21, 22:00 to 02:00",
            deadline_on="2026-11-14",
            who_must_know=("facility lead NG2", "security on call", "Delta Electronics support"),
        ),
        BlastRadius(
            vulnerability="CORVANE-2026-03-A", title="Standing tunnel accepts any client",
            advisory_ids=("CORVANE-2026-03",), cvss_score=9.1, is_known_exploited=None,
            states={"affected": 2}, components=("NG1-STR-01/controller", "NG2-STR-04/controller"),
            sites=("NG1", "NG2"), paths=("Ostrava Cloudworks telemetry, shared by 2 sites",),
            fix="Install 4.2.0; until then close the tunnel at the firewall.",
            next_window="2026-11-21, 22:00 to 02:00", deadline_on="2026-10-18",
            who_must_know=("facility lead NG1", "facility lead NG2", "Ostrava Cloudworks"),
        ),
        BlastRadius(
            vulnerability="CVE-2022-22805", title="TLStorm: buffer overflow in packet reassembly",
            advisory_ids=("ICSA-22-069-01",), cvss_score=9.0, is_known_exploited=False,
            states={"affected": 1, "undetermined": 1},
            components=("NG1-UPS-01/main", "NG1-UPS-03/main"), sites=("NG1",),
            paths=("SmartConnect cloud",), fix="Install UPS 15.0 by serial cable.",
            next_window="unknown: no window is approved for NG1-UPS-01", deadline_on="2026-11-09",
            who_must_know=("facility lead NG1",),
        ),
        BlastRadius(
            vulnerability="CVE-2022-47891", title="Missing authorisation in the web interface",
            advisory_ids=("ICSA-24-268-01",), cvss_score=None, is_known_exploited=False,
            states={"affected": 1}, components=("NG3-UPS-02/netman",), sites=("NG3",), paths=(),
            fix="The maker names none. Keep the card off the network.", next_window="none",
            deadline_on="2026-12-01", who_must_know=("facility lead NG3", HOSTILE_SCRIPT),
        ),
    )  # fmt: skip


def _actions(findings: tuple[Finding, ...]) -> tuple[Action, ...]:
    def act(role: str, title: str, reason: str, on: str | None, risk: float, *at: int) -> Action:
        ids = tuple(findings[place].id for place in at)
        return Action(
            role=role, title=title, reason=reason, deadline_on=on, risk=risk, findings=ids
        )

    return (
        act("security", "End the account of Kestrel Field Service on NG1",
            "Used on 2026-11-09, nine days after the contract ended; approved by nobody.",
            "2026-11-17", 96.0, 0),
        act("security", "Take the InfraSuite console off the routed network",
            "Its weakness is used in attacks, and the console reads two sites.",
            "2026-11-14", 88.2, 1),
        act("security", "Close the standing tunnel to Corvane",
            "Two sites share it; the fix waits for the next window.", "2026-11-18", 61.5, 8, 9),
        act("security", "Decide on one match: Net Vision 4.11 in MASTERYS",
            "Until somebody says yes or no, the part counts as undetermined.", None, 12.0),
        act("facilities", "Install 7.0.4 on two PDUs at NG1 on 21 November",
            "17 days past the deadline; one window takes both.", "2026-11-21", 54.0, 2, 3),
        act("facilities", "Read the firmware of 21 Dunmere parts at NG3",
            "Nothing is known of them; each is open to every advisory.", "2026-11-30", 40.0, 20),
        act("facilities", "Validate controller branch 5 at NG3, or put branch 4 back",
            "Thresholds were set for another branch.", "2026-11-30", 33.0, 7),
        act("procurement", "Ask Corvane for signed images in the next order",
            "Two sites take unsigned files from them.", "2027-01-15", 30.0, 8, 9),
        act("procurement", "Get Dunmere Storage to name its owner and cell maker",
            "White label; the owner is unknown and the cells are shared with Corvane.",
            None, 22.0),
        act("auditor", "Look at EX-2026-007: approved by the person who asked for it",
            "It was refused and the finding is open again.", None, 15.0, 10),
    )  # fmt: skip


def _exceptions() -> tuple[AcceptedException, ...]:
    def accepted(name: str, state: str, check: str, subject: str, **more: Any) -> AcceptedException:
        made = AcceptedException(
            exception_id=name, check=check, subject=subject, state=state,
            reason="The controller is replaced in January.", requester="M. Okafor",
            approver="R. Lindqvist", measure="tunnel closed, weekly digest check",
            expires_on="2027-01-31", because="approved by another person, not expired",
        )  # fmt: skip
        return msgspec.structs.replace(made, **more)

    return (
        accepted("EX-2026-004", "in_force", "update-unsigned", "NG1-STR-01/controller"),
        accepted("EX-2026-002", "expired", "support-ended", "NG2-UPS-03/cs121",
                 expires_on="2026-11-15", because="it expired on 2026-11-15, one day ago"),
        accepted("EX-2026-007", "refused", "support-ended", "NG1-UPS-05/nmc", measure=None,
                 approver="M. Okafor", because="the approver is the requester"),
    )  # fmt: skip


def _changes(findings: tuple[Finding, ...]) -> tuple[Change, ...]:
    def changed(what: str, place: int, because: str) -> Change:
        one = findings[place]
        return Change(
            what=what, finding=one.id, subject=one.subject, title=one.title,
            severity=one.severity.value, because=because,
        )  # fmt: skip

    return (
        changed("new", 0, "The session was recorded after the last run. It is the one finding "
                          "where somebody may be inside now."),
        changed("worse", 1, "The weakness was added to the exploited list; the deadline moved "
                            "from 30 days to 3."),
        changed("returned", 11, "EX-2026-002 expired yesterday, so the finding is open again."),
        changed("accepted", 8, "EX-2026-004 accepts it until 2027-01-31."),
        changed("better", 4, "A window that could take the fix was approved for 21 November."),
        changed("gone", 15, "An owner was recorded for a sensor of the same cabinet."),
    )  # fmt: skip


_COVERAGE = Coverage(
    sites=3, assets=64, components=418, components_with_firmware=377, components_read=321,
    components_understood=309, components_named_by_an_advisory=96, unreadable_rows=1,
    advisories=2391, advisories_of_fleet_vendors=143, statements=16022, checks=47,
    verdicts={"fail": 18, "unknown": 181, "pass": 6904, "not_applicable": 3120},
    match_states={"affected": 8, "undetermined": 3, "fixed": 1, "not_affected": 1},
)  # fmt: skip

_FEEDS = (
    FeedAge(feed="csaf", documents=2391, newest_at="2026-11-12T10:00:00Z",
            imported_at="2026-11-16T06:00:00Z", age_days=4, is_stale=False),
    FeedAge(feed="kev", documents=1, newest_at="2026-11-14T15:00:00Z",
            imported_at="2026-11-16T06:00:00Z", age_days=2, is_stale=False),
    FeedAge(feed="cve", documents=4102, newest_at="2026-09-28T08:00:00Z",
            imported_at="2026-10-01T06:00:00Z", age_days=49, is_stale=True),
    FeedAge(feed="epss", documents=1, newest_at=None,
            imported_at="2026-11-16T06:00:00Z", age_days=None, is_stale=True),
)  # fmt: skip

_SITES = (
    SiteSummary(site_id="NG1", name="Harrow", criticality="high", assets=31, components=204,
                fails={"critical": 1, "high": 4, "medium": 2}, unknowns=14, passes=3911,
                worst="critical"),
    SiteSummary(site_id="NG2", name="Leiden", criticality="medium", assets=22, components=149,
                fails={"critical": 1, "high": 2, "medium": 3}, unknowns=76, passes=2610,
                worst="critical"),
    SiteSummary(site_id="NG3", name="Tampere", criticality=None, assets=11, components=65,
                fails={"high": 2, "low": 3}, unknowns=90, passes=383, worst="high"),
)  # fmt: skip

_VENDORS = (
    VendorSummary(vendor="Schneider Electric", components=131, affected=4, undetermined=1,
                  known_exploited=0, fails={"high": 4, "medium": 1}, unknowns=2),
    VendorSummary(vendor="Brightcell Systems", components=96, affected=0, undetermined=0,
                  known_exploited=0, fails={"medium": 1}, unknowns=36),
    VendorSummary(vendor="Aldermoor Power", components=88, affected=0, undetermined=0,
                  known_exploited=0, fails={}, unknowns=0),
    VendorSummary(vendor="Corvane Energy", components=38, affected=2, undetermined=0,
                  known_exploited=0, fails={"high": 3}, unknowns=0),
    VendorSummary(vendor="Dunmere Storage", components=21, affected=0, undetermined=0,
                  known_exploited=0, fails={}, unknowns=42),
    VendorSummary(vendor="Riello", components=4, affected=1, undetermined=1,
                  known_exploited=0, fails={"high": 1}, unknowns=8),
    VendorSummary(vendor="Delta Electronics", components=1, affected=1, undetermined=0,
                  known_exploited=1, fails={"critical": 1}, unknowns=0),
    VendorSummary(vendor=HOSTILE_SCRIPT, components=1, affected=0, undetermined=0,
                  known_exploited=0, fails={"medium": 1}, unknowns=0),
)  # fmt: skip


_PLACES = {
    "NG1-PDU-03/nmc": Place(
        site="Harrow", asset_id="NG1-PDU-03", asset="PDU of row 3",
        location="Hall A, row 3, rack 1", serial="ZA1733010448", owner_facility="Harrow facilities",
        owner_security="OT security",
    ),
    "NG2-DCIM-01/infrasuite": Place(
        site="Leiden", asset_id="NG2-DCIM-01", asset="Console of hall 2", location="Hall 2, rack 9",
        serial="D-2207", part_serial="IDM-14", owner_facility="Leiden facilities",
    ),
}  # fmt: skip


def sample_life() -> Life:
    """A retired UPS with nine days without custody, and a carrier whose name drives terminals."""
    proof = RowProof(
        entry=27, row=3, kind="handover", recorded_at="2026-11-16T08:00:00.000000Z",
        row_sha256="a1" * 32, rows_root="b2" * 32, leaf_sha256="c3" * 32, checkpoint_size=40,
    )  # fmt: skip
    frame: dict[str, Any] = {"source": "register/handovers.csv", "grade": "documented"}
    return Life(
        asset_id="NG1-OLD-1", site_id="NG1", name="Former UPS", manufacturer="APC",
        model="Smart-UPS 2200 XL", serial="QS0424210077", chemistry=None, lifecycle="retired",
        warranty_until=None, as_of="2026-11-16T23:59:59.000000Z", ledger_size=47,
        events=(
            LifeEvent(
                at="2004-11-09", phase="installation", what="in service", who=None,
                source="register/assets.csv", grade="claimed", fact="3.39", kind="asset",
            ),
            LifeEvent(
                at="2026-06-12T08:10:00Z", phase="custody", fact="27.3", kind="handover",
                what="from Harrow to <b>Pye</b>\x1b[2J | and away", who="Owen\u202e Tate",
                proof=proof, **frame,
            ),
            LifeEvent(
                at="", phase="disposal", what="recycled", who="FENWICK", fact="21.1",
                kind="disposal", **frame,
            ),
        ),
        gaps=(
            LifeGap(phase="delivery", says="no authenticity check on record", state="unknown"),
            LifeGap(
                phase="custody", says="nobody had custody for 9 days", state="missing",
                at="2026-06-12T08:10:00Z",
            ),
        ),
        findings=(
            LifeFinding(id="e991551b672b", severity="high", because="Nobody had custody."),
        ),
    )  # fmt: skip


_FRAMEWORKS = tuple(
    FrameworkSummary(
        framework=name, label=label, controls=sum(states), held=held, is_whole=is_whole,
        states=dict(zip(ControlState, states, strict=True)),
    )
    for name, label, held, is_whole, states in (
        ("nis2-implementing", "NIS2 Impl. Reg. (EU) 2024/2690 Annex", 94, False, (45, 6, 40, 3)),
        ("csf-2.0", "NIST CSF 2.0", 128, True, (48, 0, 20, 0)),
        ("dora", "DORA (EU) 2022/2554", 26, False, (15, 0, 11, 0)),
        ("hostile", HOSTILE_SCRIPT, 1, False, (0, 0, 1, 0)),
    )
)  # fmt: skip


def sample_report() -> Report:
    """Northgate as of 16 November 2026, with every verdict and some hostile strings."""
    findings = _findings()
    return Report(
        schema=REPORT_SCHEMA, run=RUN, previous_run=RunId("2026-11-09-77aa03de"), feeds=_FEEDS,
        coverage=_COVERAGE, findings=findings, exposures=_exposures(),
        blast_radii=_blast_radii(), changes=_changes(findings), actions=_actions(findings),
        sites=_SITES, vendors=_VENDORS, exceptions=_exceptions(), places=_PLACES,
        lives=(sample_life(),), frameworks=_FRAMEWORKS,
    )  # fmt: skip


def empty_report() -> Report:
    """A run that looked at nothing: no register, no feed."""
    zeros = dict.fromkeys(
        (name for name in Coverage.__struct_fields__ if name not in {"verdicts", "match_states"}), 0
    )
    return Report(
        schema=REPORT_SCHEMA, run=RUN, previous_run=None, feeds=(),
        coverage=Coverage(**zeros, verdicts={}, match_states={}), findings=(), exposures=(),
        blast_radii=(), changes=(), actions=(), sites=(), vendors=(), exceptions=(),
    )  # fmt: skip


def clear_report() -> Report:
    """A run that looked at everything and found nothing wrong."""
    seen = msgspec.structs.replace(
        _COVERAGE, verdicts={"pass": 7120, "not_applicable": 3120}, unreadable_rows=0,
        components_read=377, components_understood=377, match_states={"not_affected": 12},
    )  # fmt: skip
    return msgspec.structs.replace(
        empty_report(), coverage=seen, feeds=_FEEDS[:2], previous_run=RunId("2026-11-09-77aa03de")
    )


def large_report(count: int) -> Report:
    """Northgate with ``count`` more failures and as many exposures."""
    small = sample_report()
    fails = tuple(
        finding(
            "vulnerability-past-deadline", f"NG1-PDU-{place:05}/nmc", Verdict.FAIL, site_id="NG1",
            vendor="Schneider Electric", because=f"part {place} runs 6.7.2; fixed in 7.0.4",
            deadline_on="2026-10-30",
        )
        for place in range(count)
    )  # fmt: skip
    touched = tuple(
        exposure(f"NG1-PDU-{place:05}/nmc", "CVE-2021-22810", firmware=f"6.{place}")
        for place in range(count)
    )
    return msgspec.structs.replace(
        small, findings=small.findings + fails, exposures=small.exposures + touched
    )
