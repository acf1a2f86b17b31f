# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that are unknown, mirrored, renamed or at hand; the truth is the upstream's terms."""

from pathlib import Path

import pytest

from audit.cli.licenses import license_report
from audit.record.findings import FindingStatus, Severity
from audit.record.licenses import NOASSERTION
from audit.record.verdict import Status
from audit.rules.known_works import known_model, known_models
from tests.unit.checks.cases import release
from tests.unit.checks.mutations import license_text

WRONG_CARDS = (
    "CohereForAI/c4ai-command-r-v01",
    "CohereLabs/c4ai-command-r-plus-08-2024",
    "Qwen/Qwen2.5-VL-3B-Instruct",
    "black-forest-labs/FLUX.1-dev",
    "city96/FLUX.1-dev-gguf",
    "stabilityai/stable-diffusion-3.5-large",
    "mistralai/Mistral-Large-Instruct-2411",
    "bartowski/mistralai_Mistral-Large-Instruct-2411-GGUF",
    "unsloth/Llama-3.2-1B-Instruct-bnb-4bit",
    "mlx-community/Llama-3.2-3B-Instruct-4bit",
    "huggyllama/llama-7b",
    "THUDM/chatglm-6b",
    "FreedomIntelligence/openPangu-Embedded-1B",
    "nobody/Unheard-7B",
    "someone/Llama-3.2-1B-Instruct-GGUF",
    "{name: Unheard, version: '2'}",
    "{a: b}",
)
FREE = (
    "google/gemma-4-E2B-it",
    "unsloth/gemma-4-E4B-it-GGUF",
    "mistralai/Mistral-Large-3-675B-Instruct-2512",
    "01-ai/Yi-1.5-9B",
    "Qwen/Qwen3-8B",
)


def released(root: Path, base: str, license_id: str = "apache-2.0") -> Path:
    card = f"---\nlicense: {license_id}\nbase_model: {base}\n---\n# Toy\n\nA fine-tuned model.\n"
    text = license_text("apache-2.0" if license_id == "apache-2.0" else "mit")
    return release(root / "toy", {"README.md": card, "LICENSE": text}, weights=False)


@pytest.mark.parametrize("license_id", ["mit", "apache-2.0"])
@pytest.mark.parametrize("base", WRONG_CARDS)
def test_a_permissive_card_over_such_a_base_does_not_pass(
    tmp_path: Path, base: str, license_id: str
) -> None:
    report = license_report(str(released(tmp_path, base, license_id)), quiet=True)
    assert report.verdict.status is not Status.PASS


@pytest.mark.parametrize("base", FREE)
def test_children_of_free_models_are_not_accused(tmp_path: Path, base: str) -> None:
    report = license_report(str(released(tmp_path, base)), quiet=True)
    assert report.verdict.status is Status.PASS, [f.title for f in report.findings]


def test_an_unknown_base_is_one_open_question(tmp_path: Path) -> None:
    report = license_report(str(released(tmp_path, "nobody/Unheard-7B")), quiet=True)
    (finding,) = (f for f in report.findings if f.severity.rank >= Severity.HIGH.rank)
    assert (finding.check, finding.status) == ("LIC021", FindingStatus.UNDETERMINED)
    assert "nobody/Unheard-7B" in finding.title
    assert (finding.locations[0].path, finding.locations[0].line) == ("README.md", 3)


def test_a_card_beside_answers_and_is_walked_upwards(tmp_path: Path) -> None:
    folder = released(tmp_path, "nobody/Unheard-7B")
    card = "---\nlicense: mit\nbase_model: other/Middle\n---\n"
    base = {"README.md": card, "config.json": "{}"}
    release(tmp_path / "unheard-7b", base)
    report = license_report(str(folder), quiet=True)
    (further,) = (f for f in report.findings if f.check == "LIC021")
    assert further.severity is Severity.LOW
    assert "other/Middle" in further.title
    card = "---\nlicense: cc-by-nc-4.0\n---\n"
    release(tmp_path / "middle", {"README.md": card, "config.json": "{}"})
    report = license_report(str(folder), quiet=True)
    (accused,) = (f for f in report.findings if f.check == "LIC010")
    assert "middle" in accused.title
    assert report.verdict.status is not Status.PASS


def test_text_models_of_llama_have_no_clause_on_pictures(tmp_path: Path) -> None:
    for base, expected in (
        ("meta-llama/Llama-3.2-1B", False),
        ("unsloth/Llama-3.3-70B-Instruct", False),
        ("meta-llama/Llama-3.2-11B-Vision-Instruct", True),
        ("meta-llama/Llama-4-Scout-17B-16E", True),
    ):
        report = license_report(str(released(tmp_path, base)), quiet=True)
        assert any(f.check == "LIC018" for f in report.findings) is expected, base


def test_what_declares_is_named(tmp_path: Path) -> None:
    adapter = '{"base_model_name_or_path": "meta-llama/Llama-3.1-8B"}'
    files = {"README.md": "---\nlicense: mit\n---\n", "LICENSE": license_text("mit")}
    release(tmp_path / "toy", {**files, "adapter_config.json": adapter}, weights=False)
    report = license_report(str(tmp_path / "toy"), quiet=True)
    (finding,) = (f for f in report.findings if f.check == "LIC010")
    assert finding.message.startswith("adapter_config.json declares as its base")


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("unsloth/gemma-3-4b-it-unsloth-bnb-4bit", "google/gemma-3-*"),
        ("TheBloke/Llama-2-7B-Chat-GGUF", "meta-llama/llama-2-*"),
        ("lmstudio-community/gemma-4-E4B-it-GGUF", "google/gemma-4-*"),
        ("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", "meta-llama/meta-llama-3.1-*"),
        ("NousResearch/Meta-Llama-3-8B", "meta-llama/meta-llama-3-*"),
        ("ZhipuAI/glm-4.5", "zai-org/glm-4.5*"),
        ("someone/Mistral-7B-Instruct-v0.2-AWQ", "mistralai/mistral-7b-*"),
        ("Llama 3.2 1B Instruct", "meta-llama/llama-3.2-*"),
        ("TheBloke/Mistral-7B-OpenOrca-GGUF", "open-orca/mistral-7b-openorca"),
        ("TheBloke/Mistral-7B-of-somebody-GGUF", None),
        ("someone/Llama-3.2-1B", None),
        ("unsloth/Llama-3.2-1B-of-mine", None),
        ("/data/Llama-3.2-1B", None),
        ("google/gemma-5-1b", None),
    ],
)
def test_mirrors_and_conversions(written: str, row: str | None) -> None:
    found = known_model(written)
    assert (None if found is None else found.row.id) == row


def test_the_table_is_large_and_dated() -> None:
    rows = known_models()
    assert len(rows) >= 150
    assert all(row.source and (row.read or row.recalled) for row in rows)
    assert len({row.id for row in rows}) == len(rows)


def test_every_licence_of_the_table_is_understood() -> None:
    from audit.licenses.expressions import is_ambiguous, normalise

    odd = [row.id for row in known_models() if normalise(row.license) == NOASSERTION]
    assert all(is_ambiguous(r.license) for r in known_models() if r.id in odd)
