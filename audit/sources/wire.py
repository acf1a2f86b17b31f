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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from logging import ERROR
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import audit
from audit.errors import AccessError, SourceError
from audit.sources.client import READ, SMALL, client, lies, origin, stopped, unreachable
from audit.text.file_names import shortened

if TYPE_CHECKING:
    import httpx2

COMMIT = re.compile(r"[0-9a-f]{40}")
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENTRIES, _HOPS = 200_000, 5
"""Entries of a listing, and redirects of one request."""
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


def has_token() -> bool:
    """Whether a token for the hub is set or stored here."""
    from huggingface_hub import get_token

    return bool(get_token())


def ask_hub() -> str:
    """Return the host of the hub if it answers; raises ``SourceError`` as every question does."""
    wire = Wire()
    with client() as asked:
        asked.head(wire.endpoint)
    return wire.host


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
        set_client_factory(client)
        stopped.clear()

    def model(self, name: str, revision: str | None) -> Found:
        """Say which commit a revision (``None`` for the main branch) is, once and for all."""
        shown = f"{name}@{revision}" if revision else name
        with _explained(shown, self.host):
            info = self._api.model_info(name, revision=revision, timeout=READ)
            commit, model = str(info.sha or ""), str(info.id or name)
            bases = getattr(info.card_data, "base_model", None) or ()
        other = COMMIT.fullmatch(revision or "") and commit != revision
        if other or not (COMMIT.fullmatch(commit) and NAME.fullmatch(model)):
            raise lies(self.host, f"answers with another commit than {shown}")
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
                    raise lies(self.host, f"lists {shortened(file.path)} with two sizes")
                if found.setdefault(file.path, file) != file or len(found) > _ENTRIES:
                    raise lies(self.host, "lists files without end, or one of them twice")
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
            if origin(url) == origin(self.endpoint):
                self._consistent(response.headers, commit, file)
            if not response.has_redirect_location:
                break
            before, url = url, urljoin(url, response.headers["location"])
            if not url.startswith("https://" if before.startswith("https://") else "http"):
                raise lies(self.host, "sends on to an address that is not secure")
        else:
            raise lies(self.host, f"sends on without end for {shortened(file.path)}")
        if origin(url) != origin(self.endpoint) and response.is_success:
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
            raise lies(self.host, f"gives {shortened(file.path)} of another commit")
        if size != str(file.size) or (_SHA256.fullmatch(etag) and etag != file.sha256 != ""):
            raise lies(self.host, f"now states another size or digest of {shortened(file.path)}")

    def _body(self, response: "httpx2.Response", file: Listed, start: int, stop: int) -> bytes:
        from huggingface_hub import hf_raise_for_status

        shown = shortened(file.path)
        if response.status_code == 416:
            raise lies(self.host, f"has fewer bytes of {shown} than the {file.size} it lists")
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
            raise lies(self.host, f"gave other bytes of {shown} than were asked for")
        return data


def lies_about(host: str, path: str) -> SourceError:
    """Return the error of a file whose bytes do not have the digest that the hub states."""
    return lies(host, f"sent bytes of {shortened(path)} that do not have the digest it states")


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
        raise lies(host, f"sends on without end for {what}") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise unreachable(host, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise lies(host, f"gives an answer about {what} that makes no sense") from error


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
        return lies(host, f"does not have {what}, which it lists")
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
