# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 3b: source files that hold code which also stands in a known project."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.code.evidence import code_evidence

__all__ = ["code_evidence"]


def __getattr__(name: str) -> Any:
    """Import at the first use: the papers need only the words for what code shows."""
    if name == "code_evidence":
        from audit.code.evidence import code_evidence

        return code_evidence
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
