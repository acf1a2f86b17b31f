# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B7: the order in which the detectors are asked, and what they say together."""

from __future__ import annotations

from dataclasses import replace

from audit.record.derivation import NOT_SAID, Derivation, DerivationKind, Direction, Origin
from audit.record.said import Said, joined
from audit.record.weights import Component, Relation
from audit.weights.origin.adapter import adapter_merged
from audit.weights.origin.basis import basis_changed, reordered
from audit.weights.origin.conversion import verified
from audit.weights.origin.depth import LayerMap, depth_changed, layer_map
from audit.weights.origin.experts import experts_made
from audit.weights.origin.grid import MANTISSA_BITS
from audit.weights.origin.quantised import quantised, stored_as_codes
from audit.weights.origin.residual_width import residual_width_changed
from audit.weights.origin.trace import Trace
from audit.weights.origin.traces import read_traces
from audit.weights.origin.tuned import copied, tuned
from audit.weights.origin.vocabulary import vocabulary_changed
from audit.weights.origin.width import width_changed
from audit.weights.origin.zeros import TWO_IN_FOUR, weights_pruned
from audit.weights.pairing.pairs import Pair, Pairing
from audit.weights.statistics.seen import EqualParts, Likeness, Seen, Undone

_NOTHING = Said(
    "No direction: neither model contains the other; the change could have gone both ways."
)
_ARRANGED = Said(
    "No direction: what follows holds only if the reference is older by other evidence."
)
_REPEATING = frozenset({DerivationKind.UPCYCLED, DerivationKind.DEPTH_UPSCALED})
_DIGITS = Said("Could be arranged: digits can be made up and added to the reference.")
_VALUES = Said("Could be arranged: values can be made up in the reference where these are zero.")
_SHARED = frozenset({Relation.COPY, Relation.DERIVED})


def examine(
    relation: Relation,
    components: tuple[Component, ...],
    seen: Seen,
    pairing: Pairing,
) -> Origin:
    """Say how the suspect was made from the reference and which came first.

    Parameters
    ----------
    relation, components
        What the decision rule concluded; anything but reuse of trained weights gives
        :data:`NOT_SAID`.
    seen, pairing
        What was seen, and the two opened models; sampled windows are read again.
    """
    return verified(_examined(relation, components, seen, pairing), pairing)


def _examined(
    relation: Relation, components: tuple[Component, ...], seen: Seen, pairing: Pairing
) -> Origin:
    alone = seen.of(EqualParts) is not None and not seen.all(Likeness) and not seen.of(Undone)
    if (
        alone
        or pairing.loose
        or relation not in _SHARED | {Relation.DISGUISED, Relation.COMPONENT_REUSE}
    ):
        return NOT_SAID  # found by values alone: what was paired says nothing of it
    if relation is Relation.COPY:
        return _held(_cut_copy(pairing) or _copy(pairing))
    if relation is Relation.DISGUISED:
        return Origin(derivation=basis_changed(seen.of(Undone), pairing), reasons=(_NOTHING,))
    if relation is Relation.COMPONENT_REUSE:
        return Origin(derivation=_part(components), reasons=(_NOTHING,))
    if pairing.across:
        return _held(residual_width_changed(seen, pairing))
    found = _held(_derived(pairing, components))
    return found if found.reasons else replace(found, reasons=(_NOTHING,))


def _held(found: Origin) -> Origin:
    """Take back a direction that whoever publishes the reference could arrange for nothing.

    Digits, values and units can be made up and added to the audited model's, layers that write
    nothing left out of it. What stays: units of one model that repeat units of the other.
    """
    kind = found.derivation.kind if found.derivation else None
    if found.direction is not Direction.FROM_REFERENCE or kind in _REPEATING:
        return found
    return replace(found, direction=None, reasons=(_ARRANGED, *found.reasons))


def _cut_copy(pairing: Pairing) -> Origin | None:
    """Name what was left out where all values that stayed are equal."""
    mine, theirs = pairing.layouts
    if mine.layers != theirs.layers:
        found = layer_map(pairing)
        return None if found is None else depth_changed(found, pairing.layouts)
    if mine.has_experts != theirs.has_experts:
        return experts_made(pairing, {i: i for i in range(mine.layers)})
    return vocabulary_changed(pairing)


def _copy(pairing: Pairing) -> Origin:
    """A cast loses digits; a value held in a finer type than it needs says nothing."""
    codes = stored_as_codes(pairing.pairs)
    if codes is not None:
        return Origin(
            derivation=codes, reasons=(Said("No direction: equal values are older on no side."),)
        )
    derivation = copied(pairing.pairs)
    if derivation.kind is not DerivationKind.CAST:
        return Origin(
            derivation=derivation,
            reasons=(Said("No direction: equal values are older on no side."),),
        )
    mine, theirs = (
        pairing.pairs[0].suspect.header.dtype,
        pairing.pairs[0].reference.header.dtype,
    )
    if MANTISSA_BITS[mine] < MANTISSA_BITS[theirs] and not _representable(pairing):
        return Origin(
            derivation=derivation,
            direction=Direction.FROM_REFERENCE,
            reasons=(
                Said(
                    "Precision: the values are the reference's in {theirs}, rounded to {mine}; the "
                    "digits that rounding took away cannot be had from them.",
                    theirs=theirs,
                    mine=mine,
                ),
                _DIGITS,
            ),
        )
    return Origin(
        derivation=derivation,
        reasons=(Said("No direction: digits below the coarser type can be added by anybody."),),
    )


