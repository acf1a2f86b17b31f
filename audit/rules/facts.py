# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What one licence says, each fact with the clause it stands in.

Rows are facts in our words about published texts, and carry how they were established:
a row that nobody read against the text informs, and never stops a release.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from audit.record.findings import Severity
from audit.rules.loading import Strict, Words
from audit.rules.requirements import Requirement

Evidence = Literal["read", "secondary", "memory"]
"""Read against the text; from somebody's account of it; from general knowledge."""
Scope = Literal["weights", "code", "data", "docs", "outputs"]
Reach = Literal["modified-weights", "works-based-on", "distilled", "trained-on-outputs"]
Constraint = Literal[
    "any", "any-with-notices", "own-terms-kept", "pass-through", "same-license",
    "no-redistribution",
]  # fmt: skip
"""What a derivative may be offered under, from least to most binding: any licence; any
that keeps the notices; own terms beside the upstream's, which stay; the upstream's terms;
the same licence; nothing, as derivatives may not be shared."""
Trigger = Literal[
    "distribute", "modify", "finetune", "adapter", "merge", "quantized", "distill", "upcycled",
    "outputs-training", "code-derived", "data", "product", "commercial",
]  # fmt: skip
"""When a duty arises: the work is passed on as it is, or changed in some way, or it is a
parent by one of the relations, or it is put into a product or to commercial use."""
ObligationId = Literal[
    "copy-of-license", "notice-line", "display", "name-prefix", "use-restrictions", "use-policy",
    "mark-changes", "keep-notices", "upstream-notice", "source-available", "network-source",
    "same-license", "attribution", "registration", "user-threshold", "trademark-line",
    "change-log", "cite", "documentation", "public-statement", "no-endorsement", "no-extra-terms",
    "relinking",
]  # fmt: skip
RestrictionKind = Literal[
    "acceptable-use", "non-commercial", "research-only", "territory", "user-threshold",
    "revenue-threshold", "registration", "outputs-training", "competing-models",
    "patent-retaliation", "suits-end-rights", "no-derivatives", "no-transfer", "no-extra-terms",
    "military", "trademark", "remote-restriction", "reverse-engineering", "hosting", "updates",
    "indemnity",
]  # fmt: skip


UNKNOWN_CLAUSE = "not established"
"""Stands for a clause number that the source of a row does not give; such rows never gate."""


def _spelled(value: Any) -> Any:
    """YAML 1.1 reads a bare ``yes`` or ``no`` as a truth value."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


Right = Literal["use", "modify", "redistribute", "sublicense", "commercial", "patent"]
Answer = Annotated[
    Literal["yes", "no", "conditional", "silent", "unknown"], BeforeValidator(_spelled)
]


class Names(Strict):
    """What others write for a licence: card ids, scancode keys, patterns of prose."""

    card: tuple[Words, ...] = ()
    scancode: tuple[Words, ...] = ()
    prose: tuple[Words, ...] = ()


class Status(Strict):
    """How a row was established; ``sha256`` is of the normalised text that was read."""

    verified: date
    source: Words
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None
    evidence: Evidence


class Clause(Strict):
    """A fact that holds, where it stands, and what it says."""

    clause: Words
    text: Words


class Derivative(Strict):
    """What counts as a derivative under the licence."""

    reaches: tuple[Reach, ...]
    clause: Words


class Grants(Strict):
    """What is permitted; ``clause`` names the grant, or all of them."""

    clause: Words
    use: Answer
    modify: Answer
    redistribute: Answer
    sublicense: Answer
    commercial: Answer
    patent: Answer

    def to(self, right: Right) -> Answer:
        """Return the answer for one right."""
        return {
            "use": self.use,
            "modify": self.modify,
            "redistribute": self.redistribute,
            "sublicense": self.sublicense,
            "commercial": self.commercial,
            "patent": self.patent,
        }[right]


class Downstream(Strict):
    """What a derivative may be offered under."""

    constraint: Constraint
    clause: Words


class Obligation(Strict):
    """One duty: its clause, when it arises, and how files show that it is met.

    ``severity`` is that of a finding that it is not met; ``None`` takes the check's own.
    """

    id: ObligationId
    clause: Words
    text: Words
    when: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    check: Requirement
    severity: Severity | None = None


class Restriction(Strict):
    """One limit on use; ``value`` is a number (with its ``unit``) or a list of names.

    ``only``: the models that it is about, where it is not about all.
    """

    kind: RestrictionKind
    clause: Words
    text: Words
    value: int | tuple[Words, ...] | None = None
    unit: Words | None = None
    only: Literal["multimodal"] | None = None

    @model_validator(mode="after")
    def _numbers_have_units(self) -> Self:
        if isinstance(self.value, int) and self.unit is None:
            raise ValueError("a number needs a unit")
        return self


class LicenseFacts(Strict):
    """Facts of one licence (``rules/licenses/<name>.yaml``).

    ``same_terms`` are ids of other editions for which every fact here holds too.
    ``copyleft``: a work based on it must carry the same licence; ``non_commercial``: use is
    limited. ``null`` says that the licence has no such term.
    """

    schema_version: Literal[2]
    id: Words
    name: Words
    family: Words
    aliases: Names = Names()
    same_terms: tuple[Words, ...] = ()
    status: Status
    scope: Annotated[tuple[Scope, ...], Field(min_length=1)]
    derivative: Derivative
    grants: Grants
    downstream: Downstream
    copyleft: Clause | None
    non_commercial: Clause | None
    obligations: tuple[Obligation, ...]
    restrictions: tuple[Restriction, ...]

    @model_validator(mode="after")
    def _what_was_read_has_clauses(self) -> Self:
        if self.gates and UNKNOWN_CLAUSE in self.clauses:
            raise ValueError(f"a row that was read names clauses, not {UNKNOWN_CLAUSE!r}")
        return self

    @property
    def clauses(self) -> tuple[str, ...]:
        """Return the clause of every fact, in the order of the row."""
        stated = (self.derivative, self.grants, self.downstream, self.copyleft, self.non_commercial)
        facts = (*(f for f in stated if f is not None), *self.obligations, *self.restrictions)
        return tuple(fact.clause for fact in facts)

    @property
    def gates(self) -> bool:
        """Whether these facts may decide: only what was read against the text does."""
        return self.status.evidence == "read"
