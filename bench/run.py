# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of ``audit compare`` by model size, on unrelated llama-shaped models.

The weights are drawn, not trained: this measures the machine's work, never the quality of
a verdict. Every run is a fresh process, so the times include starting Python and torch.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file


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
    Size(8, 512, 1408, 16384),
    Size(12, 768, 2048, 32000),
)


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


def measure(command: list[str], out: Path) -> tuple[int, float, float]:
    """Run a command; return exit code, seconds of wall time, peak resident MiB."""
    start = time.perf_counter()
    with out.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / unit


def main() -> None:
    """Print a Markdown table; exit 1 if a comparison did not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=len(SIZES), help="how many of the sizes")
    sizes = SIZES[: parser.parse_args().largest]
    print("| parameters (M) | relation | seconds | peak MiB | bytes read (M) |")
    print("| --- | --- | --- | --- | --- |")
    failed = False
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            folder = Path(place) / f"h{size.hidden}"
            parameters = make(folder / "a", size, seed=1)
            make(folder / "b", size, seed=2)
            out = folder / "out.json"
            command = [sys.executable, "-m", "audit", "compare"]
            command += [str(folder / "a"), str(folder / "b"), "--json"]
            code, seconds, memory = measure(command, out)
            if code not in {0, 1, 3}:
                print(f"| {parameters / 1e6:.1f} | exit code {code} | | | |")
                failed = True
                continue
            result = json.loads(out.read_text(encoding="utf-8"))
            read = result["bytes_read"] / 1e6
            print(
                f"| {parameters / 1e6:.1f} | {result['relation']} | {seconds:.1f} "
                f"| {memory:.0f} | {read:.0f} |"
            )
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
