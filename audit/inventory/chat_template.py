# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The chat template of a model: what its prompts are wrapped in."""

import json

from audit.formats.tensors import Format
from audit.inventory.take import Inventory
from audit.text.strict_json import parse_object
from audit.unreadable import NotReadableError, foreign

GGUF_KEY = "tokenizer.chat_template"
_KEY = "chat_template"
_CAP = 64 << 20
_MAX_TEMPLATE = 1 << 20


def weights_folder(inventory: Inventory) -> str:
    """Return the folder of the first weights, beside which the tokenizer is sought."""
    first = min((tensor.file for tensor in inventory.tensors), default="")
    return first.rpartition("/")[0] or "."


def chat_template(inventory: Inventory, folder: str) -> str | None:
    """Return the template beside the weights in ``folder``; ``None`` where there is none.

    A file of its own wins over ``tokenizer_config.json``, as in the library that reads them; a
    GGUF file carries its own. Several templates of one model stand as JSON.
    """
    place = "" if folder == "." else f"{folder}/"
    for name in (f"{_KEY}.jinja", f"{_KEY}.json", "tokenizer_config.json"):
        text = _text(inventory, place + name)
        found = text if name.endswith(".jinja") else _inside(text)
        if found is not None:
            return found
    for about in inventory.metadata:
        here = (about.path.rpartition("/")[0] or ".") == folder
        if here and about.format is Format.GGUF:
            said = json.loads(about.fields).get(GGUF_KEY)
            return said if isinstance(said, str) else None
    return None


def _text(inventory: Inventory, path: str) -> str | None:
    artifact = next((a for a in inventory.artifacts if a.path == path), None)
    if artifact is None:
        return None
    try:
        with foreign():
            return inventory.content(artifact, _CAP).decode()
    except NotReadableError:
        return None


def _inside(text: str | None) -> str | None:
    """Return the template that a JSON file holds."""
    if text is None:
        return None
    try:
        with foreign():
            held = parse_object(text.encode()).get(_KEY)
    except NotReadableError:
        return None
    if isinstance(held, str):
        return held
    return json.dumps(held, sort_keys=True)[:_MAX_TEMPLATE] if held else None
