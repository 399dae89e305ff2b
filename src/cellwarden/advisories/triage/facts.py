"""What triage is told: rows of the register and of the feeds, indexed by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

Cells = Mapping[str, str | None]
"""One fact's cells by column name, as ``model/kinds/`` declares them; more may be there.

A cell named ``fact_id`` is cited as evidence where the row took part.
"""


class TriageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that triage may know, as plain indexes. What is not there is unknown.

    Register: ``components``, ``assets``, ``sites`` and ``parties`` by their id; ``windows`` and
    ``dependencies`` as rows; ``releases`` as rows, for the dates of fixes.
    ``sites_with_all_dependencies``: sites for which a fresh declaration says that every
    dependency is listed, so that none found means none.

    Feeds: ``advisories`` by advisory id; ``vulnerabilities``: every row of the kind by
    vulnerability id; ``remediations``: every row by advisory id; ``exploited`` and
    ``likelihoods`` by vulnerability id. ``exploited_list_at``: the time for which the list of
    exploited weaknesses speaks (RFC 3339), nothing where none was imported.
    ``imported_at``: when an advisory reached us, for those that give no date of their own.

    ``justifications``: for statements ``not_affected`` that give one, the justification by
    (advisory id, leaf id). ``vendor_names``: the vendor behind a name in lower case
    ("apc": "schneider electric"); a name that is not there stands for itself.

    ``fixed_on``: by (component id, vulnerability id), when the register first showed a version
    without the weakness.
    """

    components: Mapping[str, Cells] = {}
    assets: Mapping[str, Cells] = {}
    sites: Mapping[str, Cells] = {}
    parties: Mapping[str, Cells] = {}
    windows: Sequence[Cells] = ()
    dependencies: Sequence[Cells] = ()
    releases: Sequence[Cells] = ()
    sites_with_all_dependencies: frozenset[str] = frozenset()
    advisories: Mapping[str, Cells] = {}
    vulnerabilities: Mapping[str, Sequence[Cells]] = {}
    remediations: Mapping[str, Sequence[Cells]] = {}
    exploited: Mapping[str, Cells] = {}
    exploited_list_at: str | None = None
    likelihoods: Mapping[str, Cells] = {}
    imported_at: Mapping[str, str] = {}
    justifications: Mapping[tuple[str, str], str] = {}
    vendor_names: Mapping[str, str] = {}
    fixed_on: Mapping[tuple[str, str], str] = {}


class TriagePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator may decide about triage.

    ``exploited_list_max_days``: a list of exploited weaknesses that is older says nothing by
    leaving one out.
    """

    exploited_list_max_days: int = 30
