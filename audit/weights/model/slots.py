# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the tests know about a checkpoint: its tensors with their meaning, and what is left out.

A slot is usually one stored tensor. Exporters also store several matrices in one tensor,
one after the other or stacked; each of them is then a slot of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Literal

from pydantic import Field

from audit.formats.tensors import PICKLED, TensorHeader
from audit.inventory import Inventory
from audit.record.said import Said
from audit.rules.loading import Strict
from audit.text.file_names import shortened

STACKS = frozenset({"encoder", "decoder", "vision", "text"})
"""What roles begin with in models of two stacks of layers."""
FLOATS = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
"""Stored types whose values are weights; integers may be packed codes and are not compared."""
BLOCKS = frozenset({
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K",
    "Q5_K", "Q6_K", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ1_S",
    "IQ1_M", "IQ4_NL", "IQ4_XS", "TQ1_0", "TQ2_0", "MXFP4",
})  # fmt: skip
"""Types of codes in blocks (GGUF) whose values can be computed."""


def unreadable(header: TensorHeader) -> Said | None:
    """Say why the values of a tensor cannot be had; ``None`` where they can."""
    if header.dtype in FLOATS or header.dtype in BLOCKS or header.coded:
        if header.stored is not None and header.nbytes == 0 and 0 not in header.shape:
            return Said("its values are not stored as plain bytes")
        return None
    if header.dtype == PICKLED:
        return Said("a pickle inside, which is never opened")
    return Said("stored as {dtype}: integers may be packed codes", dtype=header.dtype)


