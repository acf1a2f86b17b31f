# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes ``rules/texts/`` from the wording of the texts that ``rules/texts.yaml`` lists.

The wording comes from the installed scancode data, or from ``DIR/<file>.txt`` with
``--texts DIR``; a text whose wording is at hand in neither keeps what was made before. The
wording itself is not written: only word counts, digests and hashes of word runs are.
"""

import sys
from pathlib import Path

import numpy as np
import yaml

from audit.licenses.known.difference import installed_text
from audit.rules.known_texts import TextEntry, built_texts, text_list
from audit.text.fold import forms, words
from audit.text.shingles import digest, shingles

FOLDER = Path(__file__).resolve().parents[1] / "rules" / "texts"
NOTE = "# Written by scripts/known_texts.py; do not edit.\n"


def wording(entry: TextEntry, folder: Path | None) -> list[str] | None:
    """Return the folded words of a text, or ``None`` if its wording is not at hand."""
    body = installed_text(entry)
    if body is None and folder is not None:
        path = folder / f"{entry.file}.txt"
        body = path.read_text(encoding="utf-8") if path.is_file() else None
    return None if body is None else forms(words(body))


def has(text: list[str], phrase: str) -> bool:
    """Whether the words of a phrase stand in a text, in a row."""
    return f" {' '.join(forms(words(phrase)))} " in f" {' '.join(text)} "


def siblings(entry: TextEntry, entries: tuple[TextEntry, ...]) -> list[TextEntry]:
    """Return the texts of the same family and role."""
    return [o for o in entries if (o.family, o.role) == (entry.family, entry.role)]


def unlike(entry: TextEntry, entries: tuple[TextEntry, ...]) -> set[str]:
    """Return the siblings' phrases that a text lacks whose wording is not at hand.

    A phrase shorter than a word run cannot be looked for in what was built before.
    """
    runs = set(np.load(FOLDER / f"{entry.file}.npy", allow_pickle=False).tolist())
    phrases = {phrase for other in siblings(entry, entries) for phrase in other.discriminators}
    folded = {phrase: shingles(forms(words(phrase))) for phrase in phrases}
    return {phrase for phrase, order in folded.items() if order and not {*order} <= runs}


def main() -> None:
    """Write the shingle files and ``built.yaml``; fail if a discriminator does not hold."""
    folder = Path(sys.argv[sys.argv.index("--texts") + 1]) if "--texts" in sys.argv else None
    FOLDER.mkdir(exist_ok=True)
    entries = text_list().texts
    texts = {entry.id: wording(entry, folder) for entry in entries}
    before = built_texts() if (FOLDER / "built.yaml").is_file() else {}
    built = {}
    for entry in entries:
        text = texts[entry.id]
        phrases = {phrase for other in siblings(entry, entries) for phrase in other.discriminators}
        if text is None:
            same = before[entry.id].model_dump(mode="json")
            same["foreign"] = sorted({*same["foreign"], *unlike(entry, entries)} & phrases)
            built[entry.id] = same
            continue
        lacking = [phrase for phrase in entry.discriminators if not has(text, phrase)]
        if lacking:
            sys.exit(f"{entry.id} does not have its discriminator {lacking[0]!r}")
        foreign = {phrase for phrase in phrases if not has(text, phrase)}
        built[entry.id] = {
            "words": len(text),
            "sha256": digest(text),
            "foreign": sorted(foreign),
        }
        np.save(FOLDER / f"{entry.file}.npy", np.array(shingles(text), dtype="<u8"))
    body = yaml.safe_dump({"schema_version": 1, "texts": built}, allow_unicode=True, width=96)
    (FOLDER / "built.yaml").write_text(NOTE + body, encoding="utf-8")
    kept = {f"{entry.file}.npy" for entry in entries} | {"built.yaml"}
    for path in FOLDER.iterdir():
        if path.name not in kept:
            path.unlink()


if __name__ == "__main__":
    main()
