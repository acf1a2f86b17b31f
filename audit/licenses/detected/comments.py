# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which lines of a source file speak about the file, and which hold data.

A licence that a line of code names, in a string, a list or a call, is what the programme is
about. A comment, a documentation string and ``__license__ = ...`` speak about the file. One pass
over the lines; of languages whose comments are not known here every line speaks.
"""

import re
from pathlib import PurePosixPath

_PYTHON = frozenset({".py", ".pyi", ".pyx"})
_SLASHES = frozenset(
    (".c", ".h", ".cc", ".cpp", ".hpp", ".cu", ".cuh", ".rs", ".go", ".java", ".js", ".ts")
) | {".tsx", ".jsx", ".swift", ".kt", ".scala", ".cs", ".metal"}
_HASHES = frozenset({".sh", ".bash", ".r", ".jl", ".rb", ".pl"})
_DATA = frozenset({".yml", ".yaml", ".json", ".jsonl", ".csv", ".tsv", ".toml", ".xml"})
_FIELD = re.compile(r"\s{0,4}__licen[sc]e__\s{0,4}[:=]", re.I)
_QUOTES = re.compile(r"[rRuUbB]?(\"\"\"|''')")


def is_data(path: str) -> bool:
    """Whether a file's suffix is that of data, so that names of licences in it are entries."""
    return PurePosixPath(path).suffix.lower() in _DATA


def speaking(path: str, text: str) -> frozenset[int] | None:
    """Return the lines, from 1, that speak about a source file; ``None`` for all of them."""
    suffix = PurePosixPath(path).suffix.lower()
    lines = text.splitlines()
    if suffix in _PYTHON:
        return frozenset(_of_python(lines))
    if suffix in _HASHES:
        return frozenset(n for n, line in enumerate(lines, 1) if line.lstrip().startswith("#"))
    return frozenset(_of_slashes(lines)) if suffix in _SLASHES else None


def _of_python(lines: list[str]) -> list[int]:
    found, closing, counts = [], "", False
    for number, line in enumerate(lines, 1):
        bare = line.lstrip()
        if closing:
            if counts:
                found.append(number)
            if closing in line:
                closing = ""
            continue
        quotes = _QUOTES.match(bare)
        if bare.startswith("#") or quotes or _FIELD.match(line):
            found.append(number)
        mark = quotes or (_QUOTES.search(bare) if '"""' in bare or "'''" in bare else None)
        if mark and bare.count(mark[1]) % 2:
            closing, counts = mark[1], quotes is not None
    return found


def _of_slashes(lines: list[str]) -> list[int]:
    found, inside = [], False
    for number, line in enumerate(lines, 1):
        bare = line.lstrip()
        if inside or bare.startswith(("//", "/*", "*")):
            found.append(number)
        if inside:
            inside = "*/" not in bare
        elif "/*" in bare:
            inside = "*/" not in bare[bare.rindex("/*") :]
    return found
