# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The weight stage asks whether one model was initialised independently of another.

``compare`` maps both checkpoints to roles (``layout``, ``families``), pairs them
(``alignment``), reads the pairs once (``battery``), tests them (``statistics``) against
nulls that the pair itself supplies (``nulls``), and concludes (``decision``).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.weights.battery import BATTERY
    from audit.weights.comparison import compare

__all__ = ["BATTERY", "compare"]


def __getattr__(name: str) -> Any:
    """Import at the first use: commands that compare nothing need only the words for it."""
    if name == "BATTERY":
        from audit.weights.battery import BATTERY

        return BATTERY
    if name == "compare":
        from audit.weights.comparison import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
