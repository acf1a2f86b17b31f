# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A set is added whole, after its signature and every digest held, or nothing of it is."""

import functools
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audit.errors import OutputError
from audit.fingerprints.file import to_bytes
from audit.fingerprints.shelf import Library
from audit.fleets.sets import LIST, getter, pull
from audit.signing.attestation.collection import sign_collection
from audit.signing.identity.certificates import pem
from audit.signing.identity.key_file import save_identity
from audit.signing.identity.keys import Identity, new_identity
from audit.sources import client
from tests.fingerprints.models import known
from tests.tiny_repo import one_line, run_audit

NAMES = ("base", "stranger", "deep")
Answer = Callable[[BaseHTTPRequestHandler, bytes | None], bool]
"""Answers a request in place of the server, if it returns true; given what stands there."""


@pytest.fixture(scope="module")
def signer() -> Identity:
    return new_identity("Ada Signer")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, signer: Identity) -> Path:
    """Return a set as ``export --key`` writes it, and beside it the keys."""
    place = tmp_path_factory.mktemp("given")
    shelf = Library(place / "library")
    for name in NAMES:
        shelf.add(to_bytes(known(name)), name)
    for name, one in (("ada", signer), ("eve", new_identity("Ada Signer"))):
        save_identity(one, place / f"{name}.pem", None)
        (place / f"{name}.pub").write_text(pem([one.leaf]))
    key, shown = place / "ada.pem", place / "set"
    done = run_audit("library", "export", shown, "--library", shelf.folder, "--key", key)
    assert done.exit_code == 0, done.stderr
    assert len(list(shown.iterdir())) == len(NAMES) + 1
    return place


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Serve a folder on loopback, with faults; return its address."""
    monkeypatch.setattr(client, "_WAIT", 0.0)
    servers = []

    def run(folder: Path, fault: Answer = lambda *_: False) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = folder / self.path.rpartition("/")[2]
                data = path.read_bytes() if path.is_file() else None
                if not fault(self, data):
                    answer(self, 404 if data is None else 200, data or b"")

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/sets/bases/"

    yield run
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(to: BaseHTTPRequestHandler, status: int, data: bytes, length: int | None = None) -> None:
    to.send_response(status)
    to.send_header("Content-Length", str(len(data) if length is None else length))
    to.end_headers()
    to.wfile.write(data)


def members(folder: Path) -> list[str]:
    """All that lies in a library's folder but its index."""
    return (
        sorted(p.name for p in folder.iterdir() if p.suffix != ".safetensors")
        if (folder.is_dir())
        else []
    )


def test_a_set_is_pulled_and_once_only(
    given: Path, serve: Callable[..., str], tmp_path: Path
) -> None:
    asked: list[str] = []

    def noted(to: BaseHTTPRequestHandler, _: bytes | None) -> bool:
        asked.append(to.path)
        assert "authorization" not in {k.lower() for k in to.headers}
        return False

    address, where = serve(given / "set", noted), ("--library", tmp_path)
    first = run_audit("library", "pull", address, *where, "--key", given / "ada.pub", "-q")
    assert first.exit_code == 0, first.stderr
    assert "3 fingerprints, 3 of them new, signed by Ada Signer" in first.stdout
    assert first.stderr == ""
    assert members(tmp_path) == members(given / "library")
    assert len(asked) == len(NAMES) + 1
    second = run_audit("library", "pull", address, *where, "-q")
    assert "3 fingerprints, 0 of them new" in second.stdout
    assert "Anybody can sign under any name" in second.stderr
    assert len(asked) == len(NAMES) + 2  # the list alone


def test_a_set_is_taken_from_a_folder_by_pull_and_by_import(given: Path, tmp_path: Path) -> None:
    for number, command in enumerate(("pull", "import")):
        where = tmp_path / str(number)
        done = run_audit("library", command, given / "set", "--library", where)
        assert (done.exit_code, members(where)) == (0, members(given / "library")), done.stderr


@pytest.mark.parametrize("command", ["pull", "import"])
def test_another_signer_of_the_same_name_adds_nothing(
    given: Path, tmp_path: Path, command: str
) -> None:
    words = ("--library", tmp_path / "library", "--key", given / "eve.pub")
    done = run_audit("library", command, given / "set", *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Nothing was added: the signed list does not hold: signed by Ada Signer" in one_line(
        done
    )
    assert members(tmp_path / "library") == []


