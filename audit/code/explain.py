# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which functions of two files are the same, with lines on both sides.

Functions are aligned by their name without the file's class prefix; where names were
changed, by an equal sequence of tokens with every name blanked.
"""

from difflib import SequenceMatcher

from audit.code.fingerprint import View, neutral, words
from audit.code.tokens import Function, Source
from audit.record.code import AlignedFunction, LineRange

_SHORTEST, _SHORTEST_RENAMED, _LONGEST = 25, 40, 3000
"""Tokens of a function. Shorter ones look alike by chance; comparing is quadratic in length."""
MOST_FUNCTIONS = 12


def align(
    source: Source, reference: Source, reference_path: str, *, least: float
) -> tuple[AlignedFunction, ...]:
    """Return the functions that are at least ``least`` alike, in the file's order."""
    known = _by_name(reference)
    shapes = _by_shape(reference)
    found = []
    for function in source.functions:
        if not _SHORTEST <= function.stop - function.start <= _LONGEST:
            continue
        aligned = _named(source, function, reference, known, least)
        renamed = aligned is None
        if aligned is None and (twin := shapes.get(_shape(source, function))) is not None:
            aligned = twin, 1.0
        if aligned is not None:
            twin, ratio = aligned
            found.append(
                AlignedFunction(
                    name=function.name,
                    lines=LineRange(first=function.first, last=function.last),
                    reference_path=reference_path,
                    reference_name=twin.name,
                    reference_lines=LineRange(first=twin.first, last=twin.last),
                    similarity=round(ratio, 4),
                    renamed=renamed,
                )
            )
    return tuple(found)


def _named(
    source: Source,
    function: Function,
    reference: Source,
    known: dict[str, Function],
    least: float,
) -> tuple[Function, float] | None:
    twin = known.get(_neutral_name(source, function))
    if twin is None or not _SHORTEST <= twin.stop - twin.start <= _LONGEST:
        return None
    matcher = SequenceMatcher(None, _seen(source, function), _seen(reference, twin), autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return None
    ratio = matcher.ratio()
    return (twin, ratio) if ratio >= least else None


def _by_name(source: Source) -> dict[str, Function]:
    return {_neutral_name(source, f): f for f in reversed(source.functions)}


def _by_shape(source: Source) -> dict[tuple[str, ...], Function]:
    long_enough = (f for f in reversed(source.functions) if f.stop - f.start >= _SHORTEST_RENAMED)
    return {_shape(source, f): f for f in long_enough if f.stop - f.start <= _LONGEST}


def _neutral_name(source: Source, function: Function) -> str:
    return ".".join(neutral(part, source.prefix) for part in function.name.split("."))


def _seen(source: Source, function: Function) -> list[str]:
    return words(source.tokens[function.start : function.stop], View.L1, source.prefix)


def _shape(source: Source, function: Function) -> tuple[str, ...]:
    return tuple(words(source.tokens[function.start : function.stop], View.L2, ""))
