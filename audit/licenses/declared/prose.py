# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a README says about the release's licence in words, and on badges.

Only sentences whose subject is the release or a part of it count: a README also names the
licences of others. A name that is not understood as a whole yields no claim.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from audit.inventory.model_card import ModelCard
from audit.licenses.expressions import normalise
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted
from audit.rules import license_in_prose

_LONGEST = 4000
"""Characters of a line that are looked at."""
_BADGE = re.compile(r"img\.shields\.io/badge/(?P<path>[^)\s\"'>?]+)", re.I)
_SCOPE_OF = {
    "code": "code", "source": "code", "scripts": "code", "software": "code",
    "weights": "weights", "checkpoint": "weights", "checkpoints": "weights",
    "parameters": "weights", "data": "data", "dataset": "data", "datasets": "data",
    "documentation": "docs", "docs": "docs",
    "代码": "code", "权重": "weights", "数据": "data", "文档": "docs",
}  # fmt: skip
_WHOLE = "model|models|project|repository|repo|release|package|work|library"
_PARTS = "|".join(word for word in _SCOPE_OF if word.isascii())
_VERB = (
    r"(?:(?:is|are|was|were|has been|have been)\s+)?(?:(?:dual[- ])?(?:licensed|released"
    r"|distributed|made available|available|provided|published|shared|offered)\s+)?"
)
_NAME = r"(?P<name>(?:[^.,;:!?()\n]|\.(?=\S)|\([^)\n]*\))+?)"
_STATEMENT = re.compile(
    r"(?P<subject>(?:\b(?:this|these|the|our|all|its|model|source)\s+)*"
    rf"\b(?P<noun>{_WHOLE}|{_PARTS}))\s+"
    rf"(?:(?:in|of|for|from)\s+(?:this|the|our)\s+\w+\s+)?{_VERB}under\s+(?:the\s+)?(?:terms\s+of\s+)?(?:the\s+|an?\s+)?"
    rf"{_NAME}(?=\s+and\s+|[,;:!?()\n]|\.(?:\s|$)|$)",
    re.I,
)
_CHINESE = re.compile(
    r"(?P<noun>代码|权重|数据|文档|模型|项目|仓库)[^。；，\n]{0,8}?(?:采用|遵循|基于|使用)\s*"
    r"(?P<name>[A-Za-z][\w .+-]*?)\s*(?:开源)?(?:许可证|许可|协议)"
)
_OF_OTHERS = re.compile(
    r"\b(?:base|original|upstream|parent|teacher|third[- ]party|their)\s+\Z", re.I
)
_LINK = re.compile(r"!?\[(?P<text>[^\]\n]*)\]\([^)\n]*\)")
_MARKS = re.compile(r"[`*_]{1,3}(?=\S)|(?<=\S)[`*_]{1,3}")
_TAIL = re.compile(r"\s*\b(?:licen[sc]es?|agreement)\b(?:\s*\(.*\))?\s*$", re.I)


def prose_claims(card: ModelCard) -> tuple[LicenseClaim, ...]:
    """Return the statements and badges of a card, in order; each once."""
    found: dict[tuple[ClaimOrigin, str, str | None], LicenseClaim] = {}
    for number, whole in enumerate(card.prose.split("\n"), card.prose_line):
        line = whole[:_LONGEST]
        for origin, expression, raw, scope in (*_badges(line), *_statements(line)):
            key = (origin, expression, scope)
            claim = LicenseClaim(
                source=ClaimSource.DECLARED,
                origin=origin,
                expression=expression,
                raw=quoted(" ".join(raw.split())[:300]),
                path=card.path,
                line=number,
                scope=scope,
            )
            found.setdefault(key, claim)
    return tuple(found.values())


_Statement = tuple[ClaimOrigin, str, str, str | None]


def _badges(line: str) -> Iterator[_Statement]:
    """Read ``label-message-colour`` of a static badge; ``--`` and ``__`` are escapes."""
    for match in _BADGE.finditer(line):
        text = unquote(match["path"]).replace("--", "\0").replace("__", "\1")
        parts = [p.replace("_", " ").replace("\0", "-").replace("\1", "_") for p in text.split("-")]
        if len(parts) == 3 and re.fullmatch(r"(?:\w+ )?licen[sc]e", parts[0].strip(), re.I):
            expression = understood(parts[1])
            label = parts[0].split()[0].lower()
            if expression != NOASSERTION:
                scope = "weights" if label == "model" else _SCOPE_OF.get(label)
                yield ClaimOrigin.CARD_BADGE, expression, " ".join(parts[:2]), scope


def _statements(line: str) -> Iterator[_Statement]:
    plain = _MARKS.sub("", _LINK.sub(lambda m: m["text"], line))
    for pattern in (_STATEMENT, _CHINESE):
        for match in pattern.finditer(plain):
            expression = understood(match["name"])
            if expression != NOASSERTION and not _OF_OTHERS.search(plain[: match.start("noun")]):
                yield (
                    ClaimOrigin.CARD_STATEMENT,
                    expression,
                    match[0],
                    _SCOPE_OF.get(match["noun"].lower()),
                )


def understood(name: str) -> str:
    """Return the expression that a name in prose stands for, or ``NOASSERTION``.

    Examples
    --------
    >>> understood("Apache 2.0 license"), understood("CC BY-NC 4.0"), understood("LICENSE file")
    ('Apache-2.0', 'CC-BY-NC-4.0', 'NOASSERTION')
    """
    text = name.strip(" \"'<>[]")
    bare = _TAIL.sub("", text)
    for form in (text, bare, f"{bare} license", re.sub(r"\s+", "-", bare)):
        expression = normalise(form) if form else NOASSERTION
        if expression != NOASSERTION:
            return expression
    return license_in_prose(text) or license_in_prose(bare) or NOASSERTION
