# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Fingerprints of the zoo and of the example dispute, each made once, and asked in process."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from audit.fingerprints.document import Fingerprint
from audit.fingerprints.file import from_bytes, to_bytes
from audit.fingerprints.identify import Answer, Candidate, identify
from audit.fingerprints.make import make
from audit.inventory import Inventory, take_inventory
from audit.sources.names import resolve
from tests.zoo import zoo_path

DISPUTE = Path(__file__).resolve().parents[2] / "examples" / "dispute"
TRUTH: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("truth.yaml").read_text("utf-8"))


def of(inventory: Inventory) -> Fingerprint:
    """Make a fingerprint and read it back, as a file would be."""
    return from_bytes(to_bytes(make(inventory)), inventory.name)


@cache
def known(name: str) -> Fingerprint:
    """Return that of ``zoo/NAME``, ``dispute/NAME`` or, by the name alone, of either."""
    folder = place(name)
    return of(take_inventory(resolve(str(folder)), digest_weights=False))


def place(name: str) -> Path:
    where, _, member = name.rpartition("/")
    if where == "dispute" or member in {"reference", "suspect", "independent"}:
        return DISPUTE / member
    return zoo_path(member)


def asked(subject: Fingerprint, names: Iterable[str]) -> tuple[Answer, dict[str, Candidate]]:
    """Ask the members named about a model; also by their names here."""
    members = {name: known(name) for name in names}
    answer = identify(subject, list(members), members.__getitem__, among=len(members))
    names_of = {found.sha256: name for name, found in members.items()}
    return answer, {names_of[c.sha256]: c for c in answer.candidates}
