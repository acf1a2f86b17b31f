# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the GGUF fixtures of this folder from the others, through the converter's name map.

The names are those that the `gguf` package, which llama.cpp's converter uses, gives the
tensors of the implementation; experts are stacked in one tensor as the converter does::

    python tests/unit/weights/families/generate_gguf.py
"""

import json
import re
from importlib.metadata import version
from pathlib import Path

import gguf

HERE = Path(__file__).parent
CASES = {
    "gguf-llama": ("llama", gguf.MODEL_ARCH.LLAMA),
    "gguf-qwen2": ("qwen2", gguf.MODEL_ARCH.QWEN2),
    "gguf-qwen2moe": ("qwen2_moe", gguf.MODEL_ARCH.QWEN2MOE),
    "gguf-qwen3": ("qwen3", gguf.MODEL_ARCH.QWEN3),
}
_EXPERT = re.compile(r"(mlp\.experts)\.\d+\.")


def convert(case: str, arch: gguf.MODEL_ARCH) -> dict[str, object]:
    source = json.loads((HERE / f"{case}.json").read_text())
    names = gguf.get_tensor_name_map(arch, 2)
    tensors: dict[str, list[int]] = {}
    for name, shape in source["tensors"].items():
        stacked = _EXPERT.sub(r"\1.", name)
        found = names.get_name(stacked, try_suffixes=(".weight", ".bias"))
        assert found, name
        if stacked == name:
            tensors[found] = shape
        else:
            tensors[found] = [tensors.get(found, [0])[0] + 1, *shape]
    config = source["config"]
    return {
        "releases": [f"gguf {version('gguf')}"],
        "implementation": source["implementation"],
        "config": {
            "attention.head_count": config["num_attention_heads"],
            "attention.head_count_kv": config["num_key_value_heads"],
            "model_type": f"gguf.{gguf.MODEL_ARCH_NAMES[arch]}",
        },
        "tensors": dict(sorted(tensors.items())),
    }


if __name__ == "__main__":
    for target, (case, arch) in CASES.items():
        text = json.dumps(convert(case, arch), indent=1)
        (HERE / f"{target}.json").write_text(text + "\n")
