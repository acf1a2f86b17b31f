# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What an audit looked at and what it cannot say, in sentences that count."""

import math

from audit.checks.case import Case, ReferenceCase, left_out
from audit.checks.lineage.from_library import covered
from audit.inventory import Inventory
from audit.record.code import NO_EVIDENCE
from audit.record.document import Coverage
from audit.record.files import Kind
from audit.record.said import Said, by_number, joined

STANDING_LIMITS = (
    Said(
        "Weights were compared with the references named here and with no others; a model"
        " that was not compared may still be a parent."
    ),
    Said(
        "The audit compares files. It does not see training data, nor what was agreed between"
        " the parties."
    ),
)
"""What holds for every audit, whatever it found."""


def coverage(case: Case) -> Coverage:
    """Count what was looked at, and say it."""
    subject = case.subject
    return Coverage(
        files=len(subject.artifacts) + len(subject.unread),
        files_read=len(subject.artifacts) - len(subject.stated),
        files_license_scanned=case.licenses.scanned,
        parameters=parameters(subject),
        comparisons=len(case.references),
        statements=_statements(case),
    )


def _statements(case: Case) -> tuple[Said, ...]:
    subject, licenses = case.subject, case.licenses
    whole = [a for a in subject.artifacts if a.path not in subject.stated]
    sentences = [
        Said(
            "{count} read and digested ({size:count} bytes); {n:count} not read.",
            count=_files(len(whole)),
            size=sum(artifact.size for artifact in whole),
            n=len(subject.unread),
        ),
        *_stated(subject),
        Said(
            "{count} with {parameters:count} parameters listed from the headers of weight files.",
            count=by_number("{n:count} tensor", "{n:count} tensors", n=len(subject.tensors)),
            parameters=parameters(subject),
        ),
        Said(
            "{count} searched for licences and copyright"
            " statements by {scanner}; {n:count} could not be, each"
            " with its reason; {skipped:count} hold weights or data and carry no licence.",
            count=_files(licenses.scanned),
            scanner=licenses.scanner,
            n=len(licenses.unscanned),
            skipped=licenses.skipped,
        ),
        *_code_sentences(case),
        *(_comparison_sentence(reference) for reference in case.references),
        *covered(case),
    ]
    pickles = len(subject.of_kind(Kind.PICKLE))
    if pickles:
        sentences.append(
            by_number(
                "{n:count} pickle file digested and never loaded.",
                "{n:count} pickle files digested and never loaded.",
                n=pickles,
            )
        )
    other = len(subject.of_kind(Kind.OTHER_WEIGHTS))
    if other:
        sentences.append(
            by_number(
                "{n:count} weight file in formats that are not compared yet.",
                "{n:count} weight files in formats that are not compared yet.",
                n=other,
            )
        )
    sentences += [*_by_choice(subject), *left_out(case)]
    sentences.append(Said("No code of the audited folder was run or imported."))
    return tuple(sentences)


def _stated(subject: Inventory) -> tuple[Said, ...]:
    """Say which digests are not ours, and what was read of those files."""
    origin = subject.origin
    if origin is None or not origin.stated:
        return ()
    read = sum(stop - start for one in origin.read for start, stop in one.ranges)
    return (
        Said(
            "{count} not read whole: the SHA-256 is the one that {who} states; {read:count} bytes"
            " of them were read, and digested by block.",
            count=_files(len(origin.stated)),
            who=origin.said_by,
            read=read,
        ),
    )


def _by_choice(subject: Inventory) -> tuple[Said, ...]:
    """Say how many files the caller left out."""
    source = subject.source
    left = [one for one in subject.unread if one.reason == source.left_out(one.path)]
    return (
        (
            by_number(
                "{n:count} file was left out because the caller asked for it ({globs}), and is"
                " undecided; it holds no weights, by its name and first bytes.",
                "{n:count} files were left out because the caller asked for it ({globs}), and are"
                " undecided; they hold no weights, by their names and first bytes.",
                n=len(left),
                globs=joined(", ", source.ignore),
            ),
        )
        if left
        else ()
    )


def _code_sentences(case: Case) -> tuple[Said, ...]:
    code = case.code
    if code == NO_EVIDENCE:
        return ()
    known = joined(", ", (known.project for known in code.known))
    return (
        Said(
            "{python} compared with known code ({known}); {short:count} too short or too uniform to"
            " tell, {unread:count} could not be read, {others} in other languages not compared.",
            python=by_number("{n:count} Python file", "{n:count} Python files", n=code.compared),
            known=known or Said("nothing: no known code is at hand"),
            short=code.too_short,
            unread=len(code.not_compared),
            others=_files(code.other_languages),
        ),
    )


def _comparison_sentence(reference: ReferenceCase) -> Said:
    comparison = reference.comparison
    return Said(
        "Weights compared with {name}: {coverage:share} of the audited parameters lie in tensors"
        " that could be paired; {read:count} bytes of weights read.",
        name=reference.inventory.name,
        coverage=comparison.coverage,
        read=comparison.bytes_read,
    )


def _files(number: int) -> Said:
    return by_number("{n:count} file", "{n:count} files", n=number)


def limits(case: Case) -> tuple[Said, ...]:
    """Return every limit once; one that not all comparisons share names its reference."""
    of_each = [(r.inventory.name, r.comparison.limits) for r in case.references]
    merged = [
        limit
        if all(limit in limits for _, limits in of_each)
        else Said("Against {name}: {limit}", name=name, limit=limit)
        for name, own in of_each
        for limit in own
    ]
    return tuple(dict.fromkeys([*merged, *STANDING_LIMITS]))


def parameters(inventory: Inventory) -> int:
    """Count the elements of every tensor that a header lists."""
    return sum(math.prod(tensor.shape) for tensor in inventory.tensors)
