# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What can be read without scancode: SPDX tags and copyright lines, and nothing else.

Replies are those of the scanner process, so the rest of the stage is the same.
"""

import re

from audit.licenses.detected.reply import Match, Reply
from audit.licenses.expressions import normalise
from audit.licenses.holders import statement_holder
from audit.record.licenses import NOASSERTION
from audit.record.said import Said

NAME = "basic"
SHORTCOMING = Said(
    "scancode-toolkit could not be used; only SPDX tags and copyright lines were read,"
    " licence texts and notices were not recognised"
)
_LONGEST_LINE = 1000
_TAG = re.compile(
    r"SPDX-License-Identifier:\s*([^\r\n]{0,200}?)\s*(?:\*/|-->|\"\"\"|'''|\\n|$)", re.I
)
_COPYRIGHT = re.compile(r"^[\s#*/;%\"'<!-]*(?:copyright|©|\(c\)|SPDX-\w+CopyrightText)", re.I)


def scan(text: str) -> Reply:
    """Find SPDX tags and copyright lines in one text."""
    detections, copyrights = [], []
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole[:_LONGEST_LINE]
        detections += [
            (Match(tag, "1-spdx-id", 100.0, "tag", number, number),) for tag in tags(line)
        ]
        holder = statement_holder(line, "") if _COPYRIGHT.search(line) else None
        if holder is not None:
            copyrights.append((number, line.strip(), holder))
    return Reply(tuple(detections), tuple(copyrights), (), late=False)


def tags(line: str) -> list[str]:
    """Return the expressions of the SPDX tags in a line, which may end with their comment.

    Examples
    --------
    >>> tags("/* SPDX-License-Identifier: MIT */ x=1;"), tags("# SPDX-License-Identifier: what")
    (['MIT'], [])
    """
    found = (normalise(match[1]) for match in _TAG.finditer(line))
    return [expression for expression in found if expression != NOASSERTION]
