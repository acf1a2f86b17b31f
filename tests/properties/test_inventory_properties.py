# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What must not change an inventory does not, and what must does so exactly once."""

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rfc8785
from huggingface_hub.repocard import RepoCard
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from audit.formats.safetensors import read_safetensors
from audit.inventory import Inventory, take_inventory
from audit.inventory.model_card import parse_card
from audit.sources.names import resolve
from audit.text.file_names import as_named, printable
from audit.text.strict_json import canonical, parse_object
from audit.unreadable import NotReadableError
from tests.memory_source import Memory

quick = settings(max_examples=40, deadline=None)
paths = st.lists(
    st.text("abLICENSE.md", min_size=1, max_size=6).filter(lambda n: n.strip(".")),
    min_size=1,
    max_size=3,
).map("/".join)
trees = st.dictionaries(paths, st.binary(max_size=40), max_size=6)


@contextmanager
def built(tree: dict[str, bytes], name: str = "model") -> Iterator[Path]:
    """Write a tree; where one path is a folder of another, the shorter one is left out."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / name
        root.mkdir()
        for path in sorted(tree, key=len, reverse=True):
            target = root / path
            if target.exists() or any(p.is_file() for p in target.parents if p != root):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(tree[path])
        yield root


def take(root: Path) -> Inventory:
    return take_inventory(resolve(str(root)))


def anonymous(inventory: Inventory) -> Inventory:
    return replace(inventory, name="")


@quick
@given(trees, st.text("xyz", min_size=1, max_size=5))
def test_moving_and_renaming_the_folder_changes_only_its_name(
    tree: dict[str, bytes], name: str
) -> None:
    with built(tree) as root:
        before = take(root)
        moved = root.parent / "elsewhere" / name
        shutil.copytree(root, moved)
        after = take(moved)
    assert after.name == name
    assert anonymous(after) == anonymous(before)


@quick
@given(trees.filter(bool), st.data())
def test_one_changed_byte_changes_exactly_one_digest(
    tree: dict[str, bytes], data: st.DataObject
) -> None:
    with built(tree) as root:
        before = take(root)
        path = data.draw(st.sampled_from([artifact.path for artifact in before.artifacts]))
        content = (root / path).read_bytes() or b"\0"
        (root / path).write_bytes(bytes([content[0] ^ 1]) + content[1:])
        after = take(root)
    old = {a.path: a.sha256 for a in before.artifacts}
    new = {a.path: a.sha256 for a in after.artifacts}
    assert old.keys() == new.keys()
    assert [p for p in old if old[p] != new[p]] == [path]
    assert before.manifest_sha256 != after.manifest_sha256


@quick
@given(trees, trees)
def test_git_folders_and_empty_folders_change_nothing(
    tree: dict[str, bytes], git: dict[str, bytes]
) -> None:
    with built(tree) as root:
        before = take(root)
        (root / "zz-empty" / "zz-deeper").mkdir(parents=True)
        with built(git) as source:
            shutil.copytree(source, root / ".git")
            shutil.copytree(source, root / "zz-empty" / ".git")
        after = take(root)
        assert replace(after, unread=before.unread) == before
        named = {u.path for u in after.unread} - {u.path for u in before.unread}
        assert "zz-empty/.git" in named
        assert all(path.startswith(".git/") for path in named - {"zz-empty/.git"})


@quick
@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_resharding_keeps_the_tensors(shards: int, random: object) -> None:
    tensors = {f"layer.{i}": np.zeros((i + 1, 2), np.float16) for i in range(6)}
    with tempfile.TemporaryDirectory() as place:
        one, many = Path(place) / "one", Path(place) / "many"
        one.mkdir()
        many.mkdir()
        save_file(tensors, one / "model.safetensors")
        names = list(tensors)
        random.shuffle(names)
        for shard in range(shards):
            part = {name: tensors[name] for name in names[shard::shards]}
            save_file(part, many / f"model-{shard}.safetensors")
        found = [take(folder).tensors for folder in (one, many)]
    whole, parts = [Counter((t.name, t.dtype, t.shape) for t in tensors) for tensors in found]
    assert whole == parts
    assert len(whole) == 6


@given(st.binary(min_size=1, max_size=20).filter(lambda b: b"/" not in b and b"\0" not in b))
def test_every_file_name_is_printable_and_found_again(raw: bytes) -> None:
    name = printable(os.fsdecode(raw))
    assert "\n" not in name
    rfc8785.dumps(name)
    assert os.fsencode(as_named(name)) == raw


@given(st.sets(st.text("\\x0aé\nf", max_size=6), min_size=2, max_size=2))
def test_no_two_names_share_a_form(names: set[str]) -> None:
    assert len({printable(name) for name in names}) == 2


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_make_a_card(data: bytes) -> None:
    card = parse_card("README.md", data)
    parse_object(card.metadata.encode())
    card.prose.encode()


PIECES = (
    r"a|license|: |\n|- |[|]|{|}|&x |*x|!!int |!!float |!!binary |!!timestamp |!!set |!!omap "
    r"|!!pairs |!!bool |!!null |<<: |? |>\n |'|\"|2024-01-01|1e5|0b|0x|.nan|1:99|~|=|- a: b\n"
    r"|a: b\n|!t |#|%YAML 1.2\n|\\|,|2001-1-1 1:1:1 +99"
)
yamlish = st.lists(
    st.sampled_from([piece.replace("\\n", "\n") for piece in PIECES.split("|")]), max_size=12
).map("".join)


@settings(max_examples=600, deadline=None)
@given(yamlish)
def test_any_front_matter_makes_a_card(block: str) -> None:
    card = parse_card("README.md", f"---\n{block}\n---\nprose".encode())
    parse_object(card.metadata.encode())
    assert card.problem is None or card.metadata == "{}"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_canonical_json_survives_a_second_reading(value: dict) -> None:
    text = canonical(value)
    assert canonical(parse_object(text.encode())) == text


def outcome(content: bytes) -> str:
    source = Memory("m", {"m.safetensors": content})
    (entry,) = source.listing().entries
    try:
        with source.opened(entry) as access:
            return f"{len(read_safetensors(entry.path, access, {}).tensors)} tensors"
    except NotReadableError as error:
        return error.reason


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.none() | st.integers(0, 80))
def test_any_bytes_are_a_header_or_a_reason(data: bytes, length: int | None) -> None:
    content = data if length is None else length.to_bytes(8, "little") + data
    assert "\n" not in outcome(content)


_CARD_PARTS = (
    "---", " ---", "--- ", "---x", "\n", "\n\n", "\t", "license: mit\n", "a: [b, c]\n", "x:\n",
    "x: null\n", "y: {z: 1}\n", "- b\n", "1: one\n", "self: 1\n", "prose", "# Title\n", "&a *a\n",
    "...\n", "\u2028", "\x0b", "[", "'", "#",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_CARD_PARTS), max_size=12).map("".join))
def test_a_card_is_read_as_the_hub_reads_it(text: str) -> None:
    """What the hub refuses is a problem; what we accept has the hub's fields and prose."""
    ours = parse_card("README.md", text.encode())
    try:
        theirs = RepoCard(text)
    except Exception:  # noqa: BLE001 - whatever it is that the library raises
        assert ours.problem is not None
        return
    if ours.problem is None:
        assert json.loads(ours.metadata) == theirs.data.to_dict()
        assert ours.prose == theirs.text


@pytest.mark.parametrize("block", ["license: mit", "a: [1, 2]\nb: {c: d}", "x:\ny: null", ""])
def test_harmless_cards_are_no_problem(block: str) -> None:
    assert parse_card("README.md", f"---\n{block}\n---\nprose".encode()).problem is None
