# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The inventory lists what is there, digests it, and says what it did not read."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import rfc8785
from safetensors.numpy import save_file

from audit.inventory import Inventory, take_inventory
from audit.progress import Advance
from audit.record.files import DeclaredParent, Kind
from audit.sources.folder import Folder
from audit.sources.names import resolve
from audit.unreadable import NotReadableError

np = pytest.importorskip("numpy")
TORCH_ZIP = b"PK\x03\x04" + bytes(26) + b"archive/data.pkl" + b"\x80\x02}q\x00."
TORCH_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 9\n"


def write(root: Path, files: dict[str, bytes | str | dict]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content) if isinstance(content, dict) else content
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def weights(path: Path, *names: str, rows: int = 2) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ones((rows, 3), np.float32) for name in names}, path)


def take(root: Path) -> Inventory:
    return take_inventory(resolve(str(root)))


def reasons(inventory: Inventory) -> dict[str, str]:
    return {item.path: item.reason for item in inventory.unread}


def kinds(inventory: Inventory) -> dict[str, Kind]:
    return {artifact.path: artifact.kind for artifact in inventory.artifacts}


def test_every_file_has_its_size_and_digest(tmp_path: Path) -> None:
    big = bytes(range(256)) * 20_000
    write(tmp_path, {"a": b"", "b/c.txt": b"abc", "b/big": big, "B": b"x"})
    found = take(tmp_path)
    assert [(a.path, a.size, a.sha256) for a in found.artifacts] == [
        ("B", 1, hashlib.sha256(b"x").hexdigest()),
        ("a", 0, hashlib.sha256(b"").hexdigest()),
        ("b/big", len(big), hashlib.sha256(big).hexdigest()),
        ("b/c.txt", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ]
    assert found.unread == ()


def test_manifest_is_what_sha256sum_prints(tmp_path: Path) -> None:
    write(tmp_path, {"b": b"1", "a b": b"2", "d/é": b"3", "Z": b"4", "d.x": b"5"})
    listed = subprocess.run(
        "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum",
        shell=True, cwd=tmp_path, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert take(tmp_path).manifest_sha256 == hashlib.sha256(listed).hexdigest()


def test_empty_folder_has_an_empty_manifest(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = take(tmp_path)
    assert (found.artifacts, found.unread, found.tensors, found.parents) == ((), (), (), ())
    assert (found.config, found.card) == (None, None)
    assert found.manifest_sha256 == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("model.safetensors", b"", Kind.WEIGHTS),
        ("model.safetensors.index.json", b"{}", Kind.WEIGHTS_INDEX),
        ("pytorch_model.bin", TORCH_ZIP, Kind.PICKLE),
        ("model.pt", TORCH_LEGACY, Kind.PICKLE),
        ("weights.dat", b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N.", Kind.PICKLE),
        ("model.safetensors ", b"x", Kind.OTHER),
        ("evil.safetensors", TORCH_LEGACY, Kind.PICKLE),
        ("old.pkl", b"(dp0\nS'a'\np1\nI1\ns.", Kind.PICKLE),
        ("old.bin", b"(dp0\nS'a'\np1\nI1\ns.", Kind.PICKLE),
        ("notes.bin", b"just a few words", Kind.OTHER),
        ("empty.bin", b"", Kind.OTHER),
        ("train.pt", "o gato está\n".encode() * 200, Kind.OTHER),
        ("raw.bin", bytes(range(256)), Kind.OTHER_WEIGHTS),
        ("raw.pt", bytes(range(256)), Kind.PICKLE),
        ("modeling.py.license", b"SPDX-License-Identifier: MIT", Kind.LEGAL),
        ("openvino_model.bin", bytes(range(256)), Kind.OTHER_WEIGHTS),
        ("model.gguf", b"GGUF\x03", Kind.WEIGHTS),
        ("hidden.bin", b"GGUF\x03\x00\x00", Kind.WEIGHTS),
        ("hidden", b"\x89HDF\r\n\x1a\n", Kind.WEIGHTS),
        ("m.onnx", b"\x08\x07", Kind.WEIGHTS),
        ("a.npy", b"\x93NUMPY", Kind.WEIGHTS),
        ("model.ckpt.data-00000-of-00001", b"\x00", Kind.WEIGHTS_DATA),
        ("adapter_config.json", b"{}", Kind.ADAPTER_CONFIG),
        ("tokenizer.json", b"{}", Kind.TOKENIZER),
        ("vocab.txt", b"[PAD]", Kind.TOKENIZER),
        ("spiece.model", b"\n\x0e", Kind.TOKENIZER),
        ("LICENSE", b"MIT", Kind.LEGAL),
        ("license.txt", b"MIT", Kind.LEGAL),
        ("LICENCE-APACHE.md", b"x", Kind.LEGAL),
        ("COPYING.LESSER", b"x", Kind.LEGAL),
        ("NOTICE", b"x", Kind.LEGAL),
        ("Third Party Notices.txt", b"x", Kind.LEGAL),
        ("USE_POLICY.md", b"x", Kind.LEGAL),
        ("LICENSES/MIT.txt", b"x", Kind.LEGAL),
        ("p-1.dist-info/licenses/AUTHORS", b"x", Kind.LEGAL),
        ("license_check.py", b"x", Kind.CODE),
        ("licenses/check.py", b"x", Kind.CODE),
        ("unlimited.md", b"x", Kind.DOCUMENT),
        ("setup.py", b"x", Kind.PACKAGE_METADATA),
        ("p-1.dist-info/METADATA", b"x", Kind.PACKAGE_METADATA),
        ("METADATA", b"x", Kind.OTHER),
        ("modeling.py", b"x", Kind.CODE),
        ("demo.ipynb", b"{}", Kind.NOTEBOOK),
        ("paper.pdf", b"%PDF", Kind.DOCUMENT),
        ("image.png", b"\x89PNG", Kind.OTHER),
    ],
)
def test_kind_is_told_by_name_and_first_bytes(
    tmp_path: Path, path: str, content: bytes, kind: Kind
) -> None:
    assert kinds(take(write(tmp_path, {path: content}))) == {path: kind}


def test_header_length_that_looks_like_a_pickle_is_still_safetensors(tmp_path: Path) -> None:
    header = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    header += b" " * (0x950280 - len(header))
    write(tmp_path, {"m.safetensors": (0x950280).to_bytes(8, "little") + header + b"\0"})
    found = take(tmp_path)
    assert kinds(found) == {"m.safetensors": Kind.WEIGHTS}
    assert [tensor.name for tensor in found.tensors] == ["a"]


def test_git_folder_and_git_file_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {".git/config": "x", "sub/.git": "gitdir: ..", ".gitignore": "y", "a": "z"})
    assert list(kinds(take(tmp_path))) == [".gitignore", "a"]


def test_links_are_read_inside_and_refused_outside(tmp_path: Path) -> None:
    secret = write(tmp_path / "outside", {"id_rsa": "SECRET", "folder/x": "y"})
    root = write(tmp_path / "repo", {"real.txt": "inside", "sub/f": "g", ".git/HEAD": "ref"})
    for name, target in {
        "good": "real.txt",
        "sub/up": "../real.txt",
        "absolute": str(root / "real.txt"),
        "key": str(secret / "id_rsa"),
        "relative-key": "../outside/id_rsa",
        "out-folder": str(secret),
        "in-folder": "sub",
        "self-folder": ".",
        "dangling": "nothing",
        "loop": "loop",
        "git": ".git/HEAD",
        "zero": "/dev/zero",
    }.items():
        (root / name).symlink_to(target)
    found = take(root)
    inside = hashlib.sha256(b"inside").hexdigest()
    assert {a.path for a in found.artifacts if a.sha256 == inside} == {
        "real.txt", "good", "sub/up", "absolute",
    }  # fmt: skip
    assert reasons(found) == {
        "key": "a link to a file outside this tree, not followed",
        "relative-key": "a link to a file outside this tree, not followed",
        "out-folder": "a link to a folder outside this tree, not followed",
        "in-folder": "a link to another folder of this tree, already listed",
        "self-folder": "a link to another folder of this tree, already listed",
        "dangling": "a link that leads nowhere",
        "loop": "a link that leads nowhere",
        "git": "a link into .git, which is not audited",
        "zero": "a link to a file outside this tree, not followed",
    }


def test_sibling_folder_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    write(tmp_path, {"repo-private/key": "s", "repo/a": "b"})
    (tmp_path / "repo/link").symlink_to("../repo-private/key")
    assert "outside" in reasons(take(tmp_path / "repo"))["link"]


def test_hub_cache_links_lead_to_its_blobs_and_nowhere_else(tmp_path: Path) -> None:
    cache = tmp_path / "models--owner--name"
    write(cache, {"blobs/abc": "{}", "refs/main": "rev", "other/key": "SECRET"})
    snapshot = cache / "snapshots" / "rev"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").symlink_to("../../blobs/abc")
    (snapshot / "key").symlink_to("../../other/key")
    (snapshot / "all").symlink_to("../../blobs")
    found = take(snapshot)
    assert kinds(found) == {"config.json": Kind.CONFIG}
    assert sorted(reasons(found)) == ["all", "key"]
    (cache / "blobs/def").symlink_to(tmp_path / "models--owner--name/other/key")
    (snapshot / "again").symlink_to("../../blobs/def")
    assert "outside" in reasons(take(snapshot))["again"]


def test_blobs_beside_an_ordinary_folder_are_outside(tmp_path: Path) -> None:
    write(tmp_path, {"x/blobs/abc": "{}", "x/snapshots/rev/a": "b"})
    (tmp_path / "x/snapshots/rev/link").symlink_to("../../blobs/abc")
    assert "outside" in reasons(take(tmp_path / "x/snapshots/rev"))["link"]


def test_special_files_are_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.safetensors")
    (tmp_path / "link").symlink_to("model.safetensors")
    expected = dict.fromkeys(("model.safetensors", "link"), "a named pipe, not a file")
    with suppress(PermissionError):
        os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
        expected["socket"] = "a socket, not a file"
        os.mknod(tmp_path / "zero", stat.S_IFCHR | 0o600, os.makedev(1, 5))
        expected["zero"] = "a device, not a file"
    found = take(tmp_path)
    assert reasons(found) == expected
    assert found.artifacts == ()


@pytest.mark.parametrize(
    "name", ["LICENSE", "license.txt", "NOTICE", "README.md", "config.json", "m.safetensors"]
)
def test_folder_where_a_file_is_expected_is_named(tmp_path: Path, name: str) -> None:
    found = take(write(tmp_path, {f"{name}/inner.txt": "x"}))
    assert reasons(found) == {name: "is a folder, not a file"}
    assert list(kinds(found)) == [f"{name}/inner.txt"]


def test_licenses_folder_is_nothing_unusual(tmp_path: Path) -> None:
    assert take(write(tmp_path, {"LICENSES/MIT.txt": "x"})).unread == ()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run as somebody who may not read everything, if the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that everybody can reach (``tmp_path`` belongs to one user)."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_what_may_not_be_read_is_named(open_folder: Path) -> None:
    write(open_folder, {"secret": "x", "closed/a": "y", "open": "z"})
    (open_folder / "secret").chmod(0)
    (open_folder / "closed").chmod(0)
    try:
        with unprivileged():
            found = take(open_folder)
    finally:
        (open_folder / "closed").chmod(0o755)
    assert reasons(found) == {"secret": "permission denied", "closed": "permission denied"}
    assert list(kinds(found)) == ["open"]


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses names that are not UTF-8")
def test_strange_names_are_escaped_apart_and_found_again(tmp_path: Path) -> None:
    names = [b"\xff", b"\\xff", b"a\nb", b"\\\\xff", "\u202egnp.exe".encode(), "é".encode()]
    for number, name in enumerate(names):
        (tmp_path / os.fsdecode(name)).write_text(str(number))
    found = take(tmp_path)
    paths = {a.path for a in found.artifacts}
    assert paths == {
        "\\xff", "\\x5cxff", "a\\x0ab", "\\x5c\\x5cxff", "\\xe2\\x80\\xaegnp.exe", "é",
    }  # fmt: skip
    assert {found.content(a, 1).decode() for a in found.artifacts} == set("012345")
    rfc8785.dumps(sorted(paths))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses names that are not UTF-8")
def test_strangely_named_weights_are_read(tmp_path: Path) -> None:
    weights(tmp_path / os.fsdecode(b"m\xff.safetensors"), "w")
    found = take(tmp_path)
    assert [(t.name, t.file) for t in found.tensors] == [("w", "m\\xff.safetensors")]
    assert found.unread == ()


class Meddler:
    """A progress display that changes the folder while it is being read."""

    def __init__(self, meddle: object) -> None:
        self.meddle = meddle
        self.done = 0
        self.totals: list[tuple[str, int | None]] = []

    @contextmanager
    def task(self, description: str, total: int | None) -> Iterator[Advance]:
        self.totals.append((description, total))
        yield self._advance

    def _advance(self, units: int) -> None:
        self.done += units
        self.meddle()


def test_file_that_grows_while_it_is_read_is_not_digested(tmp_path: Path) -> None:
    write(tmp_path, {"log": bytes(3 << 20)})

    def grow() -> None:
        with (tmp_path / "log").open("ab") as file:
            file.write(b"more")

    found = take_inventory(Folder(tmp_path, "x"), progress=Meddler(grow))
    assert reasons(found) == {"log": "changed while it was being read"}
    assert found.artifacts == ()


def test_file_overwritten_in_place_while_it_is_read_is_not_digested(tmp_path: Path) -> None:
    write(tmp_path, {"data": bytes(3 << 20)})
    os.utime(tmp_path / "data", (0, 0))

    def overwrite() -> None:
        with (tmp_path / "data").open("r+b") as file:
            file.write(b"other")

    found = take_inventory(Folder(tmp_path, "x"), progress=Meddler(overwrite))
    assert reasons(found) == {"data": "changed while it was being read"}


def test_replaced_file_is_never_read(tmp_path: Path) -> None:
    write(tmp_path, {"a": "1", "b": "2"})
    folder = Folder(tmp_path, "x")
    entry, _ = folder.listing().entries
    (tmp_path / "b").replace(tmp_path / "a")
    with pytest.raises(NotReadableError, match="changed"), folder.opened(entry):
        pytest.fail("the body ran")


def test_bytes_that_do_not_fit_the_digest_are_not_used(tmp_path: Path) -> None:
    write(tmp_path, {"a": "one"})
    os.utime(tmp_path / "a", (5, 5))
    folder = Folder(tmp_path, "x")
    (entry,) = folder.listing().entries
    sha256 = hashlib.sha256(b"one").hexdigest()
    assert folder.content(entry, 3, sha256) == b"one"
    (tmp_path / "a").write_text("two")
    os.utime(tmp_path / "a", (5, 5))
    with pytest.raises(NotReadableError, match="changed"):
        folder.content(entry, 3, sha256)


def test_folder_that_vanished_is_a_reason(tmp_path: Path) -> None:
    found = take_inventory(Folder(tmp_path / "gone", "x"))
    assert reasons(found) == {".": "vanished while the folder was being read"}


def test_config_swapped_after_it_was_digested_is_not_believed(tmp_path: Path) -> None:
    write(tmp_path, {"config.json": {"model_type": "bert"}})
    changed = threading.Event()

    def swap() -> None:
        if not changed.is_set():
            changed.set()
            (tmp_path / "new").write_text('{"model_type":"evil"}')
            (tmp_path / "new").replace(tmp_path / "config.json")

    found = take_inventory(Folder(tmp_path, "x"), progress=Meddler(swap))
    assert found.config is None
    assert reasons(found)["config.json"] == "changed while it was being read"


def test_progress_counts_every_byte_once(tmp_path: Path) -> None:
    write(tmp_path, {f"f{i}": bytes(i) for i in range(300)} | {"big": bytes(5 << 20)})
    shown = Meddler(lambda: None)
    take_inventory(Folder(tmp_path, "x"), progress=shown)
    total = (5 << 20) + sum(range(300))
    assert shown.totals == [("Hashing files", total)]
    assert shown.done == total


def test_interrupt_leaves_at_once(tmp_path: Path) -> None:
    write(tmp_path, {f"f{i}": bytes(4 << 20) for i in range(20)})

    def interrupt() -> None:
        raise KeyboardInterrupt

    shown = Meddler(interrupt)
    with pytest.raises(KeyboardInterrupt):
        take_inventory(Folder(tmp_path, "x"), progress=shown)
    assert shown.done < 80 << 20


def test_lfs_pointer_is_listed_and_explained(tmp_path: Path) -> None:
    found = take(write(tmp_path, {"model.safetensors": LFS, "README.md": LFS}))
    assert set(kinds(found).values()) == {Kind.OTHER}
    assert all("git lfs pull" in reason for reason in reasons(found).values())
    assert len(found.unread) == 2
    assert found.card is None


@pytest.mark.parametrize("text", [LFS + b"words " * 300, b"> " + LFS, LFS[:43]])
def test_text_about_lfs_is_not_a_pointer(tmp_path: Path, text: bytes) -> None:
    found = take(write(tmp_path, {"README.md": text}))
    assert kinds(found) == {"README.md": Kind.MODEL_CARD}


def test_unpacked_wheel_is_a_model(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pkg/model/README.md": "---\nlicense: mit\n---\nprose",
            "pkg/model/config.json": {"model_type": "bert"},
            "pkg/model/1_Pooling/config.json": {"pooling": True},
            "pkg/__init__.py": "",
            "pkg-1.dist-info/METADATA": "Name: pkg",
        },
    )
    weights(tmp_path / "pkg/model/model.safetensors", "w")
    found = take(tmp_path)
    assert found.config == '{"model_type":"bert"}'
    assert found.card is not None
    assert found.card.metadata == '{"license":"mit"}'
    assert [(t.file, t.shape) for t in found.tensors] == [("pkg/model/model.safetensors", (2, 3))]
    assert kinds(found)["pkg/model/1_Pooling/config.json"] is Kind.OTHER


