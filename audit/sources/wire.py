# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How a hub is asked: the real client, one policy for retries, one place for what went wrong.

Names and listings are asked for by ``huggingface_hub`` itself; parts of files by the addresses
that it downloads from. Every request goes through one client of ours, which retries, waits as long
as it is told (within a limit), bounds what it reads and how long that may take, and sends the token
to the hub alone. What a hub answers is never repeated in an error: it could hold anything.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, partial
from logging import ERROR
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import audit
from audit.errors import AccessError, SourceError
from audit.text.file_names import shortened

if TYPE_CHECKING:
    import httpx2

COMMIT = re.compile(r"[0-9a-f]{40}")
SMALL = 16 << 20
"""Bytes of a file that is taken whole, by a hub that gives no parts of files too."""
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TRIES, _WAIT, _LONGEST_WAIT = 5, 1.0, 120.0
"""How often a request is made; seconds before the second time, doubled each time; and the most."""
_CONNECT, _READ, _SLOWEST = 10.0, 30.0, 1 << 15
"""Seconds to connect, and without a byte; bytes a second that an answer must come with."""
_ANSWER, _ENTRIES, _HOPS = 64 << 20, 200_000, 5
"""Bytes of an answer that is no file, entries of a listing, and redirects of one request."""
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_EXPIRED = frozenset({400, 401, 403, 404, 410})
"""What storage answers to an address that was signed for a while."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as the hub lists it; ``sha256`` is empty unless the hub keeps it in LFS."""

    path: str
    size: int
    oid: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a name and a revision are: the model's present name, its commit, its declared bases."""

    model: str
    commit: str
    bases: tuple[str, ...] = ()


stopped = threading.Event()
"""Set when the run ends before its time: nothing is waited for and asked again."""


