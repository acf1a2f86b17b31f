# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Numbers and lists as words: every rounding in one place, and none that flatters.

Shares round down, an upper bound on a probability rounds up.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def count(number: int) -> str:
    """Write a whole number with thousands separators."""
    return f"{number:,}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number with its noun: ``1 file``, ``1,204 files``."""
    return f"{count(number)} {singular if number == 1 else plural or singular + 's'}"


def left_out(total: int, shown: int, singular: str, plural: str | None = None) -> str:
    """Say how many of ``total`` stand in the record only; empty where all are shown."""
    left, others = total - shown, None if plural is None else f"more {plural}"
    return f"{counted(left, f'more {singular}', others)} in record.json." if left > 0 else ""


def listed(items: Sequence[str]) -> str:
    """Join names as a sentence does: ``a``, ``a and b``, ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def size(octets: int) -> str:
    """Write a size in decimal units, as disks are sold."""
    value, unit = float(octets), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{octets} B" if unit == "B" else f"{value:.1f} {unit}"


def share(fraction: float) -> str:
    """Write a fraction as per cent, rounded down, so that 100 % means all."""
    return f"{floor(_steady(fraction * 1000)) / 10:.1f} %"


def upper_share(fraction: float) -> str:
    """Write an upper bound as per cent, rounded up and never over 100 %."""
    return f"{min(1000, ceil(_steady(fraction * 1000))) / 10:.1f} %"


def _steady(value: float) -> float:
    """Remove binary dust (0.57 * 1000 is 569.99...) before rounding in one direction."""
    return round(value, 6)


def decimal(value: float) -> str:
    """Write a measured value with three significant digits and a real minus sign."""
    if value == 0 or 0.001 <= abs(value) < 1_000_000:
        digits = 3 if value == 0 else max(0, min(3, 2 - floor(log10(abs(value)))))
        return _minus(f"{value:,.{digits}f}")
    mantissa, exponent = f"{value:.2e}".split("e")
    return _minus(f"{mantissa}·10") + _superscript(int(exponent))


def fixed(value: float) -> str:
    """Write a correlation or another measured number with three decimals."""
    return f"{value:.3f}"


def upper(value: float) -> str:
    """Write an upper bound with three decimals, rounded up."""
    return f"{ceil(_steady(value * 1000)) / 1000:.3f}"


def tenths(value: float) -> str:
    """Write a measured number with one decimal."""
    return f"{value:.1f}"


def logarithm(value: float) -> str:
    """Write a log10 probability with one decimal, rounded towards zero."""
    return _minus(f"{-floor(_steady(-value * 10)) / 10 + 0.0:,.1f}")


def chance(log10_p: float) -> str:
    """Write a probability so that the statement stays true after rounding up.

    The spaces in ``1 in 10⁹`` do not break, so that no line ends in “at most 1”.
    """
    if log10_p <= -3:
        return f"1\u00a0in\u00a010{_superscript(floor(_steady(-log10_p)))}"
    per_mille = min(1000, ceil(_steady(10**log10_p * 1000)))
    return f"{per_mille / 10:.1f} %"


def _superscript(number: int) -> str:
    sign = "⁻" if number < 0 else ""
    return sign + str(abs(number)).translate(_SUPERSCRIPTS)


def _minus(text: str) -> str:
    return text.replace("-", "−")
