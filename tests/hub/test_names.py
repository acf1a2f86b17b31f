# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A model is found under every name that people have for it, and has the name of the model."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from audit import kept
from audit.errors import AccessError, UsageError
from audit.inventory import take_inventory
from audit.record.files import Origin
from audit.sources.interface import Source
from audit.sources.names import Reach, named, resolve, told
from tests.hub.conftest import Serve
from tests.hub_server import of_folder

ID = "acme/Some-Base"
ANYWHERE = Reach()


def test_the_hubs_names(serve: Serve, model: Path) -> None:
    repo = of_folder(model)
    hub = serve({ID: repo})
    commit = repo.main
    for spec in (
        ID, f"{ID}@main", f"{ID}@{commit}", f"hf://{ID}", f"hf://models/{ID}@main",
        f"https://huggingface.co/{ID}", f"https://huggingface.co/{ID}/tree/{commit}",
        f"huggingface.co/{ID}", f"{hub.endpoint}/{ID}", f"{hub.endpoint}/{ID}/tree/main",
    ):  # fmt: skip
        found = resolve(spec, ANYWHERE)
        assert (found.name, found.model, found.revision and found.revision.commit) == (
            "Some-Base", ID, commit,
        )  # fmt: skip
        assert len(found.listing().entries) == 8
    one = resolve(f"https://huggingface.co/{ID}/blob/main/model.safetensors", ANYWHERE)
    assert [e.path for e in one.listing().entries] == ["model.safetensors"]
    with pytest.raises(AccessError, match="has no other"):
        resolve(f"hf://{ID}/other.gguf", ANYWHERE)


def test_a_folder_wins_over_a_model_of_its_name_and_says_so(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = serve({ID: of_folder(model)})
    monkeypatch.chdir(model.parent.parent)
    shutil.move(model, model.parent.parent / "acme" / "Some-Base")
    found = resolve(ID, ANYWHERE)
    assert found.address is None
    assert found.notes == (f"{ID} is a folder here, and that is what is read.",)
    assert hub.requests == []


def cached(model: Path, _: Path, commit: str) -> Path:
    store = model.parent / "models--acme--Some-Base"
    (store / "blobs").mkdir(parents=True)
    snapshot = store / "snapshots" / commit
    snapshot.mkdir(parents=True)
    for number, path in enumerate(sorted(model.iterdir())):
        shutil.copyfile(path, store / "blobs" / str(number))
        (snapshot / path.name).symlink_to(store / "blobs" / str(number))
    return snapshot


def downloaded(model: Path, _: Path, commit: str) -> Path:
    notes = model / ".cache" / "huggingface" / "download"
    notes.mkdir(parents=True)
    for path in [p for p in model.iterdir() if p.is_file()]:
        (notes / f"{path.name}.metadata").write_text(f"{commit}\netag\n1712656091.123\n")
    return model


def cloned(model: Path, place: Path, _: str) -> Path:
    clone = place / "clone"
    shutil.copytree(model, clone)
    for command in (
        "init -q -b main", "add .", "-c user.name=a -c user.email=a@example.com commit -q -m x",
        f"remote add origin https://user:hf_s3cret@huggingface.co/{ID}",
    ):  # fmt: skip
        subprocess.run(["git", "-C", clone, *command.split()], check=True)
    return clone


@pytest.mark.parametrize("layout", [cached, downloaded, cloned])
def test_a_download_has_the_name_and_commit_of_its_model(
    layout: Callable[[Path, Path, str], Path], model: Path, tmp_path: Path
) -> None:
    found = take_inventory(resolve(str(layout(model, tmp_path, "c" * 40))))
    assert found.name == "Some-Base"
    assert found.revision is not None
    assert found.revision.commit == "c" * 40 or layout is cloned
    if layout is not downloaded:  # which does not say which model it is
        origin = found.origin
        assert isinstance(origin, Origin)
        assert (origin.model, origin.address) == (ID, None)
        assert origin.commit == found.revision.commit
        assert "s3cret" not in repr(origin)


def test_the_caller_may_say_which_model_a_folder_is(model: Path) -> None:
    found = resolve(f"acme/Other={model}")
    assert (found.name, found.model) == ("Other", "acme/Other")
    origin = found.origin(frozenset())
    assert origin is not None
    assert origin.said_by == "the command line"


def test_a_single_weight_file(model: Path, tmp_path: Path) -> None:
    found = resolve(str(model / "model.safetensors"))
    assert found.name == "model.safetensors"
    assert [e.path for e in found.listing().entries] == ["model.safetensors"]
    assert take_inventory(found).tensors == take_inventory(resolve(str(model))).tensors
    assert found.own == ()  # a report may be written beside it
    onnx = tmp_path / "m.onnx"
    for name in ("m.onnx", "m.onnx.data", "m.onnx_data", "other.data"):
        (tmp_path / name).write_bytes(b"x")
    assert len(resolve(str(onnx)).listing().entries) == 3


def test_an_empty_folder_is_nothing_to_audit(tmp_path: Path) -> None:
    (tmp_path / "x" / ".git").mkdir(parents=True)
    (tmp_path / "x" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    with pytest.raises(UsageError, match="holds no files"):
        named(str(tmp_path / "x"), ANYWHERE)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (ID, ID),
        (f"{ID}@v1", f"{ID}@v1"),
        (f"https://u:s3cret@huggingface.co/{ID}/tree/main?x=s3cret", f"huggingface.co/{ID}/tree"),
        ("/some/where/model", "model"),
        ("acme/X=/some/where/model", "acme/X=model"),
    ],
)
def test_what_is_told_of_a_name(spec: str, words: str) -> None:
    assert words in told(spec)
    assert "s3cret" not in told(spec)
    assert "where" not in told(spec)


