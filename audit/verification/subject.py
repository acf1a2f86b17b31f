# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Are the audited files still those? Lists the folder again and compares digests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audit.progress import SILENT, Progress
from audit.text.file_names import some


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the audit saw: ``digests`` by path, and the paths it could not read.

    ``unread`` is ``None`` where that is not known (an attestation names digests only).
    """

    digests: dict[str, str]
    unread: frozenset[str] | None


def difference(folder: Path, expected: Expected, progress: Progress = SILENT) -> str | None:
    """Name every missing, changed, extra or newly unreadable file; ``None`` if there is none.

    The folder is listed by the same code as in an audit, so that links, ``.git`` and
    special files are treated alike.

    Raises ``UsageError`` if there is no such folder.
    """
    from audit.inventory import take_inventory
    from audit.sources.names import resolve

    now = take_inventory(resolve(str(folder)), progress=progress)
    digests = {artifact.path: artifact.sha256 for artifact in now.artifacts}
    unread = {item.path: item.reason for item in now.unread if item.path not in digests}
    before = expected.digests
    kinds = {
        "changed": [p for p in digests if p in before and digests[p] != before[p]],
        "missing": [p for p in before if p not in digests and p not in unread],
        "unreadable": [p for p in before if p in unread],
        "extra": [p for p in digests if p not in before],
        "extra and unreadable": _new(unread, expected),
    }
    found = [f"{kind}: {some(paths)}" for kind, paths in kinds.items() if paths]
    return "; ".join(found) or None


def _new(unread: Mapping[str, str], expected: Expected) -> list[str]:
    if expected.unread is None:
        return []
    known = expected.unread | expected.digests.keys()
    return [path for path in unread if path not in known]