def test_config_beside_the_most_weights_is_chosen(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}/config.json": {"name": n} for n in ("a", "b", "c")})
    write(tmp_path, {"config.json": {"name": "top"}})
    weights(tmp_path / "b/model.safetensors", "w", rows=99)
    weights(tmp_path / "c/model.safetensors", "w", rows=9)
    found = take(tmp_path)
    assert found.config == '{"name":"b"}'
    assert [a.path for a in found.of_kind(Kind.CONFIG)] == ["b/config.json"]


def test_config_at_the_top_is_chosen_when_weights_do_not_tell(tmp_path: Path) -> None:
    write(tmp_path, {"a/config.json": {"name": "a"}, "config.json": {"name": "top"}})
    assert take(tmp_path).config == '{"name":"top"}'


@pytest.mark.parametrize(
    ("files", "card"),
    [
        (["README.md", "m/README.md", "m/config.json"], "README.md"),
        (["m/README.md", "m/config.json", "docs/README.md"], "m/README.md"),
        (["docs/README.md"], None),
        (["a/README.md", "a/config.json", "b/README.md", "b/config.json"], "a/README.md"),
        (["a/README.md", "a/x.gguf", "b/README.md", "b/y.gguf"], None),
        (["readme.md"], "readme.md"),
        (["README.md", "readme.md"], "README.md"),
    ],
)
def test_card_is_the_one_of_the_model(tmp_path: Path, files: list[str], card: str | None) -> None:
    found = take(write(tmp_path, dict.fromkeys(files, "{}")))
    assert (found.card.path if found.card else None) == card
    others = {p for p, kind in kinds(found).items() if kind is Kind.MODEL_CARD}
    assert others == ({card} if card else set())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": NaN}', "not valid JSON: NaN is not a JSON number"),
        (b'{"a": 1e999}', "holds a number that is not finite"),
        (b'{"a": -Infinity}', "not valid JSON: -Infinity is not a JSON number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "holds a number that is not finite"),
        (b'{"a": 1', "not valid JSON: Expecting ',' delimiter (line 1, column 8)"),
        (b"", "not valid JSON: Expecting value (line 1, column 1)"),
        (b"[1]", "not a JSON object"),
        (b'{"a": "\xff"}', "not UTF-8 text (byte 7)"),
        (b'{"a": "\\ud800"}', "holds text that is not valid Unicode"),
        (b'{"a": 1, "a": 2}', 'the key "a" occurs twice'),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", "nested too deeply"),
        (b'{"a": "' + b"x" * (8 << 20) + b'"}', "larger than 8 MiB, not parsed"),
    ],
)
def test_bad_config_is_absent_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    found = take(write(tmp_path, {"config.json": content}))
    assert found.config is None
    assert reason in reasons(found)["config.json"]
    assert kinds(found) == {"config.json": Kind.CONFIG}