def _representable(pairing: Pairing) -> bool:
    """Whether the reference's values need no more digits than the suspect's type has."""
    for pair in pairing.sampled:
        block = pairing.block(pair)
        if not bool((block.suspect == block.reference).all()):
            return False
    return True


def _part(components: tuple[Component, ...]) -> Derivation:
    shared = [c.name for c in components if c.relation in _SHARED]
    parts = joined(", ", map(Said.plain, shared)) or Said("parts")
    return Derivation(
        kind=DerivationKind.PARTIAL_REUSE,
        sentence=Said("Only these parts come from one source: {parts}.", parts=parts),
        detail=parts,
    )


def _derived(pairing: Pairing, components: tuple[Component, ...]) -> Origin:
    """Ask for changes of structure first, then for patterns, then for the amount of change."""
    layouts = pairing.layouts
    found = layer_map(pairing) if layouts[0].layers != layouts[1].layers else None
    pairing = _mapped(pairing, found)
    layers = _layers(pairing, found)
    structure = (
        experts_made(pairing, layers)
        if layouts[0].has_experts != layouts[1].has_experts
        else _resized(pairing, found, layers)
    )
    traces = read_traces(pairing)
    vocabulary, codes = vocabulary_changed(pairing), stored_as_codes(pairing.pairs)
    if structure is not None:
        return _with(structure, _amount(traces), vocabulary)
    if vocabulary is not None:
        return _with(
            vocabulary, _patterns(_inside(traces), codes) or _amount(_inside(traces)), None
        )
    if _apart(components, "embeddings"):
        return Origin(derivation=_part(components))
    pattern = _patterns(traces, codes) or codes
    if pattern is not None:
        return _pattern(pattern)
    return Origin(derivation=reordered(pairing, layers, traces) or tuned(traces))


def _patterns(traces: tuple[Trace, ...], codes: Derivation | None) -> Derivation | None:
    zeros = weights_pruned(traces)
    if codes is not None and zeros is not None and zeros.detail != TWO_IN_FOUR:
        zeros = None  # zero is a level of most codes: what lies about it is rounded there
    return quantised(traces) or zeros or adapter_merged(traces)


def _apart(components: tuple[Component, ...], name: str) -> bool:
    """Whether a part was tested and shares nothing."""
    return any(c.name == name and c.relation is Relation.NO_SHARED_WEIGHTS for c in components)


def _resized(pairing: Pairing, found: LayerMap | None, layers: dict[int, int]) -> Origin | None:
    deeper = None if found is None else depth_changed(found, pairing.layouts)
    return deeper or width_changed(pairing, layers)


def _inside(traces: tuple[Trace, ...]) -> tuple[Trace, ...]:
    return tuple(t for t in traces if t.pair.suspect.layer is not None)


def _with(origin: Origin, amount: Derivation | None, vocabulary: Origin | None) -> Origin:
    """Add what else changed to the main change."""
    if origin.derivation is None:
        return origin
    rows = None if vocabulary is None else vocabulary.derivation
    also = [d.kind for d in (amount, rows) if d is not None]
    if not also:
        return origin
    said = [d.sentence for d in (origin.derivation, amount) if d is not None]
    changed = replace(origin.derivation, also=tuple(also), sentence=joined(" ", said))
    return replace(origin, derivation=changed)


def _amount(traces: tuple[Trace, ...]) -> Derivation | None:
    """How much the corresponding tensors changed; ``None`` when they are equal."""
    changed = tuple(t for t in traces if t.pair.component != "feed-forward")
    return None if all(t.equal for t in changed) else tuned(changed)


def _pattern(pattern: Derivation) -> Origin:
    """Rounding and zeroing lose what the other side still has; a small difference does not."""
    lossy = {
        DerivationKind.QUANTISED: Said(
            "Precision: the values lie on a grid on which the reference's do not; the digits that"
            " rounding took away cannot be had from them."
        ),
        DerivationKind.WEIGHTS_PRUNED: Said(
            "Containment: the weights that are zero here have trained values in the reference."
        ),
    }
    reason = lossy.get(pattern.kind)
    if reason is None:
        return Origin(
            derivation=pattern,
            reasons=(Said("No direction: the same small difference leads both ways."),),
        )
    if pattern.also or pattern.fraction is None:
        return Origin(
            derivation=pattern,
            reasons=(
                Said(
                    "No direction: the pattern alone does not explain the change, so both may come "
                    "from a third model."
                ),
            ),
        )
    arranged = _VALUES if pattern.kind is DerivationKind.WEIGHTS_PRUNED else _DIGITS
    return Origin(
        derivation=pattern, direction=Direction.FROM_REFERENCE, reasons=(reason, arranged)
    )


def _layers(pairing: Pairing, found: LayerMap | None) -> dict[int, int]:
    if found is None:
        return {i: i for i in range(pairing.layouts[0].layers)}
    return {i: j for i, j in enumerate(found.mapped) if j is not None}


def _mapped(pairing: Pairing, found: LayerMap | None) -> Pairing:
    """Pair the layers as the map says; tensors outside the layers stay as they were."""
    if found is None:
        return pairing
    places = {(s.role, s.layer, s.expert): s for s in pairing.layouts[1].slots}
    pairs = [p for p in pairing.pairs if p.suspect.layer is None]
    for slot in pairing.layouts[0].slots:
        other = None if slot.layer is None else found.mapped[slot.layer]
        match = places.get((slot.role, other, slot.expert)) if other is not None else None
        if match is not None and len(match.shape) == len(slot.shape):
            pairs.append(Pair(suspect=slot, reference=match))
    return replace(pairing, pairs=tuple(pairs)) if len(pairs) > 1 else pairing
