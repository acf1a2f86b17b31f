# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Licence maps: ``REUSE.toml`` and its older form ``.reuse/dep5``.

Each annotation is a declaration about the files that its patterns match. A pattern for
everything speaks for the release; any other is kept as the claim's scope. Source: the REUSE
specification 3.3, and Debian's machine-readable copyright format 1.0.
"""

import re
from collections.abc import Iterator
from typing import Any

from audit.licenses.expressions import normalise
from audit.record.licenses import ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted
from audit.text.strict_toml import parse_toml

MAP_FILES = (ClaimOrigin.REUSE_TOML, ClaimOrigin.DEP5)
_EVERYTHING = frozenset({"**", "*", "./**"})
_TAG = "SPDX-License-Identifier"
_FIELD = re.compile(r"^(?P<name>[A-Za-z-]{1,40}):[ \t]*(?P<value>.*(?:\n[ \t]+.*)*)", re.M)


def map_claims(path: str, text: str) -> Iterator[LicenseClaim]:
    """Yield one claim for each pattern.

    Raises
    ------
    NotReadableError
        If the file is not well-formed; says how.
    """
    for line, patterns, expression in (
        _toml(text) if path == ClaimOrigin.REUSE_TOML else _dep5(text)
    ):
        for pattern in patterns:
            yield LicenseClaim(
                source=ClaimSource.DECLARED,
                origin=ClaimOrigin(path),
                expression=normalise(expression),
                raw=quoted(f"{pattern}: {expression}"[:300]),
                path=path,
                line=line,
                scope=None if pattern in _EVERYTHING else pattern,
            )


def _toml(text: str) -> Iterator[tuple[int | None, list[str], str]]:
    listed = parse_toml(text.encode()).get("annotations")
    heads = [n for n, line in enumerate(text.splitlines(), 1) if "[[annotations]]" in line]
    for number, annotation in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(annotation, dict):
            line = heads[number] if number < len(heads) else None
            for expression in _strings(annotation.get(_TAG)):
                yield line, _strings(annotation.get("path")), expression


def _strings(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, str) and item.strip()]


def _dep5(text: str) -> Iterator[tuple[int | None, list[str], str]]:
    line = 1
    for paragraph in re.split(r"(\n[ \t]*\n)", text):
        fields = {m["name"].lower(): m["value"] for m in _FIELD.finditer(paragraph)}
        license_id = fields.get("license", "").split("\n")[0].strip()
        if license_id and "files" in fields:
            yield line, fields["files"].split(), license_id
        line += paragraph.count("\n")
