# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Copyright holders: which are plausible names, and whether a text names them.

The detector takes the next comment line for a holder when a statement has none, and
writes every script in Latin letters. So the statement is read again from the file: a
holder must stand on the statement's own line.
"""

import re
from collections.abc import Iterable

_LEADING = re.compile(
    r"^[\s#*/;%!\"'.<>|-]*(?:(?:SPDX-(?:File|Snippet)CopyrightText:|copyright|copyleft|portions|by"
    r"|©|\(c\)|&copy;|\(p\)|the year|years?"
    r"|(?:from )?(?:19|20)\d\d(?:\s*(?:[-–—]|to)\s*(?:(?:19|20)?\d\d|present|now|today))?)"
    r"[\s,:;.-]*)+",
    re.I,
)
_TRAILING = re.compile(
    r"(?:[\s,.;]*\ball rights(?: are)? reserved\b.*"
    r"|[\s,.;]+(?:licen[sc]ed|released|distributed) under\b.*"
    r"|[\s,.;]+(?:under )?(?:the )?(?:MIT|BSD|Apache|ISC) licen[sc]e\b.*"
    r"|\s*<[^<>]*>|\s*\([^()]*@[^()]*\)"
    r"|\s*https?://\S*|[\s*/#\"'<>-]+)$",
    re.I,
)
_SPDX_TAG = re.compile(r"SPDX-(?:File|Snippet)CopyrightText:", re.I)
_COPYRIGHT = re.compile(r"copyright|copyleft|©|\(c\)\s*(?:19|20)\d\d|&copy;", re.I)
_IN_QUOTES = re.compile(r"copyright[\"'](?!\s*$)", re.I)
"""The word alone in quotes: data of a programme, no statement."""
_NO_NAME = re.compile(
    r"\b(?:notices?|statements?|holders?|owners?|licen[sc]es?|law|claims?|headers?|protected)\b"
    r"|your name|name of|yyyy|\[|\]|\{|\}|=|\(\)",
    re.I,
)
_GOES_ON = re.compile(r"(?:,|&|\band)\s*$", re.I)
_COMPANY = "inc incorporated ltd limited llc llp corp corporation co company gmbh ag sa bv"
_GROUP = "team teams authors author contributors contributor developers group project"
_FILLER = frozenset(f"{_COMPANY} {_GROUP} the a an its".split())
_LONGEST_NAME = 120
_LONGEST_LINE = 1000
_SHORTEST_COMPACT = 6
_AND_OTHERS = re.compile(
    r"(?:\s*[,&]\s*|\s+and\s+)(?:its\s+|their\s+|other\s+|the\s+)*"
    r"(?:affiliates|subsidiaries|contributors|others)\b\.?",
    re.I,
)
"""Whoever else a holder takes along; they are named with it or not at all."""
_DOT_COM = re.compile(r"\.com\b(?=,?\s+(?:inc|ltd|llc|corp)\b)", re.I)
_IN_BRACKETS = re.compile(r"(?<=[\w.])\s*\([^()]*(?:\)|$)")
"""Who wrote it for a holder stands in brackets behind the name."""
_NEXT_COMPANY = re.compile(r"\b(Inc|Ltd|LLC|Corp)\.\s+(?=[A-Z])")
_TRADE = frozenset(
    {"platforms", "technology", "technologies", "software", "systems", "international", "global"}
    | {"holdings", "labs", "lab", "research", "ai", "university", "institute", "foundation"}
)
"""What a company calls its trade; the name that people use leaves it off."""
_WINDOW = 6
"""Words among which all words of a name must stand to name it in another order."""


def statement_holder(line: str, detected: str) -> str | None:
    """Return the holder that a copyright line names, or ``None`` if it names none.

    ``line`` is the line as it stands in the file, ``detected`` the scanner's reading,
    which may take in the next line: it is believed only if it stands in the line, or
    if the line ends in a comma or an "and".
    """
    line = line[:_LONGEST_LINE]
    if not _COPYRIGHT.search(line) or _IN_QUOTES.search(line):
        return None
    written = _clean(line)
    if not _plausible(written):
        return None
    goes_on = _GOES_ON.search(line.rstrip(" */#")) is not None and detected.startswith(
        written.split()[0]
    )
    kept = detected if detected and (detected in written or goes_on) else written
    return kept if _plausible(kept) else None


def _clean(line: str) -> str:
    line = _SPDX_TAG.sub("Copyright ", line)
    place = _COPYRIGHT.search(line)
    text = line[place.start() :] if place is not None else line
    text = _LEADING.sub("", text)
    previous = None
    while previous != text:
        previous, text = text, _TRAILING.sub("", text)
    return " ".join(text.split()).strip(" ,;:")


def _plausible(name: str) -> bool:
    letters = sum(character.isalpha() for character in name)
    return letters >= 2 and len(name) <= _LONGEST_NAME and not _NO_NAME.search(name)


def holds_a_text(statement: str) -> bool:
    """Whether it names who holds a licence's own text, and nothing in the release."""
    return re.search(r"Free Software Foundation|Creative Commons", statement, re.I) is not None


