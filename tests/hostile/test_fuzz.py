# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Random bytes grown from the table's cases: a parser reads them or says why not, never more.

Short by default; ``AUDIT_FUZZ=1000`` tries so many inputs for each parser.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.hostile.cases import cases
from tests.hostile.parsers import PARSERS, answer

EXAMPLES = int(os.environ.get("AUDIT_FUZZ", "12"))
_LONGEST = 8192
SLOW = frozenset({"git pack", "git object", "git refs", "git HEAD", "policy", "waivers"})
"""Those that write a file for each input."""


def seeds(parser: str) -> list[bytes]:
    found = (c.make() for c in cases() if c.parser == parser and "million" not in c.name)
    return [data for data in found if len(data) <= _LONGEST] or [b""]


@pytest.mark.parametrize("parser", sorted(PARSERS))
def test_a_parser_reads_or_says_why_not(parser: str) -> None:
    grown = seeds(parser)

    @seed(13)
    @settings(
        max_examples=max(4, EXAMPLES // 3) if parser in SLOW else EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False), st.binary(max_size=64))
    def fuzz(rng: random.Random, extra: bytes) -> None:
        for data in mutated(grown, rng, extra):
            answer(parser, data)

    fuzz()


def mutated(grown: list[bytes], rng: random.Random, extra: bytes) -> list[bytes]:
    """Cut, splice, flip and repeat a seed."""
    one, other = rng.choice(grown), rng.choice(grown)
    place, end = sorted((rng.randint(0, len(one)), rng.randint(0, len(one))))
    flipped = bytearray(one)
    for _ in range(rng.randint(1, 4)):
        if flipped:
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return [
        bytes(flipped),
        one[:place] + extra + one[end:],
        one[:place] + other[rng.randint(0, len(other)) :],
        one[:place] + one[place:end] * rng.randint(2, 40) + one[end:],
        extra,
    ]
