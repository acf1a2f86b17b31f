# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One suspect against one reference, from two inventories to one conclusion."""

from __future__ import annotations

from audit.inventory import Inventory
from audit.progress import SILENT, Progress
from audit.record.weights import Comparison
from audit.weights.model import devices
from audit.weights.model.alike import described
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.fixed_positions import with_fixed_positions
from audit.weights.origin.examine import examine
from audit.weights.pairing.loose import maps
from audit.weights.pairing.pairs import Pairing
from audit.weights.result import NOTHING_PAIRED, compared, problem
from audit.weights.rule.certificate import certificate
from audit.weights.rule.control import laid_out, with_control
from audit.weights.rule.judge import Keep, Tried, forget
from audit.weights.rule.limits import unread
from audit.weights.rule.looks import looks, settled
from audit.weights.rule.relation import decide
from audit.weights.statistics.battery import STATISTICS, first_pass, run
from audit.weights.statistics.interface import Phase
from audit.weights.statistics.seen import EqualValues
from audit.weights.unpaired import by_values


def compare(
    suspect: Inventory,
    reference: Inventory,
    *,
    references: int = 1,
    seed: int = 0,
    device: str = "cpu",
    salt: str = "",
    controls: tuple[Inventory, ...] = (),
    progress: Progress = SILENT,
    keep: Keep = forget,
) -> Comparison:
    """Test whether the suspect's weights are independent of the reference's.

    P-values are corrected for all ``references``; ``keep`` is handed the evidence.
    """
    # 1. Describe both models.
    layouts = described(*(both := (suspect, reference)))
    devices.prepare(device, (layout.width for layout in layouts))
    with Checkpoint(suspect, device) as a, Checkpoint(reference, device) as b:
        # 2. Pair their tensors, under every layer map; else compare values alone.
        opened = Pairing(
            inventories=both,
            layouts=(with_fixed_positions(layouts[0], a), with_fixed_positions(layouts[1], b)),
            checkpoints=(a, b),
            seed=seed,
            device=device,
            salt=salt,
            controls=controls,
            progress=progress,
        )
        if (why := problem(*layouts)) is not None or not (paired := maps(opened)):
            return by_values(STATISTICS, opened, why or NOTHING_PAIRED, references)
        for look in (tries := looks(paired)):
            # 3. Read the pairs once, and run what always runs.
            pairing, seen = first_pass(look)
            seen = run(Phase.ALWAYS, pairing, seen)
            # 4. Decide; what costs much to read is read only if that leaves a part open.
            how = Tried(references=references, maps=len(paired) * len(tries), unread=unread(*both))
            if settled(case := laid_out(STATISTICS, pairing, seen, how), decision := decide(case)):
                break
        if (decision.is_silent or pairing.loose) and seen.of(EqualValues) is None:
            # 5. Where that is silent, look in other bases, and ask what would have been seen.
            seen = run(Phase.CALIBRATED, pairing, run(Phase.IF_SILENT, pairing, seen))
            # 6. Decide once more, on all the evidence.
            case = laid_out(STATISTICS, pairing, seen, how)
            decision = decide(case := with_control(case) if decision.is_silent else case)
        keep(case, pairing.bytes_read)
        # 7. Say how one was made from the other, and what a negative covers.
        origin = examine(decision.relation, decision.components, seen, pairing)
        return compared(case, decision, certificate(case, decision.relation), origin)
