# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where indexes of known code lie: those that ship with the rules, and the user's own."""

import os
from functools import cache
from pathlib import Path

from audit import resources
from audit.code.index import Index, load


def shipped_folder() -> Path:
    """Return the folder of the shipped indexes; its bytes are in the rules' digest."""
    return resources.tree("rules") / "code"


def user_folder() -> Path:
    """Return where `audit refs add` writes (``AUDIT_DATA_DIR`` overrides)."""
    from platformdirs import user_data_dir

    return Path(os.environ.get("AUDIT_DATA_DIR") or user_data_dir("audit")) / "refs"


def index_files() -> tuple[Path, ...]:
    """Return the shipped indexes, then the user's, each in order of file name."""
    folders = (shipped_folder(), user_folder())
    return tuple(path for folder in folders for path in sorted(folder.glob("*.npz")))


def indexes() -> tuple[Index, ...]:
    """Load every index.

    Raises
    ------
    UsageError
        If one cannot be read.
    """
    return tuple(_loaded(path, path.stat().st_mtime_ns) for path in index_files())


@cache
def _loaded(path: Path, _changed: int) -> Index:
    return load(path)
