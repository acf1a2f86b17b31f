# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The tool says what it said when it was frozen.

Every run takes the quick cases. ``AUDIT_FROZEN=all`` (``make frozen``) takes all of them, and
``AUDIT_FROZEN=exact`` compares to the last digit, which holds on one kind of processor only.
"""

import copy
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.frozen import corpus, store
from tests.frozen.corpus import FrozenCase
from tests.validation.packages import UnavailableError

pytestmark = pytest.mark.sampled(3)

MODE = os.environ.get("AUDIT_FROZEN", "")
CASES = [case for case in corpus.cases() if case.quick or MODE]


def test_the_mode_is_one_that_exists() -> None:
    assert MODE in {"", "all", "exact"}


@pytest.mark.parametrize("group", corpus.GROUPS)
def test_every_case_is_frozen_and_no_other(group: str) -> None:
    assert set(store.expected(group)) == {c.name for c in corpus.cases() if c.group == group}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_says_the_same(case: FrozenCase) -> None:
    try:
        after = case.compute()
    except UnavailableError as error:
        pytest.skip(str(error))
    before = store.expected(case.group)[case.name]
    found = list(store.differences(before, after, exact=MODE == "exact"))
    if found:
        pytest.fail("\n".join((f"{case.id} says something else:", *found)), pytrace=False)


def test_quick_cases_cover_every_relation_and_member() -> None:
    quick = {case.name for case in corpus.cases() if case.group == "zoo" and case.quick}
    said = store.expected("zoo")
    relations = {digest["relation"] for digest in said.values()}
    assert {said[name]["relation"] for name in quick} == relations
    assert {m for name in quick for m in name.split(" ~ ")} == {
        m for name in said for m in name.split(" ~ ")
    }


def test_every_frozen_value_can_fail() -> None:
    """A leaf of a whole record, changed, is named with both values."""
    before = store.expected("dispute")["suspect"]
    after = copy.deepcopy(before)
    leaves = list(_leaves(after))
    assert len(leaves) > 500
    for holder, key, name in leaves[::9]:
        kept = holder[key]
        holder[key] = "other" if isinstance(kept, str | bool) else kept + 1
        (line,) = store.differences(before, after, exact=False)
        assert line.startswith(f"{name}: before {json.dumps(kept, ensure_ascii=False)}, after ")
        holder[key] = kept


def test_rounding_is_no_difference_unless_asked_for() -> None:
    pair = {"a": {"p": -12.3456}}, {"a": {"p": -12.3457}}
    assert list(store.differences(*pair, exact=False)) == []
    assert list(store.differences(*pair, exact=True)) == ["a > p: before -12.3456, after -12.3457"]


def test_what_is_new_or_gone_is_named() -> None:
    found = list(store.differences({"a": 1}, {"b": [2]}, exact=True))
    assert found == ["a: before 1, after nothing", "b: before nothing, after [2]"]


def _leaves(holder: Any, name: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Give each value with what holds it, so that it can be changed, and its name."""
    listed = isinstance(holder, list)
    for key, item in enumerate(holder) if listed else holder.items():
        inner = f"{name}[{key}]" if listed else f"{name} > {key}" if name else key
        if isinstance(item, dict | list):
            yield from _leaves(item, inner)
        else:
            yield holder, key, inner
