# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of `audit compare`, as a curve over the bytes that it reads.

The models are llama-shaped and drawn at random (no training): this says what a
comparison costs, not whether its verdict is right.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

from bench.page import Section, Target, table
from bench.support import Cost, machine, run


@dataclass(frozen=True)
class Size:
    """Shape of one generated model."""

    layers: int
    hidden: int
    inter: int
    vocab: int


SIZES = (
    Size(2, 64, 192, 512),
    Size(4, 256, 704, 4096),
    Size(6, 384, 1024, 8192),
    Size(8, 512, 1408, 16384),
)


@dataclass(frozen=True)
class Point:
    """One comparison: millions of parameters and of bytes read, and what it took."""

    parameters: float
    read: float
    relation: str
    cost: Cost


def make(folder: Path, size: Size, seed: int) -> int:
    """Write one model as bfloat16 safetensors; return its number of parameters."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return (torch.randn(*shape, generator=generator) * 0.02).to(torch.bfloat16)

    tensors = {"model.embed_tokens.weight": draw(size.vocab, size.hidden)}
    for layer in range(size.layers):
        base = f"model.layers.{layer}"
        for name in ("q", "k", "v", "o"):
            tensors[f"{base}.self_attn.{name}_proj.weight"] = draw(size.hidden, size.hidden)
        for name in ("gate", "up"):
            tensors[f"{base}.mlp.{name}_proj.weight"] = draw(size.inter, size.hidden)
        tensors[f"{base}.mlp.down_proj.weight"] = draw(size.hidden, size.inter)
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{base}.{name}.weight"] = 1 + draw(size.hidden)
    tensors["model.norm.weight"] = 1 + draw(size.hidden)
    tensors["lm_head.weight"] = draw(size.vocab, size.hidden)
    folder.mkdir(parents=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "num_hidden_layers": size.layers,
        "hidden_size": size.hidden,
        "intermediate_size": size.inter,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "vocab_size": size.vocab,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return sum(tensor.numel() for tensor in tensors.values())


def curve(place: Path) -> list[Point]:
    """Compare two independent models of each size, in a process of its own each."""
    points = []
    for size in SIZES:
        folder = place / f"h{size.hidden}"
        parameters = make(folder / "a", size, seed=1)
        make(folder / "b", size, seed=2)
        command = [sys.executable, "-m", "audit", "compare"]
        cost = run([*command, str(folder / "a"), str(folder / "b"), "--json"])
        if cost.code not in {0, 1, 3}:
            raise RuntimeError(f"audit compare ended with exit code {cost.code}")
        result = json.loads(cost.output)
        read = result["bytes_read"] / 1e6
        points.append(Point(parameters / 1e6, read, result["relation"], cost))
    return points


def steepening(points: list[Point], of: str) -> float:
    """Slope of the last stretch over the slope of the whole curve; 1 where it is a line."""
    values = [(p.read, getattr(p.cost, of)) for p in points]
    (x0, y0), (x1, y1), (x2, y2) = values[0], values[-2], values[-1]
    return float(((y2 - y1) / (x2 - x1)) / ((y2 - y0) / (x2 - x0)))


def section() -> Section:
    """Measure the curve."""
    where = machine()
    with tempfile.TemporaryDirectory() as place:
        points = curve(Path(place))
    rows: list[tuple[object, ...]] = [
        (
            f"{p.parameters:.1f}",
            f"{p.read:.0f}",
            f"{p.cost.wall:.1f}",
            f"{p.cost.cpu:.1f}",
            f"{p.cost.peak:.0f}",
            p.relation,
        )
        for p in points
    ]
    head = ("parameters (M)", "bytes read (M)", "wall s", "CPU s", "peak MiB", "relation")
    cpu, memory = steepening(points, "cpu"), steepening(points, "peak")
    first, before, last = points[0].read, points[-2].read, points[-1].read
    square = (last + before) / (last + first)
    note = (
        "Steepening is the slope of the last stretch over that of the whole curve:"
        f" CPU {cpu:.2f}, memory {memory:.2f}. A line has 1, a square {square:.2f} here."
    )
    intro = " ".join((__doc__ or "").split("\n\n", 1)[1].split())
    return Section(
        title="Time and memory by size",
        text="\n\n".join([f"{intro} {where}.", table(head, rows), note]),
        targets=(
            Target(
                wanted="time and memory grow linearly in the bytes read (steepening at most 1.25)",
                measured=f"CPU {cpu:.2f}, memory {memory:.2f}",
                reached=max(cpu, memory) <= 1.25,
            ),
        ),
    )


if __name__ == "__main__":
    print(section().text)