class Norms(Strict):
    """How the normalisations act, for whoever folds their gains into the matrices.

    ``offset`` is added to a stored gain before it scales; ``centred`` says that the mean
    is subtracted first. ``before`` maps the role of a matrix that reads the residual
    stream to the role of the gain that scales what it reads; ``after`` maps a matrix that
    writes to the gain that scales what it wrote. Both are empty where the stream itself
    is normalised, because then nothing can be folded.
    """

    offset: Literal[0, 1]
    centred: bool
    before: dict[str, str] = Field(default_factory=dict)
    after: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One matrix or vector with its meaning.

    ``hidden_axis`` is the index of the residual axis (0 or 1) in ``shape``; ``value_heads``
    is the number of value heads when rows are value dimensions that may be permuted
    inside a head, else ``None``; ``neuron_rows`` says that the other axis counts the
    neurons of one feed-forward layer, of a matrix that reads the residual stream.
    ``index`` is its place in a tensor that stacks matrices along a first axis; ``rows``
    is its range, start and stop, on the axis of the tensor that is not the residual one.
    """

    header: TensorHeader
    role: str
    component: str
    layer: int | None
    expert: int | None
    hidden_axis: int
    value_heads: int | None = None
    neuron_rows: bool = False
    index: int | None = None
    rows: tuple[int, int] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the matrix or vector, which may be a part of the stored tensor."""
        whole = self.header.shape if self.index is None else self.header.shape[1:]
        if self.rows is None:
            return tuple(whole)
        units = self.rows[1] - self.rows[0]
        return (whole[0], units) if self.hidden_axis == 0 else (units, whole[1])

    @property
    def is_whole(self) -> bool:
        """Whether the slot is all of the stored tensor."""
        return self.index is None and self.rows is None

    @property
    def parameters(self) -> int:
        """Number of elements."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Which axis of a tensor counts hidden units: in each of ``blocks`` gates, one after another.

    ``beside`` is the axis of the channels on the other side of the tensor, if it has one; what is
    left are places in a kernel.
    """

    axis: int
    blocks: int
    beside: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The checkpoint as the tests see it.

    ``width`` is the size of the residual stream, ``None`` with a ``problem`` when it
    could not be established. ``unused`` maps tensor names to the reason why they take
    no part. ``labelled_axis`` says why residual dimensions are distinguishable (fixed
    sinusoidal positions) or is ``None``. ``norms`` says how gains act, ``None`` when
    the layout was inferred. ``units`` is not empty where no residual stream was found: the axis
    of hidden units of each tensor, by name; ``streamed`` then says that one of the two models
    compared has a residual stream, whose basis may have been changed.
    """

    family: str
    inferred: bool
    width: int | None
    slots: tuple[Slot, ...]
    unused: dict[str, Said]
    parameters: int
    problem: Said | None = None
    labelled_axis: Said | None = None
    norms: Norms | None = field(default=None)
    units: Mapping[str, Units] = field(default_factory=dict)
    streamed: bool = False

    @property
    def layers(self) -> int:
        """Number of layers, counted by their indices."""
        return 1 + max((s.layer for s in self.slots if s.layer is not None), default=-1)

    @property
    def experts(self) -> int:
        """Number of experts in a layer, counted by their indices; 0 where it is dense."""
        return 1 + max((s.expert for s in self.slots if s.expert is not None), default=-1)

    @property
    def has_experts(self) -> bool:
        """Whether the feed-forward layers are split into experts."""
        return any(s.expert is not None for s in self.slots)


def undescribed(family: str, problem: Said) -> Layout:
    """Return the layout of a checkpoint that cannot be described, with the reason."""
    return Layout(
        family=family,
        inferred=True,
        width=None,
        slots=(),
        unused={},
        parameters=0,
        problem=problem,
    )


def gains_before(layout: Layout) -> dict[Slot, Slot]:
    """Map each matrix that reads a normalised stream to the gain that scales what it reads.

    What the matrix does to the stream is ``W * (norms.offset + gain)``, column by column.
    """
    return _gains(layout, layout.norms.before if layout.norms else {})


def gains_after(layout: Layout) -> dict[Slot, Slot]:
    """Map each matrix whose output is normalised to the gain that scales it, row by row."""
    return _gains(layout, layout.norms.after if layout.norms else {})


def _gains(layout: Layout, roles: dict[str, str]) -> dict[Slot, Slot]:
    """Pair by role inside a layer; a gain outside the layers serves every layer."""
    wanted = set(roles.values())
    gains = {(s.role, s.layer): s for s in layout.slots if s.role in wanted}
    found = {}
    for slot in layout.slots:
        role = roles.get(slot.role, "")
        gain = gains.get((role, slot.layer)) or gains.get((role, None))
        if gain is not None:
            found[slot] = gain
    return found


def adapter_problem(inventory: Inventory) -> Said:
    """Say what an adapter is, and whose it says it is: its values mean nothing by themselves."""
    bases = [p.name for p in inventory.parents if p.relation == "adapter"]
    if bases:
        return Said(
            "the folder holds an adapter, declared as one of {base}: changes to a model and not the"
            " model, so there is nothing to compare until it is merged into its base",
            base=shortened(bases[0]),
        )
    return Said(
        "the folder holds an adapter: changes to a model and not the model, so there is nothing to"
        " compare until it is merged into its base"
    )


def stacks_of(layout: Layout) -> set[str]:
    """Return the stacks that a family file names in the roles of the layers; "" is none of them."""
    if layout.inferred:
        return {""}
    first = {slot.role.partition(".")[0] for slot in layout.slots if slot.layer is not None}
    return {name if name in STACKS else "" for name in first}


def alone(layout: Layout, stack: str) -> Layout:
    """Give the only stack of a model the roles that every model has: nothing tells it apart."""

    def plain(role: str) -> str:
        return role.removeprefix(f"{stack}.")

    slots = tuple(
        replace(slot, role=plain(slot.role), component=slot.component.removeprefix(f"{stack}-"))
        for slot in layout.slots
    )
    norms = layout.norms and layout.norms.model_copy(
        update={
            which: {plain(reader): plain(gain) for reader, gain in found.items()}
            for which, found in (("before", layout.norms.before), ("after", layout.norms.after))
        }
    )
    return replace(layout, slots=slots, norms=norms)