def test_what_nobody_signed_is_no_set(given: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    assert run_audit("library", "export", bare, "--library", given / "library").exit_code == 0
    for words in (("pull", bare), ("import", bare, "--key", given / "ada.pub")):
        done = run_audit("library", *words, "--library", tmp_path / "library")
        assert (done.exit_code, members(tmp_path / "library")) == (2, [])
        assert LIST in one_line(done)


def _swapped(folder: Path) -> None:
    one, two, *_ = sorted(folder.glob("*.fingerprint"))
    one.write_bytes(two.read_bytes())


def _flipped(folder: Path) -> None:
    path = min(folder.glob("*.fingerprint"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def _listed(folder: Path, change: Callable[[bytes], bytes]) -> None:
    path = folder / LIST
    path.write_bytes(change(path.read_bytes()))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "swapped": _swapped,
    "flipped": _flipped,
    "cut": lambda f: min(f.glob("*.fingerprint")).write_bytes(b"half"),
    "list cut": lambda f: _listed(f, lambda data: data[:-30]),
    "list twice": lambda f: _listed(f, lambda data: data * 2),
    "list empty": lambda f: _listed(f, lambda _: b""),
    "list changed": lambda f: _listed(f, lambda data: data.replace(b'"sig":"M', b'"sig":"N')),
    "list spaced": lambda f: _listed(f, lambda data: data.replace(b":", b": ", 1)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_set_that_was_changed_adds_nothing(given: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "set"
    shutil.copytree(given / "set", folder)
    DAMAGES[damage](folder)
    for command in ("pull", "import"):
        done = run_audit("library", command, folder, "--library", tmp_path / "library")
        assert (done.exit_code, done.stdout) == (1, ""), done.stderr
        assert "Nothing was added" in one_line(done)
        assert members(tmp_path / "library") == []


def test_a_signer_may_sign_for_nothing_else_than_fingerprints(
    given: Path, tmp_path: Path, signer: Identity
) -> None:
    """Names that lead elsewhere, files that are none, sizes beyond all bounds: by a trusted key."""
    data = b"no fingerprint"
    digest = hashlib.sha256(data).hexdigest()
    name = f"{digest}.fingerprint"
    lists = {
        "../outside.fingerprint": (digest, len(data)),
        f"../{name}": (digest, len(data)),
        f"{'0' * 64}.fingerprint": (digest, len(data)),
        name: (digest, 1 << 40),
    }
    cases = [{n: what} for n, what in lists.items()]
    cases += [{}, {f"{n:064x}.fingerprint": (f"{n:064x}", 64 << 20) for n in range(1025)}]
    for number, files in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(data)
        (folder / LIST).write_bytes(sign_collection(files, signer))
        done = run_audit("library", "pull", folder, "--library", tmp_path / "library")
        assert (done.exit_code, "is no set of fingerprints" in done.stderr) == (1, True), files
    (tmp_path / "0" / LIST).write_bytes(sign_collection({name: (digest, len(data))}, signer))
    done = run_audit("library", "pull", tmp_path / "0", "--library", tmp_path / "library")
    assert (done.exit_code, "is no fingerprint" in done.stderr) == (2, True)
    assert members(tmp_path / "library") == []


def _truncated(to: BaseHTTPRequestHandler, data: bytes | None) -> bool:
    if not to.path.endswith(".fingerprint"):
        return False
    answer(to, 200, (data or b"")[:100], len(data or b""))
    to.close_connection = True
    return True


def _shorter(to: BaseHTTPRequestHandler, data: bytes | None) -> bool:
    return to.path.endswith(".fingerprint") and (answer(to, 200, (data or b"")[:-1]) or True)


def _lying(to: BaseHTTPRequestHandler, data: bytes | None) -> bool:
    other = (data or b"")[:-1] + b"\x55"
    return to.path.endswith(".fingerprint") and (answer(to, 200, other) or True)


def _endless(to: BaseHTTPRequestHandler, _: bytes | None) -> bool:
    """Send more than any answer may have, without saying how much."""
    to.send_response(200)
    to.send_header("Connection", "close")
    to.end_headers()
    to.close_connection = True
    try:
        for _ in range(70):
            to.wfile.write(bytes(1 << 20))
    except OSError:
        pass
    return True


def _status(code: int, to: BaseHTTPRequestHandler, _: bytes | None) -> bool:
    return to.path.endswith(".fingerprint") and (answer(to, code, b"") or True)


FAULTS: dict[str, tuple[Answer, int, str]] = {
    "truncated": (_truncated, 4, "cannot be reached (RemoteProtocolError"),
    "shorter": (_shorter, 4, "has another size than was stated"),
    "lying": (_lying, 1, "does not have the digest that was signed for"),
    "endless": (_endless, 4, "has another size than was stated"),
    "gone": (functools.partial(_status, 404), 2, "cannot be had (status 404)"),
    "refused": (functools.partial(_status, 403), 2, "cannot be had (status 403)"),
    "failing": (functools.partial(_status, 503), 4, "fails (status 503"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_fails_or_lies_adds_nothing(
    given: Path, serve: Callable[..., str], tmp_path: Path, fault: str
) -> None:
    does, code, why = FAULTS[fault]
    address = serve(given / "set", does)
    done = run_audit("library", "pull", address, "--library", tmp_path, "-q")
    assert (done.exit_code, done.stdout) == (code, ""), done.stderr
    assert why in one_line(done)
    assert members(tmp_path) == []


def test_a_server_that_fails_once_is_asked_again(
    given: Path, serve: Callable[..., str], tmp_path: Path
) -> None:
    failed: set[str] = set()

    def once(to: BaseHTTPRequestHandler, data: bytes | None) -> bool:
        first = to.path not in failed
        failed.add(to.path)
        return first and _status(503, to, data) if to.path.endswith(".fingerprint") else False

    done = run_audit("library", "pull", serve(given / "set", once), "--library", tmp_path, "-q")
    assert (done.exit_code, members(tmp_path)) == (0, members(given / "library")), done.stderr


def test_secrets_of_an_address_are_not_repeated(tmp_path: Path) -> None:
    for address in ("http://me:s3cret@[::1", "http://me:s3cret@127.0.0.1:99999/x"):
        done = run_audit("library", "pull", address, "--library", tmp_path, "-q")
        assert done.exit_code == 2
        assert "s3cret" not in done.stderr


def test_a_full_disk_takes_back_what_was_added(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronise, left = os.fsync, [3]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        synchronise(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        pull(Library(tmp_path), getter(str(given / "set")))
    assert members(tmp_path) == []


def test_the_list_is_an_in_toto_statement_over_the_files(given: Path) -> None:
    from base64 import b64decode

    envelope = json.loads((given / "set" / LIST).read_bytes())
    statement = json.loads(b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    named = {s["name"]: s["digest"]["sha256"] for s in statement["subject"]}
    assert named == {f"{known(n).sha256}.fingerprint": known(n).sha256 for n in NAMES}
    sizes = {p.name: p.stat().st_size for p in (given / "set").glob("*.fingerprint")}
    assert statement["predicate"]["sizes"] == sizes
