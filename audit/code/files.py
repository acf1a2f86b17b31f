# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Opens the Python files of a folder as tokens, and says why it could not.

Bytes are checked against the inventory's digest, so what is compared is what was
inventoried. A file is read as tokens and nothing else: it is never imported or compiled.
"""

import codecs
import io
import tokenize

from audit.code.tokens import NotPythonError, Source, read_source
from audit.inventory import Inventory
from audit.record.code import NotCompared
from audit.record.files import Artifact, Kind, Unread
from audit.record.said import Said
from audit.text.file_names import valid
from audit.unreadable import NotReadableError, foreign

MAX_BYTES = 2 * 1024 * 1024
"""Larger files are generated or data."""
_SUFFIXES = (".py", ".pyi")
_NO_ENCODINGS = ("punycode", "idna", "utf-7", "unicode-escape", "raw-unicode-escape")
"""Encodings of something else than files: they take the square of the length, or hide text."""


def python_files(inventory: Inventory) -> tuple[Artifact, ...]:
    """Return the folder's Python files, in path order."""
    return tuple(a for a in inventory.of_kind(Kind.CODE) if a.path.lower().endswith(_SUFFIXES))


def read_artifact(inventory: Inventory, artifact: Artifact) -> Source | NotCompared:
    """Tokenise one file of a folder; a file that cannot be is a value with the reason."""
    if artifact.size > MAX_BYTES:
        return NotCompared(path=artifact.path, reason=Said("larger than 2 MiB of code"))
    data = inventory.reread(artifact, MAX_BYTES)
    if isinstance(data, Unread):
        return NotCompared(path=data.path, reason=data.reason)
    try:
        with foreign():
            return read_source(decode(data))
    except (NotPythonError, NotReadableError) as error:
        return NotCompared(path=artifact.path, reason=error.reason)


def decode(data: bytes) -> str:
    """Decode source as Python would: by its byte-order mark or coding line, else UTF-8.

    Bytes that are not of that encoding are replaced: they stand in comments and strings,
    which do not count.

    Raises
    ------
    NotPythonError
        If it names an encoding that does not exist or that no file has, or holds a null byte.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    if b"\0" in data:
        raise NotPythonError(Said("it holds null bytes"))
    try:
        if codecs.lookup(encoding).name.replace("_", "-") in _NO_ENCODINGS:
            raise LookupError(encoding)
        return valid(data.decode(encoding, "replace"))
    except (LookupError, ValueError) as error:
        raise NotPythonError(Said("its encoding is not known")) from error
