# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How a fingerprint and an answer are said: as blocks for people, as plain values for machines."""

from collections.abc import Iterable
from typing import Any

from audit.fingerprints.document import Fingerprint
from audit.fingerprints.identify import BAR, Answer, Candidate
from audit.fingerprints.likeness import LAYERS, PARTS, Row, likeness
from audit.record.library import Standing
from audit.record.said import Said
from audit.record.weights import PKind
from audit.report import blocks as b
from audit.report.words.texts import amount, prose, quoted, short_name
from audit.text.numbers import count, size
from audit.text.warrant import warrant

_SHOWN = 12
_STOP = -9.0
_LIMITS = (
    Said(
        "A fingerprint shows dependence. It does not say which model came first, nor whether"
        " trained weights are shared or only a random start: `audit compare` with the model asks"
        " that."
    ),
    Said(
        "Not seen: a changed basis whose neurons, values inside heads and tokens were moved as"
        " well, training anew, distillation. How weights are drawn together is public, and who"
        " knows it can take out what a fingerprint sees at a small cost: that nothing was seen"
        " clears nobody."
    ),
    Said(
        "Names, revisions and days are claims of whoever made a fingerprint; a file can be made of"
        " no model at all. Before anybody is named, compare with the model itself."
    ),
)


def nothing(found: Fingerprint) -> tuple[b.Block, ...]:
    """Say why there is no fingerprint."""
    why = found.header.problem
    text = Said("No weights of {name} could be read.", name=quoted(found.name))
    return (b.Paragraph((text, *((prose(why),) if why else ()))),)


def described(found: Fingerprint, octets: int) -> tuple[b.Block, ...]:
    """Describe a fingerprint: what it says of its model, what it sees, what it reveals."""
    header = found.header
    matrices = sum(part.matrix is not None for part in header.parts)
    rows: list[tuple[b.Text, b.Cell]] = [
        (Said("Model"), short_name(found.name)),
        (Said("Revision"), header.commit or Said("none stated")),
        (Said("From (claimed)"), header.released or Said("not said")),
        (Said("Family"), prose(header.family)),
        (Said("Parameters"), count(header.parameters)),
        (Said("Width, layers"), f"{header.width or '–'}, {header.layers}"),
        (Said("Drawn"), amount(matrices, "matrix", "matrices")),
        (Said("Size"), size(octets)),
        (Said("Digest"), b.Code(found.sha256, line=True)),
    ]
    return b.present(
        b.Facts(tuple(rows)),
        b.Paragraph(_sees(found)),
        b.Paragraph(prose(header.problem)) if header.problem else None,
        b.Paragraph(_reveals(found)),
    )


def _sees(found: Fingerprint) -> Said:
    """Say what it would see of a model like itself, by the test of its layers."""
    rows = [row for row in likeness(found, found).rows if row.part == LAYERS]
    least = min((n for r in rows if (n := r.smallest(_STOP)) is not None), default=None)
    if least is None:
        return Said("Only equal values can be found by it.")
    return Said(
        "In a model of its shape it finds weights that correlate by {least:decimal} and more"
        " at a probability of {p:chance}.",
        least=least,
        p=_STOP,
    )


def _reveals(found: Fingerprint) -> Said:
    """Say what the file gives away, with the matrix of which it gives away most."""
    kept = [array.shape[1] for name, array in found.arrays.items() if name.startswith("answers")]
    drawn = found.arrays["columns"].shape[1] if "columns" in found.arrays else 0
    shares = [
        drawn / part.units + (sum(kept) / found.header.width if part.rows else 0)
        for part in found.header.parts
        if part.matrix is not None and found.header.width
    ]
    return Said(
        "It reveals how gains and biases rank, how long neurons are, rounded sums of rows of each"
        " matrix and what rows answer to some of them (at most {most:share} of what would describe"
        " a matrix), and digests by which whoever has a matrix can tell that this model has it"
        " too.",
        most=min(1.0, max(shares, default=0.0)),
    )


def told(found: Fingerprint, octets: int) -> dict[str, Any]:
    """Return the header of a fingerprint, its digest and size."""
    fields = found.header.model_dump(mode="json", exclude={"parts"})
    matrices = sum(part.matrix is not None for part in found.header.parts)
    return {**fields, "matrices": matrices, "bytes": octets, "sha256": found.sha256}


def answered(answer: Answer) -> tuple[b.Block, ...]:
    """Say what a library answers: relatives, the closest first, and how many were asked."""
    related = answer.related
    undecided = answer.of(Standing.UNDECIDED)
    return b.present(
        b.Paragraph((_mark(answer), "", _verdict(answer))),
        *(block for c in related[:_SHOWN] for block in _relative(c)),
        b.Paragraph(Said("and {n:count} more: see --json", n=len(related) - _SHOWN))
        if len(related) > _SHOWN
        else None,
        *b.bulleted(Said("Inconclusive about"), tuple(map(_reasoned, undecided[:_SHOWN])), 3),
        *b.bulleted(Said("Who was asked"), tuple(_asked(answer)), 3),
        *b.bulleted(Said("Limits"), _LIMITS, 3),
    )