def test_config_is_canonical(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbf{ "b": 1.0, "a": 1000000000000000019884624838656, "c": "\xc3\xa9" }'
    found = take(write(tmp_path, {"config.json": text}))
    assert found.config == '{"a":1e+30,"b":1,"c":"é"}'


def test_parents_of_card_and_adapter(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "README.md": "---\nbase_model:\n- a/x\n- b/y\n- a/x\nbase_model_relation: merge\n---\n",
            "lora/adapter_config.json": {"base_model_name_or_path": "a/x"},
            "config.json": {"_name_or_path": "c/z"},
        },
    )
    assert take(tmp_path).parents == (
        DeclaredParent(name="a/x", relation="merge", path="README.md", field="base_model"),
        DeclaredParent(name="b/y", relation="merge", path="README.md", field="base_model"),
        DeclaredParent(
            name="a/x",
            relation="adapter",
            path="lora/adapter_config.json",
            field="base_model_name_or_path",
        ),
    )


@pytest.mark.parametrize(
    ("value", "named"),
    [("owner/name", True), ("./out", False), ("/models/bert", False), ("", False), (3, False)],
)
def test_name_or_path_counts_only_as_a_hub_id(tmp_path: Path, value: object, named: bool) -> None:
    write(tmp_path, {"config.json": {"_name_or_path": value}, "README.md": "no front matter"})
    expected = [
        DeclaredParent(name=str(value), relation=None, path="config.json", field="_name_or_path")
    ]
    assert list(take(tmp_path).parents) == (expected if named else [])


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("base_model: {name: Falcon-7B, repo_url: 'https://huggingface.co/a/b'}", ["a/b"]),
        ("base_model: {name: B 7B, organization: A Lab, version: '2'}", ["A-Lab/B-7B"]),
        ("base_model: {name: a/b, version: v0.1}", ["a/b"]),
        ("base_model: {name: some model, repo_url: 'https://git.example/x'}", ["some model"]),
        ("base_model: [{repo_url: 'https://hf.co/a/b/tree/main'}, c/d]", ["a/b", "c/d"]),
        ("base_model: 'https://huggingface.co/a/b'", ["a/b"]),
        ("base_model: 'https://modelscope.cn/models/a/b'", ["a/b"]),
        ("base_model: '[b](https://huggingface.co/a/b)'", ["a/b"]),
        ("base_model: a/b, c/d", ["a/b", "c/d"]),
        ("base_models:\n- a/b\nbase_model: A/B", ["A/B"]),
        ("base_model_sources: [{name: b, organization: a}]", ["a/b"]),
        ("tags: [lora, 'base_model:adapter:a/b']", ["a/b"]),
        ("base_model: c/d\ntags: ['base_model:adapter:a/b']", ["c/d"]),
        ("base_model: {a: b}", ['{"a": "b"}']),
        ("base_model: [1, 2]", ["1", "2"]),
        ("base_model: ['']", []),
        ("base_model: none", []),
        ("base_model: {}", []),
    ],
)
def test_a_base_is_read_or_stands_as_written(tmp_path: Path, field: str, names: list[str]) -> None:
    found = take(write(tmp_path, {"README.md": f"---\n{field}\n---\n"}))
    assert [parent.name for parent in found.parents] == names
    assert not found.unread


