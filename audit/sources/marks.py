# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What tells what a folder is: a model, a clone of one, or where git keeps its own."""

import re
from contextlib import suppress
from pathlib import Path

_REMOTE = re.compile(
    r'\[remote "origin"\][^\[]*?\burl *= *(?:https://(?:[^@/\s]*@)?|(?:ssh://)?git@)'
    r"(?:huggingface\.co|hf\.co)[:/]([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*?)(?:\.git)?/?\s"
)
_OF_GIT = re.compile(
    r"HEAD|[A-Z_]+_HEAD|config(\.worktree)?|description|index|packed-refs|shallow|COMMIT_EDITMSG"
    r"|MERGE_(MSG|MODE)|branches|hooks|info|lfs|logs|modules|objects|refs|rr-cache|worktrees|gc\.log"
    r"|(fsmonitor--daemon|filter-repo|sequencer|rebase-\w+)(\..*)?|\.DS_Store"
)
"""What git and its helpers keep at the top of their folder."""


def model_of(config: str) -> str | None:
    """Return the model of the hub that a clone with this configuration is of."""
    found = _REMOTE.search(f"{config}\n")
    return None if found is None else found[1]


def is_of_git(name: str) -> bool:
    """Whether git or a helper of it keeps something of this name at the top of its folder."""
    return _OF_GIT.fullmatch(name) is not None


def looks_like_model(folder: Path) -> bool:
    """Whether a folder may hold a model."""
    with suppress(OSError):
        return (folder / "config.json").is_file() or any(folder.glob("*.safetensors"))
    return False
