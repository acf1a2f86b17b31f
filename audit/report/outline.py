# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The order of the report's parts: sections refer to each other by name, numbers follow.

Six pages that decide, and annexes that show how: what a reader needs stands in the body.
"""

from typing import Final

from audit.record.said import Argument, Said, places

BODY: Final = ("verdict", "question", "weights", "licences", "findings", "limits", "custody")
ANNEXES: Final = (
    "details",
    "lines",
    "methods",
    "context",
    "drafts",
    "inventory",
    "glossary",
    "responses",
)
NUMBERS: Final = {
    **{name: str(number) for number, name in enumerate(BODY, start=1)},
    **dict(zip(ANNEXES, "ABCDEFGH", strict=True)),
}
"""Number of each section, letter of each annex."""


def refer(message: str, /, **arguments: Argument) -> Said:
    """Say a sentence in which names of sections stand for their numbers.

    >>> refer("Section {findings} says it.")
    'Section 5 says it.'
    """
    names = {name for _, name, _ in places(message)}
    numbers = {name: number for name, number in NUMBERS.items() if name in names}
    return Said(message, **{**numbers, **arguments})
