# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes copies of source whose relation to the original is known, and papers for folders."""

import io
import keyword
import random
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

from audit.code.repository import CodeRepository
from audit.code.tokens import read_source
from audit.inventory import take_inventory
from audit.sources.folder import Folder

DISPUTE = Path(__file__).parents[3] / "examples" / "dispute"
ORIGINAL = (DISPUTE / "reference" / "modeling_meridian.py").read_text(encoding="utf-8")


def rename_identifiers(text: str, salt: str) -> str:
    """Give every identifier another name, everywhere the same."""
    out: list[tuple[int, str]] = []
    names: dict[str, str] = {}
    for item in tokenize.generate_tokens(io.StringIO(text).readline):
        word = item.string
        if item.type == tokenize.NAME and not keyword.iskeyword(word):
            word = names.setdefault(word, f"n{len(names)}{salt}")
        out.append((item.type, word))
    return tokenize.untokenize(out)


def strip_comments(text: str) -> str:
    """Drop comments and docstrings of the simple kind that our own code has."""
    bare = re.sub(r'^\s*""".*?"""\n', "", text, flags=re.S | re.M)
    return "".join(re.sub(r"(^|\s)#.*", "", line) + "\n" for line in bare.splitlines())


def drop_half(text: str, seed: int = 0) -> str:
    """Delete a random half of the functions."""
    functions = list(read_source(text).functions)
    gone = random.Random(seed).sample(functions, len(functions) // 2)
    lines = text.splitlines(keepends=True)
    dropped = {n for f in gone for n in range(f.first, f.last + 1)}
    return "".join(line for n, line in enumerate(lines, 1) if n not in dropped)


def disguised(text: str, old: str = "Meridian", new: str = "Zephyr") -> str:
    """Rename the class prefix, strip comments and header, and delete half of the functions."""
    changed = strip_comments(drop_half(text))
    return changed.replace(old, new).replace(old.lower(), new.lower())


@dataclass
class FakePapers:
    """Says what a test wants said."""

    license: str = "Apache-2.0"
    holders: tuple[str, ...] = ("Copyright 2024 Meridian Research Laboratory",)
    named: tuple[str, ...] = ()
    texts: dict[str, bool | None] = field(default_factory=dict)

    def license_of(self, path: str) -> str:
        return self.license

    def holders_of(self, path: str) -> tuple[str, ...]:
        return self.holders

    def naming(self, holders: tuple[str, ...], path: str, header: str) -> tuple[str, ...]:
        return self.named

    def text_of(self, license_expression: str) -> bool | None:
        return self.texts.get(license_expression)


def repository(folder: Path, files: dict[str, str | bytes], **papers: object) -> CodeRepository:
    """Write a folder of files and return it with papers."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    folder.mkdir(parents=True, exist_ok=True)
    inventory = take_inventory(Folder(folder, folder.name))
    return CodeRepository(inventory=inventory, attribution=FakePapers(**papers))  # type: ignore[arg-type]
