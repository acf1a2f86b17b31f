# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Two models of which one is known by its fingerprint: what of a comparison can still be said.

Equal values are the relations that they are anywhere. What tests show is dependence, and a
fingerprint does not tell trained weights from a random start in common; that nothing is seen
clears nobody. Both stay inconclusive, each with what it lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit import rules
from audit.fingerprints.given import fingerprint_of, is_given
from audit.fingerprints.identify import Candidate, judged
from audit.fingerprints.likeness import EMBEDDINGS, HEADS, LAYERS, NORMS, PARTS, ROWS, TABLES, Row
from audit.fingerprints.opened import Opened, paired
from audit.fingerprints.values import Shared, equal_values
from audit.progress import SILENT, Progress
from audit.record.library import Standing
from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Outcome, PKind, Relation
from audit.weights.context.spread import spread_context
from audit.weights.rule.by_values import of_shares
from audit.weights.rule.limits import STANDING_LIMITS
from audit.weights.statistics.aligned_weights import AlignedWeights, ColumnAgreement
from audit.weights.statistics.battery import BATTERY
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement
from audit.weights.statistics.interface import rounded
from audit.weights.statistics.norm_vectors import NormVectors
from audit.weights.statistics.seen import Seen
from audit.weights.statistics.undone_permutation import UndonePermutation

if TYPE_CHECKING:
    from audit.fingerprints.document import Fingerprint
    from audit.inventory import Inventory

_TESTS = {
    NORMS: NormVectors.id,
    TABLES: AlignedWeights.id,
    LAYERS: AlignedWeights.id,
    EMBEDDINGS: EmbeddingAgreement.id,
    ROWS: UndonePermutation.id,
    HEADS: UndonePermutation.id,
}
"""The test of the battery whose null and formula a part of a fingerprint is tested with."""
_NO_DIRECTION = Said("A fingerprint does not say which of two models came first.")
_NO_MAP = Said("a fingerprint holds no matrix to draw a map of")
_LIMITS = (
    Said(
        "Not told from a fingerprint: how one model was made from another, whether trained weights"
        " are shared or a random start, and that two models share nothing."
    ),
    Said(
        "How weights are drawn together is public, and who knows it can take out what a fingerprint"
        " sees; and nothing in a fingerprint shows that it is one of the model it names."
    ),
)


def compare(
    suspect: Inventory, reference: Inventory, *, references: int = 1, progress: Progress = SILENT
) -> Comparison:
    """Compare two models by their fingerprints, p-values corrected for all ``references``.

    Raises
    ------
    UsageError
        If a file is no fingerprint.
    """
    both = (suspect, reference)
    own, other = (fingerprint_of(one, progress=progress) for one in both)
    bar = rules.weight_thresholds().alpha_derived
    found = judged(own, other, references, bar)
    relation, summary = _concluded(own, other, found)
    related = found.standing in (Standing.SAME, Standing.RELATED)
    told = found.log10_p is not None and (related or not found.parts) and bool(found.rows)
    by_values = relation is not Relation.INCONCLUSIVE
    return Comparison(
        suspect=suspect.name,
        reference=reference.name,
        relation=relation,
        summary=summary,
        log10_p=rounded(found.log10_p) if told and found.log10_p is not None else None,
        effect=rounded(found.closeness) if told or by_values else None,
        p_kind=found.kind if told else PKind.NONE,
        components=(),
        evidence=tuple(dict.fromkeys(_evidence(row) for row in found.rows)),
        kind=None,
        direction=None,
        direction_reasons=(_NO_DIRECTION,),
        family_suspect=own.header.family,
        family_reference=other.header.family,
        coverage=_coverage(own, other),
        bytes_read=sum(_read(one) for one in both),
        limits=(*_whose(both), *_LIMITS, *STANDING_LIMITS),
        spread=spread_context(Seen()),
        maps_reason=_NO_MAP,
    )


def _concluded(own: Fingerprint, other: Fingerprint, found: Candidate) -> tuple[Relation, Said]:
    """Read values as they are read anywhere; else say what tests show and what they cannot."""
    for model, name in ((own, own.name), (other, other.name)):
        if model.is_empty:
            why = Said("no weights of {name} could be read", name=name)
            return Relation.INCONCLUSIVE, Said("Nothing could be compared: {why}.", why=why)
    (equal, moved), (back, returned) = equal_values(own, other), equal_values(other, own)
    shares = equal.share + moved.share, back.share + returned.share
    in_order = min(equal.share, back.share) >= rules.weight_thresholds().copy_coverage
    relation = of_shares(shares, equal.matrices + moved.matrices, in_order=in_order)
    if relation is Relation.DISGUISED and LAYERS in found.parts:
        relation = Relation.DERIVED  # the basis is as it was: neurons alone were reordered
    if relation is not None:
        return relation, _values(shares, equal, moved)
    if found.standing in (Standing.SAME, Standing.RELATED):
        return Relation.INCONCLUSIVE, Said(
            "The two are not independent: {parts} agree. Whether trained weights are shared, or"
            " only a random start, and which came first, cannot be told from a fingerprint.",
            parts=tuple(PARTS[part] for part in found.parts),
        )
    if found.standing is Standing.UNSEEN:
        return Relation.INCONCLUSIVE, Said(
            "Nothing in common was seen. Of a child whose layers correlate by {stored:decimal} in"
            " the stored basis, or whose rows do by {turned:decimal} in any other, something would"
            " have been; but a fingerprint clears nobody.",
            stored=found.smallest or 1.0,
            turned=found.turned or 1.0,
        )
    return Relation.INCONCLUSIVE, Said("Undecided: {why:semicolons}.", why=found.reasons)


def _values(shares: tuple[float, float], equal: Shared, moved: Shared) -> Said:
    return Said(
        "{share:share} of the audited model's digested values are the reference's ({n:count}"
        " matrices, {moved:count} of them in another order); {back:share} of the reference's are"
        " there.",
        share=min(1.0, shares[0]),
        n=equal.matrices + moved.matrices,
        moved=moved.matrices,
        back=min(1.0, shares[1]),
    )


def _evidence(row: Row) -> Evidence:
    test = (
        ColumnAgreement.id
        if row.kind is PKind.EXACT and row.part != EMBEDDINGS
        else _TESTS[row.part]
    )
    return Evidence(
        test=test,
        version=BATTERY[test],
        scope="embeddings" if row.part == EMBEDDINGS else "model",
        outcome=Outcome.COMPUTED,
        p_kind=row.kind,
        statistic=rounded(row.effect),
        log10_p=rounded(row.log10_p),
        effect=rounded(min(1.0, max(0.0, row.effect))),
        n=row.units,
    )


def _coverage(own: Fingerprint, other: Fingerprint) -> float:
    """Share of the suspect's parameters in matrices of which both have something drawn."""
    if not own.header.parameters:
        return 0.0
    a, b = Opened(own), Opened(other)
    slots = {pair.suspect for pairs in paired(a, b) for pair in pairs}
    share = sum(slot.parameters for slot in slots) / own.header.parameters
    return float(f"{min(1.0, share):.4f}")


def _read(inventory: Inventory) -> int:
    if is_given(inventory):
        return sum(entry.size for entry in inventory.entries.values())
    return sum(tensor.nbytes for tensor in inventory.tensors)


def _whose(both: tuple[Inventory, Inventory]) -> tuple[Said, ...]:
    return tuple(
        Said("{name} is known by a fingerprint: its weights were drawn together.", name=one.name)
        for one in both
        if is_given(one)
    )
