# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether two models read and write the same text: their tokens, and their chat template."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from audit.inventory.chat_template import chat_template, weights_folder
from audit.record.said import Said
from audit.weights.model.vocabulary import all_token_ids

if TYPE_CHECKING:
    from audit.inventory import Inventory


class Wording(Enum):
    """What the tokenizers and templates of two models are to each other."""

    EQUAL = "equal"
    TOKENS = "tokens"
    ABSENT = "absent"
    TOKENIZER = "tokenizer"
    TEMPLATE = "template"

    @property
    def sentence(self) -> Said:
        """Say it."""
        return _SENTENCES[self]


_SENTENCES = {
    Wording.EQUAL: Said("The tokens and the chat template are the reference's."),
    Wording.TOKENS: Said("The tokens are the reference's; neither has a chat template."),
    Wording.ABSENT: Said("There are not two tokenizers to be compared."),
    Wording.TOKENIZER: Said("The tokenizer has other tokens than the reference's."),
    Wording.TEMPLATE: Said("The chat template is another one than the reference's."),
}


def wording(suspect: Inventory, reference: Inventory) -> Wording:
    """Compare them; every token of the reference must have its number, more may be there."""
    mine, theirs = (all_token_ids(one, weights_folder(one)) for one in (suspect, reference))
    if mine is None or theirs is None:
        return Wording.ABSENT
    if any(mine.get(token) != number for token, number in theirs.items()):
        return Wording.TOKENIZER
    templates = [chat_template(one, weights_folder(one)) for one in (suspect, reference)]
    if templates[0] == templates[1]:
        return Wording.TOKENS if templates[0] is None else Wording.EQUAL
    return Wording.TEMPLATE