class Wire:
    """One hub, at ``endpoint``; ``asked`` are the origins that were connected to."""

    def __init__(self) -> None:
        from huggingface_hub import HfApi, constants, set_client_factory
        from huggingface_hub.utils import build_hf_headers, logging  # type: ignore[attr-defined]

        constants.HF_HUB_DISABLE_TELEMETRY = True  # what we run on is nobody's business
        logging.set_verbosity(ERROR)
        self.endpoint = constants.ENDPOINT
        self.host = urlsplit(self.endpoint).netloc.rpartition("@")[2]
        with _explained("the token", self.host):
            headers = build_hf_headers(library_name="audit", library_version=audit.__version__)
        self._headers = {**headers, "accept-encoding": "identity"}
        self._api = HfApi(endpoint=self.endpoint, headers=self._headers)
        self._direct: dict[str, str] = {}
        self._lock = threading.Lock()
        set_client_factory(_client)
        stopped.clear()

    def model(self, name: str, revision: str | None) -> Found:
        """Say which commit a revision (``None`` for the main branch) is, once and for all."""
        shown = f"{name}@{revision}" if revision else name
        with _explained(shown, self.host):
            info = self._api.model_info(name, revision=revision, timeout=_READ)
            commit, model = str(info.sha or ""), str(info.id or name)
            bases = getattr(info.card_data, "base_model", None) or ()
        other = COMMIT.fullmatch(revision or "") and commit != revision
        if other or not (COMMIT.fullmatch(commit) and NAME.fullmatch(model)):
            raise _lies(self.host, f"answers with another commit than {shown}")
        listed = [bases] if isinstance(bases, str) else bases
        return Found(model, commit, tuple(b for b in listed if isinstance(b, str)))

    def tree(self, name: str, commit: str) -> tuple[Listed, ...]:
        """List all files of a commit, with their sizes and the digests that the hub keeps."""
        found: dict[str, Listed] = {}
        with _explained(f"the files of {name}", self.host):
            for entry in self._api.list_repo_tree(name, revision=commit, recursive=True):
                if (blob := getattr(entry, "blob_id", None)) is None:
                    continue  # a folder
                lfs = getattr(entry, "lfs", None)
                size = int(entry.size)  # type: ignore[union-attr]
                file = Listed(str(entry.path), size, str(blob), str(lfs.sha256) if lfs else "")
                if (lfs and (lfs.size != size or not _SHA256.fullmatch(file.sha256))) or size < 0:
                    raise _lies(self.host, f"lists {shortened(file.path)} with two sizes")
                if found.setdefault(file.path, file) != file or len(found) > _ENTRIES:
                    raise _lies(self.host, "lists files without end, or one of them twice")
        return tuple(found.values())

    def part(self, name: str, commit: str, file: Listed, start: int, stop: int) -> bytes:
        """Return the bytes ``start:stop`` of a file of a commit.

        Raises
        ------
        AccessError, SourceError
            If the hub does not give them, or contradicts what it listed.
        """
        with self._lock:
            direct = self._direct.get(file.path)
        if direct is not None:
            response = self._get(direct, start, stop)
            if response.status_code not in _EXPIRED:
                return self._body(response, file, start, stop)
            with self._lock:
                self._direct.pop(file.path, None)
        url = f"{self.endpoint}/{name}/resolve/{commit}/{quote(file.path)}"
        for _ in range(_HOPS):
            response = self._get(url, start, stop)
            if _origin(url) == _origin(self.endpoint):
                self._consistent(response.headers, commit, file)
            if not response.has_redirect_location:
                break
            before, url = url, urljoin(url, response.headers["location"])
            if not url.startswith("https://" if before.startswith("https://") else "http"):
                raise _lies(self.host, "sends on to an address that is not secure")
        else:
            raise _lies(self.host, f"sends on without end for {shortened(file.path)}")
        if _origin(url) != _origin(self.endpoint) and response.is_success:
            with self._lock:
                self._direct[file.path] = url
        return self._body(response, file, start, stop)

    def _get(self, url: str, start: int, stop: int) -> "httpx2.Response":
        from huggingface_hub import get_session

        headers = {**self._headers, "range": f"bytes={start}-{stop - 1}"}
        return get_session().get(url, headers=headers, follow_redirects=False)

    def _consistent(self, headers: Mapping[str, str], commit: str, file: Listed) -> None:
        """Hold an answer against what was listed: commit, size and digest."""
        said = headers.get("x-repo-commit", commit)
        size = headers.get("x-linked-size", str(file.size))
        etag = headers.get("x-linked-etag", "").removeprefix("W/").strip('"')
        if said != commit:
            raise _lies(self.host, f"gives {shortened(file.path)} of another commit")
        if size != str(file.size) or (_SHA256.fullmatch(etag) and etag != file.sha256 != ""):
            raise _lies(self.host, f"now states another size or digest of {shortened(file.path)}")

    def _body(self, response: "httpx2.Response", file: Listed, start: int, stop: int) -> bytes:
        from huggingface_hub import hf_raise_for_status

        shown = shortened(file.path)
        if response.status_code == 416:
            raise _lies(self.host, f"has fewer bytes of {shown} than the {file.size} it lists")
        with _explained(shown, self.host):
            hf_raise_for_status(response)
        data = response.content
        if response.status_code == 200:  # the whole file, and not the part
            if file.size > SMALL:
                raise SourceError(
                    f"{self.host} does not give parts of files.",
                    advice="Download the model and pass its folder.",
                )
            data = data[start:stop] if len(data) == file.size else b""
        elif response.status_code != 206 or response.headers.get("content-range", "").replace(
            "bytes=", "bytes "
        ) not in (f"bytes {start}-{stop - 1}/{file.size}", f"bytes {start}-{stop - 1}/*"):
            data = b""
        if len(data) != stop - start:
            raise _lies(self.host, f"gave other bytes of {shown} than were asked for")
        return data


def lies_about(host: str, path: str) -> SourceError:
    """Return the error of a file whose bytes do not have the digest that the hub states."""
    return _lies(host, f"sent bytes of {shortened(path)} that do not have the digest it states")


