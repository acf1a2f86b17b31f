# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signatures inside the PDF: made, dated, and read again.

``pyhanko.sign`` imports all that signs, a client for the web among it, before any part of it can
be imported: a fifth of a second, and nothing that a reader needs. Here its own code runs when
something of it is asked for; its parts are imported as ever.
"""

import importlib.util
import sys
from typing import Any


def _when_asked(name: str) -> None:
    """Register a package whose own code runs at the first look for what it does not have yet."""
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    loader, package = spec.loader, importlib.util.module_from_spec(spec)

    def run(wanted: str) -> Any:
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, wanted)

    package.__dict__["__getattr__"] = run
    sys.modules[name] = package
    parent, _, own = name.rpartition(".")
    setattr(sys.modules[parent], own, package)


_when_asked("pyhanko.sign")
