"""Match: advisories read for an inventory, and a workspace's own fleet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cellwarden.advisories import feeds, matching
from cellwarden.model.advisories import Document
from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import Row, kinds
from cellwarden.model.matching import Component, Match, Remedy, Statement
from cellwarden.model.moments import Moment
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft
from cellwarden.workflows import assemble
from cellwarden.workflows.workspace import Progress, Telling, Workspace, unheard

if TYPE_CHECKING:
    import duckdb


def read_advisories(
    paths: Sequence[Path], *, progress: Progress, tell: Telling = unheard
) -> tuple[list[Statement], dict[str, tuple[Remedy, ...]]]:
    """Every statement under these paths, and each advisory's remedies.

    What cannot be read is told, file by file. A document that the files beside it contradict is
    told as well, and read all the same: nothing is recorded, and no row would say nothing.

    Raises:
        SourceError: there is no document, or none of them could be read as an advisory.
    """
    shape = kinds()["statement"].column_names
    remediation = kinds()["remediation"].column_names
    unreadable = kinds()["unreadable"].column_names
    unread_file, unread_reason = unreadable.index("file"), unreadable.index("reason")
    advisory, text, leaves = (remediation.index(c) for c in ("advisory_id", "text", "leaf_ids"))
    statements: list[Statement] = []
    fixes: defaultdict[str, list[Remedy]] = defaultdict(list)
    formats: set[str] = set()
    for done, found in enumerate(feeds.documents(paths)):
        progress("reading advisories", done, 0)
        document = found
        if isinstance(found, feeds.Tampered):
            tell(f"{found.name}: {found.reason}; it was matched as it lies there")
            document = Document(name=found.name, data=found.data)
        understood = feeds.understand(document)
        formats.add(understood.format)
        for row in understood.tables.get("unreadable", ()):
            tell(f"not read: {row[unread_file]}: {row[unread_reason]}")
        rows: Iterable[Row] = understood.tables.get("statement", ())
        statements += [assemble.statement_of(dict(zip(shape, row, strict=True))) for row in rows]
        for row in understood.tables.get("remediation", ()):
            if row[text]:
                remedy = assemble.remedy_of(row[text] or "", row[leaves])
                fixes[row[advisory] or ""].append(remedy)
    if formats <= {feeds.UNKNOWN_FORMAT}:
        raise _nothing_read(paths)
    return statements, {key: tuple(named) for key, named in fixes.items()}


def _nothing_read(paths: Sequence[Path]) -> SourceError:
    return SourceError(
        f"nothing in {', '.join(path.name for path in paths[:3])} could be read as an advisory",
        advice="CSAF, CVE, NVD, KEV, EPSS, OpenVEX and CycloneDX with vulnerabilities are read, as"
        " UTF-8 JSON or CSV, in folders, .zip and .tar.gz",
    )


def matcher_for(connection: duckdb.DuckDBPyConnection) -> matching.Matcher:
    """A matcher over a workspace's advisories, with its people's decisions and corrections."""
    return matching.Matcher(
        assemble.statements(connection),
        fixes=assemble.remedies(connection),
        decisions=assemble.decisions_in_force(connection),
        corrections=assemble.fetch(connection, "select * from correction"),
    )


def explain_match(
    workspace: Workspace, component_id: str, advisory_id: str, *, moment: Moment
) -> matching.Explanation:
    """Why an advisory touches a component, or why it speaks of another product.

    Raises:
        InputError: the fleet has no such component, or no such advisory was imported.
    """
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        component = _component(assemble.fleet(connection), component_id)
        _must_know_advisory(connection, advisory_id)
        explanation = matcher_for(connection).explain(component, advisory_id)
        connection.close()
    return explanation


def waiting_matches(workspace: Workspace, *, moment: Moment) -> list[Match]:
    """The weak candidates that wait for a person's yes or no."""
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        matches = matcher_for(connection).match(assemble.fleet(connection))
        found = [match for match in matches if match.candidate]
        connection.close()
    return found


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word on a candidate."""

    component_id: str
    advisory_id: str
    is_same_product: bool
    reason: str
    decided_by: str


def record_decision(workspace: Workspace, decision: Decision, *, clock_at: str) -> int:
    """Record a yes or no, so that every later match remembers it; returns the entry.

    Raises:
        InputError: the fleet has no such component, no such advisory was imported, or there is
            no reason.
    """
    if not decision.reason.strip():
        raise InputError(
            "a decision needs a reason", advice="say in --reason how you know, for those who audit"
        )
    with workspace.open_state() as state:
        connection = state.connect(as_of=clock_at)
        component = _component(assemble.fleet(connection), decision.component_id)
        _must_know_advisory(connection, decision.advisory_id)
        products = assemble.products_by_advisory(connection)
        connection.close()
        row = kinds()["match_decision"].row(
            {
                "component_id": decision.component_id,
                "advisory_id": decision.advisory_id,
                "product": products.get(decision.advisory_id),
                "answer": "yes" if decision.is_same_product else "no",
                "reason": decision.reason,
                "decided_by": decision.decided_by,
                "decided_at": clock_at,
                "identity": assemble.identity_of(component),
            }
        )
        draft = Draft(
            act="decision", actor=decision.decided_by, source="decisions", clock_at=clock_at
        )
        return state.record(draft, {"match_decision": [Fact(cells=row)]})


def _component(fleet: Sequence[Component], component_id: str) -> Component:
    for component in fleet:
        if component.component_id == component_id:
            return component
    close = [c.component_id for c in fleet if component_id.casefold() in c.component_id.casefold()]
    raise InputError(
        f"the fleet has no component {component_id!r}",
        advice="did you mean " + ", ".join(close[:3]) + "?" if close else "check the register",
    )


def _must_know_advisory(connection: duckdb.DuckDBPyConnection, advisory_id: str) -> None:
    found = connection.execute(
        "select 1 from advisory where advisory_id = ?", [advisory_id]
    ).fetchall()
    if not found:
        raise InputError(
            f"no advisory {advisory_id!r} was imported",
            advice="check the id, or import it with `cellwarden feeds import`",
        )
