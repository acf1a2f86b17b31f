# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the obligation stage found: where the release comes from, what is owed, what is there."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.findings import Confidence
from audit.record.licenses import NOASSERTION
from audit.record.said import Said


class EdgeRelation(StrEnum):
    """How one work came from another."""

    FINETUNE = "finetune"
    """Trained further, or changed in another way that is not told apart."""
    ADAPTER = "adapter"
    MERGE = "merge"
    QUANTIZED = "quantized"
    DISTILL = "distill"
    """Trained on the other model's outputs: no weights are shared."""
    UPCYCLED = "upcycled"
    COPY = "copy"
    """Numerically equal weights."""
    CODE_DERIVED = "code-derived"
    DATA = "data"

    @property
    def carries_weights(self) -> bool:
        """Whether trained weights of the source went into the target."""
        return self not in (EdgeRelation.DISTILL, EdgeRelation.CODE_DERIVED, EdgeRelation.DATA)


class EdgeEvidence(StrEnum):
    """What an edge rests on."""

    DECLARED = "declared"
    WEIGHTS = "weights"
    CODE = "code"


class NodeKind(StrEnum):
    """What stands at the end of an edge."""

    RELEASE = "release"
    MODEL = "model"
    DATASET = "dataset"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The release or something it comes from.

    ``license`` is an SPDX expression, ``NOASSERTION`` if it is not known; ``license_from``
    says where it was read, or why it is not known. ``settled`` is false for a licence that
    was looked up in a row nobody has read against its source.
    """

    name: str
    kind: NodeKind
    license: str
    license_from: Said
    settled: bool = True

    @property
    def is_known(self) -> bool:
        """Whether the licence could be identified."""
        return self.license != NOASSERTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """``target`` was made from ``source``; both are names of nodes.

    ``origin`` says in words where this was read. ``path`` and ``line`` are set where that
    is a file of the release. ``settled`` is false where evidence alone does not decide:
    then a person has to.
    """

    source: str
    target: str
    relation: EdgeRelation
    evidence: EdgeEvidence
    confidence: Confidence
    origin: Said
    path: str | None = None
    line: int | None = None
    settled: bool = True


class DutyState(StrEnum):
    """Kleene's three values, in the words of the report."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Where something was found: ``line`` is 1-based, ``similarity`` 0..1 (``None``: no text)."""

    path: str
    line: int | None
    matched: Said
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One obligation of one ancestor's licence, and whether this release meets it.

    ``check`` is the leading primitive that was evaluated; ``asked`` the exact words, name or
    text it looked for, if there are any. ``question`` is what no file can answer. ``gates``
    is false for facts nobody has read against the licence: such a duty stops no release.
    ``settled`` is false where the edges to the ancestor do not decide by themselves.
    ``attested`` says that a named person answered the question.
    """

    ancestor: str
    license: str
    obligation: str
    clause: str
    text: Said
    relation: EdgeRelation
    check: str
    state: DutyState
    reason: Said
    asked: str
    gates: bool
    settled: bool
    passages: tuple[Passage, ...] = ()
    question: Said | None = None
    attested: bool = False

    @property
    def question_id(self) -> str:
        """The name under which an attestation answers the question."""
        return f"{self.license}/{self.obligation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationEvidence:
    """The edges, the nodes they join, circles among them, and every duty that follows.

    ``cycles`` lists each circle of declared base models once, from its least name. ``reason``
    says why the stage has nothing to say, ``None`` when it ran.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    cycles: tuple[tuple[str, ...], ...]
    duties: tuple[Duty, ...]
    reason: Said | None = None

    def node(self, name: str) -> Node:
        """Return the node of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)


NO_EVIDENCE = ObligationEvidence(
    nodes=(),
    edges=(),
    cycles=(),
    duties=(),
    reason=Said("obligations were not looked at in this run"),
)
"""The value of a case or a record that was made without this stage."""
