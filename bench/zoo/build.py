# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Train the larger zoo, or what of it is not in the cache yet.

    python -m bench.zoo.build [--cache FOLDER] [--jobs N]

A model lies in ``FOLDER/NAME-DIGEST``; the digest is that of its recipe, of the recipes
it builds on, of the training text, of this module's ``VERSION`` and of torch's version.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch

from bench.zoo import Trained, declaration, everything, text
from examples.tinylm import storage, surgery, training
from examples.tinylm.shape import Shape

VERSION = 1
"""Raised when the same recipe would give other weights."""
CONTEXT, BATCH = 64, 12
Model = tuple[training.Weights, Shape]


def default_cache() -> Path:
    """Where models are kept between runs: ``AUDIT_BENCH_CACHE``, else the user's cache."""
    own = os.environ.get("AUDIT_BENCH_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(own) if own else base / "audit-bench" / "zoo"


@cache
def digest(name: str) -> str:
    """Digest of everything that decides the weights of one model."""
    member = everything()[name]
    what = {
        "version": VERSION,
        "torch": torch.__version__,
        "text": text.digest(),
        "member": asdict(member),
        "shape": declaration()["shapes"].get(member.shape),
        "schedule": declaration()["schedules"][member.schedule],
        "needs": [digest(n) for n in member.needs],
        "batch": [CONTEXT, BATCH],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def folder(name: str, root: Path) -> Path:
    """Where a model lies, built or not."""
    return root / f"{name}-{digest(name)}"


def vocabulary_name(member: Trained) -> str:
    """Which tokenizer the model reads with."""
    return "other" if member.recipe == "new-vocabulary" else "main"


def _fresh(member: Trained) -> Model:
    family = "mixtral" if member.shape == "mixtral" else "llama"
    shape = Shape(family=family, tied=member.tied, **declaration()["shapes"][member.shape])
    return training.weights_of(training.fresh(shape, member.init or member.name)), shape


def _resized(recipe: str, weights: training.Weights, shape: Shape) -> Model:
    if recipe == "deepen":
        order = [*range(shape.layers - 1), *range(1, shape.layers)]
        return surgery.take_layers(weights, shape, order)
    return surgery.keep_neurons(weights, shape, torch.arange(0, shape.inter, 2))


def _start(member: Trained, root: Path) -> Model:
    """Return the weights that training starts from."""
    if member.parent is None:
        return _fresh(member)
    weights, shape = storage.load(folder(member.parent, root))
    match member.recipe:
        case "continue":
            return weights, shape
        case "distil":
            return surgery.drop_layers(weights, shape, set(range(1, shape.layers, 2)))
        case "upcycle":
            grown = surgery.upcycle(
                weights, shape, experts=member.experts, noise=member.noise, name=member.name
            )
            return surgery.redraw(*grown, share=member.redraw, name=member.name), grown[1]
        case "drop-layers":
            return surgery.drop_layers(weights, shape, set(member.drop))
        case "deepen" | "narrow":
            return _resized(member.recipe, weights, shape)
        case "new-vocabulary":
            return surgery.fresh_tables(weights, shape, name=member.name), shape
    raise ValueError(f"{member.name}: unknown recipe {member.recipe!r}")


def _tokens(of: str, words: str, root: Path) -> torch.Tensor:
    """Token ids (n,) of a corpus, kept beside the models because encoding takes seconds."""
    place = root / f"tokens-{of}-{words}-{text.digest()[:16]}.npy"
    if not place.exists():
        working = place.with_suffix(f".{os.getpid()}.npy")
        np.save(working, text.tokens(of, words).numpy())
        working.rename(place)
    return torch.from_numpy(np.load(place))


def make(name: str, root: Path) -> None:
    """Train one model and put it into its place, whole or not at all."""
    member, place = everything()[name], folder(name, root)
    weights, shape = _start(member, root)
    shape = replace(shape, positions=CONTEXT)
    model = training.holding(shape, weights)
    teacher = None
    if member.teacher is not None:
        taught, form = storage.load(folder(member.teacher, root))
        teacher = training.holding(form, taught)
    schedule = training.Schedule(
        data=member.data,
        batch=BATCH,
        context=CONTEXT,
        **declaration()["schedules"][member.schedule],
    )
    words = vocabulary_name(member)
    tokens = _tokens(member.data, words, root)
    started = time.perf_counter()
    training.train(model, shape, schedule, name, tokens=tokens, teacher=teacher)
    measured = {
        "seconds": round(time.perf_counter() - started, 1),
        "perplexity": round(training.perplexity(model, shape, _tokens("held-out", words, root)), 2),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    working = root / f".{place.name}-{os.getpid()}"
    vocabulary = text.vocabulary(words)
    storage.save(working, training.weights_of(model), shape, dtype="float32", vocabulary=vocabulary)
    (working / "measured.json").write_text(json.dumps(measured) + "\n", "utf-8")
    shutil.rmtree(place, ignore_errors=True)
    working.rename(place)


def missing(root: Path) -> list[str]:
    """The models that are not in the cache, parents first."""
    return [name for name in everything() if not (folder(name, root) / "measured.json").exists()]


def build(root: Path, jobs: int) -> None:
    """Train what is missing, each model in a process of its own with one thread."""
    root.mkdir(parents=True, exist_ok=True)
    waiting, running = missing(root), {}
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    while waiting or running:
        ready = [n for n in waiting if not set(everything()[n].needs) & {*waiting, *running}]
        for name in ready[: jobs - len(running)]:
            command = [sys.executable, "-m", "bench.zoo.build", "--one", name, "--cache", str(root)]
            running[name] = subprocess.Popen(command, env=environment)
            waiting.remove(name)
        for name, process in list(running.items()):
            code = process.poll()
            if code is not None:
                del running[name]
                if code:
                    raise SystemExit(f"{name} could not be trained (exit code {code})")
                done = (folder(name, root) / "measured.json").read_text("utf-8").strip()
                print(f"trained {name}: {done}", file=sys.stderr, flush=True)
        time.sleep(0.2)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--one", help="train this model only, its parents being there")
    options = parser.parse_args()
    training.be_deterministic()
    if options.one:
        make(options.one, options.cache)
    else:
        build(options.cache, options.jobs)


if __name__ == "__main__":
    main()
