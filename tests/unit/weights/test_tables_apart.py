# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The reference's layers under other tables: a part of its own, or a new tokenizer."""

import json
from pathlib import Path

import pytest

from audit.inventory import Inventory, take_inventory
from audit.record.derivation import DerivationKind
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.unit.weights.models import Tensors, child, llama, save

TABLES = ("model.embed_tokens.weight", "lm_head.weight")
WORDS = [f"word-{i}" for i in range(160)]
OTHER_WORDS = WORDS[:100] + [f"other-{i}" for i in range(60)]


def _with_words(folder: Path, tensors: Tensors, words: list[str] | None) -> Inventory:
    save(folder, tensors)
    if words is not None:
        text = json.dumps({word: i for i, word in enumerate(words)})
        (folder / "vocab.json").write_text(text, encoding="utf-8")
    return take_inventory(resolve(str(folder)))


def _compared(tmp_path: Path, noise: float, words: list[str] | None) -> Comparison:
    """Layers of model 1, trained on by ``noise``, under the tables of model 2."""
    tables = {k: v for k, v in llama(2).items() if k in TABLES}
    suspect = child(llama(1), noise=noise) | tables
    return compare(
        _with_words(tmp_path / "suspect", suspect, words),
        _with_words(tmp_path / "reference", llama(1), None if words is None else WORDS),
    )


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_other_tables_for_the_same_strings_are_reuse_of_the_layers(
    tmp_path: Path, noise: float
) -> None:
    found = _compared(tmp_path, noise, WORDS)
    assert found.relation is Relation.COMPONENT_REUSE
    relations = {c.name: c.relation for c in found.components}
    assert relations["embeddings"] is Relation.NO_SHARED_WEIGHTS
    assert relations["attention"] in (Relation.COPY, Relation.DERIVED)
    assert "None were found in embeddings" in found.summary
    assert found.kind is not None
    assert found.kind.kind is DerivationKind.PARTIAL_REUSE
    assert "attention" in found.kind.sentence
    assert "embeddings" not in found.kind.sentence


def test_fresh_tables_for_other_strings_are_a_new_vocabulary(tmp_path: Path) -> None:
    found = _compared(tmp_path, 0.1, OTHER_WORDS)
    assert found.relation is Relation.DERIVED
    assert "No shared weights were found in embeddings" in found.summary
    assert found.kind is not None
    assert found.kind.kind is DerivationKind.VOCABULARY_SWAPPED


def test_without_a_tokenizer_the_rows_may_be_other_tokens(tmp_path: Path) -> None:
    assert _compared(tmp_path, 0.1, None).relation is Relation.DERIVED
