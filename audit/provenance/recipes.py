# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that recipes name: mergekit's YAML, Ollama's Modelfile, scripts that a README trains by.

All are read as lines and never run. mergekit leaves its recipe beside what it merged; a
Modelfile says ``FROM`` a name of Ollama's library, a repository of the hub, or a file; a README
shows "bash scripts/finetune.sh", and the model that is trained on is told there or in the script.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from audit.inventory import Inventory
from audit.inventory.model_card import ModelCard
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
_RUN = re.compile(
    r"(?:^|[\s;&])(?:bash|sh|source|sbatch)\s+(?:\./)?(?P<script>[\w./-]{1,120}\.sh)\b(?P<given>[^\n#]*)"
)
_TRAINS = re.compile(r"train|tun(?:e|ing)|sft", re.I)
_TRIES = re.compile(r"eval|infer|test|demo|bench", re.I)
_ARGUMENT = re.compile(rf"(?<=\s){_HUB}(?=\s|$)")
TRAINED = re.compile(
    r"--(?:base(?:[_-]model)?(?:[_-]path)?|(?:base_|pretrained_)?model_name(?:_or_path)?)"
    rf"[\s=]+{_HUB}"
)
"""A base on the command line of a script that trains."""
_SET = re.compile(rf"\s*(?:export\s+)?\w*(?:MODEL|LLM|BASE)\w*={_HUB}\s*(?:#.*)?$", re.I)
_PLACE = r"[\"']?(?:[\w.$~{}-]*/)+(?P<name>[A-Za-z][\w.-]{3,80}?)/?[\"']?"
_PLACED = re.compile(
    rf"(?:--(?:base_model|(?:base_|pretrained_)?model_name(?:_or_path)?)[\s=]+{_PLACE}(?=\s|$)"
    rf"|\s*(?:export\s+)?\w*(?:MODEL|LLM|BASE)\w*={_PLACE.replace('name', 'kept')}\s*(?:#.*)?$)",
    re.I,
)
"""The folder of a base, which is called like it."""
_BESIDE = re.compile(
    r"\s*(?:export\s+)?\w*(?:TEACHER|REWARD|JUDGE|CRITIC|DRAFT|EVAL|TEST|VAE|ENCODER|VISION|TOKENI|DATA)\w*=",
    re.I,
)
"""A variable for a model that is used, and not for the one that is trained."""
_LONGEST = 400
_MOST_LINES = 2000


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


def trained_by(card: ModelCard, inventory: Inventory) -> Iterator[tuple[str, str, int]]:
    """Yield the models that a README's training commands start from, and where that is said."""
    files = {artifact.path: artifact for artifact in inventory.artifacts}
    folder, seen = PurePosixPath(card.path).parent, set[str]()
    for number, line in enumerate(card.prose.split("\n"), card.prose_line):
        run = _RUN.search(line[:_LONGEST])
        if run is None or not _TRAINS.search(run["script"]) or _TRIES.search(run["script"]):
            continue
        given = (m["name"] for m in _ARGUMENT.finditer(run["given"]))
        yield from ((name, card.path, number) for name in given if known_model(name))
        script = files.get((folder / run["script"]).as_posix())
        if script is not None and script.path not in seen and len(seen) < _MOST_FILES:
            seen.add(script.path)
            yield from _started(inventory, script)


def _started(inventory: Inventory, script: Artifact) -> Iterator[tuple[str, str, int]]:
    data = inventory.reread(script, _MOST_BYTES)
    lines = () if isinstance(data, Unread) else data.decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        said = line[:_LONGEST]
        if said.lstrip().startswith("#") or _BESIDE.match(said):
            continue
        given = [m["name"] for m in (TRAINED.search(said), _SET.match(said)) if m]
        placed = _PLACED.search(said)
        given += [placed["name"] or placed["kept"]] if placed else []
        named = (name for name in given if any(map(str.isdigit, name)) and known_model(name))
        yield from ((name, script.path, number) for name in islice(named, 1))


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
