# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whatever a hub answers is one clear line, and a token goes to nobody else."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit import kept
from audit.errors import AccessError, AuditError, ExitCode, SourceError
from audit.inventory import take_inventory
from audit.sources import client, wire
from audit.sources import hub as hub_module
from audit.sources.hub import of_hub
from audit.sources.interface import Source
from tests.hub.conftest import Serve
from tests.hub_server import Bytes, Handler, Repo, of_folder

pytestmark = pytest.mark.sampled(3)

ID = "acme/Some-Base"
TOKEN = "hf_s3cretTokenThatNobodyMaySee"


def taken(name: str = ID, revision: str | None = None) -> Source:
    source = of_hub(name, revision)
    take_inventory(source)
    return source


def refused(kind: type[AuditError], name: str = ID, revision: str | None = None) -> str:
    with pytest.raises(kind) as caught:
        taken(name, revision)
    said = f"{caught.value.message} {caught.value.advice}"
    assert TOKEN not in said
    assert "Signature" not in said
    assert said.isprintable()
    assert caught.value.exit_code is (ExitCode.USAGE if kind is AccessError else ExitCode.ERROR)
    return caught.value.message


def test_a_name_that_is_not_there(serve: Serve, model: Path) -> None:
    hub = serve({ID: of_folder(model)})
    assert refused(AccessError, "acme/other") == (
        f"{hub.endpoint[7:]} has no model acme/other, or it is private."
    )
    assert refused(AccessError, ID, "v9") == f"{hub.endpoint[7:]} has no such revision: {ID}@v9."
    assert "no such revision" in refused(AccessError, ID, "0" * 40)


