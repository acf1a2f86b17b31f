# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A file at a web address, asked for by the client that hubs are asked by: no token, one policy."""

from urllib.parse import urlsplit

import audit
from audit.errors import AccessError, SourceError
from audit.sources.client import client, lies
from audit.text.addresses import without_secrets
from audit.text.file_names import shortened

_HEADERS = {"accept-encoding": "identity", "user-agent": f"audit/{audit.__version__}"}


def is_address(text: str) -> bool:
    """Whether a text is an address of the web."""
    return text.startswith(("https://", "http://"))


def fetched(address: str, size: int | None, limit: int) -> bytes:
    """Return the file at ``address``: ``size`` bytes if that is known, else at most ``limit``.

    An address that begins with ``https`` is not followed to one that does not.

    Raises
    ------
    AccessError, SourceError
        If it is not there, is of another size, or cannot be had.
    """
    import httpx2

    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reads it
    except ValueError as error:
        raise AccessError("That is no address of the web.", advice="Check it.") from error
    shown, host = shortened(without_secrets(address)), parts.netloc.rpartition("@")[2]
    try:
        with client() as asked:
            found = asked.get(address, headers=_HEADERS)
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise AccessError(f"{shown} is no address.", advice="Check it.") from error
    except httpx2.TooManyRedirects as error:
        raise lies(host, "sends on without end") from error
    ways = [one.url.scheme for one in (*found.history, found)]
    if ways[0] == "https" and set(ways) != {"https"}:
        raise lies(host, "sends on to an address that is not secure")
    if found.status_code != 200:
        if found.status_code >= 500:
            raise SourceError(f"{host} fails (status {found.status_code}).", advice="Try later.")
        raise AccessError(
            f"{shown} cannot be had (status {found.status_code}).", advice="Check the address."
        )
    data = found.content
    if len(data) > limit or (size is not None and len(data) != size):
        raise SourceError(
            f"{shown} has another size than was stated.", advice="Get the set from its publisher."
        )
    return data
