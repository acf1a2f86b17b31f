# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Wherever a model is read from, the audit says the same; what differs is said of the source."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit import kept, pipeline
from audit.inventory import take_inventory
from audit.kept import Kept
from audit.record.document import AuditRecord, to_bytes
from audit.record.verdict import Status
from audit.request import Request
from audit.sources import hub as hub_module
from audit.sources import wire
from audit.sources.hub import of_hub
from audit.sources.names import Reach
from tests.hub.conftest import Serve
from tests.hub_server import Hub, Repo, of_folder
from tests.tiny_repo import CARD, fine_tune, make_repo, run_audit

pytestmark = pytest.mark.sampled(3)

SUSPECT, REFERENCE = "acme/suspect", "acme/reference"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a model and one that was made from it."""
    made = tmp_path / "made"
    card = CARD.replace("mit", "cc-by-nc-4.0")
    fine_tune(make_repo(made / "reference", card=card), made / "suspect")
    (made / "reference" / "LICENSE").unlink()  # its card speaks alone
    return made


@pytest.fixture
def hub(serve: Serve, place: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(hub_module, "BLOCK", 1 << 12)
    repos = {SUSPECT: place / "suspect", REFERENCE: place / "reference"}
    return serve({name: of_folder(folder) for name, folder in repos.items()})


def audited(target: str, *against: str, offline: bool = False, **more: Any) -> AuditRecord:
    reach = Reach(offline=offline)
    return pipeline.run(Request.of(target, against=against, reach=reach, **more))


def without_source(record: AuditRecord) -> dict[str, Any]:
    """Leave out what is said of where the bytes came from, and nothing else."""
    fields: dict[str, Any] = json.loads(to_bytes(record))
    for one in (fields["subject"], *fields["references"]):
        del one["source"], one["revision"]
    del fields["coverage"]["files_read"]
    fields["coverage"]["statements"] = [
        said for said in fields["coverage"]["statements"]
        if not said["text"].startswith(("{count} read and digested", "{count} not read whole"))
    ]  # fmt: skip
    return fields


def test_folder_cache_and_hub_give_one_record(hub: Hub, place: Path, tmp_path: Path) -> None:
    from huggingface_hub import snapshot_download

    fetched = audited(SUSPECT, REFERENCE)
    folder = audited(str(place / "suspect"), str(place / "reference"))
    store = [snapshot_download(m, cache_dir=tmp_path / "hf") for m in (SUSPECT, REFERENCE)]
    asked = len(hub.requests)
    cache = audited(*store)
    offline = audited(SUSPECT, REFERENCE, offline=True)
    assert len(hub.requests) == asked
    assert without_source(fetched) == without_source(folder) == without_source(cache)
    assert to_bytes(offline) == to_bytes(fetched)
    assert folder.subject.source is None
    source = fetched.subject.source
    assert source is not None
    assert source.stated == ("model.safetensors",)
    assert source.address == f"{hub.endpoint}/{SUSPECT}"
    assert cache.subject.source is not None
    assert cache.subject.source.commit == source.commit


@pytest.mark.usefixtures("hub")
def test_the_digests_of_what_was_read_are_of_those_ranges(place: Path) -> None:
    source = audited(SUSPECT, REFERENCE).subject.source
    assert source is not None
    (read,) = source.read
    data = (place / "suspect" / read.path).read_bytes()
    lines = [
        f"{place // read.block} {hashlib.sha256(data[place : place + read.block]).hexdigest()}\n"
        for start, stop in read.ranges
        for place in range(start, stop, read.block)
    ]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == read.sha256
    assert sum(stop - start for start, stop in read.ranges) <= len(data)


def test_a_second_run_fetches_nothing_and_says_the_same(hub: Hub) -> None:
    first = audited(SUSPECT, REFERENCE)
    asked = len(hub.requests)
    assert to_bytes(audited(SUSPECT, REFERENCE)) == to_bytes(first)
    assert [p for p in hub.paths()[asked:] if not p.startswith("/api/models/")] == []


def declaring(place: Path, base: str) -> Repo:
    files = {p.name: p.read_bytes() for p in (place / "suspect").iterdir()}
    card = f"---\nlicense: mit\nbase_model: {base}\n---\n# Suspect\n".encode()
    return Repo.of({**files, "README.md": card}, card={"base_model": base})


def test_a_declared_base_is_fetched_and_compared(hub: Hub, place: Path) -> None:
    hub.models[SUSPECT] = declaring(place, REFERENCE)
    record = audited(SUSPECT)
    (reference,) = record.references
    assert reference.origin == "declared"
    assert reference.license == "CC-BY-NC-4.0"  # by its own card
    assert reference.parent is not None
    assert [c.reference for c in record.comparisons] == ["reference"]
    assert "BASE004" not in {f.check for f in record.findings}
    assert reference.source is not None
    assert reference.source.model == REFERENCE
    without = audited(SUSPECT, bases=0)
    assert without.references == ()
    assert without.verdict.status is not Status.PASS
    folder = audited(str(place / "suspect"), f"{REFERENCE}={place / 'reference'}")
    assert folder.references[0].name == "reference"


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("acme/gated", "gated"),
        ("acme/gone", "has no model acme/gone"),
        (f"{REFERENCE}@v7", "no such revision"),
        (SUSPECT, "the audited model itself"),
    ],
)
def test_a_base_that_cannot_be_compared_leaves_the_gate_undecided(
    hub: Hub, place: Path, base: str, why: str
) -> None:
    hub.models |= {
        SUSPECT: declaring(place, base), "acme/gated": of_folder(place / "reference", gated=True),
    }  # fmt: skip
    record = audited(SUSPECT)
    assert record.references == ()
    assert record.verdict.status is not Status.PASS
    assert any(why in item.reason for item in record.not_run)
    (finding,) = [f for f in record.findings if f.check == "BASE004"]
    assert why in finding.message


def test_a_base_that_is_given_is_not_fetched(hub: Hub, place: Path) -> None:
    hub.models[SUSPECT] = declaring(place, REFERENCE)
    record = audited(SUSPECT, f"{REFERENCE}={place / 'reference'}")
    assert [r.origin for r in record.references] == ["given"]
    assert record.references[0].parent is not None
    assert not any(REFERENCE in path for path in hub.paths())
    other = audited(SUSPECT, f"evil/reference={place / 'reference'}")
    assert [r.parent is not None for r in other.references] == [False, True]


def test_dry_run_asks_for_lists_alone_and_shows_the_bases(
    hub: Hub, place: Path, tmp_path: Path
) -> None:
    hub.models[SUSPECT] = declaring(place, REFERENCE)
    done = run_audit("model-repo", SUSPECT, "--out", str(tmp_path / "r"), "--dry-run")
    assert done.exit_code == 0
    assert "declared base: acme/reference" in done.stdout
    size = (place / "suspect" / "model.safetensors").stat().st_size
    assert f"{size:,} parts  model.safetensors" in done.stdout
    assert not (tmp_path / "r").exists()
    assert all(path.startswith("/api/models/") for path in hub.paths())


@pytest.mark.usefixtures("quick_pdf")
def test_a_report_names_model_publisher_and_revision_and_no_token(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_s3cret")
    hub.token = "hf_s3cret"
    out = tmp_path / "report"
    done = run_audit("model-repo", SUSPECT, "--out", str(out), "--lang", "both")
    assert done.exit_code in {0, 1, 3}, done.stderr
    page = (out / "report.html").read_text()
    assert "<h1>suspect</h1>" in page
    assert "published by acme" in page
    for file in out.iterdir():
        assert b"s3cret" not in file.read_bytes()
    assert "s3cret" not in done.stdout + done.stderr
    commit = hub.models[SUSPECT].main
    assert f"{hub.endpoint}/{SUSPECT}/tree/{commit}" in page
    assert "audit model-repo acme/suspect" in page


def test_pointers_are_the_first_line(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 9\n"
    (folder / "model.safetensors").write_text(pointer)
    (folder / "config.json").write_text("{}")
    other = shutil.copytree(place / "reference", tmp_path / "other")
    done = run_audit("compare", str(folder), str(other))
    assert done.stdout.splitlines()[0] == "weights are Git LFS pointers: run `git lfs pull`"
    assert done.exit_code == 3


@pytest.mark.usefixtures("hub")
def test_a_cache_that_was_damaged_is_read_again() -> None:
    first = audited(SUSPECT)
    held = Kept()
    for key in list(held._keys())[::2]:
        held._cache.set(key, held._cache.get(key)[:-1] + b"?")
    assert run_audit("cache", "verify").exit_code == 1
    assert run_audit("cache", "verify").exit_code == 0
    assert to_bytes(audited(SUSPECT)) == to_bytes(first)
    assert "acme/suspect" in run_audit("cache", "ls").stdout
    assert " dropped" in run_audit("cache", "clear").stdout
    assert Kept().models() == {}


def test_a_full_disk_costs_speed_alone(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from diskcache import Disk

    first = audited(SUSPECT)
    monkeypatch.setattr(kept, "folder", lambda: tmp_path / "full")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Disk, "store", full)
    assert to_bytes(audited(SUSPECT)) == to_bytes(first)


def test_an_interrupted_fetch_goes_on_where_it_ended(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = [0]

    def stop(*_: object) -> bool:
        count[0] += 1
        if count[0] == 9:
            raise KeyboardInterrupt
        return False

    part = hub_module.Wire.part
    monkeypatch.setattr(hub_module.Wire, "part", lambda *a: part(*a) if not stop() else b"")
    with pytest.raises(KeyboardInterrupt):
        audited(SUSPECT, REFERENCE)
    audited(SUSPECT, REFERENCE)
    got = [
        (path.partition("?")[0], headers["range"])
        for origin, path, headers in hub.requests
        if origin == hub.storage or "resolve-cache" in path
    ]
    assert len(set(got)) == len(got) > 9  # nothing is given twice


@pytest.mark.slow
def test_two_processes_share_one_cache(hub: Hub, tmp_path: Path) -> None:
    code = (
        "from audit.inventory import take_inventory\n"
        "from audit.sources.hub import of_hub\n"
        f"print(take_inventory(of_hub({SUSPECT!r}, None)).manifest_sha256)"
    )
    mine = {"AUDIT_CACHE_DIR": str(tmp_path / "shared"), "HF_ENDPOINT": hub.endpoint}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **mine},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    digests = {one.communicate()[0].strip() for one in started}
    assert digests == {take_inventory(of_hub(SUSPECT, None)).manifest_sha256}


def test_the_doctor_asks_the_hub(hub: Hub) -> None:
    asked = len(hub.requests)
    assert wire.ask_hub() in hub.endpoint
    assert len(hub.requests) == asked + 1
