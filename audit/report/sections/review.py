# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether a named person has reviewed the conclusion.

A clearance that nobody looked at is no better than an accusation that nobody looked at.
"""

from typing import Literal

from audit.record.said import Said
from audit.record.weights import Relation
from audit.report.page import Page
from audit.report.words.texts import clip, prose
from audit.report.words.wording import wording

_SHORT = 12
"""Digits of a fingerprint on the first page; the section on the signature has all."""


def reviewer(page: Page) -> str:
    """Name who reviewed.

    The responses are those whose signatures hold; see
    :mod:`audit.signing.attestation.response`.
    """
    said = tuple(
        Said(
            "{name} (key {fingerprint}…), {day}",
            name=clip(r.signer.name, 80),
            fingerprint=r.signer.fingerprint[:_SHORT],
            day=r.made_at[:10],
        )
        for r in page.responses
        if r.role == "reviewer"
    )
    return Said("{reviewers:semicolons}", reviewers=said) if said else Said("Not reviewed.")


def unreviewed(page: Page, which: Literal["label", "meaning"]) -> str:
    """Return the mark of an unreviewed report, or its meaning.

    Empty once a reviewer has signed, or where nothing was concluded about weights.
    """
    reviewed = any(r.role == "reviewer" for r in page.responses)
    concluded = any(c.relation is not Relation.INCONCLUSIVE for c in page.record.comparisons)
    return prose(getattr(wording().unreviewed, which)) if concluded and not reviewed else ""
