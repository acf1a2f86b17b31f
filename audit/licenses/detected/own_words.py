# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the header of a source file says of its terms in words that no rule of the scanner knows.

A whole permission, a pointer to a licence file, a limit to research, a prohibition, a licence by a
name that nobody here knows, ``GPL`` alone. What it says is not guessed: there are terms, or a
family is named.
"""

import re
from collections.abc import Iterator

from audit.licenses.declared.prose import LIMIT
from audit.licenses.detected.comments import speaking
from audit.licenses.legal_text import LegalText
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted

HEADER_LINES = 40
"""Tags and references count as a header only this near the top; below they are data."""
PROPRIETARY = "proprietary"
"""``field`` of a claim about terms that forbid what nobody agreed to."""
NAMED = "named"
"""``field`` of a claim about a licence by its name, which no table here knows."""
_LONGEST = 8000
_LONGEST_LINE = 1000
_TERM_WORD = re.compile(r"[a-z]+|[\u4e00-\u9fff]+")
_GRANTS = ("redistribution and use in source and binary forms", "permission is hereby granted")
_POINTER = re.compile(
    r"\blicen[cs]ed? (?:\w+ ){0,8}(?:found|file|terms|under|tree)\b|\bsee (?:\w+ ){0,4}licen[cs]e"
    r"|\bterms of (?:\w+ ){0,6}(?:licen[cs]e|agreement)|许可|协议|授权"
)
_STUDY = r"(?:research|academic|educational|scientific)"
_USE = r"(?:use|uses|usage|purpose|purposes|and|or|evaluation|study|teaching|research)"
_LIMITED = re.compile(
    r"\bfor (?:\w+ )?(?:non commercial|noncommercial)\b"
    r"|\b(?:non commercial|noncommercial) (?:\w+ ){0,3}only\b"
    rf"|\bfor (?:(?:internal|personal|the|non|commercial|and|or|{_STUDY}) ){{0,3}}{_STUDY}"
    rf" (?:{_USE} ){{0,4}}only\b"
    rf"|\bonly (?:be )?(?:\w+ )?for (?:(?:\w+ ){{0,2}}and )?{_STUDY} (?:{_USE})\b"
    r"|\bonly (?:may )?be used (?:\w+ ){0,5}non ?commercially\b|\bfor nonprofit use only\b"
    r"|\bnvidia source code licen[sc]e\b"  # each of its editions
    r"|\b(?:may|can) (?:only )?be used (?:\w+ ){0,5}non ?commercially\b"
    r"|\bin (?:non commercial|noncommercial) settings\b"  # the Academic Public License
    r"|\b(?:no|not for|prohibits?) commercial use\b|\bcommercial use (?:is )?(?:\w+ )?prohibited\b"
    r"|仅[供限用]\w{0,12}(?:研究|学术|学习)|非商业|[禁不][止得]\w{0,6}商[用业]"
)
_BOTH = re.compile(
    r"\bcommercial (?:and|or|as well as) (?:for )?non ?commercial"
    r"|\bnon ?commercial (?:and|or) commercial"
)
_FORBIDDEN = re.compile(
    r"\bwithout (?:\w+ ){0,6}(?:agreement|permission|consent|authorization|approval"
    r"|valid licen[sc]e)\b"
    r"(?: \w+){0,24} (?:strictly )?(?:prohibited|forbidden)\b"
    r"|\bunauthorized (?:\w+ ){0,8}(?:prohibited|forbidden)\b|\bproprietary and confidential\b"
    r"|\bconfidential and proprietary\b"
    r"|\b(?:can|may) only use (?:\w+ ){1,4}if you (?:\w+ ){1,4}(?:agreement|permission|consent)\b"
)
_UNKNOWN_NAME = re.compile(
    r"\b(?:is|are) licensed under (?:the )?(?P<name>(?:[A-Z][\w.-]*\s){1,8}"
    r"(?:LICENSE|License)(?:\s(?:AGREEMENT|Agreement))?)\b"
)
_COPYLEFT = re.compile(
    r"\s{0,4}(?:this (?:file|code) is (?:under )?(?:the )?)?(?P<family>A?GPL)\s{0,2}(?:[:.,;]|$)"
    r"|[^()\n]{0,80}\b(?:adapted|borrowed|copied|derived|forked|modified|ported|taken)\b[^()\n]{0,80}"
    r"\((?P<source>A?GPL)\)",
    re.I,
)
_END = re.compile(r"[.。;；](?=\s|$|[^\x00-\x7f])")
_MARKS = re.compile(r"^[\s#*/;%!\"'<-]+|[\s*/#\"']+$|\s*-->\s*$")


def own_words(source: LegalText, statements: list[int]) -> tuple[LicenseClaim, ...]:
    """Return what a header says of terms; ``statements`` are its lines with a copyright."""
    header = _Header(source)
    found = header.family() or next(filter(None, map(header.terms, statements)), None)
    found = found or header.name()
    return () if found is None else (found,)


class _Header:
    """The lines near the top that speak about a file, without the marks of a comment."""

    def __init__(self, source: LegalText) -> None:
        self._source = source
        self._lines = dict(_spoken(source))
        top = source.text.splitlines()[: 2 * HEADER_LINES]
        self._blank = frozenset(n for n, line in enumerate(top, 1) if not line.strip())

    def family(self) -> LicenseClaim | None:
        """Read ``GPL`` alone in a line, or behind what a file was taken from."""
        for number, line in self._lines.items():
            family = _COPYLEFT.match(line)
            if family is not None:
                name = (family["family"] or family["source"]).upper()
                return self._claim(number, expression=f"{name}-1.0-or-later")
        return None

    def terms(self, number: int) -> LicenseClaim | None:
        """Read the terms under a copyright line."""
        under = "\n".join(line for n, line in self._lines.items() if n >= number)[:_LONGEST]
        words = " ".join(_TERM_WORD.findall(under.casefold()))
        whole = any(grant in words for grant in _GRANTS) and "as is" in words
        for at, sentence in self._sentences(number):
            field = _field(sentence)
            if field:
                return self._claim(at, field=field)
        if not whole and not _POINTER.search(words):
            return None
        return self._claim(number, ClaimOrigin.HEADER_TEXT if whole else ClaimOrigin.HEADER)

    def name(self) -> LicenseClaim | None:
        """Read "X is licensed under the NAME LICENSE", a name that no table knows."""
        for number, line in self._lines.items():
            said = f"{line} {self._lines.get(number + 1, '')}"
            named = _UNKNOWN_NAME.search(said)
            if named is not None:
                return self._claim(number, field=NAMED, raw=named["name"])
        return None

    def _sentences(self, number: int) -> Iterator[tuple[int, str]]:
        """Yield the sentences of one comment, in plain words, by the line where they begin.

        Terms may stand over the copyright line, too, up to where the comment begins.
        """
        block: list[tuple[int, str]] = []
        first = number
        while first - 1 in self._lines or (first - 1 in self._blank and first - 2 in self._lines):
            first -= 1
        while first in self._lines or (first in self._blank and first + 1 in self._lines):
            block.append((first, self._lines.get(first, "") if first != number else ""))
            first += 1
        said, begun = "", 0
        for at, line in block[:HEADER_LINES]:
            if not line.strip() and said:
                yield begun, said
                said = ""
            for index, part in enumerate(_END.split(line.casefold())):
                if index and said.strip():
                    yield begun, said
                begun = at if index or not said.strip() else begun
                said = " ".join(_TERM_WORD.findall(part if index else f"{said} {part}"))
        if said:
            yield begun, said

    def _claim(
        self,
        number: int,
        origin: ClaimOrigin = ClaimOrigin.HEADER,
        *,
        expression: str = NOASSERTION,
        field: str = "",
        raw: str = "",
    ) -> LicenseClaim:
        line, cell = self._source.place(number)
        return LicenseClaim(
            source=ClaimSource.DETECTED,
            origin=origin,
            expression=expression,
            raw=quoted(" ".join((raw or self._lines.get(number, "")).split())[:200]),
            path=self._source.artifact.path,
            line=line if cell is None else None,
            cell=cell,
            field=field,
        )


def keeps_commerce_back(text: str) -> bool:
    """Whether the beginning of terms that nobody here knows allows no commercial use."""
    words = " ".join(_TERM_WORD.findall(text[:_LONGEST].casefold()))
    return _field(words) == LIMIT


def _field(words: str) -> str:
    if _FORBIDDEN.search(words):
        return PROPRIETARY
    limited = _LIMITED.search(words) is not None and _BOTH.search(words) is None
    return LIMIT if limited else ""


def _spoken(source: LegalText) -> Iterator[tuple[int, str]]:
    said = speaking(source.artifact.path, source.text)
    for number, line in enumerate(source.text.splitlines()[: 2 * HEADER_LINES], 1):
        if said is None or number in said:
            yield number, _MARKS.sub("", line[:_LONGEST_LINE])
