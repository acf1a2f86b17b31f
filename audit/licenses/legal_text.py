# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads the files that can carry a licence, as text, and says why it could not.

Weights, tokenizers, configuration and binaries carry none and are not scanned; they are
counted, not listed. Bytes are checked against the inventory's digest, so what is scanned
(and cached by that digest) is what was inventoried.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import PurePosixPath

from audit.inventory import Inventory
from audit.licenses.known.recognise import KnownText
from audit.record.files import Artifact, Kind, Unread
from audit.record.licenses import Unscanned
from audit.record.said import Said
from audit.text.file_names import valid
from audit.unreadable import NotReadableError, foreign

MAX_BYTES = 2 * 1024 * 1024
"""Larger texts are not scanned: no licence is that long, and matching is linear in it."""
MAX_OTHER_BYTES = 256 * 1024
"""The cap for texts of no known kind, which are mostly data."""

SCANNED_KINDS = (
    Kind.CODE,
    Kind.LEGAL,
    Kind.MODEL_CARD,
    Kind.PACKAGE_METADATA,
    Kind.DOCUMENT,
    Kind.NOTEBOOK,
)
_DATA_SUFFIXES = frozenset({".json", ".jsonl", ".csv", ".tsv", ".xml", ".lock", ".svg"})
_DATA_NAMES = frozenset({"RECORD", "WHEEL", "top_level.txt", "entry_points.txt", ".gitattributes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalText:
    """The decoded text of one file.

    ``text`` is what is scanned, ``declaration`` the text with its front matter. ``cells``
    are the lines of ``text``, from 1, at which the cells of a notebook begin; empty for
    what is no notebook. ``known`` are the texts of model licences and policies in it.
    """

    artifact: Artifact
    text: str
    declaration: str
    cells: tuple[int, ...] = ()
    known: tuple[KnownText, ...] = ()

    def place(self, line: int) -> tuple[int, int | None]:
        """Return a line of ``text`` as the line of the file, or of a cell, and the cell."""
        cell = bisect_right(self.cells, line)
        return (line - self.cells[cell - 1] + 1, cell) if cell else (line, None)


def is_declaration_only(artifact: Artifact) -> bool:
    """Whether a file is read for its fields alone: the body of METADATA is the README again."""
    name = PurePosixPath(artifact.path).name
    return artifact.kind is Kind.PACKAGE_METADATA and name in ("METADATA", "PKG-INFO")


def may_carry_license(artifact: Artifact) -> bool:
    """Whether a file is of a kind that can carry a licence or copyright statement."""
    if artifact.kind in SCANNED_KINDS:
        return True
    path = PurePosixPath(artifact.path)
    data = path.suffix.lower() in _DATA_SUFFIXES or path.name in _DATA_NAMES
    return artifact.kind is Kind.OTHER and not data and 0 < artifact.size <= MAX_OTHER_BYTES


def read_text(inventory: Inventory, artifact: Artifact) -> LegalText | Unscanned | None:
    """Read one file; ``None`` if it is of no known kind and turns out not to be text."""
    if artifact.size > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        return Unscanned(
            path=artifact.path, reason=Said("larger than {limit} MiB of text", limit=limit)
        )
    data = inventory.reread(artifact, MAX_BYTES)
    if isinstance(data, Unread):
        return Unscanned(path=data.path, reason=data.reason)
    text = decode(data)
    if text is None:
        if artifact.kind is Kind.OTHER:
            return None
        return Unscanned(path=artifact.path, reason=Said("it is not text"))
    if artifact.kind is Kind.NOTEBOOK:
        return _notebook(artifact, text)
    scanned = without_front_matter(text) if artifact.kind is Kind.MODEL_CARD else text
    return LegalText(artifact=artifact, text=scanned, declaration=text)


def decode(data: bytes) -> str | None:
    """Decode text: UTF-8, UTF-16 with a byte-order mark, else Latin-1; ``None`` if binary.

    A PDF is no text, also where all of its bytes are letters.
    """
    if data.startswith(b"%PDF-"):
        return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            return None
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def without_front_matter(text: str) -> str:
    """Blank the YAML front matter: it is the author's declaration, not a found text."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return text
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    return text if end is None else "\n".join([""] * (end + 1) + lines[end + 1 :])


def _notebook(artifact: Artifact, text: str) -> LegalText | Unscanned:
    """Join the cells: to a scanner the JSON of a notebook is one line."""
    try:
        with foreign():
            sources = [cell["source"] for cell in json.loads(text)["cells"]]
            texts = [valid(s if isinstance(s, str) else "".join(s)) for s in sources]
    except NotReadableError:
        return Unscanned(path=artifact.path, reason=Said("it is not a readable notebook"))
    starts, line = [], 1
    for part in texts:
        starts.append(line)
        line += max(1, len(part.splitlines())) + 1
    joined = "\n\n".join("\n".join(part.splitlines()) for part in texts)
    return LegalText(artifact=artifact, text=joined, declaration=text, cells=tuple(starts))
