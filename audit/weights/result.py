# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes what a comparison found as it goes into the record."""

from __future__ import annotations

from audit.inventory import Inventory
from audit.record.absent import Absent
from audit.record.assurance import Certificate
from audit.record.derivation import Origin
from audit.record.said import Said
from audit.record.weights import Comparison, PKind, Relation
from audit.weights.context.correspondence import correspondence
from audit.weights.context.spread import spread_context
from audit.weights.model.slots import Layout
from audit.weights.pairing.planting import Sample
from audit.weights.rule.judge import Case, Decision
from audit.weights.rule.limits import STANDING_LIMITS, limits, unread
from audit.weights.statistics.seen import Seen

NOTHING_PAIRED = Absent(Said("no tensors of the same role and width could be paired"))


def compared(
    case: Case, decision: Decision, certificate: Certificate | None, origin: Origin
) -> Comparison:
    """Return the comparison of two models that could be paired."""
    pairing, suspect = case.pairing, case.pairing.inventories[0]
    maps = correspondence(pairing, case.seen)
    named = {p.suspect.header.name for p in pairing.pairs}
    sample = case.seen.of(Sample) or Sample()
    total = pairing.layouts[0].parameters
    return Comparison(
        suspect=suspect.name,
        reference=pairing.name,
        relation=decision.relation,
        summary=decision.summary,
        log10_p=decision.log10_p,
        effect=decision.effect,
        p_kind=decision.p_kind,
        components=decision.components,
        evidence=case.seen.rows,
        kind=origin.derivation,
        direction=origin.direction,
        direction_reasons=origin.reasons,
        power=case.power or (),
        certificate=certificate,
        family_suspect=pairing.layouts[0].family,
        family_reference=pairing.layouts[1].family,
        coverage=float(f"{case.parameters / total:.4f}") if total else 0.0,
        limits=(*case.tried.unread, *limits(pairing, sample.dropped, decision.components)),
        spread=spread_context(case.seen, pairing),
        maps=() if isinstance(maps, Absent) else maps,
        maps_reason=maps.reason if isinstance(maps, Absent) else None,
        tensors_paired=len(named),
        tensors_unpaired=tuple(t.name for t in suspect.tensors if t.name not in named),
        bytes_read=pairing.bytes_read,
    )


def uncompared(
    suspect: Inventory, reference: Inventory, layouts: tuple[Layout, Layout], why: Absent
) -> Comparison:
    """Return the comparison of two models that could not be compared."""
    return Comparison(
        suspect=suspect.name,
        reference=reference.name,
        relation=Relation.INCONCLUSIVE,
        summary=Said("Nothing could be compared: {why}.", why=why.reason),
        log10_p=None,
        effect=None,
        p_kind=PKind.NONE,
        components=(),
        evidence=(),
        kind=None,
        direction=None,
        family_suspect=layouts[0].family,
        family_reference=layouts[1].family,
        coverage=0.0,
        bytes_read=0,
        limits=(
            *unread(suspect, reference),
            Said("Not compared: {why}.", why=why.reason),
            *STANDING_LIMITS,
        ),
        spread=spread_context(Seen()),
    )


def problem(suspect: Layout, reference: Layout) -> Absent | None:
    """Say why two models cannot be compared, if they cannot."""
    for layout, who in (
        (suspect, Said("the audited model")),
        (reference, Said("the reference")),
    ):
        if layout.problem is not None:
            return Absent(Said("{who}: {why}", who=who, why=layout.problem))
    return None
