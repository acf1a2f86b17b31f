# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Links a term of the glossary where a page uses it first.

Only running text is looked through: headings, names of rows and columns, code and other links stay
as they are. One page has one :class:`Terms`, which forgets a term once it is linked.
"""

import re
from collections.abc import Iterator

from audit.languages import Language
from audit.record.said import Said
from audit.report.blocks import term_id
from audit.report.words.language import Words
from audit.report.words.wording import wording


class Terms:
    """The terms that a page has not used yet.

    Parameters
    ----------
    spoken : Words
        The language of the page.
    linked : bool
        Whether the page has a glossary to link to.
    """

    def __init__(self, spoken: Words, *, linked: bool) -> None:
        self._left: dict[str, str] = {}
        entries = wording().glossary if linked else ()
        for place, entry in enumerate(entries):
            for form in entry.find:
                self._left.setdefault(spoken.say(Said(form)).casefold(), term_id(place))
        forms = sorted(self._left, key=len, reverse=True)
        whole = "|".join(map(re.escape, forms)) or r"(?!)"
        plural = spoken.language is Language.ENGLISH
        self._pattern = re.compile(rf"\b(?:{whole})s?\b" if plural else whole, re.IGNORECASE)

    def split(self, text: str) -> Iterator[tuple[str, str | None]]:
        """Yield the text in pieces: each first use of a term with where it is explained."""
        position = 0
        for match in self._pattern.finditer(text):
            place = self._take(match[0])
            if place is not None:
                yield text[position : match.start()], None
                yield match[0], place
                position = match.end()
        yield text[position:], None

    def _take(self, used: str) -> str | None:
        """Return where a form is explained, the first time; other forms of the term go too."""
        form = used.casefold()
        place = self._left.get(form) or self._left.get(form.removesuffix("s"))
        self._left = {one: where for one, where in self._left.items() if where != place}
        return place
