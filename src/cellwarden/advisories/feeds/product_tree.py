"""The product tree of a CSAF document as leaves: branches, full names, relationships, groups.

Source: CSAF 2.0 and 2.1, section 3.2.2 (product tree) and 3.1 (branches, identification helper).
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from cellwarden.advisories.feeds.applicability import read_cpe
from cellwarden.advisories.feeds.cells import Tables
from cellwarden.advisories.feeds.statements import Leaf

_NAMES: Final = {"vendor": "vendor", "product_name": "product", "product_family": "family"}
_VERSIONS: Final = {"product_version": "version", "product_version_range": "range"}
_GATHERED: Final = {
    "service_pack": "qualifiers",
    "patch_level": "qualifiers",
    "architecture": "hardware",
    "platform": "hardware",
    "host_name": "restrictions",
    "language": "restrictions",
    "legacy": "restrictions",
    "specification": "restrictions",
}
_COMPONENT_OF: Final = {
    "default_component_of",
    "external_component_of",
    "optional_component_of",
}
_WORK: Final = 20
"""What following one reference costs, in characters of the document's budget."""

_ROUNDS: Final = 16
"""How deep relationships may build on each other against their order in the document."""

_PURL: Final = re.compile(r"pkg:[A-Za-z0-9.+-]+/[^\s]{1,1000}")


