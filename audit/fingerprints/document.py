# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a fingerprint holds: a header in words, and arrays of small integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from audit.weights.nulls.exchangeable import Structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

VERSION = 1
FORMAT = "audit-fingerprint"
STEP = 32.0
"""Quantised values are whole numbers of 1/32 standard deviation."""
DIGESTS = 3
"""Of every matrix: in order as bfloat16, in order as float16, and in any order as bfloat16."""
ORDERED = 2
DIGEST_BYTES = 16
GRAM = 24
LENGTHS = 16
MOST_PARTS = 1 << 14
MOST_UNITS = 1 << 18
MOST_COUNT = (1 << 53) - 1

Text = Annotated[str, Field(max_length=512)]
Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Part(_Strict):
    """One matrix or vector of which there is a sketch.

    ``units`` is the size of the axis that is not the residual one; ``heads`` and ``neurons`` say
    what its rows are, as in ``audit.weights.model.slots.Slot``. ``matrix`` and ``vector`` are
    places in the arrays of that name, ``lengths`` one in ``lengths``; ``rows`` is where its rows'
    answers begin and end.
    """

    name: Text
    role: Text
    component: Text
    layer: Count | None = None
    expert: Count | None = None
    units: Annotated[int, Field(ge=1, le=1 << 32)]
    heads: Annotated[int, Field(ge=1, le=1 << 16)] | None = None
    neurons: bool = False
    matrix: Count | None = None
    vector: Count | None = None
    lengths: Count | None = None
    rows: tuple[Count, Count] | None = None


class Header(_Strict):
    """What a fingerprint says of its model, all of it claimed by whoever made the file.

    ``published`` is ``owner/name``, ``commit`` its revision, ``released`` a day that the maker
    names: nobody can check a day in a file. ``problem`` says why there are no sketches,
    ``labelled`` why residual dimensions are not exchangeable, ``structures`` what is wrong with
    their labels; ``unread`` counts the files of weights that were not read.
    """

    format: Literal["audit-fingerprint"]
    version: Literal[1]
    tool: Text
    name: Text
    published: Text | None
    commit: Text | None
    released: Text | None
    family: Text
    inferred: bool
    width: Annotated[int, Field(ge=1, le=1 << 32)] | None
    layers: Count
    experts: Count
    parameters: Count
    problem: Text | None
    labelled: Text | None
    structures: tuple[Structure, ...]
    unread: Count
    vocabulary: Count | None
    vocabulary_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None
    parts: Annotated[tuple[Part, ...], Field(max_length=MOST_PARTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A header and its arrays, by name; every array has a shape that the header implies.

    ``columns`` (matrices, directions, width): rows drawn together, each column of unit length.
    ``vectors`` (vectors, width): ranks of gains and biases. ``tokens`` and ``numbered``
    (directions, width): the embedding table, rows drawn by token string and by number.
    ``answers-tokens``, ``answers-numbered`` and ``answers-heads`` (rows, questions): what rows of
    layers answer to drawn sums of token rows, and of queries and keys of their layer. ``gram``
    (questions, questions): sums of token rows beside each other. ``lengths`` (matrices of
    neurons, quantiles): logarithms of the lengths of their rows, sorted.
    ``digests`` (matrices of the model, 3, 16) and ``sizes``: every matrix, sketched or not.
    """

    header: Header
    arrays: Mapping[str, np.ndarray]
    sha256: str = ""

    @property
    def name(self) -> str:
        """What it goes by: the published name where there is one."""
        return self.header.published or self.header.name

    @property
    def is_empty(self) -> bool:
        """Whether no matrix could be read; such a one is never written."""
        return "sizes" not in self.arrays
