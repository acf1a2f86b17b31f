# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
r"""File names as text that can be printed, sorted and signed, and back again.

POSIX names are bytes. A name may hold a newline (and forge a line of the manifest),
a terminal escape, a right-to-left override, or bytes that are not UTF-8 (which
canonical JSON cannot hold). All of these, and the backslash itself, are written as
``\xNN`` escapes of their UTF-8 bytes; every other name stands as it is. No two names
share one printable form, and :func:`as_named` gives the name again.
"""

import os
import re
from collections.abc import Iterable

_UNPRINTABLE = re.compile(
    r"[\\\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


def printable(name: str) -> str:
    r"""Return ``name`` (as the system gave it) with unprintable characters escaped.

    Examples
    --------
    >>> printable("model.safetensors"), printable("two\nlines")
    ('model.safetensors', 'two\\x0alines')
    """
    return _UNPRINTABLE.sub(lambda found: _escaped(found.group()), name)


def _escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def as_named(path: str) -> str:
    """Return the name, as the system has it, that :func:`printable` wrote as ``path``."""
    if "\\" not in path:
        return path
    raw = _ESCAPE.sub(lambda found: bytes.fromhex(found.group(1).decode()), path.encode())
    return os.fsdecode(raw)


def valid(text: str) -> str:
    """Return text that can be encoded: half a surrogate pair becomes a replacement character.

    Literals of source code, JSON strings and some encodings can hold such halves; JSON of the
    record, pages and signatures cannot.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def some(names: Iterable[str], most: int = 20) -> str:
    """Name the first ``most`` in their order, and count the rest."""
    found = sorted(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def shortened(text: str, limit: int = 120) -> str:
    """Make text from a hostile file fit for a one-line reason: printable, at most ``limit``."""
    safe = printable(text.encode("utf-8", "replace").decode())
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"
