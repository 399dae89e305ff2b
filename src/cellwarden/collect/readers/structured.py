"""YAML and JSON registers: lists of rows under the name of their kind, or one list."""

from __future__ import annotations

from typing import Any, Final

from cellwarden.collect import bounds
from cellwarden.collect.cells import Place
from cellwarden.collect.date_order import DateOrders
from cellwarden.collect.documents import Parsed, parse_json, parse_yaml
from cellwarden.collect.headings import BELOW, column_of, plain
from cellwarden.collect.intake import Intake
from cellwarden.collect.mapping import kind_of_name, likely_kinds, present, suggest_mapping
from cellwarden.collect.readers import Request
from cellwarden.collect.rows import RowsOfTable, tell_unread
from cellwarden.collect.values import required
from cellwarden.model.errors import SourceError

FORMAT: Final = "YAML or JSON"

_HOLDER, _HELD = "asset", "component"
_PARTS: Final = frozenset({"parts", "modules", "cards", "subcomponents"})
"""What lists of components are called in the row of an asset, besides what the kind is."""
"""A row of the first kind may hold a list of the second."""

_SPACED: Final = frozenset({"fixes"})
"""Columns whose several values are separated by spaces, not by semicolons."""

Cell = str | bool | list[Any] | dict[str, Any] | None


def claim(name: str, head: bytes) -> int:
    """Sure by the ending; readers of a particular JSON are surer."""
    lowered = name.casefold()
    if lowered.endswith((".yaml", ".yml")):
        return 5
    if lowered.endswith(".json"):
        return 4
    return 2 if head.lstrip()[:1] in {b"{", b"["} else 0


def read(request: Request, intake: Intake) -> None:
    """Read one register document."""
    is_yaml = request.name.casefold().endswith((".yaml", ".yml"))
    parsed = (parse_yaml if is_yaml else parse_json)(request.name, request.data)
    if parsed.note:
        intake.note(f"{request.name}: {parsed.note}")
    lists = _lists(request, parsed.value, intake)
    for kind, rows in lists:
        table = _Rows(request, intake, parsed, kind)
        table.read(rows)
        table.finish()


def _lists(request: Request, value: Any, intake: Intake) -> list[tuple[str, list[Any]]]:
    """Each list of rows with its kind."""
    named = request.mapping.kind if request.mapping else request.kind or kind_of_name(request.name)
    if isinstance(value, list):
        kind = named or _kind_of_rows(value)
        if kind:
            return [(kind, value)]
    if isinstance(value, dict):
        found = []
        for key, part in value.items():
            kind = kind_of_name(key)
            if kind and isinstance(part, (list, dict)):
                found.append((kind, part if isinstance(part, list) else _by_id(kind, part)))
            else:
                intake.unmapped.append(key)
        if found:
            _hold_for_all(value, found, intake)
            return found
        intake.unmapped.clear()
        if named:
            return [(named, [value])]
        told = [(_kind_of_rows(part), part) for part in value.values() if isinstance(part, list)]
        if told and any(kind for kind, _ in told):
            intake.unmapped += [key for key, part in value.items() if not isinstance(part, list)]
            return [(kind, part) for kind, part in told if kind]
    if value is None:
        return []
    raise SourceError(
        f"{request.name}: neither its name nor its keys tell what its rows are",
        advice="put the rows under a kind, for example assets: [...], or call the file "
        "assets.yaml; a device's configuration goes to configuration/COMPONENT/DATE.json",
    )


def _hold_for_all(
    value: dict[str, Any], lists: list[tuple[str, list[Any]]], intake: Intake
) -> None:
    """Give what stands above the lists, such as a site, to each row that does not say it."""
    for key in [key for key in intake.unmapped if isinstance(value.get(key), str)]:
        held = 0
        for kind, rows in lists:
            meant = column_of(key, kind)
            if meant is None or kind == meant[1].removesuffix("_id"):
                continue
            for row in (row for row in rows if isinstance(row, dict)):
                own = {found[1] for other in row if (found := column_of(other, kind))}
                if meant[1] not in own:
                    row[key] = value[key]
                    held += 1
        if held:
            intake.unmapped.remove(key)
            intake.note(f"{intake.file}: {key!r} above the lists is taken for {held} rows below")


def _by_id(kind: str, table: dict[str, Any]) -> list[Any]:
    """Rows that are kept under their own id."""
    key = required(kind)[0]
    rows = []
    for name, row in table.items():
        if isinstance(row, dict):
            row.setdefault(key, name)
        rows.append(row)
    return rows


def _kind_of_rows(rows: list[Any]) -> str | None:
    first = next((row for row in rows if isinstance(row, dict)), None)
    likely = likely_kinds(list(first)) if first else []
    if not likely or (len(likely) > 1 and likely[0][0] == likely[1][0]):
        return None
    return likely[0][1]


