# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a command says about the models that it was told to read, before it reads them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from audit.cli.common import plain, say, show
from audit.errors import AuditError
from audit.text.numbers import count, counted

if TYPE_CHECKING:
    from audit.record.files import Unread
    from audit.request import Request
    from audit.sources.interface import Source

_WEIGHTS = (".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".data", "_data")


def heard(request: "Request") -> None:
    """Say on stderr what the caller should hear about the models that were named."""
    for note in request.notes:
        say(note)


def warn_of_pointers(unread: "Iterable[Unread]") -> None:
    """Say first that the weights were never downloaded, if that is so."""
    from audit.inventory.digest import LFS_REASON

    if any(one.reason == LFS_REASON and one.path.endswith(_WEIGHTS) for one in unread):
        show("weights are Git LFS pointers: run `git lfs pull`")


def planned(request: "Request") -> str:
    """Return which files and bytes a run would read; of a hub, nothing but lists is asked for."""
    from audit.sources.names import hub_name, model

    named: list[tuple[str, Source]] = [("audited", request.target)]
    named += [("against", one) for one in request.against]
    named += [("control", one) for one in request.controls]
    lines = []
    for declared in request.target.bases if request.bases else ():
        asked = hub_name(declared)
        if asked is None or any(one.model == asked[0] for _, one in named):
            continue
        try:
            named.append(("declared base", model(asked[0], asked[1], request.reach)))
        except AuditError as error:
            lines.append(f"declared base {plain(declared)}: {plain(error.message)}")
    return "\n".join([*(_lines(*one) for one in named), *lines])


def _lines(role: str, source: "Source") -> str:
    listing = source.listing()
    parts = [e for e in listing.entries if source.trusts(e) and e.path.endswith(_WEIGHTS)]
    whole = [e for e in listing.entries if e not in parts]
    commit = "" if source.revision is None else f" at {source.revision.commit[:12]}"
    where = source.address or "on this machine"
    said = [
        f"{role}: {plain(source.model or source.name)}{commit}, {where}",
        f"  whole: {counted(len(whole), 'file')}, {count(sum(e.size for e in whole))} bytes",
    ]
    if parts:
        some = f"{counted(len(parts), 'file')}, of {count(sum(e.size for e in parts))} bytes"
        said.append(f"  header and what tests ask for: {some}")
    for entry in listing.entries:
        how = (
            "parts"
            if entry in parts
            else "whole"
            if source.left_out(entry.path) is None
            else "start"
        )
        said.append(f"    {count(entry.size):>15} {how}  {plain(entry.path)}")
    return "\n".join(said)
