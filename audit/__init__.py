# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Evidence about an open-weight model: where its weights come from, what its release owes.

The programme is one line, written out in ``audit.pipeline``::

    repository -> inventory -> evidence -> findings -> verdict -> record -> report -> signature

``sources`` turns a name into a folder, ``inventory`` lists and hashes it, ``weights``
compares its tensors with references, ``licenses`` reads what it declares and carries,
``checks`` turn evidence into findings, ``verdict`` gates them, ``assemble`` makes the record
that is signed, ``report`` renders it, ``signing`` signs and ``verification`` checks it.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the call when it is asked for: every module imports this one, and none needs it."""
    if name == "run":
        return import_module("audit.library").run
    raise AttributeError(f"module 'audit' has no attribute {name!r}")
