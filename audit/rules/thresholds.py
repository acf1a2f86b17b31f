# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Data of the decision rules (``weights.yaml``, ``code.yaml``, ``reserved_tokens.yaml``)."""

import re
from functools import cache
from typing import Literal

from audit import resources
from audit.rules.loading import Strict, load_one


class WeightThresholds(Strict):
    """Numbers of the weight decision rule (``rules/weights.yaml``), each explained there."""

    schema_version: Literal[1]
    alpha_derived: float
    """log10 of the adjusted p-value at or below which dependence is established."""
    alpha_none: float
    """log10 of the adjusted p-value above which nothing was found."""
    min_correlation: float
    min_matched_fraction: float
    min_matched_correlation: float
    """For neurons that were searched for. A borrowed embedding table alone makes the
    best-matching neurons of otherwise unrelated layers agree at about 0.1."""
    min_roles: int
    min_parameters: int
    """Fewest compared parameters for a negative conclusion."""
    min_tested: float
    """Share of the parameters of all weight files that a negative needs under some test."""
    max_undetected_correlation: float
    """A negative conclusion needs an upper bound on the shared correlation below this."""
    max_control_correlation: float
    """A negative fails where no test in the stored basis finds a child planted at this
    correlation with the reference."""
    max_planted_correlation: float
    """Across widths, a negative conclusion needs planted children to be found that kept no
    more than this correlation with the wider model."""
    min_containment: float
    """Below it in every part of the layers, neither model contains the other's weights once a
    change of basis is undone: two trainings from one start would look like this too."""
    min_learned: float
    """Share of a model's energy in learned directions from which on these tell descent."""
    min_learned_share: float
    """A parent's share is at least this part of its child's: a short training from the same
    start looks like a parent of a long one."""
    min_learned_ratio: float
    """Slope on a parent's learned directions by that on its noise, from which on a child is told;
    of 66 twins measured the largest was 0.94."""
    min_learned_ratio_sure: float
    """The same ratio less two standard errors over the matrices."""
    max_learned_change: float
    """What differs inside a parent's learned directions, as a share of them, up to which a child
    is told at once; of 66 twins measured the smallest was 0.026."""
    max_untrained: float
    """Share in learned directions below which a model is a random start."""
    min_containment_told: float
    """Layers whose containment lies below agree with nothing and do not enter that guard."""
    min_same_strings: float
    """Share of the larger vocabulary's token strings that the other has too, from which on an
    embedding table could have stayed: one that shares nothing is then a part of its own."""
    copy_coverage: float
    min_equal: float
    """Share of either model whose values are equal, wherever they lie, from which on that is
    component reuse; it takes ``min_equal_matrices`` matrices."""
    min_equal_matrices: int
    min_units_told: float
    """Share of the weights in paired matrices that a negative about hidden units needs."""
    min_map_correlation: float
    min_map_fraction: float
    """A column map on the embeddings is confident when this share of the dimensions
    choose each other with at least that correlation, and is not the identity."""
    min_map_over_noise: float
    """A column map is beyond noise when its correlation is this multiple of the largest that
    chance gives among so many columns: only then are whole layers read."""
    min_in_place_z: float
    """Rows are taken to correspond where they stand from this z on, else they are matched."""


class CodeThresholds(Strict):
    """Numbers of the code comparison (``rules/code.yaml``), each explained there."""

    schema_version: Literal[1]
    min_fingerprints: int
    min_score: float
    min_union: float
    min_renamed_fingerprints: int
    min_renamed_score: float
    family_share: float
    explained_share: float
    min_similarity: float


class _ReservedTokens(Strict):
    schema_version: Literal[1]
    patterns: tuple[str, ...]


@cache
def weight_thresholds() -> WeightThresholds:
    """Return the thresholds of the weight decision rule."""
    return load_one(resources.tree("rules") / "weights.yaml", WeightThresholds)


@cache
def code_thresholds() -> CodeThresholds:
    """Return the thresholds of the code comparison."""
    return load_one(resources.tree("rules") / "code.yaml", CodeThresholds)


@cache
def reserved_token() -> re.Pattern[str]:
    """Return the pattern that whole names of reserved tokens match."""
    found = load_one(resources.tree("rules") / "reserved_tokens.yaml", _ReservedTokens)
    return re.compile("|".join(f"(?:{pattern})" for pattern in found.patterns))


class CodeSource(Strict):
    """Which files of a project's archives are known code, and whose they are."""

    project: str
    license: str
    holder: str
    include: list[str]
    exclude: list[str]


class CodeSources(Strict):
    """The projects of the shipped indexes (``rules/code/sources.yaml``)."""

    schema_version: Literal[1]
    projects: list[CodeSource]


def code_sources() -> dict[str, CodeSource]:
    """Return what the shipped indexes of known code are built from, by project."""
    path = resources.tree("rules") / "code" / "sources.yaml"
    return {source.project: source for source in load_one(path, CodeSources).projects}