def parties(holder: str) -> tuple[str, ...]:
    """Split a holder that names several, without articles.

    Examples
    --------
    >>> parties("The Qwen team, Alibaba Group and the HuggingFace Inc. team")
    ('Qwen team', 'Alibaba Group', 'HuggingFace Inc. team')
    >>> parties("Meta Platforms, Inc. and affiliates.")
    ('Meta Platforms Inc.',)
    >>> parties("Acme Inc (authors: A. Lee, B. Roe)"), parties("acme.com, inc.")
    (('Acme Inc',), ('acme inc.',))
    """
    holder = _DOT_COM.sub("", _IN_BRACKETS.sub("", holder))
    joined = re.sub(r",\s+(?=(?:inc|ltd|llc|corp|co|gmbh)\b)", " ", holder, flags=re.I)
    alone = _NEXT_COMPANY.sub(r"\1.; ", _AND_OTHERS.sub("", joined))
    parts = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|;\s*", alone)
    named = (re.sub(r"^(?:the|its)\s+", "", part.strip(), flags=re.I) for part in parts)
    return tuple(part for part in named if _core(part))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _core(party: str) -> list[str]:
    return [word for word in _words(party) if word not in _FILLER]


def spelt_alike(party: str) -> str:
    """Return what spellings of one party have in common: "NVIDIA CORPORATION", "Nvidia Corp."."""
    return "".join(_core(party))


def named(texts: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the parties that one of the texts names, in order.

    Case, spaces, points and company suffixes do not matter: "Hugging Face" names the
    "HuggingFace Inc. team", "xAI" the "X.AI Corp.". A company is named by its name without
    its trade ("Meta" for "Meta Platforms, Inc."), several words also in another order.
    """
    read = [_Text(text) for text in texts]
    return tuple(sorted(p for p in set(wanted) if any(text.names(p) for text in read)))


class _Text:
    """The words of a text, in the forms in which names are looked for."""

    def __init__(self, text: str) -> None:
        self.written = frozenset(re.findall(r"[^\W_]+", text))
        self.words = words = _words(text)
        self.spaced = f" {' '.join(words)} "
        self.compact = "".join(word for word in words if word not in _FILLER)

    def names(self, party: str) -> bool:
        core = _core(party)
        if self._has(core):
            return True
        company = not set(_COMPANY.split()).isdisjoint(_words(party))
        brand = {word for word in core if word not in _TRADE}
        if not company or not brand or len(brand) == len(core):
            return False
        # As it is written: "Meta" is a company, "meta" is a word.
        spelt = {word for word in re.findall(r"[^\W_]+", party) if word.casefold() in brand}
        return spelt <= self.written

    def _has(self, core: list[str]) -> bool:
        joined = "".join(core)
        if len(joined) >= _SHORTEST_COMPACT and joined in self.compact:
            return True
        if f" {' '.join(core)} " in self.spaced or f" {joined} " in self.spaced:
            return True
        return len(core) > 1 and self._has_near(core)

    def _has_near(self, core: list[str]) -> bool:
        """Whether all words of a name stand close together, in any order."""
        if not all(f" {word} " in self.spaced for word in core):
            return False
        places = [i for i, word in enumerate(self.words) if word == core[0]]
        size = _WINDOW + len(core)
        return any(
            set(core) <= set(self.words[max(0, i - size) : i + size + 1]) for i in places[:1000]
        )
