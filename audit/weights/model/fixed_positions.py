# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds position tables that were computed: they tell residual dimensions apart.

Where sinusoids of fixed frequencies are added to the residual stream, dimension ``j`` means
the same in every model that does so. Its labels are then not exchangeable, and agreement
between independent models is to be expected.
"""

from dataclasses import replace

from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.constructible import constructible, written_table
from audit.weights.model.slots import Layout

_ROWS = 256


def with_fixed_positions(layout: Layout, checkpoint: Checkpoint) -> Layout:
    """Return the layout, its residual axis labelled if a stored table is a grid or sinusoid."""
    if layout.labelled_axis is not None:
        return layout
    for slot in layout.slots:
        if slot.layer is None and len(slot.shape) == 2:
            table = checkpoint.rows(slot, 0, min(_ROWS, units(slot))).float()
            how = constructible(table)
            ordered = how is not None and "sinusoid" in how
            if how is None and slot.shape[slot.hidden_axis] == layout.width:
                how = written_table(table)
                ordered = how is not None
            if how is not None and ordered:
                return replace(
                    layout,
                    labelled_axis=Said("{header} is {how}", header=slot.header.name, how=how),
                )
    return layout
