# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the published JSON Schemas from the types: of records, licence facts and settings."""

import json
from pathlib import Path
from typing import Any

from audit.cli.setup import settings
from audit.record import document
from audit.rules import LicenseFacts

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return each published schema by file name."""
    return {
        f"record-{document.SCHEMA_VERSION}.json": document.json_schema(),
        "license-facts.json": LicenseFacts.model_json_schema(),
        "settings.json": settings.model().model_json_schema(),
    }


def main() -> None:
    """Write them into ``docs/schema``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, sort_keys=True) + "\n"
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
