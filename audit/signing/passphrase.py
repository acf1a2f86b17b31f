# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where a key's passphrase comes from: the environment or a prompt, never the arguments.

Arguments are visible to every user of a machine, and stay in the shell's history.
"""

import os
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from audit.errors import UsageError

PassphraseSource = Callable[[Path], str]
"""Given the key file, returns its passphrase or raises ``UsageError``."""


def environment_or_prompt(path: Path) -> str:
    """Return ``AUDIT_KEY_PASSPHRASE``, or ask on the terminal without echo.

    Raises
    ------
    UsageError
        If the variable is not set and there is no terminal to ask on.
    """
    from_environment = os.environ.get("AUDIT_KEY_PASSPHRASE")
    if from_environment is not None:
        return from_environment
    if os.isatty(0):
        return _asked(path)
    raise UsageError(
        f"{path} is protected by a passphrase, and there is no terminal to ask for it.",
        advice="Set the environment variable AUDIT_KEY_PASSPHRASE.",
    )


def _asked(path: Path) -> str:
    try:
        return getpass(f"Passphrase of {path}: ")
    except EOFError as error:
        raise UsageError(
            f"{path} is protected by a passphrase, and none was typed.",
            advice="Type it, or set AUDIT_KEY_PASSPHRASE.",
        ) from error


def encoded(passphrase: str) -> bytes:
    """Return the bytes of a new passphrase; the library takes 1 to 1023 of them."""
    secret = passphrase.encode(errors="surrogateescape")
    if 1 <= len(secret) <= 1023:
        return secret
    raise UsageError(
        "A passphrase has 1 to 1023 bytes.", advice="Choose another, or pass --no-passphrase."
    )
