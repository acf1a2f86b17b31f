# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether a named person has reviewed the conclusion.

A clearance that nobody looked at is no better than an accusation that nobody looked at.
"""

from typing import Literal

from audit.record.custody import Response, Signer
from audit.record.said import Said
from audit.record.weights import Relation
from audit.report.outline import refer
from audit.report.page import Page
from audit.report.words.texts import clip
from audit.report.words.wording import wording

_SHORT = 12
"""Digits of a fingerprint on the first page; the section on the signature has all."""


def reviewer(page: Page) -> str:
    """Name who reviewed.

    The responses are those whose signatures hold; see
    :mod:`audit.signing.attestation.response`.
    """
    said = tuple(_reviewer(page, found) for found in page.responses if found.role == "reviewer")
    return Said("{reviewers:semicolons}", reviewers=said) if said else Said("Not reviewed.")


def _reviewer(page: Page, found: Response) -> Said:
    """Name one reviewer, as they name themselves, and whose key it is as well."""
    others = [term_of(role) for role, signer in signers(page) if _same(signer, found.signer, role)]
    of = {
        "name": clip(found.signer.name, 80),
        "fingerprint": found.signer.fingerprint[:_SHORT],
        "day": found.made_at[:10],
    }
    if others:
        return Said(
            "{name} (name as given, not checked; key {fingerprint}…, which is also that of the"
            " {others}), {day}",
            others=list(dict.fromkeys(others)),
            **of,
        )
    return Said("{name} (name as given, not checked; key {fingerprint}…), {day}", **of)


def _same(signer: Signer, reviewer: Signer, role: str) -> bool:
    return role != "reviewer" and signer.fingerprint == reviewer.fingerprint


def term_of(role: str) -> Said:
    """Return the word for somebody who signed."""
    words = {"auditor": Said("auditor"), "publisher": Said("publisher")}
    return words.get(role) or Said("reviewer")


def signers(page: Page) -> tuple[tuple[str, Signer], ...]:
    """Return who signed in which role: the audit, then the responses."""
    run = page.audit_run
    auditor = () if run is None or run.signer is None else (("auditor", run.signer),)
    return (*auditor, *((found.role, found.signer) for found in page.responses))


def unreviewed(page: Page, which: Literal["label", "meaning", "how"]) -> str:
    """Return the mark of an unreviewed report, or its meaning.

    Empty once a reviewer has signed with a key that has no other part in the report, or where
    nothing was concluded about weights.
    """
    others = {signer.fingerprint for role, signer in signers(page) if role != "reviewer"}
    reviewed = any(
        r.role == "reviewer" and r.signer.fingerprint not in others for r in page.responses
    )
    concluded = any(c.relation is not Relation.INCONCLUSIVE for c in page.record.comparisons)
    return refer(getattr(wording().unreviewed, which)) if concluded and not reviewed else ""
