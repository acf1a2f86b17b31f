# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The example dispute is real: its weights run, its papers tell what they should."""

import importlib
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml

from examples.build_dispute import DISPUTE, LOCK, MEASURED, measured
from examples.tinylm import corpus, measure, storage, training

pytestmark = pytest.mark.slow

CLASSES = {
    "reference": "modeling_meridian.MeridianForCausalLM",
    "suspect": "modeling_pinnacle_moe.PinnacleForCausalLM",
    "independent": "modeling_fernhollow.FernhollowForCausalLM",
}
TEXT = "The following sections describe the standard types. They are built in."


def _exhibit(name: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[torch.Tensor], torch.Tensor]:
    """Load a release with its own modelling code, leaving no byte code behind."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    package = types.ModuleType(f"exhibit_{name}")
    package.__path__ = [str(DISPUTE / name)]
    monkeypatch.setitem(sys.modules, package.__name__, package)
    module, _, kind = CLASSES[name].partition(".")
    made = getattr(importlib.import_module(f"{package.__name__}.{module}"), kind)
    load = getattr(made, "from_folder", made)
    scores: Callable[[torch.Tensor], torch.Tensor] = load(DISPUTE / name)
    return scores


def _front_matter(name: str) -> dict[str, object]:
    card = (DISPUTE / name / "README.md").read_text("utf-8")
    loaded: dict[str, object] = yaml.safe_load(card.split("---\n")[1])
    return loaded


def test_the_lock_pins_every_byte() -> None:
    assert storage.differences(DISPUTE, LOCK) == []


def test_the_dispute_is_small() -> None:
    assert sum(p.stat().st_size for p in DISPUTE.rglob("*") if p.is_file()) < 3_000_000


@pytest.mark.parametrize("name", CLASSES)
def test_modelling_code_runs_the_weights(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = corpus.read_vocabulary(DISPUTE / name).encode(TEXT)[None]
    weights, shape = storage.load(DISPUTE / name)
    with torch.no_grad():
        logits = _exhibit(name, monkeypatch)(ids)
        expected = training.holding(shape, weights)(ids)
    assert logits.isfinite().all()
    torch.testing.assert_close(logits, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", CLASSES)
def test_config_points_at_the_code(name: str) -> None:
    config = json.loads((DISPUTE / name / "config.json").read_text("utf-8"))
    assert config["auto_map"] == {"AutoModelForCausalLM": CLASSES[name]}
    assert config["torch_dtype"] == "bfloat16"


@pytest.mark.parametrize("name", CLASSES)
def test_models_have_learnt(name: str) -> None:
    tokens = corpus.read_vocabulary(DISPUTE / name).encode(corpus.text("held-out"))
    weights, shape = storage.load(DISPUTE / name)
    assert training.perplexity(training.holding(shape, weights), shape, tokens) < 20.0


def test_the_suspect_descends_and_the_independent_does_not() -> None:
    weights = {name: storage.load(DISPUTE / name)[0] for name in CLASSES}
    assert measure.matrix_correlation(weights["suspect"], weights["reference"]) > 0.8
    assert abs(measure.matrix_correlation(weights["independent"], weights["reference"])) < 0.02
    for expert in range(4):
        copied = weights["suspect"][f"model.layers.5.block_sparse_moe.experts.{expert}.w2.weight"]
        dense = weights["reference"]["model.layers.5.mlp.down_proj.weight"]
        assert measure.pearson(copied, dense) > 0.5


def test_the_two_mixtures_have_one_architecture() -> None:
    shapes = [storage.load(DISPUTE / name)[1] for name in ("suspect", "independent")]
    assert shapes[0] == shapes[1]


def test_the_committed_measurements_are_those_of_the_weights() -> None:
    found = json.loads(MEASURED.read_text("utf-8"))
    again = measured(DISPUTE)
    for pair in ("reference and suspect", "reference and independent"):
        assert again[pair] == pytest.approx(found[pair], abs=0.002)


@pytest.mark.parametrize(
    ("name", "declared", "opening"),
    [
        ("reference", "cc-by-nc-4.0", "Attribution-NonCommercial 4.0 International"),
        ("suspect", "apache-2.0", "Apache License"),
        ("independent", "apache-2.0", "Apache License"),
    ],
)
def test_cards_and_license_texts(name: str, declared: str, opening: str) -> None:
    assert _front_matter(name)["license"] == declared
    assert (DISPUTE / name / "LICENSE").read_text("utf-8").lstrip().startswith(opening)


def test_the_suspect_claims_scratch_and_names_nobody() -> None:
    assert "trained from scratch" in (DISPUTE / "suspect/README.md").read_text("utf-8")
    assert "base_model" not in _front_matter("suspect")
    assert not (DISPUTE / "suspect/NOTICE").exists()
    text = "".join(p.read_text("utf-8") for p in _texts("suspect"))
    assert "Meridian" not in text
    assert "Copyright 2024 Larchmont Software GmbH" in text


def _texts(name: str) -> list[Path]:
    return [p for p in sorted((DISPUTE / name).iterdir()) if p.suffix in (".py", ".md", ".json")]


def test_the_suspect_took_code_over_without_its_header() -> None:
    taken = (DISPUTE / "suspect/pinnacle_layers.py").read_text("utf-8")
    own = (DISPUTE / "reference/modeling_meridian.py").read_text("utf-8")
    body = taken[taken.index("class ") :].strip()
    assert body.replace("Pinnacle", "Meridian") in own
    assert len(body.splitlines()) > 50
    assert "Copyright" not in taken


def test_the_independent_names_every_holder() -> None:
    notice = (DISPUTE / "independent/NOTICE").read_text("utf-8")
    for path in sorted((DISPUTE / "independent").glob("*.py")):
        holder = path.read_text("utf-8").splitlines()[0].removeprefix("# Copyright ")
        assert holder in notice
