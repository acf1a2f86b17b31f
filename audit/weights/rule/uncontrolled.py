# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Controls that were planted elsewhere, and why a test of the run has none of its own."""

from audit.record.assurance import Detectable
from audit.record.weights import Component, Evidence, Outcome

_MAPPED = (
    "it needs the map of the residual dimensions that another test finds; no child is planted "
    "for what follows the map"
)
_REASONS = {
    "undone-permutation": _MAPPED,
    "undone-rotation": _MAPPED,
    "undone-heads": _MAPPED,
    "undone-experts": _MAPPED,
    "neuron-order": "it needs the dimensions that column-order finds; the child is planted there",
    "split-agreement": "it reads the half that split-matching tests; see there",
    "circuit-matching": "it needs whole heads of several layers, more than the sample keeps",
    "tensor-identity": "it counts equal values, of which a planted child has none",
}
_OTHER = "no child is planted for this test"


def across_controls(
    planted: dict[str, float], components: tuple[Component, ...]
) -> tuple[Detectable, ...]:
    """Controls across widths: by component the smallest correlation that was found.

    ``planted`` comes from the children of ``audit.weights.pairing.across_widths``.
    """
    return tuple(
        Detectable(
            test="column-order",
            scope=component.name,
            how="cut to these shapes",
            planted=planted.get(component.name),
            reason=None if component.name in planted else "not every planted child was found",
        )
        for component in components
    )


def uncontrolled(
    evidence: tuple[Evidence, ...], power: tuple[Detectable, ...]
) -> tuple[Detectable, ...]:
    """One row, with its reason, for each test that gave a number and has no control."""
    controlled = {control.test for control in power}
    scopes = {
        e.test: e.scope.partition("/")[0]
        for e in evidence
        if e.outcome is Outcome.COMPUTED and e.test not in controlled
    }
    return tuple(
        Detectable(test=test, scope=scope, how="-", reason=_REASONS.get(test, _OTHER))
        for test, scope in sorted(scopes.items())
    )
