# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""SPDX expressions: what is understood is normalised, what is not is never guessed.

A whole string is looked up, never a part of it: ``mit`` occurs in "permit", and a
table that searches for it finds MIT in every licence there is.
"""

import re
from functools import cache, reduce
from typing import Any

from audit import rules
from audit.record.licenses import NOASSERTION

_LICENSE_REF = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_GNU = re.compile(r"((?:A|L)?GPL-\d\.\d)-(?:only|or-later)")
_LONGEST = 1000
_PARSER_LAPSES = (AssertionError, LookupError, RecursionError, TypeError, ValueError)
"""What the parser (30.4.4, boolean.py 5.0) was seen to raise on malformed input."""


@cache
def _licensing() -> Any:
    """Return the SPDX parser without the aliases that guess.

    The library's index takes ``GPL`` for ``GPL-1.0-or-later`` and the foreign
    ``LicenseRef-MIT-Bootstrap`` for ``MIT``; a ``LicenseRef-`` is its writer's own.
    """
    from license_expression import LicenseSymbol, Licensing, get_license_index

    return Licensing(
        LicenseSymbol(
            key=row["spdx_license_key"],
            aliases=tuple(a for a in row["other_spdx_license_keys"] if not _guesses(a)),
            is_exception=row["is_exception"],
        )
        for row in get_license_index()
        if row.get("spdx_license_key")
    )


def _guesses(alias: str) -> bool:
    foreign = alias.startswith("LicenseRef-") and not alias.startswith("LicenseRef-scancode-")
    return foreign or " " in alias or alias == "GPL"


def normalise(raw: str) -> str:
    """Return ``raw`` as an SPDX expression, or ``NOASSERTION`` if it is not understood.

    Model-card ids, full licence names and trove classifiers go through
    ``rules/aliases.yaml`` and the ``aliases`` of ``rules/licenses/``; everything else
    must be a valid SPDX expression. ``-or-later`` is kept.

    Examples
    --------
    >>> normalise("apache-2.0"), normalise("mit or GPL-3.0-or-later"), normalise("limited")
    ('Apache-2.0', 'MIT OR GPL-3.0-or-later', 'NOASSERTION')
    """
    text = " ".join(raw.split())
    if not text or len(text) > _LONGEST:
        return NOASSERTION
    alias = rules.aliases().get(text.casefold().replace("licence", "license"))
    return alias if alias is not None else _either(text) if "/" in text else _parse(text)


def _either(text: str) -> str:
    """Read ``MIT/Apache-2.0`` as a choice, as package metadata mean it."""
    named = [normalise(part) for part in text.split("/")]
    return NOASSERTION if NOASSERTION in named else combine(named, "OR")


def _parse(text: str) -> str:
    from boolean.boolean import ParseError
    from license_expression import ExpressionError

    try:
        parsed = _licensing().parse(text, validate=False)
        unknown = _licensing().unknown_license_keys(parsed)
    except (ExpressionError, ParseError, *_PARSER_LAPSES):
        return NOASSERTION
    if parsed is None or not all(_LICENSE_REF.fullmatch(key) for key in unknown):
        return NOASSERTION
    return str(parsed)


def symbols(expression: str) -> frozenset[str]:
    """Return the licence ids of an expression; empty for ``NOASSERTION``."""
    if expression == NOASSERTION:
        return frozenset()
    return frozenset(str(key) for key in _licensing().license_keys(expression))


def readings(expression: str) -> frozenset[str]:
    """Return the licence ids of an expression as far as statements about it agree.

    The text of a GNU licence is the same for ``-only`` and ``-or-later``, and ``gpl-3.0``
    says neither; ``gemma`` does not say which edition. Statements that differ only
    there do not contradict each other.
    """
    return frozenset(_reading(symbol) for symbol in symbols(expression))


def _reading(symbol: str) -> str:
    facts = rules.license_facts(symbol)
    return _GNU.sub(r"\1", symbol if facts is None else facts.id)


def is_ambiguous(raw: str) -> bool:
    """Whether ``raw`` names no licence: ``other``, ``unknown``, or a family (``cc``)."""
    return raw.strip().casefold() in rules.ambiguous_licenses()


def combine(expressions: list[str], relation: str = "AND") -> str:
    """Join expressions with ``AND`` (or ``OR``), each once; ``NOASSERTION`` if there is none."""
    distinct = sorted(set(expressions) - {NOASSERTION})
    if not distinct:
        return NOASSERTION
    if len(distinct) == 1:
        return distinct[0]
    from license_expression import combine_expressions

    return str(combine_expressions(distinct, relation, licensing=_licensing()))


def fold(expression: str, leaf: Any, *, any_of: Any, all_of: Any) -> Any:
    """Evaluate an expression bottom-up.

    ``leaf`` maps a licence (with its ``WITH`` exception, if it has one) to a value;
    ``any_of`` and ``all_of`` combine the values of an ``OR`` and of an ``AND``.
    """
    return _fold(_licensing().parse(expression, validate=False), leaf, any_of, all_of)


def _fold(node: Any, leaf: Any, any_of: Any, all_of: Any) -> Any:
    if not getattr(node, "args", ()):
        return leaf(str(node))
    joined = any_of if node.operator.strip() == "OR" else all_of
    return reduce(joined, (_fold(arg, leaf, any_of, all_of) for arg in node.args))
