# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Addresses as they may be told to others."""

from urllib.parse import urlsplit


def without_secrets(address: str) -> str:
    """Return a web address without user, password, query and fragment.

    Examples
    --------
    >>> without_secrets("https://me:secret@stamp.example/tsa?key=1#x")
    'https://stamp.example/tsa'
    """
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
