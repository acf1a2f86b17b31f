# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads token strings, so that embedding rows can be paired by token and not by number."""

import json
from pathlib import PurePosixPath
from typing import Any

from audit.formats.gguf import gguf_tokens
from audit.formats.tensors import Format
from audit.inventory import Inventory
from audit.record.files import Artifact, Kind
from audit.text.file_names import valid
from audit.text.strict_json import refuse_many
from audit.unreadable import NotReadableError, foreign
from audit.weights.model.checkpoint import unchanged

_CAP = 64 * 1024 * 1024
_MOST_TOKENS = 1 << 30
"""Numbers of tokens beyond this are no rows of any table."""


def token_ids(inventory: Inventory, folder: str) -> dict[str, int] | None:
    """Return token string -> id from the tokenizer beside the weights, or ``None``.

    ``folder`` is the POSIX folder of the weights inside the inventory.
    """
    files = _files(inventory, folder)
    for name, reader in (
        ("tokenizer.json", _tokenizer),
        ("vocab.json", _integers),
        ("vocab.txt", None),
    ):
        found = _read(inventory, files[name], reader) if name in files else None
        if found:
            return found
    return _gguf(inventory, folder)


def all_token_ids(inventory: Inventory, folder: str) -> dict[str, int] | None:
    """Return every token that the files name, those added to the vocabulary included."""
    found = token_ids(inventory, folder)
    if found is None:
        return None
    files = _files(inventory, folder)
    for name, reader in (
        ("tokenizer.json", _added),
        ("tokenizer_config.json", _added_by_number),
        ("added_tokens.json", _integers),
    ):
        found = found | ((_read(inventory, files[name], reader) or {}) if name in files else {})
    return found


def _files(inventory: Inventory, folder: str) -> dict[str, Artifact]:
    """Tokenizer files of the folder that are small enough to read, by name."""
    return {
        PurePosixPath(a.path).name: a
        for a in inventory.of_kind(Kind.TOKENIZER)
        if PurePosixPath(a.path).parent.as_posix() == folder and a.size <= _CAP
    }


def _gguf(inventory: Inventory, folder: str) -> dict[str, int] | None:
    """Read the tokens that the first GGUF file of the folder carries itself."""
    for metadata in inventory.metadata:
        here = PurePosixPath(metadata.path).parent.as_posix() == folder
        if here and metadata.format is Format.GGUF:
            with unchanged(metadata.path), inventory.opened(metadata.path) as access:
                tokens = gguf_tokens(access)
            return {token: i for i, token in enumerate(tokens)} if tokens else None
    return None


def _read(inventory: Inventory, artifact: Artifact, reader: Any) -> dict[str, int] | None:
    """Read one file; nothing where it is not what its name says."""
    with unchanged(artifact.path):
        data = inventory.content(artifact, _CAP)
    try:
        with foreign():
            text = data.decode()
            if artifact.path.endswith(".txt"):
                return {token: i for i, token in enumerate(text.splitlines())}
            refuse_many(data)
            document = json.loads(text)
            found: dict[str, int] | None = reader(document) if isinstance(document, dict) else None
            return found
    except NotReadableError:
        return None


def _tokenizer(document: dict[str, Any]) -> dict[str, int] | None:
    model = document.get("model")
    vocab = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocab, dict):
        return _integers(vocab)
    if isinstance(vocab, list):  # Unigram: [[token, score], ...]
        return {
            str(entry[0]): i for i, entry in enumerate(vocab) if isinstance(entry, list) and entry
        }
    return None


def _added(document: dict[str, Any]) -> dict[str, int]:
    added = document.get("added_tokens")
    listed = [t for t in added if isinstance(t, dict)] if isinstance(added, list) else []
    return _integers({str(t.get("content")): t.get("id") for t in listed})


def _added_by_number(document: dict[str, Any]) -> dict[str, int]:
    added = document.get("added_tokens_decoder")
    entries = added.items() if isinstance(added, dict) else ()
    return {
        str(entry.get("content")): int(number)
        for number, entry in entries
        if isinstance(entry, dict) and number.isdecimal() and len(number) < 10
    }


def _integers(vocab: dict[str, Any]) -> dict[str, int]:
    return {
        valid(str(token)): i
        for token, i in vocab.items()
        if isinstance(i, int) and 0 <= i < _MOST_TOKENS
    }
