# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Build the zoo's members from zoo.yaml, or check that they can be built again.

``python tests/zoo/build.py``          trains everything and rewrites members/ and the lock
``python tests/zoo/build.py --check``  trains into a temporary folder and compares digests
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from examples.tinylm import corpus, measure, storage, surgery, training  # noqa: E402
from examples.tinylm.shape import Shape  # noqa: E402
from tests.zoo import MEMBERS, Member, declaration, members  # noqa: E402

EMBEDDINGS = "model.embed_tokens.weight"
CONTEXT = 48
LOCK = HERE / "zoo.lock"
MEASURED = HERE / "measured.json"
Trained = tuple[training.Weights, Shape]


def _fresh_shape(member: Member) -> Shape:
    assert member.family is not None
    sizes = declaration()["shapes"][member.family]
    if member.layers is not None:
        sizes = sizes | {"layers": member.layers}
    return Shape(family=member.family, **sizes)


def _start(member: Member, built: dict[str, Trained]) -> Trained:
    """Return the weights that training starts from (or, untrained, ends with)."""
    if member.recipe == "pretrain":
        shape = _fresh_shape(member)
        return training.weights_of(training.fresh(shape, member.init or member.name)), shape
    assert member.parent is not None
    weights, shape = built[member.parent]
    match member.recipe:
        case "continue" | "cast":
            return weights, shape
        case "upcycle":
            return surgery.upcycle(
                weights, shape, experts=member.experts, noise=member.noise, name=member.name
            )
        case "relabel":
            return surgery.relabel(weights, shape, hidden=member.hidden, name=member.name), shape
        case "drop-layer":
            return surgery.drop_layer(weights, shape, member.drop)
        case "transplant":
            body = training.weights_of(training.fresh(shape, member.name))
            return body | {EMBEDDINGS: weights[EMBEDDINGS]}, shape
    raise ValueError(f"{member.name}: unknown recipe {member.recipe!r}")


def make(member: Member, built: dict[str, Trained]) -> Trained:
    """Build one member from those it descends from."""
    weights, shape = _start(member, built)
    if not member.steps:
        return weights, shape
    assert member.data is not None
    model = training.holding(shape, weights)
    schedule = training.Schedule(
        data=member.data,
        steps=member.steps,
        lr=member.lr,
        batch=member.batch,
        context=min(CONTEXT, shape.positions),
    )
    frozen = (EMBEDDINGS,) if member.recipe == "transplant" else ()
    training.train(model, shape, schedule, member.name, frozen=frozen)
    return training.weights_of(model), shape


def build(target: Path) -> dict[str, dict[str, float]]:
    """Build every member into ``target``; return what was measured."""
    built: dict[str, Trained] = {}
    for member in members():
        built[member.name] = make(member, built)
        storage.save(target / member.name, *built[member.name], dtype=member.dtype)
        print(f"built {member.name}", file=sys.stderr, flush=True)
    return {member.name: _measure(member, target) for member in members()}


def _measure(member: Member, target: Path) -> dict[str, float]:
    """Measure the member as saved: perplexity, movement, likeness to where it came from."""
    weights, shape = storage.load(target / member.name)
    model = training.holding(shape, weights)
    out = {"perplexity": training.perplexity(model, shape, corpus.tokens("held-out"))}
    if member.recipe == "pretrain":
        start = training.weights_of(training.fresh(shape, member.init or member.name))
        out["movement"] = measure.movement(weights, start)
    other = member.parent or member.init
    if other is not None:
        origin, _ = storage.load(target / other)
        out["matrix_correlation"] = measure.matrix_correlation(weights, origin)
        out["gain_correlation"] = measure.gain_correlation(weights, origin)
    return {key: round(value, 3) for key, value in out.items()}


def main() -> int:
    """Run from the command line; 0 when built or equal, 1 when a rebuild differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    training.be_deterministic()
    if check:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder))
            found = storage.text_differs(LOCK) + storage.differences(Path(folder), LOCK)
        print("\n".join(found) or "the rebuilt zoo has the digests of the lock")
        return 1 if found else 0
    shutil.rmtree(MEMBERS, ignore_errors=True)
    measured = {"unigram": {"perplexity": round(corpus.unigram_perplexity(), 3)}} | build(MEMBERS)
    MEASURED.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    LOCK.write_text(storage.lock_text(MEMBERS), "utf-8")
    print(json.dumps(measured, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
