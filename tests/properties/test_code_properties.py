# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Properties of the fingerprints: what may change in a file without a trace, and what may not."""

import contextlib
from functools import cache
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.code.evidence import matched_lines
from audit.code.files import decode
from audit.code.fingerprint import Prints, View, prints
from audit.code.tokens import NotPythonError, read_source
from tests.unit.code.mutations import rename_identifiers

OWN = sorted((Path(__file__).parents[2] / "audit" / "weights").rglob("*.py"))
COMMENT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(OWN), st.from_regex(r"[a-z]{1,6}", fullmatch=True))
def test_renaming_every_identifier_leaves_the_blank_view_unchanged(path: Path, salt: str) -> None:
    one = prints(read_source(text_of(path)), View.L2)
    two = prints(read_source(rename_identifiers(text_of(path), salt)), View.L2)
    assert one.keys.tolist() == two.keys.tolist()


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(OWN), st.lists(COMMENT, max_size=4), st.sampled_from(View))
def test_headers_and_comments_change_nothing(path: Path, lines: list[str], view: View) -> None:
    header = "".join(f"# {line}\n" for line in lines)
    dressed = header + text_of(path).replace("\n\n\n", "\n# between\n\n\n") + "# end\n"
    one, two = prints(read_source(text_of(path)), view), prints(read_source(dressed), view)
    assert one.keys.tolist() == two.keys.tolist()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_tokens_or_a_reason(data: bytes) -> None:
    with contextlib.suppress(NotPythonError):
        source = read_source(decode(data))
        assert len(prints(source, View.L1).keys) <= len(source.tokens)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=30))
def test_ranges_are_disjoint_and_cover_what_matched(spans: list[tuple[int, int]]) -> None:
    import numpy as np

    first = np.array([a for a, _ in spans])
    last = first + np.array([n for _, n in spans])
    keys = np.arange(len(spans), dtype=np.uint32)
    ranges = matched_lines(Prints(keys, first, last), keys)
    covered = {line for r in ranges for line in range(r.first, r.last + 1)}
    assert covered == {line for a, b in zip(first, last, strict=True) for line in range(a, b + 1)}
    assert all(r.last + 1 < s.first for r, s in pairwise(ranges))
