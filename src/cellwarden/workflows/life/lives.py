"""Lives: one asset's history out of the facts of every kind, with the proof of each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cellwarden.ledger.rows import row_digest
from cellwarden.lifecycle.history import life_of
from cellwarden.model.errors import InputError
from cellwarden.model.facts import kinds
from cellwarden.model.findings import Finding, Verdict
from cellwarden.model.lives import Life, LifeEvent, LifeFinding, RowProof
from cellwarden.model.moments import Moment
from cellwarden.store.state import State
from cellwarden.workflows.fleet.runs import last_run_before
from cellwarden.workflows.ledger.checkpoints import newest_checkpoint
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

MOST_LIVES: Final = 300
"""Histories in one report; whoever has more assets asks for one by its serial."""

MOST_FINDINGS: Final = 12

Rows = dict[str, list[dict[str, Any]]]

_SHARED: Final = frozenset({"asset", "component", "contract"})
"""Kinds whose facts many findings rest on that are not about this asset's life."""

_OF_ASSET: Final = (
    "account", "data_return", "delivery", "dependency", "disposal", "handover", "installation",
    "removal", "retirement", "sanitization", "shipment", "substitution", "telemetry_end", "ticket",
    "component",
)  # fmt: skip
"""Kinds that name their asset in ``asset_id``."""

_LISTED: Final = ("incident", "risk")
"""Kinds that name several assets in ``asset_ids``, separated by semicolons."""

_SELECT: Final = "select unit.asset_id as of_asset, k.*"
_SELECT_ONCE: Final = "select distinct unit.asset_id as of_asset, k.*"

_LISTS_IT: Final = (
    "join unit on ';' || replace({}.asset_ids, ' ', '') || ';' like '%;' || unit.asset_id || ';%'"
)

_LINKS: Final = {
    "deployment": "join component as c on c.component_id = trim(k.component_id)"
    " join unit on unit.asset_id = trim(c.asset_id)",
    "incident_notice": "join incident as i on i.incident_id = trim(k.incident_id) "
    + _LISTS_IT.format("i"),
    "approval": "join thing on thing.id = trim(k.about_id)"
    " join unit on unit.asset_id = thing.asset_id",
    "document": "join thing on thing.id = trim(k.about_id)"
    " join unit on unit.asset_id = thing.asset_id",
    "exception": "join thing on thing.id = trim(k.accepts)"
    " join unit on unit.asset_id = thing.asset_id",
}
"""How the other kinds lead to an asset; ``thing`` names assets and their parts."""

_THING: Final = (
    "thing as (select asset_id as id, asset_id from unit union all"
    " select c.component_id as id, trim(c.asset_id) as asset_id from component as c"
    " join unit on unit.asset_id = trim(c.asset_id))"
)

_CONTRACTS: Final = """
    with unit as (select unnest(?) as asset_id)
    select distinct unit.asset_id as of_asset, k.*, (
      select string_agg(distinct x.type, ', ' order by x.type)
      from clause as x where x.contract_id = k.contract_id
    ) as clauses
    from contract as k
    join unit on true
    join asset as a on trim(a.asset_id) = unit.asset_id
    join party as p on p.party_id = k.party_id
    where lower(p.name) like lower(trim(a.manufacturer)) || '%'
      and coalesce(k.signed_on, '') <= coalesce((
        select max(r.retired_at) from retirement as r where trim(r.asset_id) = unit.asset_id
      ), '9')
"""
"""Contracts with an asset's maker; one row of ``unit`` and its maker's party."""


def asset_life(workspace: Workspace, wanted: str, moment: Moment) -> Life:
    """The life of the asset with this id, its serial, or the serial of one of its parts.

    Each event carries its proof; what the checks of the last run say of the asset stands beside.

    Raises:
        InputError: there is no such asset, or several; names them.
    """
    newest = newest_checkpoint(workspace)
    signed = newest.checkpoint.size if newest else None
    with workspace.open_state() as state:
        size = state.log.size() if moment.known_at is None else moment.known_at
        connection = state.connect_at(moment)
        try:
            asset_id = find_asset(connection, wanted)
            (life,) = lives(connection, [asset_id], as_of=moment.as_of, ledger_size=size)
            events = tuple(_proven(connection, state, life.events, signed))
        finally:
            connection.close()
    return msgspec.structs.replace(
        life,
        events=events,
        findings=_findings_of(_findings_then(workspace, moment.as_of, size), life),
    )


