# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The sentences in which the rule gives its reasons."""

from collections.abc import Sequence

from audit.record.said import Said, joined
from audit.record.weights import Evidence
from audit.weights.statistics.seen import EqualParts

ROTATED = Said(
    "The residual stream was rotated: once the rotation that the embeddings show is undone, the "
    "layers agree far beyond chance."
)
ONE_TABLE = Said(
    "Only one table or vector outside the layers agrees. It may be computed, or drawn from a seed "
    "that others use, and does not show that trained weights are shared."
)
START = Said(
    "The weights agree far beyond chance, but in one of the two nothing stands above the noise of "
    "a random start: the two share that start, and there are no trained weights to share."
)
START_OR_DESCENT = Said(
    "The two are dependent: they share trained weights, or only a common random start. What "
    "training wrote into them does not tell which."
)
ROTATED_APART = Said(
    "The residual stream was rotated. Once the rotation that the embeddings show is undone, the "
    "layers agree far beyond chance: the two are dependent. Whether they share trained weights or "
    "only a random start is not told, because neither model contains most of the other's weights."
)
OTHER_NEURONS = Said(
    "The layers agree beyond chance in another basis, but not as the same neurons: two trainings "
    "from one random start would look like this too."
)
UNCONTROLLED = Said(
    "Nothing was found. The positive control failed: a child of the reference with half of its "
    "weights' variation, planted in what was read, would not have been found."
)
NOT_FAR_ENOUGH = Said("Some agreement is beyond chance, but not far enough for a conclusion.")
NO_POWER_ACROSS = Said(
    "No test found any dependence, but the residual streams differ in width, and a child pruned to "
    "these shapes would not have been found on the rows that were read."
)
ALIKE_SPECTRA = Said(
    "Nothing was found where the units of hidden layers stand, but the singular values of the "
    "layers are as alike as those of a child whose units were reordered."
)
UNFOLLOWED = Said(
    "Nothing was found where the units of hidden layers stand, but one of the models has a residual"
    " stream, which the names and shapes of the other do not let follow: its basis may have been"
    " changed."
)
TOO_FEW = Said("Too few weights could be compared to exclude reuse.")
_TABLES = {"embed": Said("embeddings"), "unembed": Said("output head")}


def copied(share: float) -> Said:
    """Say how many values are equal."""
    return Said(
        "{share:share} of the values are equal, after casting to the coarser type.", share=share
    )


def beyond_chance(shared: Sequence[str], apart: Sequence[str]) -> Said:
    """Say which parts agree, and which were tested and do not."""
    agree = Said(
        "The weights are not independent: {parts} agree far beyond chance.", parts=_parts(shared)
    )
    if not apart:
        return agree
    none = Said("No shared weights were found in {parts}.", parts=_parts(apart))
    return joined(" ", (agree, none))


def by_part(shared: Sequence[str], apart: Sequence[str], left: Sequence[str]) -> Said:
    """Say which parts are shared, which are not, and which do not say."""
    said = [Said("Trained weights are shared in {parts}.", parts=_parts(shared))]
    if apart:
        said.append(Said("None were found in {parts}.", parts=_parts(apart)))
    if left:
        said.append(Said("Inconclusive: {parts}.", parts=_parts(left)))
    return joined(" ", said)


def _parts(names: Sequence[str]) -> Said:
    """Name parts of a model; their names are words (:data:`audit.weights.model.slots.PARTS`)."""
    return joined(", ", map(Said.plain, names))


def relabelled(source: str, *, borne_out: bool, apart: bool) -> Said:
    """Say what follows from a relabelling that the tables of role ``source`` show."""
    tables = _TABLES.get(source, Said("routers"))
    if not borne_out:
        return Said(
            "The {tables} match after a relabelling of the residual dimensions, but the layers do "
            "not bear it out.",
            tables=tables,
        )
    if not apart:
        return Said(
            "The residual dimensions were relabelled: once the relabelling that the {tables} show "
            "is undone, the layers agree far beyond chance.",
            tables=tables,
        )
    return Said(
        "The residual dimensions were relabelled. Once the relabelling that the {tables} show is "
        "undone, the layers agree far beyond chance: the two are dependent. Whether they share "
        "trained weights or only a random start is not told, because neither model contains most "
        "of the other's weights.",
        tables=tables,
    )