def sharded(root: Path, weight_map: object) -> Inventory:
    weights(root / "model-1.safetensors", "a", "b")
    weights(root / "model-2.safetensors", "c")
    write(root, {"model.safetensors.index.json": json.dumps({"weight_map": weight_map})})
    return take(root)


GOOD = {"a": "model-1.safetensors", "b": "model-1.safetensors", "c": "model-2.safetensors"}


def test_index_that_agrees_is_silent(tmp_path: Path) -> None:
    assert sharded(tmp_path, GOOD).unread == ()


@pytest.mark.parametrize(
    ("weight_map", "path", "reason"),
    [
        (
            GOOD | {"d": "model-3.safetensors"},
            "model-3.safetensors",
            "named by the index but not in the folder",
        ),
        (
            GOOD | {"b": "model-2.safetensors"},
            "model.safetensors.index.json",
            'assigns 1 tensor to files whose headers do not have it (first: "b")',
        ),
        (
            {"a": "model-1.safetensors", "c": "model-2.safetensors"},
            "model.safetensors.index.json",
            'does not assign 1 tensor to the files that hold it (first: "b")',
        ),
        (GOOD | {"d": "../x"}, "model.safetensors.index.json", "outside its folder"),
        (GOOD | {"d": "/etc/passwd"}, "model.safetensors.index.json", "outside its folder"),
        (GOOD | {"d": 3}, "model.safetensors.index.json", "does not map names to file names"),
        ([], "model.safetensors.index.json", "has no weight_map"),
    ],
)
def test_index_that_lies_is_named(
    tmp_path: Path, weight_map: object, path: str, reason: str
) -> None:
    found = sharded(tmp_path, weight_map)
    assert any(item.path == path and reason in item.reason for item in found.unread)
    assert {tensor.name for tensor in found.tensors} == {"a", "b", "c"}


