"""The objects in an export of NetBox: in answers of its REST and GraphQL doors, page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from cellwarden.collect.cells import Place
from cellwarden.collect.documents import Parsed, parse_json
from cellwarden.collect.intake import Intake
from cellwarden.model.errors import SourceError

MODELS: Final = ("sites", "device_types", "devices", "modules", "inventory_items")

_API: Final = re.compile(r"/api/dcim/([a-z-]+)/\d+")
_LIST: Final = "_list"
_ITEMS: Final = ("inventoryitems", "inventory_items")
_BAYS: Final = ("modulebays", "module_bays")
_NAMES: Final = ("id", "name", "slug", "asset_tag", "display")
"""What an object that stands around others is known by in them."""

_CALLED: Final = {
    **{model: model for model in MODELS},
    **{model.removesuffix("s"): model for model in MODELS},
    "inventoryitem": "inventory_items",
    "inventoryitems": "inventory_items",
}


class Item(NamedTuple):
    """One object of NetBox: its model, what it says, where it stands."""

    model: str
    value: Any
    place: Place


class _Page(NamedTuple):
    """One answer: what it says, its path in the document, and the parsed document around it."""

    value: Any
    path: str
    parsed: Parsed
    line: int | None


def items_of(name: str, data: bytes, intake: Intake) -> list[Item]:
    """Every object of an export with its place; sites come first, then types, devices and parts.

    Read are a list, one answer, and several answers: in a list, or one a line. An answer that
    is none is told in its place, and the others are read. An object that stands in two answers,
    as where a list grew between them, is one.

    Raises:
        SourceError: no answer can be read, or none of them holds an object that is known here.
    """
    pages = list(_pages(name, data, intake))
    found: list[Item] = []
    for page in pages:
        found += [inner for item in _of_page(name, page, intake) for inner in _unfolded(item)]
    if not found:
        errors = [error for page in pages for error in _errors(page.value)]
        told = f"; NetBox answered: {errors[0][:200]}" if errors else ""
        raise SourceError(
            f"{name} holds none of NetBox's {', '.join(MODELS)}{told}",
            advice="export /api/dcim/devices/ and its neighbours, or device_list and its like by "
            "GraphQL, as JSON",
        )
    _tell_rest(name, pages, intake)
    return _once(name, sorted(found, key=lambda item: MODELS.index(item.model)), intake)


def _pages(name: str, data: bytes, intake: Intake) -> Iterator[_Page]:
    lines = data.strip().splitlines()
    if len(lines) > 1 and all(_is_answer_line(line) for line in lines):
        for number, line in enumerate(data.splitlines(), 1):
            if not line.strip():
                continue
            try:
                parsed = parse_json(name, line)
            except SourceError as error:
                reason = f"this line is no whole answer of NetBox ({error}); export it anew"
                intake.unreadable(
                    Place(file=name, line=number), kind=None, reason=reason, text=None
                )
                continue
            yield _Page(parsed.value, "", parsed, number)
        return
    parsed = parse_json(name, data)
    value = parsed.value
    if isinstance(value, list) and any(_is_answer(part) for part in value):
        for position, part in enumerate(value):
            yield _Page(part, f"[{position}]", parsed, None)
    else:
        yield _Page(value, "", parsed, None)


def _is_answer_line(line: bytes) -> bool:
    bare = line.strip()
    return not bare or bare[:1] == b"{"


def _is_answer(value: Any) -> bool:
    """Whether something is an answer of a door, and no object that it answers with."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("results"), list) or bool({"data", "errors"} & value.keys())


def _of_page(name: str, page: _Page, intake: Intake) -> Iterator[Item]:
    value = page.value
    if isinstance(value, list):
        yield from _listed(name, "", value, page, intake)
        return
    if not isinstance(value, dict):
        _refuse(page, "", "an answer of NetBox is written as keys with values", intake)
        return
    for told in _errors(value):
        reason = f"NetBox answered with an error: {told}; correct the query and export it anew"
        _refuse(page, "errors", reason, intake)
    if isinstance(value.get("results"), list):
        yield from _listed(name, "results", value["results"], page, intake)
        return
    if "data" in value:
        if not isinstance(value["data"], dict):
            if not value.get("errors"):
                _refuse(page, "data", "the answer holds no data; export it anew", intake)
            return
        yield from _named(name, "data", value["data"], page, intake)
        return
    yield from _named(name, "", value, page, intake)


