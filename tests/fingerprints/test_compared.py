# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A fingerprint where a reference stands: the same words, and none that it cannot support."""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest

from audit.checks.lineage.words import is_dependent
from audit.fingerprints.file import to_bytes
from audit.inventory import Inventory, take_inventory
from audit.library import run
from audit.lineage.several import against
from audit.record.said import Said
from audit.record.verdict import Status
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from tests.fingerprints.models import known, place
from tests.tiny_repo import one_line, run_audit
from tests.zoo import KnownPair, relations

_MOVED = {"base", "bf16", "neuron-permuted", "permuted"}
"""Members that hold the same values as one another, in some order."""
_FAINT = ({"twin", "permuted"}, {"continued", "permuted"})
"""Pairs of a changed basis and long training apart, that 48 dimensions show too little of."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def file_of(name: str, folder: Path) -> Path:
    path = folder / f"{name.rpartition('/')[2]}.fingerprint"
    if not path.exists():
        path.write_bytes(to_bytes(known(name)))
    return path


@cache
def taken(path: Path) -> Inventory:
    return take_inventory(resolve(str(path)), digest_weights=False)


def compared(own: Path, other: Path) -> Comparison:
    ((found,), together) = against(taken(own), [taken(other)])
    assert together is None
    return found


@pytest.mark.parametrize("pair", relations(), ids=lambda p: f"{p.suspect}-{p.reference}")
def test_every_known_pair_of_the_zoo(pair: KnownPair, files: Path) -> None:
    """Equal values have the word of the full comparison; dependence is said, and no more."""
    found = compared(file_of(pair.suspect, files), file_of(pair.reference, files))
    same_values = {pair.suspect, pair.reference} <= _MOVED
    if same_values:
        assert found.relation == pair.relation
    else:
        assert found.relation is Relation.INCONCLUSIVE
    if pair.relation == "no-shared-weights":
        assert not is_dependent(found)
        assert "clears nobody" in found.summary or "Undecided" in found.summary
    elif {pair.suspect, pair.reference} in _FAINT:
        assert found.summary.startswith("Undecided")
    elif not same_values:
        assert is_dependent(found)
        assert "cannot be told from a fingerprint" in found.summary


def test_what_a_fingerprint_cannot_say_is_absent_with_a_reason(files: Path) -> None:
    found = compared(place("fine-tune"), file_of("base", files))
    assert (found.kind, found.direction, found.certificate, found.maps) == (None, None, None, ())
    assert found.maps_reason
    assert found.direction_reasons == (
        "A fingerprint does not say which of two models came first.",
    )
    assert any("that two models share nothing" in limit for limit in found.limits)
    assert any(limit.startswith("base is known by a fingerprint") for limit in found.limits)
    assert found.coverage == 1.0
    assert {row.test for row in found.evidence} >= {"aligned-weights", "undone-permutation"}


def test_it_is_the_same_either_way_that_it_is_known(files: Path) -> None:
    """The model beside a fingerprint is drawn as the fingerprint was."""
    by_model = compared(place("continued"), file_of("base", files))
    by_files = compared(file_of("continued", files), file_of("base", files))
    assert by_model.evidence == by_files.evidence
    assert (by_model.summary, by_model.log10_p) == (by_files.summary, by_files.log10_p)


def test_a_control_that_has_no_weights_is_named(files: Path) -> None:
    one, base, control = taken(place("fine-tune")), taken(place("base")), file_of("stranger", files)
    ((with_it,), _) = against(one, [base], [taken(control)])
    ((without,), _) = against(one, [base])
    assert with_it.relation is without.relation
    assert with_it.limits[1:] == without.limits
    assert isinstance(with_it.limits[0], Said)
    assert with_it.limits[0].startswith("stranger was no control")


def test_several_references_of_either_sort(files: Path) -> None:
    """Two that hold the same values are not looked at together where one has no weights."""
    others = [taken(file_of("base", files)), taken(place("bf16")), taken(place("stranger"))]
    found, together = against(taken(place("base")), others)
    assert [c.relation for c in found] == [
        Relation.COPY,
        Relation.COPY,
        Relation.NO_SHARED_WEIGHTS,
    ]
    assert together is None


def test_the_gate_takes_a_fingerprint_for_a_reference(files: Path, tmp_path: Path) -> None:
    parent = file_of("dispute/reference", files)
    record = run(place("dispute/suspect"), against=[parent])
    (item,) = record.references
    assert (item.name, item.origin) == ("reference", "given")
    assert [f.check for f in record.findings if f.check in {"WGT001", "BASE001"}] == ["WGT001"]
    innocent = run(place("dispute/independent"), against=[parent])
    assert innocent.comparisons[0].relation is Relation.INCONCLUSIVE
    declaring = tmp_path / "release"
    shutil.copytree(place("bf16"), declaring)
    (declaring / "README.md").write_text("---\nbase_model: org/base\n---\n# It\n")
    answered = run(declaring, against=[f"org/base={file_of('base', files)}"])
    assert answered.references[0].parent is not None
    assert answered.comparisons[0].relation is Relation.COPY
    assert not {f.check for f in answered.findings} & {"BASE001", "BASE002", "BASE004"}
    undeclared = run(place("bf16"), against=[file_of("base", files)])
    assert "BASE001" in {f.check for f in undeclared.findings}
    assert undeclared.verdict.status is not Status.PASS


def test_the_command_takes_them(files: Path, tmp_path: Path) -> None:
    base = file_of("base", files)
    copy = run_audit("compare", file_of("bf16", files), base, "--json", "-q")
    assert (copy.exit_code, json.loads(copy.stdout)["relation"]) == (0, "copy")
    failed = run_audit("compare", place("bf16"), base, "--fail-on", "derived", "-q")
    assert failed.exit_code == 1
    silent = run_audit("compare", place("stranger"), base, "-q")
    assert silent.exit_code == 3
    assert "a fingerprint clears nobody" in " ".join(silent.stdout.split())
    bad = tmp_path / "bad.fingerprint"
    bad.write_bytes(base.read_bytes()[:-1])
    refused = run_audit("compare", place("bf16"), bad, "-q")
    assert (refused.exit_code, "is no fingerprint" in one_line(refused)) == (2, True)
    absent = run_audit("compare", place("bf16"), tmp_path / "no.fingerprint", "-q")
    assert absent.exit_code == 2
