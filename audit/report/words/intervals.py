# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Exact intervals for measured error rates.

C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the
case of the binomial", Biometrika 26 (1934) 404-413. The interval never covers less than it
says, whatever the rate; it supposes that the trials are independent.
"""

from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
_STEPS = 60
"""Halvings; 2**-60 is far below what is printed."""


def clopper_pearson(errors: int, trials: int) -> tuple[float, float]:
    """Return the exact two-sided 95 % interval of a rate.

    Parameters
    ----------
    errors, trials : int
        ``0 <= errors <= trials``, at least one trial.

    Returns
    -------
    tuple of float
        Lower and upper end, each the rate at which so few (so many) errors have 2.5 %.

    Raises
    ------
    ValueError
        If the counts are not those of an experiment.

    >>> tuple(round(end, 4) for end in clopper_pearson(0, 247))
    (0.0, 0.0148)
    """
    if not 0 <= errors <= trials or trials < 1:
        raise ValueError(f"{errors} of {trials} is no experiment")
    tail = (1 - CONFIDENCE) / 2
    lower = 0.0 if errors == 0 else _root(errors - 1, trials, 1 - tail)
    upper = 1.0 if errors == trials else _root(errors, trials, tail)
    return lower, upper


def _root(most: int, trials: int, wanted: float) -> float:
    """Return the rate at which ``most`` or fewer errors have probability ``wanted``."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(most, trials, middle) > wanted:
            low = middle
        else:
            high = middle
    return high


def _at_most(most: int, trials: int, rate: float) -> float:
    """Binomial distribution function, summed in logarithms."""
    return sum(
        exp(
            lgamma(trials + 1)
            - lgamma(k + 1)
            - lgamma(trials - k + 1)
            + k * log(rate)
            + (trials - k) * log1p(-rate)
        )
        for k in range(most + 1)
    )