def test_shard_with_a_reason_of_its_own_is_not_called_missing(tmp_path: Path) -> None:
    write(tmp_path, {"model-3.safetensors": LFS})
    found = sharded(tmp_path, GOOD | {"d": "model-3.safetensors"})
    assert [item.path for item in found.unread] == ["model-3.safetensors"]
    assert "git lfs pull" in found.unread[0].reason


def test_refused_shard_is_not_called_missing(tmp_path: Path) -> None:
    write(tmp_path, {"outside": "x"})
    root = tmp_path / "repo"
    root.mkdir()
    (root / "model-3.safetensors").symlink_to("../outside")
    found = sharded(root, GOOD | {"d": "model-3.safetensors"})
    assert reasons(found) == {
        "model-3.safetensors": "a link to a file outside this tree, not followed"
    }
    assert len(found.unread) == 1


def test_hostile_index_does_not_flood_the_record(tmp_path: Path) -> None:
    found = sharded(tmp_path, GOOD | {f"t{i}": f"x{i:05}.safetensors" for i in range(20_000)})
    assert len(found.unread) == 101
    more = reasons(found)["model.safetensors.index.json"]
    assert more == "names 19,900 further shards that are missing"


def test_ten_thousand_small_files(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"d{folder}").mkdir()
        for number in range(100):
            (tmp_path / f"d{folder}/{number}").write_bytes(b"%d" % number)
    found = take(tmp_path)
    assert len(found.artifacts) == 10_000
    assert len({artifact.sha256 for artifact in found.artifacts}) == 100


def test_very_deep_tree_is_read_as_far_as_the_system_goes(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(25):
            os.mkdir("d" * 200, dir_fd=here)
            below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        (tmp_path / "top").write_text("x")
        found = take(tmp_path)
    finally:
        os.close(here)
        subprocess.run(["rm", "-rf", str(tmp_path / ("d" * 200))], check=True)
    assert list(kinds(found)) == ["top"]
    assert "longer than this system allows" in found.unread[0].reason


def test_weights_that_are_not_digested_are_no_artifacts(tmp_path: Path) -> None:
    files = {"model.safetensors": b"x" * 5000, "a.bin": bytes(range(256)), "LICENSE": b"MIT"}
    found = take_inventory(resolve(str(write(tmp_path, files))), digest_weights=False)
    assert [a.path for a in found.artifacts] == ["LICENSE"]
    assert [u.path for u in found.unread] == ["model.safetensors"]
