# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the code stage asks about a release's papers; the licence stage knows the answers.

Code and licences are sibling stages that never import each other. The pipeline hands one
the other's answers through this protocol.
"""

from dataclasses import dataclass
from typing import Protocol

from audit.inventory import Inventory


class Attribution(Protocol):
    """Licence, holders and acknowledgements of one folder."""

    def license_of(self, path: str) -> str:
        """Return the SPDX expression of a file: its header's, else the release's."""
        ...

    def holders_of(self, path: str) -> tuple[str, ...]:
        """Return copyright lines of a file: its header's, else those of the release's papers."""
        ...

    def naming(self, holders: tuple[str, ...], path: str, header: str) -> tuple[str, ...]:
        """Return the files that name a holder; ``path`` among them if its header does."""
        ...

    def text_of(self, license_expression: str) -> bool | None:
        """Say whether the text of a licence is in the folder; ``None`` if that is not known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRepository:
    """A folder with code, and what its papers say."""

    inventory: Inventory
    attribution: Attribution
    papers: str | None = None
    """Digest of all that the attribution knows; nothing is kept of a folder without it."""
