# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that a recipe beside the weights names: mergekit's YAML, and Ollama's Modelfile.

Both are read as lines and never run. mergekit leaves its recipe beside what it merged; a
Modelfile says ``FROM`` a name of Ollama's library, a repository of the hub, or a file.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from audit.inventory import Inventory
from audit.record.files import Artifact, Kind, Unread
from audit.rules.known_works import known_model

_MOST_BYTES = 64 << 10
_MOST_FILES = 20
_DEEPEST = 1
"""Folders below the top in which a recipe is the release's."""
_MODELFILE = re.compile(r"modelfile(?:[.-][\w.-]{1,40})?|[\w.-]{1,60}\.modelfile", re.I)
_MERGES = re.compile(r"^merge_method\s*:", re.M)
_HUB = r"[\"']?(?P<name>[A-Za-z0-9][\w.-]{0,60}/[A-Za-z0-9][\w.-]{0,80})[\"']?"
_MERGED = re.compile(rf"\s*-?\s*(?:model|base_model)\s*:\s*{_HUB}\s*(?:#.*)?$")
_FROM = re.compile(r"\s*FROM\s+(?P<name>[^\s#]{1,200})\s*$", re.I)
_HOST = re.compile(r"(?:https?://)?(?:hf\.co|huggingface\.co|ollama\.com/library)/", re.I)
_FILE = re.compile(r"^[./~]|\.(?:gguf|bin|safetensors)$|^/|\\")
_VERSION = re.compile(r"(?<=[a-z])(?=\d)")


def recipes(inventory: Inventory) -> Iterator[tuple[str, str, int]]:
    """Yield the models that recipes name, the path of each recipe and the line."""
    found = [artifact for artifact in inventory.artifacts if _is_a_recipe(artifact)]
    for artifact in found[:_MOST_FILES]:
        data = inventory.reread(artifact, _MOST_BYTES)
        if isinstance(data, Unread):
            continue  # an inventory lists what could not be read
        text = data.decode("utf-8", "replace")
        modelfile = _MODELFILE.fullmatch(PurePosixPath(artifact.path).name)
        if modelfile or _MERGES.search(text):
            for number, line in enumerate(text.splitlines(), 1):
                name = _from(line) if modelfile else _merged(line)
                if name:
                    yield name, artifact.path, number


def _is_a_recipe(artifact: Artifact) -> bool:
    path = PurePosixPath(artifact.path)
    named = path.suffix.lower() in (".yml", ".yaml") or _MODELFILE.fullmatch(path.name)
    shallow = len(path.parts) <= 1 + _DEEPEST and artifact.size <= _MOST_BYTES
    return bool(named) and shallow and artifact.kind is not Kind.LEGAL


def _merged(line: str) -> str:
    found = _MERGED.match(line[:400])
    return found["name"] if found else ""


def _from(line: str) -> str:
    found = _FROM.match(line[:400])
    if found is None or _FILE.search(found["name"]):
        return ""
    name = _HOST.sub("", found["name"])
    return next(filter(known_model, forms(name)), name)


def forms(name: str) -> Iterator[str]:
    """Yield what else a name of Ollama's library may be called: ``llama3.2:3b``, Llama-3.2-3B."""
    base, _, tag = name.partition(":")
    size = tag.partition("-")[0]
    for form in (base, _VERSION.sub("-", base, count=1)):
        if "/" not in form and size[:1].isdigit():
            yield f"{form}-{size}"
        yield form
