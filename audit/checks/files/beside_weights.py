# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What decides beside the weights: code that a loader runs, tokens, and the chat template."""

import difflib
import hashlib
import json
from collections.abc import Iterator
from itertools import islice

from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage.words import declared, derives
from audit.checks.make import clip, listed, make_finding, severity_for
from audit.inventory import Inventory
from audit.inventory.chat_template import chat_template, weights_folder
from audit.record.files import Kind
from audit.record.findings import Finding, Location
from audit.record.said import Said, quoted
from audit.rules import CheckRule
from audit.text.strict_json import parse_object
from audit.unreadable import NotReadableError, foreign
from audit.weights.model.vocabulary import all_token_ids

ID = "INV003"
_CAP = 64 << 20
_MOST_LINES = 6
_MOST_COMPARED = 1 << 16
"""Characters of a template of which lines are compared."""
_SETTINGS = ("tokenizer_config.json", "processor_config.json", "preprocessor_config.json")


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the code once, and text that differs once for each base."""
    bases = [r for r in case.references if declared(r) or derives(r)]
    return (*_code(case, rule, bases), *(f for base in bases for f in _text(case, rule, base)))


def _code(case: Case, rule: CheckRule, bases: list[ReferenceCase]) -> Iterator[Finding]:
    named = sorted(set(_auto_map(case.subject)))
    if named:
        told = [_told(file, case.subject, bases) for file in named]
        other = any(elsewhere for _, elsewhere in told)
        yield make_finding(
            rule,
            severity=severity_for(rule, "severity_of_other_code") if other else None,
            title=Said("Code that a loader runs: {files}", files=listed(named)),
            message=Said(
                "`auto_map` names {files}. Whoever loads the model and trusts its code runs it;"
                " what the weights do then depends on it. {where}",
                files=listed(named),
                where=told[0][0],
            ),
            locations=(Location(path=a.path) for a in case.subject.artifacts if a.path in named),
            evidence=(said for said, _ in told),
        )


def _auto_map(inventory: Inventory) -> Iterator[str]:
    """Yield the files that ``auto_map`` names, those of other repositories as they are named."""
    held = [json.loads(inventory.config)] if inventory.config else []
    for artifact in inventory.artifacts:
        if artifact.path.rpartition("/")[2] in _SETTINGS:
            try:
                with foreign():
                    held.append(parse_object(inventory.content(artifact, _CAP)))
            except NotReadableError:
                continue
    for settings in held:
        given = settings.get("auto_map")
        for value in given.values() if isinstance(given, dict) else ():
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str) and "." in name:
                    file = name.rpartition(".")[0]
                    yield file if "--" in file else f"{file}.py"


def _told(file: str, subject: Inventory, bases: list[ReferenceCase]) -> tuple[Said, bool]:
    """Say of one file whose it is, and whether it is out of sight or was changed."""
    if "--" in file:
        return Said("{file} is fetched from another repository.", file=clip(file)), True
    own = _digest(subject, file)
    if own is None:
        return Said("{file} is not in the folder.", file=clip(file)), True
    theirs = {r.inventory.name: d for r in bases if (d := _digest(r.inventory, file)) is not None}
    same = [name for name, digest in theirs.items() if digest == own]
    if same:
        said = Said("{file} is that of {base}: sha256 {own}.", file=file, base=same[0], own=own)
        return said, False
    for name, digest in theirs.items():
        said = Said(
            "{file} is another than that of {base}: sha256 {own}, there {theirs}.",
            file=file,
            base=name,
            own=own,
            theirs=digest,
        )
        return said, True
    return Said("{file}: sha256 {own}.", file=file, own=own), False


def _digest(inventory: Inventory, name: str) -> str | None:
    found = [a for a in inventory.of_kind(Kind.CODE) if a.path.rpartition("/")[2] == name]
    return found[0].sha256 if found else None


def _text(case: Case, rule: CheckRule, base: ReferenceCase) -> Iterator[Finding]:
    said = (*_tokens(case.subject, base.inventory), *_template(case.subject, base.inventory))
    if said:
        name = clip(base.inventory.name)
        yield make_finding(
            rule,
            title=Said("Tokens or chat template are not those of {base}", base=name),
            message=said[0],
            evidence=said[1:],
        )


def _tokens(mine: Inventory, theirs: Inventory) -> tuple[Said, ...]:
    own, other = (all_token_ids(one, weights_folder(one)) for one in (mine, theirs))
    if own is None or other is None or own == other:
        return ()
    moved = sum(token in own and own[token] != number for token, number in other.items())
    return (
        Said(
            "Of {all:count} tokens of {base} {gone:count} are missing and {moved:count} have"
            " another number; {new:count} are new.",
            all=len(other),
            base=clip(theirs.name),
            gone=len(other.keys() - own.keys()),
            moved=moved,
            new=len(own.keys() - other.keys()),
        ),
    )


def _template(mine: Inventory, theirs: Inventory) -> tuple[Said, ...]:
    own, other = (chat_template(one, weights_folder(one)) for one in (mine, theirs))
    if own == other or own is None or other is None:
        return ()
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in (own, other)]
    lines = difflib.unified_diff(
        other[:_MOST_COMPARED].splitlines(), own[:_MOST_COMPARED].splitlines(), n=0, lineterm=""
    )
    changed = [line for line in lines if line[:2] not in ("--", "++", "@@")]
    return (
        Said(
            "The chat template is another one than that of {base}: sha256 {own}, there {theirs}.",
            base=clip(theirs.name),
            own=digests[0],
            theirs=digests[1],
        ),
        *(quoted(clip(line)) for line in islice(changed, _MOST_LINES)),
    )
