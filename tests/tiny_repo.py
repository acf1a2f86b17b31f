# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes small model folders, clean unless told otherwise, and runs the command line on them."""

import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from typer.testing import CliRunner, Result

WIDTH, LAYERS, INNER, VOCABULARY = 32, 2, 48, 64
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": WIDTH,
    "intermediate_size": INNER,
    "num_attention_heads": 4,
    "num_hidden_layers": LAYERS,
    "num_key_value_heads": 4,
    "vocab_size": VOCABULARY,
}
CARD = "---\nlicense: mit\n---\n# Tiny\n\nA small model.\n"
LICENSE = """MIT License

Copyright (c) 2026 Example Laboratory

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def tensors(seed: int) -> dict[str, np.ndarray]:
    """Return the weights of a small decoder; another seed is another initialisation."""
    rng = np.random.default_rng(seed)
    shapes = {
        "self_attn.q_proj": (WIDTH, WIDTH),
        "self_attn.k_proj": (WIDTH, WIDTH),
        "self_attn.v_proj": (WIDTH, WIDTH),
        "self_attn.o_proj": (WIDTH, WIDTH),
        "mlp.gate_proj": (INNER, WIDTH),
        "mlp.up_proj": (INNER, WIDTH),
        "mlp.down_proj": (WIDTH, INNER),
    }
    made = {"model.embed_tokens.weight": rng.normal(size=(VOCABULARY, WIDTH))}
    for layer in range(LAYERS):
        block = f"model.layers.{layer}"
        for name, shape in shapes.items():
            made[f"{block}.{name}.weight"] = rng.normal(size=shape) + learned(shape, rng)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            made[f"{block}.{norm}.weight"] = 1 + 0.1 * rng.normal(size=WIDTH)
    made["model.norm.weight"] = 1 + 0.1 * rng.normal(size=WIDTH)
    made["lm_head.weight"] = rng.normal(size=(VOCABULARY, WIDTH))
    return {name: value.astype(np.float32) for name, value in made.items()}


def learned(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return four directions far above the noise, as training writes them."""
    rows, columns = (np.linalg.qr(rng.normal(size=(side, 4)))[0] for side in shape)
    return 30 * rows @ columns.T


def make_repo(folder: Path, *, seed: int = 0, card: str = CARD) -> Path:
    """Write a clean release: weights, configuration, card and licence."""
    folder.mkdir(parents=True)
    save_file(tensors(seed), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
    (folder / "LICENSE").write_text(LICENSE, encoding="utf-8")
    return folder


def fine_tune(parent: Path, folder: Path, *, card: str = CARD) -> Path:
    """Write a release whose weights are ``parent``'s, slightly changed."""
    from safetensors.numpy import load_file

    make_repo(folder, card=card)
    rng = np.random.default_rng(7)
    changed = {
        name: (value + 0.01 * rng.normal(size=value.shape)).astype(np.float32)
        for name, value in load_file(parent / "model.safetensors").items()
    }
    save_file(changed, folder / "model.safetensors")
    return folder


def digest_of(folder: Path) -> str:
    """Digest names, types, modes and bytes of everything below ``folder``."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        seen.update(
            f"{path.relative_to(folder)!r} {status.st_mode} {status.st_mtime_ns}\n".encode()
        )
        if path.is_file() and not path.is_symlink():
            seen.update(path.read_bytes())
    return seen.hexdigest()


def minimal_pdf() -> bytes:
    """Return a PDF of one empty page; rendering a real report takes seconds."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    pdf, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(pdf)
    pdf += b"xref\n0 4\n0000000000 65535 f \n"
    pdf += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return pdf + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def run_audit(*arguments: object) -> Result:
    """Run the command line in this process."""
    from audit.cli import app

    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def one_line(result: Result) -> str:
    """Return the only line that was said on stderr."""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("audit: ")
    assert "Traceback" not in result.output
    return lines[0]
