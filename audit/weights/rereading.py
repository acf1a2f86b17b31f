# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads the evidence of a comparison once more, beside models that turned out to be independent."""

from __future__ import annotations

from dataclasses import replace

from audit.inventory import Inventory
from audit.progress import SILENT, Progress
from audit.record.weights import Comparison
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.origin.examine import examine
from audit.weights.result import compared
from audit.weights.rule.certificate import certificate
from audit.weights.rule.judge import Case
from audit.weights.rule.relation import decide
from audit.weights.statistics.battery import read_again


def reread(
    case: Case,
    bytes_read: int,
    controls: tuple[Inventory, ...],
    *,
    progress: Progress = SILENT,
) -> Comparison:
    """Return what comparing with ``controls`` from the start would return; only they are tested.

    ``case`` and ``bytes_read`` are what a comparison without controls was told to keep.
    """
    suspect, reference = case.pairing.inventories
    device = case.pairing.device
    with Checkpoint(suspect, device) as a, Checkpoint(reference, device) as b:
        pairing = replace(
            case.pairing,
            checkpoints=(a, b),
            controls=controls,
            progress=progress,
            read_before=bytes_read,
        )
        again = replace(case, pairing=pairing, seen=read_again(pairing, case.seen))
        decision = decide(again)
        origin = examine(decision.relation, decision.components, again.seen, pairing)
        return compared(again, decision, certificate(again, decision.relation), origin)
