# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 3: what the repository says, and carries, about licences and copyright."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.licenses.evidence import license_evidence

__all__ = ["license_evidence"]


def __getattr__(name: str) -> Any:
    """Import at the first use: who only reads a record needs only the words for it."""
    if name == "license_evidence":
        from audit.licenses.evidence import license_evidence

        return license_evidence
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