def likeness(alike: Sequence[str], *, controls: int, own: int, bound: float) -> Said:
    """Say what a calibrated score shows, and what its controls are worth."""
    return Said(
        "The exact tests establish nothing in the stored basis, but {alike} in another basis, "
        "order or scale. The likeness exceeds that of all {controls} control comparisons of "
        "independently trained models ({made}), which bounds the rate of false positives at "
        "{bound:upper-share} (95 % confidence); it is calibrated, not an exact probability.",
        alike=tuple(map(Said.plain, alike)),
        controls=controls,
        made=Said("{own} of them made in this audit", own=own)
        if own
        else Said("none of them made in this audit"),
        bound=bound,
    )


def likeness_apart(said: Said) -> Said:
    """Add that neither model contains the other."""
    return Said(
        "{said} Neither model contains most of the other's weights, though: whether the two share "
        "trained weights or only a random start is not told.",
        said=said,
    )


def contested(scope: str, score: float, best: float) -> Said:
    """Say that a control of this audit comes as close."""
    return Said(
        "In another basis, order or scale the {scope} layers look alike (score {score:fixed}), but"
        " so do those of a control of this audit ({best:fixed}): either models of this kind"
        " resemble each other, or the control is not independent.",
        scope=Said.plain(scope),
        score=score,
        best=best,
    )


def started_together(said: Said, rows: Sequence[Evidence]) -> Said:
    """Add that never-trained rows exclude independent starts exactly, if they do."""
    if not rows:
        return said
    return Said(
        "{said} That the two were not started independently is exact: rows of tokens that training "
        "never met agree ({rows}).",
        said=said,
        rows=_recognised(rows),
    )


def same_start(rows: Sequence[Evidence]) -> Said:
    """Say that only never-trained rows agree."""
    return Said(
        "Rows of tokens that training never met agree, in whatever basis they stand ({rows}): the "
        "two share a random start or a table of tokens. Whether trained weights were reused as "
        "well the other tests do not tell.",
        rows=_recognised(rows),
    )


def _recognised(rows: Sequence[Evidence]) -> Said:
    best = min(rows, key=lambda r: r.log10_p or 0.0)
    found = int(best.statistic or 0)
    return Said("{found} of {rows} rows recognised", found=found, rows=best.n or 0)


def unread(which: Said) -> Said:
    """Say that a negative speaks of a part of the model only."""
    return Said("Nothing was found in what could be read, but not all was. {which}", which=which)


def unpaired(share: float) -> Said:
    """Say that a negative would speak of a part of the hidden units only."""
    return Said(
        "Nothing was found where the two have layers of one shape, but those hold {share:share} of"
        " the audited model's weights only.",
        share=share,
    )


def partly(scope: str, clear: int, sought: int) -> Said:
    """Say that some units look alike, and the others do not."""
    return Said(
        "In another basis, order or scale {clear:count} of {sought:count} {scope} layers that were"
        " searched for look alike, the others do not: a part may have been reused.",
        clear=clear,
        sought=sought,
        scope=Said.plain(scope),
    )


def unearned(lacking: Sequence[Said]) -> Said:
    """Say what silence lacks to exclude reuse."""
    return Said(
        "No test found any dependence, but too little was tested to exclude it: {lacking}.",
        lacking=joined("; ", lacking),
    )


def bounded(bound: float) -> Said:
    """Say what a negative excludes where equal places mean equal dimensions."""
    return Said(
        "No test found any dependence. With 99 % confidence the correlation of corresponding "
        "matrices is at most {bound:upper-share} in every part that was tested.",
        bound=bound,
    )


def in_another_order(said: Said) -> Said:
    """Add what is known of reordered units."""
    return Said(
        "{said} That is of units of hidden layers where they stand; a child whose units were"
        " reordered, and whose weights kept a correlation of 0.95, would show in the singular"
        " values of the layers.",
        said=said,
    )


def bounded_across(parts: Sequence[str], least: float) -> Said:
    """Say what a negative excludes where the widths differ."""
    return Said(
        "No test found any dependence. The residual streams differ in width: a child pruned to "
        "these shapes would have been found in {parts} if its weights had kept a correlation of "
        "{least:decimal} with the wider model's; one whose dimensions were also reordered might"
        " not.",
        parts=_parts(parts),
        least=least,
    )


def one_role(roles: Sequence[str]) -> Said:
    """Say that one kind of tensor is not enough."""
    return Said(
        "Only one kind of tensor ({roles:commas}) agrees beyond chance; two are needed.",
        roles=tuple(roles),
    )


def equal_parts(found: EqualParts) -> Said:
    """Say which values are equal."""
    how = Said("in the same order") if found.in_order else Said("in another order")
    return Said(
        "{share:share} of the audited model's values are the reference's, {how} and whatever their"
        " tensors are called; {back:share} of the reference's are there. The largest: {names}.",
        share=found.share,
        back=found.back,
        how=how,
        names=found.names,
    )
