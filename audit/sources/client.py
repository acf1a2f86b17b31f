# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The one client by which a hub is asked: patient, bounded, and careful with the token."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, partial
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from audit.errors import SourceError
from audit.text.numbers import counted

if TYPE_CHECKING:
    import httpx2

SMALL = 16 << 20
"""Bytes of a file that is taken whole, by a hub that gives no parts of files too."""
_TRIES, _WAIT, _LONGEST_WAIT = 5, 1.0, 120.0
"""How often a request is made; seconds before the second time, doubled each time; and the most."""
_CONNECT, READ, _SLOWEST = 10.0, 30.0, 1 << 15
"""Seconds to connect, and without a byte; bytes a second that an answer must come with."""
_ANSWER = 64 << 20
"""Bytes of an answer that is no file."""
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
stopped = threading.Event()
"""Set when the run ends before its time: nothing is waited for and asked again."""


def lies(host: str, what: str) -> SourceError:
    """Return the error of an answer that contradicts another."""
    return SourceError(
        f"{host} contradicts itself: it {what}.",
        advice="Run it again; if it stays so, do not rely on this hub (see HF_ENDPOINT).",
    )


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    ports = {"http": 80, "https": 443}
    return parts.scheme, (parts.hostname or "").lower(), parts.port or ports.get(parts.scheme)


def unreachable(host: str, error: Exception) -> SourceError:
    """Return the error of a hub that cannot be asked."""
    kinds = {"ConnectTimeout", "ReadTimeout", "PoolTimeout", "WriteTimeout"}
    how = "does not answer in time" if type(error).__name__ in kinds else "cannot be reached"
    return SourceError(
        f"{host} {how} ({type(error).__name__}, asked {_TRIES} times).",
        advice="Check the connection and HF_ENDPOINT; --offline reads what is in the caches.",
    )


def client() -> "httpx2.Client":
    """Make a client; ``huggingface_hub`` asks by it, too."""
    return _client_class()(timeout=READ, follow_redirects=True)


@cache
def _client_class() -> "type[httpx2.Client]":
    """Make the client by which ``huggingface_hub``, too, asks whatever it asks."""
    import httpx2
    from huggingface_hub import constants

    passing = (
        httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ProxyError,
    )  # fmt: skip

    class Client(httpx2.Client):
        """Asks patiently, reads with bounds, and gives the token to the hub alone."""

        def send(self, request: httpx2.Request, **how: Any) -> httpx2.Response:
            if origin(str(request.url)) != origin(constants.ENDPOINT):
                request.headers.pop("authorization", None)
            patience = httpx2.Timeout(READ, connect=_CONNECT)
            request.extensions = {**request.extensions, "timeout": patience.as_dict()}
            ask = partial(super().send, request, **{**how, "stream": True})
            for number in range(_TRIES):
                found = _tried(ask, passing)
                wait = _WAIT * 2**number
                if isinstance(found, httpx2.Response):
                    if found.status_code not in _RETRIED:
                        return found
                    wait = _told(found.headers, wait)
                if number == _TRIES - 1 or wait > _LONGEST_WAIT or stopped.wait(wait):
                    break
            if isinstance(found, httpx2.Response):
                raise _busy(_host(request), found.status_code, wait)
            raise unreachable(_host(request), found) from found

    return Client


def _tried(
    ask: "Callable[[], httpx2.Response]", passing: tuple[type[Exception], ...]
) -> "httpx2.Response | Exception":
    """Return an answer, or an error that may pass."""
    try:
        return _bounded(ask())
    except passing as error:
        return error


def _host(request: "httpx2.Request") -> str:
    return request.url.netloc.decode("ascii", "replace")


def _busy(host: str, status: int, wait: float) -> SourceError:
    if status == 429:
        longer = counted(ceil(wait), "second")
        return SourceError(
            f"{host} asks for patience (status 429): at least {longer} more.",
            advice="Run it again later, or set HF_TOKEN: what was read is kept.",
        )
    return SourceError(
        f"{host} fails (status {status}, asked {_TRIES} times).",
        advice="Run it again later: what was read is kept.",
    )


def _told(headers: Mapping[str, str], otherwise: float) -> float:
    """Return how many seconds an answer asks to wait: in seconds, until a date, or by quota."""
    quota = re.search(r"r=0\s*;\s*t=(\d{1,9})", headers.get("ratelimit", "").replace(" ", ""))
    text = quota[1] if quota else headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), 1e9)
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return otherwise


def _bounded(response: "httpx2.Response") -> "httpx2.Response":
    """Read an answer that is no longer, and takes no longer, than it may."""
    import httpx2

    wanted = response.request.headers.get("range", "").removeprefix("bytes=").partition("-")
    length = int(wanted[2]) - int(wanted[0]) + 1 if wanted[2] else _ANSWER
    limit = max(length, 1 << 20) if response.status_code == 206 else max(length, SMALL)
    until = time.monotonic() + READ + limit / _SLOWEST
    data = bytearray()
    host = _host(response.request)
    with _closing(response):
        if response.headers.get("content-encoding", "identity") != "identity":
            raise lies(host, "packs an answer that was to come as it is")
        stated = response.headers.get("content-length", "")
        if response.status_code == 200 and stated.isdigit() and int(stated) > limit:
            pass  # a whole file where a part was asked for: not read
        else:
            for chunk in response.iter_raw():
                data += chunk
                if len(data) > limit and response.status_code != 200:
                    raise lies(host, "sends more than was asked for")
                if len(data) > limit:
                    break
                if time.monotonic() > until or stopped.is_set():
                    raise httpx2.ReadTimeout("too slow", request=response.request)
    return httpx2.Response(
        response.status_code,
        headers=response.headers,
        content=bytes(data),
        request=response.request,
        history=response.history,
    )


@contextmanager
def _closing(response: "httpx2.Response") -> Iterator[None]:
    try:
        yield
    finally:
        response.close()
