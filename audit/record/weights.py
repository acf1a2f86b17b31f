# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What one weight test says about one scope, and what a whole comparison concludes."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.agreement_map import AgreementMap
from audit.record.assurance import Certificate, Detectable
from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said


class Relation(StrEnum):
    """What the weights of the suspect are to those of the reference."""

    COPY = "copy"
    DERIVED = "derived"
    COMPONENT_REUSE = "component-reuse"
    DISGUISED = "disguised"
    SHARED_INITIALISATION = "shared-initialisation"
    INCONCLUSIVE = "inconclusive"
    NO_SHARED_WEIGHTS = "no-shared-weights"

    @property
    def is_lineage(self) -> bool:
        """Whether the relation means that trained weights were reused."""
        return self in (
            Relation.COPY,
            Relation.DERIVED,
            Relation.COMPONENT_REUSE,
            Relation.DISGUISED,
        )


class Outcome(StrEnum):
    """Whether a test gave a number; absence is a value with a reason."""

    COMPUTED = "computed"
    NOT_APPLICABLE = "not-applicable"
    FAILED = "failed"


class PKind(StrEnum):
    """The warrant of a p-value."""

    EXACT = "exact"
    """Holds for every sample size: a bound or an enumeration under the null."""
    ASYMPTOTIC = "asymptotic"
    """Exact permutation mean and variance, normal tail (combinatorial CLT)."""
    CALIBRATED = "calibrated"
    """Read against control models; never a probability under an exact null."""
    NONE = "none"
    """No p-value was computed."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """What a row of evidence speaks about: a part of the model, or one role of tensors in it."""

    component: str
    role: str | None = None

    @classmethod
    def read(cls, text: str) -> "Scope":
        """Read the form of the record.

        >>> Scope.read("attention/attn.q")
        Scope(component='attention', role='attn.q')
        """
        component, _, role = text.partition("/")
        return cls(component, role or None)

    def __str__(self) -> str:
        """Write it as the record has it."""
        return self.component if self.role is None else f"{self.component}/{self.role}"


WHOLE = Scope("model")
"""All of the model at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One test on one scope.

    ``scope`` is a component name or ``"model"``. ``statistic`` is the observed value
    (its meaning is in the test's documentation), ``log10_p`` the base-10 logarithm
    of the one-sided p-value *before* multiplicity correction, ``effect`` a size in
    0..1 (correlation or matched fraction), ``effect_upper`` its 99 % upper
    confidence bound, ``n`` the number of exchangeable units. All are ``None`` unless
    ``outcome`` is ``computed``; then ``reason`` is ``None`` and otherwise it says why.
    ``roles`` names the disjoint tensor roles in which the effect was seen. Of calibrated
    tests alone: ``controls`` comparisons of independent models were made, ``best_control`` is
    the best statistic among them, ``error_bound`` the upper 95 % bound on the rate of false
    positives if none of them reached it.
    """

    test: str
    version: int
    scope: str
    outcome: Outcome
    p_kind: PKind
    statistic: float | None = None
    log10_p: float | None = None
    effect: float | None = None
    effect_upper: float | None = None
    n: int | None = None
    roles: tuple[str, ...] = ()
    reason: Said | None = None
    controls: int | None = None
    best_control: float | None = None
    error_bound: float | None = None

    @property
    def where(self) -> Scope:
        """The scope, taken apart."""
        return Scope.read(self.scope)

    @property
    def is_computed(self) -> bool:
        """Whether the test gave a number."""
        return self.outcome is Outcome.COMPUTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """The conclusion for one part of the model (``embeddings``, ``attention``, ...)."""

    name: str
    relation: Relation
    log10_p: float | None
    effect: float | None
    p_kind: PKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Standard deviation of one role per layer, for the context chart.

    ``suspect`` and ``reference`` are raw standard deviations of the windows that were read;
    value ``i`` belongs to layer ``layers[i]`` of the suspect and ``reference_layers[i]`` of the
    reference, counted from 0.
    """

    role: str
    suspect: tuple[float, ...]
    reference: tuple[float, ...]
    layers: tuple[int, ...] = ()
    reference_layers: tuple[int, ...] = ()


class ControlSource(StrEnum):
    """Where the curves of an unrelated model come from."""

    GIVEN = "given"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """Raw standard deviation of one role of one model in each of ``layers``."""

    role: str
    layers: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The curves of a model that is unrelated to both, of ``layers`` layers.

    ``origin`` says where its weights come from: the package and the digest of the file, or
    that the user named it. ``correlation`` with the suspect's curves, mean over the roles,
    interpolated over relative depth; ``None`` where a curve is flat.
    """

    name: str
    source: ControlSource
    layers: int
    origin: Said
    curves: tuple[Depths, ...]
    correlation: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NullSample:
    """A statistic of :class:`SpreadContext` over pairs that are known to be unrelated.

    ``statistic`` is ``per_tensor`` or ``per_layer``; ``values`` has one correlation per pair
    of the ``models`` models, in ascending order.
    """

    statistic: str
    population: Said
    models: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadContext:
    """The dispute's statistic: shown as context, never part of the verdict.

    ``per_layer`` is the mean over q, k, v, o of the Pearson correlation of the
    per-layer standard deviations; ``per_tensor`` correlates the standard deviations
    of all paired tensors. ``None`` with a ``reason`` where it cannot be computed.
    ``depth`` is the number of layers of suspect and reference. ``controls`` are unrelated
    models on the same measure, ``controls_left_out`` sentences about those that do not serve;
    ``nulls`` what unrelated pairs give on the same statistics.
    """

    per_layer: float | None
    per_tensor: float | None
    layers: int
    tensors: int
    curves: tuple[Curve, ...] = ()
    reason: Said | None = None
    depth: tuple[int, int] = (0, 0)
    controls: tuple[Control, ...] = ()
    controls_left_out: tuple[Said, ...] = ()
    nulls: tuple[NullSample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The weights of one suspect against one reference.

    ``log10_p`` is corrected for every test, component and reference that was tried.
    ``kind`` and ``direction`` (a word of ``Direction``) are ``None`` when the evidence does
    not say; ``direction_reasons`` are sentences on either.
    ``coverage`` is the share of the suspect's parameters whose tensors were paired
    with the reference; ``limits`` are sentences for the reader.
    """

    suspect: str
    reference: str
    relation: Relation
    summary: Said
    log10_p: float | None
    effect: float | None
    p_kind: PKind
    components: tuple[Component, ...]
    evidence: tuple[Evidence, ...]
    kind: Derivation | None
    direction: str | None
    family_suspect: str
    family_reference: str
    coverage: float
    bytes_read: int
    limits: tuple[Said, ...]
    spread: SpreadContext
    direction_reasons: tuple[Said, ...] = ()
    power: tuple[Detectable, ...] = ()
    """The positive control, where nothing was found; empty elsewhere."""
    certificate: Certificate | None = None
    """What ``no-shared-weights`` covers; ``None`` for every other relation."""
    tensors_paired: int = 0
    """Tensors of the suspect that have a counterpart in the reference."""
    tensors_unpaired: tuple[str, ...] = ()
    """Names of those that have none; empty where nothing could be paired at all."""
    maps: tuple[AgreementMap, ...] = ()
    """Which layers, and which experts, agree; a picture beside its control, never a test."""
    maps_reason: Said | None = None
    """Why there is no map; ``None`` where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The weight with which one reference went into a merge."""

    reference: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The changes from ``middle`` to ``one`` and to ``other`` are at a right angle.

    So they are at a common parent, a middle generation and a mixture of the two.
    ``cosine`` is that of ``one - middle`` and ``other - middle``.
    """

    middle: str
    one: str
    other: str
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatives:
    """What the audited model and its related references say together.

    ``merge`` holds the weights, which sum to one, when a mixture explains the audited
    model far better than any single reference; ``gain`` is the share of the best single
    reference's residual that the mixture takes away, on the half that it was not fitted on.
    ``between`` lists the models that lie between two others. ``reason`` says why nothing
    could be computed.
    """

    references: tuple[str, ...]
    kind: DerivationKind | None = None
    """``merged``, or nothing."""
    merge: tuple[Share, ...] = ()
    gain: float | None = None
    between: tuple[Between, ...] = ()
    sentences: tuple[Said, ...] = ()
    reason: Said | None = None