class _Rows:
    """Reads the rows of one list; the keys of a row are understood once for all rows alike."""

    def __init__(self, request: Request, intake: Intake, parsed: Parsed, kind: str) -> None:
        self.intake = intake
        self.parsed = parsed
        self.kind = kind
        self.request = request
        self.held: _Rows | None = None
        self.given = request.mapping if request.mapping and request.mapping.kind == kind else None
        self.known: dict[tuple[str, ...], RowsOfTable] = {}
        self.orders = DateOrders(self.given.dates if self.given else {})

    def read(self, rows: list[Any]) -> None:
        """Read them all."""
        for position, row in enumerate(rows):
            place = Place(file=self.intake.file, line=self.parsed.line_of(row))
            if place.line is None:
                place = place.at(f"{self.kind}[{position}]")
            if not isinstance(row, dict) or len(row) > bounds.COLUMNS:
                reason = f"a row of {self.kind} is written as keys with values"
                self.intake.unreadable(place, kind=self.kind, reason=reason, text=str(type(row)))
                continue
            self.row(row, place)

    def finish(self) -> None:
        """Read the rows that wait for what others tell of their dates."""
        for table in self.known.values():
            table.finish()
        if self.held is not None:
            self.held.finish()

    def row(self, row: dict[str, Any], place: Place) -> None:
        """Read one row, and the components that stand in it."""
        row = _in_groups(self._without_parts(row, place))
        table = self._table(tuple(row), place)
        texts: list[str] = []
        for key, value in row.items():
            if key not in table.headings:
                texts.append("")
                continue
            separator = " " if table.headings[key] in _SPACED else ";"
            try:
                texts.append(_text(value, separator) or "")
            except ValueError:
                reason = f"{key}: write one text, or a list of texts, not keys with values"
                self.intake.unreadable(place.at(key), kind=self.kind, reason=reason, text=None)
                return
        table.put(place, texts)

    def _without_parts(self, row: dict[str, Any], place: Place) -> dict[str, Any]:
        """A row without the lists of components that stand in it; they are read as its parts."""
        if self.kind != _HOLDER:
            return row
        inner = {
            key: value
            for key, value in row.items()
            if isinstance(value, list) and _is_of_parts(key, value)
        }
        rest = {key: value for key, value in row.items() if key not in inner}
        mapping = self.given or suggest_mapping(list(rest), _HOLDER)
        ids = [rest[key] for key, column in mapping.columns.items() if column == "asset_id"]
        if not inner or not ids or not isinstance(ids[0], str):
            return row
        shared = {
            column: rest[key]
            for key, column in mapping.columns.items()
            if column in {"manufacturer", "model"} and isinstance(rest[key], str)
        }
        for part in (part for value in inner.values() for part in value):
            at = Place(file=place.file, line=self.parsed.line_of(part) or place.line)
            if isinstance(part, dict):
                own = set(suggest_mapping(list(part), _HELD).columns.values())
                inherited = {} if own & shared.keys() else shared
                self._parts().row({"asset_id": ids[0]} | inherited | _as_part(part), at)
            else:
                reason = f"a row of {_HELD} is written as keys with values"
                self.intake.unreadable(at, kind=_HELD, reason=reason, text=str(part))
        return rest

    def _parts(self) -> _Rows:
        if self.held is None:
            self.held = _Rows(self.request, self.intake, self.parsed, _HELD)
        return self.held

    def _table(self, keys: tuple[str, ...], place: Place) -> RowsOfTable:
        if keys not in self.known:
            given = self.given
            mapping = present(keys, given) if given else suggest_mapping(keys, self.kind)
            if not self.known:
                self.intake.mappings.append(mapping)
            self.known[keys] = RowsOfTable(
                list(keys), mapping, self.intake, self.intake.file, orders=self.orders
            )
            tell_unread(list(keys), mapping, None, self.intake, place)
        return self.known[keys]


def _in_groups(row: dict[str, Any]) -> dict[str, Any]:
    """A row in which keys with values of their own stand as headings below a group.

    A group is one where a key in it is a heading by itself, as in ``hw: {vendor: APC}``.
    """
    found: dict[str, Any] = {}
    for key, value in row.items():
        is_flat = isinstance(value, dict) and not any(
            isinstance(inner, (dict, list)) for inner in value.values()
        )
        if is_flat and any(column_of(name, _HOLDER) or column_of(name, _HELD) for name in value):
            found |= {f"{key}{BELOW}{name}": inner for name, inner in value.items()}
        else:
            found[key] = value
    return found


def _is_of_parts(key: str, value: list[Any]) -> bool:
    """Whether a list in a row of an asset is one of its components."""
    is_called = kind_of_name(key) == _HELD or key.casefold() in _PARTS
    return is_called and (kind_of_name(key) == _HELD or any(isinstance(p, dict) for p in value))


def _as_part(part: dict[str, Any]) -> dict[str, Any]:
    """A component that stands in its asset: a name there is unique in it, and nowhere else."""
    named = suggest_mapping(list(part), _HELD).columns
    if "part" in named.values():
        return part
    called = [key for key, column in named.items() if column == "component_id"]
    is_name = bool(called) and plain(called[0]).endswith("name")
    return {"part" if is_name and key in called else key: value for key, value in part.items()}


def _text(value: Cell, separator: str) -> str | None:
    """A cell as text; a list of scalars as one text.

    Raises:
        ValueError: it holds keys with values, or lists in lists.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if any(isinstance(part, (list, dict)) for part in value):
            raise ValueError(value)
        return separator.join(str(part) for part in value if part is not None)
    if isinstance(value, dict):
        raise ValueError(value)  # noqa: TRY004 - the caller handles one kind of refusal
    return value
