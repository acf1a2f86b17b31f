# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the published JSON Schema of the record from the types that define it."""

import json
from pathlib import Path

from audit.report import document


def main() -> None:
    """Write ``docs/schema/record-<version>.json``."""
    folder = Path(__file__).resolve().parents[1] / "docs" / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document.json_schema(), indent=2, sort_keys=True) + "\n"
    (folder / f"record-{document.SCHEMA_VERSION}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
