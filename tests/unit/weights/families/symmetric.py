# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes into the fixtures what the declared symmetries change in the real implementations.

A tiny model with drawn weights is saved, its files are disguised as the tests disguise
checkpoints (``tests/evasions/symmetries.py``), read back, and the outputs compared in double
precision (some implementations reckon their norms in single precision all the same). Like
``generate.py`` it needs `transformers`, which is no dependency of this project::

    PYTHONPATH=. python tests/unit/weights/families/symmetric.py   # with transformers 5.23.0
"""

import inspect
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import transformers
from generate import BESIDE_A_TOWER, CASES, HERE, OUTPUTS, RELEASE
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoConfig

from audit.weights.model import families
from tests.evasions.blocks import new_ids
from tests.evasions.pieces import Checkpoint, NotFreeHereError
from tests.evasions.symmetries import disguise

END = 5


def main(wanted: list[str]) -> None:
    """Measure every case, or those that are wanted, and complete their fixtures."""
    for case in wanted or list(CASES):
        found = measure(case)
        print(case, found, flush=True)
        path = HERE / f"{case}.json"
        text = path.read_text()
        entry = json.dumps({"release": f"transformers {RELEASE}", **found}, indent=1)
        known = json.loads(text)
        if "symmetries" in known:
            start = text.index(' "symmetries": ')
            text = text[:start] + text[text.index(' "tensors": ') :]
        at = text.index(' "tensors": ')
        entry = entry.replace("\n", "\n ")
        path.write_text(f'{text[:at]} "symmetries": {entry},\n{text[at:]}')


def measure(case: str) -> dict[str, Any]:
    """Return the largest change of an output by symmetry, in units of the outputs' standard
    deviation, or why the case cannot be disguised by it.

    The second number is the control: the same with half of one changed matrix left as it
    was, which has to show if the outputs depend on what is changed.
    """
    model = _model(case)
    given = _inputs(case, model)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = _checkpoint(case, model, Path(folder) / "plain")
        expected = _answer(_read(model, checkpoint, Path(folder) / "again"), given, None)
        for seed, symmetry in enumerate(checkpoint.family.symmetries):
            try:
                hidden = disguise(checkpoint, symmetry, seed)
            except NotFreeHereError as error:
                found[symmetry.kind] = str(error)
                continue
            renumbered = symmetry.kind == "vocabulary-permutation"
            ids = new_ids(checkpoint, seed) if renumbered else None
            pair = []
            for name, tried in (("whole", hidden), ("half", _half(checkpoint, hidden))):
                read = _read(model, tried, Path(folder) / f"{symmetry.kind}-{name}")
                change = (_answer(read, given, ids) - expected).abs().max() / expected.std()
                pair.append(float(f"{change:.1e}"))
            found[symmetry.kind] = pair
    return found


def _half(plain: Checkpoint, hidden: Checkpoint) -> Checkpoint:
    """Return the disguised checkpoint with half of its most changed matrix as it was."""
    both = {n: v for n, v in plain.tensors.items() if v.dim() > 1 and "type" not in n}
    left = max(both, key=lambda n: float((both[n] - hidden.tensors[n]).norm()))
    mixed = hidden.tensors[left].clone()
    changed = (mixed != both[left]).flatten(1).any(1).nonzero().flatten()
    rows = changed[: (len(changed) + 1) // 2]
    mixed[rows] = both[left][rows]
    return replace(hidden, tensors=hidden.tensors | {left: mixed})


def _model(case: str) -> Any:
    model_type, auto, fields = CASES[case]
    config = AutoConfig.for_model(model_type, **dict(fields))
    config.architectures = None
    text = config.get_text_config()
    text.eos_token_id = END  # CLIP answers with what it has read at this token
    text._experts_implementation = "eager"
    torch.manual_seed(0)
    cls = getattr(transformers, auto)
    model = cls.from_config(config) if auto.startswith("Auto") else cls(config)
    g = torch.Generator().manual_seed(0)
    for name, parameter in model.named_parameters():
        spread = 0.3 if "norm" in name.lower() or "ln_" in name else 0.2
        parameter.data += spread * torch.randn(parameter.shape, generator=g)
    return model.double()


def _checkpoint(case: str, model: Any, folder: Path) -> Checkpoint:
    packed = {"save_original_format": False} if case.endswith("-packed") else {}
    model.save_pretrained(folder, **packed)
    config = json.loads((folder / "config.json").read_text())
    tensors = load_file(folder / "model.safetensors")
    declared = [f for f in families.load() if config["model_type"] in f.model_types]
    (family,) = (f for f in declared if f.prefix(tensors) is not None)
    unexplained = [n for n in tensors if not family.explains(n, family.prefix(tensors) or "")]
    assert not unexplained, unexplained
    return Checkpoint(family=family, config=config, tensors=tensors)


def _read(model: Any, checkpoint: Checkpoint, folder: Path) -> Any:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(checkpoint.config))
    stored = {k: v.contiguous() for k, v in checkpoint.tensors.items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    read, told = type(model).from_pretrained(
        folder, dtype=torch.float64, output_loading_info=True, experts_implementation="eager"
    )
    assert not told["missing_keys"], told
    assert not told["unexpected_keys"], told
    return read.eval()


def _inputs(case: str, model: Any) -> dict[str, Tensor]:
    g = torch.Generator().manual_seed(0)
    known = {
        "input_ids": torch.randint(3, 90, (1, 7), generator=g),
        "decoder_input_ids": torch.randint(3, 90, (1, 5), generator=g),
        "pixel_values": torch.randn(1, 3, 16, 16, generator=g).double(),
        "input_features": torch.randn(1, 12, 60, generator=g).double(),
    }
    known["input_ids"][0, -1] = END
    wanted = set(inspect.signature(model.forward).parameters) & set(known)
    if model.config.model_type == "whisper":
        wanted -= {"input_ids"}
    if case in BESIDE_A_TOWER:
        wanted -= {"pixel_values"}
    return {name: known[name] for name in sorted(wanted)}


def _answer(model: Any, given: dict[str, Tensor], ids: Tensor | None) -> Tensor:
    """Run a model, tokens renumbered by ``ids`` on the way in and back on the way out.

    A model without a head answers in the residual basis, so the products of its answers are
    compared.
    """
    renumbered = ids is not None
    now = {k: ids[v] if renumbered and k.endswith("ids") else v for k, v in given.items()}
    with torch.no_grad():
        out = model(**now)
    results = [out[name] for name in OUTPUTS if out.get(name) is not None]
    if not results:
        stream = out["last_hidden_state"][0]
        return (stream @ stream.mT).flatten()
    count = len(ids) if ids is not None else 0
    return torch.cat([(r[..., ids] if r.shape[-1] == count else r).flatten() for r in results])


if __name__ == "__main__":
    main(sys.argv[1:])
