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
    r"|(?:19|20)\d\d(?:\s*[-–—]\s*(?:(?:19|20)?\d\d|present|now|today))?)[\s,:;.-]*)+",
    re.I,
)
_TRAILING = re.compile(
    r"(?:[\s,.;]*\ball rights(?: are)? reserved\b.*|\s*<[^<>]*>|\s*\([^()]*@[^()]*\)"
    r"|\s*https?://\S*|[\s*/#\"'<>-]+)$",
    re.I,
)
_COPYRIGHT = re.compile(r"copyright|copyleft|©|\(c\)\s*(?:19|20)\d\d|&copy;", re.I)
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


def statement_holder(line: str, detected: str) -> str | None:
    """Return the holder that a copyright line names, or ``None`` if it names none.

    ``line`` is the line as it stands in the file, ``detected`` the scanner's reading,
    which may take in the next line: it is believed only if it stands in the line, or
    if the line ends in a comma or an "and".
    """
    line = line[:_LONGEST_LINE]
    if not _COPYRIGHT.search(line):
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
    """
    joined = re.sub(r",\s+(?=(?:inc|ltd|llc|corp|co|gmbh)\b)", " ", holder, flags=re.I)
    parts = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|;\s*", joined)
    named = (re.sub(r"^(?:the|its)\s+", "", part.strip(), flags=re.I) for part in parts)
    return tuple(part for part in named if _core(part))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _core(party: str) -> list[str]:
    return [word for word in _words(party) if word not in _FILLER]


def named(texts: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the parties that one of the texts names, in order.

    Case, spaces and company suffixes do not matter: "Hugging Face" names the
    "HuggingFace Inc. team".
    """
    spaced, compact = [], []
    for text in texts:
        words = _words(text)
        spaced.append(f" {' '.join(words)} ")
        compact.append("".join(word for word in words if word not in _FILLER))
    return tuple(sorted(party for party in set(wanted) if _is_in(_core(party), spaced, compact)))


def _is_in(core: list[str], spaced: list[str], compact: list[str]) -> bool:
    joined = "".join(core)
    if len(joined) >= _SHORTEST_COMPACT:
        return any(joined in text for text in compact)
    return any(f" {' '.join(core)} " in text for text in spaced)
