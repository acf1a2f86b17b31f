# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sentences of cards about how a model was made, and those that only name others beside it."""

from pathlib import Path

import pytest

from audit.cli.licenses import license_report
from audit.licenses.declared.clause import Clause, Owner
from audit.licenses.declared.names import split
from audit.provenance.names import families, meant, versions
from audit.provenance.phrases import nearby
from audit.record.findings import Severity
from audit.record.verdict import Status
from audit.rules.known_works import known_model
from tests.field.corpus import _gguf
from tests.unit.checks.cases import release
from tests.unit.checks.mutations import license_text

ONE, FLUX = "huggyllama/llama-*", "black-forest-labs/flux.1-dev*"
MADE = {
    "An open-source chatbot trained by fine-tuning LLaMA on shared conversations.": ONE,
    "We have used our own dataset to fine-tune LLaMA-13B.": ONE,
    "It finetunes the transformer of Flux-Dev to make training better.": FLUX,
    "It is based on somebody/calme-2.1-qwen2-72b, with layers that run twice.": "qwen/qwen2-72b*",
    "Trained via SFT, with the QWEN-72B model as its base-model.": "qwen/qwen-72b*",
    "Extends the LLaMA-13B model's context window in two epochs of training.": ONE,
    "Merged with Llama-3.1-8B at a ratio of 0.5.": "meta-llama/llama-3.1-*",
    "ベースは Llama-3-8B で、追加学習しました。": "meta-llama/llama-3-*",
}
BESIDE = (
    "A permissively licensed open source reproduction of LLaMA 7B trained on RedPajama.",
    "Our model weights can serve as the drop in replacement of LLaMA 7B.",
    "The base model outperforms Llama-2-13B on all tasks.",
    "Trained on a trillion tokens, it approaches LLaMA-13B.",
    "It adopts the architecture and tokenizer of Llama-2-7B and was trained from scratch.",
    "Training pairs were labelled by Llama-3-70B-Instruct.",
    "Before training, pages were filtered with Llama-3-70B-Instruct.",
    "It can be trained like Llama-2-7B.",
    "Our base model is half the size of LLaMA-13B and faster than it.",
    "If you want a fine-tuned Llama-2-7B, see our other repository.",
    "The same training recipe was used for Llama-2-7B.",
    "Our model beats a fine-tuned Llama-2-7B.",
    "Osprey-7B is fine-tuned from Llama-2-7b.",
    "You get it by fine-tuning LLaMA-13B with our toolkit.",
    "LLaMA-13B answers more slowly.",
    "A language model with the same architecture as LLaMA-7B, trained by us.",
    "训练后的模型在各项评测中超过 LLaMA-13B。",
)


def near(sentence: str) -> list[str]:
    clause = Clause(split(sentence), Owner(title="toy", words=frozenset({"toy"})))
    return [*nearby(sentence, clause, families)]


@pytest.mark.parametrize(("sentence", "row"), MADE.items(), ids=list(MADE.values()))
def test_a_sentence_about_making_names_what_it_was_made_from(sentence: str, row: str) -> None:
    found = {known.row.id for name in near(sentence) if (known := known_model(meant(name)))}
    assert row in found


@pytest.mark.parametrize("sentence", BESIDE)
def test_models_beside_it_are_no_bases(sentence: str) -> None:
    assert not near(sentence)


@pytest.mark.parametrize("sentence", MADE)
def test_a_permissive_card_that_says_so_does_not_pass(tmp_path: Path, sentence: str) -> None:
    card = f"---\nlicense: mit\n---\n# Toy\n\n{sentence}\n"
    made = release(tmp_path / "toy", {"README.md": card, "LICENSE": license_text("mit")})
    report = license_report(str(made), quiet=True)
    assert report.verdict.status is not Status.PASS
    grave = [f.check for f in report.findings if f.severity.rank >= Severity.HIGH.rank]
    assert grave == ["LIC010"]


def test_the_most_specific_row_of_a_name_counts() -> None:
    listed = known_model("Stable Diffusion 3.5 Large")
    assert listed is not None
    assert listed.row.license == "stabilityai-ai-community"


def test_a_part_of_an_unknown_name_is_a_model_only_where_it_has_a_version() -> None:
    assert [*versions("somebody/Wordy-LLaMA-13B-v1")] == ["LLaMA-13B-v1"]
    assert not [*versions("Chatty-LLaMA-like")]


@pytest.mark.parametrize(
    ("called", "asked"),
    [("DeepSeek R1 Distill Llama 8B", True), ("Qwen2.5 3B Instruct", True), ("Qwen2.5 7B", False)],
)
def test_weights_that_call_themselves_by_anothers_name(
    tmp_path: Path, called: str, asked: bool
) -> None:
    readme = "# Toy\n\n| | |\n|---|---|\n| License | MIT |\n"
    made = release(tmp_path / "toy", {"README.md": readme}, weights=False)
    _gguf(made / "toy.gguf", {"general.name": called})
    report = license_report(str(made), quiet=True)
    assert ("LIC010" in {f.check for f in report.findings}) is asked


@pytest.mark.parametrize("told", ["architecture", "codebase", "repo"])
def test_what_is_built_like_a_model_is_not_made_from_it(tmp_path: Path, told: str) -> None:
    card = f"---\nlicense: mit\n---\n# Toy\n\nToy is based on the Llama-2 {told}.\n"
    made = release(tmp_path / "toy", {"README.md": card, "LICENSE": license_text("mit")})
    assert license_report(str(made), quiet=True).verdict.status is Status.PASS
