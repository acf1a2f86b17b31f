# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where indexes of known code lie: those that ship with the rules, and the user's own."""

import os
from functools import cache
from pathlib import Path

from audit import resources
from audit.code.fingerprint import View
from audit.code.index import Index, file_name, load, to_files


def shipped_folder() -> Path:
    """Return the folder of the shipped indexes; its bytes are in the rules' digest."""
    return resources.tree("rules") / "code"


def user_folder() -> Path:
    """Return where `audit refs add` writes (``AUDIT_DATA_DIR`` overrides)."""
    from platformdirs import user_data_dir

    return Path(os.environ.get("AUDIT_DATA_DIR") or user_data_dir("audit")) / "refs"


def shelved() -> tuple[tuple[Path, str], ...]:
    """Return folder and stem of each index: the shipped ones, then the user's, by name."""
    end = file_name("", View.L1)
    folders = (shipped_folder(), user_folder())
    return tuple(
        (folder, path.name.removesuffix(end))
        for folder in folders
        for path in sorted(folder.glob(f"*{end}"))
    )


def stamp() -> list[list[object]]:
    """Return name, size and time of each file of an index: whether it is still the same."""
    files = [folder / file_name(stem, view) for folder, stem in shelved() for view in View]
    found = [(file.name, file.stat()) for file in files if file.is_file()]
    return [[name, state.st_size, state.st_mtime_ns] for name, state in found]


def indexes() -> tuple[Index, ...]:
    """Load every index.

    Raises
    ------
    UsageError
        If one cannot be read.
    """
    return tuple(
        _loaded(folder, stem, (folder / file_name(stem, View.L1)).stat().st_mtime_ns)
        for folder, stem in shelved()
    )


@cache
def _loaded(folder: Path, stem: str, _changed: int) -> Index:
    return load(folder, stem)


def write(folder: Path, stem: str, index: Index) -> int:
    """Write an index, each file whole or not at all; return the number of bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    files = to_files(index, stem)
    for name, data in files.items():
        partial = folder / f"{name}.partial"
        partial.write_bytes(data)
        partial.replace(folder / name)
    return sum(map(len, files.values()))