def _lies(host: str, what: str) -> SourceError:
    return SourceError(
        f"{host} contradicts itself: it {what}.",
        advice="Run it again; if it stays so, do not rely on this hub (see HF_ENDPOINT).",
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    ports = {"http": 80, "https": 443}
    return parts.scheme, (parts.hostname or "").lower(), parts.port or ports.get(parts.scheme)


@contextmanager
def _explained(what: str, host: str) -> Iterator[None]:
    """Say in our words what an answer means; nothing of the answer is repeated."""
    import httpx2
    from huggingface_hub import errors

    what = shortened(what)
    try:
        yield
    except errors.HfHubHTTPError as error:
        raise _by_status(error, what, host) from error
    except (errors.HFValidationError, errors.OIDCError, errors.OfflineModeIsEnabled) as error:
        raise AccessError(f"{what} cannot be asked for.", advice=OFFLINE) from error
    except httpx2.TooManyRedirects as error:
        raise _lies(host, f"sends on without end for {what}") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise _unreachable(host, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _lies(host, f"gives an answer about {what} that makes no sense") from error


OFFLINE = "Leave out --offline and HF_HUB_OFFLINE, or pass a folder."


def _by_status(error: Any, what: str, host: str) -> AccessError | SourceError:
    from huggingface_hub import errors

    status = error.response.status_code
    said = error.response.headers.get("x-error-message", "")
    if isinstance(error, errors.GatedRepoError):
        message = f"{what} is gated: its publisher wants terms to be accepted first."
        advice = f"Accept them on its page at {host} and set HF_TOKEN, or pass a folder."
    elif isinstance(error, errors.RevisionNotFoundError):
        message, advice = f"{host} has no such revision: {what}.", "Check what stands after the @."
    elif isinstance(error, errors.RemoteEntryNotFoundError):
        return _lies(host, f"does not have {what}, which it lists")
    elif status == 401 and ("credentials" in said or "expired" in said):
        message = f"{host} does not accept the token."
        advice = "Check HF_TOKEN, or run `hf auth login`."
    elif isinstance(error, errors.RepositoryNotFoundError) or status in {401, 404}:
        message = f"{host} has no model {what}, or it is private."
        advice = "Check its name; for a private model, set HF_TOKEN."
    elif isinstance(error, errors.DisabledRepoError) or status == 403:
        message = f"{host} refuses access to {what} (status {status})."
        advice = "Check what your token (HF_TOKEN) may read, or pass a folder."
    else:
        return SourceError(
            f"{host} does not answer as a hub does (status {status}, asked about {what}).",
            advice="Check HF_ENDPOINT, or try again later.",
        )
    return AccessError(message, advice=advice)


def _unreachable(host: str, error: Exception) -> SourceError:
    kinds = {"ConnectTimeout", "ReadTimeout", "PoolTimeout", "WriteTimeout"}
    how = "does not answer in time" if type(error).__name__ in kinds else "cannot be reached"
    return SourceError(
        f"{host} {how} ({type(error).__name__}, asked {_TRIES} times).",
        advice="Check the connection and HF_ENDPOINT; --offline reads what is in the caches.",
    )


def _client() -> "httpx2.Client":
    return _client_class()(timeout=_READ, follow_redirects=True)


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
            if _origin(str(request.url)) != _origin(constants.ENDPOINT):
                request.headers.pop("authorization", None)
            patience = httpx2.Timeout(_READ, connect=_CONNECT)
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
            raise _unreachable(_host(request), found) from found

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
        return SourceError(
            f"{host} asks for patience (status 429): at least {round(wait)} more seconds.",
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
    until = time.monotonic() + _READ + limit / _SLOWEST
    data = bytearray()
    host = _host(response.request)
    with _closing(response):
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _lies(host, "packs an answer that was to come as it is")
        stated = response.headers.get("content-length", "")
        if response.status_code == 200 and stated.isdigit() and int(stated) > limit:
            pass  # a whole file where a part was asked for: not read
        else:
            for chunk in response.iter_raw():
                data += chunk
                if len(data) > limit and response.status_code != 200:
                    raise _lies(host, "sends more than was asked for")
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
