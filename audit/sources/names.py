# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Turns what the user names into a source.

Folders only, for now. A hub id (``owner/name``) is recognised, so that the later
fetching of it has one place to live: this function.
"""

import os
import re
from pathlib import Path

from audit.errors import UsageError
from audit.sources.folder import Folder
from audit.sources.interface import Source
from audit.text.file_names import printable, shortened

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w.-]+)?")


def resolve(spec: str) -> Source:
    """Return the folder that ``spec`` names; a link to a folder is that folder.

    The name is the folder's own (``.`` has the name of the current folder), with
    unprintable characters escaped; the root of the file system is called ``root``.

    Raises
    ------
    UsageError
        If there is no such folder, it may not be read, or ``spec`` is a file or a hub id.
    """
    if not spec.strip() or "\0" in spec:
        raise UsageError("No folder was named.", advice="Pass the folder that holds the model.")
    try:
        root = _folder(spec)
        os.listdir(root)  # noqa: PTH208 - only asks whether it may be listed
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"{shortened(spec)} cannot be read: {_why(error)}.",
            advice="Check the path and who may read it.",
        ) from error
    return Folder(root, printable(root.name) or "root")


def _folder(spec: str) -> Path:
    path = Path(spec).expanduser()
    if path.is_dir():
        return path.resolve(strict=True)
    shown = shortened(spec)
    if path.exists():
        raise UsageError(
            f"{shown} is a file, not a folder.", advice="Pass the folder that holds the model."
        )
    if path.is_symlink():
        raise UsageError(f"{shown} is a link that leads nowhere.", advice="Check the path.")
    if _HUB_ID.fullmatch(spec):
        raise UsageError(
            f"There is no folder {shown}, and hub ids are not fetched yet.",
            advice="Download the repository first and pass its folder.",
        )
    raise UsageError(f"There is no folder {shown}.", advice="Check the path.")


def _why(error: OSError | RuntimeError) -> str:
    """Say why; ``RuntimeError`` is how ``~nobody`` and (before 3.13) a loop of links fail."""
    if isinstance(error, OSError):
        return (error.strerror or "the system refuses").lower()
    return "a home folder or a link in it cannot be resolved"
