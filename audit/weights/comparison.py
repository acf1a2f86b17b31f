# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One suspect against one reference, from two inventories to one conclusion."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial

from audit import rules
from audit.inventory import Inventory
from audit.progress import SILENT, Progress
from audit.record.weights import Comparison, Relation
from audit.weights import battery
from audit.weights.battery import Measured
from audit.weights.context.correspondence import correspondence
from audit.weights.context.spread import spread_context
from audit.weights.model import devices
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.fixed_positions import with_fixed_positions
from audit.weights.model.layout import Layout, describe
from audit.weights.origin import examine
from audit.weights.pairing import residual_maps
from audit.weights.pairing.alignment import Pair, layer_maps, pair_layers, pair_up, sampled
from audit.weights.pairing.equality import equal_share
from audit.weights.pairing.feed_forward import measure_split
from audit.weights.pairing.reserved import measure_reserved
from audit.weights.pairing.rotation import Unrotated, measure_rotation
from audit.weights.pairing.setting import Setting
from audit.weights.pairing.undoing import measure_undone
from audit.weights.rule.calibrated import measure_calibrated
from audit.weights.rule.conclusion import Conclusion, conclude, undecided
from audit.weights.rule.power import with_control
from audit.weights.rule.unread_shards import with_unread_shards
from audit.weights.statistics.aligned_weights import Alignment

_AS_GOOD = 0.75
"""A layer whose neurons match another's much less than a third layer's do is not that layer."""


def compare(
    suspect: Inventory,
    reference: Inventory,
    *,
    references: int = 1,
    seed: int = 0,
    device: str = "cpu",
    controls: tuple[Inventory, ...] = (),
    progress: Progress = SILENT,
) -> Comparison:
    """Test whether the suspect's weights are independent of the reference's.

    Parameters
    ----------
    suspect, reference : Inventory
        Two folders; only their weights and tokenizers are opened.
    references : int
        How many references the suspect is compared with in this audit; every p-value is
        corrected for it.
    seed : int
        Draws the split of dimensions into a half to search and a half to test.
    device : str
        Where tensors are computed on: ``"cpu"`` or ``"cuda"``.
    controls : tuple of Inventory
        Models known to be independent of both; calibrated scores are read against them too.

    Returns
    -------
    Comparison
        What could not be tested is in ``evidence`` and ``limits`` with its reason.

    Raises
    ------
    UsageError
        If there is no such device here.
    """
    devices.require(device)
    layouts = _layouts(suspect, reference)
    problem = _problem(*layouts)
    if problem is not None:
        return _result(suspect, reference, layouts, undecided(problem))
    with Checkpoint(suspect, device) as s, Checkpoint(reference, device) as r:
        setting = Setting(
            inventories=(suspect, reference),
            layouts=(with_fixed_positions(layouts[0], s), with_fixed_positions(layouts[1], r)),
            checkpoints=(s, r),
            seed=seed,
            device=device,
            controls=controls,
        )
        return _compare(setting, references, progress)


def _compare(setting: Setting, references: int, progress: Progress) -> Comparison:
    """Try the layer maps, run the exact tests, then what they call for, then conclude."""
    name = setting.inventories[1].name
    tried = _paired(setting)
    if not tried:
        problem = "no tensors of the same role and width could be paired"
        return _result(*setting.inventories, setting.layouts, undecided(problem))
    measured, setting = _strongest(setting, tried, progress)
    _complete(measured, setting, progress)
    settle = partial(
        conclude,
        measured,
        setting,
        multiplicity=references * len(tried),
        references=references,
    )
    conclusion = settle()
    if conclusion.needs_equality:
        headers = (setting.inventories[0].tensors, setting.inventories[1].tensors)
        conclusion = settle(equal_share=equal_share(setting.pairs, headers, *setting.checkpoints))
    elif conclusion.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE):
        measured.reserved = measure_reserved(setting)
        measured.unrotated = _unrotated(measured, setting)
        # Calibrated tests join here, and only here: see ``calibrated.measure_calibrated``.
        with progress.task(f"Looking for {name} in another basis", None):
            measured.calibrated = measure_calibrated(setting, measured.embedding)
        conclusion = with_control(settle(), measured, setting, multiplicity=references * len(tried))
    # Forensics after a positive join here: they read what was measured and enter no relation.
    origin = examine(conclusion.relation, conclusion.components, measured, setting)
    return _result(
        *setting.inventories,
        setting.layouts,
        replace(conclusion, origin=origin),
        measured=measured,
        setting=setting,
    )


def _paired(setting: Setting) -> list[tuple[Pair, ...]]:
    """Return the pairs of each layer map under which anything corresponds."""
    maps = layer_maps(*setting.layouts)
    return [pairs for pairs in (pair_up(*setting.layouts, m) for m in maps) if pairs]


def _strongest(
    setting: Setting, tried: list[tuple[Pair, ...]], progress: Progress
) -> tuple[Measured, Setting]:
    """Measure under every layer map; keep the strongest (all of them are corrected for)."""
    total = sum(len(sampled(pairs)) for pairs in tried)
    with progress.task(f"Comparing with {setting.inventories[1].name}", total) as advance:
        runs = [
            (battery.measure(_testable(pairs, setting), setting, advance=advance), i)
            for i, pairs in enumerate(tried)
        ]
    measured, chosen = max(runs, key=lambda run: _strength(run[0]))
    return measured, replace(setting, pairs=tried[chosen])


