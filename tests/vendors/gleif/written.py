"""Writes files in the form of LEI-CDF 3.1, RR-CDF 2.1 and reporting exceptions 2.1, as XML or CSV.

Every entity in them is invented; the structure follows the published schemas.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from cellwarden.vendors.parties.lei import check_digits

DAY: Final = "2026-11-02"
DIRECT: Final = "IS_DIRECTLY_CONSOLIDATED_BY"
ULTIMATE: Final = "IS_ULTIMATELY_CONSOLIDATED_BY"
FULL: Final = "GLEIF_FULL_PUBLISHED"
DELTA: Final = "GLEIF_DELTA_PUBLISHED"


def lei(body: str) -> str:
    """An LEI that checks, from a short word."""
    whole = f"{body.upper():0<18}"[:18]
    return whole + check_digits(whole)


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One invented entity."""

    lei: str
    name: str
    country: str = "DE"
    status: str = "ISSUED"
    state: str = "ACTIVE"
    renewal: str = "2027-06-30"
    form: str = ""
    others: tuple[str, ...] = ()
    deleted: bool = False


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One invented relationship."""

    child: str
    parent: str
    type: str = DIRECT
    state: str = "ACTIVE"
    registration: str = "PUBLISHED"
    since: str = "2019-07-01"
    until: str = ""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """One invented reporting exception."""

    lei: str
    reason: str
    category: str = "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT"


Record = Entity | Link | Silence


def xml(records: Iterable[Record], *, content: str = FULL, day: str = DAY, count: int = -1) -> str:
    """The records as a common data file."""
    held = list(records)
    root, header, list_, namespace = {
        Entity: ("LEIData", "LEIHeader", "LEIRecords", "lei"),
        Link: ("RelationshipData", "Header", "RelationshipRecords", "rr"),
        Silence: ("ReportingExceptionData", "Header", "ReportingExceptions", "repex"),
    }[type(held[0])]
    schema = {"lei": "leidata", "rr": "rr", "repex": "repex"}[namespace]
    body = "".join(_record(record) for record in held)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{namespace}:{root} xmlns:{namespace}="http://www.gleif.org/data/schema/{schema}/2016">'
        f"<{namespace}:{header}><{namespace}:ContentDate>{day}T08:00:00Z</{namespace}:ContentDate>"
        f"<{namespace}:FileContent>{content}</{namespace}:FileContent>"
        f"<{namespace}:RecordCount>{len(held) if count < 0 else count}</{namespace}:RecordCount>"
        f"</{namespace}:{header}>\n<{namespace}:{list_}>\n{body}</{namespace}:{list_}>"
        f"</{namespace}:{root}>\n"
    )


def _record(record: Record) -> str:
    if isinstance(record, Entity):
        return _entity(record)
    return _link(record) if isinstance(record, Link) else _silence(record)


def _entity(one: Entity) -> str:
    others = "".join(
        f'<lei:OtherEntityName xml:lang="en" type="PREVIOUS_LEGAL_NAME">{escape(name)}'
        "</lei:OtherEntityName>"
        for name in one.others
    )
    gone = "<lei:Extension><lei:Deletion/></lei:Extension>" if one.deleted else ""
    return (
        f"<lei:LEIRecord><lei:LEI>{one.lei}</lei:LEI><lei:Entity>"
        f'<lei:LegalName xml:lang="en">{escape(one.name)}</lei:LegalName>'
        + (f"<lei:OtherEntityNames>{others}</lei:OtherEntityNames>" if others else "")
        + f"<lei:LegalAddress><lei:FirstAddressLine>1 Example Road</lei:FirstAddressLine>"
        f"<lei:Country>{one.country}</lei:Country></lei:LegalAddress>"
        f"<lei:LegalJurisdiction>{one.country}</lei:LegalJurisdiction>"
        "<lei:LegalForm><lei:EntityLegalFormCode>8888</lei:EntityLegalFormCode>"
        f"<lei:OtherLegalForm>{one.form}</lei:OtherLegalForm></lei:LegalForm>"
        f"<lei:EntityStatus>{one.state}</lei:EntityStatus></lei:Entity><lei:Registration>"
        f"<lei:RegistrationStatus>{one.status}</lei:RegistrationStatus>"
        f"<lei:NextRenewalDate>{one.renewal}T00:00:00Z</lei:NextRenewalDate></lei:Registration>"
        f"{gone}</lei:LEIRecord>\n"
    )


def _link(one: Link) -> str:
    until = f"<rr:EndDate>{one.until}T00:00:00Z</rr:EndDate>" if one.until else ""
    return (
        "<rr:RelationshipRecord><rr:Relationship>"
        f"<rr:StartNode><rr:NodeID>{one.child}</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType>"
        f"</rr:StartNode><rr:EndNode><rr:NodeID>{one.parent}</rr:NodeID>"
        "<rr:NodeIDType>LEI</rr:NodeIDType></rr:EndNode>"
        f"<rr:RelationshipType>{one.type}</rr:RelationshipType><rr:RelationshipPeriods>"
        "<rr:RelationshipPeriod><rr:StartDate>2025-01-01T00:00:00Z</rr:StartDate>"
        "<rr:EndDate>2025-12-31T00:00:00Z</rr:EndDate>"
        "<rr:PeriodType>ACCOUNTING_PERIOD</rr:PeriodType></rr:RelationshipPeriod>"
        f"<rr:RelationshipPeriod><rr:StartDate>{one.since}T00:00:00Z</rr:StartDate>{until}"
        "<rr:PeriodType>RELATIONSHIP_PERIOD</rr:PeriodType></rr:RelationshipPeriod>"
        f"</rr:RelationshipPeriods><rr:RelationshipStatus>{one.state}</rr:RelationshipStatus>"
        "</rr:Relationship><rr:Registration>"
        f"<rr:RegistrationStatus>{one.registration}</rr:RegistrationStatus></rr:Registration>"
        "</rr:RelationshipRecord>\n"
    )


def _silence(one: Silence) -> str:
    return (
        f"<repex:Exception><repex:LEI>{one.lei}</repex:LEI>"
        f"<repex:ExceptionCategory>{one.category}</repex:ExceptionCategory>"
        f"<repex:ExceptionReason>{one.reason}</repex:ExceptionReason></repex:Exception>\n"
    )


def sheet(records: Iterable[Record]) -> str:
    """The records as a golden copy: every cell quoted, as GLEIF writes them."""
    held = list(records)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_HEADINGS[type(held[0])])
    writer.writerows(_cells(record) for record in held)
    return text.getvalue()


_HEADINGS: Final[dict[type, list[str]]] = {
    Entity: [
        "LEI",
        "Entity.LegalName",
        "Entity.LegalName.xmllang",
        "Entity.OtherEntityNames.OtherEntityName.1",
        "Entity.OtherEntityNames.OtherEntityName.1.type",
        "Entity.LegalAddress.Country",
        "Entity.LegalJurisdiction",
        "Entity.LegalForm.EntityLegalFormCode",
        "Entity.LegalForm.OtherLegalForm",
        "Entity.EntityStatus",
        "Registration.RegistrationStatus",
        "Registration.NextRenewalDate",
    ],
    Link: [
        "Relationship.StartNode.NodeID",
        "Relationship.StartNode.NodeIDType",
        "Relationship.EndNode.NodeID",
        "Relationship.EndNode.NodeIDType",
        "Relationship.RelationshipType",
        "Relationship.RelationshipStatus",
        "Relationship.Period.1.startDate",
        "Relationship.Period.1.endDate",
        "Relationship.Period.1.periodType",
        "Relationship.Period.2.startDate",
        "Relationship.Period.2.endDate",
        "Relationship.Period.2.periodType",
        "Registration.RegistrationStatus",
    ],
    Silence: ["LEI", "Exception.Category", "Exception.Reason.1", "Exception.Reference.1"],
}


def _cells(record: Record) -> list[str]:
    if isinstance(record, Entity):
        other = record.others[0] if record.others else ""
        return [
            record.lei,
            record.name,
            "en",
            other,
            "PREVIOUS_LEGAL_NAME" if other else "",
            record.country,
            record.country,
            "8888",
            record.form,
            record.state,
            record.status,
            f"{record.renewal}T00:00:00Z",
        ]
    if isinstance(record, Link):
        return [
            record.child,
            "LEI",
            record.parent,
            "LEI",
            record.type,
            record.state,
            "2025-01-01T00:00:00Z",
            "2025-12-31T00:00:00Z",
            "ACCOUNTING_PERIOD",
            f"{record.since}T00:00:00Z",
            f"{record.until}T00:00:00Z" if record.until else "",
            "RELATIONSHIP_PERIOD",
            record.registration,
        ]
    return [record.lei, record.category, record.reason, ""]


def put(folder: Path, name: str, text: str) -> Path:
    """Write a file; one whose name ends in ``.zip`` as an archive of one."""
    path = folder / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name.removesuffix(".zip"), text)
    else:
        path.write_text(text, "utf-8", newline="")
    return path