def test_a_token_is_sent_to_the_hub_and_to_nobody_else(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = serve({ID: of_folder(model, private=True)}, token=TOKEN)
    assert "or it is private" in refused(AccessError)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    taken()
    sent = {(origin, h.get("authorization")) for origin, _, h in hub.requests[1:]}
    assert sent == {(hub.endpoint, f"Bearer {TOKEN}"), (hub.storage, None)}
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    assert refused(AccessError).endswith("does not accept the token.")


def test_a_gated_model_says_what_to_do(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve({ID: of_folder(model, gated=True)}, token=TOKEN)
    assert "is gated" in refused(AccessError)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    taken()


def test_a_renamed_model_is_followed_and_told(serve: Serve, model: Path) -> None:
    repo = of_folder(model)
    serve({"old/name": Repo({}, {"main": repo.main}, renamed=ID), ID: repo})
    source = taken("old/name")
    assert (source.model, source.also) == (ID, ("old/name",))
    assert source.notes == (f"old/name is now called {ID}.",)


def failing(*answers: tuple[int, dict[str, str]], at: str = "/api/models") -> Callable[..., bool]:
    """Answer the first requests so, and the others as the hub does."""
    left = list(answers)

    def fault(handler: Handler) -> bool:
        if not left or not handler.path.startswith(at):
            return False
        status, headers = left.pop(0)
        handler.answer(status, b'{"error": "\x1b[31m' + TOKEN.encode() + b'"}', headers)
        return True

    return fault


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_asked_again(serve: Serve, model: Path, status: int) -> None:
    hub = serve({ID: of_folder(model)}, fault=failing(*[(status, {})] * 4))
    taken()
    assert len(hub.requests) > 5


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_does_not_pass_is_told(serve: Serve, model: Path, status: int) -> None:
    hub = serve({ID: of_folder(model)}, fault=failing(*[(status, {})] * 99))
    assert str(status) in refused(SourceError)
    assert len(hub.requests) == 5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"RateLimit": '"api";r=0;t=55', "Retry-After": "7"}, 55),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "soon"}, 0),
    ],
)
def test_the_time_to_wait_is_kept(
    serve: Serve,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
    seconds: float,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(client.stopped, "wait", slept.append)
    serve({ID: of_folder(model)}, fault=failing((429, headers)))
    taken()
    assert slept == [seconds]


def test_too_long_a_wait_is_told_and_not_slept(serve: Serve, model: Path) -> None:
    hub = serve({ID: of_folder(model)}, fault=failing((429, {"Retry-After": "99999"})))
    assert "at least 99,999 seconds more" in refused(SourceError)
    assert len(hub.requests) == 1


def test_a_hub_that_cannot_be_reached(serve: Serve, model: Path) -> None:
    def hang_up(handler: Handler) -> bool:
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    serve({ID: of_folder(model)}, fault=hang_up)
    assert "cannot be reached" in refused(SourceError)


def test_an_answer_that_trickles_is_given_up(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "READ", 0.2)
    monkeypatch.setattr(client, "_SLOWEST", 1 << 40)

    def trickle(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(8):
            handler.wfile.write(b" ")
            client.time.sleep(0.05)
        return True

    serve({ID: of_folder(model)}, fault=trickle)
    assert "does not answer in time" in refused(SourceError)


def at_storage(answer: Callable[[Handler], None]) -> Callable[[Handler], bool]:
    def fault(handler: Handler) -> bool:
        if handler.stores:
            answer(handler)
        return handler.stores

    return fault


LIES: dict[str, tuple[Callable[[Handler], None], str]] = {
    "a range outside the file": (lambda h: h.answer(416, b"", {}), "has fewer bytes"),
    "fewer bytes": (
        lambda h: h.answer(206, b"x", {"Content-Range": "bytes 0-0/1170728"}), "other bytes",
    ),
    "another place": (
        lambda h: h.answer(206, bytes(1 << 18), {"Content-Range": "bytes 9-262152/1170728"}),
        "other bytes",
    ),
    "another size": (
        lambda h: h.answer(206, bytes(1 << 18), {"Content-Range": "bytes 0-262143/9"}),
        "other bytes",
    ),
    "more bytes": (lambda h: h.answer(206, bytes(2 << 20), {}), "more than was asked"),
    "packed bytes": (lambda h: h.answer(206, b"", {"Content-Encoding": "gzip"}), "packs"),
    "an endless way": (lambda h: h.redirect(302, h.path), "without end"),
    "an insecure way": (lambda h: h.redirect(302, "ftp://x/y"), "not secure"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_lies_about_weights_are_told(serve: Serve, model: Path, lie: str) -> None:
    answer, words = LIES[lie]
    serve({ID: of_folder(model)}, fault=at_storage(answer))
    assert words in refused(SourceError)


@pytest.mark.parametrize(
    ("header", "value", "words"),
    [
        ("X-Repo-Commit", "f" * 40, "of another commit"),
        ("X-Linked-Size", "5", "another size or digest"),
        ("X-Linked-ETag", f'"{"e" * 64}"', "another size or digest"),
    ],
)
def test_lies_on_the_way_are_told(
    serve: Serve, model: Path, header: str, value: str, words: str
) -> None:
    def fault(handler: Handler) -> bool:
        if handler.stores or ".safetensors" not in handler.path:
            return False
        handler.redirect(302, "/elsewhere", {header: value})
        return True

    serve({ID: of_folder(model)}, fault=fault)
    assert words in refused(SourceError)


def test_a_range_that_is_ignored(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (model / "model.safetensors").read_bytes()
    hub = serve({ID: of_folder(model)}, fault=at_storage(lambda h: h.answer(200, whole, {})))
    taken()  # small enough to be taken whole
    monkeypatch.setattr(wire, "SMALL", 1 << 16)
    monkeypatch.setattr(kept, "folder", lambda: model / "elsewhere")
    before = len(hub.requests)
    assert "does not give parts of files" in refused(SourceError)
    assert len(hub.requests) > before


def test_bytes_without_the_digest_that_is_stated(serve: Serve, model: Path) -> None:
    repo = of_folder(model)
    serve({ID: repo})
    source = of_hub(ID, None)
    repo.commits[repo.main]["README.md"] = Bytes(b"x" * (model / "README.md").stat().st_size)
    with pytest.raises(SourceError, match=r"README\.md that do not have the digest"):
        take_inventory(source)


def test_full_holds_the_weights_against_the_hubs_digest(serve: Serve, model: Path) -> None:
    repo = of_folder(model)
    serve({ID: repo})
    assert not take_inventory(of_hub(ID, None, full=True)).stated
    size = (model / "model.safetensors").stat().st_size

    class Other:
        def __init__(self, data: bytes, sha256: str) -> None:
            self.data, self.size, self.sha256 = data, len(data), sha256

        def read(self, start: int, stop: int) -> bytes:
            return self.data[start:stop]

    true = repo.commits[repo.main]["model.safetensors"]
    repo.commits[repo.main]["model.safetensors"] = Other(bytes(size), true.sha256)
    for path in (model.parents[1] / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(SourceError, match="does not have the SHA-256"):
        take_inventory(of_hub(ID, None, full=True))


BROKEN = {
    "no commit": {"id": ID, "sha": None},
    "a strange name": {"id": "../../etc", "sha": "a" * 40},
    "a list": [],
    "a page": "<html>",
}


@pytest.mark.parametrize("answer", BROKEN)
def test_answers_that_make_no_sense(serve: Serve, model: Path, answer: str) -> None:
    body = json.dumps(BROKEN[answer]).encode()

    def fault(handler: Handler) -> bool:
        handler.answer(200, body, {})
        return True

    serve({ID: of_folder(model)}, fault=fault)
    assert "contradicts itself" in refused(SourceError)


def test_a_commit_that_is_asked_for_is_the_one_that_is_given(serve: Serve, model: Path) -> None:
    repo = of_folder(model)
    serve({ID: replace(repo, refs={"main": repo.main, "a" * 40: repo.main})})
    assert "another commit" in refused(SourceError, ID, "a" * 40)


def test_a_branch_that_moves_changes_nothing(serve: Serve, model: Path) -> None:
    repo = of_folder(model)
    serve({ID: repo})
    source = of_hub(ID, "main")
    other = Repo.of({"README.md": b"other"})
    repo.commits |= other.commits
    repo.refs["main"] = other.main
    assert len(take_inventory(source).artifacts) == 8
    assert len(take_inventory(of_hub(ID, "main")).artifacts) == 1


def test_a_listing_comes_in_pages(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hub_server.PAGE", 10)
    hub = serve({ID: Repo.of({f"d/{i:03}.txt": b"%d" % i for i in range(35)})})
    assert len(of_hub(ID, None).listing().entries) == 35
    assert sum("/tree/" in path for path in hub.paths()) == 4


def test_names_that_lead_out_are_named_and_not_read(serve: Serve) -> None:
    serve({ID: Repo.of({"../up": b"1", "a/../b": b"2", "ok": b"3", "line\nbreak": b"4"})})
    listing = of_hub(ID, None).listing()
    assert [e.path for e in listing.entries] == ["line\\x0abreak", "ok"]
    assert [u.path for u in listing.unread] == ["../up", "a/../b"]


def test_an_address_that_was_signed_for_a_while_is_asked_for_again(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "BLOCK", 1 << 16)
    hub = serve({ID: of_folder(model)})
    source = of_hub(ID, None)
    entry = next(e for e in source.listing().entries if e.path == "model.safetensors")
    expired = [True]

    def expiring(handler: Handler) -> bool:
        if handler.stores and expired:
            handler.answer(403, b"<Error>expired</Error>", {})
            return bool(expired.pop())
        return False

    with source.opened(entry) as access:
        access.read_at(0, 10)
        hub.fault = expiring
        assert access.read_at(200_000, 10) == (model / entry.path).read_bytes()[200_000:200_010]
    assert sum("/resolve/" in path for path in hub.paths()) == 2


@pytest.mark.parametrize(("told", "most"), [(True, 2), (False, 4)])
def test_a_span_that_is_announced_is_fetched_together_and_nothing_behind_it(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch, told: bool, most: int
) -> None:
    monkeypatch.setattr(hub_module, "BLOCK", 1 << 14)
    hub = serve({ID: of_folder(model)})
    source = of_hub(ID, None)
    entry = next(e for e in source.listing().entries if e.path == "model.safetensors")
    data = (model / entry.path).read_bytes()
    with source.opened(entry) as access:
        if told:
            access.expect(1 << 18, 1 << 19)
        before = hub.sent
        for place in range(1 << 18, 1 << 19, 9000):
            assert access.read_at(place, 64) == data[place : place + 64]
    asked = [h["range"] for origin, _, h in hub.requests if origin == hub.storage]
    assert len(asked) <= most
    if told:
        assert asked == ["bytes=262144-524287"]
        assert hub.sent - before < (1 << 18) + 100
