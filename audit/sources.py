# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Turns what the user names into a folder on this machine.

Folders only, for now. A hub id (``owner/name``) is recognised, so that the later
fetching of it has one place to live: this function.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from audit.errors import UsageError

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w.-]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A readable folder and the name it goes by in the report."""

    root: Path
    name: str


def resolve(spec: str) -> Snapshot:
    """Return the folder that ``spec`` names.

    Raises
    ------
    UsageError
        If there is no such folder, or ``spec`` is a file or a hub id.
    """
    path = Path(spec).expanduser()
    if path.is_dir():
        root = path.resolve()
        return Snapshot(root=root, name=root.name)
    if path.exists():
        raise UsageError(
            f"{spec} is a file, not a folder.", advice="Pass the folder that holds the model."
        )
    if _HUB_ID.fullmatch(spec):
        raise UsageError(
            f"There is no folder {spec}, and hub ids are not fetched yet.",
            advice="Download the repository first and pass its folder.",
        )
    raise UsageError(f"There is no folder {spec}.", advice="Check the path.")
