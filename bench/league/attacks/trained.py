# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Trained on after damage, merged, or distilled into what was kept; then another basis."""

from collections.abc import Callable
from dataclasses import replace

from bench.league.attacks.added import then
from bench.league.attempt import evasion
from bench.league.models import FOLDERS, Change, Model, lessons, model, running, turned
from bench.zoo.merging import MERGES
from bench.zoo.recipes import RECIPES, with_weights
from examples.tinylm import training
from examples.tinylm.training import Schedule
from tests.evasions import disguise


def trained(of: str, steps: int, lr: float = 1e-3, *, teacher: str | None = None) -> Change:
    """Train on both texts, or on a teacher's outputs alone."""

    def change(child: Model) -> Model:
        net = running(child)
        plan = Schedule(data="all", steps=steps, lr=lr)
        taught = running(model(teacher)) if teacher else None
        text = lessons(of, "all")
        training.train(net, child.shape, plan, child.name, tokens=text, teacher=taught)
        return with_weights(child, training.weights_of(net))

    return change


def noisy(level: float) -> Change:
    """Noise on every matrix."""
    return lambda of: RECIPES["noise"](of, level=level)


def redrawn(layers: tuple[int, ...]) -> Change:
    """The feed-forwards of some layers drawn again."""

    def change(of: Model) -> Model:
        fresh = disguise.fresh_feed_forward({k: v.double() for k, v in of.weights.items()}, 3)
        places = tuple(f"model.layers.{i}." for i in layers)
        new = {k: v.float() for k, v in fresh.items() if k.startswith(places)}
        return with_weights(of, of.weights | new)

    return change


def kept_layers(kept: tuple[int, ...]) -> Change:
    """A student: some layers of the teacher, the others drawn again."""

    def change(of: Model) -> Model:
        new = training.weights_of(training.fresh(of.shape, f"student {of.name}"))
        places = tuple(f"model.layers.{i}." for i in kept)
        own = {k: v for k, v in of.weights.items() if ".layers." not in k or k.startswith(places)}
        return with_weights(of, new | own)

    return change


def merged(how: str, *others: str) -> Callable[[], Model]:
    """A merge of the small zoo's children of ``base``."""

    def make() -> Model:
        first, *rest = (model(name) for name in others)
        return MERGES[how](first, model("base"), rest)

    return make


def averaged(share: float) -> Callable[[], Model]:
    """The base, mixed with an unrelated model of the same shape."""

    def make() -> Model:
        base, other = model("base"), model("stranger")
        mixed = {k: share * v + (1 - share) * other.weights[k] for k, v in base.weights.items()}
        return replace(base, weights=mixed, name=f"average {share}")

    return make


_MERGED = {
    "TIES of two children": merged("ties", "fine-tune", "continued"),
    "DARE of two children": merged("dare", "fine-tune", "continued"),
    "mean of two children": merged("linear", "fine-tune", "continued"),
    "nine tenths, one of an unrelated model": averaged(0.9),
    "seven tenths, three of an unrelated model": averaged(0.7),
}
_LAYERS = {"llama": (0, 4, 7), "mixtral": (0,)}

ATTEMPTS = (
    *(
        evasion(
            f"noise {level}, healed {steps} steps, {'turned' if last else 'not turned'}",
            of,
            change=then(noisy(level), trained(of, steps), *last),
        )
        for of in FOLDERS
        for level, steps in ((1.0, 100), (1.5, 200))
        for last in ((turned,), ())
    ),
    *(
        evasion(
            f"feed-forwards of layers {layers} drawn again, healed, turned",
            of,
            change=then(redrawn(layers), trained(of, 150), turned),
        )
        for of, layers in _LAYERS.items()
    ),
    *(
        evasion(
            "trained on at twice the rate, turned", of, change=then(trained(of, 200, 6e-3), turned)
        )
        for of in FOLDERS
    ),
    *(
        evasion(
            f"distilled, layers {kept} kept, turned",
            of,
            change=then(kept_layers(kept), trained(of, 150, 3e-3, teacher=of), turned),
        )
        for of, kept in (("llama", (0, 2, 4, 6)), ("mixtral", (1,)))
    ),
    *(
        evasion(f"{name}{', turned' if last else ''}", "base", parent=parent, change=last)
        for name, parent in _MERGED.items()
        for last in (None, turned)
    ),
    evasion(
        "seven tenths, three of an unrelated model, healed, turned",
        "base",
        parent=averaged(0.7),
        change=then(trained("base", 200), turned),
    ),
)