def _named(
    name: str, path: str, lists: dict[str, Any], page: _Page, intake: Intake
) -> Iterator[Item]:
    """The lists of an answer by their names; what no name tells is told by what it looks like."""
    for key, value in lists.items():
        where = f"{path}.{key}" if path else key
        model = _CALLED.get(key.replace("-", "_").removesuffix(_LIST))
        part = value["results"] if isinstance(value, dict) and "results" in value else value
        if model and isinstance(part, dict):
            part = [part]
        if isinstance(part, list):
            yield from _listed(name, where, part, page, intake, model=model, key=key)
        elif model and part is not None:
            _refuse(page, where, f"{key} is a list of objects; export it anew", intake)


def _listed(
    name: str,
    path: str,
    items: list[Any],
    page: _Page,
    intake: Intake,
    *,
    model: str | None = None,
    key: str = "",
) -> Iterator[Item]:
    is_known = False
    for position, item in enumerate(items):
        found = model or model_of(name, item)
        if found is None:
            continue
        is_known = True
        place = Place(file=name, line=page.parsed.line_of(item) if page.line is None else page.line)
        if place.line is None or page.line is not None:
            steps = [step for step in (page.path, path or found) if step]
            place = place.at(f"{'.'.join(steps)}[{position}]")
        yield Item(found, item, place)
    if key and items and not is_known and key not in intake.unmapped:
        intake.unmapped.append(key)


def model_of(name: str, item: Any) -> str | None:
    """Which of NetBox's models an object is of, by its address, its keys, or the file's name."""
    if not isinstance(item, dict):
        item = {}
    if found := _API.search(str(item.get("url") or "")):
        model = found[1].replace("-", "_")
        return model if model in MODELS else None
    if "device_type" in item:
        return "devices"
    if "module_type" in item:
        return "modules"
    if "device" in item and "part_id" in item:
        return "inventory_items"
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0].replace("-", "_")
    return next((model for model in reversed(MODELS) if stem.casefold().endswith(model)), None)


def _unfolded(item: Item) -> Iterator[Item]:
    """An object, and those that a query had answered inside it: a site's devices, their parts."""
    yield item
    if not isinstance(item.value, dict):
        return
    if item.model == "sites":
        for inner in _inside(item, ("devices",), "devices", "site"):
            yield from _unfolded(inner)
    elif item.model == "devices":
        yield from _inside(item, ("modules",), "modules", "device")
        yield from _inside(item, _ITEMS, "inventory_items", "device")
        for bay in _inside(item, _BAYS, "modules", "device"):
            module = bay.value.get("installed_module") if isinstance(bay.value, dict) else None
            if isinstance(module, dict):
                told = {"module_bay": bay.value, "device": bay.value["device"]} | module
                yield bay._replace(value=told)


def _inside(item: Item, keys: Sequence[str], model: str, owner: str) -> Iterator[Item]:
    named = {key: item.value[key] for key in _NAMES if key in item.value}
    for key in keys:
        for position, part in enumerate(_sequence(item.value.get(key))):
            above = f"{item.place.column}." if item.place.column else ""
            place = item.place.at(f"{above}{key}[{position}]")
            told = {owner: named} | part if isinstance(part, dict) else part
            yield Item(model, told, place)


def _once(name: str, items: list[Item], intake: Intake) -> list[Item]:
    """The objects without those that say the very same of the very same thing once more."""
    seen: set[str] = set()
    kept = []
    for item in items:
        text = item.model + json.dumps(item.value, sort_keys=True, default=str)
        if text in seen:
            intake.note(f"{name}: what stands in several answers in the same words is read once")
            continue
        seen.add(text)
        kept.append(item)
    return kept


def _tell_rest(name: str, pages: list[_Page], intake: Intake) -> None:
    """Say where the last answer names a next one, which is not here."""
    last = pages[-1].value
    if isinstance(last, dict) and last.get("next"):
        intake.note(f"{name} is one page of several; export with limit=0 for all of them")


def _refuse(page: _Page, path: str, reason: str, intake: Intake) -> None:
    where = ".".join(step for step in (page.path, path) if step)
    place = Place(file=intake.file, line=page.line, column=where or None)
    intake.unreadable(place, kind=None, reason=reason[:500], text=None)


def _errors(value: Any) -> list[str]:
    """What an answer of the GraphQL door says went wrong."""
    listed = _sequence(value.get("errors")) if isinstance(value, dict) else []
    return [str(one.get("message") if isinstance(one, dict) else one) for one in listed]


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
