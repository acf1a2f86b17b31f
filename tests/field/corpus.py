# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads the cases of the field corpus and writes each one out as the folder it stands for.

A case keeps no licence text: ``texts`` names what the scanner carries, and the folder is made
from it. Weights are a few numbers: a case says only what their metadata declare.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import yaml

from tests.unit.checks.mutations import license_text

HERE = Path(__file__).parent
CASES = HERE / "cases"
SENTENCES = HERE / "sentences.yaml"
SHARED = HERE.parents[2] / "shared" / "field" / "licences"
"""Texts that nobody carries; without this folder the cases that need it are left out."""
HIGH = ("high", "critical")
HALVES = (
    *("open", "aside", "open2", "aside2", "open3", "aside3", "open4", "aside4"),
    *("open5", "aside5", "open6", "aside6", "open7", "aside7"),
    *("open8", "aside8"),
)
"""The halves of the first corpus, of what was met for the first time on 29 November 2026, and of
what somebody wrote that evening, three times on 30 November 2026 and twice on 1 December 2026, who
had seen neither the rules nor what the tool says of what was written. The last two hold model
cards, and no sentences."""
SEEN = frozenset(HALVES) - {"aside8"}
"""Halves whose misses were read: `aside` and `aside2` on 29 November 2026, the later ones on the
two days after."""
WRITTEN_APART = (
    *("open3", "aside3", "open4", "aside4"),
    *("open5", "aside5", "open6", "aside6", "open7", "aside7"),
    *("open8", "aside8"),
)
"""Halves of what was written apart: no publisher is in two of them."""
TITLES = {"mit": "MIT License", "bsd-new": "BSD 3-Clause License", "isc": "ISC License"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One finding that a careful reader makes."""

    check: str
    why: str
    kind: str | None = None
    path: str | None = None
    line: int | None = None
    at_least: str | None = None
    at_most: str | None = None

    @property
    def is_high(self) -> bool:
        """Whether it has to be reported at high or worse."""
        return self.at_least in HIGH


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCase:
    """One input: where it was seen, what is in it, and what is true of it."""

    name: str
    folder: Path
    source: dict[str, str]
    half: str
    language: str
    kind: str
    fault: str
    verdict: tuple[str, ...]
    truth: tuple[Truth, ...]
    allowed: tuple[str, ...] = ()
    release: str = "release"
    texts: dict[str, Any] = field(default_factory=dict)
    gguf: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to report."""
        return not self.truth

    @property
    def is_possible(self) -> bool:
        """Whether every text that it needs is to be had here."""
        return all((SHARED / name).is_file() for name in self._shared())

    def _shared(self) -> list[str]:
        parts = [part for whole in self.texts.values() for part in _parts(whole)]
        return [part["shared"] for part in parts if "shared" in part]

    def write(self, target: Path) -> Path:
        """Write the folder below ``target`` and return it."""
        made = target / self.release
        if (self.folder / "files").is_dir():
            copytree(self.folder / "files", made)
        made.mkdir(parents=True, exist_ok=True)
        for path, whole in self.texts.items():
            _put(made / path, "\n\n".join(_text(part) for part in _parts(whole)))
        for path, metadata in self.gguf.items():
            _gguf(made / path, metadata)
        return made


def half_of(name: str) -> str:
    """Return the half of its corpus that a name falls into; nobody chooses it."""
    return "aside" if sha256(name.encode()).digest()[0] % 2 else "open"


@cache
def cases() -> tuple[FieldCase, ...]:
    """Return every case, by name."""
    found = [_read(path) for path in CASES.glob("*/*/case.yaml")]
    return tuple(sorted(found, key=lambda case: case.name))


def sentences() -> Iterator[dict[str, Any]]:
    """Yield what READMEs say about licences, with what it means."""
    yield from yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))


def _read(path: Path) -> FieldCase:
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["truth"] = tuple(Truth(**one) for one in said.get("truth", ()))
    verdict = said["verdict"]
    said["verdict"] = tuple([verdict] if isinstance(verdict, str) else verdict)
    said["allowed"] = tuple(said.get("allowed", ()))
    return FieldCase(name=path.parent.name, folder=path.parent, **said)


def _parts(whole: Any) -> list[dict[str, Any]]:
    parts = whole if isinstance(whole, list) else [whole]
    return [{"key": part} if isinstance(part, str) else part for part in parts]


def _text(part: dict[str, Any]) -> str:
    """Return one block of a licence file: a carried text, or lines of our own."""
    if "lines" in part:
        return str(part["lines"]).rstrip("\n")
    if "shared" in part:
        return (SHARED / part["shared"]).read_text(encoding="utf-8").rstrip("\n")
    text = license_text(part["key"]).rstrip("\n")
    holder, year = part.get("holder"), part.get("year", 2024)
    if holder and part["key"] in TITLES:
        text = f"{TITLES[part['key']]}\n\nCopyright (c) {year} {holder}\n\n{text}"
    elif holder:
        text = text.replace("[yyyy] [name of copyright owner]", f"{year} {holder}")
    if "cut" in part:
        start, end = (text.index(mark) for mark in part["cut"])
        text = text[:start] + text[end:]
    for old, new in part.get("replace", ()):
        assert old in text, f"{part['key']} does not hold {old!r}"
        text = text.replace(old, new)
    return text


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def _gguf(path: Path, metadata: dict[str, str]) -> None:
    import numpy as np
    from gguf import GGUFWriter

    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, "llama")
    for key, value in metadata.items():
        if isinstance(value, int):
            writer.add_uint32(key, value)
        else:
            writer.add_string(key, value)
    writer.add_tensor("output.weight", np.zeros((4, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
