"""The report of one run: everything that a reader of any format may see, and nothing else.

This is the published JSON schema; ``REPORT_SCHEMA`` changes with every change that a consumer
could notice.
"""

from __future__ import annotations

from typing import Final

import msgspec

from cellwarden.model.coverage import FrameworkSummary
from cellwarden.model.findings import Finding
from cellwarden.model.ids import RunId
from cellwarden.model.lives import Life
from cellwarden.model.matching import MatchState

REPORT_SCHEMA: Final = "cellwarden-report/1"


class SignedState(msgspec.Struct, frozen=True, kw_only=True):
    """The newest signed checkpoint of the ledger, for comparing with one kept elsewhere.

    ``note`` is the checkpoint with all its signatures; ``cosigners`` are the other names under it,
    as it says; the signatures of ``checked_cosigners`` among them hold against keys that the
    workspace names. ``stamped_at`` are the times of RFC 3161 tokens beside it, and
    ``are_stamps_checked`` tells whether these hold against certificates that the workspace names,
    or were only read.
    """

    origin: str
    size: int
    root: str
    note: str
    cosigners: tuple[str, ...] = ()
    checked_cosigners: tuple[str, ...] = ()
    stamped_at: tuple[str, ...] = ()
    are_stamps_checked: bool = False


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of a scan. ``as_of`` is the time that it speaks for (RFC 3339).

    Without a ``checkpoint`` the ledger is unsigned: nobody else can hold us to it.
    """

    id: RunId
    operator: str
    workspace: str
    as_of: str
    started_at: str
    version: str
    ledger_size: int
    ledger_root: str
    catalogue_sha256: str
    checkpoint: SignedState | None = None


class FeedAge(msgspec.Struct, frozen=True, kw_only=True):
    """How old one kind of imported data is. ``age_days`` is unknown where no time is given."""

    feed: str
    documents: int
    newest_at: str | None
    imported_at: str
    age_days: int | None
    is_stale: bool


class FeedChecks(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside imported documents.

    ``digests`` and ``signatures`` count the documents that a digest file or a checked signature
    confirms. ``unchecked`` counts signatures by what a check lacks; ``contradicted`` are documents
    in force that something beside them contradicts, with the reason.
    """

    documents: int
    digests: int
    signatures: int
    unchecked: tuple[tuple[str, int], ...] = ()
    contradicted: tuple[tuple[str, str], ...] = ()


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, with denominators; a share is never shown without them."""

    sites: int
    assets: int
    components: int
    components_with_firmware: int
    components_read: int
    components_understood: int
    components_named_by_an_advisory: int
    unreadable_rows: int
    advisories: int
    advisories_of_fleet_vendors: int
    statements: int
    checks: int
    verdicts: dict[str, int]
    match_states: dict[str, int]


class ExposureClock(msgspec.Struct, frozen=True, kw_only=True):
    """The days of an exposure, split by who they belong to; they sum to ``total_days``.

    ``open_part`` names the part that still runs: vendor, window or operator.
    """

    total_days: int
    vendor_days: int
    window_days: int
    operator_days: int
    open_part: str | None
    published_on: str
    fix_available_on: str | None
    window_closed_on: str | None
    fixed_on: str | None
    reason: str


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """One component and one vulnerability that may touch it, triaged."""

    component_id: str
    asset_id: str
    site_id: str
    vendor: str
    product: str
    part: str
    firmware: str
    advisory_id: str
    vulnerability: str
    title: str
    state: MatchState
    candidate: bool
    confidence: float
    range: str
    why: str
    fixed_in: str
    cvss_score: float | None
    cvss_vector: str | None
    is_known_exploited: bool | None
    exploited_due_on: str | None
    epss_score: float | None
    epss_percentile: float | None
    ssvc_decision: str
    patch_timeline: str
    deadline_on: str | None
    is_deadline_assumed: bool
    arithmetic: tuple[str, ...]
    clock: ExposureClock | None
    next_window_on: str | None
    sites_sharing_path: int | None
    shared_path: str | None
    url: str | None
    evidence: tuple[str, ...]


class BlastRadius(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability on one page, for a Friday evening."""

    vulnerability: str
    title: str
    advisory_ids: tuple[str, ...]
    cvss_score: float | None
    is_known_exploited: bool | None
    states: dict[str, int]
    components: tuple[str, ...]
    sites: tuple[str, ...]
    paths: tuple[str, ...]
    fix: str
    next_window: str
    deadline_on: str | None
    who_must_know: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs from the run before, and why it matters.

    ``what`` is new, gone, worse, better, accepted or returned. ``verdict`` is the finding's, or
    None in reports that were written before it was told.
    """

    what: str
    finding: str
    subject: str
    title: str
    severity: str
    because: str
    verdict: str | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do today, for one role; ``risk`` is the sum that orders the list."""

    role: str
    title: str
    reason: str
    deadline_on: str | None
    risk: float
    findings: tuple[str, ...]


class SiteSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One site in one line; verdict counts by severity for failures."""

    site_id: str
    name: str
    criticality: str | None
    assets: int
    components: int
    fails: dict[str, int]
    unknowns: int
    passes: int
    worst: str | None


class VendorSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor in one line."""

    vendor: str
    components: int
    affected: int
    undetermined: int
    known_exploited: int
    fails: dict[str, int]
    unknowns: int


class AcceptedException(msgspec.Struct, frozen=True, kw_only=True):
    """One exception and whether it is in force. ``state`` is in_force, expired or refused."""

    exception_id: str
    check: str
    subject: str
    state: str
    reason: str
    requester: str
    approver: str
    measure: str | None
    expires_on: str | None
    because: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a part stands and who answers for it, in the register's words; None is not known.

    ``serial`` is the asset's, ``part_serial`` the part's own. The owners are the asset's, else the
    site's. ``disputes`` say where sources of the register differ, and which of them was taken.
    """

    site: str | None = None
    asset_id: str | None = None
    asset: str | None = None
    location: str | None = None
    serial: str | None = None
    part_serial: str | None = None
    owner_facility: str | None = None
    owner_security: str | None = None
    disputes: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one run has to say, worst first.

    ``places`` leads from the id of a component or an asset that is named here to its place.
    ``lives`` are histories of assets, retired ones first, without the digests of each line.
    ``frameworks`` say of each mapped framework how many controls are in which state.
    """

    schema: str
    run: Run
    previous_run: RunId | None
    feeds: tuple[FeedAge, ...]
    coverage: Coverage
    findings: tuple[Finding, ...]
    exposures: tuple[Exposure, ...]
    blast_radii: tuple[BlastRadius, ...]
    changes: tuple[Change, ...]
    actions: tuple[Action, ...]
    sites: tuple[SiteSummary, ...]
    vendors: tuple[VendorSummary, ...]
    exceptions: tuple[AcceptedException, ...]
    places: dict[str, Place] = {}
    lives: tuple[Life, ...] = ()
    frameworks: tuple[FrameworkSummary, ...] = ()
