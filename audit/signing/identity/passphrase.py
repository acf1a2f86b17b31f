# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where a passphrase or PIN comes from: environment, descriptor, prompt; never the arguments.

Arguments are visible to every user of a machine, and stay in the shell's history.
"""

import os
from collections.abc import Callable
from getpass import getpass

from audit.errors import UsageError

PassphraseSource = Callable[[str], str]
"""Given what is protected (a file, a token), returns its passphrase or raises ``UsageError``."""

_LONGEST = 4096
"""Bytes that are read from a descriptor."""


def given(source: PassphraseSource, what: str) -> bytes:
    """Return the passphrase of ``what`` as the bytes that were typed."""
    return source(what).encode(errors="surrogateescape")


def environment_or_prompt(what: str) -> str:
    """Return ``AUDIT_KEY_PASSPHRASE``, or ask on the terminal without echo.

    Raises ``UsageError`` if the variable is not set and there is no terminal to ask on.
    """
    from_environment = os.environ.get("AUDIT_KEY_PASSPHRASE")
    if from_environment is not None:
        return from_environment
    if os.isatty(0):
        return _asked(what)
    raise UsageError(
        f"{what} is protected by a passphrase, and there is no terminal to ask for it.",
        advice="Set the environment variable AUDIT_KEY_PASSPHRASE, or pass --passphrase-fd.",
    )


def from_descriptor(descriptor: int | None) -> PassphraseSource | None:
    """Return a source that reads the first line of an open file descriptor; ``None`` for none."""
    if descriptor is None:
        return None

    def read(_what: str) -> str:
        try:
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                line = file.readline(_LONGEST)
        except OSError as error:
            raise UsageError(
                f"--passphrase-fd {descriptor} cannot be read: {error.strerror}.",
                advice="Open it in the shell, as in `--passphrase-fd 3 3< FILE`.",
            ) from error
        return line.removesuffix(b"\n").removesuffix(b"\r").decode(errors="surrogateescape")

    return read


def _asked(what: str) -> str:
    try:
        return getpass(f"Passphrase of {what}: ")
    except EOFError as error:
        raise UsageError(
            f"{what} is protected by a passphrase, and none was typed.",
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
