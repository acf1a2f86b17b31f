# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit compare``: the public contract of its JSON, its words and its exit codes."""

import json
from pathlib import Path

import pytest

from audit.cli.compare import FailOn, exit_code
from audit.errors import ExitCode
from audit.record.texts import RuleTexts
from audit.record.weights import (
    Comparison,
    Component,
    Evidence,
    Outcome,
    PKind,
    Relation,
    SpreadContext,
)
from audit.report.formats.terminal import draw
from audit.report.sections.summary import compared
from tests.tiny_repo import fine_tune, make_repo, run_audit

PUBLIC = {
    "relation",
    "log10_p",
    "effect",
    "p_kind",
    "components",
    "evidence",
    "kind",
    "direction",
    "limits",
    "bytes_read",
}
EVIDENCE = {
    "test",
    "version",
    "scope",
    "outcome",
    "statistic",
    "log10_p",
    "p_kind",
    "effect",
    "n",
    "reason",
}


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "parent")


def test_json_has_the_public_fields(tmp_path: Path, parent: Path) -> None:
    child = fine_tune(parent, tmp_path / "child")
    result = run_audit("compare", child, parent, "--json", "--quiet")
    assert (result.exit_code, result.stderr) == (ExitCode.PASS, "")
    assert result.stdout.endswith("}\n")
    found = json.loads(result.stdout)
    assert set(found) >= PUBLIC
    assert all(set(item) >= EVIDENCE for item in found["evidence"])
    assert all(set(c) >= {"relation", "log10_p", "effect", "p_kind"} for c in found["components"])
    assert found["relation"] == "derived"
    assert found["log10_p"] < -9


def test_fail_on_derived(tmp_path: Path, parent: Path) -> None:
    child = fine_tune(parent, tmp_path / "child")
    result = run_audit("compare", child, parent, "--fail-on", "derived", "--quiet")
    assert result.exit_code == ExitCode.FAIL
    assert "DERIVED" in result.stdout


def test_strangers_pass(tmp_path: Path, parent: Path) -> None:
    stranger = make_repo(tmp_path / "stranger", seed=1)
    result = run_audit("compare", stranger, parent, "--fail-on", "derived", "--json", "-q")
    assert json.loads(result.stdout)["relation"] in {"no-shared-weights", "inconclusive"}
    assert result.exit_code in {ExitCode.PASS, ExitCode.INDETERMINATE}


@pytest.mark.parametrize("fail_on", [[], ["--fail-on", "derived"]])
def test_no_weights_is_inconclusive(tmp_path: Path, parent: Path, fail_on: list[str]) -> None:
    bare = make_repo(tmp_path / "bare")
    (bare / "model.safetensors").unlink()
    result = run_audit("compare", bare, parent, "--json", "--quiet", *fail_on)
    assert json.loads(result.stdout)["relation"] == "inconclusive"
    assert result.exit_code == ExitCode.INDETERMINATE


@pytest.mark.parametrize("relation", list(Relation))
def test_exit_codes(relation: Relation) -> None:
    lineage = {Relation.COPY, Relation.DERIVED, Relation.COMPONENT_REUSE, Relation.DISGUISED}
    undecided = ExitCode.INDETERMINATE if relation is Relation.INCONCLUSIVE else ExitCode.PASS
    assert exit_code(relation, None) is undecided
    expected = ExitCode.FAIL if relation in lineage else undecided
    assert exit_code(relation, FailOn.DERIVED) is expected


def comparison(p_kind: PKind, log10_p: float | None) -> Comparison:
    return Comparison(
        suspect="sus\x1b[31mpect",
        reference="[bold]reference",
        relation=Relation.DERIVED,
        summary="They agree.",
        log10_p=log10_p,
        effect=0.9,
        p_kind=p_kind,
        components=(
            Component(
                name="attention",
                relation=Relation.DERIVED,
                log10_p=-41.2,
                effect=0.91,
                p_kind=p_kind,
            ),
        ),
        evidence=(
            Evidence(
                test="norm-vectors",
                version=1,
                scope="norms",
                outcome=Outcome.NOT_APPLICABLE,
                p_kind=PKind.NONE,
                reason="no norms are paired",
            ),
            Evidence(
                test="aligned-weights",
                version=2,
                scope="attention",
                outcome=Outcome.COMPUTED,
                p_kind=p_kind,
                log10_p=-42.0,
                effect=0.91,
                n=64,
            ),
        ),
        kind=None,
        direction=None,
        family_suspect="a",
        family_reference="b",
        coverage=0.5,
        bytes_read=1_500_000,
        limits=("Only half was compared.",),
        spread=SpreadContext(per_layer=None, per_tensor=None, layers=0, tensors=0, reason="x"),
    )


def shown(p_kind: PKind, log10_p: float | None) -> str:
    found = comparison(p_kind, log10_p)
    return " ".join(draw(compared(found, RuleTexts()), 100).plain.split())


def test_words_say_the_warrant() -> None:
    exact = shown(PKind.EXACT, -7.2)
    assert "initialised independently" in exact
    assert "probability at most 1 in 10⁷, after correction" in exact
    assert "normal approximation" not in exact
    assert "about 1 in 10⁷, by the normal approximation" in shown(PKind.ASYMPTOTIC, -7.9)
    assert "below 1 in 10⁹, where this audit stops" in shown(PKind.EXACT, -41.2)
    assert "would have probability" not in shown(PKind.NONE, None)


def test_words_say_what_was_not_tested_and_why() -> None:
    text = shown(PKind.EXACT, -41.2)
    assert "no norms are paired" in text
    assert "Only half was compared." in text
    assert "The weights do not say." in text
    assert "50.0 % of the audited model’s parameters were paired. 1.5 MB read." in text


def test_names_are_inert() -> None:
    text = shown(PKind.EXACT, -41.2)
    assert "DERIVED sus‹U+001B›[31mpect against [bold]reference" in text


def test_a_device_that_is_not_there_is_refused(tmp_path: Path, parent: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    result = run_audit("compare", parent, tmp_path, "--device", "cuda", "--quiet")
    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""
    assert "no CUDA device" in result.stderr


def test_devices_give_equal_results(tmp_path: Path, parent: Path) -> None:
    """Within 1e-4 of one another, statistic by statistic; needs a GPU."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device")
    child = fine_tune(parent, tmp_path / "child")
    found = [
        json.loads(run_audit("compare", child, parent, "--json", "--quiet", "--device", d).stdout)
        for d in ("cpu", "cuda")
    ]
    assert found[0]["relation"] == found[1]["relation"]
    for a, b in zip(found[0]["evidence"], found[1]["evidence"], strict=True):
        assert (a["test"], a["scope"], a["outcome"]) == (b["test"], b["scope"], b["outcome"])
        if a["statistic"] is not None:
            assert a["statistic"] == pytest.approx(b["statistic"], rel=1e-4)
