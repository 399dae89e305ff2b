"""CISA's catalogue of known exploited vulnerabilities, as JSON."""

from __future__ import annotations

from typing import Any

from cellwarden.advisories.feeds.cells import Tables, day, moment, prose
from cellwarden.advisories.feeds.decoding import Decoded
from cellwarden.model.advisories import Understood


def recognises(head: Any) -> bool:
    """A JSON object with a catalogue version and a list of vulnerabilities."""
    return isinstance(head, dict) and "catalogVersion" in head and "vulnerabilities" in head


def understand(source: Decoded) -> Understood:
    """Read the catalogue; a list that is shorter than it says is noted."""
    tables = Tables(source)
    content: dict[str, Any] = source.content
    entries = tables.items(content, "vulnerabilities")
    for position, entry in enumerate(entries):
        name = tables.identifier(entry, "cveID")
        if not name:
            tables.note(f"entry {position} has no cveID", kind="exploited", column="cveID")
            continue
        cells = {
            "vulnerability": name,
            "vendor": tables.name(entry, "vendorProject"),
            "product": tables.name(entry, "product"),
            "name": tables.name(entry, "vulnerabilityName"),
            "added_on": day(tables.moment(entry, "dateAdded")),
            "due_on": day(tables.moment(entry, "dueDate")),
            "ransomware": tables.text(entry, "knownRansomwareCampaignUse").lower(),
            "required_action": prose(tables.text(entry, "requiredAction")),
        }
        tables.add("exploited", cells)
    count = content.get("count")
    if isinstance(count, int) and count != len(entries):
        reason = f"the catalogue says {count} entries and holds {len(entries)}; fetch it again"
        tables.note(reason, kind="exploited", column="count")
    newest_at = tables.moment(content, "dateReleased") or _version_day(content, tables)
    name = f"kev {tables.name(content, 'catalogVersion')}"
    return tables.finish(format_name=name.strip(), newest_at=newest_at)


def _version_day(content: dict[str, Any], tables: Tables) -> str | None:
    """The catalogue version is a date with dots."""
    return moment(tables.text(content, "catalogVersion").replace(".", "-"))
