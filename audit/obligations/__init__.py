# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 4: lineage joined with licences.

- ``edges``: what the release comes from, by declaration, weights and code (``Edge``)
- ``ancestors``: who is above it, and what each way up triggers (``Ancestor``)
- ``primitives``: the closed list of requirements, each answered from files
- ``terms``: what a licence allows a derivative to be offered under
- ``engine``: all of it in order (``ObligationEvidence``)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.obligations.engine import ancestors_in, obligation_evidence

__all__ = ["ancestors_in", "obligation_evidence"]


def __getattr__(name: str) -> Any:
    """Import at the first use: who only reads a record needs only the words for it."""
    if name in __all__:
        from audit.obligations import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
