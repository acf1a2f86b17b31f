# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The pairs of the larger zoo with their truth, and the folders that they are made of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from bench.zoo import build, declaration, text, trained
from bench.zoo.merging import MERGES
from bench.zoo.recipes import RECIPES, Model
from bench.zoo.symmetries import SYMMETRIES
from examples.tinylm import storage
from examples.tinylm.corpus import Vocabulary

FROM_REFERENCE = "reference-to-suspect"
FULL = ("llama-0", "llama-1", "mixtral-0")
"""The bases that every recipe is applied to."""
TURN = 4
"""The other bases take every fourth recipe, each beginning at another."""
Steps = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One pair and what is true of it.

    ``suspect`` and ``reference`` are trained models, ``steps`` what is done to the suspect
    (with ``both`` to either), ``merge`` a merge and the further models it takes. An empty
    ``kinds`` means that the kind is not asked; ``direction`` ``None`` that there is none.
    """

    recipe: str
    suspect: str
    reference: str
    relations: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    direction: str | None = None
    steps: Steps = ()
    both: bool = False
    merge: str | None = None
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``recipe suspect reference``: what happened to which, and against which."""
        return f"{self.recipe} {self.suspect} {self.reference}"

    @property
    def is_descent(self) -> bool:
        """Whether trained weights of one are in the other."""
        return not {"no-shared-weights", "shared-initialisation"} & set(self.relations)


def _words(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def _steps(how: Mapping[str, Any]) -> Steps:
    return tuple((step[0], *(tuple(sorted(s.items())) for s in step[1:])) for step in how["steps"])


def bases() -> list[str]:
    """The models that were trained from a random start of their own, llama first."""
    names = [n for n, m in trained().items() if m.recipe == "pretrain" and m.init is None]
    return sorted(names, key=lambda n: (n.split("-")[0], int(n.split("-")[1])))


def cases() -> list[Case]:
    """Every pair of the larger zoo, in one order."""
    return [*_lineage(), *_made(), *_merged(), *_independent(), *_coincidences()]


def _lineage() -> Iterator[Case]:
    for pair in declaration()["lineage"]:
        yield Case(
            recipe="trained",
            suspect=pair["suspect"],
            reference=pair["reference"],
            relations=_words(pair["relation"]),
            kinds=_words(pair["kind"]),
            direction=pair.get("direction", FROM_REFERENCE),
        )


def _turns(names: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (base, name, how): all for the full bases, every ``TURN``-th for the others."""
    for at, base in enumerate(bases()):
        for turn, (name, how) in enumerate(names.items()):
            fits = base.startswith(how.get("only", ""))
            if fits and (base in FULL or (turn + at) % TURN == 0):
                yield base, name, how


def _made() -> Iterator[Case]:
    for base, name, how in _turns(declaration()["recipes"]):
        suspect = f"{base}-{how['of']}" if "of" in how else base
        if suspect in trained():
            yield Case(
                recipe=name,
                suspect=suspect,
                reference=base,
                relations=_words(how["relation"]),
                kinds=_words(how["kind"]),
                direction=FROM_REFERENCE,
                steps=_steps(how),
            )


def _neighbour(base: str, step: int) -> str:
    """The base of the same architecture that comes ``step`` places later, in a ring."""
    family = [n for n in bases() if n.split("-")[0] == base.split("-", maxsplit=1)[0]]
    return family[(family.index(base) + step) % len(family)]


def _merged() -> Iterator[Case]:
    for base, name, how in _turns(declaration()["merges"]):
        parents = [f"{base}-{suffix}" for suffix in how.get("of", ())]
        if "with" in how:
            parents = [_neighbour(base, how["with"])]
        if set(parents) <= set(trained()):
            yield Case(
                recipe=name,
                suspect=parents[0],
                reference=base,
                relations=_words(how["relation"]),
                kinds=_words(how["kind"]),
                direction=FROM_REFERENCE,
                merge=how["how"],
                others=tuple(parents[1:]),
            )


def _independent() -> Iterator[Case]:
    for reference, suspect in combinations(bases(), 2):
        yield Case(
            recipe="independent",
            suspect=suspect,
            reference=reference,
            relations=("no-shared-weights",),
        )


def _coincidences() -> Iterator[Case]:
    for base, name, how in _turns(declaration()["coincidences"]):
        yield Case(
            recipe=name,
            suspect=base,
            reference=_neighbour(base, 1),
            relations=_words(how["relation"]),
            steps=_steps(how),
            both=how.get("both", False),
        )


def load(name: str, root: Path) -> Model:
    """Read a trained model from the cache."""
    weights, shape = storage.load(build.folder(name, root))
    words = build.vocabulary_name(trained()[name])
    return Model(name=name, weights=weights, shape=shape, words=words)


def _applied(model: Model, steps: Steps, name: str) -> Model:
    model = replace(model, name=name)
    for recipe, *settings in steps:
        model = (RECIPES | SYMMETRIES)[recipe](model, **dict(settings[0] if settings else ()))
    return model


def suspect_of(case: Case, root: Path) -> Model:
    """Make the suspect of a pair."""
    model = load(case.suspect, root)
    if case.merge is not None:
        base, others = load(case.reference, root), [load(n, root) for n in case.others]
        model = MERGES[case.merge](replace(model, name=case.name), base, others)
    return _applied(model, case.steps, case.name)


def reference_of(case: Case, root: Path) -> Model:
    """Make the reference of a pair."""
    steps = case.steps if case.both else ()
    return _applied(load(case.reference, root), steps, f"{case.name} (reference)")


def _vocabulary(model: Model) -> Vocabulary:
    """The tokenizer of a model, with strings renamed and the merges that still make a token."""
    learnt = text.vocabulary(model.words)
    if model.tokens is None:
        return learnt
    ids = {string: row for row, string in enumerate(model.tokens)}
    kept = tuple(p for p in learnt.merges if {*p, p[0] + p[1]} <= ids.keys())
    return Vocabulary(ids=ids, merges=kept)


def write(model: Model, folder: Path) -> Path:
    """Write a model as a release would: weights, configuration, tokenizer."""
    storage.save(
        folder,
        model.weights,
        model.shape,
        dtype=model.dtype,
        extra=dict(model.extra),
        vocabulary=_vocabulary(model),
    )
    _tokenizer(folder)
    if model.shards > 1:
        _reshard(folder, model.shards)
    return folder


def _tokenizer(folder: Path) -> None:
    """Write ``tokenizer.json`` beside the older files, because some tools read only that."""
    ids = json.loads((folder / "vocab.json").read_text("utf-8"))
    _, *lines = (folder / "merges.txt").read_text("utf-8").splitlines()
    bytes_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    fast = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": bytes_level,
        "decoder": bytes_level,
        "model": {"type": "BPE", "vocab": ids, "merges": lines, "unk_token": None},
    }
    (folder / "tokenizer.json").write_text(json.dumps(fast) + "\n", "utf-8")
    slow = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": None}
    (folder / "tokenizer_config.json").write_text(json.dumps(slow) + "\n", "utf-8")


def _reshard(folder: Path, shards: int) -> None:
    """Spread the tensors over several files with an index."""
    from safetensors.torch import load_file

    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    places = {}
    for number in range(shards):
        file = f"model-{number + 1:05}-of-{shards:05}.safetensors"
        names = sorted(tensors)[number::shards]
        save_file({n: tensors[n] for n in names}, folder / file, metadata={"format": "pt"})
        places |= dict.fromkeys(names, file)
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index) + "\n", "utf-8")
