"""Lists of forbidden parties: each told by its content, read into entries."""

from __future__ import annotations

from cellwarden.vendors.screening.lists.intake import read_list, table_of

__all__ = ["read_list", "table_of"]
