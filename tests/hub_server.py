# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A hub on loopback, for the real client: what the hub's clients rely on, and faults on demand.

Two servers: the hub itself, and the storage that it sends on to (another origin, to which no token
may come). Modelled on the requests that ``huggingface_hub`` makes and the headers that it reads:
model info, trees in pages, paths-info, refs, ``resolve`` with its redirects (relative for files in
git, to storage for LFS), ETags, linked sizes, commits, ranges, and the codes of errors.
"""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, quote, unquote, urlsplit

PAGE = 1000
LFS = re.compile(r".*\.(safetensors|gguf|onnx|bin|model)|tokenizer\.json")


class Content(Protocol):
    """A file, of which only parts may ever exist."""

    size: int
    sha256: str

    def read(self, start: int, stop: int) -> bytes: ...


@dataclass
class Bytes:
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def git(self) -> str:
        return hashlib.sha1(b"blob %d\0" % len(self.data) + self.data).hexdigest()

    def read(self, start: int, stop: int) -> bytes:
        return self.data[start:stop]


@dataclass
class Repo:
    """A model: files by commit, branches by name; ``gated`` and ``private`` as the hub has them."""

    commits: dict[str, dict[str, Content]]
    refs: dict[str, str]
    card: dict[str, object] = field(default_factory=dict)
    gated: bool = False
    private: bool = False
    renamed: str | None = None
    downloads: int = 0

    @classmethod
    def of(cls, files: Mapping[str, bytes | Content], **more: object) -> "Repo":
        held = {p: Bytes(f) if isinstance(f, bytes) else f for p, f in files.items()}
        lines = "".join(f"{p} {f.sha256}\n" for p, f in sorted(held.items()))
        commit = hashlib.sha1(lines.encode()).hexdigest()
        return cls({commit: held}, {"main": commit}, **more)  # type: ignore[arg-type]

    @property
    def main(self) -> str:
        return self.refs["main"]


def of_folder(folder: Path, **more: object) -> Repo:
    files = (p for p in folder.rglob("*") if p.is_file())
    return Repo.of({p.relative_to(folder).as_posix(): p.read_bytes() for p in files}, **more)


Fault = Callable[["Handler"], bool]
"""Answers a request in place of the hub, if it returns true."""


@dataclass
class Hub:
    """The models, what was asked, and what goes wrong."""

    models: dict[str, Repo]
    token: str | None = None
    """The one token that may see what is gated or private."""
    fault: Fault | None = None
    delay: float = 0.0
    rate: float = 0.0
    """Bytes a second of each answer, as fast as it goes for 0."""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: int = 0
    endpoint: str = ""
    storage: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub
    stores = False

    def log_message(self, *_: object) -> None:
        pass

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(30)

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.hub.lock:
            self.hub.requests.append((self.origin, self.path, headers))
        if self.hub.delay:
            time.sleep(self.hub.delay)
        if self.hub.fault is not None and self.hub.fault(self):
            return
        path = unquote(urlsplit(self.path).path)
        if self.stores:
            self.store(path)
        elif path.startswith("/api/"):
            self.api(path)
        else:
            self.resolve(path)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        found = re.fullmatch(r"/api/models/([^/]+/[^/]+)/paths-info/([^/]+)", self.path)
        repo = self.repo(found[1]) if found else None
        if found and repo:
            wanted = parse_qs(body.decode()).get("paths") or json.loads(body or b"{}").get("paths")
            files = repo.commits[repo.refs.get(found[2], found[2])]
            self.json([_entry(p, files[p]) for p in wanted or [] if p in files])

    @property
    def origin(self) -> str:
        return self.hub.storage if self.stores else self.hub.endpoint

    def api(self, path: str) -> None:
        if path == "/api/models":
            self.listing()
            return
        found = re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/(revision|tree|refs)(?:/(.+))?)?", path)
        if not found:
            self.cached(path)
            return
        name, what, rest = found.groups()
        repo = self.repo(name)
        if repo is None:
            return
        if repo.renamed:
            self.redirect(307, self.path.replace(name, repo.renamed, 1))
            return
        commit = self.commit(repo, rest or "main")
        if what == "refs":
            branches = [{"name": n, "ref": f"refs/heads/{n}", "targetCommit": c}
                        for n, c in repo.refs.items()]  # fmt: skip
            self.json({"branches": branches, "tags": [], "converts": []})
        elif commit is None:
            self.error(404, f"Invalid rev id: {rest}", "RevisionNotFound")
        elif what == "tree":
            self.tree(repo.commits[commit])
        else:
            files = repo.commits[commit]
            self.json({
                "_id": "6" * 24, "id": name, "modelId": name, "author": name.split("/")[0],
                "sha": commit, "private": repo.private, "gated": "manual" if repo.gated else False,
                "disabled": False, "downloads": 0, "likes": 0, "tags": [], "cardData": repo.card,
                "lastModified": "2026-01-01T00:00:00.000Z", "createdAt": "2026-01-01T00:00:00.000Z",
                "siblings": [{"rfilename": p} for p in files],
            })  # fmt: skip

    def listing(self) -> None:
        """List models as ``hf models ls`` asks for them: the most downloaded first."""
        asked = parse_qs(urlsplit(self.path).query)
        names = sorted(self.hub.models, key=lambda n: (-self.hub.models[n].downloads, n))
        self.json(
            [{"_id": "6" * 24, "id": n, "modelId": n, "downloads": self.hub.models[n].downloads}
             for n in names[: int(asked.get("limit", ["30"])[0])]]
        )  # fmt: skip

    def cached(self, path: str) -> None:
        found = re.fullmatch(r"/api/resolve-cache/models/([^/]+/[^/]+)/([0-9a-f]{40})/(.+)", path)
        if found is None:
            self.error(404, "Sorry, we can't find the page you are looking for.")
        elif repo := self.repo(found[1]):
            self.content(repo.commits[found[2]][found[3]], self.git_headers(repo, *found.groups()))

    def tree(self, files: Mapping[str, Content]) -> None:
        folders = sorted({str(p) for f in files for p in Path(f).parents} - {"."})
        entries: list[object] = [
            {"type": "directory", "oid": hashlib.sha1(f.encode()).hexdigest(), "size": 0, "path": f}
            for f in folders
        ] + [_entry(path, content) for path, content in sorted(files.items())]
        start = int(parse_qs(urlsplit(self.path).query).get("cursor", ["0"])[0])
        headers = {}
        if start + PAGE < len(entries):
            base = f"{self.hub.endpoint}{urlsplit(self.path).path}?recursive=True&expand=False"
            headers["Link"] = f'<{base}&cursor={start + PAGE}>; rel="next"'
        self.json(entries[start : start + PAGE], headers)

    def resolve(self, path: str) -> None:
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        repo = self.repo(found[1]) if found else None
        if found is None:
            self.error(404, "not found")
        if found is None or repo is None:
            return
        if repo.gated and not self.trusted():
            known = "authorization" in {k.lower() for k in self.headers}
            self.error(403 if known else 401, "Access to this model is restricted.", "GatedRepo")
            return
        if repo.renamed:
            self.redirect(307, self.path.replace(found[1], repo.renamed, 1))
            return
        commit = self.commit(repo, found[2])
        if commit is None:
            self.error(404, "Invalid rev id", "RevisionNotFound")
        elif found[3] not in repo.commits[commit]:
            self.error(404, "Entry not found", "EntryNotFound", {"X-Repo-Commit": commit})
        elif is_lfs(found[3]):
            content = repo.commits[commit][found[3]]
            where = f"{self.hub.storage}/{found[1]}/{commit}/{quote(found[3])}?Signature=s3cret"
            self.redirect(302, where, {
                "X-Repo-Commit": commit, "X-Linked-Size": str(content.size), "ETag": '"x"',
                "X-Linked-ETag": f'"{content.sha256}"', "X-Xet-Hash": content.sha256,
            })  # fmt: skip
        else:
            where = f"/api/resolve-cache/models/{found[1]}/{commit}/{quote(found[3])}"
            self.redirect(307, where, self.git_headers(repo, found[1], commit, found[3]))

    def git_headers(self, repo: Repo, _name: str, commit: str, path: str) -> dict[str, str]:
        oid = _entry(path, repo.commits[commit][path])["oid"]
        return {"X-Repo-Commit": commit, "ETag": f'"{oid}"', "X-Linked-ETag": f'"{oid}"'}

    def store(self, path: str) -> None:
        owner, name, commit, file = path.strip("/").split("/", 3)
        self.content(self.hub.models[f"{owner}/{name}"].commits[commit][file], {"ETag": '"s3"'})

    def content(self, content: Content, headers: Mapping[str, str]) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        if wanted is None:
            self.answer(200, content.read(0, content.size), headers)
            return
        start, stop = int(wanted[1]), min(int(wanted[2] or content.size) + 1, content.size)
        if start >= content.size:
            self.answer(416, b"", {**headers, "Content-Range": f"bytes */{content.size}"})
            return
        place = {"Content-Range": f"bytes {start}-{stop - 1}/{content.size}"}
        self.answer(206, content.read(start, stop), {**headers, **place, "Accept-Ranges": "bytes"})

    def repo(self, name: str) -> Repo | None:
        repo = self.hub.models.get(name)
        given = self.headers.get("authorization")
        if given is not None and not self.trusted():
            self.error(401, "Invalid credentials in Authorization header")
        elif repo is None or (repo.private and not self.trusted()):
            if given is None:
                self.error(401, "Invalid username or password.")
            else:
                self.error(404, "Repository not found", "RepoNotFound")
        else:
            return repo
        return None

    def trusted(self) -> bool:
        given = self.headers.get("authorization")
        return self.hub.token is not None and given == f"Bearer {self.hub.token}"

    def commit(self, repo: Repo, revision: str) -> str | None:
        commit = repo.refs.get(revision, revision)
        return commit if commit in repo.commits else None

    def json(self, value: object, headers: Mapping[str, str] | None = None) -> None:
        self.answer(200, json.dumps(value).encode(), headers or {})

    def redirect(self, status: int, to: str, headers: Mapping[str, str] | None = None) -> None:
        self.answer(status, b"moved", {**(headers or {}), "Location": to})

    def error(
        self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        coded = {"X-Error-Code": code} if code else {}
        body = json.dumps({"error": message}).encode()
        self.answer(status, body, {**(headers or {}), **coded, "X-Error-Message": message})

    def answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
            if self.hub.rate:
                time.sleep(len(body) / self.hub.rate)
            with self.hub.lock:
                self.hub.sent += len(body)


def is_lfs(path: str) -> bool:
    return LFS.fullmatch(path) is not None


def _entry(path: str, content: Content) -> dict[str, object]:
    if is_lfs(path):
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{content.sha256}\n"
        lfs = {"oid": content.sha256, "size": content.size, "pointerSize": len(pointer)}
        oid = hashlib.sha1(pointer.encode()).hexdigest()
        return {"type": "file", "oid": oid, "size": content.size, "path": path, "lfs": lfs,
                "xetHash": content.sha256}  # fmt: skip
    assert isinstance(content, Bytes)
    return {"type": "file", "oid": content.git, "size": content.size, "path": path}


@contextmanager
def serving(models: Mapping[str, Repo], **more: object) -> Iterator[Hub]:
    """Run a hub and its storage on two ports of loopback."""
    hub = Hub(dict(models), **more)  # type: ignore[arg-type]
    servers = []
    for stores in (False, True):
        kind = type("Bound", (Handler,), {"hub": hub, "stores": stores})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
    hub.endpoint, hub.storage = (f"http://127.0.0.1:{s.server_address[1]}" for s in servers)
    try:
        yield hub
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
