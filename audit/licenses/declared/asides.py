# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is blanked before a sentence is read: addresses, dates of news, "unless otherwise noted".

Each is replaced by spaces, so that every word keeps its place. An exception that a sentence makes
for what says something else takes nothing from what it says.
"""

import re

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]，。；、）》]+")
_NEWS = re.compile(
    r"^\W{0,3}(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s?"
    r"|(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)?|[年月日\s,./-]){2,8}[\]\)】]{0,2}\s?[:：-]?(?=\s)",
    re.I,
)
"""The date with which a piece of news begins."""
_UNLESS = re.compile(
    r",?\s?\b(?:unless|except (?:where|when|as|if)|where not)\s"
    r"(?:(?:it is|explicitly|otherwise|specifically|specified|noted|stated|marked|indicated"
    r"|mentioned|declared|licensed|differently|in the|in an|individual|files?|headers?|below|above)"
    r"[\s,]?){1,8},?"
    r"|\b(?:sauf (?:indication|mention) contraire|sofern nicht anders (?:angegeben|vermerkt)"
    r"|salvo que se indique lo contrario|salvo indicación contraria|salvo indicação em contrário"
    r"|salvo diversa indicazione|если не указано иное),?"
    r"|除(?:非)?(?:另有|特别|特殊)(?:说明|注明|规定|声明|標註|标注)(?:的?(?:内容)?(?:以?外|之外)?)[，,]?"
    r"|(?:特に|別途)[^、。\s]{0,12}(?:明記|記載|断り|指定)[^、。\s]{0,8}(?:限り|場合は?)、?"
    r"|(?:별도|따로)[^,.\s]{0,4}\s?(?:명시|언급|표기)[^,.\s]{0,6}\s?(?:없는|않는)\s?한,?",
    re.I,
)
"""Words by which a sentence leaves out what says something else."""
_INCLUDING = re.compile(r"(?<=,)\s(?:including|incl\.|such as|e\.g\.)\s[^,.;:()]{1,100},", re.I)
"""What a subject includes, between commas."""
_SHOWN = re.compile(r"\bas (?:shown|found|available|stated) (?:at|in|on)\b|\bavailable at\b", re.I)
"""What stands before an address between two names."""


def without_asides(text: str) -> str:
    """Return a sentence with spaces in place of what names no subject and no licence.

    Examples
    --------
    >>> " ".join(without_asides("It is, unless otherwise noted, MIT licensed.").split())
    'It is MIT licensed.'
    """
    for aside in (_ADDRESS, _NEWS, _UNLESS, _INCLUDING, _SHOWN):
        text = aside.sub(lambda found: " " * len(found[0]), text)
    return text
