# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What to write, from the duties and the ancestors of one release; pure but for its texts."""

from collections.abc import Iterator

from audit.checks.case import Case
from audit.checks.obligations.upstream import above
from audit.licenses.expressions import symbols
from audit.licenses.holders import parties
from audit.licenses.legal_text import LegalText, read_text
from audit.notice.card_patch import card_patch
from audit.obligations.matrix import name_of
from audit.obligations.notices import NOTICE, paper_statements
from audit.provenance.ancestors import Ancestor, is_code
from audit.provenance.nodes import Upstream
from audit.record.drafts import Draft, MissingText
from audit.record.files import Kind
from audit.record.obligations import Duty, DutyState, EdgeRelation, NodeKind
from audit.record.said import Said, quoted
from audit.rules import license_facts
from audit.text.globs import matches

_STATEMENT = {
    EdgeRelation.FINETUNE: "[fine-tuned]",
    EdgeRelation.ADAPTER: "adapted [by an adapter]",
    EdgeRelation.MERGE: "merged [with what, by which method]",
    EdgeRelation.QUANTIZED: "quantised [to how many bits, by which method]",
    EdgeRelation.UPCYCLED: "turned into a mixture of experts [and trained further]",
}


def draft_notice(case: Case) -> Draft:
    """Draft what a release owes for what it was made from."""
    ancestors = above(case)
    unmet = [duty for duty in case.obligations.duties if duty.state is not DutyState.MET]
    patch, choices = card_patch(case, ancestors)
    return Draft(
        release=case.subject.name,
        notice=_notice(case, ancestors),
        texts=tuple(_missing_texts(unmet)),
        statements=tuple(_statements(unmet)),
        displays=_asked(unmet, "phrase"),
        names=tuple(map(quoted, _asked(unmet, "model_name"))),
        patch=patch,
        choices=(*choices, *_copyleft(unmet)),
        open=tuple(dict.fromkeys(_open(case, ancestors))),
    )


def _asked(duties: list[Duty], check: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(d.asked for d in duties if d.check == check and d.asked))


def _notice(case: Case, ancestors: tuple[Ancestor, ...]) -> str:
    """Return the release's own NOTICE with an entry for each ancestor it does not credit yet."""
    own = _own_notice(case)
    head = own or f"{case.subject.name}\n[Copyright YEAR NAME, for what is yours]"
    entries = [entry for a in ancestors if (entry := _entry(case, a, own))]
    entries += _unacknowledged(case)
    if not entries:
        return f"{own}\n" if own else ""
    lead = "This release is made from, or contains, work of others:"
    lead = "" if lead in own else f"\n\n{lead}"
    return f"{head}{lead}\n\n" + "\n\n".join(entries) + "\n"


def _own_notice(case: Case) -> str:
    for artifact in case.subject.artifacts:
        if matches(NOTICE, artifact.path) and "/" not in artifact.path:
            text = read_text(case.subject, artifact)
            if isinstance(text, LegalText):
                return text.text.rstrip()
    return ""


def _entry(case: Case, ancestor: Ancestor, own: str) -> str:
    """Return the paragraph for one ancestor, or nothing where none of its lines is missing."""
    if ancestor.node.kind is NodeKind.DATASET:
        return ""
    lines = [line for line in _owed_lines(case, ancestor) if line not in own]
    terms = " and ".join(name_of(symbol) for symbol in sorted(symbols(ancestor.node.license)))
    if not lines and (ancestor.node.name in own or is_code(ancestor)):
        return ""
    said = terms or "[terms not known: look them up before you release]"
    return "\n".join([ancestor.node.name, *lines, f"Terms: {said}."])


def _owed_lines(case: Case, ancestor: Ancestor) -> Iterator[str]:
    """Yield the notice lines that its licence asks for, then what its own papers say."""
    for duty in case.obligations.duties:
        if duty.ancestor == ancestor.node.name and duty.check == "notice_line":
            yield duty.asked
    if ancestor.upstream is not None:
        yield from _paper_lines(ancestor.upstream)
    for match in case.code.matches:
        family = match.families[0]
        if family.project == ancestor.node.name:
            yield f"{match.path}: {'; '.join(family.holders) or '[holder not known]'}"


