# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Globs over POSIX paths: ``*`` stays in a folder, ``**`` does not; case does not matter.

A pattern without a slash is matched with the file's name, in whatever folder it lies.
"""

import re
from functools import cache


def matches(pattern: str, path: str) -> bool:
    """Whether a glob fits a path.

    Examples
    --------
    >>> [matches(glob, "docs/a/notice.txt") for glob in ("NOTICE*", "docs/*", "docs/**")]
    [True, False, True]
    """
    subject = path if "/" in pattern else path.rsplit("/", 1)[-1]
    return _compiled(pattern).fullmatch(subject) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meanings.get(p, re.escape(p)) for p in parts), re.I)
