# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Weights under a name that is not theirs, and files in which a model could lie unseen."""

from fnmatch import fnmatch
from pathlib import PurePosixPath

from audit.checks.case import Case
from audit.checks.make import listed, make_finding, severity_for, strings
from audit.formats.weight_files import READERS
from audit.record.files import Artifact, Kind
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.said import Said, by_number, joined
from audit.rules import CheckRule

ID = "INV002"
_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_DATA, Kind.OTHER_WEIGHTS, Kind.PICKLE, Kind.WEIGHTS_INDEX)
_SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report both in one finding; neither is clean, and neither is a fault by itself."""
    renamed = [a for a in case.subject.of_kind(Kind.WEIGHTS) if not _is_named_so(a)]
    closed = [a for a in case.subject.artifacts if _could_hold_a_model(a, rule)]
    if not renamed and not closed:
        return ()
    sentences = []
    if renamed:
        names = listed(a.path for a in renamed)
        sentences.append(
            by_number(
                "By its content {names} holds weights, under a name of something else.",
                "By their content {names} hold weights, under names of something else.",
                n=len(renamed),
                names=names,
            )
        )
    if closed:
        names = listed(a.path for a in closed)
        sentences.append(
            by_number(
                "{names} is large enough for a model and of no kind that is looked into.",
                "{names} are large enough for a model and of no kind that is looked into.",
                n=len(closed),
                names=names,
            )
        )
    found = (*renamed, *closed)
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            severity=severity_for(rule, "severity_if_weights_are_renamed") if renamed else None,
            title=Said("A model could lie in {paths}", paths=listed(a.path for a in found)),
            message=joined(" ", sentences),
            locations=(Location(path=artifact.path) for artifact in found),
            evidence=(
                Said(
                    "{path}: {size:size}, sha256 {sha256}",
                    path=a.path,
                    size=a.size,
                    sha256=a.sha256,
                )
                for a in found
            ),
        ),
    )


def _is_named_so(artifact: Artifact) -> bool:
    return artifact.path.lower().endswith(_SUFFIXES)


def _could_hold_a_model(artifact: Artifact, rule: CheckRule) -> bool:
    """Whether a file that is no weight file is larger than its kind needs."""
    if artifact.kind in _WEIGHTS:
        return False
    name = PurePosixPath(artifact.path).name.lower()
    archive = any(fnmatch(name, pattern) for pattern in strings(rule, "archives"))
    most = "tokenizer_mib" if artifact.kind is Kind.TOKENIZER else "file_mib"
    least = rule.parameters["archive_mib" if archive else most]
    return artifact.size >= float(str(least)) * (1 << 20)