def find_asset(connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """The id of the one asset that a text means: an id, or a serial of it or of a part, ever.

    Letters' case, blanks and hyphens do not count. An asset's own serial comes before one of its
    parts, and what it holds before what it held.

    Raises:
        InputError: none is meant, or several.
    """
    cells = [wanted.strip(), _plain(wanted)]
    exact = connection.execute(
        "select asset_id from asset where asset_id = ?", cells[:1]
    ).fetchall()
    if exact:
        return str(exact[0][0])
    found = connection.execute(
        """
        with named as (
          select asset_id, asset_id as name, 1 as nearness from asset
          union all select asset_id, serial, 2 from asset
          union all select asset_id, serial, 3 from component
          union all select asset_id, serial, 4 from delivery
          union all select asset_id, replaces_serial, 5 from substitution
          union all select asset_id, with_serial, 5 from substitution
        )
        select trim(asset_id), min(nearness) from named
        where upper(regexp_replace(name, '[^A-Za-z0-9]', '', 'g')) = ? and asset_id is not null
        group by trim(asset_id)
        order by 2, 1
        """,
        cells[1:],
    ).fetchall()
    if len(found) == 1 or (found and found[0][1] < found[1][1]):
        return str(found[0][0])
    if found:
        names = ", ".join(str(row[0]) for row in found[:8])
        raise InputError(
            f"{wanted!r} means {len(found)} assets: {names}",
            advice="give the asset's id; a serial that stands twice is a finding of its own",
        )
    raise InputError(
        f"no asset, and no part of one, has the id or serial {wanted!r}",
        advice="check the spelling, or scan first so that the ledger knows the register",
    )


def lives(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[str], *, as_of: str, ledger_size: int
) -> tuple[Life, ...]:
    """The lives of some assets, in the order asked for; assets that nobody listed are left out."""
    facts = _facts(connection, wanted)
    grades = _grades(connection, facts)
    declared = _declared(connection, as_of)
    listed = {row["asset_id"]: row for row in _dictionaries(connection, "select * from asset")}
    return tuple(
        life_of(
            listed[asset_id],
            facts.get(asset_id, {}),
            grades=grades,
            declared=declared.get(listed[asset_id]["site_id"], frozenset()) | declared["*"],
            as_of=as_of,
            ledger_size=ledger_size,
        )
        for asset_id in wanted
        if asset_id in listed
    )


def told_lives(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The assets of which more is on record than the register's row, retired ones first.

    Raises:
        duckdb.CatalogException: the subjects of the run were not made yet.
    """
    rows = connection.execute(
        "select asset_id from subject_life where life_facts > 0 or lifecycle = 'retired'"
        " order by lifecycle = 'retired' desc, asset_id limit ?",
        [MOST_LIVES],
    ).fetchall()
    return [str(row[0]) for row in rows]


def with_findings(told: Iterable[Life], findings: Sequence[Finding]) -> tuple[Life, ...]:
    """Lives with what the checks of a run say of each."""
    return tuple(
        msgspec.structs.replace(life, findings=_findings_of(findings, life)) for life in told
    )


def _facts(connection: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> dict[str, Rows]:
    """The facts of each asset by kind, in the order of the ledger."""
    found: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
    for kind, query in _queries():
        rows = _dictionaries(connection, query, list(wanted))
        for row in sorted(rows, key=lambda row: (row["entry"], row["row"])):
            found[row.pop("of_asset")][kind].append(row)
    return found


def _queries() -> Iterator[tuple[str, str]]:
    head = "with unit as (select unnest(?) as asset_id)"
    for kind in _OF_ASSET:
        link = "join unit on unit.asset_id = trim(k.asset_id)"
        yield kind, f"{head} {_SELECT} from {kind} as k {link}"
    for kind in _LISTED:
        yield kind, f"{head} {_SELECT} from {kind} as k {_LISTS_IT.format('k')}"
    for kind, link in _LINKS.items():
        yield kind, f'{head}, {_THING} {_SELECT_ONCE} from "{kind}" as k {link}'
    if {"contract", "clause"} <= kinds().keys():
        yield "contract", _CONTRACTS


def _grades(connection: duckdb.DuckDBPyConnection, facts: dict[str, Rows]) -> dict[str, str]:
    """The grade of each paper that a fact cites."""
    cited = {
        row["document_id"]
        for rows in facts.values()
        for kind in rows.values()
        for row in kind
        if row.get("document_id")
    }
    found = connection.execute(
        "select document_id, lower(trim(grade)) from document"
        " where grade is not null and document_id in (select unnest(?))",
        [sorted(cited)],
    ).fetchall()
    return {str(document): str(grade) for document, grade in found}


def _declared(
    connection: duckdb.DuckDBPyConnection, as_of: str
) -> defaultdict[str, frozenset[str]]:
    """The kinds that each site declares complete on a day; ``*`` is every site."""
    rows = connection.execute(
        """
        select coalesce(trim(site_id), '*'), lower(trim(about)) from declaration
        where date_diff('day', try_cast(left(declared_on, 10) as date), cast(? as date))
          between 0 and try_cast(valid_days as bigint)
        """,
        [as_of[:10]],
    ).fetchall()
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for site, about in rows:
        found[str(site)] |= {str(about)}
    return found


def _proven(
    connection: duckdb.DuckDBPyConnection,
    state: State,
    events: Sequence[LifeEvent],
    signed: int | None,
) -> Iterator[LifeEvent]:
    """Events with the digests that commit to their facts."""
    wanted = {int(event.fact.partition(".")[0]) for event in events}
    entries = {index: entry for index, entry in state.entries() if index in wanted}
    for event in events:
        index, row = (int(part) for part in event.fact.split("."))
        table = next(one for one in entries[index].tables if one.kind == event.kind)
        columns = ", ".join(
            f'"{name}"' for name in ("op", "valid_from", "valid_to", *table.columns)
        )
        # From the partition and not from a view: personal cells are committed as salted digests.
        path = str(state.partitions.path(event.kind, index))
        cells = connection.execute(
            f'select {columns} from read_parquet(?) where "row" = ?', [path, row]
        ).fetchall()[0]
        leaf = next(state.log.read(index, index + 1)).leaf
        proof = RowProof(
            entry=index,
            row=row,
            kind=event.kind,
            recorded_at=entries[index].recorded_at,
            row_sha256=row_digest(cells).hex(),
            rows_root=table.root,
            leaf_sha256=leaf.hex(),
            checkpoint_size=signed if signed is not None and signed > index else None,
        )
        yield msgspec.structs.replace(event, proof=proof)


def _findings_then(workspace: Workspace, as_of: str, ledger_size: int) -> Sequence[Finding]:
    """What the newest run that knew no more than was asked for found."""
    found = last_run_before(workspace, as_of=as_of, ledger_size=ledger_size)
    return found.findings if found else ()


def _findings_of(findings: Sequence[Finding], life: Life) -> tuple[LifeFinding, ...]:
    """The failures that name the asset or a part of it, or rest on a line of its history."""
    asset_id = life.asset_id
    facts = {event.fact for event in life.events if event.kind not in _SHARED}
    own = [
        finding
        for finding in findings
        if finding.verdict is Verdict.FAIL
        and finding.exception_id is None
        and finding.subject_kind != "exposure"
        and (
            finding.witness.get("asset_id") == asset_id
            or finding.subject == asset_id
            or finding.subject.startswith(f"{asset_id}/")
            or not facts.isdisjoint(finding.evidence)
        )
    ]
    own.sort(key=lambda finding: (finding.severity.rank, finding.check))
    return tuple(
        LifeFinding(id=one.id, severity=one.severity.value, because=one.because)
        for one in own[:MOST_FINDINGS]
    )


def _dictionaries(
    connection: duckdb.DuckDBPyConnection, query: str, wanted: list[str] | None = None
) -> list[dict[str, Any]]:
    cursor = connection.execute(query, [wanted] if wanted is not None else [])
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
