# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Changes of the weights that an architecture lets anybody make without changing its output.

The words are those of the family files, and the numbers G1 to G11 those of
``rules/disguises.yaml``. What a family declares is what its own implementation was seen to
ignore; a word that is missing means that the change is not free there, or that nobody has
shown that it is.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HiddenPermutation(_Strict):
    """G1: residual dimensions in another order.

    ``sign`` is ``each`` where every dimension may also change its sign (the norms divide by
    the root mean square alone) and ``all`` where only all may together (the norms subtract
    the mean).
    """

    kind: Literal["hidden-permutation"]
    sign: Literal["each", "all"]


class HiddenRotation(_Strict):
    """G3: an orthogonal map of the residual stream, once all gains are moved into matrices.

    ``mean`` is ``fixed`` where the map has to leave the direction (1, ..., 1) as it is,
    because the norms subtract the mean, and ``moved`` where any map will do.
    """

    kind: Literal["hidden-rotation"]
    mean: Literal["fixed", "moved"]


class NeuronScaling(_Strict):
    """G6: a factor per neuron moved from its output into the branch that is not activated.

    ``sign`` says which factors are free: ``any`` with a gate, whose other branch is linear;
    ``positive`` where the only activation is a rectifier.
    """

    kind: Literal["neuron-scaling"]
    sign: Literal["any", "positive"]


class HeadPermutation(_Strict):
    """G7: heads, or the groups that share keys and values, in another order.

    ``layers`` is ``each`` where every layer may have its own order and ``joint`` where a
    table of biases by head serves all layers of a stack.
    """

    kind: Literal["head-permutation"]
    layers: Literal["each", "joint"]


class ExpertPermutation(_Strict):
    """G8: experts in another order, their rows of the router with them.

    ``groups`` names the key of the configuration that counts the groups of experts between
    which the router chooses first; an expert then stays in its group.
    """

    kind: Literal["expert-permutation"]
    groups: str | None = None


class Plain(_Strict):
    """A change without terms.

    ``neuron-permutation`` (G2): neurons of a feed-forward layer in another order.
    ``rotary-rotation`` (G4): each pair of query and key dimensions of one rotary frequency
    turned and scaled, the queries against the keys. ``query-key-mixing`` (G4): any
    invertible map of the query and key dimensions of a head, where positions do not turn
    them. ``value-mixing`` (G9): any invertible map of the value dimensions of a head, undone
    in the output matrix. ``gain-rewriting`` (G5): gains changed, and the matrices that read
    what they scale, as far as a gain has only such readers. ``vocabulary-permutation``
    (G11): tokens numbered otherwise, those that the configuration names excepted.
    """

    kind: Literal[
        "neuron-permutation",
        "rotary-rotation",
        "query-key-mixing",
        "value-mixing",
        "gain-rewriting",
        "vocabulary-permutation",
    ]


Symmetry = Annotated[
    HiddenPermutation
    | HiddenRotation
    | NeuronScaling
    | HeadPermutation
    | ExpertPermutation
    | Plain,
    Field(discriminator="kind"),
]
"""One line of the field ``symmetries`` of a family file."""
