# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Weight files whose values nobody sees: which files, of which format, and what would help."""

from audit.inventory.kinds import classify
from audit.inventory.take import Inventory
from audit.record.files import Kind
from audit.record.said import Said, joined
from audit.text.file_names import shortened

_MOST = 3
_EXPORT = Said("export it to ONNX with paddle2onnx")
_OTHERS = (
    ((".pdparams", ".pdiparams"), Said("parameters of Paddle"), _EXPORT),
    ((".mlmodel", ".mlpackage"), Said("Core ML"), Said("publish what it was converted from")),
    ((".ggml",), Said("GGML"), Said("convert it to GGUF with llama.cpp")),
    ((".ot",), Said("tensors of tch-rs"), Said("save them as safetensors")),
    ((".llamafile",), Said("a llamafile"), Said("unpack the GGUF file in it")),
    ((".nemo", ".mar"), Said("an archive"), Said("unpack it beside the card")),
    ((".pkl", ".pickle", ".joblib", ".dill"), Said("a pickle"), Said("save it as safetensors")),
    ((".bin",), Said("raw numbers or unknown"), Said("save it as safetensors")),
)
"""Suffixes, what the format is called, and how to make a file that is read of it."""
_UNKNOWN = (Said("of no known format"), Said("save it as safetensors"))
_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_INDEX, Kind.OTHER_WEIGHTS, Kind.PICKLE)


def closed_weights(inventory: Inventory) -> tuple[Said, ...]:
    """Say of each weight file that was not read what it is, or what is wrong with it."""
    reasons = {u.path: u.reason for u in inventory.unread if classify(u.path, b"\0") in _WEIGHTS}
    broken = [
        Said("{path} could not be read: {reason}", path=shortened(path), reason=reason)
        for path, reason in reasons.items()
    ]
    others = (path for path, _ in inventory.other_weights if path not in reasons)
    return (*broken, *map(_named, others))


def why_none(inventory: Inventory) -> Said:
    """Say why a folder has no tensors: nothing is there, or what is there is closed."""
    closed = closed_weights(inventory)
    nothing = Said("there are no weights in the folder that can be read")
    if not closed:
        return nothing
    more = len(closed) - _MOST
    shown = joined("; ", closed[:_MOST])
    if more <= 0:
        return Said("{nothing}: {files}", nothing=nothing, files=shown)
    return Said("{nothing}: {files}; and {n:count} more", nothing=nothing, files=shown, n=more)


def _named(path: str) -> Said:
    name = path.lower()
    known = (row[1:] for row in _OTHERS if name.endswith(row[0]) or f"{row[0][0]}/" in name)
    what, advice = next(known, _UNKNOWN)
    return Said(
        "{path} is {format}, which is not read: {advice}",
        path=shortened(path),
        format=what,
        advice=advice,
    )
