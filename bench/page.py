# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The page that `make bench` writes: one marked section per measurement.

A section lies between two markers, so one can be measured again while the others stay.
What a section promised to reach stands in a comment at its end; the table at the top of
the page is made of all of those.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from audit.rules import calibration

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmark.md"
_BLOCK = re.compile(r"<!-- section: (?P<name>[a-z-]+) -->\n(?P<text>.*?)<!-- end -->\n", re.S)
_TARGETS = re.compile(r"<!-- targets: (?P<json>.*?) -->\n")
_HEAD = """# Benchmark

Written by `make bench`; do not edit here. `python -m bench.run NAME` measures one section
again. How to read it, and what each section needs: [bench/README.md](../bench/README.md).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that was to be reached, and what was measured.

    ``reached`` is ``None`` where it could not be measured; ``measured`` then says why.
    """

    wanted: str
    measured: str
    reached: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one measurement writes: Markdown below its heading (sub-headings are ``###``)."""

    title: str
    text: str
    targets: tuple[Target, ...] = ()


def render(name: str, section: Section) -> str:
    """Return one section as it stands on the page, its markers included."""
    stored = json.dumps([asdict(t) for t in section.targets]).replace("--", "\\u002d\\u002d")
    lines = [f"<!-- section: {name} -->", f"## {section.title}", "", section.text.strip(), ""]
    return "\n".join([*lines, f"<!-- targets: {stored} -->", "<!-- end -->", ""])


def sections(page: str) -> dict[str, str]:
    """Return the sections of a page, by name, markers included."""
    return {found["name"]: found[0] for found in _BLOCK.finditer(page)}


def targets(block: str) -> list[Target]:
    """Read the targets back from a rendered section."""
    found = _TARGETS.search(block)
    return [Target(**item) for item in json.loads(found["json"])] if found else []


def assemble(blocks: dict[str, str], order: tuple[str, ...]) -> str:
    """Return the whole page: the table of targets, then the sections in their order."""
    names = [name for name in order if name in blocks]
    rows = [_row(name, target) for name in names for target in targets(blocks[name])]
    table = ["| target | measured | reached |", "| --- | --- | --- |", *rows]
    summary = "\n".join(["## Targets", "", *_older(names), *table, ""]) if rows else ""
    return "\n".join([_HEAD, summary, *(blocks[name] for name in names)]).rstrip() + "\n"


def _older(names: list[str]) -> list[str]:
    """Say which sections were counted with another decision rule than the present one."""
    return [
        f"Counted on {made.day} with an **earlier decision rule** (digest {made.digest}), and to be"
        f" counted again: {', '.join(n for n in names if n in made.sections)}.\n"
        for made in calibration().measured
        if not made.current and set(names) & set(made.sections)
    ]


def _row(name: str, target: Target) -> str:
    word = {True: "yes", False: "**no**", None: "not measured"}[target.reached]
    return f"| {target.wanted} ({name}) | {target.measured} | {word} |"


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
