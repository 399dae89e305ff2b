"""Match: advisories read for an inventory, and a workspace's own fleet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cellwarden.advisories import feeds, matching
from cellwarden.model.advisories import Document
from cellwarden.model.errors import InputError, SourceError
from cellwarden.model.facts import RETRACT, Row, kinds
from cellwarden.model.matching import Component, Match, Remedy, Statement
from cellwarden.model.moments import Moment
from cellwarden.store.facts import Fact
from cellwarden.store.state import Draft
from cellwarden.workflows import assemble
from cellwarden.workflows.workspace import (
    Progress,
    Telling,
    Workspace,
    nobody_watches,
    unheard,
)

if TYPE_CHECKING:
    import duckdb

_TOLD_EACH: Final = 100
"""Components between two looks at the progress."""
_DECISIONS: Final = "decisions"
"""The source of what people say through the command line."""


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


def matches_of(
    connection: duckdb.DuckDBPyConnection,
    components: Sequence[Component],
    *,
    progress: Progress = nobody_watches,
) -> list[Match]:
    """What a workspace's advisories and its people say of components; progress by component."""
    return list(matcher_for(connection).match(_counted(components, progress)))


def _counted(components: Sequence[Component], progress: Progress) -> Iterator[Component]:
    """Components as they are, told as they are taken."""
    count = len(components)
    for at, one in enumerate(components):
        if not at % _TOLD_EACH:
            progress("matching", at, count)
        yield one
    progress("matching", count, count)


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


def waiting_matches(
    workspace: Workspace, *, moment: Moment, progress: Progress = nobody_watches
) -> list[Match]:
    """The weak candidates that wait for a person's yes or no."""
    with workspace.open_state() as state:
        connection = state.connect_at(moment)
        found = matches_of(connection, assemble.fleet(connection), progress=progress)
        connection.close()
    return [match for match in found if match.candidate]


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
    _must_have_reason(decision.reason)
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
            act="decision", actor=decision.decided_by, source=_DECISIONS, clock_at=clock_at
        )
        return state.record(draft, {"match_decision": [Fact(cells=row)]})


def withdraw_decision(
    workspace: Workspace,
    component_id: str,
    advisory_id: str,
    *,
    reason: str,
    actor: str,
    clock_at: str,
) -> int:
    """Take a yes or no back: the match waits for a person once more; returns the entry.

    What was said stays in the ledger, and who asks what was known before it was taken back still
    sees it.

    Raises:
        InputError: nobody decided on this match here, or there is no reason.
    """
    _must_have_reason(reason)
    with workspace.open_state() as state:
        connection = state.connect(as_of=clock_at)
        found = [
            one
            for one in assemble.fetch(connection, "select * from match_decision_all")
            if (one["component_id"], one["advisory_id"]) == (component_id, advisory_id)
        ]
        connection.close()
        said = next((one for one in found if one["source"] == _DECISIONS), None)
        if said is None:
            raise _nothing_to_withdraw(component_id, advisory_id, found)
        kind = kinds()["match_decision"]
        cells = {name: said[name] for name in kind.column_names}
        cells |= {"reason": reason, "decided_by": actor, "decided_at": clock_at}
        draft = Draft(act="decision", actor=actor, source=_DECISIONS, clock_at=clock_at)
        return state.record(draft, {kind.name: [Fact(cells=kind.row(cells), op=RETRACT)]})


def _must_have_reason(reason: str) -> None:
    if not reason.strip():
        raise InputError(
            "a decision needs a reason", advice="say in --reason how you know, for those who audit"
        )


def _nothing_to_withdraw(
    component_id: str, advisory_id: str, found: Sequence[Mapping[str, str | None]]
) -> InputError:
    if found:
        return InputError(
            f"the word on {component_id} and {advisory_id} stands in {found[0]['source']}",
            advice="take the row out there, and scan",
        )
    return InputError(
        f"nobody has decided on {component_id} and {advisory_id}",
        advice="`cellwarden match waiting` lists what waits for a person",
    )


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