def files(source: Source) -> dict[str, str]:
    found = take_inventory(source)
    return {a.path: a.sha256 for a in found.artifacts}


def test_offline_reads_what_was_read_before_and_asks_nobody(serve: Serve, model: Path) -> None:
    hub = serve({ID: of_folder(model)})
    before = files(resolve(ID, ANYWHERE))
    asked = len(hub.requests)
    assert files(resolve(ID, Reach(offline=True))) == before
    assert len(hub.requests) == asked
    with pytest.raises(AccessError, match="not on this machine, and this run is offline"):
        resolve("acme/other", Reach(offline=True))


def test_what_is_not_on_this_machine_is_not_read_offline(serve: Serve, model: Path) -> None:
    serve({ID: of_folder(model)})
    resolve(ID, ANYWHERE)  # the list, and nothing else
    found = take_inventory(resolve(ID, Reach(offline=True)))
    assert len(found.unread) == 8
    assert {u.reason for u in found.unread} == {
        "not on this machine, and nothing is fetched offline"
    }


def test_the_environment_asks_for_offline(
    serve: Serve, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = serve({ID: of_folder(model)})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(AccessError, match="offline"):
        resolve(ID, ANYWHERE)
    assert hub.requests == []


def test_downloads_of_the_real_client_are_read_where_they_lie(
    serve: Serve, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import hf_hub_download, snapshot_download

    hub = serve({ID: of_folder(model)})
    hf_hub_download(ID, "model.safetensors", cache_dir=tmp_path / "hf")
    asked = len(hub.requests)
    whole = files(resolve(ID, ANYWHERE))
    assert not any("model.safetensors" in path for path in hub.paths()[asked:])
    monkeypatch.setattr(kept, "folder", lambda: tmp_path / "another")
    partly = take_inventory(resolve(ID, Reach(offline=True)))
    assert partly.unread  # which files there are beside is not known, or they are not here
    snapshot_download(ID, cache_dir=tmp_path / "hf")
    asked = len(hub.requests)
    found = take_inventory(resolve(ID, Reach(offline=True)))
    assert {a.path: a.sha256 for a in found.artifacts} == whole
    assert len(hub.requests) == asked
