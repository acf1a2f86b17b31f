# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Several references: which are compared again, with which controls, and what is settled."""

from types import SimpleNamespace
from typing import Any

import pytest

from audit.lineage import several
from audit.record.weights import PKind, Relation
from tests.memory_source import Memory

CALIBRATED = (Relation.DISGUISED, PKind.CALIBRATED)
APART = (Relation.NO_SHARED_WEIGHTS, PKind.EXACT)
CHILD = (Relation.DERIVED, PKind.EXACT)


class Asked:
    """Stands in for ``compare``: answers by the reference's name, and remembers the question."""

    def __init__(self, **answers: tuple[Relation, PKind]) -> None:
        self.answers = answers
        self.calls: list[tuple[str, str, int, tuple[str, ...]]] = []

    def __call__(
        self, suspect: Any, reference: Any, *, references: int = 1, controls: Any = (), **more: Any
    ) -> Any:
        names = tuple(control.name for control in controls)
        self.calls.append((suspect.name, reference.name, references, names))
        if "keep" in more:
            pairing = SimpleNamespace(inventories=(suspect, reference))
            more["keep"](SimpleNamespace(pairing=pairing), references)
        return self.answer(reference.name, names)

    def again(self, case: Any, references: int, controls: Any, **_: Any) -> Any:
        """Stand in for ``reread``."""
        names = tuple(control.name for control in controls)
        suspect, reference = case.pairing.inventories
        self.calls.append((suspect.name, reference.name, references, names))
        return self.answer(reference.name, names)

    def answer(self, name: str, controls: tuple[str, ...]) -> Any:
        relation, p_kind = self.answers[name]
        return SimpleNamespace(relation=relation, p_kind=p_kind, of=name, known=controls)


def models(*names: str) -> list[Any]:
    return [SimpleNamespace(name=name, source=Memory(name, {})) for name in names]


@pytest.fixture(autouse=True)
def _no_adapters(monkeypatch: pytest.MonkeyPatch) -> None:
    """These stand-ins hold no tensors, so none of them is an adapter."""
    monkeypatch.setattr(several, "laid_over", lambda _suspect, _references, found: found)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        several, "examine_relatives", lambda _, found: seen.append(tuple(r.name for r in found))
    )
    monkeypatch.setattr(several, "with_siblings", lambda found, *_: found)
    return seen


def test_one_reference_is_read_against_the_controls_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked(a=CALIBRATED)
    monkeypatch.setattr(several, "compare", asked)
    found, relatives = several.against(*models("s"), models("a"), models("c"))
    assert ([c.of for c in found], relatives) == (["a"], None)
    assert asked.calls == [("s", "a", 1, ("c",))]


@pytest.mark.parametrize(("declared", "known"), [((), ("c", "b")), ((False, True, False), ("c",))])
def test_calibrated_conclusions_are_read_again_with_independent_references(
    monkeypatch: pytest.MonkeyPatch, declared: tuple[bool, ...], known: tuple[str, ...]
) -> None:
    """A declared parent that shares nothing is no control: it is what the question is about."""
    asked = Asked(a=CALIBRATED, b=APART, d=CHILD)
    monkeypatch.setattr(several, "compare", asked)
    monkeypatch.setattr(several, "reread", asked.again)
    found, _ = several.against(*models("s"), models("a", "b", "d"), models("c"), declared)
    assert [(c.of, c.known) for c in found] == [("a", known), ("b", ()), ("d", ())]
    assert asked.calls == [
        *(("s", name, 3, ()) for name in "abd"),
        ("s", "a", 3, known),
    ]


def test_relatives_are_looked_at_together(
    monkeypatch: pytest.MonkeyPatch, together: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(several, "compare", Asked(a=CHILD, b=APART, c=(Relation.COPY, PKind.EXACT)))
    found, _ = several.against(*models("s"), models("a", "b", "c"))
    assert [c.of for c in found] == ["a", "b", "c"]
    assert together == [("a", "c")]


def test_references_of_one_name_settle_nothing(
    monkeypatch: pytest.MonkeyPatch, together: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(several, "compare", Asked(a=CHILD))
    monkeypatch.setattr(several, "with_siblings", lambda *_: pytest.fail("which one is it?"))
    found, _ = several.against(*models("s"), models("a", "a"))
    assert [c.of for c in found] == ["a", "a"]
    assert together == [("a", "a")]


def test_only_the_needed_pair_of_references_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(a=CHILD, b=CHILD)
    monkeypatch.setattr(several, "compare", asked)
    monkeypatch.setattr(several, "examine_relatives", lambda *_: "together")
    monkeypatch.setattr(
        several, "with_siblings", lambda found, _, between: found | {"b": between("b", "a")}
    )
    found, relatives = several.against(*models("s"), models("a", "b"))
    assert relatives == "together"
    assert asked.calls[2:] == [("b", "a", 1, ())]
    assert found[1].of == "a"
