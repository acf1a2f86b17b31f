# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Of a large model on a hub little is fetched, and what is said is what its folder says."""

import json
from pathlib import Path

import pytest

from audit.inventory import take_inventory
from audit.record.weights import Comparison, Relation
from audit.sources import hub
from audit.sources.hub import of_hub
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.pairing import block
from bench.large import Shape
from bench.ranges import Drawn
from tests.hub.conftest import Serve
from tests.hub_server import Repo

SHAPE = Shape(
    name="small", model_type="llama", layers=2, hidden=128, inter=2048, heads=4, kv_heads=4,
    vocab=256,
)  # fmt: skip
"""Most of it, as of the large ones, are matrices of a few wide layers."""


def at_hub(serve: Serve, suspect: Drawn, reference: Drawn) -> tuple[Comparison, float]:
    """Compare two models of a hub; which share of both was sent."""
    config = json.dumps(SHAPE.config()).encode()
    files = {"lab/suspect": suspect, "lab/reference": reference}
    served = serve({
        name: Repo.of({"config.json": config, "model.safetensors": file})
        for name, file in files.items()
    })  # fmt: skip
    found = compare(*(take_inventory(of_hub(name, None)) for name in files))
    return found, served.sent / (suspect.size + reference.size)


def test_a_hub_sends_little_of_a_derived_model_and_says_what_the_folder_says(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block, "MAX_STRIDED", 1 << 14)
    monkeypatch.setattr(hub, "BLOCK", 1 << 12)
    files = Drawn(SHAPE, 1, 2), Drawn(SHAPE, 2)
    found, share = at_hub(serve, *files)
    assert found.relation is Relation.DERIVED
    assert share < 0.65
    folders = tmp_path / "suspect", tmp_path / "reference"
    for folder, file in zip(folders, files, strict=True):
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(SHAPE.config()))
        (folder / "model.safetensors").write_bytes(file.read(0, file.size))
    assert compare(*(take_inventory(resolve(str(f))) for f in folders)) == found