def _mark(answer: Answer) -> b.Badge:
    if answer.related:
        return b.Badge(Said("RELATED"), "fail")
    return b.Badge(Said("NONE OF THESE") if answer.is_decided else Said("INCONCLUSIVE"), "")


def _verdict(answer: Answer) -> Said:
    name, unseen = quoted(answer.subject.name), len(answer.of(Standing.UNSEEN))
    if answer.related:
        return Said(
            "{name} shares weights, or a random start, with {n:count} of {all:count} models in the"
            " library.",
            name=name,
            n=len(answer.related),
            all=answer.members,
        )
    if unseen:
        return Said("{name} is none of these {n:count}, by these tests.", name=name, n=unseen)
    return Said("No model of the library could be ruled in or out for {name}.", name=name)


def _relative(found: Candidate) -> tuple[b.Block, ...]:
    parts = tuple(PARTS[part] for part in found.parts)
    lines: list[b.Text] = []
    if found.standing is Standing.SAME:
        lines.append(Said("All of its matrices stand in it, value for value, up to a cast."))
    elif found.equal:
        lines.append(Said("{of:share} of its values are the same.", of=found.equal))
    if parts:
        lines += [
            Said(
                "Agreeing: {parts}. Closeness {closeness:decimal} (1 is the same).",
                parts=parts,
                closeness=found.closeness,
            ),
            _chance(found),
        ]
    lines += [Said("{why:sentence}.", why=why) for why in found.reasons]
    return (
        b.Paragraph(b.Strong(short_name(found.name))),
        b.Section(tuple(b.Paragraph(line) for line in (*lines, _claims(found))), kind="indent"),
    )


def _chance(found: Candidate) -> Said:
    tail = Said(", after correction for every test and every member of the library")
    return warrant(found.log10_p, found.kind if found.parts else PKind.NONE, tail)


def _claims(found: Candidate) -> Said:
    if found.header.released is None:
        return Said("Digest {digest}.", digest=found.sha256[:12])
    return Said(
        "Digest {digest}; said to be from {day}, which nobody checked.",
        digest=found.sha256[:12],
        day=found.header.released,
    )


def _reasoned(found: Candidate) -> Said:
    return Said("{name}: {why:semicolons}", name=short_name(found.name), why=found.reasons)


def _asked(answer: Answer) -> Iterable[Said]:
    """Count the members by what was asked of them, and name the error of all together."""
    yield Said(
        "{n:count} of {all:count} were tested in full, the nearest by an index first; the chance"
        " that any independent one is named is at most {p:chance}, over all of the library.",
        n=len(answer.candidates),
        all=answer.members,
        p=BAR,
    )
    if unseen := len(answer.of(Standing.UNSEEN)):
        yield Said("{n:count} showed nothing.", n=unseen)
    left = answer.members - len(answer.candidates) - len(answer.damaged)
    if left:
        yield Said("{n:count} were ranked only, and not tested (--all tests them).", n=left)
    for why, names in _grouped(answer.of(Standing.NOT_ASKED)).items():
        yield Said("{n:count} could not be asked: {why}", n=len(names), why=prose(why))
    if answer.damaged:
        yield Said(
            "{n:count} are damaged: {digests}",
            n=len(answer.damaged),
            digests=tuple(digest[:12] for digest, _ in answer.damaged[:_SHOWN]),
        )


def _grouped(found: Iterable[Candidate]) -> dict[Said, list[str]]:
    grouped: dict[Said, list[str]] = {}
    for one in found:
        grouped.setdefault(one.reasons[0], []).append(one.name)
    return grouped


def answer_told(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain values."""
    return {
        "model": answer.subject.name,
        "members": answer.members,
        "tested": len(answer.candidates),
        "log10_family_wise_error": BAR,
        "decided": answer.is_decided,
        "related": [c.name for c in answer.related],
        "candidates": [_told(c) for c in answer.candidates],
        "damaged": [{"sha256": digest, "reason": why} for digest, why in answer.damaged],
    }


def _told(found: Candidate) -> dict[str, Any]:
    return {
        "name": found.name,
        "sha256": found.sha256,
        "standing": found.standing.value,
        "log10_p_corrected": _short(found.log10_p),
        "p_kind": found.kind.value,
        "closeness": _short(found.closeness),
        "parts": list(found.parts),
        "equal_values": _short(found.equal),
        "equal_values_in_another_order": _short(found.moved),
        "smallest_correlation_seen": _short(found.smallest),
        "smallest_correlation_seen_in_any_basis": _short(found.turned),
        "reasons": [str(why) for why in found.reasons],
        "claimed": {
            "name": found.header.name,
            "published": found.header.published,
            "commit": found.header.commit,
            "released": found.header.released,
        },
        "tests": [_row(row) for row in found.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "part": row.part,
        "p_kind": row.kind.value,
        "log10_p": _short(row.log10_p),
        "effect": _short(row.effect),
        "units": row.units,
        "counts": row.counts,
    }


def _short(value: float | None) -> float | None:
    from audit.weights.statistics.interface import rounded

    return None if value is None else rounded(value)