class TreeLeaf(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf and the category of the branch that it hangs on, empty where it hangs on none.

    ``whole`` is the other side of a component-of relationship: what the component is part of.
    """

    leaf: Leaf
    category: str
    whole: Leaf | None = None


class ProductTree(msgspec.Struct, frozen=True, kw_only=True):
    """Leaves by product id, and the product ids of every group.

    ``twins`` holds further leaves that use the id of another: a document's mistake, none of them
    may get lost.
    """

    leaves: dict[str, TreeLeaf]
    twins: dict[str, list[TreeLeaf]]
    groups: dict[str, list[str]]

    def called(self, product_id: str, tables: Tables) -> list[TreeLeaf]:
        """Every leaf with this id; one, unless the document is wrong."""
        first = self.leaves.get(product_id)
        if first is None:
            return []
        twins = self.twins.get(product_id, [])
        tables.spend(_WORK * len(twins))
        return [first, *twins]

    def members(self, owner: dict[str, Any], tables: Tables) -> list[str]:
        """The product ids that an object names, its own and those of its groups, in order."""
        named = dict.fromkeys(tables.texts(owner, "product_ids"))
        for group in tables.texts(owner, "group_ids"):
            named.update(dict.fromkeys(self.groups.get(group, ())))
            tables.spend(_WORK * len(named))
        return list(named)


def read_product_tree(document: dict[str, Any], tables: Tables) -> ProductTree:
    """Read the product tree of a CSAF document."""
    tree = tables.mapping(document, "product_tree")
    found = ProductTree(leaves={}, twins={}, groups={})
    for leaf in _branch_leaves(tree, tables):
        _keep(found, leaf, tables)
    for product in tables.items(tree, "full_product_names"):
        path = _Path()
        _keep(found, TreeLeaf(leaf=_leaf(product, path, tables), category=""), tables)
    _read_relationships(tables.items(tree, "relationships"), found, tables)
    for group in tables.items(tree, "product_groups"):
        members = tables.texts(group, "product_ids")
        found.groups[tables.identifier(group, "group_id")] = members
        for product_id in members:
            if product_id not in found.leaves:
                reason = "a group names a product that is not in the product tree"
                tables.note(reason, column="product_groups", text=product_id)
    return found


class _Path(msgspec.Struct, frozen=True, kw_only=True):
    """What the branches down to one point say."""

    vendor: str = ""
    family: str = ""
    product: str = ""
    version: str = ""
    version_kind: str = ""
    qualifiers: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()


def _branch_leaves(tree: dict[str, Any], tables: Tables) -> list[TreeLeaf]:
    """Every product under the branches, in document order, without recursion."""
    found = []
    start = _Path()
    waiting = [(branch, start) for branch in reversed(tables.items(tree, "branches"))]
    while waiting:
        branch, above = waiting.pop()
        category = tables.text(branch, "category")
        path = _down(above, category, branch, tables)
        product = tables.mapping(branch, "product") if "product" in branch else {}
        if product:
            found.append(TreeLeaf(leaf=_leaf(product, path, tables), category=category))
        if "branches" in branch:
            below = tables.items(branch, "branches")
            waiting += [(child, path) for child in reversed(below)]
    return found


def _down(path: _Path, category: str, branch: dict[str, Any], tables: Tables) -> _Path:
    """The path with what one more branch says."""
    if category in _VERSIONS:
        version = tables.version(branch, "name")
        return replace(path, version=version, version_kind=_VERSIONS[category])
    name = tables.name(branch, "name")
    if category in _NAMES:
        return replace(path, **{_NAMES[category]: name})
    field = _GATHERED.get(category)
    if field is None:
        tables.note("a branch category that we do not know", column="category", text=category)
        return path
    word = f"{category} {name}" if field == "restrictions" else name
    return replace(path, **{field: (*getattr(path, field), word)})


def _leaf(product: dict[str, Any], path: _Path, tables: Tables) -> Leaf:
    """One product below its branches, or alone where the path says nothing."""
    full_name = tables.name(product, "name")
    product_id = tables.identifier(product, "product_id")
    if not product_id:
        tables.note("a product without product_id", kind="statement", text=full_name)
    helper = tables.mapping(product, "product_identification_helper")
    if not helper and path.product and not path.qualifiers:
        return Leaf(
            leaf_id=product_id,
            vendor=path.vendor,
            product=path.product,
            family=path.family,
            version_text=path.version,
            version_kind=path.version_kind or "all",
            full_name=full_name,
            hardware=", ".join(path.hardware),
            requires=path.restrictions,
        )
    return _helped_leaf(product_id, full_name, helper, path, tables)


def _helped_leaf(
    product_id: str, full_name: str, helper: dict[str, Any], path: _Path, tables: Tables
) -> Leaf:
    """A leaf with an identification helper, or one that lacks some of the usual branches."""
    cpe = read_cpe(tables.name(helper, "cpe"))
    purl = _purl(helper, tables)
    version = " ".join(part for part in (path.version, *path.qualifiers) if part)
    kind = path.version_kind or ("version" if path.qualifiers else "")
    if not kind:
        version = (cpe.version_text if cpe else "") or _version_in(purl)
        kind = "version" if version else "all"
    models = tables.texts(helper, "model_numbers")
    serials = [f"serial number {text}" for text in tables.texts(helper, "serial_numbers")]
    return Leaf(
        leaf_id=product_id,
        vendor=path.vendor or (cpe.vendor if cpe else ""),
        product=path.product or path.family or full_name,
        family=path.family,
        version_text=version,
        version_kind=kind,
        full_name=full_name,
        part_numbers=tuple(text[:200] for text in (*models, *tables.texts(helper, "skus"))),
        hardware=", ".join(path.hardware),
        cpe=cpe.text if cpe else "",
        purl=purl,
        requires=(*path.restrictions, *serials),
    )


def _keep(tree: ProductTree, leaf: TreeLeaf, tables: Tables) -> None:
    product_id = leaf.leaf.leaf_id
    if product_id not in tree.leaves:
        tree.leaves[product_id] = leaf
        return
    tables.note("two products have this id", column="product_id", text=product_id)
    twins = tree.twins.setdefault(product_id, [])
    renamed = replace(leaf.leaf, leaf_id=f"{product_id}#{len(twins) + 2}")
    twins.append(replace(leaf, leaf=renamed))


def _read_relationships(
    relationships: list[dict[str, Any]], tree: ProductTree, tables: Tables
) -> None:
    """Resolve relationships, those that build on later ones in further rounds."""
    waiting = relationships
    for _ in range(_ROUNDS):
        blocked = []
        for relationship in waiting:
            part = tree.leaves.get(tables.text(relationship, "product_reference"))
            whole = tree.leaves.get(tables.text(relationship, "relates_to_product_reference"))
            if part is None or whole is None:
                blocked.append(relationship)
            else:
                _keep(tree, _related(relationship, part.leaf, whole.leaf, tables), tables)
        is_stuck = len(blocked) == len(waiting)
        waiting = blocked
        if is_stuck:
            break
    for relationship in waiting:
        product = tables.mapping(relationship, "full_product_name")
        tables.note(
            "a relationship with a product that is not in the tree",
            kind="statement",
            column="relationships",
            text=tables.name(product, "name"),
        )
        leaf = _leaf(product, _Path(), tables)
        _keep(tree, TreeLeaf(leaf=leaf, category=""), tables)


def _related(relationship: dict[str, Any], part: Leaf, whole: Leaf, tables: Tables) -> TreeLeaf:
    """What a relationship names: the part's identity and version, bound to the other side."""
    category = tables.text(relationship, "category")
    product = tables.mapping(relationship, "full_product_name")
    named = _leaf(product, _Path(), tables)
    other = whole.full_name or whole.product
    is_installed_on = category == "installed_on"
    numbers = (*named.part_numbers, *part.part_numbers)
    if is_installed_on:
        numbers = (*numbers, *whole.part_numbers)
    requires = tuple(dict.fromkeys((*part.requires, *whole.requires, other)))
    tables.spend(len(numbers) + sum(len(text) for text in requires))
    leaf = replace(
        part,
        leaf_id=named.leaf_id,
        full_name=named.full_name,
        part_numbers=tuple(dict.fromkeys(numbers)),
        hardware=whole.product if is_installed_on else part.hardware,
        cpe=named.cpe or part.cpe,
        purl=named.purl or part.purl,
        requires=requires,
    )
    if category not in _COMPONENT_OF:
        return TreeLeaf(leaf=leaf, category=category)
    # Whoever owns the whole may not know the part's name, so the whole gets a word as well.
    needs = (*whole.requires, part.full_name or part.product)
    owner = replace(whole, leaf_id=f"{named.leaf_id}~whole", requires=needs)
    return TreeLeaf(leaf=leaf, category=category, whole=owner)


def _purl(helper: dict[str, Any], tables: Tables) -> str:
    """The first package URL: one text in CSAF 2.0, a list in 2.1."""
    found = [tables.text(helper, "purl"), *tables.texts(helper, "purls")]
    return next((text for text in found if _PURL.fullmatch(text)), "")


def _version_in(purl: str) -> str:
    """The version of a package URL: after the last ``@`` before qualifiers and subpath."""
    path = purl.partition("#")[0].partition("?")[0]
    return unquote(path.rpartition("@")[2]) if "@" in path.rpartition("/")[2] else ""