def _layouts(suspect: Inventory, reference: Inventory) -> tuple[Layout, Layout]:
    """Describe both by family file; by shape when one of them has none."""
    first, second = describe(suspect), describe(reference)
    if first.inferred != second.inferred and first.slots and second.slots:
        return describe(suspect, infer=True), describe(reference, infer=True)
    return first, second


def _problem(suspect: Layout, reference: Layout) -> str | None:
    for layout, who in ((suspect, "the audited model"), (reference, "the reference")):
        if layout.problem is not None:
            return f"{who}: {layout.problem}"
    return None


def _testable(pairs: tuple[Pair, ...], setting: Setting) -> tuple[Pair, ...]:
    """Leave out what is not exchangeable when positions label the residual dimensions."""
    if setting.labelled_axis is None:
        return pairs
    return tuple(p for p in pairs if not p.is_vector and p.suspect.layer is not None)


def _strength(measured: Measured) -> float:
    if measured.across is not None:
        return max((-m.log10_p for m in measured.across.components.values()), default=0.0)
    found = [a.permutation.z for a in measured.components.values() if not isinstance(a, str)]
    return max(found, default=0.0)


def _complete(measured: Measured, setting: Setting, progress: Progress) -> None:
    """Run the tests that need more than one pass over the pairs."""
    if setting.labelled_axis:
        reason = f"residual dimensions are distinguishable: {setting.labelled_axis}"
        measured.embedding = measured.vectors = measured.split = reason
        return
    layouts = setting.layouts
    measured.embedding, measured.planted_embedding = residual_maps.embedding(setting)
    if layouts[0].has_experts != layouts[1].has_experts and not setting.across:
        measured.experts = battery.measure_experts(setting.pairs, *setting.checkpoints)
    chosen = residual_maps.best_map(setting, measured.embedding)
    if chosen is not None and (setting.across or not chosen[0].in_order):
        measured.undone = measure_undone(setting, *chosen)
    if setting.across:
        measured.split = "the residual streams differ in width; see neuron-order"
    elif _neurons_stay(measured) and layouts[0].blocks == layouts[1].blocks:
        measured.split = "not needed: the neurons agree where they stand"
    else:
        with progress.task(f"Matching neurons with {setting.inventories[1].name}", None):
            measured.split = measure_split(layouts, setting.checkpoints, seed=setting.seed)
        _follow_layers(measured, setting)


def _unrotated(measured: Measured, setting: Setting) -> Unrotated | str | None:
    """Undo a rotation of the residual stream, unless a permutation explains the tables."""
    permuted = measured.undone is not None and measured.undone.confident
    if setting.labelled_axis is not None or setting.across or permuted:
        return None
    return measure_rotation(setting)


def _follow_layers(measured: Measured, setting: Setting) -> None:
    """Apply the guard to the layers where the neurons stand, if that is not where they were paired.

    Layers that were shuffled, left out or repeated agree with their own origin only, and a layer
    without one agrees with none.
    """
    if isinstance(measured.split, str):
        return
    bar = rules.weight_thresholds().alpha_derived
    certain = [b for b in measured.split.blocks if b.permutation.log10_p <= bar]
    best: dict[int, float] = defaultdict(float)
    for block in certain:
        best[block.reference[0]] = max(best[block.reference[0]], block.matched)
    moved = {
        b.suspect[0]: b.reference[0]
        for b in certain
        if b.matched >= _AS_GOOD * best[b.reference[0]]
    }
    layered = [p for p in setting.pairs if p.suspect.layer is not None]
    paired = {(p.suspect.layer, p.reference.layer) for p in layered}
    if moved and set(moved.items()) != paired:
        pairs = pair_layers(*setting.layouts, moved)
        measured.containment = battery.containment_of(pairs, setting)


def _neurons_stay(measured: Measured) -> bool:
    """Whether the feed-forward layers agree row by row, so that no neuron need be sought."""
    aligned = measured.components.get("feed-forward")
    bar = rules.weight_thresholds().alpha_derived
    return isinstance(aligned, Alignment) and aligned.permutation.log10_p <= bar


def _result(
    suspect: Inventory,
    reference: Inventory,
    layouts: tuple[Layout, Layout],
    conclusion: Conclusion,
    *,
    measured: Measured | None = None,
    setting: Setting | None = None,
) -> Comparison:
    pairs = setting.pairs if setting else ()
    paired = sum(p.suspect.parameters for p in pairs)
    named = {p.suspect.header.name for p in pairs}
    total = layouts[0].parameters
    maps, no_maps = correspondence(setting, measured) if setting and measured else ((), "")
    found = Comparison(
        suspect=suspect.name,
        reference=reference.name,
        relation=conclusion.relation,
        summary=conclusion.summary,
        log10_p=conclusion.log10_p,
        effect=conclusion.effect,
        p_kind=conclusion.p_kind,
        components=conclusion.components,
        evidence=conclusion.evidence,
        kind=conclusion.origin.derivation,
        direction=conclusion.origin.direction,
        direction_reasons=conclusion.origin.reasons,
        power=conclusion.power,
        certificate=conclusion.certificate,
        family_suspect=layouts[0].family,
        family_reference=layouts[1].family,
        coverage=float(f"{paired / total:.4f}") if total else 0.0,
        bytes_read=setting.bytes_read if setting else 0,
        limits=conclusion.limits,
        spread=spread_context(measured.spread if measured else (), setting),
        maps=maps,
        maps_reason=no_maps or None,
        tensors_paired=len(named),
        tensors_unpaired=tuple(t.name for t in suspect.tensors if t.name not in named)
        if named
        else (),
    )
    return with_unread_shards(found, suspect, reference)
