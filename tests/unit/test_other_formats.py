# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Formats beside safetensors, GGUF, ONNX and PyTorch: values as they were written, by windows."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.inventory.closed import closed_weights
from audit.lineage.several import compare
from audit.record.files import Kind
from audit.record.weights import Relation
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import unreadable
from tests import format_files
from tests.format_files import BIAS, KERNEL
from tests.memory_source import Memory

ARRAYS = {"a": KERNEL, "b": BIAS, "c": np.arange(24, dtype=np.float32).reshape(2, 3, 4)}


def taken(files: Mapping[str, bytes]) -> Inventory:
    return take_inventory(Memory("model", files), digest_weights=False)


def values(inventory: Inventory) -> dict[str, torch.Tensor]:
    assert not inventory.unread
    with Checkpoint(inventory) as opened:
        return {
            h.name: opened.slab(h, 0, h.shape[0] if h.shape else 1).reshape(h.shape)
            for h in inventory.tensors
        }


def npz(arrays: Mapping[str, object], *, small: bool = False) -> bytes:
    out = io.BytesIO()
    (np.savez_compressed if small else np.savez)(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def npy(array: object) -> bytes:
    out = io.BytesIO()
    np.save(out, array)  # type: ignore[arg-type]
    return out.getvalue()


def keras(*, chunked: bool = False, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", format_files.hdf5(chunked=chunked))
    return out.getvalue()


def beside(pair: tuple[bytes, bytes], first: str, second: str) -> dict[str, bytes]:
    return {first: pair[0], second: pair[1]}


SHARD = "m.data-00000-of-00001"
WRITTEN: dict[str, Callable[[], dict[str, bytes]]] = {
    "npz": lambda: {"m.npz": npz(ARRAYS)},
    "compressed npz": lambda: {"m.npz": npz(ARRAYS, small=True)},
    "npz under another name": lambda: {"m.dat": npz(ARRAYS)},
    "tflite": lambda: {"m.tflite": format_files.tflite(ARRAYS, {})},
    "flax": lambda: {"flax_model.msgpack": format_files.packed(ARRAYS)},
    "tensorflow": lambda: beside(format_files.tensorflow(ARRAYS), "m.index", SHARD),
    "openvino": lambda: beside(format_files.openvino(ARRAYS), "m.xml", "m.bin"),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_values_are_read_as_they_were_written(form: str) -> None:
    inventory = taken(WRITTEN[form]())
    found = values(inventory)
    assert found.keys() == ARRAYS.keys()
    assert all(torch.equal(found[n], torch.from_numpy(v)) for n, v in ARRAYS.items())
    assert not inventory.other_weights


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("form", ["h5", "keras", "deflated keras"])
def test_keras_files_are_read(form: str, chunked: bool) -> None:
    name = "m.h5" if form == "h5" else "m.keras"
    method = zipfile.ZIP_DEFLATED if form.startswith("deflated") else zipfile.ZIP_STORED
    plain = format_files.hdf5(chunked=chunked)
    data = plain if form == "h5" else keras(chunked=chunked, method=method)
    found = values(taken({name: data}))
    assert torch.equal(found["dense/dense/kernel:0"], torch.from_numpy(KERNEL))
    assert torch.equal(found["dense/dense/bias:0"], torch.from_numpy(BIAS))


def test_one_array_and_columns_first() -> None:
    turned = np.asfortranarray(KERNEL)
    found = values(taken({"w.npy": npy(turned)}))
    assert torch.equal(found["array"], torch.from_numpy(KERNEL))


def test_flax_maps_in_maps() -> None:
    tree = {"params": {"dense": {"kernel": KERNEL}}, "step": 300}
    found = values(taken({"flax_model.msgpack": format_files.packed(tree)}))
    assert list(found) == ["params/dense/kernel"]


def test_codes_of_tensorflow_lite_become_values() -> None:
    codes = (np.arange(48) - 20).reshape(6, 8).astype(np.int8)
    depth = codes.reshape(1, 6, 1, 8)
    scales = {
        "whole": ([0.5], [3], 0),
        "rows": ([0.5, 1, 2, 4, 8, 16], [0] * 6, 0),
        "last": ([1, 2, 3, 4, 5, 6, 7, 8], [0] * 8, 3),
    }
    file = format_files.tflite({"whole": codes, "rows": codes, "last": depth}, scales)
    found = values(taken({"m.tflite": file}))
    assert np.array_equal(found["whole"].numpy(), (codes - 3.0) * 0.5)
    assert np.array_equal(found["rows"].numpy(), codes * 2.0 ** np.arange(-1, 5)[:, None])
    assert np.array_equal(found["last"].numpy(), depth * np.arange(1.0, 9))


def test_an_array_of_objects_is_named_and_never_opened() -> None:
    held = np.array([{"a": 1}], dtype=object)
    inventory = taken({"m.npz": npz({"w": KERNEL, "more": held})})
    reasons = {t.name: unreadable(t) for t in inventory.tensors}
    assert reasons == {"w": None, "more": "a pickle inside, which is never opened"}


def test_one_model_in_two_formats_is_one_model() -> None:
    rng = np.random.default_rng(3)
    arrays = {f"l{i}": rng.standard_normal((64, 48)).astype(np.float32) for i in range(3)}
    other = {n: np.ascontiguousarray(a.T) for n, a in arrays.items()}
    mine = taken({"m.npz": npz(arrays)})
    theirs = taken({"m.tflite": format_files.tflite(other, {})})
    found = compare(mine, theirs)
    assert found.relation in (Relation.COPY, Relation.DERIVED), found.summary


NAMED = {
    "inference.pdiparams": "Paddle",
    "m.mlmodel": "Core ML",
    "w.bin": "raw numbers",
    "old.ggml": "GGML",
}


@pytest.mark.parametrize("name", NAMED)
def test_what_is_not_read_is_named_with_its_way_out(name: str) -> None:
    inventory = taken({name: b"\x01\x02\xff\xfe" * 64})
    (said,) = closed_weights(inventory)
    assert name in said
    assert NAMED[name] in said
    found = compare(inventory, taken(WRITTEN["npz"]()))
    assert said in json.loads(json.dumps(found.summary))


def test_a_broken_file_is_named_with_its_reason() -> None:
    inventory = taken({"m.h5": format_files.hdf5()[:600]})
    (said,) = closed_weights(inventory)
    assert "m.h5 could not be read" in said


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("x.dat", format_files.hdf5(), Kind.WEIGHTS),
        ("x.xml", b"<?xml version='1.0'?><project/>", Kind.OTHER),
        ("faiss.index", b"IxFl\x00", Kind.OTHER),
        (SHARD, b"\x00" * 80, Kind.WEIGHTS_DATA),
    ],
)
def test_content_tells_the_kind(name: str, data: bytes, kind: Kind) -> None:
    found = take_inventory(Memory("model", {name: data}))
    assert found.artifacts[0].kind is kind


def test_more_than_memory_should_hold_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.formats.tensors._MOST_UNPACKED", 100)
    inventory = taken({"m.npz": npz(ARRAYS, small=True)})
    assert [str(u.reason) for u in inventory.unread] == [
        "its values are compressed and more than 0 MiB: save them uncompressed"
    ]
