"""How old advisory data is, and what is known of the files beside it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from cellwarden.model.report import FeedAge, FeedChecks
from cellwarden.model.times import parse_time
from cellwarden.store.state import State
from cellwarden.workflows.advisory.feed_checks import recorded_checks
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    import duckdb


def feed_ages(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, state: State, as_of: str
) -> tuple[FeedAge, ...]:
    """How old each expected feed is as of a time; a feed that never came has no documents."""
    recorded = {index: entry.recorded_at for index, entry in state.entries()}
    found = {
        row[0]: row[1:]
        for row in connection.execute(
            "select feed, count(*), max(newest_at) filter (where newest_at <= ?), max(entry)"
            " from feed_document group by feed",
            [as_of],
        ).fetchall()
    }
    ssvc = connection.execute(
        "select count(distinct advisory_id), max(ssvc_at) filter (where ssvc_at <= ?), max(entry)"
        " from vulnerability where exploitation is not null",
        [as_of],
    ).fetchall()
    if ssvc[0][0]:
        found["ssvc"] = ssvc[0]
    ages = []
    for feed, limit in workspace.settings.feeds.max_age_days.items():
        count, newest_at, entry = found.get(feed, (0, None, None))
        age = _days_between(newest_at, as_of)
        ages.append(
            FeedAge(
                feed=feed,
                documents=count,
                newest_at=newest_at,
                imported_at=recorded.get(entry, "") if entry is not None else "",
                age_days=age,
                is_stale=age is None or age > limit,
            )
        )
    return tuple(ages)


def _days_between(earlier: str | None, later: str) -> int | None:
    if not earlier:
        return None
    start: datetime = parse_time(earlier)
    return max((parse_time(later) - start).days, 0)


def feed_checks(connection: duckdb.DuckDBPyConnection) -> FeedChecks:
    """What digest files and signatures are worth, over all documents that were imported."""
    documents = connection.sql("select count(*) from feed_document").fetchall()
    names = dict(connection.sql("select sha256, name from feed_check").fetchall())
    found = recorded_checks(connection)
    lacking = Counter(
        one.signature.why for one in found.values() if one.signature.state == "not checked"
    )
    return FeedChecks(
        documents=documents[0][0],
        digests=sum(bool(one.digests) and not one.contradiction for one in found.values()),
        signatures=sum(one.signature.state == "checked" for one in found.values()),
        unchecked=tuple(sorted(lacking.items())),
        contradicted=tuple(
            sorted((names[key], one.objection) for key, one in found.items() if one.objection)
        ),
    )
