"""The published schema of the JSON report; run as a module, this writes it to stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from cellwarden.model.report import REPORT_SCHEMA, Report


def report_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of one report, made from the model."""
    schema = msgspec.json.schema(Report)
    schema["$defs"]["Report"]["properties"]["schema"] = {"const": REPORT_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{REPORT_SCHEMA.replace('/', ':')}",
        "title": REPORT_SCHEMA,
        **schema,
    }


def schema_text() -> str:
    """The schema as the published file holds it."""
    return json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
