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
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from audit.budgets import CLAIMS, FIELDS
from audit.formats.tensors import Format
from audit.inventory import Inventory
from audit.inventory.model_card import parse_card
from audit.licenses.declared.metadata import metadata_fields, package_name
from audit.licenses.declared.names import one_name
from audit.licenses.declared.plain import titles
from audit.licenses.declared.prose import prose_claims
from audit.licenses.declared.reuse import MAP_FILES, map_claims
from audit.licenses.expressions import is_ambiguous, normalise
from audit.licenses.release_files import is_release_metadata, own_folders
from audit.record.files import Artifact, Kind
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim, Unscanned
from audit.record.said import Said, quoted
from audit.text.fold import letters
from audit.unreadable import NotReadableError, foreign

_LONGEST_LINE = 1000
_README = re.compile(r"(?:readme[\w. -]{0,24}?|model[-_ ]?card)(?:\.(?:md|rst|txt))?", re.I)
"""Also ``MODEL_CARD.md``, where projects that give out several models say what one is."""
_KEYS = ("license", "license_name", "modelspec.license", "general.license", "general.license.name")
"""``modelspec`` is Stability AI's metadata standard, ``general`` GGUF's, which converters keep."""
_MOST_WORDS = 300
"""Characters of what a header of weights declares."""
_IN_METADATA = re.compile(r"\b[lL]icense\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The claims by path and line, and the files whose declarations could not be read."""

    claims: tuple[LicenseClaim, ...]
    unread: tuple[Unscanned, ...]


def declared_claims(inventory: Inventory, texts: dict[str, str]) -> Declared:
    """Return the declared claims; a file that defeats its reader is left unread, with the reason.

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
        *_embedded_claims(inventory),
        *_config_claims(inventory),
    ]
    unread = []
    for path, source in _by_file(inventory, texts):
        try:
            with foreign():
                found = list(islice(source, CLAIMS.most + 1))
        except NotReadableError as error:
            reason = Said("its declarations were not read: {why}", why=error.reason)
            unread.append(Unscanned(path=path, reason=reason))
            continue
        claims += found[: CLAIMS.most]
        if len(found) > CLAIMS.most:
            unread.append(Unscanned(path=path, reason=CLAIMS.reason))
    order = sorted(claims, key=lambda c: (c.path or "", c.line or 0, c.stated_in, c.raw))
    return Declared(claims=tuple(order), unread=tuple(unread))


def _by_file(
    inventory: Inventory, texts: dict[str, str]
) -> Iterator[tuple[str, Iterator[LicenseClaim]]]:
    """Yield what the licence maps and the package metadata declare, by file."""
    for path in MAP_FILES:
        if path in texts:
            yield path, map_claims(path, texts[path])
    own = own_folders(inventory)
    for artifact in inventory.of_kind(Kind.PACKAGE_METADATA):
        place, text = artifact.path, texts.get(artifact.path)
        if text is not None and is_release_metadata(place, own):
            yield place, _metadata_claims(place, text)
        elif text is not None and _is_below_its_own(inventory, place):
            yield place, _named_claims(place, text, _names(inventory, texts))


def _is_below_its_own(inventory: Inventory, path: str) -> bool:
    """Whether a package lies one folder down and has no licence file of its own there."""
    folder = PurePosixPath(path).parent.as_posix()
    legal = (a.path for a in inventory.of_kind(Kind.LEGAL))
    return folder.count("/") == 0 and not any(p.startswith(f"{folder}/") for p in legal)


def _names(inventory: Inventory, texts: dict[str, str]) -> frozenset[str]:
    """Return what the release is called, by its folder and the titles of its READMEs."""
    told = (titles(texts[a.path]) for a in readmes(inventory) if a.path in texts)
    return frozenset(map(letters, (inventory.name, *(name for names in told for name in names))))


def _named_claims(path: str, text: str, names: frozenset[str]) -> Iterator[LicenseClaim]:
    """Yield what a package declares that is called like the release."""
    if letters(package_name(PurePosixPath(path).name, text)) in names - {""}:
        yield from _metadata_claims(path, text)


def _claim(
    origin: ClaimOrigin, raw: str, path: str, line: int | None, field: str = ""
) -> LicenseClaim:
    return LicenseClaim(
        source=ClaimSource.DECLARED,
        origin=origin,
        expression=NOASSERTION if is_ambiguous(raw) else _read(raw),
        raw=quoted(raw.removeprefix("classifier: ")[:300]),
        path=path,
        line=line,
        field=field,
    )


def _read(raw: str) -> str:
    """Return the expression of a field, by the ids that fields have, else as a README names it."""
    expression = normalise(raw)
    return one_name(raw) if expression == NOASSERTION else expression


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
    names = (inventory.name, *(title for card in cards for title in titles(card.prose)))
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


def _metadata_claims(path: str, text: str) -> Iterator[LicenseClaim]:
    fields = metadata_fields(PurePosixPath(path).name, text)
    if len(fields) > FIELDS.most:
        raise NotReadableError(FIELDS.reason)
    lines = [
        (number, line[word.end() : _LONGEST_LINE])
        for number, line in enumerate(text.splitlines(), 1)
        if (word := _IN_METADATA.search(line, 0, _LONGEST_LINE))
    ]
    for field in fields:
        value = field.value.removeprefix("classifier: ").split("\n")[0]
        line = next((number for number, rest in lines if value in rest), None)
        yield _claim(ClaimOrigin.PACKAGE_METADATA, field.value, path, line, field.name)


def _embedded_claims(inventory: Inventory) -> Iterator[LicenseClaim]:
    """Yield what the headers of weight files declare; equal words of shards once."""
    seen = set()
    for path, key, value in _embedded_fields(inventory):
        if (key, value) not in seen:
            seen.add((key, value))
            yield LicenseClaim(
                source=ClaimSource.DECLARED,
                origin=ClaimOrigin.WEIGHTS_METADATA,
                field=key,
                expression=NOASSERTION if is_ambiguous(value) else normalise(value),
                raw=quoted(value),
                path=path,
            )


def _embedded_fields(inventory: Inventory) -> Iterator[tuple[str, str, str]]:
    """Yield path, key and words: of safetensors headers, then of the other formats."""
    for item in sorted(inventory.metadata, key=lambda m: m.format is not Format.SAFETENSORS):
        yield from _known_fields(item.path, json.loads(item.fields))


def _known_fields(path: str, fields: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in _KEYS:
        words = fields.get(key)
        if isinstance(words, str) and words.strip():
            yield path, key, words.strip()[:_MOST_WORDS]


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
