# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What says that one model came from another, in a sentence that a bill of materials can carry."""

from audit.record.obligations import Edge, EdgeEvidence
from audit.record.said import Said
from audit.report.words.language import Words
from audit.report.words.texts import prose


def origin_note(edge: Edge, spoken: Words) -> str:
    """Return whether the weights show an origin or something states it, and where."""
    names = {"source": edge.source, "origin": prose(edge.origin)}
    if edge.evidence is EdgeEvidence.WEIGHTS:
        return spoken.say(Said("The weights show dependence on {source} ({origin}).", **names))
    stated = "{source} is stated as an origin ({origin}); that is a statement, not a result."
    return spoken.say(Said(stated, **names))
