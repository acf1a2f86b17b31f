# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the author says about the licence, wherever a release can say it.

Card (fields, sentences, badges), package metadata, configuration, licence maps (REUSE), and
the headers of weight files.

Each field is a claim of its own, with the words as written: two fields that disagree
are evidence, and a field that is not understood stays visible as ``NOASSERTION``.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from audit.inventory import Inventory
from audit.inventory.model_card import parse_card
from audit.licenses.declared.embedded import embedded_claims
from audit.licenses.declared.metadata import Field, metadata_fields
from audit.licenses.declared.plain import titles
from audit.licenses.declared.prose import prose_claims
from audit.licenses.declared.reuse import MAP_FILES, map_claims
from audit.licenses.expressions import is_ambiguous, normalise
from audit.licenses.release_files import is_release_metadata, own_folders
from audit.record.files import Artifact, Kind
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted

_LONGEST_LINE = 1000
_README = re.compile(r"readme[\w. -]{0,24}?(?:\.(?:md|rst|txt))?", re.I)


def declared_claims(inventory: Inventory, texts: dict[str, str]) -> tuple[LicenseClaim, ...]:
    """Return the declared claims, by path and line.

    Parameters
    ----------
    inventory : Inventory
        The folder.
    texts : dict of str to str
        The decoded text of READMEs, of the package metadata and of licence maps, by path.
    """
    claims = [
        *_card_claims(inventory, texts),
        *_readme_claims(inventory, texts),
        *embedded_claims(inventory),
        *(claim for path in MAP_FILES for claim in map_claims(path, texts.get(path, ""))),
        *_config_claims(inventory),
        *_metadata_claims(inventory, texts),
    ]
    return tuple(sorted(claims, key=lambda c: (c.path or "", c.line or 0, c.stated_in, c.raw)))


def _claim(
    origin: ClaimOrigin, raw: str, path: str, line: int | None, field: str = ""
) -> LicenseClaim:
    return LicenseClaim(
        source=ClaimSource.DECLARED,
        origin=origin,
        expression=NOASSERTION if is_ambiguous(raw) else normalise(raw),
        raw=quoted(raw.removeprefix("classifier: ")[:300]),
        path=path,
        line=line,
        field=field,
    )


def _card_claims(inventory: Inventory, texts: dict[str, str]) -> Iterator[LicenseClaim]:
    card = inventory.card
    if card is None:
        return
    metadata = json.loads(card.metadata)
    if not isinstance(metadata, dict):
        return
    lines = texts.get(card.path, "").splitlines()
    for key, origin in (
        ("license", ClaimOrigin.CARD_LICENSE),
        ("license_name", ClaimOrigin.CARD_NAME),
        ("license_link", ClaimOrigin.CARD_LINK),
    ):
        for value in _strings(metadata.get(key)):
            claim = _claim(origin, value, card.path, _line_of(lines, rf"\s*{key}\s*:"))
            yield claim


def readmes(inventory: Inventory) -> tuple[Artifact, ...]:
    """Return the card and the READMEs beside it, which often say the same in another language."""
    own = own_folders(inventory)
    return tuple(
        a
        for a in inventory.of_kind(Kind.MODEL_CARD, Kind.DOCUMENT)
        if PurePosixPath(a.path).parent.as_posix() in own
        and (a.kind is Kind.MODEL_CARD or _README.fullmatch(PurePosixPath(a.path).name))
    )


def _readme_claims(inventory: Inventory, texts: dict[str, str]) -> Iterator[LicenseClaim]:
    cards = [inventory.card] if inventory.card is not None else []
    known = {card.path for card in cards}
    cards += [
        parse_card(a.path, texts[a.path].encode("utf-8", "surrogatepass"))
        for a in readmes(inventory)
        if a.path in texts and a.path not in known
    ]
    names = tuple(title for card in cards for title in titles(card.prose))
    for card in cards:
        yield from prose_claims(card, names)


def _config_claims(inventory: Inventory) -> Iterator[LicenseClaim]:
    config = json.loads(inventory.config) if inventory.config is not None else None
    if isinstance(config, dict):
        for value in _strings(config.get("license")):
            yield _claim(ClaimOrigin.CONFIG, value, _config_path(inventory), None)


def _config_path(inventory: Inventory) -> str:
    paths = [a.path for a in inventory.of_kind(Kind.CONFIG)]
    return min(paths, key=lambda p: (p.count("/"), p), default="config.json")


def _metadata_claims(inventory: Inventory, texts: dict[str, str]) -> Iterator[LicenseClaim]:
    own = own_folders(inventory)
    for artifact in inventory.of_kind(Kind.PACKAGE_METADATA):
        if artifact.path in texts and is_release_metadata(artifact.path, own):
            text = texts[artifact.path]
            for field in metadata_fields(PurePosixPath(artifact.path).name, text):
                line = _line_of(text.splitlines(), _field_pattern(field))
                yield _claim(
                    ClaimOrigin.PACKAGE_METADATA, field.value, artifact.path, line, field.name
                )


def _field_pattern(field: Field) -> str:
    value = re.escape(field.value.removeprefix("classifier: ").split("\n")[0])
    return rf".*\b(?:license|License)\b.*{value}"


def _line_of(lines: list[str], pattern: str) -> int | None:
    return next(
        (i for i, line in enumerate(lines, 1) if re.match(pattern, line[:_LONGEST_LINE])), None
    )


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str) and item.strip()]
    return [] if value is None else [json.dumps(value, sort_keys=True)]
