# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Pairs of the size of the disputes: bytes read, time beside reading alone, peak memory.

The files are sparse: they have the headers, shapes and sizes of the real checkpoints, and
values only where the tests look (the first rows of evenly spread layers and experts);
everything else is a hole that costs no disk. What stands there is drawn at random and
planted: half of the pairs share it, under noise as large as the values, the others do not.
"""

import json
import os
import re
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch

from bench.page import Section, Target, table
from bench.support import Cost, machine, run

ROWS, TOKENS, LAYERS, EXPERTS = 512, 8192, 12, 4
"""What is filled of each tensor: the windows that `audit/weights/pairing/alignment.py` reads."""
LARGEST_SHARE, LARGEST_FACTOR, LARGEST_MIB, LONGEST = 0.03, 2.0, 1536, 900


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes of one published model; ``experts`` is 0 for a dense one."""

    name: str
    model_type: str
    layers: int
    hidden: int
    inter: int
    heads: int
    kv_heads: int
    vocab: int
    experts: int = 0
    shared: int = 0
    biases: str = ""

    def config(self) -> dict[str, object]:
        """What ``config.json`` says."""
        return {
            "model_type": self.model_type,
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "num_experts": self.experts,
            "vocab_size": self.vocab,
            "tie_word_embeddings": False,
        }

    def tensors(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Name and shape of every tensor."""
        kv = self.hidden // self.heads * self.kv_heads
        yield "model.embed_tokens.weight", (self.vocab, self.hidden)
        yield "lm_head.weight", (self.vocab, self.hidden)
        yield "model.norm.weight", (self.hidden,)
        for layer in range(self.layers):
            base = f"model.layers.{layer}."
            sizes = {"q": self.hidden, "k": kv, "v": kv, "o": self.hidden}
            for name, size in sizes.items():
                yield f"{base}self_attn.{name}_proj.weight", (size, self.hidden)
                if name in self.biases:
                    yield f"{base}self_attn.{name}_proj.bias", (size,)
            yield f"{base}input_layernorm.weight", (self.hidden,)
            yield f"{base}post_attention_layernorm.weight", (self.hidden,)
            yield from self._feed_forward(f"{base}mlp.")

    def _feed_forward(self, base: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        blocks = {f"experts.{e}.": self.inter for e in range(self.experts)} or {"": self.inter}
        if self.experts:
            blocks["shared_expert."] = self.shared
            yield f"{base}gate.weight", (self.experts, self.hidden)
        for block, inter in blocks.items():
            yield f"{base}{block}gate_proj.weight", (inter, self.hidden)
            yield f"{base}{block}up_proj.weight", (inter, self.hidden)
            yield f"{base}{block}down_proj.weight", (self.hidden, inter)


LLAMA = Shape(
    name="7B dense", model_type="llama", layers=32, hidden=4096, inter=11008, heads=32,
    kv_heads=32, vocab=32000,
)  # fmt: skip
QWEN = Shape(
    name="Qwen2.5-14B", model_type="qwen2", layers=48, hidden=5120, inter=13824, heads=40,
    kv_heads=8, vocab=152064, biases="qkv",
)  # fmt: skip
PANGU = Shape(
    name="Pangu Pro MoE", model_type="PanguProMoE", layers=48, hidden=5120, inter=1344, heads=40,
    kv_heads=8, vocab=153376, experts=64, shared=5376, biases="qkvo",
)  # fmt: skip
PAIRS = ((LLAMA, LLAMA), (PANGU, QWEN))


def spread(count: int, most: int) -> set[int]:
    """Evenly spread indices, the first and the last among them."""
    if count <= most:
        return set(range(count))
    return {round(i * (count - 1) / (most - 1)) for i in range(most)}


def window(shape: Shape, name: str, size: tuple[int, ...]) -> tuple[int, int] | None:
    """Rows and columns to fill from the start of a tensor; ``None`` leaves a hole."""
    parts = name.split(".")
    if len(size) == 1:
        return 1, size[0]
    if parts[1] != "layers":
        return (TOKENS if "embed" in name else ROWS), size[1]
    if int(parts[2]) not in spread(shape.layers, LAYERS):
        return None
    if "experts" in parts and int(parts[5]) not in spread(shape.experts, EXPERTS):
        return None
    if parts[-2] in ("o_proj", "down_proj"):
        return size[0], min(ROWS, size[1])
    return min(ROWS, size[0]), size[1]


def write(folder: Path, shape: Shape, seed: int, parent: int | None) -> int:
    """Write one sparse checkpoint; return its size in bytes.

    Values are ``N(0, 0.02)``; with a ``parent`` they are the parent's plus as much noise.
    """
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(shape.config()))
    header, offset = {}, 0
    tensors = list(shape.tensors())
    for name, size in tensors:
        nbytes = 2 * prod(size)
        header[name] = {
            "dtype": "BF16", "shape": size, "data_offsets": [offset, offset + nbytes],
        }  # fmt: skip
        offset += nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    start = 8 + len(text)
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(start + offset)
        for name, size in tensors:
            filled = window(shape, name, size)
            if filled is not None:
                place = start + header[name]["data_offsets"][0]
                _fill(file.fileno(), place, size, _values(name, filled, seed, parent))
        os.fsync(file.fileno())
    return start + offset


def _values(name: str, filled: tuple[int, int], seed: int, parent: int | None) -> torch.Tensor:
    """Draw by name, so that an expert has the values of the dense layer it was cut from."""
    plain = re.sub(r"experts\.\d+\.", "", name)

    def draw(source: int) -> torch.Tensor:
        key = hash((source, *plain.encode())) & (2**62 - 1)
        generator = torch.Generator().manual_seed(key)
        return torch.randn(filled, generator=generator) * 0.02

    own = draw(seed)
    mixed = own if parent is None else draw(parent) + own
    return (mixed + 1 if "norm" in name else mixed).to(torch.bfloat16)


def _fill(descriptor: int, place: int, size: tuple[int, ...], values: torch.Tensor) -> None:
    data = values.contiguous().view(torch.uint8).numpy()
    width = size[-1] * 2
    if data.shape[-1] == width or len(size) == 1:
        os.pwrite(descriptor, data.tobytes(), place)
        return
    for row in range(values.shape[0]):
        os.pwrite(descriptor, data[row].tobytes(), place + row * width)


def cold(folder: Path) -> None:
    """Ask the system to forget what it has read of the folder's weights."""
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(folder / "model.safetensors", os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def measure_aligned(suspect: Path, reference: Path) -> None:
    """Run B0 to B3 alone, then read the same bytes again and do nothing with them."""
    from audit.inventory import take_inventory
    from audit.sources.names import resolve
    from audit.weights.model.checkpoint import Checkpoint
    from audit.weights.model.layout import describe
    from audit.weights.pairing.loose import maps
    from audit.weights.pairing.pairs import Pairing
    from audit.weights.statistics.battery import first_pass
    from audit.weights.statistics.embedding_agreement import EmbeddingAgreement

    first, second = (
        take_inventory(resolve(str(path)), digest_weights=False) for path in (suspect, reference)
    )
    layouts = describe(first), describe(second)
    asked: list[tuple[Checkpoint, str, int, int]] = []
    original = Checkpoint.piece

    def traced(self: Checkpoint, path: str, offset: int, count: int) -> bytearray:
        asked.append((self, path, offset, count))
        return original(self, path, offset, count)

    Checkpoint.piece = traced  # type: ignore[method-assign]
    cold(suspect)
    cold(reference)
    started = time.perf_counter()
    with Checkpoint(first) as s, Checkpoint(second) as r:
        pairing = Pairing(inventories=(first, second), layouts=layouts, checkpoints=(s, r))
        EmbeddingAgreement().measure(*first_pass(maps(pairing)))
        read = (s.bytes_read, r.bytes_read)
    tested = time.perf_counter() - started
    cold(suspect)
    cold(reference)
    started = time.perf_counter()
    with Checkpoint(first) as again, Checkpoint(second) as other:
        for checkpoint, path, offset, count in asked:
            original(again if checkpoint is s else other, path, offset, count)
    alone = time.perf_counter() - started
    print(json.dumps({"read": read, "tested": tested, "alone": alone}))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one pair took."""

    pair: str
    related: bool
    sizes: tuple[int, int]
    read: tuple[int, int]
    tested: float
    alone: float
    aligned: Cost
    relation: str
    whole_read: int
    whole: Cost

    @property
    def share(self) -> float:
        """The larger share of a file that B0 to B3 read."""
        return max(r / s for r, s in zip(self.read, self.sizes, strict=True))


def measure(root: Path, pair: tuple[Shape, Shape], *, related: bool) -> Figures:
    """Write a pair, run B0 to B3, then the whole command."""
    suspect, reference = root / f"suspect-{related}", root / f"reference-{related}"
    sizes = (
        write(suspect, pair[0], 1, 2 if related else None),
        write(reference, pair[1], 2, None),
    )
    threads = {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
    aligned = run([sys.executable, "-m", "bench.large", str(suspect), str(reference)], threads)
    found = json.loads(aligned.output.splitlines()[-1])
    cold(suspect)
    cold(reference)
    command = ["-m", "audit", "compare", str(suspect), str(reference), "--json", "--quiet"]
    whole = run([sys.executable, *command], threads)
    result = json.loads(whole.output)
    return Figures(
        pair=f"{pair[0].name} / {pair[1].name}",
        related=related,
        sizes=sizes,
        read=tuple(found["read"]),
        tested=found["tested"],
        alone=found["alone"],
        aligned=aligned,
        relation=result["relation"],
        whole_read=result["bytes_read"],
        whole=whole,
    )


def section() -> Section:
    """Measure both pairs, related and not."""
    figures = []
    for pair in PAIRS:
        for related in (True, False):
            with tempfile.TemporaryDirectory(prefix="audit-large-") as folder:
                figures.append(measure(Path(folder), pair, related=related))
    rows = [
        (
            f.pair,
            "planted" if f.related else "independent",
            f"{f.sizes[0] / 1e9:.1f} / {f.sizes[1] / 1e9:.1f}",
            f"{sum(f.read) / 1e6:.0f} ({100 * f.share:.2f} %)",
            f"{f.tested:.1f} ({f.aligned.cpu:.0f})",
            f"{f.alone:.1f}",
            f"{f.aligned.peak:.0f}",
            f.relation,
            f"{f.whole_read / 1e6:.0f}",
            f"{f.whole.wall:.0f} ({f.whole.cpu:.0f})",
            f"{f.whole.peak:.0f}",
        )
        for f in figures
    ]
    heads = (
        "pair",
        "values",
        "GB",
        "MB read by B0-B3 (largest share)",
        "s (CPU s of both passes)",
        "s to read alone",
        "peak MiB",
        "verdict",
        "MB read by all",
        "s, whole command (CPU s)",
        "peak MiB, whole command",
    )
    text = (
        f"{(__doc__ or '').split(chr(10), 2)[2].strip()}\n\n{machine()}. Two threads; files"
        " dropped from the page cache before each reading, where the system heeds that.\n\n"
        + table(heads, rows)
    )
    return Section(title="Models of the disputes' size", text=text, targets=targets(figures))


def targets(figures: list[Figures]) -> tuple[Target, ...]:
    """What was promised, beside what was measured."""
    share = max(f.share for f in figures)
    factor = max(f.tested / f.alone for f in figures)
    memory = max(f.aligned.peak for f in figures)
    longest = max(f.whole.wall for f in figures)
    wrong = [f for f in figures if f.related != (f.relation in _LINEAGE)]
    return (
        Target(
            wanted="B0-B3 read under 3 % of a large pair",
            measured=f"{100 * share:.2f} %",
            reached=share < LARGEST_SHARE,
        ),
        Target(
            wanted="B0-B3 take at most twice the time of reading those bytes alone",
            measured=f"{factor:.1f} times",
            reached=factor <= LARGEST_FACTOR,
        ),
        Target(
            wanted="B0-B3 stay under 1.5 GB of memory",
            measured=f"{memory:.0f} MiB",
            reached=memory < LARGEST_MIB,
        ),
        Target(
            wanted="everything, B4 included, under 15 minutes on 2 cores",
            measured=f"{longest / 60:.1f} min",
            reached=longest < LONGEST,
        ),
        Target(
            wanted="large planted pairs found, independent ones not flagged",
            measured=f"{len(figures) - len(wrong)} of {len(figures)} right",
            reached=not wrong,
        ),
    )


_LINEAGE = ("copy", "derived", "component-reuse", "disguised")


if __name__ == "__main__":
    measure_aligned(Path(sys.argv[1]), Path(sys.argv[2]))
