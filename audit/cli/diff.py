# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit diff``: what changed between two records, in words."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import plain, show, show_json
from audit.cli.records import read_record
from audit.errors import ExitCode
from audit.record.files import Kind
from audit.text.numbers import counted

if TYPE_CHECKING:
    from audit.record.document import AuditRecord
    from audit.record.licenses import ClaimSource

EXAMPLES = ("audit diff ./old-report ./new-report", "audit diff old.json new.json --json")
Changes = dict[str, list[str]]
_SHOWN = 20
"""Entries of a section that are printed for people."""
_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_INDEX, Kind.WEIGHTS_DATA, Kind.OTHER_WEIGHTS, Kind.PICKLE)
_TEMPLATES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")


def diff_command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A record, or a report's folder.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later one.")],
    json: options.Json = False,
) -> None:
    """Say what changed between two records of a model.

    Verdict, what judged, weights, tokenizer and chat template, other files, licences, relations
    and findings. Exits 0 when nothing of that changed and 1 when something did. Nothing is
    audited again, and no signature is checked: see `audit verify`.
    """
    found = changes(read_record(old), read_record(new))
    if json:
        show_json(found)
    elif not found:
        show("No change.")
    for heading, lines in () if json else found.items():
        show(heading)
        for line in lines[:_SHOWN]:
            show(f"  {line}")
        if len(lines) > _SHOWN:
            show(f"  and {counted(len(lines) - _SHOWN, 'more line')}; --json prints all")
    raise typer.Exit(ExitCode.FAIL if found else ExitCode.PASS)


def changes(old: "AuditRecord", new: "AuditRecord") -> Changes:
    """Return the sections in which two records differ, each with its lines."""
    sections = {
        "Verdict": _turned(_verdict(old), _verdict(new)),
        "Judged by": _turned(_judged(old), _judged(new)),
        "Weights": _files(old, new, lambda kind, _: kind in _WEIGHTS),
        "Tokenizer and template": _files(old, new, _speaks),
        "Other files": _files(
            old, new, lambda kind, path: kind not in _WEIGHTS and not _speaks(kind, path)
        ),
        "Licences": _turned(_licenses(old), _licenses(new)),
        "Where the weights come from": _turned(_relations(old), _relations(new)),
        "Findings": _turned(_findings(old), _findings(new)),
    }
    return {heading: found for heading, lines in sections.items() if (found := list(lines))}


def _turned(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Say of each name what it was and is."""
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if before is None:
            yield plain(f"new: {name}: {after}")
        elif after is None:
            yield plain(f"gone: {name}: {before}")
        else:
            yield plain(f"{name}: {before} -> {after}")


def _verdict(record: "AuditRecord") -> dict[str, str]:
    looked = " (papers only)" if record.verdict.papers_only else ""
    return {"gate": f"{record.verdict.status.value}{looked}", "model": record.subject.name}


def _judged(record: "AuditRecord") -> dict[str, str]:
    tool, options_ = record.tool, record.options
    return {
        "policy": f"{options_.policy} ({options_.policy_sha256[:12]})",
        "stops at": options_.fail_on,
        "waivers": (options_.waivers_sha256 or "none")[:12],
        "baseline": (options_.baseline_sha256 or "none")[:12],
        "audit": tool.version,
        "rules": tool.rules_sha256[:12],
    }


def _speaks(kind: Kind, path: str) -> bool:
    return kind is Kind.TOKENIZER or path.rpartition("/")[2] in _TEMPLATES


def _files(
    old: "AuditRecord", new: "AuditRecord", wanted: Callable[[Kind, str], bool]
) -> Iterator[str]:
    """Say which files of a sort are new, gone, moved or changed."""
    before = {a.path: a.sha256 for a in old.subject.artifacts if wanted(a.kind, a.path)}
    after = {a.path: a.sha256 for a in new.subject.artifacts if wanted(a.kind, a.path)}
    lost = {before[path]: path for path in sorted(set(before) - set(after))}
    for path in sorted({*before, *after}):
        if path not in before and after[path] in lost:
            yield plain(f"renamed: {lost[after[path]]} -> {path}")
        elif path not in before:
            yield plain(f"new: {path}")
        elif path not in after and before[path] not in after.values():
            yield plain(f"gone: {path}")
        elif path in after and before[path] != after[path]:
            yield plain(f"changed: {path} ({before[path][:12]} -> {after[path][:12]})")


def _licenses(record: "AuditRecord") -> dict[str, str]:
    found: dict[ClaimSource, set[str]] = {}
    for claim in record.licenses.claims:
        found.setdefault(claim.source, set()).add(claim.expression)
    return {source.value: ", ".join(sorted(names)) for source, names in found.items()}


def _relations(record: "AuditRecord") -> dict[str, str]:
    return {c.reference: c.relation.value for c in record.comparisons}


def _findings(record: "AuditRecord") -> dict[str, str]:
    return {
        f.fingerprint: f"{f.severity.value}, {f.title}{' (waived)' if f.waived else ''}"
        for f in record.findings
    }