def _paper_lines(upstream: Upstream) -> Iterator[str]:
    """Yield the lines of its NOTICE; without one, the copyright statements of its papers."""
    inventory = upstream.inventory
    read = [read_text(inventory, a) for a in inventory.artifacts if matches(NOTICE, a.path)]
    for text in read:
        if isinstance(text, LegalText):
            yield from (line for line in text.text.strip().split("\n") if line.strip())
    if not read:
        for found in paper_statements(inventory, upstream.licenses):
            yield found.statement


def _unacknowledged(case: Case) -> list[str]:
    """Return a paragraph for each copyright line of code whose holder no paper names."""
    code = {artifact.path for artifact in case.subject.of_kind(Kind.CODE)}
    files: dict[str, list[str]] = {}
    for found in case.licenses.copyrights:
        named = set(parties(found.holder)) <= set(case.licenses.acknowledged)
        if found.path in code and not named:
            files.setdefault(found.statement, []).append(found.path)
    return [f"{', '.join(files[statement])}\n{statement}" for statement in sorted(files)]


def _copyleft(duties: list[Duty]) -> Iterator[Said]:
    """Yield what a person has to decide about code whose licence wants the whole release."""
    for duty in duties:
        if duty.check == "downstream_license" and duty.relation is EdgeRelation.CODE_DERIVED:
            yield Said(
                "Remove or replace the {ancestor}, or offer the release under {license}: now it is"
                " {reason}.",
                ancestor=duty.ancestor,
                license=duty.license,
                reason=duty.reason,
            )


def _missing_texts(duties: list[Duty]) -> Iterator[MissingText]:
    grouped: dict[str, list[str]] = {}
    for duty in duties:
        if duty.check in ("license_text", "annex_included"):
            grouped.setdefault(duty.license, []).append(duty.ancestor)
    for license_id in sorted(grouped):
        facts = license_facts(license_id)
        yield MissingText(
            name=name_of(license_id),
            file=f"LICENSES/{license_id}.txt",
            source="not known" if facts is None else facts.status.source,
            owed_for=tuple(dict.fromkeys(grouped[license_id])),
        )


def _statements(duties: list[Duty]) -> Iterator[str]:
    seen = set()
    for duty in duties:
        stated = duty.check == "change_statement" and duty.state is DutyState.NOT_MET
        if not stated or duty.ancestor in seen:
            continue
        seen.add(duty.ancestor)
        if duty.relation is EdgeRelation.CODE_DERIVED:
            files = ", ".join(p.path for p in duty.passages) or f"the code of {duty.ancestor}"
            yield f"# In {files}: This file was changed: [what] by [name] in [year]."
        else:
            how = _STATEMENT.get(duty.relation, "[changed: say how]")
            yield (
                f"The weights of {duty.ancestor} were modified: they were {how} by [name] in"
                " [year]."
            )


def _open(case: Case, ancestors: tuple[Ancestor, ...]) -> Iterator[Said]:
    for ancestor in ancestors:
        yield from _dark(ancestor)
    for duty in case.obligations.duties:
        if duty.state is DutyState.UNKNOWN:
            asked = duty.question or Said(
                "{duty} {reason:sentence}.", duty=duty.text, reason=duty.reason
            )
            yield Said(
                "{ancestor} [{clause}]: {asked}",
                ancestor=duty.ancestor,
                clause=duty.clause,
                asked=asked,
            )
    for unscanned in case.licenses.unscanned:
        yield Said(
            "{path}: not searched for notices: {reason}.",
            path=unscanned.path,
            reason=unscanned.reason,
        )


def _dark(ancestor: Ancestor) -> Iterator[Said]:
    node = ancestor.node
    if not node.is_known:
        yield Said(
            "{name}: under what terms it is: {license_from}.",
            name=node.name,
            license_from=node.license_from,
        )
    for symbol in sorted(symbols(node.license)):
        if license_facts(symbol) is None:
            yield Said(
                "{name}: what {license} asks for: it is not in the table of facts.",
                name=node.name,
                license=symbol,
            )
    if not ancestor.settled and node.is_known:
        yield Said(
            "{name}: whether it is an ancestor at all: {origin}.",
            name=node.name,
            origin=ancestor.path[0].origin,
        )
