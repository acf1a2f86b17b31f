# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The languages that a report can be written in, and which files that makes."""

import re
from enum import Enum, StrEnum

_LANG = re.compile(rb"""<html lang="([A-Za-z-]+)">""")


class Language(Enum):
    """A language by its tag in pages and PDFs."""

    ENGLISH = "en-GB"
    CHINESE = "zh-CN"

    @property
    def tag(self) -> str:
        """The language tag of BCP 47."""
        return self.value


class Languages(StrEnum):
    """What ``--lang`` takes."""

    EN = "en"
    ZH = "zh"
    BOTH = "both"

    @property
    def editions(self) -> dict[str, Language]:
        """The stem of the file names of each edition, and its language."""
        return _EDITIONS[self]

    def of(self, name: str) -> Language:
        """Return the language of the edition that a file of this name belongs to."""
        stems = (stem for stem in self.editions if name.startswith(f"{stem}."))
        return self.editions[max(stems, key=len)]

    @property
    def first(self) -> Language:
        """The language of ``report.html`` and of the terminal."""
        return next(iter(self.editions.values()))


_EDITIONS = {
    Languages.EN: {"report": Language.ENGLISH},
    Languages.ZH: {"report": Language.CHINESE},
    Languages.BOTH: {"report": Language.ENGLISH, "report.zh": Language.CHINESE},
}


def language_of(page: bytes) -> Language:
    """Return the language that a page of ours says it is in; English if it says none we know."""
    found = _LANG.search(page[:200])
    tag = found[1].decode("ascii") if found else ""
    return next((language for language in Language if language.tag == tag), Language.ENGLISH)
