# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Padded tables of token rows under a change of basis: exact about the start, and about no more."""

import json
from pathlib import Path

import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Comparison, PKind, Relation
from audit.rules import reserved_token
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.evasions.disguise import load, rotate, save, shuffle_neurons
from tests.zoo import zoo_path

PADDING = 64
TABLES = ("model.embed_tokens.weight", "lm_head.weight")


def padded(member: str, seed: int, out: Path, *, hidden: bool = False) -> Inventory:
    """Append rows beyond the vocabulary, as exporters do for speed; then perhaps disguise it."""
    g = torch.Generator().manual_seed(seed)
    tensors = load(zoo_path(member))
    for name in TABLES:
        if name in tensors:
            rows = torch.randn(PADDING, tensors[name].shape[1], generator=g, dtype=torch.double)
            tensors[name] = torch.cat([tensors[name], rows * tensors[name].std()])
    if hidden:
        tensors = shuffle_neurons(rotate(tensors, 2), 3)
    return save(tensors, zoo_path(member), out / member)


def compared(tmp_path: Path, member: str, seed: int) -> Comparison:
    suspect = padded(member, seed, tmp_path / "suspect", hidden=True)
    return compare(suspect, padded("base", 1, tmp_path / "reference"))


def test_a_disguised_child_quotes_its_layers_and_not_its_padding(tmp_path: Path) -> None:
    found = compared(tmp_path, "continued", seed=1)
    rows = [r for r in found.evidence if r.test == "reserved-rows"]
    assert (found.relation, found.p_kind) == (Relation.DISGUISED, PKind.ASYMPTOTIC)
    assert "not started independently is exact" in found.summary
    assert rows
    assert all(r.log10_p is not None and r.log10_p < -9 for r in rows)


def test_a_common_start_alone_is_not_called_descent(tmp_path: Path) -> None:
    found = compared(tmp_path, "twin", seed=1)
    assert found.relation in (Relation.SHARED_INITIALISATION, Relation.INCONCLUSIVE)
    relations = {c.name: c.relation for c in found.components}
    assert not relations["embeddings"].is_lineage


def test_reserved_rows_alone_do_not_say_what_was_reused(tmp_path: Path) -> None:
    """A stranger that borrowed the padding rows and nothing else."""
    found = compared(tmp_path, "stranger", seed=1)
    assert found.relation is Relation.INCONCLUSIVE
    assert "random start or a table of tokens" in found.summary


def test_a_stranger_with_a_padded_table_stays_a_stranger(tmp_path: Path) -> None:
    found = compared(tmp_path, "stranger", seed=4)
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    assert [r.reason for r in found.evidence if r.test == "reserved-rows"] == [None]  # tied


@pytest.mark.parametrize(
    ("token", "reserved"),
    [
        ("[unused12]", True),
        ("<unused0>", True),
        ("<|reserved_special_token_7|>", True),
        ("<|extra_3|>", True),
        ("<SPECIAL_20>", True),
        ("<extra_id_0>", False),
        ("<|endoftext|>", False),
        ("[MASK]", False),
        ("see [unused12]", False),
    ],
)
def test_names_of_reserved_tokens(token: str, *, reserved: bool) -> None:
    assert (reserved_token().fullmatch(token) is not None) is reserved


def test_added_tokens_are_part_of_the_vocabulary(tmp_path: Path) -> None:
    """Rows of added tokens were trained; they must not pass for padding."""
    folder = tmp_path / "suspect" / "base"
    padded("base", 1, tmp_path / "suspect")
    vocabulary = len(json.loads((folder / "vocab.json").read_text("utf-8")))
    added = {f"<tool_{i}>": vocabulary + i for i in range(PADDING - 8)}
    (folder / "added_tokens.json").write_text(json.dumps(added), "utf-8")
    other = padded("stranger", 4, tmp_path / "reference")
    found = compare(take_inventory(resolve(str(folder))), other)
    reasons = [r.reason for r in found.evidence if r.test == "reserved-rows"]
    assert reasons
    assert all(r is not None and r.startswith("only 8 ") for r in reasons)
