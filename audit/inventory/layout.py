# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which ``config.json`` and which ``README.md`` speak for the weights.

A folder may be a hub repository (all at the top), or an unpacked wheel whose model
lies two folders down, or hold small modules with configurations of their own
(``1_Pooling/config.json``). The choice depends on names and sizes only:

- the configuration in the folder with the most bytes of weights, those of safetensors
  if there are any; among equals the least deep, then the first in path order;
- the model card at the top; or else the only one that stands beside a
  configuration or weights; or else, of several, the one beside the chosen
  configuration.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from audit.record.files import Artifact, Kind

_WEIGHTS = (Kind.WEIGHTS, Kind.OTHER_WEIGHTS, Kind.PICKLE)


def settle(artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
    """Keep one ``CONFIG`` and one ``MODEL_CARD``; the others are ``OTHER`` and ``DOCUMENT``."""
    config = _config(artifacts)
    card = _card(artifacts, config)
    return tuple(_demoted(artifact, config, card) for artifact in artifacts)


def _demoted(artifact: Artifact, config: Artifact | None, card: Artifact | None) -> Artifact:
    if artifact.kind is Kind.CONFIG and artifact is not config:
        return replace(artifact, kind=Kind.OTHER)
    if artifact.kind is Kind.MODEL_CARD and artifact is not card:
        return replace(artifact, kind=Kind.DOCUMENT)
    return artifact


def _config(artifacts: tuple[Artifact, ...]) -> Artifact | None:
    weight_bytes: Counter[PurePosixPath] = Counter()
    weights = [a for a in artifacts if a.kind is Kind.WEIGHTS]
    own = [a for a in weights if a.path.lower().endswith(".safetensors")]
    for artifact in own or weights:
        weight_bytes[_folder(artifact)] += artifact.size
    candidates = (a for a in artifacts if a.kind is Kind.CONFIG)
    return min(
        candidates,
        key=lambda a: (-weight_bytes[_folder(a)], len(_folder(a).parts), a.path),
        default=None,
    )


def _card(artifacts: tuple[Artifact, ...], config: Artifact | None) -> Artifact | None:
    cards = [artifact for artifact in artifacts if artifact.kind is Kind.MODEL_CARD]
    top = [card for card in cards if "/" not in card.path]
    if top:
        return _first(top)
    models = {_folder(a) for a in artifacts if a.kind is Kind.CONFIG or a.kind in _WEIGHTS}
    beside = [card for card in cards if _folder(card) in models]
    if len({_folder(card) for card in beside}) == 1:
        return _first(beside)
    return _first(card for card in beside if config and _folder(card) == _folder(config))


def _first(cards: Iterable[Artifact]) -> Artifact | None:
    """Prefer the spelling that the hub reads, ``README.md``, then path order."""
    return min(cards, key=lambda a: (not a.path.endswith("README.md"), a.path), default=None)


def _folder(artifact: Artifact) -> PurePosixPath:
    return PurePosixPath(artifact.path).parent
