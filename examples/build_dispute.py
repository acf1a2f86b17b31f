# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Build the weights of the example dispute, or check that they can be built again.

``python examples/build_dispute.py``          trains the three models and writes the lock
``python examples/build_dispute.py --check``  trains into a temporary folder and compares
``python examples/build_dispute.py --lock``   trains nothing, measures and pins what is there

The papers and the modelling files beside the weights are written by hand.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from examples.tinylm import corpus, measure, storage, surgery, training  # noqa: E402
from examples.tinylm.shape import Shape  # noqa: E402
from examples.tinylm.training import Schedule, Weights  # noqa: E402

DISPUTE = HERE / "dispute"
LOCK = DISPUTE / "dispute.lock"
MEASURED = DISPUTE / "measured.json"
DENSE = Shape(family="llama", hidden=64, layers=8, inter=72, tied=False)
SPARSE = Shape(family="mixtral", hidden=64, layers=8, inter=72, tied=False, experts=4)
_CODE = {
    "reference": "modeling_meridian.MeridianForCausalLM",
    "suspect": "modeling_pinnacle_moe.PinnacleForCausalLM",
    "independent": "modeling_fernhollow.FernhollowForCausalLM",
}


def _train(weights: Weights, shape: Shape, schedule: Schedule, name: str) -> Weights:
    model = training.holding(shape, weights)
    training.train(model, shape, schedule, name)
    print(f"trained {name}", file=sys.stderr, flush=True)
    return training.weights_of(model)


def _fresh(shape: Shape, name: str) -> Weights:
    return training.weights_of(training.fresh(shape, name))


def build(target: Path) -> None:
    """Train the three models into ``target``: the truth of the dispute is this function."""
    start = Schedule(data="a", steps=1500, lr=0.003, batch=16)
    reference = _train(_fresh(DENSE, "reference"), DENSE, start, "reference")
    experts, _ = surgery.upcycle(reference, DENSE, experts=4, noise=0.3, name="suspect")
    more = Schedule(data="b", steps=800, lr=0.002, batch=16)
    suspect = _train(experts, SPARSE, more, "suspect")
    own = Schedule(data="all", steps=2000, lr=0.003, batch=16)
    independent = _train(_fresh(SPARSE, "independent"), SPARSE, own, "independent")
    _save(target, "reference", reference, DENSE)
    _save(target, "suspect", suspect, SPARSE)
    _save(target, "independent", independent, SPARSE)


def _save(target: Path, name: str, weights: Weights, shape: Shape) -> None:
    code = {"auto_map": {"AutoModelForCausalLM": _CODE[name]}}
    storage.save(target / name, weights, shape, dtype="bfloat16", extra=code)


def measured(folder: Path) -> dict[str, dict[str, float]]:
    """Measure the saved models: what they learnt, and the disputed statistic."""
    models = {name: storage.load(folder / name) for name in _CODE}
    text = corpus.tokens("held-out")
    learnt = {
        name: training.perplexity(training.holding(shape, weights), shape, text)
        for name, (weights, shape) in models.items()
    }
    reference, _ = models["reference"]
    out = {"perplexity": {"unigram": corpus.unigram_perplexity()} | learnt}
    for name in ("suspect", "independent"):
        weights, _ = models[name]
        out[f"reference and {name}"] = {
            "spread_per_layer": measure.spread_per_layer(weights, reference),
            "spread_per_tensor": measure.spread_per_tensor(weights, reference),
            "matrix_correlation": measure.matrix_correlation(weights, reference),
            "gain_correlation": measure.gain_correlation(weights, reference),
        }
    return {key: {k: round(v, 3) for k, v in part.items()} for key, part in out.items()}


def check() -> list[str]:
    """Rebuild beside the originals; one sentence for each difference from the lock."""
    with tempfile.TemporaryDirectory() as folder:
        rebuilt = Path(folder) / "dispute"
        shutil.copytree(DISPUTE, rebuilt)
        build(rebuilt)
        print(json.dumps(measured(rebuilt), indent=2))
        return storage.text_differs(LOCK) + storage.differences(rebuilt, LOCK)


def main() -> int:
    """Run from the command line; 0 when built or equal, 1 when a rebuild differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--lock", action="store_true", help="only pin the files as they are")
    options = parser.parse_args()
    training.be_deterministic()
    if options.check:
        found = check()
        print("\n".join(found) or "the rebuilt dispute has the digests of the lock")
        return 1 if found else 0
    if not options.lock:
        build(DISPUTE)
    text = json.dumps(measured(DISPUTE), indent=2) + "\n"
    MEASURED.write_text(text, "utf-8")
    LOCK.write_text(storage.lock_text(DISPUTE), "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
