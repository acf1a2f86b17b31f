# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Recognises known texts through the cache: their word runs take longer to load than to match.

An answer is kept by the text, by all that was built from the known texts, and by the code
that gives it; a change of any of them makes it anew.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from audit import resources
from audit.licenses.detected import cache as store
from audit.licenses.detected.cache import ResultCache
from audit.licenses.detected.scanner import scancode_version
from audit.licenses.known.texts import KnownText, recognise

_CODE = ("known/texts.py", "known/shingles.py", "known/difference.py", "../text/words.py")


def recognised(text: str, results: ResultCache) -> tuple[KnownText, ...]:
    """Return what :func:`~audit.licenses.known.texts.recognise` says of a text."""
    content = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    # The words of a difference are read from scancode's data, where those are installed.
    key = store.key("known texts", content, digest(), scancode_version() or "")
    kept = results.get(key)
    if kept is not None:
        try:
            return tuple(_answers().validate_python(kept))
        except ValidationError:
            pass  # damaged, or not ours: made anew
    found = recognise(text)
    results.put(key, _answers().dump_python(found, mode="json"))
    return found


@cache
def digest() -> str:
    """Return the SHA-256 of the known texts and of the code that compares with them."""
    rules = resources.tree("rules")
    code = (Path(__file__).parents[1] / name for name in _CODE)
    total = hashlib.sha256()
    for path in (rules / "texts.yaml", *sorted((rules / "texts").iterdir()), *code):
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@cache
def _answers() -> TypeAdapter[Any]:
    return TypeAdapter(tuple[KnownText, ...])
