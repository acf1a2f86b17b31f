# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What one audit spends on a stranger's files: every budget of a stage, in one place.

Limits on a single file stand beside its reader. These bound what many files cost together. All
are counts and none is a clock: what a budget leaves out must not depend on the machine, because
the same folder has to give the same record. What is left out has the budget as its reason, is
undecided, and is told with the coverage.
"""

from dataclasses import dataclass

from audit.record.said import Said


@dataclass(frozen=True, slots=True)
class Budget:
    """``most`` of something, such as bytes of text."""

    most: int
    of: Said

    @property
    def reason(self) -> Said:
        """Why something was left out."""
        return Said("the budget was used up: {most:count} {of}", most=self.most, of=self.of)

    def open(self) -> "Purse":
        """Return the whole budget, to be spent."""
        return Purse(self)


@dataclass(slots=True)
class Purse:
    """What is left of a budget."""

    budget: Budget
    spent: int = 0

    def pays(self, amount: int) -> bool:
        """Spend ``amount``, if so much is left; a smaller amount later may still be paid."""
        if self.spent + amount > self.budget.most:
            return False
        self.spent += amount
        return True


TENSORS = Budget(4_000_000, Said("tensors in headers of weight files"))
LICENCE_TEXT = Budget(512 << 20, Said("bytes of text searched for licences"))
CODE_TEXT = Budget(256 << 20, Said("bytes of code compared"))
HISTORY = Budget(256 << 20, Said("bytes of unpacked objects of the git history"))
HISTORY_TEXTS = Budget(200, Said("licence files of an earlier tag"))
CLAIMS = Budget(5_000, Said("licence statements of one file"))
FIELDS = Budget(100, Said("licence fields of one file of package metadata"))
REPORT = Budget(1 << 30, Said("bytes of files of a report"))
RESPONSES = Budget(200, Said("responses beside a report"))
ALL = (TENSORS, LICENCE_TEXT, CODE_TEXT, HISTORY, HISTORY_TEXTS, CLAIMS, FIELDS, REPORT, RESPONSES)


def is_used_up(reason: object) -> bool:
    """Whether a reason is that a budget was used up."""
    return any(reason == budget.reason for budget in ALL)
