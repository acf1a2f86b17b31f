# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Packages whose own code imports far more than is used of them, run when that is asked for."""

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, str] = MappingProxyType({})


def when_asked(name: str, parts: Mapping[str, str] = _NOTHING) -> None:
    """Register a package whose own code runs at the first look for what it does not have yet.

    ``parts`` are names that it takes from modules of its own, each with that module: looking
    for one imports that module alone.
    """
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    loader, package = spec.loader, importlib.util.module_from_spec(spec)

    def run(wanted: str) -> Any:
        if wanted in parts:
            found = getattr(importlib.import_module(f"{name}.{parts[wanted]}"), wanted)
            setattr(package, wanted, found)
            return found
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, wanted)

    package.__dict__["__getattr__"] = run
    sys.modules[name] = package
    parent, _, own = name.rpartition(".")
    setattr(sys.modules[parent], own, package)
