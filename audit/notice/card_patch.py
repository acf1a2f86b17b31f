# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The corrected model card as a unified diff; what the evidence does not decide stays.

Patched are a licence where exactly one upstream's terms have to be kept, bases that the weights
show and the card does not name, and a relation that the weights show. Sentences that cannot stand
beside that go: that the model was trained from scratch, and those of another licence for the
release. Other decisions are listed for a person.
"""

import difflib
import hashlib
import re

from audit.checks.case import Case
from audit.checks.lineage.from_scratch import refuted
from audit.checks.obligations.upstream_terms import breaches
from audit.inventory import Inventory
from audit.inventory.declared_parents import CARD_FIELD
from audit.licenses.legal_text import LegalText, read_text
from audit.obligations.terms import Outcome, card_id
from audit.provenance.ancestors import Ancestor
from audit.provenance.references import folder_name
from audit.record.licenses import ClaimOrigin
from audit.record.obligations import EdgeEvidence, EdgeRelation
from audit.record.said import Said, joined
from audit.text.sentences import sentences

_CARD = "README.md"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_RELATIONS = (EdgeRelation.ADAPTER, EdgeRelation.MERGE, EdgeRelation.QUANTIZED)
"""Relations that the hub has a word for and that are not the default."""


def card_patch(case: Case, ancestors: tuple[Ancestor, ...]) -> tuple[str, tuple[Said, ...]]:
    """Return a patch for ``patch -p1`` (empty if nothing is decided), and open decisions."""
    wanted, choices = _wanted(case, ancestors)
    gone = (*refuted(case), *_other_terms(case, wanted.get("license")))
    if not wanted and not gone:
        return "", choices
    card = case.subject.card
    path = _CARD if card is None else card.path
    before = _text(case.subject)
    if before is None:
        said = "; ".join(f"{key}: {', '.join(values)}" for key, values in wanted.items())
        return "", (
            *choices,
            Said("The card is not plain UTF-8, so change it by hand: {fields}.", fields=said),
        )
    after = before
    for key, values in wanted.items():
        after = with_field(after, key, values)
    for sentence in gone:
        after = without(after, sentence)
    if after == before:
        return "", choices
    created = card is None
    lines = difflib.unified_diff(
        _LINE.findall(before),
        _LINE.findall(after),
        "/dev/null" if created else f"a/{path}",
        f"b/{path}",
    )
    return "".join(_ended(line) for line in lines), choices


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _text(inventory: Inventory) -> str | None:
    """Return the card byte for byte, empty if there is none, ``None`` if a patch cannot name it."""
    card = inventory.card
    if card is None:
        return ""
    artifact = next(a for a in inventory.artifacts if a.path == card.path)
    found = read_text(inventory, artifact)
    if not isinstance(found, LegalText):
        return None
    same = hashlib.sha256(found.declaration.encode()).hexdigest() == artifact.sha256
    return found.declaration if same else None


def _wanted(
    case: Case, ancestors: tuple[Ancestor, ...]
) -> tuple[dict[str, list[str]], tuple[Said, ...]]:
    wanted: dict[str, list[str]] = {}
    choices: list[Said] = []
    broken = [b for b in breaches(case) if b.ruling.outcome is Outcome.VIOLATED]
    terms = sorted({b.ancestor.node.license for b in broken if b.ancestor.settled})
    if len(terms) == 1:
        wanted["license"] = [card_id(terms[0])]
    elif terms:
        choices.append(
            Said(
                "Which terms the release can be offered under: {terms} both ask to be kept, and may"
                " not be compatible.",
                terms=terms,
            )
        )
    bases, undeclared = _bases(case, ancestors)
    if undeclared:
        wanted["base_model"] = bases
        choices.append(
            Said("The owner's name on the hub for: {names}.", names=joined(", ", undeclared))
        )
    relation = _relation(case, ancestors)
    if relation is not None:
        wanted["base_model_relation"] = [relation.value]
    return wanted, tuple(choices)


def _other_terms(case: Case, licenses: list[str] | None) -> tuple[str, ...]:
    """Return the sentences of the card that offer the release under another licence than these."""
    card = case.subject.card
    if card is None or licenses is None:
        return ()
    said = [
        claim.line
        for claim in case.licenses.claims
        if claim.path == card.path
        and claim.line is not None
        and claim.scope is None
        and claim.origin is ClaimOrigin.CARD_STATEMENT
        and card_id(claim.expression) not in licenses
    ]
    lines = set(said)
    return tuple(s.text for s in sentences(card.prose, card.prose_line) if s.line in lines)


def without(text: str, sentence: str) -> str:
    r"""Return a card without a sentence, however its lines are broken, and else the same.

    Examples
    --------
    >>> without("# T\n\nMade\nby hand. Small.\n", "Made by hand")
    '# T\n\nSmall.\n'
    """
    words = r"\s+".join(map(re.escape, sentence.split())) + r"[.!?]*"
    return re.sub(rf"(?m)^{words}[ \t]*\n|{words}[ \t]*", "", text, count=1)


def _bases(case: Case, ancestors: tuple[Ancestor, ...]) -> tuple[list[str], list[str]]:
    """Return all bases for the card, and those of them that it does not name yet."""
    declared = [p.name for p in case.subject.parents if p.field == CARD_FIELD]
    named = {folder_name(name) for name in declared}
    measured = [
        a.node.name
        for a in ancestors
        if len(a.path) == 1
        and any(e.evidence is EdgeEvidence.WEIGHTS and e.settled for e in (a.path[0], *a.beside))
    ]
    missing = [name for name in measured if folder_name(name) not in named]
    shown = [name if "/" in name else f"OWNER/{name}" for name in missing]
    return [*declared, *shown], missing


def _relation(case: Case, ancestors: tuple[Ancestor, ...]) -> EdgeRelation | None:
    """Return the one relation to all bases, where it is more than the default and not said."""
    direct = [a for a in ancestors if len(a.path) == 1 and a.carries_weights]
    said = any(p.relation for p in case.subject.parents if p.field == CARD_FIELD)
    found = {edge.relation for a in direct for edge in (a.path[0], *a.beside)}
    found.discard(EdgeRelation.FINETUNE)
    if said or len(found) != 1:
        return None
    relation = found.pop()
    return relation if relation in _RELATIONS else None


def with_field(text: str, key: str, values: list[str]) -> str:
    r"""Return a card whose front matter has a field with these values, and is else the same.

    Examples
    --------
    >>> with_field("---\nlicense: mit\ntags:\n- a\n---\n# T\n", "license", ["cc0-1.0"])
    '---\nlicense: cc0-1.0\ntags:\n- a\n---\n# T\n'
    """
    one = len(values) == 1
    field = [f"{key}: {values[0]}"] if one else [f"{key}:", *(f"- {value}" for value in values)]
    lines = text.split("\n")
    if lines[0].endswith("\r"):
        field = [f"{line}\r" for line in field]
    if lines[0].strip() != "---":
        return "\n".join(["---", *field, "---", *([text] if text else [""])])
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), len(lines))
    start = next((i for i in range(1, end) if _is_key(lines[i], key)), None)
    if start is None:
        return "\n".join([*lines[:end], *field, *lines[end:]])
    stop = start + 1
    while stop < end and re.match(r"\s|-\s|-$", lines[stop]):
        stop += 1
    return "\n".join([*lines[:start], *field, *lines[stop:]])


def _is_key(line: str, key: str) -> bool:
    return re.match(rf"[\"']?{re.escape(key)}[\"']?\s*:", line) is not None
